package keyring

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"
)

// The sizes of an RSA modulus, in bits. CryptAPI signs with 1024.
const (
	minModulus = 1024
	maxModulus = 8192
)

// acceptable refuses keys of other kinds and sizes than are verified with.
func acceptable(public crypto.PublicKey) error {
	switch k := public.(type) {
	case *rsa.PublicKey:
		if bits := k.N.BitLen(); bits < minModulus || bits > maxModulus {
			return fmt.Errorf("the RSA key has %d bits, want %d to %d", bits, minModulus, maxModulus)
		}
		if k.E < 3 || k.E%2 == 0 {
			return fmt.Errorf("the RSA key has the exponent %d", k.E)
		}
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() && k.Curve != elliptic.P384() && k.Curve != elliptic.P521() {
			return errors.New("the ECDSA key is of another curve than P-256, P-384 and P-521")
		}
	case ed25519.PublicKey:
	default:
		return fmt.Errorf("a key of type %T", public)
	}
	return nil
}

// parsePEM reads every public key of a PEM text; other blocks are passed over.
func parsePEM(text string) ([]key, error) {
	var keys []key
	rest := []byte(text)
	for len(keys) <= maxKeys {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "PUBLIC KEY" && block.Type != "RSA PUBLIC KEY" && block.Type != "CERTIFICATE" {
			continue
		}
		k, err := parseDER(block.Bytes)
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// parseCertificate reads the first certificate of a PEM text, which is the signer's:
// those that follow are its chain, and sign no webhook.
func parseCertificate(body []byte) ([]key, error) {
	block, _ := pem.Decode(body)
	if block == nil || block.Type != "CERTIFICATE" {
		return nil, errors.New("the answer is no certificate in PEM")
	}
	k, err := certified(block.Bytes)
	return []key{k}, err
}

// parseDER reads a SubjectPublicKeyInfo (RFC 5280), an RSAPublicKey (RFC 8017), a
// certificate, or the 32 bytes of an Ed25519 key.
func parseDER(der []byte) (key, error) {
	if len(der) == ed25519.PublicKeySize {
		return newKey("", ed25519.PublicKey(der), time.Time{}, time.Time{})
	}
	if public, err := x509.ParsePKIXPublicKey(der); err == nil {
		return newKey("", public, time.Time{}, time.Time{})
	}
	if public, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return newKey("", public, time.Time{}, time.Time{})
	}
	return certified(der)
}

// certified reads the key of a certificate, with the days on which it counts. Who
// issued it is not judged: the host that it came from is what is trusted.
func certified(der []byte) (key, error) {
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return key{}, errors.New("neither a public key nor a certificate can be read")
	}
	return newKey("", cert.PublicKey, cert.NotBefore, cert.NotAfter)
}
