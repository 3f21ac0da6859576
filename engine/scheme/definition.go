package scheme

import (
	"cmp"
	"fmt"
	"strings"
)

// Definition is a scheme as its author writes it, the [scheme] table of a
// provider.toml.
type Definition struct {
	// Extends names a scheme whose fields hold where this one gives none.
	Extends string `toml:"extends"`
	// Algorithm is pinned here and never taken from a request.
	Algorithm string `toml:"algorithm"`
	// Key prepares the secret: pipes such as "strip:whsec_ | base64". Empty
	// takes the secret's bytes as they are, which for text is UTF-8.
	Key string `toml:"key"`
	// Signature says where the signature stands and how it is written.
	Signature SignatureDef `toml:"signature"`
	// Message is a template, or a list of candidates. A token takes none, but
	// for a detached one.
	Message MessageDef `toml:"message"`
	// Part holds templates that others take in as {part.NAME}, for a digest of
	// several values.
	Part map[string]string `toml:"part"`
	// Foreach is the dotted path of a JSON array. Every item of it carries a
	// signature of its own, at {item.PATH}, and all of them must hold; an empty
	// array never does.
	Foreach string `toml:"foreach"`
	// KeyID is a template of one value that names the key, for a source that
	// keeps several; see [webhook.Hint].
	KeyID string `toml:"key_id"`
	// Time is the moment that a request states, nil where it states none.
	Time *TimeDef `toml:"time"`
	// Require lists conditions that are judged after the signature.
	Require []RequireDef `toml:"require"`
	// Keys says where public keys are fetched, nil where a source gives them.
	Keys *KeysDef `toml:"keys"`
	// Handshakes are the provider's challenges, the [[handshake]] tables of a
	// provider.toml.
	Handshakes []HandshakeDef `toml:"-"`
	// Rule is the file of a guest that makes the claim instead.
	Rule string `toml:"rule"`
	// Algorithms lists what a rule may use.
	Algorithms List `toml:"algorithms"`
}

// SignatureDef says where the signature stands and how it is written.
type SignatureDef struct {
	// Header is the name of the header that holds the signature, in any case, or
	// several names, of which a request has one; the first is the one that is
	// written. Settings are filled in.
	Header List `toml:"header"`
	// Numbered says that the name goes on with a number from 1 to at most
	// Numbered, 100 or less, and that any of these headers may hold a signature.
	Numbered int `toml:"numbered"`
	// Repeats says that the header may be there several times, and each of
	// several names, with a signature in each; without it such a request is
	// refused.
	Repeats bool `toml:"repeats"`
	// From is a template of one value that holds the signature instead of a
	// header, such as {query.signature}, {json.auth.sign} or {body}.
	From string `toml:"from"`
	// Prefix is text before the signature, compared exactly; of several the first
	// that fits, and the first is the one that is written. "" is none.
	Prefix List `toml:"prefix"`
	// Parse is "plain" (the default: the whole value), "kv" (key=value items),
	// "list" (version,signature items, or bare signatures without Take),
	// "positional" (fields by their place), "jwt" (a JSON Web Token, RFC 7519),
	// "jws-detached" (RFC 7515, appendix F), "rfc9421" (HTTP Message Signatures,
	// with Signature-Input beside the header) or "cavage" (the draft before it,
	// draft-cavage-http-signatures). The last two say themselves what is signed,
	// and take no message.
	Parse string `toml:"parse"`
	// Take is the key or version whose values are signatures.
	Take string `toml:"take"`
	// Several says that kv items may repeat the signature, one for each secret that
	// is exchanged: a signer then writes all of them (Stripe). Without it several
	// are read, and one is written, since most vendors' libraries look at one.
	Several bool `toml:"several"`
	// Separator stands between items: by default a comma for kv, a space for
	// list, and none for positional, which then is one item.
	Separator string `toml:"separator"`
	// Groups stands between groups of kv items, each with a signature of its own
	// (Persona, while a secret is rotated); what is beside the signatures must be
	// the same in all of them. By default there is one group.
	Groups string `toml:"groups"`
	// Between stands within an item: by default "=" for kv, and a comma.
	Between string `toml:"between"`
	// Fields name the positional fields in their order. One is "signature"; where
	// that is the last, there may be several. "name=text" says what a signer
	// writes where nothing states the field, in which {label} is the label of the
	// secret.
	Fields []string `toml:"fields"`
	// Components are what a signature of rfc9421 or cavage must cover, in the
	// order in which they are signed: header fields in lower case, and @method,
	// @target-uri, @authority, @scheme, @request-target, @path, @query and
	// @query-param;name="NAME", or (request-target), (created) and (expires).
	Components []string `toml:"components"`
	// Label names the one of several signatures of rfc9421 that counts. Without
	// it a request has one, whatever its name.
	Label string `toml:"label"`
	// Encoding is one of hex, HEX, base64, base64url, raw, or a list; the
	// first is the one that is written. A token takes none.
	Encoding List `toml:"encoding"`
}

// TimeDef says which moment a request states.
type TimeDef struct {
	// From is a template of one value.
	From string `toml:"from"`
	// Unit is how the moment is written: s, ms, rfc3339, iso8601,
	// dotnet-invariant, http-date, or a list; the first is the one that is written.
	Unit List `toml:"unit"`
	// Tolerance is a duration, or "off" said aloud.
	Tolerance string `toml:"tolerance"`
}

