package scheme

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

const (
	stringifyECMAScript = "stringify:ecmascript"
	sortUniquePipe      = "sort-unique"
)

// pipe turns one text into another; it reports false when the text is not of
// the form that the pipe is for.
type pipe struct {
	name  string
	apply func(text string) (string, bool)
}

// Pipes lists the pipes with the provider that needs each.
func Pipes() map[string]string {
	return map[string]string{
		stringifyECMAScript: "the body as JSON.stringify(JSON.parse(body)) writes it (Chaindoc)",
		"uuid:N":            "a GUID as its 32 lower-case hex digits (smino)",
		"sort-unique":       "the fields of a form in order, each name and value once, run together (Twilio)",
		"with-port":         "the URL with the standard port of its scheme where it names none (Twilio)",
		"without-port":      "the URL without its port (Twilio)",
		"dotnet-invariant":  "an ISO 8601 moment as DateTime.ToString writes it in the invariant culture of .NET (smino)",
	}
}

func parsePipe(name string) (pipe, error) {
	switch name {
	case stringifyECMAScript:
		return pipe{name: name}, nil
	case "uuid:N":
		return pipe{name, guidN}, nil
	case "dotnet-invariant":
		return pipe{name, dotNetInvariant}, nil
	case sortUniquePipe:
		return pipe{name, sortUnique}, nil
	case "with-port":
		return pipe{name, withPort}, nil
	case "without-port":
		return pipe{name, withoutPort}, nil
	}
	return pipe{}, fmt.Errorf("unknown pipe %q; pipes are %s", name, strings.Join(slices.Sorted(maps.Keys(Pipes())), ", "))
}

// owner returns the value that a pipe is for, where it is for one alone.
func (p pipe) owner() string {
	switch p.name {
	case stringifyECMAScript:
		return "body"
	case sortUniquePipe:
		return wholeForm
	case "with-port", "without-port":
		return "url"
	}
	return ""
}

// checkPipes refuses a pipe on a value that it is not for, and a form without
// the pipe that makes a text of it.
func checkPipes(name string, pipes []pipe) error {
	for _, p := range pipes {
		if of := p.owner(); of != "" && of != name {
			return fmt.Errorf("{%s}: the pipe %s belongs to {%s}", name, p.name, of)
		}
	}
	if name == wholeForm && (len(pipes) != 1 || pipes[0].name != sortUniquePipe) {
		return fmt.Errorf("{%s}: the form takes the pipe %s, and that alone", name, sortUniquePipe)
	}
	return nil
}

// guidN reads a GUID in the forms D, N, B and P of .NET's Guid.Parse and writes
// it in form N. See https://learn.microsoft.com/dotnet/api/system.guid.tostring.
func guidN(text string) (string, bool) {
	if n := len(text); n == 38 && (text[0] == '{' && text[37] == '}' || text[0] == '(' && text[37] == ')') {
		text = text[1:37]
		if len(text) != 36 {
			return "", false
		}
	}
	if len(text) == 36 {
		if text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' {
			return "", false
		}
		text = text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	}
	if len(text) != 32 {
		return "", false
	}
	for _, c := range []byte(text) {
		if !('0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F') {
			return "", false
		}
	}
	return strings.ToLower(text), true
}

// dotNetLayout is the general date and time pattern of .NET's invariant culture.
const dotNetLayout = "01/02/2006 15:04:05"

func dotNetInvariant(text string) (string, bool) {
	t, ok := parseISO(text, false)
	if !ok {
		return "", false
	}
	return t.UTC().Format(dotNetLayout), true
}

// parseISO reads the profile of ISO 8601 that RFC 3339 describes; without a
// zone, where that is allowed, it is UTC.
func parseISO(text string, zone bool) (time.Time, bool) {
	if len(text) < len("2006-01-02T15:04:05") || text[10] != 'T' || strings.ContainsRune(text, ',') {
		return time.Time{}, false
	}
	if t, err := time.Parse("2006-01-02T15:04:05Z07:00", text); err == nil {
		return t, true
	}
	if zone {
		return time.Time{}, false
	}
	t, err := time.Parse("2006-01-02T15:04:05", text)
	return t, err == nil
}
