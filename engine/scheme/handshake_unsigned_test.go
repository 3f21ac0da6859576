package scheme_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// withHandshake is a scheme that signs the body, with one handshake.
func withHandshake(h scheme.HandshakeDef) scheme.Definition {
	def := rawBody("X-Sig")
	def.Handshakes = []scheme.HandshakeDef{h}
	return def
}

func tokenEcho() scheme.HandshakeDef {
	return scheme.HandshakeDef{
		Method: scheme.List{"GET"}, Unsigned: true, Value: "{query.mode}", In: []string{"subscribe"},
		Token: "{query.token}", Echo: "{query.challenge}",
	}
}

func get(query string) *webhook.Request {
	return &webhook.Request{Method: "GET", Scheme: "https", Host: "hooks.example", Target: "/in?" + query, Header: http.Header{}}
}

// The verification token is judged before anything is given back, in time, and
// by no secret that signs.
func TestVerificationToken(t *testing.T) {
	s := compile(t, withHandshake(tokenEcho()), scheme.EventDef{})
	tokens := []webhook.Secret{secret(t, "old", "token-0"), secret(t, "new", "token-1")}
	tokens[0].NotAfter = now.Add(-time.Second)
	secrets := []webhook.Secret{secret(t, "s", "key")}
	for _, tt := range []struct {
		query  string
		tokens []webhook.Secret
		want   webhook.Outcome
		reason webhook.Reason
		is     bool
	}{
		{"mode=subscribe&token=token-1&challenge=a", tokens, webhook.Challenged, "", true},
		{"mode=subscribe&token=token-0&challenge=a", tokens, webhook.Reject, webhook.CredentialsMismatch, true},
		{"mode=subscribe&token=key&challenge=a", tokens, webhook.Reject, webhook.CredentialsMismatch, true},
		{"mode=subscribe&token=&challenge=a", tokens, webhook.Reject, webhook.CredentialsMissing, true},
		{"mode=subscribe&challenge=a", tokens, webhook.Reject, webhook.CredentialsMissing, true},
		{"mode=subscribe&challenge=a", nil, webhook.Reject, webhook.CredentialsMissing, true},
		{"mode=subscribe&token=a&challenge=a", nil, webhook.Reject, webhook.NoSecret, true},
		{"mode=subscribe&token=token-0&challenge=a", tokens[:1], webhook.Reject, webhook.NoSecret, true},
		{"mode=subscribe&token=token-1&token=token-1&challenge=a", tokens, webhook.Reject, webhook.FieldAmbiguous, true},
		{"mode=subscribe&token=token-1&challenge=%00", tokens, webhook.Reject, webhook.FieldMalformed, true},
		{"mode=subscribe&token=token-1", tokens, webhook.Reject, "", false},
		{"mode=other&token=token-1&challenge=a", tokens, webhook.Reject, "", false},
		{"", tokens, webhook.Reject, "", false},
	} {
		v, is := scheme.Answer(s, get(tt.query), scheme.Keys{Secrets: secrets, Tokens: tt.tokens}, now)
		if is != tt.is || v.Outcome != tt.want || v.Reason != tt.reason || (v.Reply != nil) != (v.Outcome == webhook.Challenged) {
			t.Errorf("%s: Answer = %v %s %q, want %v %s %q", tt.query, is, v.Outcome, v.Reason, tt.is, tt.want, tt.reason)
		}
	}
}

