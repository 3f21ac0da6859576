package configfile_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/webhook"
)

const keeping = `
data = "hookseal.db"
[catalog]
path = "packs"
[source.in]
provider    = "vendor"
keep_secret = true
`

const handsOut = `
name  = "Vendor"
docs  = "https://vendor.example"
proof = "document"
[scheme]
algorithm = "hmac-sha256"
signature = { header = "X-Sig", encoding = "hex" }
message   = "{body}"
[[handshake]]
unsigned = true
keep     = "{header.X-Hook-Secret}"
headers  = { X-Hook-Secret = "{header.X-Hook-Secret}" }
[[handshake]]
method   = "GET"
unsigned = true
token    = "{query.token}"
echo     = "{query.challenge}"
`

// writeConfig writes a configuration with the pack vendor, and returns its path.
func writeConfig(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "packs", "vendor"), 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "hookseal.toml")
	for file, text := range map[string]string{path: text, filepath.Join(dir, "packs", "vendor", "provider.toml"): handsOut} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

const handedOut = "b537207f20cbfa02357cf448134da559"

func handOut(h http.Handler, target, secret string) *httptest.ResponseRecorder {
	r := httptest.NewRequest("POST", target, http.NoBody)
	r.Header.Set("X-Hook-Secret", secret)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// A secret that is handed out is in its file before it is answered, is there
// after a restart, and is never replaced.
func TestKeptSecret(t *testing.T) {
	path := writeConfig(t, keeping)
	file := filepath.Join(filepath.Dir(path), "hookseal.db.secrets", "in")
	config := load(t, path)
	if warnings := strings.Join(config.Warnings, "\n"); !strings.Contains(warnings, "waits for its secret") {
		t.Errorf("Warnings = %s, want that the source waits", warnings)
	}
	if _, err := os.Stat(filepath.Dir(file)); err == nil {
		t.Error("Load has written something")
	}
	for i, secret := range []string{handedOut, "00000000000000000000000000000000"} {
		r, err := configfile.Open(path, options())
		if err != nil {
			t.Fatal(err)
		}
		if w := handOut(r.Engine.Handler(), "/in/in/key", secret); w.Code != 401 {
			t.Errorf("under a key = %d, want 401", w.Code)
		}
		want := []int{200, 401}[i]
		if w := handOut(r.Engine.Handler(), "/in/in", secret); w.Code != want {
			t.Errorf("run %d: answer = %d %s, want %d", i, w.Code, w.Body, want)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if data, err := os.ReadFile(file); err != nil || string(data) != handedOut {
			t.Errorf("run %d: file = %q %v, want the first secret", i, data, err)
		}
	}
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 && runtime.GOOS != "windows" {
		t.Errorf("mode = %o, want 600", mode)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".draft-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// Of many secrets at once, over two configurations of one file, one is kept.
func TestKeptSecretIsTheFirst(t *testing.T) {
	path := writeConfig(t, keeping)
	keepers := make([]webhook.SecretKeeper, 2)
	for i := range keepers {
		keeper, ok := load(t, path).Engine.Sources["in"].Secrets.(webhook.SecretKeeper)
		if !ok {
			t.Fatal("the source keeps no secret")
		}
		keepers[i] = keeper
	}
	var wg sync.WaitGroup
	results := make([]error, 16)
	for i := range results {
		wg.Go(func() {
			secret, err := webhook.NewSecret("kept", []byte(strings.Repeat(string(rune('a'+i)), 32)))
			if err != nil {
				t.Error(err)
				return
			}
			results[i] = keepers[i%2].Keep(t.Context(), webhook.Hint{Source: "in"}, secret)
		})
	}
	wg.Wait()
	kept := 0
	for _, err := range results {
		if err == nil {
			kept++
		} else if !errors.Is(err, webhook.ErrNotKept) {
			t.Errorf("Keep = %v, want %v", err, webhook.ErrNotKept)
		}
	}
	a, errA := keepers[0].Secrets(t.Context(), webhook.Hint{})
	b, errB := keepers[1].Secrets(t.Context(), webhook.Hint{})
	if kept != 1 || errA != nil || errB != nil || len(a) != 1 || len(b) != 1 || string(a[0].Reveal()) != string(b[0].Reveal()) {
		t.Errorf("%d were kept, read as %v and %v, want one and the same", kept, a, b)
	}
}

func TestHandshakeKeys(t *testing.T) {
	c := load(t, writeConfig(t, keeping+`verify_token = ["plain:token-1", { ref = "plain:token-0", label = "previous" }]`))
	if got := labels(c.Engine.Sources["in"].VerifyTokens); len(got) != 2 || got[1] != "previous" {
		t.Errorf("VerifyTokens = %v, want two", got)
	}
	for want, text := range map[string]string{
		"contradict each other":               keeping + `secret = "plain:key"`,
		"asks to be confirmed":                keeping + `confirm = true`,
		"hands out no secret":                 strings.Replace(keeping, `"vendor"`, `"github"`, 1),
		"is a secret that signs":              strings.Replace(keeping, `keep_secret = true`, `secret = "plain:a"`+"\n"+`verify_token = "plain:a"`, 1),
		"no handshake of provider github has": strings.Replace(keeping, "\"vendor\"\nkeep_secret = true", "\"github\"\nsecret = \"plain:a\"\nverify_token = \"plain:b\"", 1),
	} {
		if _, err := configfile.Load(writeConfig(t, text), options()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Load = %v, want an error with %q", err, want)
		}
	}
}
