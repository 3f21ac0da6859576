package script

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"strings"
	"unicode/utf8"

	"github.com/dop251/goja"
)

// digest(algorithm, data, encoding) is the digest of a string, as UTF-8, or of
// bytes, written in hex unless another encoding is named.
func (c *call) digest(args goja.FunctionCall) goja.Value {
	var sum hash.Hash
	switch name := args.Argument(0).String(); name {
	case "md5":
		sum = md5.New()
	case "sha1":
		sum = sha1.New()
	case "sha256":
		sum = sha256.New()
	case "sha384":
		sum = sha512.New384()
	case "sha512":
		sum = sha512.New()
	default:
		panic(c.vm.NewTypeError("digest: %q is no algorithm, want md5, sha1, sha256, sha384 or sha512", name))
	}
	sum.Write(c.bytesOf("digest", args.Argument(1)))
	encoding := "hex"
	if v := args.Argument(2); !goja.IsUndefined(v) {
		encoding = v.String()
	}
	switch encoding {
	case "hex":
		return c.vm.ToValue(hex.EncodeToString(sum.Sum(nil)))
	case "base64":
		return c.vm.ToValue(base64.StdEncoding.EncodeToString(sum.Sum(nil)))
	case "base64url":
		return c.vm.ToValue(base64.RawURLEncoding.EncodeToString(sum.Sum(nil)))
	}
	panic(c.vm.NewTypeError("digest: %q is no encoding, want hex, base64 or base64url", encoding))
}

// bytesOf gives the bytes of a string, an ArrayBuffer or a view of one.
func (c *call) bytesOf(who string, v goja.Value) []byte {
	if text, ok := v.(goja.String); ok {
		return []byte(text.String())
	}
	if object, ok := v.(*goja.Object); ok {
		if buffer, ok := object.Export().(goja.ArrayBuffer); ok {
			return buffer.Bytes()
		}
		if inner, ok := object.Get("buffer").(*goja.Object); ok {
			if buffer, ok := inner.Export().(goja.ArrayBuffer); ok {
				all := buffer.Bytes()
				from := min(max(0, object.Get("byteOffset").ToInteger()), int64(len(all)))
				to := min(max(from, from+object.Get("byteLength").ToInteger()), int64(len(all)))
				return all[from:to]
			}
		}
	}
	panic(c.vm.NewTypeError("%s: the data is %s, want a string, a Uint8Array or an ArrayBuffer", who, describe(v)))
}

// btoa writes text, whose characters are taken for bytes, in base64.
func (c *call) btoa(args goja.FunctionCall) goja.Value {
	text, ok := args.Argument(0).ToString().(goja.String)
	if !ok {
		panic(c.vm.NewTypeError("btoa: %s is no text", describe(args.Argument(0))))
	}
	raw := make([]byte, text.Length())
	for i := range raw {
		unit := text.CharAt(i)
		if unit > 0xff {
			panic(c.vm.NewTypeError("btoa: the text has characters beyond U+00FF; encode it first, as by new TextEncoder().encode(text)"))
		}
		raw[i] = byte(unit)
	}
	return c.vm.ToValue(base64.StdEncoding.EncodeToString(raw))
}

// atob is the inverse of btoa, forgiving as the Infra Standard says: white space
// and the padding at the end may be left out.
func (c *call) atob(args goja.FunctionCall) goja.Value {
	text := strings.Map(func(r rune) rune {
		if strings.ContainsRune("\t\n\f\r ", r) {
			return -1
		}
		return r
	}, args.Argument(0).String())
	if len(text)%4 == 0 {
		text = strings.TrimSuffix(strings.TrimSuffix(text, "="), "=")
	}
	raw, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil {
		panic(c.vm.NewTypeError("atob: the text is not base64"))
	}
	units := make([]uint16, len(raw))
	for i, b := range raw {
		units[i] = uint16(b)
	}
	return goja.StringFromUTF16(units)
}

// textHost is what TextEncoder and TextDecoder are made from.
func (c *call) textHost() map[string]func(goja.FunctionCall) goja.Value {
	return map[string]func(goja.FunctionCall) goja.Value{
		"encode": func(args goja.FunctionCall) goja.Value {
			return c.vm.ToValue(c.vm.NewArrayBuffer([]byte(args.Argument(0).String())))
		},
		"decode": func(args goja.FunctionCall) goja.Value {
			if goja.IsString(args.Argument(0)) {
				panic(c.vm.NewTypeError("TextDecoder: the data is a string, want a Uint8Array or an ArrayBuffer"))
			}
			raw := c.bytesOf("TextDecoder", args.Argument(0))
			if args.Argument(1).ToBoolean() && !utf8.Valid(raw) {
				panic(c.vm.NewTypeError("TextDecoder: the data is not UTF-8"))
			}
			text := decodeUTF8(raw)
			if !args.Argument(2).ToBoolean() {
				text = strings.TrimPrefix(text, "\ufeff")
			}
			return c.vm.ToValue(text)
		},
	}
}

// decodeUTF8 puts one U+FFFD in the place of each maximal subpart of an
// ill-formed sequence, as the Encoding Standard does.
func decodeUTF8(raw []byte) string {
	if utf8.Valid(raw) {
		return string(raw)
	}
	var text strings.Builder
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		if r == utf8.RuneError && size == 1 {
			size = maximalSubpart(raw)
		}
		text.WriteRune(r)
		raw = raw[size:]
	}
	return text.String()
}

// maximalSubpart returns the length of the longest beginning of an ill-formed
// sequence that some character has: The Unicode Standard, table 3-7.
func maximalSubpart(raw []byte) int {
	lead := raw[0]
	length, low, high := 0, byte(0x80), byte(0xbf)
	switch {
	case lead >= 0xe0 && lead <= 0xef:
		length = 3
	case lead >= 0xf0 && lead <= 0xf4:
		length = 4
	}
	switch lead {
	case 0xe0:
		low = 0xa0
	case 0xed:
		high = 0x9f
	case 0xf0:
		low = 0x90
	case 0xf4:
		high = 0x8f
	}
	n := 1
	for n < length && n < len(raw) && raw[n] >= low && raw[n] <= high {
		n, low, high = n+1, 0x80, 0xbf
	}
	return n
}

// cloneHost is what structuredClone is made from: a value that came from JSON
// and was not touched is built anew from its text, so that its copy keeps it.
func (c *call) cloneHost() map[string]func(goja.FunctionCall) goja.Value {
	return map[string]func(goja.FunctionCall) goja.Value{
		"parsed": func(args goja.FunctionCall) goja.Value {
			object, _ := args.Argument(0).(*goja.Object)
			built := c.parsed[object]
			if built == nil || (&jsonWriter{call: c}).touched(object, built) {
				return goja.Undefined()
			}
			return c.build(built.source)
		},
	}
}
