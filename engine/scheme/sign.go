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
	// ID and Type are the event's, written into the header that the scheme reads
	// them from. An empty one leaves the request as it is.
	ID, Type string
	// Time is when the message is signed, which a scheme with a time states and
	// by which secrets have ended or not.
	Time time.Time
}

// ErrCannotSign reports a scheme that verifies only.
var ErrCannotSign = errors.New("scheme cannot sign")

// Sign puts on req the headers that the scheme demands, so that req verifies
// under the same scheme. With several secrets a scheme that can carry a signature
// of each does; see [Scheme.CarriesSeveral]. The others are signed with the first,
// since a second one would be no signature of theirs. Secrets that have ended at
// m.Time, or not begun, are passed over, and so are public keys.
//
// A scheme that signs a re-serialised body replaces req.Body by that form:
// what is sent is what was signed. One that signs a digest in the URL adds it to
// req.Target. A request that lacks a value which the scheme signs is an error that
// names it.
//
// It returns [ErrCannotSign] for a scheme whose claim a rule makes, for one whose
// signature stands in the body, and where there are public keys alone.
func Sign(s *Scheme, req *webhook.Request, m Message, secrets []webhook.Secret) error {
	if err := s.CanSign(); err != nil {
		return err
	}
	if req.Header == nil {
		req.Header = http.Header{}
	}
	c := &s.candidates[s.signing]
	if err := c.prepareBody(req); err != nil {
		return err
	}
	j := s.borrow(req, secrets, m.Time)
	defer s.giveBack(j)
	var claims claimSet
	j.state(s, m, &claims)
	if err := j.stateRequired(s, &claims); err != nil {
		return err
	}
	if s.signature.isToken() {
		j.makeToken(s, claims)
	}
	if s.signature.listsComponents() {
		if err := j.makeListing(s); err != nil {
			return err
		}
	}
	alt, refusal := j.evaluate(s, c)
	if refusal.Reason != "" {
		return cannotSign(refusal)
	}
	made, err := j.sign(s, alt.AllOf[0].Message)
	if err != nil {
		return err
	}
	if s.signature.isToken() {
		made[0].text = j.token.input + "." + made[0].text
	}
	texts, err := s.signature.write(made, j.syntax.members)
	if err != nil {
		return err
	}
	j.putSignatures(&s.signature, texts)
	return j.checkRequired(s)
}

func cannotSign(refusal webhook.Verdict) error {
	return fmt.Errorf("cannot sign: %s: %s", refusal.Reason, refusal.Detail)
}

// CanSign returns [ErrCannotSign], with the reason, for a scheme that verifies
// only, whoever has its keys.
func (s *Scheme) CanSign() error {
	if s.rule != "" {
		return fmt.Errorf("%w: its claim is made by %s", ErrCannotSign, s.rule)
	}
	switch at := s.signature.place(); {
	case s.foreach != "":
		return fmt.Errorf("%w: every item of %s carries a signature of its own", ErrCannotSign, s.foreach)
	case at.Kind != webhook.HeaderOrigin && at.Kind != webhook.QueryOrigin:
		return fmt.Errorf("%w: the signature stands in the body, which is its sender's to write", ErrCannotSign)
	}
	return nil
}

// place is where the signature is written.
func (p *signaturePlan) place() webhook.Origin {
	switch {
	case p.from != nil && len(p.from.pipes) == 0:
		return p.from.origins[0]
	case p.from != nil:
		return webhook.Origin{}
	case p.numbered > 0:
		return webhook.Origin{Kind: webhook.HeaderOrigin, Name: p.headers[0] + "1"}
	}
	return webhook.Origin{Kind: webhook.HeaderOrigin, Name: p.headers[0]}
}

// checkRequired refuses to send what the scheme itself would refuse.
func (j *judge) checkRequired(s *Scheme) error {
	if s.time != nil {
		at, refusal := j.resolve(s.time.from)
		if refusal.Reason == "" && !at.Found {
			refusal = webhook.Rejected(webhook.TimestampMissing, s.time.from.source+" is absent")
		}
		if refusal.Reason != "" {
			return cannotSign(refusal)
		}
	}
	for _, r := range s.require {
		c, refusal := j.condition(r)
		if refusal.Reason == "" {
			refusal = j.judgeCondition(&c)
		}
		if refusal.Reason != "" {
			return cannotSign(refusal)
		}
	}
	return nil
}

