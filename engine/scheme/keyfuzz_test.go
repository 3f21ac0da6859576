package scheme_test

import (
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Whatever is given as a key is either read or refused with an error that does not
// repeat it. One that is read by the one family is refused by the others, and
// verifies no signature of nothing.
func FuzzKeyMaterial(f *testing.F) {
	schemes := map[string]*scheme.Scheme{
		"rsa":       overBody(f, webhook.RSASHA256, "rsa", "hex"),
		"ecdsa":     overBody(f, webhook.ECDSASHA256, "ecdsa", "hex"),
		"ed25519":   overBody(f, webhook.Ed25519, "ed25519", "hex"),
		"secp256k1": overBody(f, webhook.ECDSASecp256k1SHA256, "secp256k1", "hex"),
	}
	shared := overBody(f, webhook.HMACSHA256, "", "hex")
	for _, tt := range pairAlgorithms {
		f.Add([]byte(tt.key))
		f.Add([]byte(publicPart(tt.key)))
	}
	private, public := keyTexts(f)
	f.Add([]byte(private))
	for _, text := range public {
		f.Add([]byte(text))
	}
	f.Add([]byte("MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAEeCyO0X47Kng7VGTzOwllKnHGeOBexR6E4rz8Zjo96WOvmstCgLjH98QvTvmrpiRewewXEv04oPqWQY2M1qphUg=="))
	f.Add([]byte("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEBKrsc2NXJvIT+4qeZNo7hjLkFJWpRNAEW1IuunJA+tWH2TFXmKqjpboBd1eHztBeqve04J/IHW0apUboNl1SXQ=="))
	f.Fuzz(func(t *testing.T, material []byte) {
		key, err := webhook.NewSecret("k", material)
		if err != nil {
			return
		}
		read := 0
		for family, s := range schemes {
			err := s.CheckSecret(key)
			if err == nil {
				read++
			} else if len(material) > 40 && strings.Contains(err.Error(), string(material)) {
				t.Errorf("%s: CheckSecret = %v, which holds the key", family, err)
			}
			if v := scheme.Verify(s, bearing("body", strings.Repeat("00", 64)), []webhook.Secret{key}, now); v.Accepted() {
				t.Errorf("%s: a signature of zeros verifies under %q", family, material)
			}
		}
		if read > 1 {
			t.Errorf("%q is a key of %d families", material, read)
		}
		if read == 1 && strings.HasPrefix(string(material), "-----BEGIN PUBLIC KEY-----") && shared.CheckSecret(key) == nil {
			t.Errorf("%q is a public key, and taken as the key of an HMAC", material)
		}
	})
}

// A signature in DER verifies just if the same numbers do in the fixed form, and
// if it is the one way of writing them.
func FuzzSignatureDER(f *testing.F) {
	curves := []struct{ der, fixed *scheme.Scheme }{
		{overBody(f, webhook.ECDSASHA256, "ecdsa", "hex"), overBody(f, webhook.ECDSASHA256P1363, "ecdsa", "hex")},
		{overBody(f, webhook.ECDSASecp256k1SHA256, "secp256k1", "hex"), overBody(f, webhook.ECDSASecp256k1SHA256P1363, "secp256k1", "hex")},
	}
	keys := []webhook.Secret{secret(f, "p256", rfcP256), secret(f, "secp256k1", secp256k1JWK)}
	for i, c := range curves {
		right := signBy(f, c.der, keys[i], "body")
		raw, err := hex.DecodeString(right)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
		f.Add(append(raw, 0))
		f.Add([]byte{0x30, 6, 2, 1, 0, 2, 1, 0})
		f.Add([]byte{0x30, 0x80, 0, 0})
	}
	f.Fuzz(func(t *testing.T, sig []byte) {
		for i, c := range curves {
			got := scheme.Verify(c.der, bearing("body", hex.EncodeToString(sig)), keys[i:i+1], now).Accepted()
			var n struct{ R, S *big.Int }
			rest, err := asn1.Unmarshal(sig, &n)
			want := err == nil && len(rest) == 0 && n.R.Sign() > 0 && n.S.Sign() > 0 && n.R.BitLen() <= 256 && n.S.BitLen() <= 256
			if want {
				written, err := asn1.Marshal(n)
				fixed := append(n.R.FillBytes(make([]byte, 32)), n.S.FillBytes(make([]byte, 32))...)
				want = err == nil && string(written) == string(sig) &&
					scheme.Verify(c.fixed, bearing("body", hex.EncodeToString(fixed)), keys[i:i+1], now).Accepted()
			}
			if got != want {
				t.Errorf("%s: %x verifies: %v, want %v", keys[i].Label, sig, got, want)
			}
		}
	})
}

// What is said to be public never signs, and what is said to be private is a key
// that signs, or refused without being repeated.
func FuzzKeyHalves(f *testing.F) {
	s := overBody(f, webhook.Ed25519, "ed25519-whpk", "hex")
	for _, text := range []string{
		"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=",
		"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2DXWpgBgrEKt9VL/tPJZAc6DuFy89qmIyWvAhpo9wdRGg==",
		"whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=", "", "=", "AAAA",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for prefix, signs := range map[string]bool{"whpk_": false, "whsk_": true} {
			key, err := webhook.NewSecret("k", []byte(prefix+text))
			if err != nil {
				continue
			}
			if err := s.CheckSecret(key); err != nil {
				if len(text) > 40 && strings.Contains(err.Error(), text) {
					t.Errorf("CheckSecret = %v, which holds the key", err)
				}
				continue
			}
			if err := s.CheckSigner(key); (err == nil) != signs {
				t.Errorf("CheckSigner(%q) = %v, want it to sign: %v", prefix+text, err, signs)
			}
		}
	})
}
