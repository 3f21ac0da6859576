package secp256k1_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"math/big"
	"slices"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme/secp256k1"
)

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	out, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

const (
	one       = "0000000000000000000000000000000000000000000000000000000000000001"
	order     = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"
	prime     = "fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f"
	generator = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
	// The second coordinate of the generator (SEC 2, section 2.4.1).
	generatorY = "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"
)

// The signature of "Satoshi Nakamoto" under the key 1 is the one that libraries of
// this curve hold RFC 6979 against; the standard has none for it.
func TestPublishedSignature(t *testing.T) {
	key, err := secp256k1.ParseScalar(unhex(t, one))
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("Satoshi Nakamoto"))
	want := "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8" + "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5"
	if got := hex.EncodeToString(key.SignFixed(digest[:])); got != want {
		t.Errorf("SignFixed = %s, want %s", got, want)
	}
	if !key.Public().VerifyFixed(digest[:], unhex(t, want)) || !key.Public().VerifyDER(digest[:], key.SignDER(digest[:])) {
		t.Error("the signature does not verify")
	}
	digest[0] ^= 1
	if key.Public().VerifyFixed(digest[:], unhex(t, want)) {
		t.Error("the signature verifies another digest")
	}
}

// Of the two values of s either verifies; r and s out of range do not.
func TestRange(t *testing.T) {
	key, err := secp256k1.ParseScalar(unhex(t, one))
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte("message"))
	sig := key.SignFixed(digest[:])
	n := new(big.Int).SetBytes(unhex(t, order))
	r, s := new(big.Int).SetBytes(sig[:32]), new(big.Int).SetBytes(sig[32:])
	write := func(r, s *big.Int) []byte {
		return append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	}
	zero := new(big.Int)
	for _, tt := range []struct {
		name string
		sig  []byte
		want bool
	}{
		{"as signed", sig, true},
		{"the other s", write(r, new(big.Int).Sub(n, s)), true},
		{"r is zero", write(zero, s), false},
		{"s is zero", write(r, zero), false},
		{"r is the order", write(n, s), false},
		{"s is the order", write(r, n), false},
		{"all ones", slices.Repeat([]byte{0xff}, 64), false},
		{"a byte less", sig[:63], false},
		{"a byte more", append(slices.Clone(sig), 0), false},
		{"none", nil, false},
	} {
		if got := key.Public().VerifyFixed(digest[:], tt.sig); got != tt.want {
			t.Errorf("%s: VerifyFixed = %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestParsePoint(t *testing.T) {
	key, err := secp256k1.ParseScalar(unhex(t, one))
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"02" + generator:                  true,
		"04" + generator + generatorY:     true,
		"06" + generator + generatorY:     false, // hybrid
		"04" + generator + generator:      false, // not on the curve
		"02" + prime:                      false, // no coordinate
		"02" + generator[2:]:              false,
		"00":                              false, // infinity
		"":                                false,
		generator + generatorY:            false,
		"04" + generator + generatorY[2:]: false,
	} {
		point, err := secp256k1.ParsePoint(unhex(t, text))
		if (err == nil) != want || want && !point.Equal(key.Public()) {
			t.Errorf("ParsePoint(%s) = %v, %v, want a key %v", text, point, err, want)
		}
	}
}

func TestParseScalar(t *testing.T) {
	for text, want := range map[string]bool{
		one: true, order: false, one[2:]: false, "00" + one: false, "": false,
		"0000000000000000000000000000000000000000000000000000000000000000": false,
	} {
		if _, err := secp256k1.ParseScalar(unhex(t, text)); (err == nil) != want {
			t.Errorf("ParseScalar(%s) = %v, want a key %v", text, err, want)
		}
	}
}

// The forms in DER were written by OpenSSL 3.0 for the key 1.
func TestParseDER(t *testing.T) {
	key, err := secp256k1.ParseScalar(unhex(t, one))
	if err != nil {
		t.Fatal(err)
	}
	spki := unhex(t, "3056301006072a8648ce3d020106052b8104000a03420004"+generator+generatorY)
	public, err := secp256k1.ParsePKIX(spki)
	if err != nil || !public.Equal(key.Public()) {
		t.Errorf("ParsePKIX = %v, %v", public, err)
	}
	sec1 := unhex(t, "30740201010420"+one+"a00706052b8104000aa14403420004"+generator+generatorY)
	private, err := secp256k1.ParseEC(sec1)
	if err != nil || !private.Public().Equal(key.Public()) {
		t.Errorf("ParseEC = %v, %v", private, err)
	}
	pkcs8 := unhex(t, "308184020100301006072a8648ce3d020106052b8104000a046d306b0201010420"+one+"a14403420004"+generator+generatorY)
	private, err = secp256k1.ParsePKCS8(pkcs8)
	if err != nil || !private.Public().Equal(key.Public()) {
		t.Errorf("ParsePKCS8 = %v, %v", private, err)
	}
	for name, der := range map[string][]byte{
		"cut": spki[:len(spki)-1], "more": append(slices.Clone(spki), 0), "none": nil,
		"P-256": unhex(t, "3059301306072a8648ce3d020106082a8648ce3d03010703420004"+generator+generatorY),
	} {
		if _, err := secp256k1.ParsePKIX(der); !errors.Is(err, secp256k1.ErrOtherCurve) {
			t.Errorf("%s: ParsePKIX = %v, want ErrOtherCurve", name, err)
		}
	}
	other := slices.Clone(sec1)
	other[7+31] = 2
	if _, err := secp256k1.ParseEC(other); err == nil {
		t.Error("ParseEC took a scalar that does not belong to the point")
	}
	off := slices.Clone(spki)
	off[len(off)-1] ^= 1
	if _, err := secp256k1.ParsePKIX(off); err == nil || errors.Is(err, secp256k1.ErrOtherCurve) {
		t.Errorf("ParsePKIX of a point off the curve = %v", err)
	}
}
