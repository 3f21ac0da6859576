package scheme

import (
	"encoding/hex"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
	"github.com/hookseal/hookseal/engine/webhook"
)

// pipe turns what stands before it into something else. One of its fields is
// set.
type pipe struct {
	name string
	// text turns one text into another; it reports false when the text is not
	// of the form that the pipe is for.
	text func(text string) (string, bool)
	// anyScalar says that text takes a number too, as it was written.
	anyScalar bool
	// pairs works on the fields of a whole form or query.
	pairs pairPipe
	// digest and encoding make a digest of everything before them.
	digest   webhook.Algorithm
	encoding webhook.Encoding
	headers  *signedHeaders
	// write makes the text that the pipe reads, nil where a signer cannot.
	write func(text string) string
}

const (
	stringifyECMAScript = "stringify:ecmascript"
	optionalPipe        = "optional"
)

// Pipes lists the pipes with the provider that needs each.
func Pipes() map[string]string {
	return map[string]string{
		stringifyECMAScript:   "the body as JSON.stringify(JSON.parse(body)) writes it (Chaindoc)",
		"uuid:N":              "a GUID as its 32 lower-case hex digits (smino)",
		"dotnet-invariant":    "an ISO 8601 moment as DateTime.ToString writes it in the invariant culture of .NET (smino)",
		"with-port":           "the URL with the standard port of its scheme where it names none (Twilio)",
		"without-port":        "the URL without its port (Twilio)",
		"without-query":       "the URL or target without its query (Plivo)",
		optionalPipe:          "an absent value is an empty text, and no text is put around it (Mercado Pago)",
		"prefix:'TEXT'":       "with TEXT before it (Mercado Pago)",
		"suffix:'TEXT'":       "with TEXT behind it (Mercado Pago)",
		"lower":               "ASCII letters in lower case (Mercado Pago)",
		"upper":               "ASCII letters in upper case (2Checkout)",
		"trim":                "without white space around it (PayKickstart)",
		"digits":              "its digits alone (iPay88)",
		"number":              "a JSON number as ECMAScript writes it (Adyen)",
		"json:PATH":           "the scalar at a dotted path of a text that is JSON (Dropbox Sign)",
		"decode:base64":       "the text that is written in base64 (eBay)",
		"decode:base64url":    "the text that is written in base64url (eBay)",
		"decode:hex":          "the text that is written in hex (none yet)",
		"decode:url":          "the text that is percent-encoded (HubSpot)",
		"json-string":         "the text as a JSON string (Hygraph)",
		"content-digest:NAME": "the digest, in base64, of one algorithm in Content-Digest, RFC 9530 (MailChannels)",
		"digest:NAME":         "the digest of one algorithm in Digest, RFC 3230 (Keygen)",
		"sha256, sha1, md5, sha384, sha512, keccak-256, crc32": "a digest of what stands before, in bytes (Midtrans)",
		"hex, HEX, base64, base64url, decimal":                 "bytes as text (Midtrans)",
		"signed-headers:'LIST','COLON','END',NAME":             "the headers that the value lists, separated by LIST, as name COLON value, joined by END; the list must hold each NAME (Contentful)",
		"sort-unique":                     "the fields of a form in order, each name and value once, run together (Twilio)",
		"sort":                            "the fields in the order of their names (Mandrill)",
		"without:NAME,NAME":               "without these fields (Shopify)",
		"without-empty":                   "without the fields that are empty or 0 (PayKickstart)",
		"merge:'TEXT'":                    "the values of one name as one, joined by TEXT (Shopify)",
		"join:'EQUALS','BETWEEN'":         "the fields as text: name EQUALS value, joined by BETWEEN (Shopify)",
		"join-encoded:'EQUALS','BETWEEN'": "the same, with names and values percent-encoded (MessageBird)",
		"values:'BETWEEN'":                "the values alone, joined by BETWEEN (Platron)",
	}
}

