package scheme_test

import (
	"crypto/elliptic"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"slices"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Of a signature in DER one way of writing it verifies.
func TestStrictDER(t *testing.T) {
	for _, tt := range []struct {
		algorithm webhook.Algorithm
		step, key string
		order     *big.Int
	}{
		{webhook.ECDSASHA256, "ecdsa", rfcP256, elliptic.P256().Params().N},
		{webhook.ECDSASecp256k1SHA256, "secp256k1", secp256k1JWK, fromHex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")},
	} {
		t.Run(string(tt.algorithm), func(t *testing.T) {
			s := overBody(t, tt.algorithm, tt.step, "hex")
			keys := []webhook.Secret{secret(t, "k", tt.key)}
			raw, err := hex.DecodeString(signBy(t, s, keys[0], "body"))
			if err != nil {
				t.Fatal(err)
			}
			var n struct{ R, S *big.Int }
			if rest, err := asn1.Unmarshal(raw, &n); err != nil || len(rest) > 0 {
				t.Fatal(err, rest)
			}
			high := new(big.Int).Sub(tt.order, n.S)
			r, sv := n.R.Bytes(), n.S.Bytes()
			pad := func(b []byte) []byte { return append([]byte{0}, b...) }
			accepted := map[string][]byte{"as signed": raw, "the other s": der(t, n.R, high)}
			refused := map[string][]byte{
				"bytes behind":         append(slices.Clone(raw), 0),
				"bytes inside":         sequence(integer(r), integer(sv), []byte{5, 0}),
				"a byte too many":      sequence(integer(pad(pad(r))), integer(pad(sv))),
				"negative r":           sequence(integer(append([]byte{0xff}, r...)), integer(pad(sv))),
				"r with its top bit":   sequence(integer(append([]byte{0x80 | r[0]}, r[1:]...)), integer(pad(sv))),
				"r is zero":            der(t, big.NewInt(0), n.S),
				"s is zero":            der(t, n.R, big.NewInt(0)),
				"r is the order":       der(t, tt.order, n.S),
				"s is the order":       der(t, n.R, tt.order),
				"r and the order":      der(t, new(big.Int).Add(n.R, tt.order), n.S),
				"s and the order":      der(t, n.R, new(big.Int).Add(n.S, tt.order)),
				"minus s":              der(t, n.R, new(big.Int).Neg(n.S)),
				"long length":          append([]byte{0x30, 0x81}, raw[1:]...),
				"indefinite length":    append(append([]byte{0x30, 0x80}, raw[2:]...), 0, 0),
				"length too long":      append([]byte{0x30, raw[1] + 1}, raw[2:]...),
				"length too short":     append([]byte{0x30, raw[1] - 1}, raw[2:]...),
				"set for sequence":     append([]byte{0x31}, raw[1:]...),
				"one number":           sequence(integer(pad(r))),
				"no numbers":           {0x30, 0},
				"an empty number":      sequence(integer(nil), integer(pad(sv))),
				"r and s, as JWS does": append(n.R.FillBytes(make([]byte, 32)), n.S.FillBytes(make([]byte, 32))...),
			}
			for want, cases := range map[bool]map[string][]byte{true: accepted, false: refused} {
				for name, sig := range cases {
					if v := scheme.Verify(s, bearing("body", hex.EncodeToString(sig)), keys, now); v.Accepted() != want {
						t.Errorf("%s: Verify = %+v, want accepted %v", name, v, want)
					}
				}
			}
		})
	}
}

func fromHex(text string) *big.Int {
	n, _ := new(big.Int).SetString(text, 16)
	return n
}

func der(t testing.TB, r, s *big.Int) []byte {
	t.Helper()
	out, err := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func sequence(parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	return append([]byte{0x30, byte(len(body))}, body...)
}

func integer(b []byte) []byte { return append([]byte{2, byte(len(b))}, b...) }

// What adds the order of the group to S, or sets its top bits, is another text of
// the same signature.
func TestEd25519Malleability(t *testing.T) {
	s := overBody(t, webhook.Ed25519, "ed25519", "hex")
	keys := []webhook.Secret{secret(t, "k", pairAlgorithms[0].key)}
	raw, err := hex.DecodeString(signBy(t, s, keys[0], "body"))
	if err != nil {
		t.Fatal(err)
	}
	order := fromHex("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed")
	little := slices.Clone(raw[32:])
	slices.Reverse(little)
	sum := new(big.Int).Add(new(big.Int).SetBytes(little), order).FillBytes(make([]byte, 32))
	slices.Reverse(sum)
	top := slices.Clone(raw)
	top[63] |= 0xe0
	for name, sig := range map[string][]byte{"S and the order": append(slices.Clone(raw[:32]), sum...), "top bits": top} {
		if v := scheme.Verify(s, bearing("body", hex.EncodeToString(sig)), keys, now); v.Reason != webhook.SignatureMismatch {
			t.Errorf("%s: Verify = %+v, want signature_mismatch", name, v)
		}
	}
}
