package scheme_test

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

func discordLike() scheme.Definition {
	return scheme.Definition{
		Algorithm: "ed25519", Key: "ed25519",
		Signature: scheme.SignatureDef{Header: scheme.List{"X-Sig"}, Encoding: scheme.List{"hex"}},
		Message:   scheme.MessageDef{{Text: "{header.x-time}{body}"}},
		Time:      &scheme.TimeDef{From: "{header.x-time}", Unit: scheme.List{"s"}, Tolerance: "5m"},
	}
}

// keyTexts are the ways in which one pair of keys may be given.
func keyTexts(t testing.TB) (private string, public map[string]string) {
	t.Helper()
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat("s", 32)))
	raw := key.Public().(ed25519.PublicKey)
	spki, err := x509.MarshalPKIXPublicKey(raw)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := func(kind string, der []byte) string {
		return strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})))
	}
	return text("PRIVATE KEY", pkcs8), map[string]string{
		"hex": hex.EncodeToString(raw), "base64": base64.StdEncoding.EncodeToString(raw), "pem": text("PUBLIC KEY", spki),
	}
}

// The vector is from RFC 8032, section 7.1, test 3.
func TestVerifyPublishedEd25519(t *testing.T) {
	def := discordLike()
	def.Message, def.Time = scheme.MessageDef{{Text: "{body}"}}, nil
	s := compile(t, def, scheme.EventDef{})
	req := &webhook.Request{
		Header: http.Header{"X-Sig": {"6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"}},
		Body:   []byte{0xaf, 0x82},
	}
	key := secret(t, "rfc", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
	if v := scheme.Verify(s, req, []webhook.Secret{key}, now); !v.Accepted() || v.Covers != webhook.CoversBody {
		t.Errorf("Verify = %+v, want accepted, covering the body", v)
	}
}

func TestEd25519SignRoundTrip(t *testing.T) {
	s := compile(t, discordLike(), scheme.EventDef{})
	private, public := keyTexts(t)
	req := &webhook.Request{Header: http.Header{}, Body: []byte("body")}
	both := []webhook.Secret{secret(t, "public", public["hex"]), secret(t, "private", private)}
	if err := scheme.Sign(s, req, scheme.Message{Time: now}, both); err != nil {
		t.Fatal(err)
	}
	public["private"] = private
	for form, text := range public {
		if v := scheme.Verify(s, req, []webhook.Secret{secret(t, form, text)}, now); !v.Accepted() {
			t.Errorf("%s: Verify = %s (%s), want accepted", form, v.Reason, v.Detail)
		}
	}
	changed := *req
	changed.Body = []byte("Body")
	if v := scheme.Verify(s, &changed, both, now); v.Reason != webhook.SignatureMismatch {
		t.Errorf("another body: Verify = %+v, want signature_mismatch", v)
	}
}

func TestPublicKeyCannotSign(t *testing.T) {
	s := compile(t, discordLike(), scheme.EventDef{})
	_, public := keyTexts(t)
	err := scheme.Sign(s, &webhook.Request{}, scheme.Message{Time: now}, []webhook.Secret{secret(t, "portal", public["pem"])})
	if !errors.Is(err, scheme.ErrCannotSign) || !strings.Contains(err.Error(), "portal") {
		t.Errorf("Sign = %v, want ErrCannotSign that names the secret", err)
	}
}

func TestCheckSecretRefusesWhatIsNoKey(t *testing.T) {
	s := compile(t, discordLike(), scheme.EventDef{})
	_, public := keyTexts(t)
	for name, text := range map[string]string{
		"word": "public key", "short hex": public["hex"][2:], "not hex": strings.Repeat("z", 64), "half base64": public["base64"][:24],
		"pem of nothing": "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----", "pem and more": public["pem"] + "\nx",
		"certificate": strings.ReplaceAll(public["pem"], "PUBLIC KEY", "CERTIFICATE"), "open pem": "-----BEGIN PUBLIC KEY-----",
	} {
		err := s.CheckSecret(secret(t, "portal", text))
		if err == nil || strings.Contains(err.Error(), text) {
			t.Errorf("%s: CheckSecret = %v, want an error without the text", name, err)
		}
		if v := scheme.Verify(s, &webhook.Request{Header: http.Header{"X-Sig": {strings.Repeat("0", 128)}, "X-Time": {"1767323045"}}}, []webhook.Secret{secret(t, "portal", text)}, now); v.Reason != webhook.NoSecret {
			t.Errorf("%s: Verify = %+v, want no_secret", name, v)
		}
	}
}

// An HMAC under a public key, which everybody knows, proves nothing: neither a
// definition nor a claim may ask for it.
func TestPublicKeyIsNoSharedSecret(t *testing.T) {
	_, public := keyTexts(t)
	hmac := rawBody("X-Sig")
	hmac.Key = "ed25519"
	bare := discordLike()
	bare.Key = "hex"
	mixed := scheme.Definition{Rule: "rule.js", Algorithms: scheme.List{"ed25519", "hmac-sha256"}}
	secretPart := discordLike()
	secretPart.Message = scheme.MessageDef{{Text: "{secret}{body}"}}
	for want, def := range map[string]scheme.Definition{
		"is no secret": hmac, "needs a key that ends": bare, "must not be tried as a shared one": mixed, "has no place": secretPart,
	} {
		if _, err := scheme.Compile(def, scheme.EventDef{}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Compile = %v, want an error with %q", err, want)
		}
	}
	c, req := claimOver(t, webhook.Part{Kind: webhook.RawBody})
	c.AnyOf[0].AllOf[0].Key.Prepare = "ed25519"
	keys := []webhook.Secret{secret(t, "portal", public["hex"])}
	if v := scheme.Check(c, req, keys, []webhook.Algorithm{webhook.HMACSHA256}, now); v.Reason != webhook.ClaimUnkeyed {
		t.Errorf("Check = %+v, want claim_unkeyed", v)
	}
}

// A claim that a rule made is judged under a public key as a scheme is.
func TestCheckEd25519(t *testing.T) {
	s := compile(t, discordLike(), scheme.EventDef{})
	private, public := keyTexts(t)
	req := &webhook.Request{Header: http.Header{}, Body: []byte(strings.Repeat("b", 100_000))}
	if err := scheme.Sign(s, req, scheme.Message{Time: now}, []webhook.Secret{secret(t, "private", private)}); err != nil {
		t.Fatal(err)
	}
	c, refusal := s.Claim(req)
	if c == nil {
		t.Fatal(refusal)
	}
	keys := []webhook.Secret{secret(t, "portal", public["hex"])}
	if v := scheme.Check(c, req, keys, s.Allowed(), now); !v.Accepted() || v.Covers != webhook.CoversBody|webhook.CoversTime {
		t.Errorf("Check = %+v, want accepted, covering body and time", v)
	}
}
