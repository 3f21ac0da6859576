package scheme

import (
	"net/http"

	"github.com/hookseal/hookseal/engine/webhook"
)

// HandshakeDef is a challenge of the provider and its answer, a [[handshake]] of
// a provider.toml. A request is one when it comes by one of Method, Value is one
// of In, every value of Present is there, none of Unless is, and the body has no
// more than 8 KiB, of which the known challenges need a tenth. It is answered or
// refused, and never accepted as an event.
//
// A challenge is signed as events are unless it says Unsigned. Then it is one
// only if every value that its answer takes is there too, and if a POST carries no
// signature; whoever can call the source can have it answered.
//
// The answer is Body as it is, Echo as plain text, or JSON. What of the request
// goes into it or into Headers is bounded by Limit.
type HandshakeDef struct {
	// Method lists the methods of the challenge; empty is POST for one that is
	// unsigned, and any for one that is signed.
	Method List `toml:"method"`
	// Unsigned says that the provider sends the challenge without a signature.
	Unsigned bool `toml:"unsigned"`
	// Value is a template of one value, In the set of texts that tell the
	// challenge, in which settings are filled.
	Value string   `toml:"value"`
	In    []string `toml:"in"`
	// Present are templates of one value each, which must be there.
	Present List `toml:"present"`
	// Unless are templates of one value each; where one is present, the request
	// is an event after all.
	Unless List `toml:"unless"`
	// Token is a template of one value, which must be a verification token of
	// the source. That is never a secret that signs.
	Token string `toml:"token"`
	// Limit bounds each value of the request that is given back or answered.
	Limit LimitDef `toml:"limit"`
	// Answer is computed with a secret and stands in the reply as {answer}.
	Answer *AnswerDef `toml:"answer"`
	// Keep is a template of one value: a secret that the provider hands out, for
	// a source that keeps it while it has none.
	Keep string `toml:"keep"`
	// Confirm is a URL in a signed challenge, for a source that visits it.
	Confirm *ConfirmDef `toml:"confirm"`
	// Status is that of the answer, 200 where none is given.
	Status int `toml:"status"`
	// Type is the media type of Body, a fixed answer.
	Type string `toml:"type"`
	Body string `toml:"body"`
	// Echo is a template, answered as plain text; JSON are the members of an
	// object whose values are templates, answered as text.
	Echo string            `toml:"echo"`
	JSON map[string]string `toml:"json"`
	// Headers are further headers of the answer, templates by name.
	Headers map[string]string `toml:"headers"`
}

// AnswerDef is what proves to the provider that the receiver knows a secret.
type AnswerDef struct {
	// Of is a template of what is signed or digested. {token} is the
	// verification token, for a Digest alone.
	Of string `toml:"of"`
	// Digest is a plain digest; empty signs as the scheme does, with the same
	// key.
	Digest string `toml:"digest"`
	// Encoding is how the outcome is written, such as hex.
	Encoding string `toml:"encoding"`
}

// ConfirmDef is a URL that the provider wants visited.
type ConfirmDef struct {
	// URL is a template of one value that the signature covers.
	URL string `toml:"url"`
	// Hosts are the names that it may have, in which the label * is any one
	// label. It is https, on the standard port, without credentials.
	Hosts []string `toml:"hosts"`
	// Except are hosts, with * for any text, that Hosts would let pass and that
	// are somebody else's.
	Except []string `toml:"except"`
	// Path, where it is given, is the one path that it may have.
	Path string `toml:"path"`
}

// handshake is a compiled [HandshakeDef].
type handshake struct {
	methods         []string
	unsigned        bool
	value           *reference
	set             []string
	present, unless []*reference
	token, keep     *reference
	limit           limit
	answer          *answerPlan
	confirm         *confirmPlan
	// needed are the values that the answer takes.
	needed []*reference
	echo   composition
	json   map[string]composition
	header map[string]composition
	// reply is the answer as far as the request has no part in it.
	reply webhook.Challenge
	// traces are what a body that holds one of set must show, nil where that
	// cannot be said.
	traces [][]byte
}

const (
	echoType = "text/plain; charset=utf-8"
	jsonType = "application/json"
	// maxChallenge bounds what is searched for a challenge, in bytes.
	maxChallenge = 8 << 10
)

// ChallengeMethods lists the methods by which the provider sends its unsigned
// challenges.
func (s *Scheme) ChallengeMethods() []string {
	var methods []string
	for i := range s.handshakes {
		if h := &s.handshakes[i]; h.unsigned {
			methods = append(methods, h.methods...)
		}
	}
	return methods
}

// handshakeHeaders lists the headers of challenges that carry a secret or a
// verification token.
func (s *Scheme) handshakeHeaders() []string {
	var names []string
	for i := range s.handshakes {
		for _, ref := range []*reference{s.handshakes[i].token, s.handshakes[i].keep} {
			if ref == nil {
				continue
			}
			for _, o := range ref.origins {
				if o.Kind == webhook.HeaderOrigin {
					names = append(names, o.Name)
				}
			}
		}
	}
	return names
}

// reserved are the headers that are not the provider's to demand.
var reserved = map[string]bool{
	"Connection": true, "Content-Encoding": true, "Content-Length": true, "Content-Type": true, "Location": true,
	"Set-Cookie": true, "Trailer": true, "Transfer-Encoding": true, "Upgrade": true, "X-Content-Type-Options": true,
	http.CanonicalHeaderKey(webhook.VerdictHeader): true,
}
