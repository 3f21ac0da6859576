package engine_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"net/url"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/webhook"
)

func pitfallsOfHandshakes() []pitfall {
	return []pitfall{
		{34, "a challenge signs nothing that could be an event", signingOracle},
		{35, "a verification token signs no event", tokenAsKey},
		{36, "what is given back is inert", inertEcho},
		{37, "a token that is not set is not equal to one that is not sent", missingToken},
		{38, "probes with wrong signatures are refused and have no consequence", probes},
	}
}

func braintreeGate(t *testing.T) *gate {
	t.Helper()
	return gateOf(t, engine.Config{}, engine.Source{
		Provider: "braintree", Secrets: webhook.Secrets{key(t, "key")}, AllowUncoveredBody: true, Settings: map[string]string{"public_key": "pub"},
	})
}

func signingOracle(t *testing.T) {
	g := braintreeGate(t)
	for _, challenge := range []string{"", "abc", "20F9F8ED05F77439FE955C977E4C8A53", strings.Repeat("a", 33), strings.Repeat("a", 19), "PD94bWwgdmVyc2lvbj0iMS4wIj8", strings.Repeat("a", 19) + "\n"} {
		if w := call(t, g.intake, "GET", "/in/in?bt_challenge="+url.QueryEscape(challenge), ""); w.Code != 401 || strings.Contains(w.Body.String(), "|") {
			t.Errorf("challenge %q = %d %s, want 401", challenge, w.Code, w.Body)
		}
	}
	const challenge = "20f9f8ed05f77439fe955c977e4c8a53"
	w := call(t, g.intake, "GET", "/in/in?bt_challenge="+challenge, "")
	answer := w.Body.String()
	if w.Code != 200 || !strings.HasPrefix(answer, "pub|") {
		t.Fatalf("a challenge = %d %s, want its answer", w.Code, answer)
	}
	// The answer is a right signature of the challenge, and the challenge no event.
	for _, payload := range []string{challenge, challenge + "\n"} {
		body := url.Values{"bt_signature": {answer}, "bt_payload": {payload}}.Encode()
		refused(t, payload, g.post(body, form(nil)...))
	}
}

// metaGate is a source whose verification token is "token-1".
func metaGate(t *testing.T, tokens ...webhook.Secret) *gate {
	t.Helper()
	return gateOf(t, engine.Config{}, engine.Source{Provider: "meta", Secrets: webhook.Secrets{key(t, "key")}, VerifyTokens: tokens})
}

func tokenAsKey(t *testing.T) {
	g := metaGate(t, key(t, "token-1"))
	want(t, "signed with the secret", g.post("{}", hubHeader("{}")...), accepted)
	want(t, "signed with the token", g.post("{}", "X-Hub-Signature-256", "sha256="+macHex("token-1", "{}")), webhook.SignatureMismatch)
	if w := call(t, g.intake, "GET", "/in/in?hub.mode=subscribe&hub.verify_token=key&hub.challenge=1", ""); w.Code != 401 {
		t.Errorf("the secret as a token = %d, want 401", w.Code)
	}
	_, err := engine.Open(engine.Config{Sources: map[string]engine.Source{"in": {
		Provider: "meta", Secrets: webhook.Secrets{key(t, "same")}, VerifyTokens: []webhook.Secret{key(t, "same")},
	}}})
	if err == nil || !strings.Contains(err.Error(), "is a secret that signs") {
		t.Errorf("a source whose token is its secret opens: %v", err)
	}
	// Neither does the public half of Braintree's pair sign.
	braintree := braintreeGate(t)
	for _, weak := range []string{"pub", ""} {
		body := url.Values{"bt_signature": {"pub|" + macHex(weak, "p")[:40]}, "bt_payload": {"p"}}.Encode()
		want(t, "signed with "+weak, braintree.post(body, form(nil)...), webhook.SignatureMismatch)
	}
}

func inertEcho(t *testing.T) {
	dropbox := gateTo(t, "dropbox", "key")
	w := call(t, dropbox.intake, "GET", "/in/in?challenge=abc-123", "")
	if w.Code != 200 || w.Body.String() != "abc-123" || w.Header().Get("Content-Type") != "text/plain; charset=utf-8" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("a challenge = %d %q %v, want it back as inert text", w.Code, w.Body, w.Header())
	}
	gates := map[string]*gate{"/in/in?challenge=": dropbox, "/in/in?hub.mode=subscribe&hub.verify_token=token-1&hub.challenge=": metaGate(t, key(t, "token-1"))}
	for target, g := range gates {
		for _, markup := range []string{"<script>alert(1)</script>", "<", "a\r\nSet-Cookie: a=b", "{{7*7}}", "\x00", "\u2028"} {
			w := call(t, g.intake, "GET", target+url.QueryEscape(markup), "")
			if w.Code != 401 || strings.ContainsAny(w.Body.String(), "<\r") || w.Header().Get("Set-Cookie") != "" {
				t.Errorf("%s%q = %d %q, want 401 and nothing of it", target, markup, w.Code, w.Body)
			}
		}
	}
	// One that is signed may say anything, and is given back as text or JSON.
	slack := gateTo(t, "slack", "key")
	body := `{"type":"url_verification","challenge":"<script>"}`
	w = call(t, slack.intake, "POST", "/in/in", body, slackHeaders(unix(0), body)...)
	if kind := w.Header().Get("Content-Type"); strings.Contains(kind, "html") || w.Code == 200 && w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("a signed challenge = %d %q %v, want it inert", w.Code, w.Body, w.Header())
	}
}

func missingToken(t *testing.T) {
	g := metaGate(t)
	for _, token := range []string{"", "&hub.verify_token", "&hub.verify_token=", "&hub.verify_token=token-1", "&hub.verify_token=null", "&hub.verify_token=undefined"} {
		if w := call(t, g.intake, "GET", "/in/in?hub.mode=subscribe&hub.challenge=1"+token, ""); w.Code != 401 {
			t.Errorf("token %q without one that is set = %d %s, want 401", token, w.Code, w.Body)
		}
	}
	set := metaGate(t, key(t, "token-1"))
	for token, status := range map[string]int{"": 401, "&hub.verify_token=": 401, "&hub.verify_token=token-1": 200, "&hub.verify_token=token-1&hub.verify_token=token-1": 401} {
		if w := call(t, set.intake, "GET", "/in/in?hub.mode=subscribe&hub.challenge=1"+token, ""); w.Code != status {
			t.Errorf("token %q = %d %s, want %d", token, w.Code, w.Body, status)
		}
	}
}

func probes(t *testing.T) {
	private := ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", 32)))
	g := gateTo(t, "discord", hex.EncodeToString(private.Public().(ed25519.PublicKey)))
	send := func(signer ed25519.PrivateKey, body string) webhook.Reason {
		return g.post(body, "X-Signature-Timestamp", "1767323045", "X-Signature-Ed25519", hex.EncodeToString(ed25519.Sign(signer, []byte("1767323045"+body))))
	}
	const ping, event = `{"type":1}`, `{"type":1,"event":{"type":"ENTITLEMENT_CREATE"}}`
	for range 100 {
		want(t, "a probe", send(ed25519.NewKeyFromSeed([]byte(strings.Repeat("x", 32))), ping), webhook.SignatureMismatch)
	}
	want(t, "an event after the probes", send(private, event), accepted)
	if kept := len(g.eng.Refusals("in")); kept == 0 || kept > 100 {
		t.Errorf("%d refusals are kept, want some and not more than came", kept)
	}
}
