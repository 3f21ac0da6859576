package enginetest

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// message is a request as a sender sends it.
type message struct {
	target string
	fields [][2]string
	body   []byte
	// forged leaves a signature that does not match.
	forged bool
	// chunked sends the body in chunks, waits sends it after 100 Continue, and
	// cut ends the connection half-way through it.
	chunked, waits, cut bool
	http2               bool
}

// answer is what the sender got.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// patience is how long an answer may take.
const patience = 10 * time.Second

const signatureField = "X-Qualifio-Signature"

// sign adds the signature, over the body or over something else.
func (m *message) sign() {
	mac := hmac.New(sha256.New, []byte(secretText))
	mac.Write(m.body)
	if m.forged {
		mac.Write([]byte("forged"))
	}
	m.fields = append(m.fields, [2]string{signatureField, "sha256=" + hex.EncodeToString(mac.Sum(nil))})
}

// signChallenge adds the signature of a challenge.
func (m *message) signChallenge(now time.Time) {
	at := strconv.FormatInt(now.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secretText))
	mac.Write([]byte("v0:" + at + ":"))
	mac.Write(m.body)
	m.fields = append(m.fields,
		[2]string{"X-Slack-Request-Timestamp", at},
		[2]string{"X-Slack-Signature", "v0=" + hex.EncodeToString(mac.Sum(nil))})
}

// fieldNames lists the fields that the application must receive as they were
// sent.
func (m *message) fieldNames() []string {
	var names []string
	for _, field := range m.fields {
		if !isVerdictOrHop(field[0]) {
			names = append(names, field[0])
		}
	}
	return names
}

func isVerdictOrHop(name string) bool {
	name = strings.ToLower(strings.ReplaceAll(name, "_", "-"))
	return name == "hookseal-verdict" || name == "connection"
}

func (m *message) values(name string) []string {
	var values []string
	for _, field := range m.fields {
		if strings.EqualFold(field[0], name) {
			values = append(values, field[1])
		}
	}
	return values
}

// send sends the message and returns the answer, nil for a message that is cut
// and not answered.
func (m *message) send(addr string) (*answer, error) {
	if m.http2 {
		return m.sendHTTP2(addr)
	}
	conn, err := net.DialTimeout("tcp", addr, patience)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return nil, err
	}
	answers := bufio.NewReader(conn)
	if _, err := conn.Write(m.head(addr)); err != nil {
		return nil, err
	}
	if m.waits {
		resp, err := readAnswer(answers)
		if err != nil || resp.status != http.StatusContinue {
			return resp, err
		}
	}
	written := make(chan error, 1)
	go func() { written <- m.writeBody(conn.(*net.TCPConn)) }()
	resp, err := readAnswer(answers)
	if m.cut && err != nil {
		resp, err = nil, nil
	}
	conn.Close()
	// Who refuses a body need not read it: that it could not be written then is
	// no fault. Where it had to be read, the answer shows.
	<-written
	return resp, err
}

// head is the request up to its body. The header is written as it is, not as
// net/http would.
func (m *message) head(addr string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST %s HTTP/1.1\r\nHost: %s\r\n", m.target, addr)
	for _, field := range m.fields {
		fmt.Fprintf(&b, "%s: %s\r\n", field[0], field[1])
	}
	if m.waits {
		b.WriteString("Expect: 100-continue\r\n")
	}
	if m.chunked {
		b.WriteString("Transfer-Encoding: chunked\r\n\r\n")
	} else {
		fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n", len(m.body))
	}
	return b.Bytes()
}

func (m *message) writeBody(conn *net.TCPConn) error {
	body := m.body
	if m.cut {
		body = body[:len(body)/2]
	}
	var w io.Writer = conn
	if m.chunked {
		w = chunks{conn}
	}
	if _, err := w.Write(body); err != nil {
		return err
	}
	if m.cut {
		return conn.CloseWrite()
	}
	if m.chunked {
		_, err := io.WriteString(conn, "0\r\n\r\n")
		return err
	}
	return nil
}

// chunks writes in chunks of at most 1,000 bytes.
type chunks struct{ w io.Writer }

// Write implements [io.Writer].
func (c chunks) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := min(1000, len(rest))
		if _, err := fmt.Fprintf(c.w, "%x\r\n%s\r\n", n, rest[:n]); err != nil {
			return len(p) - len(rest), err
		}
		rest = rest[n:]
	}
	return len(p), nil
}

func readAnswer(r *bufio.Reader) (*answer, error) {
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		return nil, fmt.Errorf("no answer: %w", err)
	}
	return readBody(resp)
}

func readBody(resp *http.Response) (*answer, error) {
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return &answer{resp.StatusCode, resp.Header, body}, err
}

func (m *message) sendHTTP2(addr string) (*answer, error) {
	transport := &http.Transport{DisableCompression: true, Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	defer transport.CloseIdleConnections()
	var body io.Reader = bytes.NewReader(m.body)
	if m.chunked {
		body = io.MultiReader(body) // of no known length
	}
	r, err := http.NewRequest(http.MethodPost, "http://"+addr+m.target, body)
	if err != nil {
		return nil, err
	}
	for _, field := range m.fields {
		r.Header.Add(field[0], field[1])
	}
	resp, err := (&http.Client{Transport: transport, Timeout: patience}).Do(r)
	if err != nil {
		return nil, err
	}
	return readBody(resp)
}