// sign returns a signature for each secret that has one to give.
func (j *judge) sign(s *Scheme, message []webhook.Part) ([]madeSignature, error) {
	var made []madeSignature
	fault := errors.New("cannot sign: there is no secret that counts now")
	for _, secret := range j.secrets {
		if !secret.Counts(j.now) {
			continue
		}
		k, ok := j.keys.find(s.method, s.key, secret)
		if !ok {
			return nil, fmt.Errorf("cannot sign: %w", s.CheckSecret(secret))
		}
		if !j.compute(k, message) {
			return nil, errors.New("cannot sign: the body is not JSON")
		}
		sig, err := k.sign(j)
		if errors.Is(err, errPublicOnly) {
			fault = fmt.Errorf("%w: secret %q %w", ErrCannotSign, secret.Label, err)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("cannot sign with secret %q: %w", secret.Label, err)
		}
		made = append(made, madeSignature{secret.Label, string(appendEncoded(nil, sig, s.signature.encodings[0]))})
		if !s.CarriesSeveral() {
			return made, nil
		}
	}
	most := maxSignatures
	if n := s.signature.numbered; n > 0 {
		most = min(n, most)
	}
	switch {
	case len(made) == 0:
		return nil, fault
	case len(made) > most:
		return nil, fmt.Errorf("cannot sign: %d secrets count now, and a request carries %d signatures at most", len(made), most)
	}
	return made, nil
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
// a sender fills in.
func (j *judge) state(s *Scheme, m Message, claims *claimSet) {
	place := func(ref *reference, text string) {
		if !ref.filledIn() {
			return
		}
		if len(ref.origins) > 1 { // another place may have it
			if v, refusal := j.resolve(ref); refusal.Reason != "" || v.Found {
				return
			}
		}
		j.put(ref.origins[0], text, claims)
	}
	if ref, ok := s.event.id.single(); ok && m.ID != "" {
		place(ref, m.ID)
	}
	if ref, ok := s.event.typ.single(); ok && m.Type != "" {
		place(ref, m.Type)
	}
	if s.time != nil {
		place(s.time.from, formatMoment(m.Time, s.time.units[0]))
	}
}

// put writes text to a place of the request that a sender fills in. The body is
// not one: it is the event.
func (j *judge) put(o webhook.Origin, text string, claims *claimSet) {
	switch o.Kind {
	case webhook.HeaderOrigin:
		j.req.Header.Set(o.Name, text)
	case webhook.SignatureOrigin:
		j.syntax.members = append(j.syntax.members, webhook.Value{Origin: o, Text: text, Found: true})
	case webhook.QueryOrigin:
		j.req.Target = withQuery(j.req, url.QueryEscape(o.Name), url.QueryEscape(text))
	case webhook.JWTOrigin:
		claims.set(o.Name, text)
	}
}

// withQuery is the target with one value of the name, which is escaped.
func withQuery(req *webhook.Request, name, value string) string {
	var items []string
	for item := range strings.SplitSeq(req.RawQuery(), "&") {
		if other, _, _ := strings.Cut(item, "="); item != "" && other != name {
			items = append(items, item)
		}
	}
	return req.Path() + "?" + strings.Join(append(items, name+"="+value), "&")
}

// stateRequired puts what the scheme demands where it reads it, if nothing stands
// there yet.
func (j *judge) stateRequired(s *Scheme, claims *claimSet) error {
	for _, r := range s.require {
		if r.optional {
			continue
		}
		c, refusal := j.condition(r)
		if refusal.Reason != "" {
			return cannotSign(refusal)
		}
		write, writes := r.left.writer()
		if c.Left.Found || !writes {
			continue
		}
		if text, ok := j.demanded(&c); ok {
			j.put(c.Left.Origin, write(text), claims)
		}
	}
	return nil
}

// demanded returns the text for which a condition holds.
func (j *judge) demanded(c *webhook.Condition) (string, bool) {
	switch c.Kind {
	case webhook.Equals:
		return c.Right.Text, c.Right.Found
	case webhook.InSet:
		return c.Set[0], true
	}
	sum, ok := j.digest(c.Digest)
	return string(appendEncoded(nil, sum, c.Digest.Encoding)), ok
}
