package engine_test

import (
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/configfile"
	"github.com/hookseal/hookseal/engine/webhook"
)

func pitfallsOfSecrets() []pitfall {
	return []pitfall{
		{2, "an empty secret opens nothing and does not load", emptySecret},
		{3, "without a secret nothing is taken", noSecretNoEvent},
		{4, "no pack verifies anything without a secret", noFallbackSecret},
		{22, "body and secret are UTF-8", charsetOfSecrets},
		{48, "a prefix of a secret goes once and from the front", secretPrefix},
		{49, "what the key is made of is the pack's to say", secretEncoding},
		{53, "white space around a secret is a fault of the file", paddedSecret},
	}
}

// openFile opens a file with one source, whose secret is in a variable.
func openFile(t *testing.T, secret string) error {
	t.Helper()
	file := filepath.Join(t.TempDir(), "hookseal.toml")
	const text = "[source.in]\nprovider = \"github\"\nsecret = \"env:SECRET\"\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := configfile.Load(file, configfile.Options{LookupEnv: func(string) (string, bool) { return secret, true }})
	return err
}

func emptySecret(t *testing.T) {
	for _, blank := range []string{"", " ", "\t\n", "\x00"} {
		if _, err := webhook.NewSecret("s", []byte(blank)); !errors.Is(err, webhook.ErrBlankSecret) {
			t.Errorf("NewSecret(%q) = %v, want ErrBlankSecret", blank, err)
		}
		if err := openFile(t, blank); err == nil || !strings.Contains(err.Error(), "empty or blank") {
			t.Errorf("a file whose secret is %q = %v, want a fault", blank, err)
		}
	}
	_, err := engine.Open(engine.Config{Sources: map[string]engine.Source{"in": {Provider: "github", Secrets: webhook.Secrets{{}}}}})
	if err == nil {
		t.Error("a source opens with the zero secret")
	}
	g := gateOf(t, engine.Config{}, engine.Source{Provider: "github", Secrets: handsOut{{}}})
	want(t, "signed with nothing", g.post("b", "X-Hub-Signature-256", "sha256="+macHex("", "b")), webhook.NoSecret)
}

// handsOut knows secrets that nobody has checked.
type handsOut []webhook.Secret

// Secrets implements [webhook.SecretSource].
func (h handsOut) Secrets(context.Context, webhook.Hint) ([]webhook.Secret, error) { return h, nil }

func noSecretNoEvent(t *testing.T) {
	for _, s := range []engine.Source{{Provider: "github"}, {Provider: "github", Secrets: webhook.Secrets{}}, {Provider: "github", Unsigned: true}, {}} {
		if _, err := engine.Open(engine.Config{Sources: map[string]engine.Source{"in": s}}); err == nil {
			t.Errorf("%+v opens, want an error", s)
		}
	}
	g := gateOf(t, engine.Config{}, engine.Source{Provider: "github", Secrets: noSecrets{}})
	want(t, "unsigned", g.post("b"), webhook.SignatureMissing)
	want(t, "signed", g.post("b", "X-Hub-Signature-256", "sha256="+macHex("a", "b")), webhook.NoSecret)
	aloud := gateOf(t, engine.Config{}, engine.Source{Provider: engine.NoVerification})
	want(t, "unsigned to a source that says none", aloud.post("b"), accepted)
}

// Every request that a pack accepts is sent to a source that knows no secret, and
// that there is none is why it is refused: nothing was compared. A source that
// fetches its keys is given none either.
func noFallbackSecret(t *testing.T) {
	tried := 0
	eachVector(t, func(t *testing.T, provider string, v catalog.Vector) bool {
		if v.Expect.Outcome != webhook.Accept.String() {
			return false
		}
		tried++
		if got := judgeVector(t, provider, v, noSecrets{}); got != webhook.NoSecret {
			t.Errorf("%s: %q without a secret, want no_secret", v.Name, got)
		}
		return true
	})
	if names := catalog.Builtin().Names(); tried < len(names) {
		t.Errorf("%d requests were tried with %d packs, want one for each", tried, len(names))
	}
	empty := open(t, engine.Config{Store: openStore(t)})
	if w := call(t, empty.Handler(), "POST", "/in/in", "b"); w.Code != 404 {
		t.Errorf("an engine without a configuration answers %d, want 404", w.Code)
	}
	for _, name := range catalog.Builtin().Names() {
		pack, err := catalog.Builtin().Open(t.Context(), name, catalog.Options{Loaders: everyGuest()})
		if err != nil {
			t.Fatal(err)
		}
		if pack.Scheme.FetchesKeys() {
			continue
		}
		_, err = engine.Open(engine.Config{Guests: everyGuest(), Sources: map[string]engine.Source{"in": {Provider: name, AllowUncoveredBody: true, Settings: settingsOf(t, name, nil)}}})
		if err == nil || !strings.Contains(err.Error(), "no secret") {
			t.Errorf("%s opens without a secret: %v", name, err)
		}
	}
}

