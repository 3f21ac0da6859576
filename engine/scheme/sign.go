package scheme

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Message is what a signer knows of an event beside the request that carries
// it.
type Message struct {
	ID, Type string
	Time     time.Time
}

// ErrCannotSign reports a scheme that verifies only.
var ErrCannotSign = errors.New("scheme cannot sign")

// Sign puts on req the headers that the scheme demands, so that req verifies
// under the same scheme. With several secrets the schemes whose header takes
// several signatures carry one of each; the others are signed with the first.
// Secrets that have ended at m.Time are passed over, and so are public keys.
//
// A scheme that signs a re-serialised body replaces req.Body by that form:
// what is sent is what was signed. One that signs a digest in the URL adds it to
// req.Target. A request that lacks a value which the scheme signs is an error that
// names it.
//
// It returns [ErrCannotSign] for a scheme whose claim a rule makes, and where
// there are public keys alone.
func Sign(s *Scheme, req *webhook.Request, m Message, secrets []webhook.Secret) error {
	if s.rule != "" {
		return fmt.Errorf("%w: its claim is made by %s", ErrCannotSign, s.rule)
	}
	if req.Header == nil {
		req.Header = http.Header{}
	}
	c := &s.candidates[s.signing]
	if err := c.prepareBody(req); err != nil {
		return err
	}
	j := &judge{req: req, secrets: secrets, now: m.Time}
	defer j.wipe()
	j.state(s, m)
	if err := j.stateDigests(s); err != nil {
		return err
	}
	alt, refusal := j.evaluate(s, c)
	if refusal.Reason != "" {
		return fmt.Errorf("cannot sign: %s: %s", refusal.Reason, refusal.Detail)
	}
	encoded, err := j.sign(s, alt.AllOf[0].Message)
	if err != nil {
		return err
	}
	req.Header.Set(s.signature.header, s.signature.write(encoded, j.syntax.members))
	return j.checkRequired(s)
}

// checkRequired refuses to send what the scheme itself would refuse.
func (j *judge) checkRequired(s *Scheme) error {
	for _, r := range s.require {
		c, refusal := j.condition(r)
		if refusal.Reason == "" {
			refusal = j.judgeCondition(&c)
		}
		if refusal.Reason != "" {
			return fmt.Errorf("cannot sign: %s: %s", refusal.Reason, refusal.Detail)
		}
	}
	return nil
}

// sign returns a signature for each secret that has one to give.
func (j *judge) sign(s *Scheme, message []webhook.Part) ([]string, error) {
	var encoded []string
	fault := errors.New("cannot sign: there is no secret that is still valid")
	for _, secret := range j.secrets {
		if secret.Expired(j.now) {
			continue
		}
		k, ok := j.keys.find(s.method, s.key, secret)
		if !ok {
			return nil, fmt.Errorf("cannot sign: %w", s.CheckSecret(secret))
		}
		if !j.compute(k, message) {
			return nil, errors.New("cannot sign: the body is not JSON")
		}
		sig, ok := k.sign(j)
		if !ok {
			fault = fmt.Errorf("%w: secret %q is a public key; the private one signs", ErrCannotSign, secret.Label)
			continue
		}
		encoded = append(encoded, string(appendEncoded(nil, sig, s.signature.encodings[0])))
	}
	if len(encoded) == 0 {
		return nil, fault
	}
	return encoded, nil
}

// prepareBody replaces the body by the form that is signed.
func (c *candidate) prepareBody(req *webhook.Request) error {
	for _, seg := range c.parts {
		if seg.kind != webhook.ECMAScriptBody {
			continue
		}
		if why := jsonvalue.Ambiguity(req.Body); why != "" && why != jsonvalue.LoneSurrogate {
			return fmt.Errorf("cannot sign: %s: %s", webhook.BodyAmbiguous, why)
		}
		body, err := jsonvalue.AppendStringify(nil, req.Body)
		if err != nil {
			return fmt.Errorf("cannot sign: the scheme signs JSON: %w", err)
		}
		req.Body = body
	}
	return nil
}

// state puts id, type and time where the scheme reads them, for the places that
// a sender fills in: headers and members of the signature header.
func (j *judge) state(s *Scheme, m Message) {
	place := func(t template, text string) {
		if ref, ok := t.single(); ok && ref.either == nil && len(ref.pipes) == 0 {
			j.put(ref.origin, text)
		}
	}
	if m.ID != "" {
		place(s.event.id, m.ID)
	}
	if m.Type != "" {
		place(s.event.typ, m.Type)
	}
	if s.time != nil {
		place(template{{kind: webhook.FromValue, value: s.time.from}}, formatMoment(m.Time, s.time.units[0]))
	}
}

func (j *judge) put(o webhook.Origin, text string) {
	switch o.Kind {
	case webhook.HeaderOrigin:
		j.req.Header.Set(o.Name, text)
	case webhook.SignatureOrigin:
		j.syntax.members = append(j.syntax.members, webhook.Value{Origin: o, Text: text, Found: true})
	}
}

// stateDigests puts the digests that the scheme demands where it reads them, if
// nothing stands there yet.
func (j *judge) stateDigests(s *Scheme) error {
	for _, r := range s.require {
		if r.digest == nil || r.optional {
			continue
		}
		c, refusal := j.condition(r)
		if refusal.Reason == "" && !c.Left.Found {
			j.putDigest(&c)
		}
		if refusal.Reason == "" {
			refusal = j.judgeCondition(&c)
		}
		if refusal.Reason != "" {
			return fmt.Errorf("cannot sign: %s: %s", refusal.Reason, refusal.Detail)
		}
	}
	return nil
}

func (j *judge) putDigest(c *webhook.Condition) {
	sum, ok := j.digest(c.Digest)
	if !ok {
		return
	}
	c.Left.Text = string(appendEncoded(nil, sum, c.Digest.Encoding))
	switch o := c.Left.Origin; o.Kind {
	case webhook.HeaderOrigin:
		j.put(o, c.Left.Text)
		c.Left.Found = true
	case webhook.QueryOrigin:
		mark := "?"
		if strings.Contains(j.req.Target, "?") {
			mark = "&"
		}
		j.req.Target += mark + url.QueryEscape(o.Name) + "=" + url.QueryEscape(c.Left.Text)
		c.Left.Found = true
	}
}