// textPipes are those without an argument.
func textPipes() map[string]pipe {
	strict := func(apply func(string) (string, bool)) pipe { return pipe{text: apply} }
	always := func(apply func(string) string) pipe {
		return pipe{text: func(text string) (string, bool) { return apply(text), true }}
	}
	return map[string]pipe{
		"uuid:N":           strict(guidN),
		"dotnet-invariant": strict(dotNetInvariant),
		"with-port":        strict(withPort),
		"without-port":     strict(withoutPort),
		"without-query": always(func(text string) string {
			before, _, _ := strings.Cut(text, "?")
			return before
		}),
		"lower":  always(lowerASCII),
		"upper":  always(upperASCII),
		"trim":   always(strings.TrimSpace),
		"digits": always(onlyDigits),
		"number": {anyScalar: true, text: ecmaScriptNumber},
		"decode:base64": strict(func(text string) (string, bool) {
			out, err := strictBase64.DecodeString(text)
			return string(out), err == nil && !strings.ContainsAny(text, "\r\n") && utf8.Valid(out)
		}),
		"decode:base64url": strict(func(text string) (string, bool) {
			out, err := strictBase64URL.DecodeString(strings.TrimRight(text, "="))
			return string(out), err == nil && !strings.ContainsAny(text, "\r\n") && utf8.Valid(out)
		}),
		"decode:hex": strict(func(text string) (string, bool) {
			out, err := hex.DecodeString(text)
			return string(out), err == nil && utf8.Valid(out)
		}),
		"decode:url": strict(func(text string) (string, bool) {
			out, err := url.PathUnescape(text)
			return out, err == nil && utf8.ValidString(out)
		}),
		"json-string": strict(func(text string) (string, bool) {
			return string(jsonvalue.AppendQuote(nil, text)), utf8.ValidString(text)
		}),
	}
}

func parsePipe(name string) (pipe, error) {
	if p, ok := textPipes()[name]; ok {
		p.name = name
		return p, nil
	}
	word, rest, _ := strings.Cut(name, ":")
	args := arguments(rest)
	p := pipe{name: name}
	switch word {
	case "stringify":
		if name == stringifyECMAScript {
			return p, nil
		}
	case optionalPipe:
		return p, nil
	case "prefix":
		p.anyScalar, p.text = true, func(text string) (string, bool) { return args[0] + text, true }
		return p, nil
	case "suffix":
		p.anyScalar, p.text = true, func(text string) (string, bool) { return text + args[0], true }
		return p, nil
	case "json":
		p.text = func(text string) (string, bool) { return scalarAt(text, rest) }
		return p, nil
	case "signed-headers":
		if len(args) >= 3 {
			p.headers = &signedHeaders{list: args[0], colon: args[1], end: args[2], required: args[3:]}
			return p, nil
		}
	}
	if _, ok := plainHash(webhook.Algorithm(name)); ok {
		p.digest = webhook.Algorithm(name)
		return p, nil
	}
	if enc := webhook.Encoding(name); slices.Contains(textEncodings, enc) {
		p.encoding = enc
		return p, nil
	}
	if p, ok := parseDigestPipe(word, rest); ok {
		return p, nil
	}
	if pairs, ok := parsePairPipe(word, args); ok {
		p.pairs = pairs
		return p, nil
	}
	return pipe{}, fmt.Errorf("unknown pipe %q; pipes are %s", name, strings.Join(slices.Sorted(maps.Keys(Pipes())), ", "))
}

// arguments splits what follows the colon of a pipe: texts separated by commas,
// in single quotes where white space or a comma belongs to them.
func arguments(text string) []string {
	args := splitOutsideQuotes(text, ',')
	for i, arg := range args {
		arg = strings.TrimSpace(arg)
		if len(arg) >= 2 && arg[0] == '\'' && arg[len(arg)-1] == '\'' {
			arg = arg[1 : len(arg)-1]
		}
		args[i] = arg
	}
	return args
}

