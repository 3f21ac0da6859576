package scheme

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

var strictBase64URL = base64.RawURLEncoding.Strict()

// appendDecoded appends the bytes of text, read strictly: no trailing bytes, no
// other alphabet, no line breaks, no unused bits. It returns the bytes alone as
// well, and false if the text is not in the encoding.
func appendDecoded(dst []byte, text string, enc webhook.Encoding) (rest, decoded []byte, ok bool) {
	start := len(dst)
	dst = append(dst, text...)
	raw := dst[start:]
	var n int
	var err error
	switch enc {
	case webhook.Hex, webhook.HexUpper:
		n, err = hex.Decode(raw, raw)
	case webhook.Base64:
		if strings.ContainsAny(text, "\r\n") {
			return dst[:start], nil, false
		}
		n, err = strictBase64.Decode(raw, raw)
	case webhook.Base64URL:
		if strings.ContainsAny(text, "\r\n") {
			return dst[:start], nil, false
		}
		trimmed := strings.TrimRight(text, "=")
		n, err = strictBase64URL.Decode(raw, raw[:len(trimmed)])
	default:
		n = len(raw)
	}
	if err != nil {
		return dst[:start], nil, false
	}
	return dst[:start+n], dst[start : start+n : start+n], true
}

// appendEncoded appends the text of raw.
func appendEncoded(dst, raw []byte, enc webhook.Encoding) []byte {
	switch enc {
	case webhook.Hex:
		return hex.AppendEncode(dst, raw)
	case webhook.HexUpper:
		start := len(dst)
		dst = hex.AppendEncode(dst, raw)
		for i, c := range dst[start:] {
			if 'a' <= c && c <= 'f' {
				dst[start+i] = c - 'a' + 'A'
			}
		}
		return dst
	case webhook.Base64:
		return base64.StdEncoding.AppendEncode(dst, raw)
	case webhook.Base64URL:
		return base64.RawURLEncoding.AppendEncode(dst, raw)
	case webhook.Decimal:
		return new(big.Int).SetBytes(raw).Append(dst, 10)
	default:
		return append(dst, raw...)
	}
}

func compileEncodings(list List) ([]webhook.Encoding, error) {
	if len(list) == 0 {
		return nil, fmt.Errorf("signature needs an encoding: hex, HEX, base64, base64url or raw")
	}
	encodings := make([]webhook.Encoding, 0, len(list))
	for _, name := range list {
		switch enc := webhook.Encoding(name); enc {
		case webhook.Hex, webhook.HexUpper, webhook.Base64, webhook.Base64URL, webhook.RawText:
			encodings = append(encodings, enc)
		default:
			return nil, fmt.Errorf("unknown encoding %q; encodings are hex, HEX, base64, base64url, raw", name)
		}
	}
	return encodings, nil
}
