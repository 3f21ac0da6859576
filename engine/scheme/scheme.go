package scheme

import (
	"slices"
	"sync"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// Scheme is a compiled [Definition].
type Scheme struct {
	algorithm  webhook.Algorithm
	method     method
	keyText    string
	key        keyPlan
	signature  signaturePlan
	candidates []candidate
	// signing is the index of the candidate that is signed.
	signing int
	time    *timePlan
	require []requirement
	event   eventPlan
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
// signature, empty where a rule decides it.
func (s *Scheme) SignatureHeader() string { return s.signature.header }

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

// CheckSecret reports why a secret cannot be used with the scheme: it is blank,
// or not of the form that the key preparation demands.
func (s *Scheme) CheckSecret(secret webhook.Secret) error { return s.key.check(secret) }

// SecretHeaders lists the headers that carry the secret itself, which must be
// redacted before a request is stored or shown.
func (s *Scheme) SecretHeaders() []string {
	if s.rule == "" && s.method.kind == tokenMethod {
		return []string{s.signature.header}
	}
	return nil
}
