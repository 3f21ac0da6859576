//go:build wasip1

package guest

import (
	"time"

	"github.com/hookseal/hookseal/hostabi"
)

// Claim is what a rule says about a request. It holds when one of its
// alternatives does, then every condition, then the time.
type Claim struct{}

// Check is one comparison: an algorithm over a message under the secret equals
// one of the signatures.
type Check struct {
	// Algorithm is a name such as "hmac-sha256". The pack must list it.
	Algorithm string
	// Key prepares the secret, such as "strip:whsec_ | base64"; empty takes it
	// as it is.
	Key string
	// KeyID names the key where the request does; nil uses every secret of the
	// source.
	KeyID *Value
	// KeyURL is where a public key is fetched, instead of the secrets of the
	// source; the host allows or refuses it. Certificate says that what it
	// gives is an X.509 certificate.
	KeyURL      string
	Certificate bool
	// Message is what was signed, part by part.
	Message []Part
	// Signatures are what was sent, any of which may match.
	Signatures []Signature
}

// Signature is one signature as it was sent.
type Signature struct {
	// Value is where the request states it; an absent one is no signature.
	Value Value
	// Encodings are the ways in which it may be read, added up.
	Encodings Encoding
}

// Encoding is how bytes are written as text.
type Encoding = hostabi.Encoding

// The encodings. Hex is read in either case, and the name says which is written;
// RawText is the text itself, for tokens, and Decimal an unsigned number, for a
// digest that is written.
const (
	Hex       = hostabi.Hex
	HexUpper  = hostabi.HexUpper
	Base64    = hostabi.Base64
	Base64URL = hostabi.Base64URL
	RawText   = hostabi.RawText
	Decimal   = hostabi.Decimal
)

// Part is one piece of a message.
type Part struct{ write func() }

// Literal is text of the rule.
func Literal(text string) Part {
	return Part{func() { hostPartLiteral(of(text)) }}
}

// Of is a value of the request.
func Of(v Value) Part {
	return Part{func() { hostPartValue(v.handle) }}
}

// Body is the raw body.
func Body() Part { return Part{hostPartBody} }

// ECMAScriptBody is the body as JSON.stringify(JSON.parse(body)) writes it.
func ECMAScriptBody() Part { return Part{hostPartECMAScriptBody} }

// CanonicalBody is the body as RFC 8785 writes it.
func CanonicalBody() Part { return Part{hostPartCanonicalBody} }

// Secret is where the secret stands in the message; the host puts it in.
func Secret() Part { return Part{hostPartSecret} }

// Digest is a plain digest over further parts, written as text.
func Digest(algorithm string, encoding Encoding, parts ...Part) Part {
	return Part{func() {
		text, size := of(algorithm)
		hostPartDigest(text, size, int32(encoding))
		writeParts(parts)
		hostPartEnd()
	}}
}

func writeParts(parts []Part) {
	for _, part := range parts {
		part.write()
	}
}

// Alternative adds a form of the message in which every check must hold. The
// name is what a verdict calls it; it may be empty where there is one form.
func (*Claim) Alternative(name string, checks ...Check) {
	hostAlternative(of(name))
	for _, check := range checks {
		hostCheck(of(check.Algorithm))
		check.selectKey()
		writeParts(check.Message)
		for _, signature := range check.Signatures {
			hostSignature(signature.Value.handle, int32(signature.Encodings))
		}
	}
}

func (check *Check) selectKey() {
	origin := hostabi.SourceSecrets
	switch {
	case check.KeyURL != "":
		origin = hostabi.Referenced
		url, size := of(check.KeyURL)
		hostKeyURL(url, size, flag(check.Certificate))
	case check.KeyID != nil:
		origin = hostabi.HintedSecrets
	}
	prepare, size := of(check.Key)
	hostKey(int32(origin), prepare, size)
	if check.KeyID != nil {
		hostKeyID(check.KeyID.handle)
	}
}

// ID says which value identifies the event.
func (*Claim) ID(v Value) { hostID(v.handle) }

