package scheme

import (
	"slices"
	"sync"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Scheme is a compiled [Definition].
type Scheme struct {
	algorithm webhook.Algorithm
	method    method
	keyText   string
	key       keyPlan
	signature signaturePlan
	// keyID names the key, nil where requests name none.
	keyID *reference
	// foreach is the path of the array whose items are signed each by itself,
	// empty where the request is.
	foreach    string
	candidates []candidate
	// signing is the index of the candidate that is signed.
	signing int
	time    *timePlan
	require []requirement
	// keys is where public keys are fetched, nil for keys that a source gives.
	keys  *keysPlan
	event eventPlan
	// handshakes are the provider's challenges, judged after everything else.
	handshakes []handshake
	// rule is the file of the guest that makes the claim, empty for a scheme
	// that is all data; allowed are the algorithms that the guest may use.
	rule    string
	allowed []webhook.Algorithm
	judges  sync.Pool
}

// candidate is one form of the message.
type candidate struct {
	name   string
	parts  template
	covers webhook.Coverage
	// readsJSON says that a signed value comes from the body's JSON.
	readsJSON bool
	// signable says that a challenge could have such a message signed.
	signable bool
}

type timePlan struct {
	from      *reference
	units     []webhook.TimeUnit
	tolerance time.Duration
}

// Rule returns the file of the guest that makes the claim, empty for a scheme
// that is all data.
func (s *Scheme) Rule() string { return s.rule }

// Allowed lists the algorithms that the scheme may use.
func (s *Scheme) Allowed() []webhook.Algorithm {
	if s.rule != "" {
		return slices.Clone(s.allowed)
	}
	return []webhook.Algorithm{s.algorithm}
}

// SignatureHeader returns the canonical name of the header that carries the
// signature, empty where it stands elsewhere or a rule decides it.
func (s *Scheme) SignatureHeader() string {
	if len(s.signature.headers) == 0 {
		return ""
	}
	if s.signature.numbered > 0 {
		return s.signature.headers[0] + "1"
	}
	return s.signature.headers[0]
}

// HasUnsignedHandshake reports whether the provider sends challenges without a
// signature, for [Answer].
func (s *Scheme) HasUnsignedHandshake() bool {
	return slices.ContainsFunc(s.handshakes, func(h handshake) bool { return h.unsigned })
}

// NamesKey reports whether requests may name the key that they were signed with.
func (s *Scheme) NamesKey() bool { return s.keyID != nil || s.rule != "" }

// KeyID returns the name of the key that a request says it was signed with,
// empty where it says none or the scheme reads none. Nothing vouches for it.
func (s *Scheme) KeyID(req *webhook.Request) string {
	if s.keyID == nil {
		return ""
	}
	r := s.identityReader(req)
	defer r.giveBack()
	return r.text(template{{kind: webhook.FromValue, value: s.keyID}})
}

// Tolerance returns how far a stated time may be from now, zero if it is not
// bounded.
func (s *Scheme) Tolerance() time.Duration {
	if s.time == nil {
		return 0
	}
	return s.time.tolerance
}

// CoversAlways returns what every form of the message covers.
func (s *Scheme) CoversAlways() webhook.Coverage {
	if len(s.candidates) == 0 {
		return 0
	}
	all := s.candidates[0].covers
	for _, c := range s.candidates[1:] {
		all &= c.covers
	}
	return all
}

// CheckSecret reports why a secret cannot be used with the scheme: it is blank or
// nothing is left of it after preparation, which is [webhook.ErrBlankSecret], or
// it is not of the form that the key preparation demands.
func (s *Scheme) CheckSecret(secret webhook.Secret) error {
	if s.rule != "" && !slices.ContainsFunc(s.allowed, sharesSecret) && len(secret.Reveal()) > 0 {
		return nil // how a public key is written is the rule's to say
	}
	return s.key.check(secret, s.algorithm)
}

func sharesSecret(a webhook.Algorithm) bool {
	m, _ := methodOf(a)
	return m.kind != publicKeyMethod
}

// SecretHeaders lists the headers that carry the secret itself, which must be
// redacted before a request is stored or shown.
func (s *Scheme) SecretHeaders() []string {
	names := s.handshakeHeaders()
	if s.rule != "" || s.method.kind != tokenMethod {
		return names
	}
	if s.signature.from == nil {
		return append(names, s.signature.headers...)
	}
	for _, o := range s.signature.from.origins {
		if o.Kind == webhook.HeaderOrigin {
			names = append(names, o.Name)
		}
	}
	return names
}
