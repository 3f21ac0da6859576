package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/cmd/hookseal/internal/skeleton"
)

// What the author of a pack gets wrong is answered with the file, the line, the
// key, and what would be right.
func TestAuthorsMistakes(t *testing.T) {
	for _, test := range []struct {
		name, file, from, to, want string
	}{
		{"misspelt key", "provider.toml", `algorithm = `, `algoritm = `, `provider.toml:14: scheme.algoritm: unknown key; known keys are extends, algorithm, key`},
		{"unknown algorithm", "provider.toml", `"hmac-sha256"`, `"hmac-256"`, `provider.toml:14: scheme.algorithm: unknown algorithm "hmac-256"; algorithms are hmac-md5`},
		{"unknown encoding", "provider.toml", `encoding = "hex" }`, `encoding = "hexx" }`, `provider.toml:16: scheme.signature.encoding: unknown encoding "hexx"; encodings are hex`},
		{"template left open", "provider.toml", `.{body}"`, `.{body"`, `provider.toml:19: scheme.message: template`},
		{"unknown value", "provider.toml", `.{body}"`, `.{bdy}"`, `provider.toml:19: scheme.message: template`},
		{"unknown unit", "provider.toml", `unit = "s"`, `unit = "sec"`, `provider.toml:22: scheme.time.unit: unknown time unit "sec"`},
		{"time that is not signed", "provider.toml", `message   = "{header.X-Acme-Timestamp}.{body}"`, `message = "{body}"`, `provider.toml:22: scheme.time.from: time.from = `},
		{"proof of another kind", "provider.toml", `"document"`, `"docs"`, `provider.toml:6: proof: is "docs", want one of vector, oracle, document, third-party`},
		{"untrue proof", "provider.toml", `"document"`, `"oracle"`, `provider.toml:6: proof: is "oracle", and no file of testdata/oracles/trials`},
		{"page without an address", "provider.toml", `"https://acme`, `"acme`, `provider.toml:5: docs: is "acme.example/docs/webhooks", want the https address`},
		{"text that is not closed", "provider.toml", `"https://acme.example/docs/webhooks"`, `"https://acme`, `provider.toml:5:`},
		{"misspelt key of a vector", "vectors.json", `"expect"`, `"expects"`, `vectors.json:29: expects: is no key of a vector; did you mean "expect"? (vector accept-event)`},
		{"unknown reason", "vectors.json", `"signature_mismatch"`, `"signature_mismatched"`, `expect.reason: is "signature_mismatched", which is no reason of the list; did you mean "signature_mismatch"?`},
		{"vector without a comma", "vectors.json", "  },\n", "  }\n", `vectors.json:25: invalid character`},
		{"reason without a vector", "vectors.json", `"timestamp_malformed"`, `"timestamp_missing"`, `vectors.json: no vector is refused as timestamp_malformed`},
		{"wrong signature", "vectors.json", `"evt_1\"`, `"evt_2\"`, `outcome = reject (signature_mismatch`},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir, err := skeleton.Write(t.TempDir(), "acme")
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, test.file)
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			changed := strings.Replace(string(text), test.from, test.to, 1)
			if changed == string(text) {
				t.Fatalf("%s has no %s", test.file, test.from)
			}
			if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
				t.Fatal(err)
			}
			status, stdout, stderr := hookseal("", "providers", "test", dir)
			if status == 0 || !strings.Contains(stdout+stderr, test.want) {
				t.Errorf("providers test = %d, %s%s, want %q in it", status, stdout, stderr, test.want)
			}
		})
	}
}
