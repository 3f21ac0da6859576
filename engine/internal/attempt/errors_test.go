package attempt_test

import (
	"bufio"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/hookseal/hookseal/engine/internal/attempt"
	"github.com/hookseal/hookseal/engine/netguard"
)

// TestSendErrors makes the attempts fail before there is an answer. The URLs
// carry secrets, none of which may be told.
func TestSendErrors(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	gibberish := rawServer(t, "SSH-2.0-OpenSSH_9.6\r\n\r\n")
	silent := rawServer(t, "")

	tests := []struct {
		name, target, want string
	}{
		{"nobody listens", closed.URL, "connection refused"},
		{"unknown certificate", secure.URL, "certificate"},
		{"not HTTP", gibberish, "malformed HTTP"},
		{"hangs up", silent, "EOF"},
		{"bad host", "http://exa mple", "invalid character"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			request := post(t, "http://placeholder/secret-path?token=hunter2", "{}")
			scheme, host, _ := strings.Cut(test.target, "://")
			request.Scheme, request.Host = scheme, host
			request.Header.Set("Authorization", "Bearer hunter2")
			made := newSender(t).Send(t.Context(), request, patience)
			if made.Status != 0 || made.Succeeded() || !strings.Contains(made.Error, test.want) {
				t.Errorf("Send = %d %q, want no status and %q", made.Status, made.Error, test.want)
			}
			if strings.Contains(made.Error, "hunter2") || strings.ContainsAny(made.Error, "\r\n") {
				t.Errorf("Send tells %q", made.Error)
			}
		})
	}
}

func TestSendRefusedAddress(t *testing.T) {
	target := serve(t, func(http.ResponseWriter, *http.Request) { t.Error("the request came through") })
	guard := &netguard.Guard{Allow: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}
	made := attempt.Sender{Transport: guard.Transport()}.Send(t.Context(), post(t, target, "{}"), patience)
	if !strings.Contains(made.Error, "127.0.0.1") || !strings.Contains(made.Error, "allow_networks") {
		t.Errorf("Error = %q, want the address and the remedy", made.Error)
	}
}

// roundTripper is a transport in memory.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestSendTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := roundTripper(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		made := attempt.Sender{Transport: hang}.Send(t.Context(), post(t, "http://endpoint.example/", "{}"), 30*time.Second)
		if made.Error != "no response within 30s" || made.Duration != 30*time.Second {
			t.Errorf("Send = %q after %v, want a timeout after 30s", made.Error, made.Duration)
		}
	})
}

// TestSendSlowBody bounds an answer whose body never ends.
func TestSendSlowBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		drip := roundTripper(func(r *http.Request) (*http.Response, error) {
			reader, writer := io.Pipe()
			go func() {
				_, _ = writer.Write([]byte("ok"))
				<-r.Context().Done()
				writer.CloseWithError(r.Context().Err())
			}()
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: reader}, nil
		})
		made := attempt.Sender{Transport: drip}.Send(t.Context(), post(t, "http://endpoint.example/", "{}"), 5*time.Second)
		if !made.Succeeded() || string(made.Response) != "ok" || made.Duration != 5*time.Second {
			t.Errorf("Send = %d %q after %v, want 200 \"ok\" after 5s", made.Status, made.Response, made.Duration)
		}
	})
}

func TestSendErrorIsOneShortLine(t *testing.T) {
	long := roundTripper(func(*http.Request) (*http.Response, error) {
		return nil, &url.Error{
			Op: "Post", URL: "https://user:hunter2@endpoint.example/?token=hunter2",
			Err: errors.New("odd\r\n\x1b[31m answers\u2028" + strings.Repeat("é", 1000)),
		}
	})
	made := attempt.Sender{Transport: long}.Send(t.Context(), post(t, "http://endpoint.example/", "{}"), patience)
	if strings.ContainsAny(made.Error, "\r\n\x1b\u2028") || len(made.Error) > 300 || !utf8.ValidString(made.Error) || !strings.HasPrefix(made.Error, "odd   [31m answers é") {
		t.Errorf("Error = %q, want one printable line of at most 300 bytes", made.Error)
	}
	if strings.Contains(made.Error, "hunter2") {
		t.Errorf("Error tells the URL: %q", made.Error)
	}
}

// rawServer writes the answer to whoever connects, and hangs up.
func rawServer(t *testing.T, answer string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = http.ReadRequest(bufio.NewReader(conn))
			_, _ = io.WriteString(conn, answer)
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		<-done
	})
	return "http://" + listener.Addr().String()
}
