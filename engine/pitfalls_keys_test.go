package engine_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/webhook"
)

func pitfallsOfKeys() []pitfall {
	return []pitfall{
		{39, "the certificate of SNS is on the hosts of SNS", certificateOfSNS},
		{40, "SNS signs for everybody, and one topic may call", topicOfSNS},
		{41, "a URL in a message is visited where that is asked for, on its provider's hosts", subscribeURL},
		{42, "a message does not say where its key is", keyOfTheMessage},
		{46, "a signature of a key pair has one form", formsOfSignatures},
		{47, "an ed25519 signature has one S", malleability},
	}
}

// rsaKey is made once for all tests that want one.
var rsaKey = sync.OnceValue(func() *rsa.PrivateKey {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return private
})

// certificates answers every request for a key with a certificate of rsaKey, and
// notes what was asked.
type certificates struct {
	asked    []string
	redirect string
}

func (c *certificates) RoundTrip(r *http.Request) (*http.Response, error) {
	c.asked = append(c.asked, r.URL.String())
	if c.redirect != "" {
		return &http.Response{StatusCode: http.StatusFound, Header: http.Header{"Location": {c.redirect}}, Body: http.NoBody, Request: r}, nil
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, rsaKey().Public(), rsaKey())
	if err != nil {
		return nil, err
	}
	body := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(body)), Request: r}, nil
}

const ownTopic = "arn:aws:sns:us-east-1:123456789012:own"

