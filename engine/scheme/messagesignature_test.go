package scheme_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// mailChannelsLike covers the body by Content-Digest.
func mailChannelsLike() scheme.Definition {
	return scheme.Definition{
		Algorithm: "ed25519", Key: "ed25519", KeyID: "{sig.keyid}",
		Signature: scheme.SignatureDef{Header: scheme.List{"Signature"}, Parse: "rfc9421", Components: []string{"content-digest"}},
		Time:      &scheme.TimeDef{From: "{sig.created}", Unit: scheme.List{"s"}, Tolerance: "5m"},
		Require:   []scheme.RequireDef{{Value: "{header.Content-Digest | content-digest:sha-256}", Digest: "sha256", Of: "{body}", Encoding: "base64"}},
	}
}

func keygenLike() scheme.Definition {
	return scheme.Definition{
		Algorithm: "ed25519", Key: "ed25519", KeyID: "{sig.keyid}",
		Signature: scheme.SignatureDef{
			Header: scheme.List{"Keygen-Signature"}, Parse: "cavage",
			Components: []string{"(request-target)", "host", "date", "digest"},
		},
		Time:    &scheme.TimeDef{From: "{header.Date}", Unit: scheme.List{"http-date"}, Tolerance: "5m"},
		Require: []scheme.RequireDef{{Value: "{header.Digest | digest:sha-256}", Digest: "sha256", Of: "{body}", Encoding: "base64"}},
	}
}

// pairOfSeed is a key whose secret form signs.
func pairOfSeed() (ed25519.PrivateKey, string) {
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))
	return key, hex.EncodeToString(key)
}

