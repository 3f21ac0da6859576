package engine

import (
	"encoding/base64"
	"strings"
	"testing"
)

func TestEchoesAreLeftOut(t *testing.T) {
	secret := func(text string) Secret {
		s, err := NewSecret("s", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	e := newEchoes(Endpoint{
		Secrets:       []Secret{secret("hunter2"), secret("hunter2-and-more"), secret("short")},
		Basic:         []Secret{secret("user:hunter3")},
		SecretHeaders: map[string]Secret{"X-Key": secret("hunter4")},
		AlsoSign:      []Signing{{Secrets: []Secret{secret("hunter5")}}},
	})
	for answer, want := range map[string]string{
		"":                             "",
		"nothing to see":               "nothing to see",
		"a hunter2 b hunter2-and-more": "a [redacted] b [redacted]",
		"Basic " + base64.StdEncoding.EncodeToString([]byte("user:hunter3")) + ".": "Basic [redacted].",
		"hunter4hunter5 short":        "[redacted][redacted] short",
		"it ends with hunter2-and-mo": "it ends with ",
		"it ends with user:hu":        "it ends with ",
		"it ends with user:":          "it ends with user:",
	} {
		if got := string(e.redact([]byte(answer))); got != want {
			t.Errorf("redact(%q) = %q, want %q", answer, got, want)
		}
	}
	if got := string(echoes(nil).redact([]byte("as it is"))); got != "as it is" {
		t.Errorf("redact = %q, want the answer as it is", got)
	}
	if strings.Contains(string(e.redact([]byte(strings.Repeat("hunter2", 600)))), "hunter2") {
		t.Error("a secret is left in a long answer")
	}
}
