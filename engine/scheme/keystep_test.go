package scheme_test

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Each preparation makes a key that is written here as the bytes that it must be.
func TestKeySteps(t *testing.T) {
	sum1, sum256 := sha1.Sum([]byte("private")), sha256.Sum256([]byte("signing"))
	tests := []struct{ key, secret, want string }{
		{"", "key", "key"},
		{"utf-8", "key", "key"},
		{"strip:whsec_", "whsec_key", "key"},
		{"strip:whsec_", "whsec_whsec_key", "whsec_key"},
		{"strip:whsec_", "key", "key"},
		{"strip:v1,whsec_ | base64", "v1,whsec_a2V5", "key"},
		{"require:whsec_ | base64", "whsec_a2V5", "key"},
		{"after::", "app.id:key:more", "key:more"},
		{"base64", "a2V5", "key"},
		{"base64url", "_-8", "\xff\xef"},
		{"base64url", "_-8=", "\xff\xef"},
		{"hex", "6b6579", "key"},
		{"hex", "6B6579", "key"},
		{"sha1", "private", string(sum1[:])},
		{"sha256", "signing", string(sum256[:])},
		{"nfkd", "s\u00e9cret", "se\u0301cret"},
		{"latin1-as-utf8", "s\xe9cret", "s\u00e9cret"},
		{" strip:a | hex | sha1 ", "a" + hex.EncodeToString([]byte("private")), string(sum1[:])},
	}
	for _, tt := range tests {
		s := overBody(t, webhook.HMACSHA256, tt.key, "hex")
		key := secret(t, "s", tt.secret)
		if err := s.CheckSecret(key); err != nil {
			t.Errorf("key = %q: CheckSecret(%q) = %v", tt.key, tt.secret, err)
		}
		if v := scheme.Verify(s, bearing("body", handHex("body", tt.want)), []webhook.Secret{key}, now); !v.Accepted() {
			t.Errorf("key = %q of %q is not %q: %+v", tt.key, tt.secret, tt.want, v)
		}
	}
}

// What a step is not for is an error that says what it takes, without the secret.
func TestKeyStepsRefuse(t *testing.T) {
	for key, cases := range map[string]map[string]string{
		"base64":          {"a2V5=": "base64", "a2V\n5": "base64", "a2-5": "base64", "a2V6YR==": "base64"},
		"base64url":       {"a2+5": "base64url", "a": "base64url", "a2V5==": "base64url", "a2\r\nV5": "base64url"},
		"hex":             {"6b657": "hex", "zz": "hex"},
		"require:whsec_":  {"key-of-mine": `text that begins with "whsec_"`, "whsec_": "nothing is left"},
		"after::":         {"key-of-mine": `text with ":" in it`, "key-of-mine:": "nothing is left"},
		"strip:whsec_":    {"whsec_": "nothing is left"},
		"nfkd":            {"\xff\xfe": "UTF-8"},
		"require:a | hex": {"azz": "hex"},
	} {
		s := overBody(t, webhook.HMACSHA256, key, "hex")
		for text, want := range cases {
			err := s.CheckSecret(secret(t, "mine", text))
			if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), `"mine"`) {
				t.Errorf("key = %q: CheckSecret(%q) = %v, want an error with %q", key, text, err, want)
			}
			if len(text) > 6 && err != nil && strings.Contains(err.Error(), text) {
				t.Errorf("key = %q: %v holds the secret", key, err)
			}
			if strings.Contains(want, "left") && !errors.Is(err, webhook.ErrBlankSecret) {
				t.Errorf("key = %q: CheckSecret(%q) = %v, want ErrBlankSecret", key, text, err)
			}
		}
	}
}

func TestCompileRefusesKeySteps(t *testing.T) {
	for key, want := range map[string]string{
		"rot13": "unknown key step", "strip:": "unknown key step", "require": "unknown key step", "hex |": "unknown key step",
		"ed25519 | hex": "nothing can follow ed25519", "ed25519-seed | ed25519": "nothing can follow ed25519-seed", "rsa": "needs a key that ends with the step ed25519",
	} {
		def := scheme.Definition{
			Algorithm: "ed25519", Key: key, Message: scheme.MessageDef{{Text: "{body}"}},
			Signature: scheme.SignatureDef{Header: scheme.List{"X-Sig"}, Encoding: scheme.List{"hex"}},
		}
		if _, err := scheme.Compile(def, scheme.EventDef{}, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("key = %q: Compile = %v, want an error with %q", key, err, want)
		}
	}
}

// Every step of the list is one that compiles, and every one says for whom.
func TestKeyStepsAreListed(t *testing.T) {
	for name, about := range scheme.KeySteps() {
		family := map[string]webhook.Algorithm{
			"rsa": webhook.RSASHA256, "ecdsa": webhook.ECDSASHA256, "ed25519": webhook.Ed25519, "ed25519-seed": webhook.Ed25519, "ed25519-whpk": webhook.Ed25519, "secp256k1": webhook.ECDSASecp256k1SHA256,
		}
		algorithm := family[name]
		if algorithm == "" {
			algorithm = webhook.HMACSHA256
		}
		overBody(t, algorithm, name, "hex")
		if about == "" {
			t.Errorf("%s is listed without a word", name)
		}
	}
}

// A credential of RFC 7617 is compared as token is: by digests, so that not even
// its length shows.
func TestBasic(t *testing.T) {
	s := compile(t, scheme.Definition{
		Algorithm: "basic",
		Signature: scheme.SignatureDef{Header: scheme.List{"Authorization"}, Prefix: scheme.List{"Basic "}, Encoding: scheme.List{"base64"}},
	}, scheme.EventDef{})
	key := secret(t, "pair", "user:pass:word")
	if got := s.SecretHeaders(); len(got) != 1 || got[0] != "Authorization" {
		t.Errorf("SecretHeaders = %v, want Authorization", got)
	}
	for sent, want := range map[string]bool{
		"user:pass:word": true, "user:pass:wor": false, "user:pass:word ": false, "user:": false, "": false, "user:pass:worD": false,
	} {
		req := &webhook.Request{Header: map[string][]string{"Authorization": {"Basic " + base64.StdEncoding.EncodeToString([]byte(sent))}}}
		v := scheme.Verify(s, req, []webhook.Secret{key}, now)
		if v.Accepted() != want || v.Covers != 0 {
			t.Errorf("%q: Verify = %+v, want accepted %v, covering nothing", sent, v, want)
		}
	}
	if err := s.CheckSecret(secret(t, "word", "password")); err == nil || !strings.Contains(err.Error(), "not user:password") {
		t.Errorf("CheckSecret = %v, want an error", err)
	}
	req := &webhook.Request{}
	if err := scheme.Sign(s, req, scheme.Message{Time: now}, []webhook.Secret{key}); err != nil || req.Header.Get("Authorization") != "Basic dXNlcjpwYXNzOndvcmQ=" {
		t.Errorf("Sign = %v, %q", err, req.Header.Get("Authorization"))
	}
}
