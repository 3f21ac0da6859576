package tomlfile

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// checkText returns the text of a file without its byte order mark. It refuses
// bytes that TOML allows nowhere, of which the parser gives the place less well.
func checkText(name string, data []byte) (string, error) {
	if len(data) > MaxSize {
		return "", Faults{{File: name, Message: fmt.Sprintf("the file is larger than the limit of %s", Size(MaxSize))}}
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	for offset, r := range text {
		if _, size := utf8.DecodeRuneInString(text[offset:]); r == utf8.RuneError && size == 1 {
			return "", syntaxFault(name, text, offset, "", fmt.Sprintf("byte 0x%02x is not UTF-8", text[offset]))
		}
		if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f {
			return "", syntaxFault(name, text, offset, "", fmt.Sprintf("control character 0x%02x", r))
		}
	}
	return text, nil
}

// parseTable returns the values of a document.
func parseTable(name, text string) (map[string]any, error) {
	var table map[string]any
	_, err := toml.Decode(text, &table)
	if err == nil {
		return plainTable(table), nil
	}
	var parse toml.ParseError
	if !errors.As(err, &parse) {
		return nil, Faults{{File: name, Message: oneLine(err.Error())}}
	}
	offset := min(max(parse.Position.Start, 0), len(text))
	if key, ok := definedTwice(parse.Message); ok {
		return nil, syntaxFault(name, text, offset, key, "defined twice"+firstDefinition(text, offset, key))
	}
	return nil, syntaxFault(name, text, offset, parse.LastKey, reword(parse.Message))
}

func syntaxFault(name, text string, offset int, key, message string) Faults {
	return Faults{{
		File:    name,
		Line:    linesOf(text).at(offset),
		Column:  column(text, offset),
		Key:     oneLine(key),
		Message: oneLine(message),
	}}
}

// reword says what the parser's message means for the commonest slips. It keeps
// the text of the file out of it: an unquoted value may be a secret.
func reword(message string) string {
	if strings.HasPrefix(message, "expected value but found ") {
		return `expected a value; write text in quotes: "…"`
	}
	// What follows is the start of the string.
	message, _, _ = strings.Cut(message, `, but got "`)
	if strings.HasPrefix(message, "invalid escape") || strings.Contains(message, " hexadecimal digits after ") {
		message += "; write text with backslashes in single quotes: '…'"
	}
	// The parser takes the end for a null byte, of which checkText found none.
	message = strings.ReplaceAll(message, `got '\x00' instead`, "got the end of the file")
	word, _, _ := strings.Cut(message, " ")
	if word != strings.ToUpper(word) {
		message = strings.ToLower(word) + message[len(word):]
	}
	return strings.TrimSuffix(message, ".")
}

// definedTwice returns the key of the parser's message about a second definition.
func definedTwice(message string) (key string, ok bool) {
	key, ok = strings.CutPrefix(message, "Key '")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(key, "' has already been defined.")
}

// firstDefinition says on which line before offset the key stands.
func firstDefinition(text string, offset int, key string) string {
	starts := linesOf(text)
	before := text[:starts[starts.at(offset)-1]]
	places, _ := scan(before)
	first := spot{lines: starts, place: places}.find(key)
	if first.place == nil {
		return ""
	}
	return fmt.Sprintf("; first on line %d", first.line)
}
