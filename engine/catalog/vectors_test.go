package catalog

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

// loaders load the rules of packs that have one.
var loaders = []webhook.GuestLoader{script.Loader{}, host.Loader{}}

// packDir writes a pack with the scheme of the hub and these vectors.
func packDir(t *testing.T, vectors ...string) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("provider.toml", "name = \"P\"\ndocs = \"d\"\nproof = \"vector\"\n[scheme]\nextends = \"hub-signature-256\"\nsignature = { header = \"X-Sig\" }\n")
	write("vectors.json", "[\n"+strings.Join(vectors, ",\n")+"\n]\n")
	return dir
}

func prove(t *testing.T, dir string) (Proof, error) {
	t.Helper()
	return Prove(t.Context(), func(settings map[string]string) (*Pack, error) {
		return OpenDir(context.Background(), dir, Options{Settings: settings})
	})
}

// The pair is published at docs.github.com, "Validating webhook deliveries".
const published = `{"name":"NAME","about":"a","source":"s",
"request":{"method":"POST","target":"/","headers":[["x-sig","sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"]],"body":"Hello, World!"},
"secrets":["other","It's a Secret to Everybody"],"at":"2026-01-02T03:04:05Z","expect":EXPECT}`

func vectorText(name, expect string) string {
	return strings.NewReplacer("NAME", name, "EXPECT", expect).Replace(published)
}

func TestProveNamesEveryDifference(t *testing.T) {
	dir := packDir(
		t,
		vectorText("accept-right", `{"outcome":"accept","covers":["body"],"secret":1}`),
		vectorText("accept-wrong", `{"outcome":"accept","type":"t","id":"i","candidate":"c","covers":["id"],"secret":0}`),
		vectorText("reject-wrong", `{"outcome":"reject","reason":"signature_mismatch"}`),
		strings.Replace(vectorText("reject-reason", `{"outcome":"reject","reason":"no_secret"}`), "Hello", "hello", 1),
	)
	proof, err := prove(t, dir)
	if err != nil {
		t.Fatal(err)
	}
	if proof.Accepts != 2 || proof.Rejects != 2 {
		t.Errorf("accepts, rejects = %d, %d, want 2, 2", proof.Accepts, proof.Rejects)
	}
	const want = `accept-wrong: type = "", want "t"
id = "", want "i"
candidate = "", want "c"
covers = "body", want "id"
secret = "secrets[1]", want "secrets[0]"
reject-wrong: outcome = accept (candidate "", secret "secrets[1]"), want reject with signature_mismatch
reject-reason: reason = signature_mismatch, want no_secret`
	if got := proof.Err().Error(); got != want {
		t.Errorf("Err() =\n%s\nwant\n%s", got, want)
	}
}

func TestProveWantsBothOutcomes(t *testing.T) {
	accepted := vectorText("accept-right", `{"outcome":"accept","covers":["body"],"secret":1}`)
	for name, vectors := range map[string][]string{
		"none":         {},
		"accepts only": {accepted},
	} {
		t.Run(name, func(t *testing.T) {
			proof, err := prove(t, packDir(t, vectors...))
			if err != nil {
				t.Fatal(err)
			}
			if proof.Err() == nil {
				t.Error("Err() = nil, want an error: nothing shows that the pack refuses")
			}
		})
	}
}

func TestVectorsRefusesFiles(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"unknown", `{"name":"unknown","expct":{}}`, `vectors.json:2: expct: is no key of a vector; did you mean "expect"? (vector unknown)`},
		{"unknown below", "{\"name\":\"deep\",\n\"request\":{\n\"headers\":[],\"methd\":\"POST\"}}", `vectors.json:4: request.methd: is no key of request; did you mean "method"? (vector deep)`},
		{"far off", `{"name":"far","expect":{"zzz":1}}`, `expect.zzz: is no key of expect; known keys are outcome, reason, type, id, candidate, covers, secret, reply`},
		{"wrong type", "{\"name\":\"typed\",\n\"secrets\":\"one\"}", `vectors.json:3: secrets: is a string, want a list of texts (vector typed)`},
		{"wrong time", "{\"name\":\"timed\",\n\"at\":\"yesterday\"}", `vectors.json:3: at: is "yesterday", want RFC 3339 such as 2026-01-02T03:04:05Z (vector timed)`},
		{"nameless", vectorText("", `{"outcome":"reject","reason":"no_secret"}`), `name: is missing`},
		{"again", vectorText("a", `{"outcome":"reject","reason":"no_secret"}`) + "," + vectorText("a", `{"outcome":"reject","reason":"no_secret"}`), `:4: name: is that of a vector before (vector a)`},
		{"cut", `{"name":`, "vectors.json:3: invalid character"},
		{"list", `1`, "is a number, want an object"},
		{"open", "{},", "invalid character"},
		{"outcome", vectorText("outcome", `{"outcome":"maybe","reason":"no_secret"}`), `expect.outcome: is "maybe", want accept, challenge or reject`},
		{"reason", vectorText("reason", `{"outcome":"reject","reason":"mood"}`), `expect.reason: is "mood", which is no reason of the list`},
		{"index", vectorText("index", `{"outcome":"accept","covers":["body"],"secret":2}`), "one of 2 secrets"},
		{"both", vectorText("both", `{"outcome":"reject","reason":"no_secret","covers":["body"]}`), "has more than the outcome and a reason"},
		{"twice", vectorText("twice", `{"outcome":"reject","reason":"no_secret"}`) + "] [", "more than one JSON value"},
		{"base64", strings.Replace(vectorText("base64", `{"outcome":"reject","reason":"no_secret"}`), `"body":"Hello, World!"`, `"body_base64":"?"`, 1), "request.body_base64: is no base64"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := prove(t, packDir(t, test.text))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Prove = %v, want %q in it", err, test.want)
			}
		})
	}
}
