package catalog

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hookseal/hookseal/engine/tomlfile"
)

var (
	// namesHandshake and namesKey are how a fault of a scheme may say where it is.
	namesHandshake = regexp.MustCompile(`^handshake (\d+): `)
	namesKey       = regexp.MustCompile(`^([a-z_]+(?:\.[a-z_]+)*) = `)
	// quotes finds what a fault cites.
	quotes = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
)

// keyOfFault finds the key of a provider.toml that a fault of its scheme is about,
// by the key that the fault names or the text that it cites. Where neither helps
// it is the table as a whole.
func keyOfFault(doc *tomlfile.Document, message string) string {
	top := "scheme"
	if m := namesHandshake.FindStringSubmatch(message); m != nil {
		n, _ := strconv.Atoi(m[1]) // which the pattern has made a number
		top, message = fmt.Sprintf("handshake[%d]", n-1), message[len(m[0]):]
	}
	if m := namesKey.FindStringSubmatch(message); m != nil {
		if strings.HasPrefix(m[1], "event.") {
			return m[1]
		}
		return top + "." + m[1]
	}
	var table map[string]any
	if err := doc.Decode(&table); err != nil {
		return top
	}
	texts := map[string]string{}
	collectTexts("", table, texts)
	for _, cited := range quotes.FindAllString(message, -1) {
		text, err := strconv.Unquote(cited)
		if err != nil || text == "" {
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(texts)) {
			if texts[key] == text && (strings.HasPrefix(key, top) || strings.HasPrefix(key, "event.")) {
				return key
			}
		}
	}
	return top
}

// collectTexts gathers the texts below a value, by their keys.
func collectTexts(key string, value any, into map[string]string) {
	switch v := value.(type) {
	case string:
		into[key] = v
	case map[string]any:
		for name, below := range v {
			at := tomlfile.Key(name)
			if key != "" {
				at = key + "." + at
			}
			collectTexts(at, below, into)
		}
	case []any:
		for i, below := range v {
			collectTexts(fmt.Sprintf("%s[%d]", key, i), below, into)
		}
	case []map[string]any:
		for i, below := range v {
			collectTexts(fmt.Sprintf("%s[%d]", key, i), below, into)
		}
	}
}
