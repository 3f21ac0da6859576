package scheme_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// The keys of RFC 7515, appendix A.2, A.3 and A.4.
const (
	rfcRSA = `{"kty":"RSA","e":"AQAB",
		"n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ",
		"d":"Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgvfTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQlBjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuhLhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ",
		"p":"4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXqhJTBgIPgtldC-KDV5z-y2XDwGUc",
		"q":"uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZSe7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ11BKBBypeeF6689rjcJIDEz9RWdc"}`
	rfcP256 = `{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"}`
	rfcP521 = `{"kty":"EC","crv":"P-521","x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk","y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2","d":"AY5pb7A0UFiB3RELSD64fTLOSV_jazdF7fLYyuTw8lOfRhWg6Y6rUrPAxerEzgdRhajnu0ferB0d53vM9mE15j2C"}`
)

// overBody is a scheme that signs the body and nothing else.
func overBody(t testing.TB, algorithm webhook.Algorithm, key, encoding string) *scheme.Scheme {
	t.Helper()
	return compile(t, scheme.Definition{
		Algorithm: string(algorithm), Key: key,
		Signature: scheme.SignatureDef{Header: scheme.List{"X-Sig"}, Encoding: scheme.List{encoding}},
		Message:   scheme.MessageDef{{Text: "{body}"}},
	}, scheme.EventDef{})
}

// bearing is a request with a signature.
func bearing(body, signature string) *webhook.Request {
	return &webhook.Request{Header: http.Header{"X-Sig": {signature}}, Body: []byte(body)}
}

// signBy returns the signature that a scheme makes of a body.
func signBy(t testing.TB, s *scheme.Scheme, key webhook.Secret, body string) string {
	t.Helper()
	req := &webhook.Request{Body: []byte(body)}
	if err := scheme.Sign(s, req, scheme.Message{Time: now}, []webhook.Secret{key}); err != nil {
		t.Fatal(err)
	}
	return req.Header.Get("X-Sig")
}

func TestPublishedJWS(t *testing.T) {
	const claims = ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
	tests := []struct {
		source, step, key, input, signature string
		algorithm                           webhook.Algorithm
	}{
		{
			"RFC 7515 A.2", "rsa", rfcRSA, "eyJhbGciOiJSUzI1NiJ9" + claims,
			"cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
			webhook.RSASHA256,
		},
		{
			"RFC 7515 A.3", "ecdsa", rfcP256, "eyJhbGciOiJFUzI1NiJ9" + claims,
			"DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
			webhook.ECDSASHA256P1363,
		},
		{
			"RFC 7515 A.4", "ecdsa", rfcP521, "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA",
			"AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
			webhook.ECDSASHA512P1363,
		},
	}
	for _, tt := range tests {
		t.Run(tt.source, func(t *testing.T) {
			s := overBody(t, tt.algorithm, tt.step, "base64url")
			keys := []webhook.Secret{secret(t, "rfc", tt.key)}
			v := scheme.Verify(s, bearing(tt.input, tt.signature), keys, now)
			if !v.Accepted() || v.Covers != webhook.CoversBody {
				t.Errorf("Verify = %+v, want accepted, covering the body", v)
			}
			if v := scheme.Verify(s, bearing(tt.input+"A", tt.signature), keys, now); v.Reason != webhook.SignatureMismatch {
				t.Errorf("Verify of another text = %+v, want signature_mismatch", v)
			}
			// PKCS #1 v1.5 has one signature for each message; the RFC's for ECDSA are
			// random.
			if got := signBy(t, s, keys[0], tt.input); tt.algorithm == webhook.RSASHA256 && got != tt.signature {
				t.Errorf("Sign = %s, want the RFC's", got)
			}
		})
	}
}

