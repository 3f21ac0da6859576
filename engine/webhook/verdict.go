package webhook

import "strings"

// VerdictHeader is the header field that tells whoever comes after what was
// judged. An event that was let pass unverified carries it among its headers.
const VerdictHeader = "Hookseal-Verdict"

// Outcome is what a [Verdict] decides. The zero Outcome is Reject.
type Outcome uint8

// The outcomes.
const (
	// Reject: the request is not what a sender with the secret would send.
	Reject Outcome = iota
	// Accept: the request is an authentic event.
	Accept
	// Challenged: the request is a handshake of the provider, and is answered
	// with [Verdict].Reply. It is no event.
	Challenged
)

// String returns the outcome in lower case.
func (o Outcome) String() string {
	switch o {
	case Accept:
		return "accept"
	case Challenged:
		return "challenge"
	default:
		return "reject"
	}
}

// Verdict is the judgement of one request. The zero Verdict rejects.
type Verdict struct {
	// Outcome is the decision, which the other fields explain.
	Outcome Outcome
	// Reason says why a request was rejected. It is the only part of a verdict
	// that a sender is shown.
	Reason Reason
	// Detail is one line for an operator: the deciding values, never a secret,
	// an expected signature or a body.
	Detail string
	// Secret is the label of the secret that matched.
	Secret string
	// Candidate names the form of the message that matched, where the scheme
	// knows several.
	Candidate string
	// Restringified says that what matched is the body as ECMAScript writes it
	// anew, not the bytes that were received.
	Restringified bool
	// Canonical says that it is written anew as RFC 8785 does; Restringified is
	// set then too.
	Canonical bool
	// Covers says which parts of the request the signature vouches for. The
	// host computes it.
	Covers Coverage
	// Signed tells one signed message from another, as the text of a signature
	// does not, which can be written in several ways. It is made of what the
	// algorithm gave, and zero where a token came instead of a signature.
	Signed [32]byte
	// Reply answers the request when the outcome is Challenged.
	Reply *Challenge
}

// Accepted reports whether the outcome is Accept.
func (v Verdict) Accepted() bool { return v.Outcome == Accept }

// Rejected returns a verdict that rejects for the reason.
func Rejected(reason Reason, detail string) Verdict {
	return Verdict{Reason: reason, Detail: detail}
}

// Coverage is the set of parts that a signature vouches for.
type Coverage uint8

// The parts: the body, and the event's identifier, type and time where the
// signature vouches for the places that they are read from.
const (
	CoversBody Coverage = 1 << iota
	CoversID
	CoversType
	CoversTime
)

// Has reports whether every part of want is covered.
func (c Coverage) Has(want Coverage) bool { return c&want == want }

// Names lists the covered parts: body, id, type, time.
func (c Coverage) Names() []string {
	names := []string{}
	for i, name := range []string{"body", "id", "type", "time"} {
		if c&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return names
}

// String joins the covered parts with commas, or says none.
func (c Coverage) String() string {
	if c == 0 {
		return "none"
	}
	return strings.Join(c.Names(), ",")
}
