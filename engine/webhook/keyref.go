package webhook

import "time"

// KeyRef says which public keys a request needs and where they are had, as data:
// making one fetches nothing. The host has already held the URL against what the
// scheme allows, and credentials stand in it by name alone.
//
// A KeyRef is not changed once it is made, and may be shared between goroutines.
type KeyRef struct {
	// URL is absolute, https, on port 443, and within the scheme's allow-list.
	URL string
	// Host is the host of URL in lower case, for messages.
	Host string
	// Format is what the URL answers with.
	Format KeyFormat
	// At is the dotted path of the key in a [KeyJSON] document, empty for the
	// document itself.
	At string
	// EntryID and EntryKey are the members that hold the identifier and the key,
	// where At leads to a list of objects. Both are empty otherwise.
	EntryID, EntryKey string
	// ID is the identifier of the one key that is meant, empty where any of them
	// may be. It is unauthenticated text.
	ID string
	// ByID says that ID is part of what is asked for, so that the answer holds
	// the one key, whether or not it repeats the identifier.
	ByID bool
	// Chosen says that text of the request is part of what is asked for: whoever
	// sends requests can make it differ every time.
	Chosen bool
	// Group is the same for every reference of one scheme under one
	// configuration, whatever the request says.
	Group string
	// TTL is how long the keys count where the answer does not say.
	TTL time.Duration
	// Request is how the URL is asked.
	Request KeyRequest
	// Token, when set, is asked first, and gives the text of [KeyToken] parts.
	Token *KeyToken
}

// KeyFormat is how a document writes public keys.
type KeyFormat string

// The formats.
const (
	// KeyJWKS is a JWK Set (RFC 7517).
	KeyJWKS KeyFormat = "jwks"
	// KeyPEM is one or more public keys in PEM.
	KeyPEM KeyFormat = "pem"
	// KeyX509 is a certificate in PEM; those after the first are its chain.
	KeyX509 KeyFormat = "x509"
	// KeyJSON is a JSON document with the key somewhere in it: as text in PEM,
	// in base64, or as a JWK.
	KeyJSON KeyFormat = "json"
)

// KeyRequest is how a URL is asked for keys.
type KeyRequest struct {
	// Method is GET or POST.
	Method string
	// Headers are further header fields.
	Headers []KeyField
	// Basic is an RFC 7617 credential, "user:password", sent as Authorization;
	// empty for none.
	Basic KeyText
	// JSON and Form are the members of the body, of which one kind is given at
	// most: a JSON object of texts, or a form.
	JSON, Form []KeyField
}

// KeyToken is a first request, whose answer holds a text for the second: the
// client credentials grant of OAuth 2.0 (RFC 6749, section 4.4).
type KeyToken struct {
	// URL is absolute and https. No text of the request is part of it.
	URL string
	// Host is the host of URL in lower case, for messages.
	Host string
	// Request is how the URL is asked.
	Request KeyRequest
	// At is the dotted path of the token in the JSON that is answered.
	At string
}

// KeyField is a header field, or a member of a body.
type KeyField struct {
	// Name is that of the header field, in any case, or of the member.
	Name string
	// Value is its text, one string in JSON.
	Value KeyText
}

// KeyText is text that is put together when the keys are asked for.
type KeyText []KeyPart

// KeyPart is one piece of a [KeyText].
type KeyPart struct {
	// Kind says what Text is.
	Kind KeyPartKind
	// Text is the text itself, or the name of a credential.
	Text string
}

// KeyPartKind tells the kinds of [KeyPart] apart.
type KeyPartKind uint8

// The kinds.
const (
	// KeyLiteral is Text as it stands.
	KeyLiteral KeyPartKind = iota
	// KeyCredential is the credential of the source that Text names.
	KeyCredential
	// KeyTokenText is what [KeyRef].Token gave.
	KeyTokenText
)