// ecJWK returns the JWK of a private key in hex.
func ecJWK(t testing.TB, curve elliptic.Curve, d string) string {
	t.Helper()
	raw, err := hex.DecodeString(d)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ecdsa.ParseRawPrivateKey(curve, raw)
	if err != nil {
		t.Fatal(err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	text := base64.RawURLEncoding.EncodeToString
	half := 1 + len(point)/2
	return fmt.Sprintf(`{"kty":"EC","crv":%q,"x":%q,"y":%q,"d":%q}`, curve.Params().Name, text(point[1:half]), text(point[half:]), text(raw))
}

// The signatures of "sample" are from RFC 6979, appendix A.2.5 to A.2.7. Sign
// derives its random number as the RFC does, and so makes them too.
func TestPublishedECDSA(t *testing.T) {
	p256 := ecJWK(t, elliptic.P256(), "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721")
	p384 := ecJWK(t, elliptic.P384(), "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5")
	p521 := ecJWK(t, elliptic.P521(), "00fad06daa62ba3b25d2fb40133da757205de67f5bb0018fee8c86e1b68c7e75caa896eb32f1f47c70855836a6d16fcc1466f6d8fbec67db89ec0c08b0e996b83538")
	tests := []struct {
		algorithm webhook.Algorithm
		key, want string
	}{
		{webhook.ECDSASHA256P1363, p256, "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"},
		{webhook.ECDSASHA384P1363, p384, "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe4699ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8"},
		{webhook.ECDSASHA512P1363, p521, "00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f174e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e377fa00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4a67a"},
		{webhook.ECDSASHA1, p256, "3044022061340c88c3aaebeb4f6d667f672ca9759a6ccaa9fa8811313039ee4a35471d3202206d7f147dac089441bb2e2fe8f7a3fa264b9c475098fdcf6e00d7c996e1b8b7eb"},
		{webhook.ECDSASHA256, p256, "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"},
		{webhook.ECDSASHA384, p256, "304402200eafea039b20e9b42309fb1d89e213057cbf973dc0cfc8f129edddc800ef771902204861f0491e6998b9455193e34e7b0d284ddd7149a74b95b9261f13abde940954"},
		{webhook.ECDSASHA512, p256, "30450221008496a60b5e9b47c825488827e0495b0e3fa109ec4568fd3f8d1097678eb97f0002202362ab1adbe2b8adf9cb9edab740ea6049c028114f2460f96554f61fae3302fe"},
	}
	for _, tt := range tests {
		t.Run(string(tt.algorithm), func(t *testing.T) {
			s := overBody(t, tt.algorithm, "ecdsa", "hex")
			key := secret(t, "rfc", tt.key)
			if v := scheme.Verify(s, bearing("sample", tt.want), []webhook.Secret{key}, now); !v.Accepted() {
				t.Errorf("Verify = %+v, want accepted", v)
			}
			if got := signBy(t, s, key, "sample"); got != tt.want {
				t.Errorf("Sign = %s, want %s", got, tt.want)
			}
		})
	}
}

// Key and signature were computed by Node.js from the 28 characters repeated to 32.
func TestSeedOfQQBot(t *testing.T) {
	const (
		short = "naOC0ocQE3shWLAfffVLB1rhYPG7"
		sig   = "f262bf7dc4199dd87fdc0866918bd9999a9b0f6101c84d654f47ea2e4e41773f68d89555b20000f2db4513fd26f5e6a1ff194f282fca20288e92d46d5dc77104"
	)
	seeded, public := overBody(t, webhook.Ed25519, "ed25519-seed", "hex"), overBody(t, webhook.Ed25519, "ed25519", "hex")
	for _, text := range []string{short, short + "naOC", short + "naOC and more"} {
		if got := signBy(t, seeded, secret(t, "bot", text), "1636373772{}"); got != sig {
			t.Errorf("Sign with %q = %s, want %s", text, got, sig)
		}
		if v := scheme.Verify(seeded, bearing("1636373772{}", sig), []webhook.Secret{secret(t, "bot", text)}, now); !v.Accepted() {
			t.Errorf("Verify with %q = %+v, want accepted", text, v)
		}
	}
	key := secret(t, "public", "d7c362fe78aef81ff23287b493628b5db02a3c4fe30b215e4d19609b5d76673a")
	if v := scheme.Verify(public, bearing("1636373772{}", sig), []webhook.Secret{key}, now); !v.Accepted() {
		t.Errorf("Verify under the public key = %+v, want accepted", v)
	}
}

// The digest of "abc" is a known answer of the Keccak team's submission; its last
// letter stands for the secret.
func TestPublishedKeccak(t *testing.T) {
	s := compile(t, scheme.Definition{
		Algorithm: "keccak-256",
		Signature: scheme.SignatureDef{Header: scheme.List{"X-Sig"}, Prefix: scheme.List{"0x"}, Encoding: scheme.List{"hex"}},
		Message:   scheme.MessageDef{{Text: "{body}{secret}"}},
	}, scheme.EventDef{})
	req := bearing("ab", "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")
	if v := scheme.Verify(s, req, []webhook.Secret{secret(t, "s", "c")}, now); !v.Accepted() || v.Covers != webhook.CoversBody {
		t.Errorf("Verify = %+v, want accepted, covering the body", v)
	}
}
