package scheme_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// several are schemes whose requests carry a signature of each secret.
func several() map[string]scheme.Definition {
	with := func(change func(*scheme.SignatureDef)) scheme.Definition {
		d := rawBody("X-Sig")
		d.Signature.Prefix = nil
		change(&d.Signature)
		return d
	}
	pairs, groups := stripeLike(), stripeLike()
	pairs.Signature.Several = true
	groups.Signature.Several, groups.Signature.Groups = true, " "
	last := with(func(s *scheme.SignatureDef) { s.Parse, s.Fields = "positional", []string{"t", "signature"} })
	last.Message = scheme.MessageDef{{Text: "{sig.t}.{body}"}}
	last.Time = &scheme.TimeDef{From: "{sig.t}", Unit: scheme.List{"ms"}, Tolerance: "5m"}
	return map[string]scheme.Definition{
		"kv":     pairs,
		"groups": groups,
		"last":   last,
		"list":   with(func(s *scheme.SignatureDef) { s.Parse, s.Take = "list", "v1" }),
		"bare":   with(func(s *scheme.SignatureDef) { s.Parse, s.Separator = "list", "," }),
		"items": with(func(s *scheme.SignatureDef) {
			s.Parse, s.Separator, s.Between, s.Fields = "positional", ",", "/", []string{"id={label}", "hash=SHA256", "signature"}
		}),
		"repeats":  with(func(s *scheme.SignatureDef) { s.Repeats, s.Prefix = true, scheme.List{"sha256="} }),
		"names":    with(func(s *scheme.SignatureDef) { s.Repeats, s.Header = true, scheme.List{"X-Primary", "X-Secondary"} }),
		"numbered": with(func(s *scheme.SignatureDef) { s.Numbered, s.Header = 3, scheme.List{"X-Sig-"} }),
	}
}

// While secrets are exchanged, whoever knows one of them verifies.
func TestSignWithSeveralSecrets(t *testing.T) {
	old, fresh, strange := secret(t, "1", "old key"), secret(t, "2", "new key"), secret(t, "3", "strange key")
	for name, def := range several() {
		t.Run(name, func(t *testing.T) {
			s := compile(t, def, scheme.EventDef{})
			if !s.CarriesSeveral() {
				t.Error("CarriesSeveral = false, want true")
			}
			req := &webhook.Request{Body: []byte("{}")}
			if err := scheme.Sign(s, req, scheme.Message{Time: now}, []webhook.Secret{fresh, old}); err != nil {
				t.Fatal(err)
			}
			for _, one := range []webhook.Secret{fresh, old} {
				if v := scheme.Verify(s, req, []webhook.Secret{one}, now); !v.Accepted() {
					t.Errorf("secret %s: Verify = %s %s, want accepted; headers %v", one.Label, v.Reason, v.Detail, req.Header)
				}
			}
			if v := scheme.Verify(s, req, []webhook.Secret{strange}, now); v.Accepted() {
				t.Error("a strange secret verifies")
			}
			again := req.Header.Clone()
			if err := scheme.Sign(s, req, scheme.Message{Time: now}, []webhook.Secret{old}); err != nil {
				t.Fatal(err)
			}
			if v := scheme.Verify(s, req, []webhook.Secret{fresh}, now); v.Accepted() {
				t.Errorf("signed again with the old secret, the new one still verifies: %v after %v", req.Header, again)
			}
		})
	}
}

func TestSignaturesAreWritten(t *testing.T) {
	keys := []webhook.Secret{secret(t, "1", "k1"), secret(t, "2", "k2")}
	defs := several()
	for name, want := range map[string]http.Header{
		"items":    {"X-Sig": {"1/SHA256/<1>,2/SHA256/<2>"}},
		"list":     {"X-Sig": {"v1,<1> v1,<2>"}},
		"bare":     {"X-Sig": {"<1>,<2>"}},
		"repeats":  {"X-Sig": {"sha256=<1>", "sha256=<2>"}},
		"names":    {"X-Primary": {"<1>"}, "X-Secondary": {"<2>"}},
		"numbered": {"X-Sig-1": {"<1>"}, "X-Sig-2": {"<2>"}},
	} {
		s := compile(t, defs[name], scheme.EventDef{})
		alone := make([]string, len(keys))
		plain := compile(t, rawBody("X-Sig"), scheme.EventDef{})
		for i := range keys {
			req := &webhook.Request{Body: []byte("{}")}
			if err := scheme.Sign(plain, req, scheme.Message{Time: now}, keys[i:i+1]); err != nil {
				t.Fatal(err)
			}
			alone[i] = strings.TrimPrefix(req.Header.Get("X-Sig"), "sha256=")
		}
		req := &webhook.Request{Body: []byte("{}")}
		if err := scheme.Sign(s, req, scheme.Message{Time: now}, keys); err != nil {
			t.Fatal(err)
		}
		for header, texts := range want {
			for i := range texts {
				texts[i] = strings.NewReplacer("<1>", alone[0], "<2>", alone[1]).Replace(texts[i])
			}
			if got := req.Header[header]; !slices.Equal(got, texts) {
				t.Errorf("%s: %s = %q, want %q", name, header, got, texts)
			}
		}
	}
}