func TestMessageSignatureRefusals(t *testing.T) {
	s := compile(t, mailChannelsLike(), scheme.EventDef{})
	key, text := pairOfSeed()
	secrets := []webhook.Secret{secret(t, "mckey", text)}
	const body = `[{"event":"delivered"}]`
	sum := sha256.Sum256([]byte(body))
	digest := "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
	sign := func(base string) string {
		return base64.StdEncoding.EncodeToString(ed25519.Sign(key, []byte(base)))
	}
	const fresh = 1767323045
	list := func(tail string) string { return `("content-digest")` + tail }
	usual := fmt.Sprintf(`;created=%d;alg="ed25519";keyid="mckey"`, fresh)
	// over signs the digest under a list, as the list says.
	over := func(list string) (input, signature string) {
		return "sig_1=" + list, "sig_1=:" + sign(`"content-digest": `+digest+"\n"+`"@signature-params": `+list) + ":"
	}
	type headers map[string][]string
	tests := []struct {
		name   string
		list   string
		change func(h headers)
		body   string
		want   webhook.Reason
	}{
		{name: "right", list: list(usual)},
		{name: "alg may be absent", list: list(fmt.Sprintf(`;keyid="mckey";created=%d`, fresh))},
		{name: "nonce and tag", list: list(usual + `;nonce="n";tag="t"`)},
		{name: "another body", list: list(usual), body: "[]", want: webhook.ConditionFailed},
		{name: "another digest", list: list(usual), change: func(h headers) {
			h["Content-Digest"] = []string{"sha-256=:" + base64.StdEncoding.EncodeToString(make([]byte, 32)) + ":"}
		}, want: webhook.SignatureMismatch},
		{name: "digest absent", list: list(usual), change: func(h headers) { delete(h, "Content-Digest") }, want: webhook.FieldMissing},
		{name: "digest header twice", list: list(usual), change: func(h headers) {
			h["Content-Digest"] = []string{digest, digest}
		}, want: webhook.FieldAmbiguous},
		{name: "line break in a covered header", list: list(usual), change: func(h headers) {
			h["Content-Digest"] = []string{digest + "\n\"x\": y"}
		}, want: webhook.FieldMalformed},
		{name: "not ASCII in a covered header", list: list(usual), change: func(h headers) {
			h["Content-Digest"] = []string{digest + "é"}
		}, want: webhook.FieldMalformed},
		{name: "another algorithm", list: list(fmt.Sprintf(`;created=%d;alg="hmac-sha256"`, fresh)), want: webhook.AlgorithmNotAllowed},
		{name: "unknown parameter", list: list(usual + `;x="1"`), want: webhook.SignatureMalformed},
		{name: "parameter without a value", list: list(usual + `;tag`), want: webhook.SignatureMalformed},
		{name: "created is a string", list: list(`;created="1767323045"`), want: webhook.SignatureMalformed},
		{name: "created is a decimal", list: list(`;created=1767323045.0`), want: webhook.SignatureMalformed},
		{name: "created is a date", list: list(`;created=@1767323045`), want: webhook.SignatureMalformed},
		{name: "keyid is a token", list: list(`;created=1767323045;keyid=mckey`), want: webhook.SignatureMalformed},
		{name: "keyid with a quote", list: list(`;created=1767323045;keyid="mc\"key"`), want: webhook.SignatureMalformed},
		{name: "parameter twice", list: list(usual + `;created=1767323045`), want: webhook.SignatureMalformed},
		{name: "created absent", list: list(`;keyid="mckey"`), want: webhook.TimestampMissing},
		{name: "created negative", list: list(`;created=-1`), want: webhook.TimestampMalformed},
		{name: "too old", list: list(fmt.Sprintf(`;created=%d`, fresh-301)), want: webhook.TimestampTooOld},
		{name: "in the future", list: list(fmt.Sprintf(`;created=%d`, fresh+301)), want: webhook.TimestampInFuture},
		{name: "expired within the leeway", list: list(fmt.Sprintf(`;created=%d;expires=%d`, fresh, fresh-59))},
		{name: "expired", list: list(fmt.Sprintf(`;created=%d;expires=%d`, fresh, fresh-60)), want: webhook.TimestampTooOld},
		{name: "expires negative", list: list(fmt.Sprintf(`;created=%d;expires=-1`, fresh)), want: webhook.TimestampMalformed},
		{name: "covers nothing", list: `()` + usual, want: webhook.FieldMissing},
		{name: "covers another header alone", list: `("date")` + usual, want: webhook.FieldMissing},
		{name: "component twice", list: `("content-digest" "content-digest")` + usual, want: webhook.SignatureMalformed},
		{name: "component in upper case", list: `("Content-Digest")` + usual, want: webhook.SignatureMalformed},
		{name: "component with sf", list: `("content-digest";sf)` + usual, want: webhook.SignatureMalformed},
		{name: "component with bs", list: `("content-digest";bs)` + usual, want: webhook.SignatureMalformed},
		{name: "component of a response", list: `("content-digest" "@status")` + usual, want: webhook.SignatureMalformed},
		{name: "component of the params", list: `("content-digest" "@signature-params")` + usual, want: webhook.SignatureMalformed},
		{name: "unknown derived component", list: `("content-digest" "@x")` + usual, want: webhook.SignatureMalformed},
		{name: "query-param without a name", list: `("content-digest" "@query-param")` + usual, want: webhook.SignatureMalformed},
		{name: "component is a token", list: `(content-digest)` + usual, want: webhook.SignatureMalformed},
		{name: "two spaces in the list", list: `( "content-digest")` + usual, want: webhook.SignatureMalformed},
		{name: "space before a parameter", list: list(`; created=1767323045`), want: webhook.SignatureMalformed},
		{name: "too many components", list: "(" + strings.Repeat(`"content-digest" `, 65) + `"x")` + usual, want: webhook.SignatureMalformed},
		{name: "too long", list: list(usual + `;tag="` + strings.Repeat("x", 16<<10) + `"`), want: webhook.SignatureMalformed},
		{name: "no Signature", list: list(usual), change: func(h headers) { delete(h, "Signature") }, want: webhook.SignatureMissing},
		{name: "no Signature-Input", list: list(usual), change: func(h headers) { delete(h, "Signature-Input") }, want: webhook.SignatureMissing},
		{name: "Signature twice", list: list(usual), change: func(h headers) { h["Signature"] = append(h["Signature"], h["Signature"][0]) }, want: webhook.SignatureAmbiguous},
		{name: "Signature-Input twice", list: list(usual), change: func(h headers) {
			h["Signature-Input"] = append(h["Signature-Input"], h["Signature-Input"][0])
		}, want: webhook.SignatureAmbiguous},
		{name: "two labels", list: list(usual), change: func(h headers) {
			h["Signature-Input"][0] += `, b=("content-digest");created=1767323045`
		}, want: webhook.SignatureAmbiguous},
		{name: "two signatures", list: list(usual), change: func(h headers) { h["Signature"][0] += ", b=:AA==:" }, want: webhook.SignatureAmbiguous},
		{name: "label twice", list: list(usual), change: func(h headers) {
			h["Signature-Input"][0] += ", " + h["Signature-Input"][0]
		}, want: webhook.SignatureMalformed},
		{name: "signature twice under one label", list: list(usual), change: func(h headers) {
			h["Signature"][0] += ", " + h["Signature"][0]
		}, want: webhook.SignatureMalformed},
		{name: "labels that differ", list: list(usual), change: func(h headers) {
			h["Signature"][0] = strings.Replace(h["Signature"][0], "sig_1", "sig_2", 1)
		}, want: webhook.SignatureMissing},
		{name: "signature is a string", list: list(usual), change: func(h headers) { h["Signature"] = []string{`sig_1="AA=="`} }, want: webhook.SignatureMalformed},
		{name: "signature with a parameter", list: list(usual), change: func(h headers) { h["Signature"][0] += ";a" }, want: webhook.SignatureMalformed},
		{name: "signature is short", list: list(usual), change: func(h headers) { h["Signature"] = []string{"sig_1=:AA==:"} }, want: webhook.SignatureMalformed},
		{name: "unused bits in the base64", list: list(usual), change: func(h headers) { h["Signature"] = []string{"sig_1=:AB==:"} }, want: webhook.SignatureMalformed},
		{name: "empty headers", list: list(usual), change: func(h headers) { h["Signature"], h["Signature-Input"] = []string{" "}, []string{""} }, want: webhook.SignatureMalformed},
		{name: "parameters changed", list: list(usual), change: func(h headers) {
			h["Signature-Input"][0] = strings.Replace(h["Signature-Input"][0], "mckey", "other", 1)
		}, want: webhook.SignatureMismatch},
	}
	for _, tt := range tests {
		input, signature := over(tt.list)
		h := headers{"Signature-Input": {input}, "Signature": {signature}, "Content-Digest": {digest}}
		if tt.change != nil {
			tt.change(h)
		}
		sent := body
		if tt.body != "" {
			sent = tt.body
		}
		v := scheme.Verify(s, &webhook.Request{Header: http.Header(h), Body: []byte(sent)}, secrets, time.Unix(fresh, 0))
		if v.Reason != tt.want || v.Accepted() != (tt.want == "") {
			t.Errorf("%s: Verify = %s %s %s, want %q", tt.name, v.Outcome, v.Reason, v.Detail, tt.want)
		}
		if v.Accepted() && v.Covers != webhook.CoversBody|webhook.CoversTime {
			t.Errorf("%s: covers %s, want body and time", tt.name, v.Covers)
		}
	}
}

