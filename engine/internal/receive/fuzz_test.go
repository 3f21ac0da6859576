package receive

import (
	"net/http"
	"strings"
	"testing"

	"github.com/dunglas/httpsfv"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Whatever a source and its secret are called, the verdict header is one item that
// every reader of structured fields (RFC 9651) takes apart alike, and says nothing
// that we did not.
func FuzzVerdictHeader(f *testing.F) {
	for _, seed := range []string{"contracts", `a"b\c`, "é", "a\r\nSet-Cookie: x", `"; covers="body`, "%22", "\xff", ""} {
		f.Add(seed, uint8(1))
	}
	f.Fuzz(func(t *testing.T, name string, covers uint8) {
		for _, v := range []webhook.Verdict{
			{Outcome: webhook.Accept, Secret: name, Covers: webhook.Coverage(covers)},
			{Outcome: webhook.Challenged},
			webhook.Rejected(webhook.SignatureMismatch, name),
		} {
			text := mark(name, v)
			if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) {
				t.Fatalf("mark = %q, which no header can hold", text)
			}
			item, err := httpsfv.UnmarshalItem([]string{text})
			if err != nil {
				t.Fatalf("UnmarshalItem(%q) = %v", text, err)
			}
			outcome := map[webhook.Outcome]string{webhook.Accept: "accept", webhook.Challenged: "challenge"}[v.Outcome]
			if outcome == "" {
				outcome = "unverified"
			}
			if got, ok := item.Value.(httpsfv.Token); !ok || string(got) != outcome {
				t.Errorf("%q says %v, want %s", text, item.Value, outcome)
			}
			source, _ := item.Params.Get("source")
			if got := textOf(source); got != strings.ToValidUTF8(name, "\ufffd") {
				t.Errorf("%q says the source %q, want %q", text, got, name)
			}
			if said, has := item.Params.Get("covers"); has != (v.Outcome == webhook.Accept) || has && said != v.Covers.String() {
				t.Errorf("%q covers %v, want %s", text, said, v.Covers)
			}
		}
	})
}

func textOf(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case httpsfv.DisplayString:
		return string(value)
	}
	return ""
}

// No spelling of the verdict header that a sender chooses stays on a request, and
// no option of Connection that would have the next proxy drop ours.
func FuzzUnmark(f *testing.F) {
	for _, seed := range []string{"Hookseal-Verdict", "hookseal_verdict", "HOOKSEAL.VERDICT", "X", "close, hookseal-verdict", "Hookseal-Verdict ,,"} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, name, connection string) {
		r := &http.Request{Header: http.Header{name: {"accept"}, "Connection": {connection}, "X-Other": {"1"}}, Trailer: http.Header{name: {"accept"}}}
		Unmark(r)
		folded := func(text string) string {
			return strings.ToLower(strings.NewReplacer("_", "-", ".", "-").Replace(text))
		}
		for _, h := range []http.Header{r.Header, r.Trailer} {
			for left := range h {
				if folded(left) == "hookseal-verdict" {
					t.Errorf("%q is left", left)
				}
			}
		}
		if len(r.Header["X-Other"]) != 1 && name != "X-Other" {
			t.Error("another field is gone")
		}
		for _, value := range r.Header["Connection"] {
			for option := range strings.SplitSeq(value, ",") {
				if name != "Connection" && folded(strings.Trim(option, " \t\r\n")) == "hookseal-verdict" {
					t.Errorf("Connection = %q, which has the next proxy drop the verdict", value)
				}
			}
		}
	})
}
