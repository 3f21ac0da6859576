package scheme

import (
	"strings"
	"time"
)

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
