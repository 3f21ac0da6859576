package scheme

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// template is a parsed template: literals and values in order.
type template []segment

type segment struct {
	kind    webhook.PartKind
	literal string
	value   *reference  // of FromValue
	nested  *digestPlan // of Nested
}

// language is what a template may refer to beside the request.
type language struct {
	settings map[string]string
	// parts are the templates that others take in by {part.NAME}.
	parts map[string]template
}

// parseTemplate compiles text that refers to no named part.
func parseTemplate(text string, settings map[string]string) (template, error) {
	return language{settings: settings}.parse(text)
}

// parse compiles text. Values of settings become literals.
func (l language) parse(text string) (template, error) {
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
		inner, after, ok := cutQuoted(rest, '}')
		if !ok {
			return nil, fmt.Errorf("template %q: a { without its }; write {{ for the brace itself", text)
		}
		rest = after
		if name, ok := strings.CutPrefix(strings.TrimSpace(inner), "setting."); ok {
			value, ok := l.settings[name]
			if !ok {
				return nil, fmt.Errorf("template %q: no setting %q", text, name)
			}
			literal.WriteString(value)
			continue
		}
		flush()
		segments, err := l.segment(inner)
		if err != nil {
			return nil, fmt.Errorf("template %q: %w", text, err)
		}
		t = append(t, segments...)
	}
	flush()
	return t, nil
}

// cutQuoted cuts text around the first separator that stands outside single
// quotes.
func cutQuoted(text string, separator byte) (before, after string, found bool) {
	quoted := false
	for i := range len(text) {
		switch {
		case text[i] == '\'':
			quoted = !quoted
		case text[i] == separator && !quoted:
			return text[:i], text[i+1:], true
		}
	}
	return text, "", false
}

// splitOutsideQuotes splits text at each separator outside single quotes.
func splitOutsideQuotes(text string, separator byte) []string {
	var parts []string
	for {
		before, after, found := cutQuoted(text, separator)
		parts = append(parts, before)
		if !found {
			return parts
		}
		text = after
	}
}

// parseSingle compiles text that is one value and nothing else. What names the
// place of the text, for the error.
func parseSingle(what, text string, settings map[string]string) (*reference, error) {
	return language{settings: settings}.single(what, text)
}

func (l language) single(what, text string) (*reference, error) {
	t, err := l.parse(text)
	if err != nil {
		return nil, err
	}
	ref, ok := t.single()
	if !ok {
		return nil, fmt.Errorf("%s: %q must be one value in braces", what, text)
	}
	return ref, nil
}

// single returns the only value of a template that is nothing else. The body
// alone is a value too.
func (t template) single() (*reference, bool) {
	if len(t) != 1 {
		return nil, false
	}
	switch t[0].kind {
	case webhook.FromValue:
		return t[0].value, true
	case webhook.RawBody:
		return &reference{origins: []webhook.Origin{{Kind: webhook.BodyOrigin}}, source: "body"}, true
	}
	return nil, false
}

// has reports a kind of segment anywhere in the template.
func (t template) has(kind webhook.PartKind) bool {
	return slices.ContainsFunc(t, func(seg segment) bool {
		return seg.kind == kind || seg.kind == webhook.Nested && seg.nested.of.has(kind)
	})
}

// references returns the values of a template, those in nested digests too.
func (t template) references() []*reference {
	var refs []*reference
	for _, seg := range t {
		switch seg.kind {
		case webhook.FromValue:
			refs = append(refs, seg.value)
		case webhook.Nested:
			refs = append(refs, seg.nested.of.references()...)
		}
	}
	return refs
}

// binding returns what the text of the template vouches for: a nested digest of
// which two messages can be made vouches for none of them.
func (t template) binding() template {
	var out template
	for _, seg := range t {
		switch {
		case seg.kind != webhook.Nested:
			out = append(out, seg)
		case binds(seg.nested.algorithm):
			out = append(out, seg.nested.of.binding()...)
		}
	}
	return out
}