// RequireDef is a condition beside the signature: Equals, or Value with In, or
// Value with Digest.
type RequireDef struct {
	// Equals are two templates of one value each, whose texts must be the same.
	Equals []string `toml:"equals"`
	// Value is a template of one value, In the set of texts that it may be, in
	// which settings are filled.
	Value string   `toml:"value"`
	In    []string `toml:"in"`
	// Digest is the plain digest that Value must state, of the template Of, in
	// an Encoding such as hex. Where Value is signed and Digest is of the SHA-2
	// family, what Of holds is covered by the signature.
	Digest   string `toml:"digest"`
	Of       string `toml:"of"`
	Encoding string `toml:"encoding"`
	// Optional lets equals hold when its second value is absent, and the others
	// when their value is.
	Optional bool `toml:"optional"`
}

// CandidateDef is one form of the message.
type CandidateDef struct {
	// Name is what a verdict calls the form, empty where there is one alone.
	Name string
	// Text is the template of the form.
	Text string
	// Sign marks the form that is signed; without one it is the first.
	Sign bool
}

// MessageDef is a template, or a list of candidates.
type MessageDef []CandidateDef

// UnmarshalTOML reads a string, or a list of tables with name, text and sign.
func (m *MessageDef) UnmarshalTOML(v any) error {
	if text, ok := v.(string); ok {
		*m = MessageDef{{Text: text}}
		return nil
	}
	items, err := tables(v)
	if err != nil {
		return fmt.Errorf("must be a template, or a list of { name, text, sign }: %w", err)
	}
	for i, item := range items {
		var c CandidateDef
		for key, val := range item {
			ok := false
			switch key {
			case "name":
				c.Name, ok = val.(string)
			case "text":
				c.Text, ok = val.(string)
			case "sign":
				c.Sign, ok = val.(bool)
			default:
				return fmt.Errorf("candidate %d: unknown key %q; known keys are name, text, sign", i+1, key)
			}
			if !ok {
				return fmt.Errorf("candidate %d: %s has the wrong type %T", i+1, key, val)
			}
		}
		if c.Name == "" || c.Text == "" {
			return fmt.Errorf("candidate %d needs a name and a text", i+1)
		}
		*m = append(*m, c)
	}
	return nil
}

func tables(v any) ([]map[string]any, error) {
	switch list := v.(type) {
	case []map[string]any:
		return list, nil
	case []any:
		out := make([]map[string]any, 0, len(list))
		for _, item := range list {
			table, ok := item.(map[string]any)
			if !ok {
				return nil, fmt.Errorf("found %T in the list", item)
			}
			out = append(out, table)
		}
		return out, nil
	}
	return nil, fmt.Errorf("found %T", v)
}

// List is one text, or several.
type List []string

// UnmarshalTOML reads a string or a list of strings.
func (l *List) UnmarshalTOML(v any) error {
	switch v := v.(type) {
	case string:
		*l = List{v}
		return nil
	case []any:
		for _, item := range v {
			text, ok := item.(string)
			if !ok {
				return fmt.Errorf("must be a text or a list of texts, found %T in the list", item)
			}
			*l = append(*l, text)
		}
		return nil
	}
	return fmt.Errorf("must be a text or a list of texts, found %T", v)
}

// String joins the texts with commas.
func (l List) String() string { return strings.Join(l, ", ") }

// Over returns d with the fields of base where d gives none.
func (d Definition) Over(base Definition) Definition {
	pick(&d.Algorithm, base.Algorithm)
	pick(&d.Key, base.Key)
	pick(&d.KeyID, base.KeyID)
	pick(&d.Foreach, base.Foreach)
	d.Signature = d.Signature.over(base.Signature)
	if d.Message == nil {
		d.Message = base.Message
	}
	if d.Part == nil {
		d.Part = base.Part
	}
	if d.Time == nil {
		d.Time = base.Time
	}
	if d.Keys == nil {
		d.Keys = base.Keys
	}
	if d.Require == nil {
		d.Require = base.Require
	}
	d.Extends = base.Extends
	return d
}

func pick(field *string, base string) {
	if *field == "" {
		*field = base
	}
}

// over returns d with the fields of base where d gives none. A place that d
// names stands instead of that of base.
func (d SignatureDef) over(base SignatureDef) SignatureDef {
	if d.Header == nil && d.From == "" {
		d.Header, d.From, d.Numbered, d.Repeats = base.Header, base.From, base.Numbered, base.Repeats
	}
	if d.Prefix == nil {
		d.Prefix = base.Prefix
	}
	if d.Parse == "" {
		d.Parse, d.Take, d.Fields = base.Parse, cmp.Or(d.Take, base.Take), base.Fields
		d.Separator, d.Between, d.Groups = cmp.Or(d.Separator, base.Separator), cmp.Or(d.Between, base.Between), cmp.Or(d.Groups, base.Groups)
		d.Label, d.Several = cmp.Or(d.Label, base.Label), d.Several || base.Several
		if d.Components == nil {
			d.Components = base.Components
		}
	}
	if d.Encoding == nil {
		d.Encoding = base.Encoding
	}
	return d
}
