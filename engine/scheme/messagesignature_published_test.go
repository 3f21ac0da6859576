package scheme_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// The keys of RFC 9421, appendix B.1.
const (
	rfcPSSPublic = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
2wIDAQAB
-----END PUBLIC KEY-----`
	rfcRSAPublic = `-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAhAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrw
WEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsdJKFq
MGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd/QBwVW9OwNFhekro3RtlinV0a75jfZg
kne/YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0P
uKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dSFFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQ
PSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ10wIDAQAB
-----END RSA PUBLIC KEY-----`
	rfcP256Private = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIFKbhfNZfpDsW43+0+JjUr9K+bTeuxopu653+hBaXGA7oAoGCCqGSM49
AwEHoUQDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lfw0EkjqF7xB4FivAxzic30tMM
4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==
-----END EC PRIVATE KEY-----`
	rfcEd25519Private = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----`
	rfcShared = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
)

const rfcContentDigest = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"

// rfcRequest is the request of RFC 9421, appendix B.2, with a signature.
func rfcRequest(input, signature string) *webhook.Request {
	return &webhook.Request{
		Method: "POST", Scheme: "https", Host: "example.com", Target: "/foo?param=Value&Pet=dog",
		Header: http.Header{
			"Date": {"Tue, 20 Apr 2021 02:07:55 GMT"}, "Content-Type": {"application/json"}, "Content-Length": {"18"},
			"Content-Digest":  {rfcContentDigest},
			"Signature-Input": {input}, "Signature": {signature},
		},
		Body: []byte(`{"hello": "world"}`),
	}
}

var rfcRequire = []scheme.RequireDef{{
	Value: "{header.Content-Digest | content-digest:sha-512}", Digest: "sha512", Of: "{body}", Encoding: "base64",
}}

// The requests of RFC 9421, appendix B.2 and section 4.3. B.2.1 covers nothing,
// which no scheme can ask for, and B.2.4 is of a response.
func TestPublishedMessageSignatures(t *testing.T) {
	const (
		proxied = `sig1=("@method" "@authority" "@path" "content-digest" "content-type" "content-length");created=1618884475;keyid="test-key-ecc-p256", proxy_sig=("@method" "@authority" "@path" "content-digest" "content-type" "content-length" "forwarded");created=1618884480;keyid="test-key-rsa";alg="rsa-v1_5-sha256";expires=1618884540`
		both    = `sig1=:X5spyd6CFnAG5QnDyHfqoSNICd+BUP4LYMz2Q0JXlb//4Ijpzp+kve2w4NIyqeAuM7jTDX+sNalzA8ESSaHD3A==:, proxy_sig=:S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcnL9cCpXJleXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi8NMaZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddzirrswsE1w5o0LV/g==:`
	)
	tests := []struct {
		source, algorithm, key, secret string
		label                          string
		components                     []string
		require                        []scheme.RequireDef
		input, signature               string
		change                         func(*webhook.Request)
		covers                         webhook.Coverage
	}{
		{
			source: "B.2.2", algorithm: "rsa-pss-sha512", key: "rsa", secret: rfcPSSPublic,
			components: []string{`@query-param;name="Pet"`, "@authority", "content-digest"}, require: rfcRequire,
			input:     `sig-b22=("@authority" "content-digest" "@query-param";name="Pet");created=1618884473;keyid="test-key-rsa-pss";tag="header-example"`,
			signature: `sig-b22=:LjbtqUbfmvjj5C5kr1Ugj4PmLYvx9wVjZvD9GsTT4F7GrcQEdJzgI9qHxICagShLRiLMlAJjtq6N4CDfKtjvuJyE5qH7KT8UCMkSowOB4+ECxCmT8rtAmj/0PIXxi0A0nxKyB09RNrCQibbUjsLS/2YyFYXEu4TRJQzRw1rLEuEfY17SARYhpTlaqwZVtR8NV7+4UKkjqpcAoFqWFQh62s7Cl+H2fjBSpqfZUJcsIk4N6wiKYd4je2U/lankenQ99PZfB4jY3I5rSV2DSBVkSFsURIjYErOs0tFTQosMTAoxk//0RoKUqiYY8Bh0aaUEb0rQl3/XaVe4bXTugEjHSw==:`,
			covers:    webhook.CoversBody | webhook.CoversTime,
		},
		{
			source: "B.2.3", algorithm: "rsa-pss-sha512", key: "rsa", secret: rfcPSSPublic,
			components: []string{"@path", "@query", "content-digest"}, require: rfcRequire,
			input:     `sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length");created=1618884473;keyid="test-key-rsa-pss"`,
			signature: `sig-b23=:bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fUxN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKEgM4cUA==:`,
			covers:    webhook.CoversBody | webhook.CoversTime,
		},
		{
			source: "B.2.5", algorithm: "hmac-sha256", key: "base64", secret: rfcShared,
			components: []string{"date", "@authority"},
			input:      `sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"`,
			signature:  `sig-b25=:pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=:`,
			covers:     webhook.CoversTime,
		},
		{
			source: "B.2.6", algorithm: "ed25519", key: "ed25519", secret: rfcEd25519Private,
			components: []string{"@method", "@path"},
			input:      `sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"`,
			signature:  `sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:`,
			covers:     webhook.CoversTime,
		},
		{
			source: "4.3, the client's", algorithm: "ecdsa-sha256-p1363", key: "ecdsa", secret: rfcP256Private, label: "sig1",
			components: []string{"@method", "content-digest"}, require: rfcRequire,
			input: proxied, signature: both,
			covers: webhook.CoversBody | webhook.CoversTime,
		},
		{
			source: "4.3, the proxy's", algorithm: "rsa-sha256", key: "rsa", secret: rfcRSAPublic, label: "proxy_sig",
			components: []string{"forwarded", "content-digest"}, require: rfcRequire,
			input: proxied, signature: both,
			change: func(req *webhook.Request) {
				req.Host = "origin.host.internal.example"
				req.Header.Set("Forwarded", "for=192.0.2.123;host=example.com;proto=https")
			},
			covers: webhook.CoversBody | webhook.CoversTime,
		},
	}
	at := time.Unix(1618884500, 0)
	for _, tt := range tests {
		t.Run(tt.source, func(t *testing.T) {
			s := compile(t, scheme.Definition{
				Algorithm: tt.algorithm, Key: tt.key, KeyID: "{sig.keyid}",
				Signature: scheme.SignatureDef{Header: scheme.List{"Signature"}, Parse: "rfc9421", Components: tt.components, Label: tt.label},
				Time:      &scheme.TimeDef{From: "{sig.created}", Unit: scheme.List{"s"}, Tolerance: "5m"},
				Require:   tt.require,
			}, scheme.EventDef{})
			req := rfcRequest(tt.input, tt.signature)
			if tt.change != nil {
				tt.change(req)
			}
			keys := []webhook.Secret{secret(t, "rfc", tt.secret)}
			v := scheme.Verify(s, req, keys, at)
			if !v.Accepted() || v.Covers != tt.covers {
				t.Fatalf("Verify = %s %s %s, covers %s; want accepted, covers %s", v.Outcome, v.Reason, v.Detail, v.Covers, tt.covers)
			}
			if got := s.KeyID(req); got == "" {
				t.Error("KeyID is empty, want that of the signature")
			}
			claim, refusal := s.Claim(req)
			if claim == nil {
				t.Fatalf("Claim: %s %s", refusal.Reason, refusal.Detail)
			}
			if v := scheme.Check(claim, req, keys, s.Allowed(), at); !v.Accepted() || v.Covers != tt.covers {
				t.Errorf("Check of the claim = %s %s %s, covers %s; want accepted, covers %s", v.Outcome, v.Reason, v.Detail, v.Covers, tt.covers)
			}
			if v := scheme.Verify(s, req, keys, at.Add(time.Hour)); v.Reason != webhook.TimestampTooOld {
				t.Errorf("Verify an hour later = %s %s, want %s", v.Outcome, v.Reason, webhook.TimestampTooOld)
			}
			req.Method, req.Host = "PUT", "example.org"
			if v := scheme.Verify(s, req, keys, at); v.Reason != webhook.SignatureMismatch {
				t.Errorf("Verify of another method and host = %s %s, want %s", v.Outcome, v.Reason, webhook.SignatureMismatch)
			}
		})
	}
}