// Type says which value is the event's type.
func (*Claim) Type(v Value) { hostType(v.handle) }

// Time says when the request states that it was made, in the first unit that
// fits. Without [Claim.Tolerance] the moment is stated and not bounded.
func (*Claim) Time(v Value, units ...TimeUnit) {
	hostTime(v.handle)
	for _, unit := range units {
		hostTimeUnit(int32(unit))
	}
}

// TimeUnit is how a moment is written.
type TimeUnit = hostabi.TimeUnit

// The units.
const (
	// UnixSeconds and UnixMilliseconds count from 1970 in UTC, in decimal digits.
	UnixSeconds      = hostabi.UnixSeconds
	UnixMilliseconds = hostabi.UnixMilliseconds
	// RFC3339 is with a zone; ISO8601 the same with the zone left out at will,
	// and then UTC.
	RFC3339 = hostabi.RFC3339
	ISO8601 = hostabi.ISO8601
	// DotNetInvariant is 12/31/2024 23:59:59, read as UTC.
	DotNetInvariant = hostabi.DotNetInvariant
	// HTTPDate is the form of the Date header, in GMT.
	HTTPDate = hostabi.HTTPDate
)

// Tolerance bounds how far the stated time may be from now, on either side.
func (*Claim) Tolerance(past, future time.Duration) {
	hostTimeBound(past.Milliseconds(), future.Milliseconds())
}

// ToleranceText bounds it on both sides by a duration as configurations write it,
// such as "5m", or not at all for "off".
func (*Claim) ToleranceText(text string) { hostTimeTolerance(of(text)) }

// Refuse rejects the request with a reason of the closed list, such as
// "field_malformed", whatever else the claim says.
func (*Claim) Refuse(reason string) { hostRefuse(of(reason)) }

// Equals demands, after a signature has held, that two values are the same text.
// If optional, the condition holds when one of them is absent.
func (*Claim) Equals(left, right Value, optional bool) {
	hostConditionEquals(left.handle, right.handle, flag(optional))
}

// In demands, after a signature has held, that a value is one of the set.
func (*Claim) In(v Value, set ...string) {
	hostConditionIn(v.handle, 0)
	for _, member := range set {
		hostConditionMember(of(member))
	}
}

// DigestEquals demands, after a signature has held, that a value is the digest
// of the parts, in the encoding.
func (*Claim) DigestEquals(v Value, algorithm string, encoding Encoding, parts ...Part) {
	text, size := of(algorithm)
	hostConditionDigest(v.handle, text, size, int32(encoding), 0)
	writeParts(parts)
	hostPartEnd()
}

// NotBefore demands, after a signature has held, that a moment is not after now.
// The leeway is by how much the clocks of two hosts may differ. If optional, the
// condition holds when the moment is absent.
func (*Claim) NotBefore(v Value, unit TimeUnit, leeway time.Duration, optional bool) {
	hostConditionTime(int32(hostabi.NotBefore), v.handle, int32(unit), leeway.Milliseconds(), flag(optional))
}

// NotAfter demands, after a signature has held, that a moment is not before now,
// as [Claim.NotBefore] does.
func (*Claim) NotAfter(v Value, unit TimeUnit, leeway time.Duration, optional bool) {
	hostConditionTime(int32(hostabi.NotAfter), v.handle, int32(unit), leeway.Milliseconds(), flag(optional))
}

// Challenge answers the request instead of accepting an event.
type Challenge struct {
	// Status is that of the answer, from 200 to 299.
	Status int
	// ContentType is the media type of Body, empty where there is none.
	ContentType string
	Body        []byte
	// Unsigned says that the provider sends this challenge without a signature;
	// such a claim has no alternative.
	Unsigned bool
}

// Challenge makes the claim one about a provider's handshake.
func (*Claim) Challenge(challenge Challenge) {
	contentType, contentTypeSize := of(challenge.ContentType)
	body, bodySize := ofBytes(challenge.Body)
	hostChallenge(int32(challenge.Status), contentType, contentTypeSize, body, bodySize, flag(challenge.Unsigned))
}
