package webhook

import "time"

// Claim says what a request states was signed, and how. Every front end (a TOML
// scheme, a JavaScript rule, a WebAssembly rule) produces one, and one native
// checker judges it: a front end never sees a secret and never compares.
//
// A claim holds when one of its alternatives holds, then every condition, then
// the time. A claim without alternatives never holds.
type Claim struct {
	// Refused, when set, is why the request cannot be what the rule describes,
	// such as a signature header that came twice. Nothing else then counts, and
	// the claim never holds.
	Refused Reason
	// AnyOf are the alternatives, tried in order.
	AnyOf []Alternative
	// Conditions are judged only after an alternative has held.
	Conditions []Condition
	// Time is the moment that the request states, zero without one.
	Time TimeClaim
	// ID and Type identify the event.
	ID, Type Value
	// Challenge, when set, answers the request instead of accepting an event.
	// Its answer is given only after an alternative has held, unless the claim
	// has none and the challenge says that it needs no signature.
	Challenge *Challenge
}

// Alternative holds when every one of its checks holds. One without checks
// never holds.
type Alternative struct {
	// Name is the candidate's name in a verdict, empty where there is one form.
	Name string
	// AllOf are the checks.
	AllOf []Check
}

// Check is one comparison: a pinned algorithm over a message under a key equals
// one of the signatures.
type Check struct {
	Algorithm Algorithm
	Key       KeySelector
	// Message is what was signed, written into the algorithm part by part.
	Message []Part
	// Signatures are what was sent, any of which may match.
	Signatures []Signature
}

// Algorithm names a signature algorithm. It is pinned by the rule, and never
// taken from a request.
type Algorithm string

// The algorithms that the type knows; [github.com/hookseal/hookseal/engine/scheme]
// documents which of them it computes.
const (
	HMACMD5    Algorithm = "hmac-md5"
	HMACSHA1   Algorithm = "hmac-sha1"
	HMACSHA256 Algorithm = "hmac-sha256"
	HMACSHA384 Algorithm = "hmac-sha384"
	HMACSHA512 Algorithm = "hmac-sha512"
	// The plain digests prove something only when the message holds the secret.
	MD5    Algorithm = "md5"
	SHA1   Algorithm = "sha1"
	SHA256 Algorithm = "sha256"
	SHA384 Algorithm = "sha384"
	SHA512 Algorithm = "sha512"
	// Token compares the signature with the secret itself.
	Token Algorithm = "token"
	// Basic compares an RFC 7617 credential with the secret "user:password".
	Basic       Algorithm = "basic"
	Ed25519     Algorithm = "ed25519"
	ECDSASHA256 Algorithm = "ecdsa-sha256"
	ECDSASHA384 Algorithm = "ecdsa-sha384"
	ECDSASHA512 Algorithm = "ecdsa-sha512"
	RSASHA1     Algorithm = "rsa-sha1"
	RSASHA256   Algorithm = "rsa-sha256"
	RSASHA512   Algorithm = "rsa-sha512"
	RSAPSS256   Algorithm = "rsa-pss-sha256"
	JWT         Algorithm = "jwt"
)

// KeySelector says which key a check uses.
type KeySelector struct {
	// From is where the key is found.
	From KeyOrigin
	// Prepare turns the material into the key: pipes in the scheme's language,
	// such as "strip:whsec_ | base64". Empty means the bytes as they are.
	Prepare string
	// ID is the key's identifier in the request, where it names one.
	ID Value
	// URL is where a referenced key is fetched; the host allows or refuses it.
	URL string
	// Certificate says that what the URL gives is an X.509 certificate.
	Certificate bool
}

// KeyOrigin is where a key is found.
type KeyOrigin uint8

// The origins.
const (
	// SourceSecrets are all secrets of the source.
	SourceSecrets KeyOrigin = iota
	// HintedSecrets are those that the source gives for the identifier.
	HintedSecrets
	// Referenced is a public key behind a URL.
	Referenced
)

// PartKind tells the kinds of [Part] apart.
type PartKind uint8