// A scheme that carries one signature is signed with the first secret that counts
// at the moment of signing.
func TestSignWithTheFirstThatCounts(t *testing.T) {
	s := compile(t, rawBody("X-Sig"), scheme.EventDef{})
	if s.CarriesSeveral() {
		t.Error("CarriesSeveral = true, want false")
	}
	ended, later, good := secret(t, "ended", "k1"), secret(t, "later", "k2"), secret(t, "good", "k3")
	ended.NotAfter, later.NotBefore = now.Add(-time.Second), now.Add(time.Second)
	all := []webhook.Secret{ended, later, good}
	for _, test := range []struct {
		at   time.Time
		want string
	}{
		{now.Add(-time.Second), "ended"},
		{now, "good"},
		{now.Add(time.Second), "later"},
	} {
		req := &webhook.Request{Body: []byte("{}")}
		if err := scheme.Sign(s, req, scheme.Message{Time: test.at}, all); err != nil {
			t.Fatal(err)
		}
		if v := scheme.Verify(s, req, all, test.at); v.Secret != test.want {
			t.Errorf("at %v: signed with %q, want %q", test.at, v.Secret, test.want)
		}
	}
	err := scheme.Sign(s, &webhook.Request{}, scheme.Message{Time: now}, []webhook.Secret{ended, later})
	if err == nil || !strings.Contains(err.Error(), "counts now") {
		t.Errorf("Sign = %v, want an error: none counts", err)
	}
}

func TestSignRefusesWhatCannotBeWritten(t *testing.T) {
	def := several()["items"]
	s := compile(t, def, scheme.EventDef{})
	for _, label := range []string{"a/b", "a,b", ""} {
		if err := scheme.Sign(s, &webhook.Request{}, scheme.Message{Time: now}, []webhook.Secret{secret(t, label, "key")}); err == nil {
			t.Errorf("label %q: Sign = nil, want an error", label)
		}
	}
	def.Signature.Fields = []string{"id", "signature"}
	err := scheme.Sign(compile(t, def, scheme.EventDef{}), &webhook.Request{}, scheme.Message{Time: now}, []webhook.Secret{secret(t, "1", "key")})
	if err == nil || !strings.Contains(err.Error(), `"id"`) {
		t.Errorf("Sign = %v, want an error that names the field", err)
	}
	for _, fields := range [][]string{{"signature=x"}, {"id=", "signature"}} {
		def.Signature.Fields = fields
		if _, err := scheme.Compile(def, scheme.EventDef{}, nil); err == nil || !strings.Contains(err.Error(), "must not be empty") {
			t.Errorf("fields = %q: Compile = %v, want an error", fields, err)
		}
	}
	var many []webhook.Secret
	for range 17 {
		many = append(many, secret(t, "1", "key"))
	}
	for _, name := range []string{"list", "numbered"} {
		if err := scheme.Sign(compile(t, several()[name], scheme.EventDef{}), &webhook.Request{}, scheme.Message{Time: now}, many); err == nil || !strings.Contains(err.Error(), "at most") {
			t.Errorf("%s: Sign with 17 secrets = %v, want an error", name, err)
		}
	}
}

// The key is from RFC 8032, section 7.1, test 1.
func TestKeysThatSayWhichHalfTheyAre(t *testing.T) {
	const (
		seed   = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
		whole  = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg=="
		public = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
	)
	def := discordLike()
	def.Key = "ed25519-whpk"
	s := compile(t, def, scheme.EventDef{})
	for _, private := range []string{"whsk_" + seed, "whsk_" + whole, whole} {
		req := &webhook.Request{Body: []byte("body")}
		if err := scheme.Sign(s, req, scheme.Message{Time: now}, []webhook.Secret{secret(t, "private", private)}); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"whpk_" + public, public, private} {
			if v := scheme.Verify(s, req, []webhook.Secret{secret(t, "key", key)}, now); !v.Accepted() {
				t.Errorf("Verify = %s %s, want accepted", v.Reason, v.Detail)
			}
		}
	}
	if err := scheme.Sign(s, &webhook.Request{}, scheme.Message{Time: now}, []webhook.Secret{secret(t, "public", "whpk_"+public)}); !errors.Is(err, scheme.ErrCannotSign) {
		t.Errorf("Sign with a public key = %v, want ErrCannotSign", err)
	}
	for _, wrong := range []string{
		"whpk_" + whole, "whpk_" + public[:40], "whsk_" + whole[:84] + "AAAA", "whsk_" + public[1:], "whsk_", "whpk_",
		"whsec_" + seed, "whpk_whpk_" + public, "whsk_" + seed + "\n" + seed,
	} {
		if err := s.CheckSecret(secret(t, "wrong", wrong)); err == nil || len(wrong) > 5 && strings.Contains(err.Error(), wrong) {
			t.Errorf("CheckSecret(%.12s…) = %v, want an error without the text", wrong, err)
		}
	}
}