// A POST that claims to be signed is judged as what is signed.
func TestUnsignedHandshakeGivesWayToASignature(t *testing.T) {
	s := compile(t, withHandshake(scheme.HandshakeDef{Unsigned: true, Echo: "{json.challenge}"}), scheme.EventDef{})
	keys := scheme.Keys{Secrets: []webhook.Secret{secret(t, "s", "key")}}
	req := &webhook.Request{Method: "POST", Header: http.Header{}, Body: []byte(`{"challenge":"a"}`)}
	if v, is := scheme.Answer(s, req, keys, now); !is || v.Outcome != webhook.Challenged {
		t.Errorf("without a signature: Answer = %v %s, want a challenge", is, v.Outcome)
	}
	if v := scheme.Verify(s, req, keys.Secrets, now); v.Outcome != webhook.Reject {
		t.Errorf("Verify = %s, want a refusal: a challenge is no event", v.Outcome)
	}
	req.Header.Set("X-Sig", "sha256=00")
	if v, is := scheme.Answer(s, req, keys, now); is {
		t.Errorf("with a signature: Answer = %s, want none", v.Outcome)
	}
	for name, other := range map[string]*webhook.Request{
		"truncated": {Method: "POST", Body: req.Body, Truncated: true},
		"too large": {Method: "POST", Body: []byte(`{"challenge":"a"}` + strings.Repeat(" ", 8<<10))},
		"GET":       {Method: "GET", Body: req.Body},
		"twice":     {Method: "POST", Body: []byte(`{"challenge":"a","challenge":"b"}`)},
		"object":    {Method: "POST", Body: []byte(`{"challenge":{}}`)},
	} {
		if v, is := scheme.Answer(s, other, keys, now); is {
			t.Errorf("%s: Answer = %s, want none", name, v.Outcome)
		}
	}
}

// Where the key of the events signs challenges, an event whose whole message could
// be one is refused, in every form of the message that has no other character.
func TestMessagesThatCouldBeChallenges(t *testing.T) {
	for _, tt := range []struct {
		message, body string
		refused       bool
	}{
		{"{body}", "abc", true},
		{"{body}", strings.Repeat("a", 16), true},
		{"{body}", strings.Repeat("a", 17), false},
		{"{body}", "", false},
		{"{body}", "abc ", false},
		{"{body}", `"abc"`, false},
		{"{body | stringify:ecmascript}", " 17\n", true},
		{"{body | stringify:ecmascript}", `"17"`, false},
		{"v0.{body}", "abc", true},
		{"v0:{body}", "abc", false},
		{"{header.X-Time}{body}", "abc", true},
		{"{header.X-Time}{body}", `{"a":1}`, false},
	} {
		def := withHandshake(scheme.HandshakeDef{
			Method: scheme.List{"GET"}, Unsigned: true, Limit: scheme.LimitDef{Max: 16},
			Answer: &scheme.AnswerDef{Of: "{query.c}", Encoding: "hex"}, Echo: "{answer}",
		})
		def.Message = scheme.MessageDef{{Text: tt.message}}
		s := compile(t, def, scheme.EventDef{})
		req := &webhook.Request{Method: "POST", Target: "/", Header: http.Header{"X-Time": {"17"}}, Body: []byte(tt.body)}
		secrets := []webhook.Secret{secret(t, "s", "key")}
		if err := scheme.Sign(s, req, scheme.Message{Time: now}, secrets); err != nil {
			t.Fatalf("%s %q: %v", tt.message, tt.body, err)
		}
		v := scheme.Verify(s, req, secrets, now)
		if refused := v.Reason == webhook.ConditionFailed; refused != tt.refused || !refused && !v.Accepted() {
			t.Errorf("%s %q: Verify = %s %q, want refused = %v", tt.message, tt.body, v.Outcome, v.Reason, tt.refused)
		}
	}
}