// snsMessage is a message that SNS could have signed.
func snsMessage(t *testing.T, topic, certURL string, more ...string) string {
	t.Helper()
	m := map[string]string{
		"Type": "Notification", "MessageId": "22b80b92", "TopicArn": topic, "Message": "hello", "Timestamp": "2026-01-02T03:04:05.000Z",
		"SignatureVersion": "2", "SigningCertURL": certURL,
	}
	for i := 0; i < len(more); i += 2 {
		m[more[i]] = more[i+1]
	}
	var text strings.Builder
	for _, name := range []string{"Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"} {
		if m[name] != "" {
			text.WriteString(name + "\n" + m[name] + "\n")
		}
	}
	m["Signature"] = base64.StdEncoding.EncodeToString(rsaSign(t, text.String()))
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func rsaSign(t *testing.T, text string) []byte {
	t.Helper()
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(nil, rsaKey(), crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

func snsGate(t *testing.T, published http.RoundTripper) *gate {
	t.Helper()
	return gateOf(t, engine.Config{Transport: published}, engine.Source{
		Provider: "aws-sns", AllowUncoveredBody: true, Settings: map[string]string{"topic": ownTopic},
	})
}

const goodCert = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-7ff5318490ec183fbaddaa2a969abfda.pem"

func certificateOfSNS(t *testing.T) {
	published := &certificates{}
	g := snsGate(t, published)
	for _, bad := range []string{
		strings.Replace(goodCert, "https", "http", 1), "https://sns.us-east-1.amazonaws.com.evil.com/a.pem", "https://evil.com/sns.us-east-1.amazonaws.com/a.pem",
		"https://x@sns.us-east-1.amazonaws.com/a.pem", "https://sns.us-east-1.amazonaws.com@evil.com/a.pem", "https://sns.us-east-1.amazonaws.com:8443/a.pem",
		"https://evilsns.us-east-1.amazonaws.com/a.pem", "https://sns.us-east-1.evil.amazonaws.com/a.pem", "https://sns.us-east-1.amazonaws.com.evil/a.pem",
		"https://sns.us-east-1.amazonaws.com/a.txt", "https://sns.us-east-1.amazonaws.com/a.pem/b", "https://sns.us-east-1.amazonaws.com/a.pem?x=.pem", "https://sns.us-east-1.amazonaws.com/b/../a.pem",
		"https://sns.us-east-1.amazonaws.com/%61.pem#.pem", "https://s3.amazonaws.com/sns/a.pem", "https://sns.s3.amazonaws.com/a.pem", "https://127.0.0.1/a.pem", "//sns.us-east-1.amazonaws.com/a.pem",
		"file:///a.pem", "", "sns.us-east-1.amazonaws.com/a.pem", "https://sns.us-east-1.amazonaws.com\\@evil.com/a.pem", "https://sns.us-east-1.amazonaws.com%00.evil.com/a.pem",
	} {
		refused(t, bad, g.post(snsMessage(t, ownTopic, bad)))
	}
	if len(published.asked) != 0 {
		t.Errorf("asked for %v, want nothing", published.asked)
	}
	want(t, goodCert, g.post(snsMessage(t, ownTopic, goodCert)), accepted)
	if !slices.Contains(published.asked, goodCert) {
		t.Errorf("asked for %v, want %s", published.asked, goodCert)
	}
	leading := &certificates{redirect: "https://evil.com/a.pem"}
	got := snsGate(t, leading).post(snsMessage(t, ownTopic, goodCert))
	if !strings.HasPrefix(string(got), "503") || slices.ContainsFunc(leading.asked, func(u string) bool { return strings.Contains(u, "evil") }) {
		t.Errorf("a redirect is judged %q after %v, want 503 and nothing asked of the other host", got, leading.asked)
	}
}

func topicOfSNS(t *testing.T) {
	g := snsGate(t, &certificates{})
	want(t, "our topic", g.post(snsMessage(t, ownTopic, goodCert)), accepted)
	for _, topic := range []string{"arn:aws:sns:us-east-1:999999999999:own", ownTopic + "2", strings.ToUpper(ownTopic), ""} {
		refused(t, topic, g.post(snsMessage(t, topic, goodCert)))
	}
	swapped := strings.Replace(snsMessage(t, "arn:aws:sns:us-east-1:999999999999:own", goodCert), "999999999999", "123456789012", 1)
	want(t, "another's, called ours", g.post(swapped), webhook.SignatureMismatch)
	_, err := engine.Open(engine.Config{Sources: map[string]engine.Source{"in": {Provider: "aws-sns", AllowUncoveredBody: true}}})
	if err == nil {
		t.Error("a source opens that names no topic")
	}
}

func subscribeURL(t *testing.T) {
	const good = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336"
	confirmation := func(topic, url string) string {
		return snsMessage(t, topic, goodCert, "Type", "SubscriptionConfirmation", "Token", "2336", "SubscribeURL", url)
	}
	visited := &visits{}
	source := engine.Source{Provider: "aws-sns", AllowUncoveredBody: true, Settings: map[string]string{"topic": ownTopic}}
	idle := gateOf(t, engine.Config{Transport: &certificates{}, Confirmer: visited}, source)
	want(t, "a confirmation that nobody asked for", idle.post(confirmation(ownTopic, good)), accepted)
	if len(visited.urls) != 0 {
		t.Errorf("visited %v, want nothing: the source does not confirm", visited.urls)
	}
	source.Confirm = true
	g := gateOf(t, engine.Config{Transport: &certificates{}, Confirmer: visited}, source)
	for _, bad := range []string{"http://sns.us-east-1.amazonaws.com/?a", "https://evil.com/", "https://sns.us-east-1.amazonaws.com.evil.com/", "https://169.254.169.254/", "https://x@sns.us-east-1.amazonaws.com/"} {
		refused(t, bad, g.post(confirmation(ownTopic, bad)))
	}
	refused(t, "another topic", g.post(confirmation("arn:aws:sns:us-east-1:999999999999:own", good)))
	refused(t, "changed", g.post(strings.Replace(confirmation(ownTopic, good), "2336", "2337", 1)))
	if len(visited.urls) != 0 {
		t.Fatalf("visited %v, want nothing", visited.urls)
	}
	if w := call(t, g.intake, "POST", "/in/in", confirmation(ownTopic, good)); w.Code != 200 || len(visited.urls) != 1 || visited.urls[0] != good {
		t.Errorf("a confirmation = %d %s, visited %v, want one visit", w.Code, w.Body, visited.urls)
	}
}

func keyOfTheMessage(t *testing.T) {
	published := &certificates{}
	g := gateOf(t, engine.Config{Transport: published}, engine.Source{
		Provider: "paypal", AllowUncoveredBody: true, Settings: map[string]string{"webhook_id": "wh"},
	})
	const path = "/v1/notifications/certs/CERT-1"
	send := func(url string) webhook.Reason {
		sig := base64.StdEncoding.EncodeToString(rsaSign(t, "id|2026-01-02T03:04:05Z|wh|2745614147")) // the CRC-32 of {}
		return g.post("{}", "PAYPAL-TRANSMISSION-ID", "id", "PAYPAL-TRANSMISSION-TIME", "2026-01-02T03:04:05Z", "PAYPAL-AUTH-ALGO", "SHA256withRSA", "PAYPAL-CERT-URL", url, "PAYPAL-TRANSMISSION-SIG", sig)
	}
	for _, bad := range []string{
		"https://evil.com" + path, "https://evilapi.paypal.com" + path, "https://api.paypal.com.evil.com" + path, "https://xpaypal.com" + path, "https://api.paypal.com@evil.com" + path,
		"http://api.paypal.com" + path, "https://api.paypal.com:444" + path, "https://api.paypal.com/other", "https://api.paypal.com/v1/notifications/certs/../../x", "https://api.paypal.com" + path + "?u=1", "https://10.0.0.1" + path,
	} {
		want(t, bad, send(bad), webhook.KeyNotAllowed)
	}
	if len(published.asked) != 0 {
		t.Errorf("asked for %v, want nothing", published.asked)
	}
	want(t, "PayPal's own", send("https://api.paypal.com"+path), accepted)
	// A token that brings its key is judged by the keys of the provider.
	jwtGate := gateTo(t, "messagebird-jwt", "key")
	for _, header := range []string{`{"alg":"HS256","jku":"https://evil.com/keys"}`, `{"alg":"HS256","jwk":{"kty":"oct","k":"ZXZpbA"}}`, `{"alg":"HS256","x5u":"https://evil.com/c.pem"}`} {
		refused(t, header, jwtGate.post("{}", "MessageBird-Signature-JWT", compact("evil", header, messageBirdClaims("{}"))))
	}
}

const ecdsaPack = `
[scheme]
algorithm = "ALGORITHM"
key       = "KEY"
signature = { header = "X-Sig", encoding = "hex" }
message   = "{body}"
`

// pairGate is a gate to a provider that signs the body with a key pair.
func pairGate(t *testing.T, algorithm, step string, public crypto.PublicKey) *gate {
	t.Helper()
	raw, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	pack := packOf(t, strings.NewReplacer("ALGORITHM", algorithm, "KEY", step).Replace(ecdsaPack))
	return gateOf(t, engine.Config{Catalog: pack}, engine.Source{Provider: "vendor", Secrets: webhook.Secrets{key(t, base64.StdEncoding.EncodeToString(raw))}})
}

func formsOfSignatures(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("{}"))
	r, s, err := ecdsa.Sign(rand.Reader, private, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	inDER, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil {
		t.Fatal(err)
	}
	fixed := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	long := slices.Concat([]byte{0x30, 70, 2, 33, 0}, fixed[:32], []byte{2, 33, 0}, fixed[32:])
	der, pair := pairGate(t, "ecdsa-sha256", "ecdsa", private.Public()), pairGate(t, "ecdsa-sha256-p1363", "ecdsa", private.Public())
	send := func(g *gate, sig []byte) webhook.Reason { return g.post("{}", "X-Sig", hex.EncodeToString(sig)) }
	want(t, "DER", send(der, inDER), accepted)
	want(t, "r and s", send(pair, fixed), accepted)
	for name, sig := range map[string][]byte{
		"r and s for DER": fixed, "bytes behind": append(slices.Clone(inDER), 0), "no S": inDER[:len(inDER)-1], "zeros": {0x30, 6, 2, 1, 0, 2, 1, 0}, "ones": {0x30, 6, 2, 1, 1, 2, 1, 1},
	} {
		refused(t, name, send(der, sig))
	}
	if fixed[0] < 0x80 || fixed[32] < 0x80 { // a zero before a number that needs none
		refused(t, "33 bytes", send(der, long))
	}
	order := elliptic.P256().Params().N
	for name, sig := range map[string][]byte{
		"DER for r and s": inDER, "33 bytes": append([]byte{0}, fixed...), "zeros": make([]byte, 64), "r is the order": slices.Concat(order.Bytes(), fixed[32:]),
	} {
		refused(t, name, send(pair, sig))
	}
	rsaGate := pairGate(t, "rsa-sha256", "rsa", rsaKey().Public())
	good := rsaSign(t, "{}")
	want(t, "RSA", send(rsaGate, good), accepted)
	for name, sig := range map[string][]byte{"junk within": paddedRSA(sum[:], 8), "no padding": paddedRSA(sum[:], 0), "a zero before": append([]byte{0}, good...), "a byte short": good[1:]} {
		refused(t, name, send(rsaGate, sig))
	}
	if whole := paddedRSA(sum[:], 202); !bytes.Equal(whole, good) {
		t.Error("the padding of the test is not that of PKCS #1")
	}
}

// paddedRSA signs a digest with only so many bytes of padding, and what is left of
// the block behind the digest, where lenient verifiers do not look.
func paddedRSA(sum []byte, padding int) []byte {
	info := append([]byte("010\r\x06\t`\x86H\x01e\x03\x04\x02\x01\x05\x00\x04 "), sum...)
	block := slices.Concat([]byte{0, 1}, bytes.Repeat([]byte{0xff}, padding), []byte{0}, info)
	block = append(block, make([]byte, 256-len(block))...)
	m := new(big.Int).SetBytes(block)
	return m.Exp(m, rsaKey().D, rsaKey().N).FillBytes(make([]byte, 256))
}

func malleability(t *testing.T) {
	private := ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", 32)))
	g := gateTo(t, "discord", hex.EncodeToString(private.Public().(ed25519.PublicKey)))
	good := ed25519.Sign(private, []byte("1767323045{}"))
	send := func(sig []byte) webhook.Reason {
		return g.post("{}", "X-Signature-Timestamp", "1767323045", "X-Signature-Ed25519", hex.EncodeToString(sig))
	}
	want(t, "as signed", send(good), accepted)
	order, _ := new(big.Int).SetString("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed", 16)
	little := slices.Clone(good[32:])
	slices.Reverse(little)
	larger := new(big.Int).Add(new(big.Int).SetBytes(little), order).FillBytes(make([]byte, 32))
	slices.Reverse(larger)
	want(t, "S and the order", send(slices.Concat(good[:32], larger)), webhook.SignatureMismatch)
	for _, bit := range []byte{0x20, 0x40, 0x80, 0xe0} {
		top := slices.Clone(good)
		top[63] |= bit
		want(t, "a top bit", send(top), webhook.SignatureMismatch)
	}
	want(t, "zeros", send(make([]byte, 64)), webhook.SignatureMismatch)
}
