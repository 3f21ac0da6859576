package scheme

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/hookseal/hookseal/engine/scheme/nfkd"
)

// The steps that read the key of a pair. Each names a family of algorithms, and
// is the last step.
const (
	rsaStep         = "rsa"
	ecdsaStep       = "ecdsa"
	ed25519Step     = "ed25519"
	ed25519TextStep = "ed25519-whpk"
	ed25519SeedStep = "ed25519-seed"
	secp256k1Step   = "secp256k1"
)

// KeySteps lists the steps of a key preparation with a provider that needs each.
// A step that reads a key takes it as PEM (PUBLIC KEY, CERTIFICATE and so on), as
// base64 of its DER or as a JWK (RFC 7517), and comes last; a private key signs
// too. Of a certificate the key alone counts, not its dates nor its issuer.
func KeySteps() map[string]string {
	return map[string]string{
		"utf-8":          "the bytes as they are, the default",
		"strip:TEXT":     "without TEXT at the start, once, if it is there (Svix)",
		"require:TEXT":   "without TEXT at the start, where it must be (GitLab)",
		"after:TEXT":     "what follows the first TEXT, which must be there (Ably)",
		"base64":         "decoded strictly (Svix)",
		"base64url":      "decoded strictly, with or without padding (Kiwify)",
		"hex":            "decoded (Adyen)",
		"sha1":           "the SHA-1 digest, 20 bytes (Braintree)",
		"sha256":         "the SHA-256 digest, 32 bytes (ConnectWise)",
		"nfkd":           "in Unicode normalisation form KD (EasyPost)",
		"latin1-as-utf8": "each byte as a Latin-1 character, written in UTF-8, as utf8_encode of PHP does (Dastra)",
		rsaStep:          "an RSA key of 1024 to 8192 bits (Wise)",
		ecdsaStep:        "an ECDSA key on P-256, P-384 or P-521 (SendGrid)",
		ed25519Step:      "an Ed25519 key, the 32 bytes of the public or the 64 of the private one in hex, base64 or base64url too (Discord)",
		ed25519TextStep:  "an Ed25519 key in base64 after whpk_, the public one, or whsk_, the private one of 64 bytes or its seed of 32; without either what ed25519 takes (Standard Webhooks)",
		ed25519SeedStep:  "the Ed25519 key whose seed is the first 32 bytes of the text repeated (QQ Bot)",
		secp256k1Step:    "an ECDSA key on secp256k1, a public one as a point in hex too",
	}
}

func parseKeyStep(name string) (keyStep, error) {
	if verb, text, ok := strings.Cut(name, ":"); ok && text != "" {
		if step, ok := textStep(verb, []byte(text)); ok {
			return step, nil
		}
	}
	switch name {
	case "utf-8":
		return keyStep{apply: func(dst, m []byte) ([]byte, bool) { return append(dst, m...), true }}, nil
	case "base64":
		return keyStep{expects: "base64", apply: decodeKeyBase64}, nil
	case "base64url":
		return keyStep{expects: "base64url", apply: decodeKeyBase64URL}, nil
	case "hex":
		return keyStep{expects: "hex", apply: decodeKeyHex}, nil
	case "sha1":
		return keyStep{apply: func(dst, m []byte) ([]byte, bool) {
			sum := sha1.Sum(m)
			return append(dst, sum[:]...), true
		}}, nil
	case "sha256":
		return keyStep{apply: func(dst, m []byte) ([]byte, bool) {
			sum := sha256.Sum256(m)
			return append(dst, sum[:]...), true
		}}, nil
	case "nfkd":
		return keyStep{expects: "UTF-8", apply: func(dst, m []byte) ([]byte, bool) {
			return nfkd.Append(dst, m), utf8.Valid(m)
		}}, nil
	case "latin1-as-utf8":
		return keyStep{apply: latin1AsUTF8}, nil
	case rsaStep, ecdsaStep:
		return keyStep{family: name, pair: parseKeyPair}, nil
	case ed25519Step:
		return keyStep{family: name, pair: parseEd25519}, nil
	case ed25519TextStep:
		return keyStep{family: ed25519Step, pair: parseEd25519Text}, nil
	case ed25519SeedStep:
		return keyStep{family: ed25519Step, pair: seedEd25519}, nil
	case secp256k1Step:
		return keyStep{family: name, pair: parseSecp256k1}, nil
	}
	return keyStep{}, fmt.Errorf("unknown key step %q; steps are %s", name, strings.Join(slices.Sorted(maps.Keys(KeySteps())), ", "))
}

// textStep returns a step that looks for a text.
func textStep(verb string, text []byte) (keyStep, bool) {
	switch verb {
	case "strip":
		return keyStep{apply: func(dst, m []byte) ([]byte, bool) {
			return append(dst, bytes.TrimPrefix(m, text)...), true
		}}, true
	case "require":
		return keyStep{expects: fmt.Sprintf("text that begins with %q", text), apply: func(dst, m []byte) ([]byte, bool) {
			rest, ok := bytes.CutPrefix(m, text)
			return append(dst, rest...), ok
		}}, true
	case "after":
		return keyStep{expects: fmt.Sprintf("text with %q in it", text), apply: func(dst, m []byte) ([]byte, bool) {
			_, rest, ok := bytes.Cut(m, text)
			return append(dst, rest...), ok
		}}, true
	}
	return keyStep{}, false
}

func latin1AsUTF8(dst, m []byte) ([]byte, bool) {
	for _, b := range m {
		dst = utf8.AppendRune(dst, rune(b))
	}
	return dst, true
}

var strictBase64 = base64.StdEncoding.Strict()

func decodeKeyBase64(dst, m []byte) ([]byte, bool) { return decodeOneLine(strictBase64, dst, m) }

// decodeKeyBase64URL reads what RFC 7515 writes without padding, and the padding
// that some vendors add.
func decodeKeyBase64URL(dst, m []byte) ([]byte, bool) {
	if len(m)%4 == 0 {
		m = bytes.TrimSuffix(bytes.TrimSuffix(m, []byte("=")), []byte("="))
	}
	return decodeOneLine(strictBase64URL, dst, m)
}

// decodeOneLine refuses the line breaks that package base64 passes over.
func decodeOneLine(enc *base64.Encoding, dst, m []byte) ([]byte, bool) {
	if bytes.ContainsAny(m, "\r\n") {
		return dst, false
	}
	out, err := enc.AppendDecode(dst, m)
	return out, err == nil
}

func decodeKeyHex(dst, m []byte) ([]byte, bool) {
	out, err := hex.AppendDecode(dst, m)
	return out, err == nil
}