// textEncodings are the ways of writing bytes into a message.
var textEncodings = []webhook.Encoding{webhook.Hex, webhook.HexUpper, webhook.Base64, webhook.Base64URL, webhook.Decimal}

// onto puts the pipe behind what t gives.
func (p pipe) onto(t template) (template, error) {
	last := &t[len(t)-1]
	switch {
	case p.name == stringifyECMAScript:
		if len(t) != 1 || last.kind != webhook.RawBody {
			return nil, fmt.Errorf("the pipe %s belongs to {body}, before any other", p.name)
		}
		return template{{kind: webhook.ECMAScriptBody}}, nil
	case p.digest != "":
		return template{{kind: webhook.Nested, nested: &digestPlan{algorithm: p.digest, of: t}}}, nil
	case p.encoding != "":
		return p.encode(t), nil
	}
	ref, ok := t.single()
	if !ok {
		return nil, fmt.Errorf("the pipe %s takes a value of the request, and neither the secret nor a digest", p.name)
	}
	switch {
	case p.pairs != nil && (!ref.whole || ref.joined):
		return nil, fmt.Errorf("the pipe %s belongs to {form} or {query}, and comes before their fields are joined", p.name)
	case p.pairs == nil && ref.whole && !ref.joined:
		return nil, fmt.Errorf("the pipe %s takes a text: join the fields first, by sort-unique, join or values", p.name)
	case p.ofURL() && !slices.ContainsFunc(ref.origins, func(o webhook.Origin) bool { return o.Kind == webhook.URLOrigin }):
		return nil, fmt.Errorf("the pipe %s belongs to {url}", p.name)
	}
	switch {
	case p.name == optionalPipe:
		ref.optional = true
	case p.headers != nil:
		ref.headers = p.headers
	case p.pairs != nil:
		ref.pairs = append(ref.pairs, p.pairs)
		ref.joined = p.pairs.joins()
	default:
		ref.pipes = append(ref.pipes, p)
	}
	return template{{kind: webhook.FromValue, value: ref}}, nil
}

// encode writes a digest that is not written yet, or else the text itself.
func (p pipe) encode(t template) template {
	if last := t[len(t)-1]; len(t) == 1 && last.kind == webhook.Nested && last.nested.encoding == "" {
		last.nested.encoding = p.encoding
		return t
	}
	return template{{kind: webhook.Nested, nested: &digestPlan{algorithm: webhook.Verbatim, encoding: p.encoding, of: t}}}
}

// ofURL says that the pipe is for the URL alone.
func (p pipe) ofURL() bool { return p.name == "with-port" || p.name == "without-port" }

func lowerASCII(text string) string { return mapASCII(text, 'A', 'Z', 'a'-'A') }

func upperASCII(text string) string { return mapASCII(text, 'a', 'z', -('a' - 'A')) }

func mapASCII(text string, from, to byte, by int) string {
	out := []byte(text)
	for i, c := range out {
		if from <= c && c <= to {
			out[i] = byte(int(c) + by)
		}
	}
	return string(out)
}

func onlyDigits(text string) string {
	var out []byte
	for _, c := range []byte(text) {
		if '0' <= c && c <= '9' {
			out = append(out, c)
		}
	}
	return string(out)
}

// ecmaScriptNumber writes a number as String(value) does, and leaves what is no
// number as it is.
func ecmaScriptNumber(text string) (string, bool) {
	out, err := jsonvalue.AppendStringify(nil, []byte(text))
	if err != nil || len(out) == 0 || out[0] != '-' && (out[0] < '0' || out[0] > '9') {
		return text, true
	}
	return string(out), true
}

// scalarAt reads a scalar of a text that is JSON of its own. A text that two
// readers could understand differently has none.
func scalarAt(text, path string) (string, bool) {
	if jsonvalue.Ambiguity([]byte(text)) != "" {
		return "", false
	}
	field, err := jsonvalue.Lookup([]byte(text), path)
	return field.Text, err == nil && field.Found && field.Kind != jsonvalue.Null
}
