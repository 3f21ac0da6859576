package scripttest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hookseal/hookseal/engine/webhook"
)

const dropped = "(dropped)\n"

// Show writes outputs as text to be read and compared line by line: members of
// JSON on lines of their own, each with the text that it has.
func Show(outputs []webhook.Output) string {
	if len(outputs) == 0 {
		return dropped
	}
	var text strings.Builder
	for i := range outputs {
		out := &outputs[i]
		(&output{Type: &out.Type, ContentType: &out.ContentType, Headers: flat(out.Header), JSON: new(string)}).showActual(&text, out)
	}
	return text.String()
}

// show writes what an output is stated to be.
func (o *output) show(text *strings.Builder) {
	o.showHead(text)
	if o.JSON != nil {
		text.WriteString(showJSON([]byte(*o.JSON)))
	} else {
		text.WriteString(showText([]byte(*o.Body)))
	}
}

// showActual writes what of an output is stated.
func (o *output) showActual(text *strings.Builder, out *webhook.Output) {
	actual := output{}
	if o.Type != nil {
		actual.Type = &out.Type
	}
	if o.ContentType != nil {
		actual.ContentType = &out.ContentType
	}
	if o.Headers != nil {
		actual.Headers = flat(out.Header)
	}
	actual.showHead(text)
	if o.JSON != nil || o.Body == nil {
		text.WriteString(showJSON(out.Body))
	} else {
		text.WriteString(showText(out.Body))
	}
}

func (o *output) showHead(text *strings.Builder) {
	if text.Len() > 0 {
		text.WriteString("\n")
	}
	if o.Type != nil {
		fmt.Fprintf(text, "type: %s\n", *o.Type)
	}
	if o.ContentType != nil {
		fmt.Fprintf(text, "content type: %s\n", *o.ContentType)
	}
	for _, name := range slices.Sorted(maps.Keys(o.Headers)) {
		fmt.Fprintf(text, "%s: %s\n", http.CanonicalHeaderKey(name), o.Headers[name])
	}
}

func flat(header http.Header) map[string]string {
	fields := map[string]string{}
	for name, values := range header {
		fields[name] = strings.Join(values, ", ")
	}
	return fields
}

// showJSON indents JSON, and shows everything else as text.
func showJSON(body []byte) string {
	var indented bytes.Buffer
	if json.Indent(&indented, bytes.TrimSpace(body), "", "  ") != nil {
		return showText(body)
	}
	return printable(indented.String()) + "\n"
}

// showText shows a body so that no two look the same.
func showText(body []byte) string {
	if !utf8.Valid(body) || strings.ContainsFunc(string(body), func(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsPrint(r) }) {
		return strconv.Quote(string(body)) + "\n"
	}
	if text, ended := strings.CutSuffix(string(body), "\n"); ended {
		return text + "\n(a line end)\n"
	}
	return string(body) + "\n"
}

// printable escapes what a terminal would act on. Within JSON that stands in
// strings alone.
func printable(text string) string {
	if !strings.ContainsFunc(text, hidden) && utf8.ValidString(text) {
		return text
	}
	var out strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd"):
			fmt.Fprintf(&out, `\x%02x`, text[i])
		case hidden(r):
			fmt.Fprintf(&out, `\u{%x}`, r)
		default:
			out.WriteRune(r)
		}
	}
	return out.String()
}

func hidden(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsPrint(r) }