func TestUnsignedHandshakeFaults(t *testing.T) {
	mac := &scheme.AnswerDef{Of: "{query.c}", Encoding: "hex"}
	for want, h := range map[string]scheme.HandshakeDef{
		"needs what tells the challenge":  {Unsigned: true},
		"needs value and in":              {Value: "{json.a}", Unsigned: true},
		"none of GET, HEAD":               {Method: scheme.List{"TRACE"}, Unsigned: true},
		"token goes with unsigned":        {Value: "{json.a}", In: []string{"b"}, Token: "{json.t}"},
		"keep goes with unsigned":         {Value: "{json.a}", In: []string{"b"}, Keep: "{json.t}"},
		"confirm needs a signature":       {Unsigned: true, Present: scheme.List{"{json.u}"}, Confirm: &scheme.ConfirmDef{URL: "{json.u}", Hosts: []string{"a.example"}}},
		"needs hosts":                     {Present: scheme.List{"{json.u}"}, Confirm: &scheme.ConfirmDef{URL: "{json.u}"}},
		`"*.example" must be a name`:      {Present: scheme.List{"{json.u}"}, Confirm: &scheme.ConfirmDef{URL: "{json.u}", Hosts: []string{"*.example"}}},
		`"a.b*.example.com" must be`:      {Present: scheme.List{"{json.u}"}, Confirm: &scheme.ConfirmDef{URL: "{json.u}", Hosts: []string{"a.b*.example.com"}}},
		"{header.u} is not covered":       {Present: scheme.List{"{json.u}"}, Confirm: &scheme.ConfirmDef{URL: "{header.u}", Hosts: []string{"a.example.com"}}},
		"is none of token, hex":           {Unsigned: true, Echo: "{query.c}", Limit: scheme.LimitDef{Alphabet: "any"}},
		"bound a length":                  {Unsigned: true, Echo: "{query.c}", Limit: scheme.LimitDef{Max: 1025}},
		"is too wide":                     {Unsigned: true, Answer: mac, Echo: "{answer}", Limit: scheme.LimitDef{Alphabet: "base64"}},
		"is not of the alphabet":          {Unsigned: true, Answer: &scheme.AnswerDef{Of: "a:{query.c}", Encoding: "hex"}, Echo: "{answer}"},
		"takes no value of the challenge": {Unsigned: true, Present: scheme.List{"{query.c}"}, Answer: &scheme.AnswerDef{Of: "a", Encoding: "hex"}, Echo: "{answer}"},
		"takes single values":             {Unsigned: true, Answer: &scheme.AnswerDef{Of: "{secret}{query.c}", Encoding: "hex"}, Echo: "{answer}"},
		"no {token} takes part":           {Unsigned: true, Answer: &scheme.AnswerDef{Of: "{query.c}", Digest: "sha256", Encoding: "hex"}, Echo: "{answer}"},
		"is no plain digest":              {Unsigned: true, Answer: &scheme.AnswerDef{Of: "{query.c}{token}", Digest: "hmac-sha256", Encoding: "hex"}, Echo: "{answer}"},
		"{token} goes with a digest":      {Unsigned: true, Answer: &scheme.AnswerDef{Of: "{query.c}{token}", Encoding: "hex"}, Echo: "{answer}"},
		"the token is never given back":   {Unsigned: true, Present: scheme.List{"{query.c}"}, Echo: "{token}"},
		"{answer} needs the key answer":   {Unsigned: true, Present: scheme.List{"{query.c}"}, Echo: "{answer}"},
		"is no header that an answer may": {Unsigned: true, Headers: map[string]string{"Set-Cookie": "{query.c}"}},
		"more than one line":              {Unsigned: true, Headers: map[string]string{"X-A": "{query.c}\n"}},
		"keep takes a secret of":          {Unsigned: true, Keep: "{header.x}", Limit: scheme.LimitDef{Alphabet: "words"}},
		"not both":                        {Unsigned: true, Echo: "{query.c}", JSON: map[string]string{"a": "{query.c}"}},
	} {
		if _, err := scheme.Compile(withHandshake(h), scheme.EventDef{}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Compile(%+v) = %v, want an error with %q", h, err, want)
		}
	}
}

// A key that anybody could have sign anything is none for challenges.
func TestAnswerNeedsAKey(t *testing.T) {
	h := scheme.HandshakeDef{Method: scheme.List{"GET"}, Unsigned: true, Answer: &scheme.AnswerDef{Of: "{query.c}", Encoding: "hex"}, Echo: "{answer}"}
	s := compile(t, withHandshake(h), scheme.EventDef{})
	expired := secret(t, "s", "key")
	expired.NotAfter = now.Add(-time.Second)
	for name, secrets := range map[string][]webhook.Secret{"none": nil, "expired": {expired}} {
		if v, is := scheme.Answer(s, get("c=a"), scheme.Keys{Secrets: secrets, Tokens: []webhook.Secret{secret(t, "t", "token")}}, now); !is || v.Reason != webhook.NoSecret {
			t.Errorf("%s: Answer = %v %q, want %q", name, is, v.Reason, webhook.NoSecret)
		}
	}
	token := scheme.Definition{Algorithm: "token", Signature: scheme.SignatureDef{Header: scheme.List{"X-Token"}, Encoding: scheme.List{"raw"}}, Handshakes: []scheme.HandshakeDef{h}}
	if _, err := scheme.Compile(token, scheme.EventDef{}, nil); err == nil || !strings.Contains(err.Error(), "signs nothing") {
		t.Errorf("Compile = %v, want an error: a token signs nothing", err)
	}
}

