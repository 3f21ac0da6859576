package packs_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/webhook"
)

// judgement is what of a verdict and of an identity can be compared.
type judgement struct {
	outcome                           webhook.Outcome
	reason                            webhook.Reason
	candidate, secret, typ, id, dedup string
	covers                            webhook.Coverage
	restringified                     bool
	signed                            [32]byte
}

func judged(t *testing.T, p *catalog.Pack, v catalog.Vector, req *webhook.Request) judgement {
	t.Helper()
	var secrets webhook.Secrets
	for _, text := range v.Secrets {
		secret, err := webhook.NewSecret(text, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, secret)
	}
	j, err := p.Judge(t.Context(), req, catalog.Keys{Secrets: secrets}, webhook.Hint{}, v.At)
	if err != nil {
		t.Fatal(err)
	}
	out := judgement{
		outcome: j.Outcome, reason: j.Reason, candidate: j.Candidate, secret: j.Secret, covers: j.Covers, restringified: j.Restringified, signed: j.Signed,
	}
	if j.Outcome == webhook.Accept {
		identity := p.Identify(req, j, "body")
		out.typ, out.id, out.dedup = identity.Type, identity.ID, identity.DedupKey
	}
	return out
}

const guid = "3f2504e0-4f89-11d3-9a0c-0305e82c3301"

// changed returns requests made of another by one change each: to a header, to the
// body, and to both.
func changed(req *webhook.Request) map[string]*webhook.Request {
	out := map[string]*webhook.Request{"as it is": req}
	change := func(name string, apply func(r *webhook.Request)) {
		other := *req
		other.Header, other.Body = req.Header.Clone(), bytes.Clone(req.Body)
		apply(&other)
		out[name] = &other
	}
	for header, values := range req.Header {
		change("without "+header, func(r *webhook.Request) { delete(r.Header, header) })
		change(header+" twice", func(r *webhook.Request) { r.Header[header] = append(slices.Clone(values), values...) })
		change(header+" empty", func(r *webhook.Request) { r.Header[header] = []string{""} })
		change(header+" in capitals", func(r *webhook.Request) { r.Header[header] = []string{strings.ToUpper(values[0])} })
		change(header+" cut", func(r *webhook.Request) { r.Header[header] = []string{values[0][:len(values[0])/2]} })
		change(header+" and more", func(r *webhook.Request) { r.Header[header] = []string{values[0] + "0"} })
	}
	for name, body := range map[string]string{
		"no body": "", "half a body": string(req.Body[:len(req.Body)/2]), "a body and more": string(req.Body) + " ", "an array": "[]", "an object": "{}",
		"an event twice": `{"event":"a","event":"b"}`, "an event that is no text": `{"event":{},"timestamp":1}`,
		"an id in both spellings":  `{"EventId":"` + guid + `","eventId":"` + guid + `","TimeStamp":"2026-01-02T03:04:05Z"}`,
		"a time in both spellings": `{"EventId":"` + guid + `","TimeStamp":"2026-01-02T03:04:05Z","timeStamp":"2026-01-02T03:04:05Z"}`,
		"an id that is none":       `{"EventId":"1","TimeStamp":"2026-01-02T03:04:05Z"}`, "a time that is none": `{"EventId":"` + guid + `","TimeStamp":"now"}`,
	} {
		change(name, func(r *webhook.Request) { r.Body = []byte(body) })
	}
	change("truncated", func(r *webhook.Request) { r.Truncated = true })
	return out
}
