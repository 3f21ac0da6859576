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
	// Algorithm is pinned by the rule.
	Algorithm Algorithm
	// Key says which keys are tried; its zero value tries all secrets of the
	// source.
	Key KeySelector
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
	// HMAC (RFC 2104), keyed with the secret.
	HMACMD5    Algorithm = "hmac-md5"
	HMACSHA1   Algorithm = "hmac-sha1"
	HMACSHA256 Algorithm = "hmac-sha256"
	HMACSHA384 Algorithm = "hmac-sha384"
	HMACSHA512 Algorithm = "hmac-sha512"
	// The plain digests prove something only when the message holds the secret.
	MD5       Algorithm = "md5"
	SHA1      Algorithm = "sha1"
	SHA256    Algorithm = "sha256"
	SHA384    Algorithm = "sha384"
	SHA512    Algorithm = "sha512"
	Keccak256 Algorithm = "keccak-256" // as before FIPS 202, not SHA3-256
	// Token compares the signature with the secret itself.
	Token Algorithm = "token"
	// Basic compares an RFC 7617 credential with the secret "user:password".
	Basic Algorithm = "basic"
	// Ed25519 (RFC 8032) and the algorithms below have a pair of keys, of which
	// the provider keeps the private one.
	Ed25519 Algorithm = "ed25519"
	// ECDSA (FIPS 186-5) with a signature in DER, as X9.62 writes it.
	ECDSASHA1            Algorithm = "ecdsa-sha1"
	ECDSASHA256          Algorithm = "ecdsa-sha256"
	ECDSASHA384          Algorithm = "ecdsa-sha384"
	ECDSASHA512          Algorithm = "ecdsa-sha512"
	ECDSASecp256k1SHA256 Algorithm = "ecdsa-secp256k1-sha256"
	// ECDSA with a signature of fixed length, r and s one after the other, as
	// IEEE P1363 and JWS (RFC 7518) write it: ES256, ES384, ES512, ES256K.
	ECDSASHA256P1363          Algorithm = "ecdsa-sha256-p1363"
	ECDSASHA384P1363          Algorithm = "ecdsa-sha384-p1363"
	ECDSASHA512P1363          Algorithm = "ecdsa-sha512-p1363"
	ECDSASecp256k1SHA256P1363 Algorithm = "ecdsa-secp256k1-sha256-p1363"
	// RSASSA-PKCS1-v1_5 (RFC 8017).
	RSASHA1   Algorithm = "rsa-sha1"
	RSASHA256 Algorithm = "rsa-sha256"
	RSASHA384 Algorithm = "rsa-sha384"
	RSASHA512 Algorithm = "rsa-sha512"
	// RSASSA-PSS (RFC 8017), with MGF1 over the same hash.
	RSAPSS256 Algorithm = "rsa-pss-sha256"
	RSAPSS384 Algorithm = "rsa-pss-sha384"
	RSAPSS512 Algorithm = "rsa-pss-sha512"
	// JWT is a token (RFC 7519) whose own algorithm is pinned too.
	JWT Algorithm = "jwt"
)

// The digests that are made within a message alone.
const (
	// Verbatim is no digest: the parts themselves, encoded.
	Verbatim Algorithm = "verbatim"
	// CRC32 is the checksum of IEEE 802.3, which anybody can make hold.
	CRC32 Algorithm = "crc32"
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
	// CanonicalBody is the body as RFC 8785 writes it.
	CanonicalBody
)

// Part is one piece of a message.
type Part struct {
	// Kind says which of the other fields holds something.
	Kind  PartKind
	Text  string  // of a Literal
	Value Value   // of a FromValue
	Inner *Digest // of a Nested
}

// Digest is a plain digest over parts, written into a message as text.
type Digest struct {
	// Algorithm is one of the plain digests.
	Algorithm Algorithm
	// Encoding is how the digest is written.
	Encoding Encoding
	// Parts are what it is taken of, one after the other.
	Parts []Part
}

// Encoding is how bytes are written as text.
type Encoding string