// Whatever a challenge brings, its answer is of the alphabet, of bounded length,
// and never of a media type or with a header that the request chose.
func FuzzUnsignedHandshake(f *testing.F) {
	for _, seed := range []string{"a", "", "<script>alert(1)</script>", "a\r\nSet-Cookie: x=1", "\"},{\"", "日本", strings.Repeat("a", 300), "\x00"} {
		f.Add(seed, seed)
	}
	def := rawBody("X-Sig")
	mac := &scheme.AnswerDef{Of: "{query.c}", Encoding: "base64"}
	def.Handshakes = []scheme.HandshakeDef{
		{Method: scheme.List{"GET"}, Unsigned: true, Echo: "{query.c}", Headers: map[string]string{"X-Back": "{query.c}"}},
		{Method: scheme.List{"HEAD"}, Unsigned: true, Limit: scheme.LimitDef{Alphabet: "words"}, JSON: map[string]string{"c": "{query.c}"}},
		{Method: scheme.List{"OPTIONS"}, Unsigned: true, Answer: mac, Echo: "sha256={answer}"},
	}
	s := compile(f, def, scheme.EventDef{})
	keys := scheme.Keys{Secrets: []webhook.Secret{secret(f, "s", "key")}}
	f.Fuzz(func(t *testing.T, method, value string) {
		methods := []string{"GET", "HEAD", "OPTIONS"}
		req := get("c=" + url.QueryEscape(value))
		req.Method = methods[len(method)%len(methods)]
		v, is := scheme.Answer(s, req, keys, now)
		if !is || v.Outcome != webhook.Challenged {
			if v.Reply != nil {
				t.Fatalf("%q: refused with a reply", value)
			}
			return
		}
		body := string(v.Reply.Body)
		if len(body) > 300 || strings.ContainsFunc(body+v.Reply.Header.Get("X-Back"), func(c rune) bool { return c < ' ' || c > '~' || strings.ContainsRune("<>&'`\\", c) }) {
			t.Errorf("%q is answered with %q and %v", value, body, v.Reply.Header)
		}
		if ct := v.Reply.ContentType; ct != "text/plain; charset=utf-8" && ct != "application/json" {
			t.Errorf("%q is answered as %q", value, ct)
		}
	})
}

// A rule chooses the media type of its answer, and none that a browser runs.
func TestRuleAnswersInertly(t *testing.T) {
	for contentType, want := range map[string]webhook.Outcome{
		"": webhook.Challenged, "text/plain": webhook.Challenged, "text/plain; charset=utf-8": webhook.Challenged, "application/json": webhook.Challenged,
		"text/html": webhook.Reject, "text/xml": webhook.Reject, "image/svg+xml": webhook.Reject, "text/plain, text/html": webhook.Reject,
	} {
		c := &webhook.Claim{Challenge: &webhook.Challenge{Status: 200, ContentType: contentType, Body: []byte("<script>"), Unsigned: true}}
		if v := scheme.Check(c, get(""), nil, nil, now); v.Outcome != want {
			t.Errorf("%q: Check = %s, want %s", contentType, v.Outcome, want)
		}
	}
}

// What a challenge hands out or states in a header is a secret wherever it is
// shown.
func TestHandshakeSecretHeaders(t *testing.T) {
	s := compile(t, withHandshake(scheme.HandshakeDef{Unsigned: true, Keep: "{header.x-hook-secret}", Token: "{header.x-token}"}), scheme.EventDef{})
	if got := strings.Join(s.SecretHeaders(), " "); got != "X-Token X-Hook-Secret" {
		t.Errorf("SecretHeaders = %s, want X-Token X-Hook-Secret", got)
	}
}
