package scheme

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// composition is a template of a reply, in which {answer} and {token} may stand
// beside the values of the request.
type composition []composed

type composed struct {
	kind    composedKind
	literal string
	value   *reference
}

type composedKind uint8

const (
	literalPart composedKind = iota
	valuePart
	answerPart
	tokenPart
)

// parseComposition compiles text. What names its place, for the error.
func parseComposition(what, text string, settings map[string]string) (composition, error) {
	var c composition
	for rest := text; rest != ""; {
		before, mark, kind := cutMark(rest)
		rest = rest[len(before)+len(mark):]
		t, err := parseTemplate(before, settings)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", what, err)
		}
		for _, seg := range t {
			switch seg.kind {
			case webhook.Literal:
				c = append(c, composed{kind: literalPart, literal: seg.literal})
			case webhook.FromValue:
				c = append(c, composed{kind: valuePart, value: seg.value})
			default:
				return nil, fmt.Errorf("%s: %q takes single values of the request, settings, {answer} and {token}", what, text)
			}
		}
		if mark != "" {
			c = append(c, composed{kind: kind})
		}
	}
	return c, nil
}

// cutMark returns what stands before the first {answer} or {token}, and which of
// them it is.
func cutMark(text string) (before, mark string, kind composedKind) {
	before = text
	for m, k := range map[string]composedKind{"{answer}": answerPart, "{token}": tokenPart} {
		if i := strings.Index(text, m); i >= 0 && i < len(before) {
			before, mark, kind = text[:i], m, k
		}
	}
	return before, mark, kind
}

func (c composition) has(kind composedKind) bool {
	return slices.ContainsFunc(c, func(p composed) bool { return p.kind == kind })
}

func (c composition) references() []*reference {
	var refs []*reference
	for _, p := range c {
		if p.kind == valuePart {
			refs = append(refs, p.value)
		}
	}
	return refs
}

// oneLine reports whether the literals can stand in a header.
func (c composition) oneLine() bool {
	for _, p := range c {
		if strings.ContainsFunc(p.literal, func(r rune) bool { return r < ' ' || r > '~' }) {
			return false
		}
	}
	return true
}

// answers is what a composition is filled with beside the request.
type answers struct {
	limit         *limit
	answer, token string
	// freeURL lets the URL stand in what is only digested.
	freeURL bool
}

// compose fills a composition.
func (j *judge) compose(c composition, with answers) (string, webhook.Verdict) {
	var b strings.Builder
	for _, p := range c {
		switch p.kind {
		case literalPart:
			b.WriteString(p.literal)
		case answerPart:
			b.WriteString(with.answer)
		case tokenPart:
			b.WriteString(with.token)
		case valuePart:
			v, refusal := j.resolve(p.value)
			switch {
			case refusal.Reason != "":
				return "", refusal
			case !v.Found:
				return "", webhook.Rejected(webhook.FieldMissing, p.value.source+" is absent")
			case with.freeURL && v.Origin.Kind == webhook.URLOrigin:
			case !with.limit.allows(v.Text):
				return "", webhook.Rejected(webhook.FieldMalformed, p.value.source+" is no challenge that can be given back")
			}
			b.WriteString(v.Text)
		}
	}
	return b.String(), webhook.Verdict{}
}
