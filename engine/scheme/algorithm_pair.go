package scheme

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"

	"github.com/hookseal/hookseal/engine/scheme/secp256k1"
	"github.com/hookseal/hookseal/engine/webhook"
)

// pairMethod is what sets the algorithms with a pair of keys apart.
type pairMethod struct {
	// family is the key step that the scheme must end with.
	family string
	digest crypto.Hash
	form   signatureForm
}

// signatureForm is how a signature is padded or written.
type signatureForm uint8

const (
	rawForm signatureForm = iota
	derForm
	fixedForm
	pkcs1Form
	pssForm
)

// publicMethodOf returns the method of an algorithm with a pair of keys.
func publicMethodOf(a webhook.Algorithm) (method, bool) {
	switch a {
	case webhook.Ed25519:
		return pairOver(nil, 0, ed25519Step, rawForm, ed25519.SignatureSize), true
	case webhook.ECDSASHA1:
		return pairOver(sha1.New, crypto.SHA1, ecdsaStep, derForm, 0), true
	case webhook.ECDSASHA256:
		return pairOver(sha256.New, crypto.SHA256, ecdsaStep, derForm, 0), true
	case webhook.ECDSASHA384:
		return pairOver(sha512.New384, crypto.SHA384, ecdsaStep, derForm, 0), true
	case webhook.ECDSASHA512:
		return pairOver(sha512.New, crypto.SHA512, ecdsaStep, derForm, 0), true
	case webhook.ECDSASHA256P1363:
		return pairOver(sha256.New, crypto.SHA256, ecdsaStep, fixedForm, 2*32), true
	case webhook.ECDSASHA384P1363:
		return pairOver(sha512.New384, crypto.SHA384, ecdsaStep, fixedForm, 2*48), true
	case webhook.ECDSASHA512P1363:
		return pairOver(sha512.New, crypto.SHA512, ecdsaStep, fixedForm, 2*66), true
	case webhook.ECDSASecp256k1SHA256:
		return pairOver(sha256.New, crypto.SHA256, secp256k1Step, derForm, 0), true
	case webhook.ECDSASecp256k1SHA256P1363:
		return pairOver(sha256.New, crypto.SHA256, secp256k1Step, fixedForm, secp256k1.SignatureSize), true
	case webhook.RSASHA1:
		return pairOver(sha1.New, crypto.SHA1, rsaStep, pkcs1Form, 0), true
	case webhook.RSASHA256:
		return pairOver(sha256.New, crypto.SHA256, rsaStep, pkcs1Form, 0), true
	case webhook.RSASHA384:
		return pairOver(sha512.New384, crypto.SHA384, rsaStep, pkcs1Form, 0), true
	case webhook.RSASHA512:
		return pairOver(sha512.New, crypto.SHA512, rsaStep, pkcs1Form, 0), true
	case webhook.RSAPSS256:
		return pairOver(sha256.New, crypto.SHA256, rsaStep, pssForm, 0), true
	case webhook.RSAPSS384:
		return pairOver(sha512.New384, crypto.SHA384, rsaStep, pssForm, 0), true
	case webhook.RSAPSS512:
		return pairOver(sha512.New, crypto.SHA512, rsaStep, pssForm, 0), true
	}
	return method{}, false
}

func pairOver(h func() hash.Hash, id crypto.Hash, family string, form signatureForm, size int) method {
	return method{kind: publicKeyMethod, hash: h, size: size, pair: pairMethod{family, id, form}}
}
