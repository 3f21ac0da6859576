package plugins_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tool returns the path of a program that is not Go. Without it the test is
// skipped, and fails where everything has to be there.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("HOOKSEAL_CI") != "" {
		t.Fatalf("%s is needed here: %v", name, err)
	}
	t.Skipf("%s is not installed: %v", name, err)
	return ""
}

// TestRegenerated writes every vector anew and compares bytes, so that no
// committed vector was touched by hand and the generator stays deterministic.
func TestRegenerated(t *testing.T) {
	node := tool(t, "node")
	fresh := t.TempDir()
	cmd := exec.Command(node, "generate.mjs", "--into", fresh)
	cmd.Dir = generator
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("node generate.mjs: %v\n%s", err, out)
	}
	for _, pattern := range []string{"plugins/*/vectors.json", "testdata/vectors/stringified.json"} {
		want := list(t, fresh, pattern)
		got := list(t, root, pattern)
		for _, name := range got {
			if !slices.Contains(want, name) {
				t.Errorf("%s is not written by generate.mjs: remove it or add its scenario", name)
			}
		}
		for _, name := range want {
			if !slices.Contains(got, name) {
				t.Errorf("%s is missing: run node testdata/vectors/generate.mjs", name)
				continue
			}
			if !bytes.Equal(read(t, root, name), read(t, fresh, name)) {
				t.Errorf("%s differs from what generate.mjs writes: run node testdata/vectors/generate.mjs", name)
			}
		}
	}
}

// TestSecondImplementation has Python compute the digests again.
func TestSecondImplementation(t *testing.T) {
	python := tool(t, "python3")
	cmd := exec.Command(python, "crosscheck.py")
	cmd.Dir = generator
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("python3 crosscheck.py: %v\n%s", err, out)
	}
	t.Logf("%s", bytes.TrimSpace(out))
}

// TestOpenSSL has openssl compute the digest of one vector or more for each
// shape of message.
func TestOpenSSL(t *testing.T) {
	openssl := tool(t, "openssl")
	tests := []struct {
		vector, header, prefix string
		algorithm              func(secret string) []string
		message                func(t *testing.T, v vector) []byte
	}{
		{"dastra/accept-sample", "Dastra-Signature", "", hmacSHA256, body},
		{"dastra/accept-non-ascii-secret", "Dastra-Signature", "", hmacSHA256, body},
		{"seatable/accept-not-utf8", "X-SeaTable-Signature", "sha256=", hmacSHA256, body},
		{"qualifio/accept-sample-base64", "X-Qualifio-Signature", "sha256=", hmacSHA256, body},
		{"chaindoc/accept-raw-emoji", "X-Webhook-Signature", "", hmacSHA256, body},
		{"chaindoc/accept-sample-document-created", "X-Webhook-Signature", "", hmacSHA256, stringified},
		{"standard-webhooks/accept-published-reference", "webhook-signature", "v1,", whsecSHA256, standard},
		{"standard-webhooks/accept-emoji-and-escapes", "webhook-signature", "v1,", whsecSHA256, standard},
		{"github/accept-push", "X-Hub-Signature-256", "sha256=", hmacSHA256, body},
		{"shopify/accept-order", "X-Shopify-Hmac-SHA256", "", hmacSHA256, body},
		{"stripe/accept-event", "Stripe-Signature", "t=1767323045,v1=", hmacSHA256, after("1767323045.")},
		{"slack/accept-event", "X-Slack-Signature", "v0=", hmacSHA256, after("v0:1767323045:")},
		{"twilio-json/accept-event", "X-Twilio-Signature", "", hmacSHA1, calledURL},
		{"smino/accept-names-pascal", "x-hook-signature", "", plainSHA512, smino},
	}
	for _, tt := range tests {
		t.Run(tt.vector, func(t *testing.T) {
			provider, name, _ := strings.Cut(tt.vector, "/")
			v := named(t, provider, name)
			args := append([]string{"dgst", "-binary"}, tt.algorithm(v.Secrets[v.Expect.Secret])...)
			cmd := exec.Command(openssl, args...)
			cmd.Stdin = bytes.NewReader(tt.message(t, v))
			sum, err := cmd.Output()
			if err != nil {
				t.Fatalf("openssl %s: %v", args, err)
			}
			sent := strings.TrimPrefix(v.Request.header(tt.header), tt.prefix)
			if !strings.EqualFold(sent, hex.EncodeToString(sum)) && sent != base64.StdEncoding.EncodeToString(sum) {
				t.Errorf("%s = %q, want %x after %q", tt.header, sent, sum, tt.prefix)
			}
		})
	}
}

func hmacSHA256(secret string) []string {
	return []string{"-sha256", "-mac", "HMAC", "-macopt", fmt.Sprintf("hexkey:%x", secret)}
}

func hmacSHA1(secret string) []string {
	return append([]string{"-sha1"}, hmacSHA256(secret)[1:]...)
}

func whsecSHA256(secret string) []string {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return []string{"the secret is not base64: " + err.Error()}
	}
	return hmacSHA256(string(key))
}

func plainSHA512(string) []string { return []string{"-sha512"} }

func body(_ *testing.T, v vector) []byte { return v.Request.bytes() }

func after(head string) func(*testing.T, vector) []byte {
	return func(_ *testing.T, v vector) []byte { return append([]byte(head), v.Request.bytes()...) }
}

func calledURL(_ *testing.T, v vector) []byte {
	return []byte(v.Request.Scheme + "://" + v.Request.Host + v.Request.Target)
}

func stringified(t *testing.T, v vector) []byte {
	t.Helper()
	text, ok := stringifiedTexts(t)["chaindoc/"+v.Name]
	if !ok {
		t.Fatalf("stringified.json has no chaindoc/%s", v.Name)
	}
	return []byte(text)
}

func standard(_ *testing.T, v vector) []byte {
	return fmt.Appendf(nil, "%s.%s.%s", v.Request.header("webhook-id"), v.Request.header("webhook-timestamp"), v.Request.bytes())
}

func smino(t *testing.T, v vector) []byte {
	t.Helper()
	var fields struct {
		ID   string `json:"EventId"`
		Time string `json:"TimeStamp"`
	}
	if err := json.Unmarshal(v.Request.bytes(), &fields); err != nil {
		t.Fatal(err)
	}
	return fmt.Appendf(nil, "%s.%s.%s", strings.ReplaceAll(fields.ID, "-", ""), fields.Time, v.Secrets[v.Expect.Secret])
}

func list(t *testing.T, dir, pattern string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Fatalf("no file is called %s under %s", pattern, dir)
	}
	names := make([]string, len(paths))
	for i, path := range paths {
		if names[i], err = filepath.Rel(dir, path); err != nil {
			t.Fatal(err)
		}
	}
	return names
}

func read(t *testing.T, dir, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}
