package weburl_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"testing"

	"github.com/hookseal/hookseal/engine/script/internal/weburl"
)

// vector is a URL, perhaps with a change, and what Node.js makes of it.
type vector struct {
	URL     string            `json:"url"`
	Base    *string           `json:"base,omitempty"`
	Set     string            `json:"set,omitempty"`
	To      *string           `json:"to,omitempty"`
	Invalid bool              `json:"invalid,omitempty"`
	Parts   map[string]string `json:"parts,omitempty"`
}

func vectors(t *testing.T) []vector {
	t.Helper()
	text, err := os.ReadFile("testdata/urls.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []vector
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	if len(list) < 300 {
		t.Fatalf("%d vectors, want those of urls.json", len(list))
	}
	return list
}

func parse(v vector) (*weburl.URL, bool) {
	var base *weburl.URL
	if v.Base != nil {
		var ok bool
		if base, ok = weburl.Parse(*v.Base, nil); !ok {
			return nil, false
		}
	}
	return weburl.Parse(v.URL, base)
}

func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		name := v.URL
		if v.Base != nil {
			name += " on " + *v.Base
		}
		u, ok := parse(v)
		if ok == v.Invalid {
			t.Errorf("Parse(%q) = %v, %v, want %v", name, u, ok, !v.Invalid)
			continue
		}
		if !ok {
			continue
		}
		if v.Set != "" {
			name += ", " + v.Set + " set to " + *v.To
			u = u.With(v.Set, *v.To)
		}
		got := map[string]string{
			"href": u.String(), "origin": u.Origin(), "username": u.Username, "password": u.Password,
			"host": u.Authority(), "hostname": u.Host, "port": u.Port, "pathname": u.Pathname(),
		}
		for part, text := range got {
			if want := v.Parts[part]; text != want {
				t.Errorf("%q: %s = %q, want %q", name, part, text, want)
			}
		}
	}
}

// The vectors are what Node.js says.
func TestVectorsAgainstNode(t *testing.T) {
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

func TestQuery(t *testing.T) {
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
		if got := weburl.FormatQuery(weburl.ParseQuery(tt.text)); got != tt.want {
			t.Errorf("query %q = %q, want %q", tt.text, got, tt.want)
		}
	}
}

// What is written is read as the same URL.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"https://u:p@h:1/a/../b?q#f", "foo:/..//x", "//x", "file:a", "http://0x7f.1", "a:b", "x:/.//y"} {
		f.Add(seed, "https://example.com/a/b")
	}
	f.Fuzz(func(t *testing.T, text, base string) {
		b, ok := weburl.Parse(base, nil)
		if !ok {
			b = nil
		}
		u, ok := weburl.Parse(text, b)
		if !ok {
			return
		}
		again, ok := weburl.Parse(u.String(), nil)
		if !ok || again.String() != u.String() {
			t.Errorf("%q on %q is %q, which is read as %v", text, base, u, again)
		}
	})
}
