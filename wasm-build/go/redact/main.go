//go:build wasip1

// Command redact is a transform that replaces the values of some members of a
// JSON body, wherever they stand, by "[redacted]", and leaves every other byte as
// it is. The setting "members" names them, with commas between; the setting
// "drop" names a type of event that is not sent on at all. The header X-Redacted
// says how many were replaced.
//
// It looks for strings and brackets alone and is no validator. A name that is
// written with an escape may be any name, and so its value is replaced too.
package main

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/hookseal/hookseal/hostabi/guest"
)

const mark = `"[redacted]"`

var errNotJSON = errors.New("the body is not a JSON object or array")

//go:wasmexport transform
func transform() int32 { return guest.RunTransform(forward) }

func forward(ev guest.Event) error {
	members := ev.Setting("members")
	if members == "" {
		return errors.New(`the setting "members" is missing`)
	}
	if drop := ev.Setting("drop"); drop != "" && ev.Type() == drop {
		guest.Log(guest.Info, "dropped by its type")
		return nil
	}
	body, count, err := redact(ev.Body(), strings.Split(members, ","))
	if err != nil {
		return err
	}
	ev.Emit(guest.Output{
		Body:   body,
		Header: []guest.HeaderField{{Name: "X-Redacted", Value: strconv.Itoa(count)}},
	})
	return nil
}

// redact returns the body without the values of the members, and how many it
// replaced.
func redact(in []byte, members []string) (out []byte, count int, err error) {
	out = make([]byte, 0, len(in)+256)
	kept, depth, i := 0, 0, skipSpace(in, 0)
	if i == len(in) {
		return nil, 0, errNotJSON
	}
	for i < len(in) {
		switch c := in[i]; {
		case c == '{' || c == '[':
			depth++
		case depth == 0 && !isSpace(c):
			return nil, 0, errNotJSON
		case c == '}' || c == ']':
			depth--
		case c == '"':
			end, err := endOfString(in, i)
			if err != nil {
				return nil, 0, err
			}
			colon := skipSpace(in, end)
			if colon < len(in) && in[colon] == ':' && named(members, in[i+1:end-1]) {
				value := skipSpace(in, colon+1)
				out = append(append(out, in[kept:value]...), mark...)
				if end, err = endOfValue(in, value); err != nil {
					return nil, 0, err
				}
				kept = end
				count++
			}
			i = end
			continue
		}
		i++
	}
	if depth != 0 {
		return nil, 0, errNotJSON
	}
	return append(out, in[kept:]...), count, nil
}

// named says whether a member's name, as it is written, is one of the members.
func named(members []string, name []byte) bool {
	return bytes.IndexByte(name, '\\') >= 0 ||
		slices.ContainsFunc(members, func(member string) bool { return member == string(name) })
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func skipSpace(in []byte, i int) int {
	for i < len(in) && isSpace(in[i]) {
		i++
	}
	return i
}

// endOfString returns what follows the string that begins at i.
func endOfString(in []byte, i int) (int, error) {
	for i++; i < len(in); i++ {
		switch in[i] {
		case '"':
			return i + 1, nil
		case '\\':
			i++
		}
	}
	return 0, errNotJSON
}

// endOfValue returns what follows the value that begins at i.
func endOfValue(in []byte, i int) (int, error) {
	for depth := 0; i < len(in); {
		switch c := in[i]; {
		case c == '"':
			end, err := endOfString(in, i)
			if err != nil || depth == 0 {
				return end, err
			}
			i = end
			continue
		case c == '{' || c == '[':
			depth++
		case depth == 0 && (c == ',' || c == '}' || c == ']' || isSpace(c)):
			return i, nil
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1, nil
			}
		}
		i++
	}
	return 0, errNotJSON
}

func main() {}