// B.2.6 is signed with a key and an algorithm that give one signature alone.
func TestPublishedMessageSignatureSigned(t *testing.T) {
	s := compile(t, scheme.Definition{
		Algorithm: "ed25519", Key: "ed25519", KeyID: "{sig.keyid}",
		Signature: scheme.SignatureDef{
			Header: scheme.List{"Signature"}, Parse: "rfc9421", Label: "sig-b26",
			Components: []string{"date", "@method", "@path", "@authority", "content-type", "content-length"},
		},
	}, scheme.EventDef{})
	req := rfcRequest("", "")
	if err := scheme.Sign(s, req, scheme.Message{Time: time.Unix(1618884473, 0)}, []webhook.Secret{secret(t, "test-key-ed25519", rfcEd25519Private)}); err != nil {
		t.Fatal(err)
	}
	const want = `sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;alg="ed25519";keyid="test-key-ed25519"`
	if got := req.Header.Get("Signature-Input"); got != want {
		t.Errorf("Signature-Input = %s, want %s", got, want)
	}
}

// An answer of Keygen's API, whose signature is made as that of a webhook is
// (github.com/keygen-sh/keygen-go, README).
func TestPublishedCavage(t *testing.T) {
	s := compile(t, keygenLike(), scheme.EventDef{})
	const account = "1fddcec8-8dd3-4d8d-9b16-215cac0f9b52"
	req := &webhook.Request{
		Method: "GET", Scheme: "https", Host: "api.keygen.sh", Target: "/v1/accounts/" + account + "/me",
		Header: http.Header{
			"Keygen-Signature": {`keyid="` + account + `", algorithm="ed25519", signature="IiyYX1ah2HFzbcCx+3sv+KJpOppFdMRuZ7NWlnwZMKAf5khj9c4TO4z6fr62BqNXlyROOTxZinX8UpXHJHVyAw==", headers="(request-target) host date digest"`},
			"Digest":           {"sha-256=d4uZ26hjiUNqopuSkYcYwg2aBuNtr4D1/9iDhlvf0H8="},
			"Date":             {"Wed, 15 Jun 2022 18:52:14 GMT"},
		},
		Body: []byte("another body"),
	}
	at := time.Date(2022, 6, 15, 18, 52, 20, 0, time.UTC)
	keys := []webhook.Secret{secret(t, "keygen", "e8601e48b69383ba520245fd07971e983d06d22c4257cfd82304601479cee788")}
	// The signature holds; the digest is of a body that is not this one.
	if v := scheme.Verify(s, req, keys, at); v.Reason != webhook.ConditionFailed {
		t.Errorf("Verify = %s %s %s, want %s after the signature", v.Outcome, v.Reason, v.Detail, webhook.ConditionFailed)
	}
	req.Target += "?"
	if v := scheme.Verify(s, req, keys, at); v.Reason != webhook.SignatureMismatch {
		t.Errorf("Verify of another target = %s %s, want %s", v.Outcome, v.Reason, webhook.SignatureMismatch)
	}
}