// A signature that verifies is one that was made of this request.
func FuzzMessageSignature(f *testing.F) {
	def := mailChannelsLike()
	def.Algorithm, def.Key = "hmac-sha256", ""
	def.Signature.Components = []string{"@method", "content-digest"}
	s := compile(f, def, scheme.EventDef{})
	cavage := keygenLike()
	cavage.Algorithm, cavage.Key = "hmac-sha256", ""
	c := compile(f, cavage, scheme.EventDef{})
	secrets := []webhook.Secret{secret(f, "k", "secret")}
	request := func() *webhook.Request {
		return &webhook.Request{Method: "POST", Scheme: "https", Host: "h", Target: "/in", Header: http.Header{}, Body: []byte("{}")}
	}
	message, draft := request(), request()
	for scheme1, req := range map[*scheme.Scheme]*webhook.Request{s: message, c: draft} {
		if err := scheme.Sign(scheme1, req, scheme.Message{Time: now}, secrets); err != nil {
			f.Fatal(err)
		}
	}
	input, signature := message.Header.Get("Signature-Input"), message.Header.Get("Signature")
	f.Add(input, signature, draft.Header.Get("Keygen-Signature"))
	f.Add(`a=("@query-param";name="a"), b=()`, "a=:AA==:", `keyId="a",headers="date",signature="AA=="`)
	f.Fuzz(func(t *testing.T, in, sig, old string) {
		req := message
		changed := *req
		changed.Header = req.Header.Clone()
		changed.Header["Signature-Input"], changed.Header["Signature"] = []string{in}, []string{sig}
		if v := scheme.Verify(s, &changed, secrets, now); v.Accepted() {
			_, list, _ := strings.Cut(in, "=")
			_, right, _ := strings.Cut(input, "=")
			if list != right {
				t.Errorf("%q verifies, signed was %q", in, input)
			}
		}
		changed.Header = draft.Header.Clone()
		changed.Header["Keygen-Signature"] = []string{old}
		if v := scheme.Verify(c, &changed, secrets, now); v.Accepted() && !strings.Contains(old, "(request-target) host date digest") {
			t.Errorf("%q verifies", old)
		}
	})
}
