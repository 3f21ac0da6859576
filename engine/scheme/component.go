package scheme

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/scheme/structured"
	"github.com/hookseal/hookseal/engine/webhook"
)

// component is one part of a request that a message signature covers, as the
// list in the signature names it.
type component struct {
	// name is in lower case: a header field, or a derived component such as
	// @method or (request-target).
	name string
	// query is the parameter's name that @query-param has, percent-encoded.
	query string
}

// The components that are derived from the request (RFC 9421, section 2.2). Of
// the parameters that identify a component there is ;name of @query-param alone;
// sf, bs, key, tr and req have no provider that signs with them.
var derivedComponents = []string{
	"@method", "@target-uri", "@authority", "@scheme", "@request-target", "@path", "@query", queryParam,
}

const queryParam = "@query-param"

// The components of draft-cavage-http-signatures that are no header fields.
const (
	cavageTarget  = "(request-target)"
	cavageCreated = "(created)"
	cavageExpires = "(expires)"
)

// compileComponents reads the list of what a signature must cover.
func (p *signaturePlan) compileComponents(list []string) error {
	if len(list) == 0 {
		return fmt.Errorf("signature.parse = %q needs components: what the signature must cover, such as %s", p.parse,
			map[syntax]string{messageSyntax: `["@method", "content-digest"]`, cavageSyntax: `["(request-target)", "digest"]`}[p.parse])
	}
	if len(list) > maxListed {
		return fmt.Errorf("signature.components has %d entries, at most %d", len(list), maxListed)
	}
	for _, text := range list {
		c, err := p.parse.component(text)
		if err != nil {
			return fmt.Errorf("signature.components: %q %w", text, err)
		}
		if slices.Contains(p.components, c) {
			return fmt.Errorf("signature.components: %q is there twice", text)
		}
		p.components = append(p.components, c)
	}
	return nil
}

// component reads an entry of the definition, where a parameter follows the bare
// name: @query-param;name="id".
func (s syntax) component(text string) (component, error) {
	if s == cavageSyntax {
		return cavageComponent(text)
	}
	name, params, _ := strings.Cut(text, ";")
	if params != "" {
		params = ";" + params
	}
	lists, err := structured.ReadLists(`x=("` + name + `"` + params + `)`)
	if err != nil || len(lists["x"].Items) != 1 {
		return component{}, errors.Join(errors.New(`is no component; one is written as "content-digest" or "@query-param;name=\"id\""`), err)
	}
	return derive(lists["x"].Items[0])
}

// derive turns an item of a list into a component.
func derive(item structured.Item) (component, error) {
	c := component{name: item.Text}
	switch {
	case c.name == queryParam:
		if len(item.Params) != 1 || item.Params[0].Name != "name" || item.Params[0].Kind != structured.Text {
			return c, errors.New("needs the parameter name, and takes no other")
		}
		c.query = item.Params[0].Text
		decoded, err := url.PathUnescape(c.query)
		if err != nil || encodeQuery(decoded) != c.query {
			return c, errors.New("names a query parameter that is not percent-encoded")
		}
		return c, nil
	case len(item.Params) > 0:
		return c, fmt.Errorf("has the parameter %s, and a component has none but the name of %s", clip(item.Params[0].Name), queryParam)
	case slices.Contains(derivedComponents, c.name) || isLowerField(c.name):
		return c, nil
	}
	return c, fmt.Errorf("is neither a header field in lower case nor one of %s", strings.Join(derivedComponents, ", "))
}

func cavageComponent(name string) (component, error) {
	switch name {
	case cavageTarget, cavageCreated, cavageExpires:
		return component{name: name}, nil
	}
	if isLowerField(name) {
		return component{name: name}, nil
	}
	return component{}, fmt.Errorf("is neither a header field in lower case nor one of %s, %s, %s", cavageTarget, cavageCreated, cavageExpires)
}

// isLowerField reports a header field's name in lower case.
func isLowerField(name string) bool { return isFieldName(name) && lowerASCII(name) == name }

// identifier is the component as RFC 9421 lists it.
func (c component) identifier() string {
	if c.name == queryParam {
		return `"` + queryParam + `";name="` + c.query + `"`
	}
	return `"` + c.name + `"`
}

// origin is the place that the component vouches for. What a request has nowhere
// else, such as its scheme, vouches for no place.
func (c component) origin() webhook.Origin {
	switch c.name {
	case "@method":
		return webhook.Origin{Kind: webhook.MethodOrigin}
	case "@target-uri":
		return webhook.Origin{Kind: webhook.URLOrigin}
	case "@request-target":
		return webhook.Origin{Kind: webhook.TargetOrigin}
	case cavageTarget:
		return webhook.Origin{Kind: webhook.TargetOrigin}
	case "@path":
		return webhook.Origin{Kind: webhook.PathOrigin}
	case queryParam:
		// It was compared with its encoded form when it was read.
		name, _ := url.PathUnescape(c.query)
		return webhook.Origin{Kind: webhook.QueryOrigin, Name: name}
	case cavageCreated:
		return webhook.Origin{Kind: webhook.SignatureOrigin, Name: createdParam}
	case cavageExpires:
		return webhook.Origin{Kind: webhook.SignatureOrigin, Name: expiresParam}
	case "@authority", "@scheme", "@query":
		return webhook.Origin{}
	}
	return webhook.Origin{Kind: webhook.HeaderOrigin, Name: http.CanonicalHeaderKey(c.name)}
}