func charsetOfSecrets(t *testing.T) {
	const secret, body = "sécret-🔑", `{"text":"grüße 🎉"}`
	g := gateTo(t, "github", secret)
	want(t, "in UTF-8", g.post(body, "X-Hub-Signature-256", "sha256="+macHex(secret, body)), accepted)
	want(t, "secret in Latin-1", g.post(body, "X-Hub-Signature-256", "sha256="+macHex("s\xe9cret-?", body)), webhook.SignatureMismatch)
	want(t, "body in ASCII", g.post(body, "X-Hub-Signature-256", "sha256="+macHex(secret, `{"text":"gr??e ?"}`)), webhook.SignatureMismatch)
	want(t, "body encoded twice", g.post(body, "X-Hub-Signature-256", "sha256="+macHex(secret, `{"text":"grÃ¼Ã\u009fe"}`)), webhook.SignatureMismatch)
	// EasyPost alone takes the secret in a normalisation form.
	easy := gateTo(t, "easypost", "sécret")
	want(t, "in form KD", easy.post(body, "X-Hmac-Signature", "hmac-sha256-hex="+macHex("se\u0301cret", body)), accepted)
	want(t, "in form C", easy.post(body, "X-Hmac-Signature", "hmac-sha256-hex="+macHex("sécret", body)), webhook.SignatureMismatch)
}

// standard returns the headers of Standard Webhooks over a body, for now.
func standard(key, body string) []string {
	at := unix(0)
	return []string{"webhook-id", "msg_1", "webhook-timestamp", at, "webhook-signature", "v1," + macBase64(key, "msg_1."+at+"."+body)}
}

func secretPrefix(t *testing.T) {
	const raw = "\xc2\x1b\x1e\x72 a key"
	coded := base64.StdEncoding.EncodeToString([]byte(raw))
	want(t, "with its prefix", gateTo(t, "standard-webhooks", "whsec_"+coded).post("{}", standard(raw, "{}")...), accepted)
	want(t, "without it", gateTo(t, "standard-webhooks", coded).post("{}", standard(raw, "{}")...), accepted)
	want(t, "with v1 before it", gateTo(t, "supabase", "v1,whsec_"+coded).post("{}", standard(raw, "{}")...), accepted)
	for _, twice := range []string{"whsec_whsec_" + coded, coded + "whsec_", "whsec_" + coded + "_a", "_whsec_" + coded} {
		_, err := engine.Open(engine.Config{Sources: map[string]engine.Source{"in": {Provider: "standard-webhooks", Secrets: webhook.Secrets{key(t, twice)}}}})
		if err == nil {
			t.Errorf("a source opens with the secret %q", twice)
		}
	}
	// A secret that is text keeps every underscore, and its prefix.
	for _, secret := range []string{"whsec_a_b_c", "pre_whsec_a"} {
		header := func(with string) string { return "t=" + unix(0) + ",v1=" + macHex(with, unix(0)+".{}") }
		g := gateTo(t, "stripe", secret)
		want(t, secret, g.post("{}", "Stripe-Signature", header(secret)), accepted)
		want(t, "its last part", g.post("{}", "Stripe-Signature", header(secret[strings.LastIndex(secret, "_")+1:])), webhook.SignatureMismatch)
		g = gateBy(t, "[scheme]\nalgorithm = \"hmac-sha256\"\nkey = \"strip:whsec_\"\nsignature = { header = \"X-Sig\", encoding = \"hex\" }\nmessage = \"{body}\"")
		want(t, "a prefix that is not there", g.post("{}", "X-Sig", macHex("key", "{}")), accepted)
	}
}

// The same headers go with keys that are text and with keys that are base64.
func secretEncoding(t *testing.T) {
	const text = "polar_whs_ab"
	raw := "thirteen and 2"
	coded := base64.StdEncoding.EncodeToString([]byte(raw))
	for provider, good := range map[string]string{"polar": coded, "composio": coded, "standard-webhooks": raw, "svix": raw} {
		g := gateTo(t, provider, coded)
		for _, k := range []string{coded, raw} {
			expected := webhook.SignatureMismatch
			if k == good {
				expected = accepted
			}
			want(t, provider+" "+k, g.post("{}", standard(k, "{}")...), expected)
		}
	}
	want(t, "no base64 at all", gateTo(t, "polar", text).post("{}", standard(text, "{}")...), accepted)
}

func paddedSecret(t *testing.T) {
	for _, padded := range []string{"secret\n", "secret\r\n", " secret", "secret\t", "secret\u00a0", "\ufeff secret "} {
		if _, err := webhook.NewSecret("s", []byte(padded)); !errors.Is(err, webhook.ErrPaddedSecret) {
			t.Errorf("NewSecret(%q) = %v, want ErrPaddedSecret", padded, err)
		}
		if err := openFile(t, padded); err == nil || !strings.Contains(err.Error(), "white space") || !strings.Contains(err.Error(), "source.in.secret") {
			t.Errorf("a file whose secret is %q = %v, want a fault at its key", padded, err)
		}
	}
	if err := openFile(t, "a secret"); err != nil {
		t.Errorf("a file whose secret has a space within = %v", err)
	}
}
