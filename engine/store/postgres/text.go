package postgres

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"
)

// escape begins a text that is kept as hexadecimal digits.
const escape = `\x`

// encodeText returns a text as PostgreSQL can hold it, which refuses NUL and
// invalid UTF-8. Nearly every text is kept as it is.
func encodeText(s string) string {
	if strings.IndexByte(s, 0) < 0 && !strings.HasPrefix(s, escape) && utf8.ValidString(s) {
		return s
	}
	return escape + hex.EncodeToString([]byte(s))
}

// decodeText reads what [encodeText] wrote.
func decodeText(s string) (string, error) {
	digits, escaped := strings.CutPrefix(s, escape)
	if !escaped {
		return s, nil
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		return "", fmt.Errorf("text of %d bytes in the database is damaged", len(s))
	}
	return string(b), nil
}

// text is a column that is read by [decodeText].
type text struct{ into *string }

// Scan implements sql.Scanner. Null reads as empty.
func (t text) Scan(value any) (err error) {
	*t.into, err = decodeText(characters(value))
	return err
}

// characters returns what the driver hands out for a column of texts.
func characters(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case []byte:
		return string(v)
	}
	return ""
}

// encodeHeader writes fields as JSON whose texts are encoded. No fields are the
// empty text.
func encodeHeader(h http.Header) (string, error) {
	if len(h) == 0 {
		return "", nil
	}
	fields := make(map[string][]string, len(h))
	for name, values := range h {
		encoded := make([]string, len(values))
		for i, value := range values {
			encoded[i] = encodeText(value)
		}
		fields[encodeText(name)] = encoded
	}
	b, err := json.Marshal(fields)
	return string(b), err
}

// header is a column that holds what [encodeHeader] wrote.
type header struct{ into *http.Header }

// Scan implements sql.Scanner. Null reads as nil.
func (h header) Scan(value any) error {
	s := characters(value)
	if s == "" {
		*h.into = nil
		return nil
	}
	var fields map[string][]string
	if err := json.Unmarshal([]byte(s), &fields); err != nil {
		return fmt.Errorf("header fields in the database are damaged: %w", err)
	}
	decoded := make(http.Header, len(fields))
	for name, values := range fields {
		name, err := decodeText(name)
		if err != nil {
			return err
		}
		for i := range values {
			if values[i], err = decodeText(values[i]); err != nil {
				return err
			}
		}
		decoded[name] = values
	}
	*h.into = decoded
	return nil
}
