package catalog

import (
	"context"
	"io/fs"
	"net/http"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/plugins"
)

// ofSignature are the reasons that a request cannot be refused for which was
// signed. What its body lacks, such as a time in it, Sign does not add.
var ofSignature = []webhook.Reason{
	webhook.NoSecret, webhook.SignatureMissing, webhook.SignatureMalformed, webhook.SignatureAmbiguous, webhook.SignatureMismatch, webhook.ClaimUnkeyed, webhook.AlgorithmNotAllowed,
}

// Whatever is given as a pack is refused with an error or opens, and then
// verifies what it signs, and nothing under another secret.
func FuzzPack(f *testing.F) {
	for _, name := range Builtin().Names() {
		text, err := fs.ReadFile(plugins.FS, name+"/provider.toml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	secrets, others := fuzzSecrets(f, "mine"), fuzzSecrets(f, "theirs")
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	f.Fuzz(func(t *testing.T, text []byte) {
		pack, err := openPack(context.Background(), fstest.MapFS{"provider.toml": {Data: text}}, "fuzz", "fuzz", baseScheme, Options{})
		if err != nil {
			return
		}
		for i, secret := range secrets {
			if pack.CheckSecret(secret) != nil {
				continue
			}
			req := fuzzRequest()
			if pack.Sign(req, scheme.Message{ID: "1", Type: "a", Time: now}, secrets[i:i+1]) != nil {
				continue
			}
			v := scheme.Verify(pack.Scheme, req, secrets[i:i+1], now)
			if v.Outcome == webhook.Reject && slices.Contains(ofSignature, v.Reason) {
				t.Errorf("what the pack signs it refuses: %s %s, signed %v", v.Reason, v.Detail, req.Header)
			}
			if pack.CheckSecret(others[i]) != nil {
				continue
			}
			if other := scheme.Verify(pack.Scheme, req, others[i:i+1], now); other.Outcome != webhook.Reject {
				t.Errorf("what the pack signs verifies under another secret, signed %v", req.Header)
			}
			pack.Answer(req, scheme.Keys{Secrets: secrets}, now)
			pack.Scheme.Identify(req, v, "")
		}
	})
}

// fuzzSecrets are secrets of the forms that schemes take: text, base64, hex and
// a pair for basic.
func fuzzSecrets(f *testing.F, owner string) []webhook.Secret {
	f.Helper()
	forms := map[string][]string{
		"mine":   {"a secret of mine", "bWluZSBtaW5lIG1pbmUgbWluZQ==", "00112233445566778899aabbccddeeff", "user:mine"},
		"theirs": {"one of theirs", "dGhlaXIgdGhlaXIgdGhlaXIgdA==", "ffeeddccbbaa99887766554433221100", "user:theirs"},
	}
	var secrets []webhook.Secret
	for _, text := range forms[owner] {
		secret, err := webhook.NewSecret(owner, []byte(text))
		if err != nil {
			f.Fatal(err)
		}
		secrets = append(secrets, secret)
	}
	return secrets
}

func fuzzRequest() *webhook.Request {
	return &webhook.Request{
		Method: "POST", Scheme: "https", Host: "h.example", Target: "/in?a=1&b=2",
		Header: http.Header{"Content-Type": {"application/json"}, "X": {"1"}},
		Body:   []byte(`{"id":"0f8fad5b-d9cb-469f-a165-70867728950e","type":"a","data":{"id":1.50,"list":[{"a":"b"}]}}`),
	}
}

// Whatever is given as vectors is refused, or is run without a panic.
func FuzzVectors(f *testing.F) {
	f.Add([]byte("[" + vectorText("a", `{"outcome":"accept","covers":["body"],"secret":1}`) + "]"))
	f.Add([]byte("[" + vectorText("a", `{"outcome":"reject","reason":"no_secret"}`) + ",{}]"))
	f.Add([]byte(`[{"name":"a","request":{"method":"POST","target":"","headers":[["",""]],"body_base64":"AA=="},"at":"2026-01-02T03:04:05Z","expect":{"outcome":"challenge","reply":{}}}]`))
	f.Add([]byte(`[`))
	pack, err := Builtin().Open(f.Context(), "github", Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		vectors, err := parseVectors("vectors.json", text)
		if err != nil {
			return
		}
		names := map[string]bool{}
		for _, v := range vectors {
			if names[v.Name] || v.Name == "" || v.At.IsZero() {
				t.Errorf("%q is taken as a vector", v.Name)
			}
			names[v.Name] = true
			// What comes of it is the vector's affair.
			_ = v.Run(t.Context(), pack)
		}
	})
}