// The kinds.
const (
	// Literal is text of the rule.
	Literal PartKind = iota
	// FromValue is text of the request.
	FromValue
	// RawBody is the body, by reference.
	RawBody
	// ECMAScriptBody is the body as JSON.stringify(JSON.parse(body)) writes it.
	ECMAScriptBody
	// SecretText is where the secret stands in the message. The host puts it
	// in; the rule never sees it.
	SecretText
	// Nested is a digest over further parts, encoded.
	Nested
)

// Part is one piece of a message.
type Part struct {
	Kind  PartKind
	Text  string  // of a Literal
	Value Value   // of a FromValue
	Inner *Digest // of a Nested
}

// Digest is a plain digest over parts, written into a message as text.
type Digest struct {
	Algorithm Algorithm
	Encoding  Encoding
	Parts     []Part
}

// Encoding is how bytes are written as text.
type Encoding string

// The encodings. Decoding hex takes either case; the name says which is written.
const (
	Hex       Encoding = "hex"
	HexUpper  Encoding = "HEX"
	Base64    Encoding = "base64"
	Base64URL Encoding = "base64url"
	// RawText compares the text itself, for tokens.
	RawText Encoding = "raw"
)

// Signature is one signature as it was sent.
type Signature struct {
	// Text is the signature without its prefix.
	Text string
	// Encodings are the ways in which the text may be read.
	Encodings []Encoding
	// Origin is the place it was read from.
	Origin Origin
}

// Value is a piece of text of the request together with the place it came from,
// from which the host computes what a signature covers.
type Value struct {
	Origin Origin
	Text   string
	// Found tells an empty value from an absent one.
	Found bool
}

// Origin is a place in a request.
type Origin struct {
	Kind OriginKind
	// Name is the header, parameter or dotted JSON path.
	Name string
}

// OriginKind tells the kinds of place apart. The zero kind is no place: text
// that a rule made up.
type OriginKind uint8

// The kinds of place.
const (
	NoOrigin OriginKind = iota
	HeaderOrigin
	QueryOrigin
	FormOrigin
	CookieOrigin
	JSONOrigin
	URLOrigin
	PathOrigin
	MethodOrigin
	// SignatureOrigin is a member of a structured signature header.
	SignatureOrigin
	SettingOrigin
)

// ConditionKind tells the kinds of [Condition] apart.
type ConditionKind uint8

// The kinds.
const (
	// Equals: Left is the same text as Right.
	Equals ConditionKind = iota
	// InSet: Left is one of Set.
	InSet
	// DigestEquals: the digest of Parts is Left.
	DigestEquals
	// NotBefore: the moment in Left, in Unit, is not after now.
	NotBefore
	// NotAfter: the moment in Left, in Unit, is not before now.
	NotAfter
)

// Condition is a rule beside the signature, judged after it.
type Condition struct {
	Kind        ConditionKind
	Left, Right Value
	Set         []string
	Digest      *Digest
	Unit        TimeUnit
	// Optional lets Equals hold when Right is absent, and the other kinds when
	// Left is.
	Optional bool
	// Fault, when set, is why a value of the condition is there and cannot
	// count. The condition then never holds, optional or not.
	Fault Reason
}

// TimeUnit is how a moment is written.
type TimeUnit string

// The units.
const (
	UnixSeconds      TimeUnit = "s"
	UnixMilliseconds TimeUnit = "ms"
	// RFC3339 is with a zone; ISO8601 the same with the zone left out at will,
	// and then UTC.
	RFC3339 TimeUnit = "rfc3339"
	ISO8601 TimeUnit = "iso8601"
	// DotNetInvariant is DateTime.ToString in the invariant culture of .NET,
	// read as UTC: 12/31/2024 23:59:59.
	DotNetInvariant TimeUnit = "dotnet-invariant"
)

// TimeClaim is the moment that a request states, and how far it may be from
// now.
type TimeClaim struct {
	Value Value
	// Units are the ways in which the text may be read, tried in order.
	Units []TimeUnit
	// Past and Future bound the distance from now; zero in both means that the
	// moment is stated and not bounded.
	Past, Future time.Duration
	// Enforced says that Past and Future count.
	Enforced bool
}

// Challenge is an answer that a provider expects instead of the acceptance of
// an event.
type Challenge struct {
	Status      int
	ContentType string
	Body        []byte
	// Unsigned says that the provider sends this challenge without a signature.
	Unsigned bool
}
