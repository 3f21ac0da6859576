package scheme

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// segment compiles what stands between the braces: a value and its pipes.
func (l language) segment(inner string) (template, error) {
	fields := splitOutsideQuotes(inner, '|')
	name := strings.TrimSpace(fields[0])
	t, err := l.value(name)
	if err != nil {
		return nil, err
	}
	for _, field := range fields[1:] {
		p, err := parsePipe(strings.TrimSpace(field))
		if err == nil {
			t, err = p.onto(t)
		}
		if err != nil {
			return nil, fmt.Errorf("{%s}: %w", strings.TrimSpace(inner), err)
		}
	}
	ref, ok := t.single()
	if ok {
		ref.header = ref.bareHeader()
	}
	if ok && ref.whole && !ref.joined {
		return nil, fmt.Errorf("{%s}: a whole form or query needs a pipe that makes a text of it: sort-unique, join or values", strings.TrimSpace(inner))
	}
	return t, nil
}

func (l language) value(name string) (template, error) {
	switch name {
	case "body":
		return template{{kind: webhook.RawBody}}, nil
	case "secret":
		return template{{kind: webhook.SecretText}}, nil
	}
	if part, ok := strings.CutPrefix(name, "part."); ok {
		t, known := l.parts[part]
		if !known {
			return nil, fmt.Errorf("no part %q; parts are %s", part, strings.Join(slices.Sorted(maps.Keys(l.parts)), ", "))
		}
		return slices.Clone(t), nil
	}
	ref, err := parseReference(name)
	if err != nil {
		return nil, err
	}
	return template{{kind: webhook.FromValue, value: ref}}, nil
}

// reference is one value in braces.
type reference struct {
	// origins are the places of "a or b", of which one at most may be present.
	origins []webhook.Origin
	pipes   []pipe
	source  string
	// ofItem says that the places are within the item of a foreach.
	ofItem bool
	// whole says that the value is all of a form or query, not a field of it;
	// joined that the pipes make a text of it.
	whole, joined bool
	// pairs are the pipes on the fields of a whole form or query.
	pairs []pairPipe
	// optional says that an absent value is an empty text.
	optional bool
	// header is the name of the header that the value is, where it is one as it
	// came: most values are, and need no more than to be looked up.
	header string
	// headers is how the headers that the value lists are written, nil for a
	// value that is no such list.
	headers *signedHeaders
}

func (r *reference) bareHeader() string {
	if len(r.origins) != 1 || r.origins[0].Kind != webhook.HeaderOrigin || len(r.pipes) > 0 || r.headers != nil {
		return ""
	}
	return r.origins[0].Name
}

// wholeForm and wholeQuery are the values that stand for all fields.
const (
	wholeForm  = "form"
	wholeQuery = "query"
)

func parseReference(name string) (*reference, error) {
	switch name {
	case wholeForm:
		return &reference{origins: []webhook.Origin{{Kind: webhook.FormOrigin}}, source: name, whole: true}, nil
	case wholeQuery:
		return &reference{origins: []webhook.Origin{{Kind: webhook.QueryOrigin}}, source: name, whole: true}, nil
	}
	ref := &reference{source: name}
	for place := range strings.SplitSeq(name, " or ") {
		place = strings.TrimSpace(place)
		path, ofItem := strings.CutPrefix(place, "item.")
		if ofItem {
			place = "json." + path
		}
		origin, err := parseOrigin(place)
		if err != nil {
			return nil, err
		}
		if ofItem != ref.ofItem && len(ref.origins) > 0 {
			return nil, fmt.Errorf("{%s}: either every place is within the item or none", name)
		}
		ref.ofItem = ofItem
		ref.origins = append(ref.origins, origin)
	}
	return ref, nil
}

// places are the values of which a request has one.
var places = map[string]webhook.OriginKind{
	"method": webhook.MethodOrigin, "path": webhook.PathOrigin, "url": webhook.URLOrigin, "target": webhook.TargetOrigin,
}

// members are the values that have a name.
var members = map[string]webhook.OriginKind{
	"header": webhook.HeaderOrigin, "query": webhook.QueryOrigin, "form": webhook.FormOrigin, "cookie": webhook.CookieOrigin,
	"json": webhook.JSONOrigin, "sig": webhook.SignatureOrigin, "jwt": webhook.JWTOrigin,
}

func parseOrigin(name string) (webhook.Origin, error) {
	if kind, ok := places[name]; ok {
		return webhook.Origin{Kind: kind}, nil
	}
	place, member, _ := strings.Cut(name, ".")
	kind, ok := members[place]
	if !ok || member == "" {
		return webhook.Origin{}, unknownValue(name)
	}
	switch kind {
	case webhook.HeaderOrigin:
		member = http.CanonicalHeaderKey(member)
	case webhook.JWTOrigin:
		if part, _, _ := strings.Cut(member, "."); part != jwtHeader && part != jwtClaims && member != jwtInput && member != jwtProtected {
			return webhook.Origin{}, fmt.Errorf("unknown value {%s}; of a token there are jwt.header.NAME, jwt.claims.NAME, jwt.protected and jwt.input", name)
		}
	}
	return webhook.Origin{Kind: kind, Name: member}, nil
}

func unknownValue(name string) error {
	return fmt.Errorf("unknown value {%s}; values are body, form, query, secret, method, path, target, url, header.NAME, query.NAME, form.NAME, cookie.NAME, json.PATH, item.PATH, sig.NAME, jwt.header.NAME, jwt.claims.NAME, part.NAME, setting.NAME", name)
}
