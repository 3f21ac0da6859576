package host

import (
	"fmt"
	"slices"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

// claimBuilder is a claim in the making. Pieces go to what was begun last: a
// signature to the check, a check to the alternative, a part to the innermost
// digest that is open, or else to the check.
type claimBuilder struct {
	alternatives []alternative
	conditions   []webhook.Condition
	time         webhook.TimeClaim
	id, typ      webhook.Value
	challenge    *webhook.Challenge
	// open are the digests that wait for their end.
	open []*webhook.Digest
	// timed says that there is a time, and timeFault why it cannot count.
	timed     bool
	timeFault webhook.Reason
	// refused is the reason that the guest gave itself.
	refused webhook.Reason
	pieces  int
}

// alternative is one form of the message, with the reason why it cannot be what
// the request was signed in.
type alternative struct {
	webhook.Alternative
	fault webhook.Reason
}

// count bounds how many pieces a claim has.
func (a args) count() *claimBuilder {
	b := &a.call.claim
	if b.pieces++; b.pieces > hostabi.MaxClaim {
		a.call.misuse("the claim has more than %d pieces", hostabi.MaxClaim)
	}
	return b
}

func (a args) alternative() *alternative {
	b := &a.call.claim
	if len(b.alternatives) == 0 {
		a.call.misuse("%s before an alternative", a.name)
	}
	return &b.alternatives[len(b.alternatives)-1]
}

func (a args) check() *webhook.Check {
	alt := a.alternative()
	if len(alt.AllOf) == 0 {
		a.call.misuse("%s before a check", a.name)
	}
	return &alt.AllOf[len(alt.AllOf)-1]
}

func (a args) condition() *webhook.Condition {
	b := &a.call.claim
	if len(b.conditions) == 0 {
		a.call.misuse("%s before a condition", a.name)
	}
	return &b.conditions[len(b.conditions)-1]
}

// closed ends the call if a digest is still open.
func (a args) closed() {
	if len(a.call.claim.open) > 0 {
		a.call.misuse("%s before the digest ended", a.name)
	}
}

// addPart writes a part into what is open.
func (a args) addPart(p webhook.Part) {
	b := a.count()
	if n := len(b.open); n > 0 {
		b.open[n-1].Parts = append(b.open[n-1].Parts, p)
		return
	}
	check := a.check()
	if check.Message == nil {
		check.Message = make([]webhook.Part, 0, usualParts)
	}
	check.Message = append(check.Message, p)
}

// usualParts is how many parts most messages have, at most.
const usualParts = 6

// beginDigest opens a digest for the parts that follow.
func (a args) beginDigest(d *webhook.Digest) {
	b := &a.call.claim
	if len(b.open) == hostabi.MaxNested {
		a.call.misuse("digests are nested deeper than %d", hostabi.MaxNested)
	}
	b.open = append(b.open, d)
}

// earlier returns the reason that a request meets first.
func earlier(a, b webhook.Reason) webhook.Reason {
	if a == "" {
		return b
	}
	if b == "" || slices.Index(webhook.Reasons(), a) <= slices.Index(webhook.Reasons(), b) {
		return a
	}
	return b
}

// complete reports a claim that the guest left unfinished. One that it refuses
// need not be finished.
func (b *claimBuilder) complete() error {
	empty := slices.IndexFunc(b.alternatives, func(alt alternative) bool { return len(alt.AllOf) == 0 })
	switch n := len(b.open); {
	case b.refused != "":
		return nil
	case n > 0:
		return &abort{webhook.GuestABI, fmt.Sprintf("%d digests have no end", n)}
	case len(b.alternatives) == 0 && b.challenge == nil:
		return &abort{webhook.GuestABI, "the claim has no alternative, so it never holds; call refuse to reject a request"}
	case empty >= 0:
		return &abort{webhook.GuestABI, fmt.Sprintf("alternative %d has no check, so it never holds", empty)}
	case b.timed != (len(b.time.Units) > 0):
		return &abort{webhook.GuestABI, "a time needs a value and a unit, and the claim has one of them"}
	case b.time.Enforced && !b.timed:
		return &abort{webhook.GuestABI, "the claim bounds a time that it does not have"}
	}
	return nil
}

// finish returns the claim. An alternative that cannot hold is left out; where
// none is left, the earliest of their reasons stands for the claim.
func (b *claimBuilder) finish() *webhook.Claim {
	if b.refused != "" {
		return &webhook.Claim{Refused: b.refused}
	}
	c := &webhook.Claim{Conditions: b.conditions, Time: b.time, ID: b.id, Type: b.typ, Challenge: b.challenge}
	var impossible webhook.Reason
	for _, alt := range b.alternatives {
		if fault := alt.impossible(); fault != "" {
			impossible = earlier(impossible, fault)
			continue
		}
		c.AnyOf = append(c.AnyOf, alt.Alternative)
	}
	refused := b.timeFault
	if len(c.AnyOf) == 0 {
		refused = earlier(refused, impossible)
	}
	if refused != "" {
		return &webhook.Claim{Refused: refused}
	}
	return c
}

// impossible says why the alternative cannot hold, empty if it may.
func (alt *alternative) impossible() webhook.Reason {
	unsigned := func(check webhook.Check) bool { return len(check.Signatures) == 0 }
	// A signature that cannot be read is there.
	unread := alt.fault == webhook.SignatureMalformed || alt.fault == webhook.SignatureAmbiguous || alt.fault == webhook.AlgorithmNotAllowed
	if !unread && slices.ContainsFunc(alt.AllOf, unsigned) {
		return webhook.SignatureMissing
	}
	return alt.fault
}
