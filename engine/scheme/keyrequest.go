package scheme

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// keyIDPart stands for the identifier until a request gives it.
const keyIDPart webhook.KeyPartKind = 0xff

func (p *keysPlan) compileRequests(d *KeysDef, settings map[string]string) error {
	var err error
	if p.ref.Request, err = compileKeyRequest("request", d.Request, settings); err != nil {
		return err
	}
	takesToken := holdsPart(&p.ref.Request, webhook.KeyTokenText)
	p.asksID = holdsPart(&p.ref.Request, keyIDPart)
	if d.Token == nil {
		if takesToken {
			return errors.New("token is missing: {token} stands for what it gives")
		}
		return nil
	}
	if !takesToken {
		return errors.New("token is asked for and not used: put {token} into the request")
	}
	token := &webhook.KeyToken{At: d.Token.At}
	if token.At == "" {
		token.At = "access_token"
	}
	if token.URL, err = fillSettings(d.Token.URL, settings); err != nil {
		return fmt.Errorf("token.url: %w", err)
	}
	address, err := parseKeyURL(token.URL)
	if err != nil {
		return fmt.Errorf("token.url = %q %w", token.URL, err)
	}
	token.Host = address.host
	if token.Request, err = compileKeyRequest("token.request", d.Token.Request, settings); err != nil {
		return err
	}
	if holdsPart(&token.Request, webhook.KeyTokenText) || holdsPart(&token.Request, keyIDPart) {
		return errors.New("token.request takes neither {token} nor {id}")
	}
	p.ref.Token = token
	return nil
}

// hostsOwn are header fields that a request has of itself.
var hostsOwn = []string{"Host", "Content-Length", "Content-Type", "Transfer-Encoding", "Connection", "Accept-Encoding", "Cookie"}

func compileKeyRequest(what string, d KeyRequestDef, settings map[string]string) (webhook.KeyRequest, error) {
	r := webhook.KeyRequest{Method: d.Method}
	body := len(d.JSON) > 0 || len(d.Form) > 0
	switch {
	case len(d.JSON) > 0 && len(d.Form) > 0:
		return r, fmt.Errorf("%s: the body is json or form, not both", what)
	case d.Method == "" && body:
		r.Method = http.MethodPost
	case d.Method == "":
		r.Method = http.MethodGet
	case d.Method != http.MethodGet && d.Method != http.MethodPost:
		return r, fmt.Errorf("%s.method = %q, want GET or POST", what, d.Method)
	case d.Method == http.MethodGet && body:
		return r, fmt.Errorf("%s.method = GET goes with no body", what)
	}
	for name := range d.Headers {
		canonical := http.CanonicalHeaderKey(name)
		if !isFieldName(name) || slices.Contains(hostsOwn, canonical) || canonical == "Authorization" && d.Basic != "" {
			return r, fmt.Errorf("%s.headers: %q cannot be given", what, name)
		}
	}
	var faults []error
	fields := func(kind string, from map[string]string) []webhook.KeyField {
		var out []webhook.KeyField
		for _, name := range slices.Sorted(maps.Keys(from)) {
			text, err := compileKeyText(from[name], settings)
			if err != nil {
				faults = append(faults, fmt.Errorf("%s.%s.%s: %w", what, kind, name, err))
			}
			out = append(out, webhook.KeyField{Name: name, Value: text})
		}
		return out
	}
	r.Headers, r.JSON, r.Form = fields("headers", d.Headers), fields("json", d.JSON), fields("form", d.Form)
	var err error
	if r.Basic, err = compileKeyText(d.Basic, settings); err != nil {
		faults = append(faults, fmt.Errorf("%s.basic: %w", what, err))
	}
	return r, errors.Join(faults...)
}

// isFieldName reports a token of RFC 9110, section 5.6.2.
func isFieldName(name string) bool {
	for _, c := range []byte(name) {
		if !isAlphanumeric(c) && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return name != ""
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// compileKeyText reads text with {credential.NAME}, {token}, {id} and
// {setting.NAME}; {{ and }} are the braces themselves.
func compileKeyText(text string, settings map[string]string) (webhook.KeyText, error) {
	var out webhook.KeyText
	for rest := text; rest != ""; {
		literal, inner, after, err := cutBraces(rest)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", text, err)
		}
		if literal != "" {
			out = append(out, webhook.KeyPart{Text: literal})
		}
		rest = after
		name, isCredential := strings.CutPrefix(inner, "credential.")
		switch {
		case inner == "":
		case inner == "id":
			out = append(out, webhook.KeyPart{Kind: keyIDPart})
		case inner == "token":
			out = append(out, webhook.KeyPart{Kind: webhook.KeyTokenText})
		case isCredential && isFieldName(name):
			out = append(out, webhook.KeyPart{Kind: webhook.KeyCredential, Text: name})
		default:
			value, isSetting := settings[strings.TrimPrefix(inner, "setting.")]
			if !isSetting || !strings.HasPrefix(inner, "setting.") {
				return nil, fmt.Errorf("%q: unknown value {%s}; values are id, token, credential.NAME, setting.NAME", text, inner)
			}
			out = append(out, webhook.KeyPart{Text: value})
		}
	}
	return out, nil
}

// cutBraces returns what stands before the first braces, in them, and after.
func cutBraces(text string) (literal, inner, after string, err error) {
	i := strings.IndexAny(text, "{}")
	if i < 0 {
		return text, "", "", nil
	}
	if i+1 < len(text) && text[i+1] == text[i] {
		return text[:i+1], "", text[i+2:], nil
	}
	if text[i] == '}' {
		return "", "", "", errors.New("a } without its {; write }} for the brace itself")
	}
	inner, after, ok := strings.Cut(text[i+1:], "}")
	if !ok || strings.TrimSpace(inner) == "" {
		return "", "", "", errors.New("a { without a name and its }; write {{ for the brace itself")
	}
	return text[:i], strings.TrimSpace(inner), after, nil
}

func requestTexts(r *webhook.KeyRequest) []webhook.KeyText {
	texts := []webhook.KeyText{r.Basic}
	for _, fields := range [][]webhook.KeyField{r.Headers, r.JSON, r.Form} {
		for _, f := range fields {
			texts = append(texts, f.Value)
		}
	}
	return texts
}

func holdsPart(r *webhook.KeyRequest, kind webhook.KeyPartKind) bool {
	return slices.ContainsFunc(requestTexts(r), func(t webhook.KeyText) bool {
		return slices.ContainsFunc(t, func(p webhook.KeyPart) bool { return p.Kind == kind })
	})
}

// withID returns a copy of the request in which the identifier stands.
func withID(r webhook.KeyRequest, id string) webhook.KeyRequest {
	fill := func(text webhook.KeyText) webhook.KeyText {
		text = slices.Clone(text)
		for i, part := range text {
			if part.Kind == keyIDPart {
				text[i] = webhook.KeyPart{Text: id}
			}
		}
		return text
	}
	fields := func(list []webhook.KeyField) []webhook.KeyField {
		list = slices.Clone(list)
		for i := range list {
			list[i].Value = fill(list[i].Value)
		}
		return list
	}
	r.Basic, r.Headers, r.JSON, r.Form = fill(r.Basic), fields(r.Headers), fields(r.JSON), fields(r.Form)
	return r
}
