package engine_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"hash"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/webhook"
)

func pitfallsOfTokens() []pitfall {
	return []pitfall{
		{43, "a token's algorithm is the one that its provider uses", algorithmOfTokens},
		{44, "a token that is not bound to the body says so", tokensAndBodies},
		{45, "a token is for one URL", tokensAndURLs},
	}
}

// compact is a token over header and claims, by HMAC-SHA256.
func compact(key, header, claims string) string { return compactBy(sha256.New, key, header, claims) }

func compactBy(h func() hash.Hash, key, header, claims string) string {
	input := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	m := hmac.New(h, []byte(key))
	m.Write([]byte(input))
	return input + "." + base64.RawURLEncoding.EncodeToString(m.Sum(nil))
}

func hexDigest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// messageBirdClaims are those of a request to /in/in with the body.
func messageBirdClaims(body string) string {
	return fmt.Sprintf(`{"iss":"MessageBird","jti":"1","url_hash":%q,"payload_hash":%q}`, hexDigest("http://example.com/in/in"), hexDigest(body))
}

const (
	hs256 = `{"alg":"HS256","typ":"JWT"}`
	rs256 = `{"alg":"RS256","kid":"k"}`
)

func algorithmOfTokens(t *testing.T) {
	g := gateTo(t, "messagebird-jwt", "key")
	send := func(token string) webhook.Reason { return g.post("{}", "MessageBird-Signature-JWT", token) }
	claims := messageBirdClaims("{}")
	want(t, "as signed", send(compact("key", hs256, claims)), accepted)
	for _, alg := range []string{`"none"`, `"NoNe"`, `"NONE"`, `""`, `null`, `["HS256"]`, `"hs256"`, `"HS256 "`, `"RS256"`, `"HS\u0032\u0035\u0036x"`} {
		token := compact("key", `{"alg":`+alg+`}`, claims)
		want(t, alg, send(token), webhook.AlgorithmNotAllowed)
		refused(t, alg+" without a signature", send(token[:strings.LastIndex(token, ".")+1]))
	}
	refused(t, "no algorithm", send(compact("key", `{}`, claims)))
	refused(t, "two algorithms", send(compact("key", `{"alg":"none","alg":"HS256"}`, claims)))
	want(t, "HS512", send(compactBy(sha512.New, "key", `{"alg":"HS512"}`, claims)), webhook.AlgorithmNotAllowed)
	refused(t, "HS512, said to be HS256", send(compactBy(sha512.New, "key", hs256, claims)))
	refused(t, "what nobody understands", send(compact("key", `{"alg":"HS256","crit":["exp"]}`, claims)))
	good := compact("key", hs256, claims)
	for _, bad := range []string{"", ".", "..", good + ".", good + "=", good + " ", "." + good, strings.ReplaceAll(good, ".", ".."), strings.Split(good, ".")[0] + "." + strings.Split(good, ".")[1] + "."} {
		refused(t, "..."+bad[max(0, len(bad)-20):], send(bad))
	}
	// The public key of a provider that signs with RSA is no secret of an HMAC.
	raw, err := x509.MarshalPKIXPublicKey(rsaKey().Public())
	if err != nil {
		t.Fatal(err)
	}
	public := strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: raw})))
	google := gateOf(t, engine.Config{}, engine.Source{
		Provider: "google-pubsub", Secrets: webhook.Secrets{key(t, public)}, AllowUncoveredBody: true, Settings: map[string]string{"audience": "a", "service_account": "s"},
	})
	const mine = `{"iss":"https://accounts.google.com","aud":"a","email":"s","email_verified":true}`
	for _, k := range []string{public, public + "\n", string(raw)} {
		want(t, "HS256 under the public key", google.post("{}", "Authorization", "Bearer "+compact(k, `{"alg":"HS256","kid":"k"}`, mine)), webhook.AlgorithmNotAllowed)
		refused(t, "the same, said to be RS256", google.post("{}", "Authorization", "Bearer "+compact(k, rs256, mine)))
	}
	input := base64.RawURLEncoding.EncodeToString([]byte(rs256)) + "." + base64.RawURLEncoding.EncodeToString([]byte(mine))
	want(t, "RS256", google.post("{}", "Authorization", "Bearer "+input+"."+base64.RawURLEncoding.EncodeToString(rsaSign(t, input))), accepted)
}

func tokensAndBodies(t *testing.T) {
	g := gateTo(t, "messagebird-jwt", "key")
	token := compact("key", hs256, messageBirdClaims(`{"a":1}`))
	want(t, "its body", g.post(`{"a":1}`, "MessageBird-Signature-JWT", token), accepted)
	if !strings.Contains(g.covers, "body") {
		t.Errorf("covers = %s, want the body", g.covers)
	}
	for _, body := range []string{`{"a":2}`, `{"a":1} `, ""} {
		want(t, body, g.post(body, "MessageBird-Signature-JWT", token), webhook.ConditionFailed)
	}
	without := strings.Replace(messageBirdClaims("{}"), "payload_hash", "payload", 1)
	refused(t, "no digest of a body", g.post("{}", "MessageBird-Signature-JWT", compact("key", hs256, without)))
	refused(t, "no digest and no body", g.post("", "MessageBird-Signature-JWT", compact("key", hs256, without)))
	monday := gateTo(t, "monday", "key")
	named := compact("key", hs256, `{"aud":"http://example.com/in/in"}`)
	for _, body := range []string{`{"event":{"type":"a"}}`, `{"event":{"type":"b"}}`} {
		want(t, body, monday.post(body, "Authorization", named), accepted)
		if strings.Contains(monday.covers, "body") {
			t.Errorf("covers = %s, want no body", monday.covers)
		}
	}
	_, err := engine.Open(engine.Config{Sources: map[string]engine.Source{"in": {Provider: "monday", Secrets: webhook.Secrets{key(t, "key")}}}})
	if err == nil || !strings.Contains(err.Error(), "allow_uncovered_body") {
		t.Errorf("a source opens that does not take uncovered bodies: %v", err)
	}
}

func tokensAndURLs(t *testing.T) {
	g := gateTo(t, "messagebird-jwt", "key")
	for query, signed := range map[string]string{"?b=1&a=2": "?b=1&a=2", "?a=%20": "?a=%20", "": ""} {
		claims := strings.Replace(messageBirdClaims("{}"), hexDigest("http://example.com/in/in"), hexDigest("http://example.com/in/in"+signed), 1)
		token := compact("key", hs256, claims)
		want(t, query, g.send("POST", "/in/in"+query, "{}", "MessageBird-Signature-JWT", token), accepted)
		for _, other := range []string{"?a=2&b=1", "?b=1&a=2&c=3", "?a=+", "?"} {
			want(t, query+" for "+other, g.send("POST", "/in/in"+other, "{}", "MessageBird-Signature-JWT", token), webhook.ConditionFailed)
		}
	}
	sum := sha256.Sum256([]byte("{}"))
	qstash := gateTo(t, "upstash-qstash", "key")
	for sub, expected := range map[string]webhook.Reason{
		"http://example.com/in/in": accepted, "http://example.com/in/in/": webhook.ConditionFailed, "http://evil.com/in/in": webhook.ConditionFailed, "https://example.com/in/in": webhook.ConditionFailed, "": webhook.ConditionFailed,
	} {
		claims := fmt.Sprintf(`{"iss":"Upstash","sub":%q,"body":%q}`, sub, base64.URLEncoding.EncodeToString(sum[:]))
		want(t, sub, qstash.post("{}", "Upstash-Signature", compact("key", hs256, claims)), expected)
	}
}
