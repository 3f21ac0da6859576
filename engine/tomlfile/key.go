package tomlfile

import (
	"strconv"
	"strings"
)

// Key writes names as the dotted key that [Document.Fault] takes, and quotes
// those that TOML does not take bare. An index is appended by hand:
//
//	tomlfile.Key("source", name, "secrets") + "[1]"
func Key(names ...string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = quoteName(name)
	}
	return strings.Join(quoted, ".")
}

func quoteName(name string) string {
	if name != "" && strings.IndexFunc(name, func(r rune) bool { return r > 'z' || !isBare(byte(r)) }) < 0 {
		return name
	}
	var quoted strings.Builder
	quoted.WriteByte('"')
	for _, r := range name {
		switch {
		case r == '"' || r == '\\':
			quoted.WriteByte('\\')
			quoted.WriteRune(r)
		default:
			quoted.WriteString(oneLine(string(r)))
		}
	}
	quoted.WriteByte('"')
	return quoted.String()
}

func isBare(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

// underKey writes the key that stands at inner below outer.
func underKey(outer, inner string) string {
	if outer == "" || inner == "" || inner[0] == '[' {
		return outer + inner
	}
	return outer + "." + inner
}

// step is one step into a document: into a table by name, or into an array by
// index.
type step struct {
	name    string
	index   int
	isIndex bool
}

// splitKey reads a key as [Fault] writes it. It reports false for text that is
// no key, together with the steps before the trouble.
func splitKey(key string) ([]step, bool) {
	var steps []step
	s := scanner{text: key}
	for s.pos < len(key) {
		switch {
		case s.peek() == '[':
			digits, _, closed := strings.Cut(key[s.pos+1:], "]")
			index, err := strconv.Atoi(digits)
			if !closed || err != nil || index < 0 {
				return steps, false
			}
			steps = append(steps, step{index: index, isIndex: true})
			s.pos += len(digits) + 2
			continue
		case len(steps) > 0 && !s.take("."):
			return steps, false
		}
		name, ok := s.name()
		if !ok {
			return steps, false
		}
		steps = append(steps, step{name: name})
	}
	return steps, true
}
