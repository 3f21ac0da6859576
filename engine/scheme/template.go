package scheme

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// template is a parsed template: literals and values in order.
type template []segment

type segment struct {
	kind    webhook.PartKind
	literal string
	value   *reference // of FromValue
}

// reference is one value in braces.
type reference struct {
	origin webhook.Origin
	// either is the second place of "a or b".
	either *webhook.Origin
	pipes  []pipe
	source string
	// whole says that the value is the form, not a field of it.
	whole bool
}

// wholeForm is the value that stands for all fields of a form.
const wholeForm = "form"

// parseTemplate compiles text. Values of settings become literals.
func parseTemplate(text string, settings map[string]string) (template, error) {
	var t template
	var literal strings.Builder
	flush := func() {
		if literal.Len() > 0 {
			t = append(t, segment{kind: webhook.Literal, literal: literal.String()})
			literal.Reset()
		}
	}
	for rest := text; rest != ""; {
		i := strings.IndexAny(rest, "{}")
		if i < 0 {
			literal.WriteString(rest)
			break
		}
		literal.WriteString(rest[:i])
		brace := rest[i]
		rest = rest[i+1:]
		if rest != "" && rest[0] == brace {
			literal.WriteByte(brace)
			rest = rest[1:]
			continue
		}
		if brace == '}' {
			return nil, fmt.Errorf("template %q: a } without its {; write }} for the brace itself", text)
		}
		inner, after, ok := strings.Cut(rest, "}")
		if !ok {
			return nil, fmt.Errorf("template %q: a { without its }; write {{ for the brace itself", text)
		}
		rest = after
		if name, ok := strings.CutPrefix(strings.TrimSpace(inner), "setting."); ok {
			value, ok := settings[name]
			if !ok {
				return nil, fmt.Errorf("template %q: no setting %q", text, name)
			}
			literal.WriteString(value)
			continue
		}
		flush()
		seg, err := parseSegment(inner)
		if err != nil {
			return nil, fmt.Errorf("template %q: %w", text, err)
		}
		t = append(t, seg)
	}
	flush()
	return t, nil
}

// parseSegment reads what stands between the braces.
func parseSegment(inner string) (segment, error) {
	fields := strings.Split(inner, "|")
	name := strings.TrimSpace(fields[0])
	pipes := make([]pipe, 0, len(fields)-1)
	for _, f := range fields[1:] {
		p, err := parsePipe(strings.TrimSpace(f))
		if err != nil {
			return segment{}, err
		}
		pipes = append(pipes, p)
	}
	switch name {
	case "body":
		if len(pipes) == 0 {
			return segment{kind: webhook.RawBody}, nil
		}
		if len(pipes) == 1 && pipes[0].name == stringifyECMAScript {
			return segment{kind: webhook.ECMAScriptBody}, nil
		}
		return segment{}, fmt.Errorf("{%s}: the body takes the pipe %s alone", inner, stringifyECMAScript)
	case "secret":
		if len(pipes) > 0 {
			return segment{}, fmt.Errorf("{%s}: the secret takes no pipe; prepare it with key", inner)
		}
		return segment{kind: webhook.SecretText}, nil
	}
	ref, err := parseReference(name)
	if err != nil {
		return segment{}, err
	}
	if err := checkPipes(name, pipes); err != nil {
		return segment{}, err
	}
	ref.pipes = pipes
	return segment{kind: webhook.FromValue, value: ref}, nil
}

func parseReference(name string) (*reference, error) {
	if name == wholeForm {
		return &reference{origin: webhook.Origin{Kind: webhook.FormOrigin}, source: name, whole: true}, nil
	}
	first, second, twice := strings.Cut(name, " or ")
	origin, err := parseOrigin(strings.TrimSpace(first))
	if err != nil {
		return nil, err
	}
	ref := &reference{origin: origin, source: name}
	if twice {
		either, err := parseOrigin(strings.TrimSpace(second))
		if err != nil {
			return nil, err
		}
		ref.either = &either
	}
	return ref, nil
}

func parseOrigin(name string) (webhook.Origin, error) {
	switch name {
	case "method":
		return webhook.Origin{Kind: webhook.MethodOrigin}, nil
	case "path":
		return webhook.Origin{Kind: webhook.PathOrigin}, nil
	case "url":
		return webhook.Origin{Kind: webhook.URLOrigin}, nil
	}
	place, member, ok := strings.Cut(name, ".")
	if !ok || member == "" {
		return webhook.Origin{}, unknownValue(name)
	}
	switch place {
	case "header":
		return webhook.Origin{Kind: webhook.HeaderOrigin, Name: http.CanonicalHeaderKey(member)}, nil
	case "query":
		return webhook.Origin{Kind: webhook.QueryOrigin, Name: member}, nil
	case "form":
		return webhook.Origin{Kind: webhook.FormOrigin, Name: member}, nil
	case "json":
		return webhook.Origin{Kind: webhook.JSONOrigin, Name: member}, nil
	case "sig":
		return webhook.Origin{Kind: webhook.SignatureOrigin, Name: member}, nil
	}
	return webhook.Origin{}, unknownValue(name)
}

func unknownValue(name string) error {
	return fmt.Errorf("unknown value {%s}; values are body, form, secret, method, path, url, header.NAME, query.NAME, form.NAME, json.PATH, sig.NAME, setting.NAME", name)
}

// parseSingle compiles text that is one value and nothing else. What names the
// place of the text, for the error.
func parseSingle(what, text string, settings map[string]string) (*reference, error) {
	t, err := parseTemplate(text, settings)
	if err != nil {
		return nil, err
	}
	ref, ok := t.single()
	if !ok {
		return nil, fmt.Errorf("%s: %q must be one value in braces", what, text)
	}
	return ref, nil
}

// single returns the only value of a template that is nothing else.
func (t template) single() (*reference, bool) {
	if len(t) == 1 && t[0].kind == webhook.FromValue {
		return t[0].value, true
	}
	return nil, false
}
