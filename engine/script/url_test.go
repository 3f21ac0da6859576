package script_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// urlParts is a script that says what each of the vectors is.
const urlParts = `export default (event) => {
	const parts = ["href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "hash"]
	event.body = JSON.stringify(JSON.parse(event.body).map(({ url, base, set, to }) => {
		let u
		try {
			u = base === undefined ? new URL(url) : new URL(url, base)
		} catch {
			return { invalid: true }
		}
		if (set !== undefined) u[set] = to
		return { parts: Object.fromEntries(parts.map((p) => [p, u[p]])) }
	}))
	return event
}`

// The vectors are what Node.js says.
func TestURLVectors(t *testing.T) {
	text, err := os.ReadFile("testdata/urls.json")
	if err != nil {
		t.Fatal(err)
	}
	type vector struct {
		URL     string            `json:"url"`
		Base    *string           `json:"base"`
		Set     string            `json:"set"`
		To      *string           `json:"to"`
		Invalid bool              `json:"invalid"`
		Parts   map[string]string `json:"parts"`
	}
	var want, got []vector
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if len(want) < 300 {
		t.Fatalf("%d vectors, want those of urls.json", len(want))
	}
	if err := json.Unmarshal([]byte(bodyOf(t, urlParts, string(text))), &got); err != nil {
		t.Fatal(err)
	}
	for i, w := range want {
		if got[i].Invalid != w.Invalid {
			t.Errorf("%q on %v: invalid = %v, want %v", w.URL, w.Base, got[i].Invalid, w.Invalid)
		}
		for part, text := range w.Parts {
			if got := got[i].Parts[part]; got != text {
				t.Errorf("%q with %q set to %v: %s = %q, want %q", w.URL, w.Set, w.To, part, got, text)
			}
		}
	}
}

func TestURLVectorsAgainstNode(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("HOOKSEAL_CI") != "" {
			t.Fatal("node is not installed")
		}
		t.Skip("node is not installed")
	}
	file, err := os.ReadFile("testdata/urls.json")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, "testdata/urls.mjs")
	cmd.Stdin = bytes.NewReader(file)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out, file) {
		t.Errorf("node printed other results than urls.json holds; to renew it: node testdata/urls.mjs < testdata/urls.json")
	}
}

func TestURLSearchParams(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"", ""},
		{"a=1&b=2&a=3", "a=1&b=2&a=3"},
		{"a", "a="},
		{"=a&&b=", "=a&b="},
		{"a+b=%20c%2B", "a+b=+c%2B"},
		{"a=b=c", "a=b%3Dc"},
		{"%zz=%", "%25zz=%25"},
		{"é=*-._~!", "%C3%A9=*-._%7E%21"},
	} {
		got := bodyOf(t, `export default (event) => ({ body: new URLSearchParams(event.body).toString() })`, tt.text)
		if got != tt.want {
			t.Errorf("query %q = %q, want %q", tt.text, got, tt.want)
		}
	}
}

// Reading what is no sensible URL takes no time that the deadline could not end.
func TestURLBounded(t *testing.T) {
	for name, text := range map[string]string{
		"long":     "https://example.com/" + strings.Repeat("a", 64<<10),
		"ats":      "https://" + strings.Repeat("a@", 101) + "example.com",
		"a set at": "",
	} {
		code := `export default (event) => { try { return { body: new URL(event.body).href } } catch (e) { return { body: "no URL" } } }`
		want := "no URL"
		if text == "" {
			code = `export default () => { const u = new URL("https://example.com/"); u.username = "@".repeat(1e6); return { body: u.href } }`
			want = "https://example.com/"
		}
		if got := bodyOf(t, code, text); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
