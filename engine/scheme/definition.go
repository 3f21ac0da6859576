package scheme

import (
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
	Key       string       `toml:"key"`
	Signature SignatureDef `toml:"signature"`
	// Message is a template, or a list of candidates.
	Message MessageDef `toml:"message"`
	Time    *TimeDef   `toml:"time"`
	// Require lists conditions that are judged after the signature.
	Require []RequireDef `toml:"require"`
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
	Header string `toml:"header"`
	// Prefix is text before the signature, compared exactly.
	Prefix string `toml:"prefix"`
	// Parse is "plain" (the default: the whole value), "kv" (k=v pairs
	// separated by Separator, by default a comma) or "list" (version,signature
	// items separated by Separator, by default a space).
	Parse string `toml:"parse"`
	// Take is the key or version whose values are signatures.
	Take      string `toml:"take"`
	Separator string `toml:"separator"`
	// Encoding is one of hex, HEX, base64, base64url, raw, or a list; the
	// first is the one that is written.
	Encoding List `toml:"encoding"`
}

// TimeDef says which moment a request states.
type TimeDef struct {
	// From is a template of one value.
	From string `toml:"from"`
	// Unit is how the moment is written: s, ms, rfc3339, iso8601,
	// dotnet-invariant, or a list; the first is the one that is written.
	Unit List `toml:"unit"`
	// Tolerance is a duration, or "off". Empty is off.
	Tolerance string `toml:"tolerance"`
}

// RequireDef is a condition beside the signature: Equals, or Value with In, or
// Value with Digest.
type RequireDef struct {
	// Equals are two templates of one value each, whose texts must be the same.
	Equals []string `toml:"equals"`
	// Value is a template of one value, In the set of texts that it may be.
	Value string   `toml:"value"`
	In    []string `toml:"in"`
	// Digest is the plain digest that Value must state, of the template Of, in
	// an encoding such as hex. Where Value is signed and Digest is of the SHA-2
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
	Name string
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
	pick(&d.Signature.Header, base.Signature.Header)
	pick(&d.Signature.Prefix, base.Signature.Prefix)
	pick(&d.Signature.Parse, base.Signature.Parse)
	pick(&d.Signature.Take, base.Signature.Take)
	pick(&d.Signature.Separator, base.Signature.Separator)
	if d.Signature.Encoding == nil {
		d.Signature.Encoding = base.Signature.Encoding
	}
	if d.Message == nil {
		d.Message = base.Message
	}
	if d.Time == nil {
		d.Time = base.Time
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