// The encodings.
const (
	// Hex and HexUpper are read in either case; the name says which is written.
	Hex      Encoding = "hex"
	HexUpper Encoding = "HEX"
	// Base64 and Base64URL are those of RFC 4648.
	Base64    Encoding = "base64"
	Base64URL Encoding = "base64url"
	// RawText compares the text itself, for tokens.
	RawText Encoding = "raw"
	// Decimal is bytes as an unsigned number, the first byte the highest; it is
	// written and never read.
	Decimal Encoding = "decimal"
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
	// Origin is the place that the text came from.
	Origin Origin
	// Text is the value decoded, empty where it is absent.
	Text string
	// Found tells an empty value from an absent one.
	Found bool
}

// Origin is a place in a request.
type Origin struct {
	// Kind is the kind of place.
	Kind OriginKind
	// Name is the header, parameter or dotted JSON path; empty for a kind of
	// which a request has one.
	Name string
}

// OriginKind tells the kinds of place apart. The zero kind is no place: text
// that a rule made up.
type OriginKind uint8

// The kinds of place.
const (
	// NoOrigin is text that a rule made up, for which no signature vouches.
	NoOrigin OriginKind = iota
	// Those with a name: a header, a decoded parameter of the query, a decoded
	// field of a form in the body, a cookie, a member of the JSON in the body.
	HeaderOrigin
	QueryOrigin
	FormOrigin
	CookieOrigin
	JSONOrigin
	// Those that a request has once: the whole URL that was called, its path
	// without the query, and the method.
	URLOrigin
	PathOrigin
	MethodOrigin
	// SignatureOrigin is a member of a structured signature header.
	SignatureOrigin
	// SettingOrigin is a setting of the source, no part of the request.
	SettingOrigin
	// JWTOrigin is a member of the header or of the claims of a JSON Web Token
	// that is the signature: header.kid, claims.iss.
	JWTOrigin
	// BodyOrigin is the body as text.
	BodyOrigin
	// TargetOrigin is the request-target: path and query as they were sent.
	TargetOrigin
)

// ConditionKind tells the kinds of [Condition] apart.
type ConditionKind uint8

// The kinds.
const (
	// Equals: Left is the same text as Right.
	Equals ConditionKind = iota
	// InSet: Left is one of Set.
	InSet
	// DigestEquals: Digest, written in its encoding, is Left.
	DigestEquals
	// NotBefore: the moment in Left, in Unit, is not after now.
	NotBefore
	// NotAfter: the moment in Left, in Unit, is not before now.
	NotAfter
)

// Condition is a rule beside the signature, judged after it.
type Condition struct {
	// Kind says what is compared.
	Kind ConditionKind
	// Left is what every kind judges, Right what Equals compares it with.
	Left, Right Value
	// Set is that of InSet, compared as text.
	Set []string
	// Digest is that of DigestEquals.
	Digest *Digest
	// Unit is how NotBefore and NotAfter read Left, and Leeway by how much they
	// let the clocks of two hosts differ.
	Unit   TimeUnit
	Leeway time.Duration
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
	// UnixSeconds and UnixMilliseconds count from 1970 in UTC, in decimal digits.
	UnixSeconds      TimeUnit = "s"
	UnixMilliseconds TimeUnit = "ms"
	// RFC3339 is with a zone; ISO8601 the same with the zone left out at will,
	// and then UTC.
	RFC3339 TimeUnit = "rfc3339"
	ISO8601 TimeUnit = "iso8601"
	// DotNetInvariant is DateTime.ToString in the invariant culture of .NET,
	// read as UTC: 12/31/2024 23:59:59.
	DotNetInvariant TimeUnit = "dotnet-invariant"
	// HTTPDate is the form of the Date header (RFC 9110, section 5.6.7), in GMT.
	HTTPDate TimeUnit = "http-date"
)

// TimeClaim is the moment that a request states, and how far it may be from
// now.
type TimeClaim struct {
	// Value is the moment as it was sent.
	Value Value
	// Units are the ways in which the text may be read, tried in order.
	Units []TimeUnit
	// Past and Future bound the distance from now; zero in both means that the
	// moment is stated and not bounded.
	Past, Future time.Duration
	// Enforced says that Past and Future count.
	Enforced bool
}
