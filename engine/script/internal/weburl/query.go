package weburl

import "strings"

// ParseQuery reads application/x-www-form-urlencoded text, names and values by
// turns.
func ParseQuery(text string) [][2]string {
	var pairs [][2]string
	for item := range strings.SplitSeq(text, "&") {
		if item == "" {
			continue
		}
		name, value, _ := strings.Cut(strings.ReplaceAll(item, "+", " "), "=")
		pairs = append(pairs, [2]string{unescape(name), unescape(value)})
	}
	return pairs
}

// FormatQuery is the inverse of [ParseQuery].
func FormatQuery(pairs [][2]string) string {
	var text strings.Builder
	for i, pair := range pairs {
		if i > 0 {
			text.WriteByte('&')
		}
		text.WriteString(formText(pair[0]) + "=" + formText(pair[1]))
	}
	return text.String()
}

func formText(text string) string {
	escaped := escape(text, "!\"#$%&'()+,/:;<=>?@[\\]^`{|}~")
	return strings.ReplaceAll(escaped, " ", "+")
}
