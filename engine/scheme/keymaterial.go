package scheme

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/hookseal/hookseal/engine/scheme/secp256k1"
)

const pemStart = "-----BEGIN "

// parseKeyPair reads one key, public or private: PEM, a JWK, or DER, in base64
// or as it is.
func parseKeyPair(material []byte) (keyPair, error) {
	switch {
	case bytes.HasPrefix(material, []byte(pemStart)):
		return parsePEM(material)
	case bytes.HasPrefix(material, []byte("{")):
		return parseJWK(material)
	}
	if pair, err := parseDER(material); err == nil {
		return pair, nil
	}
	// Every key in DER is a SEQUENCE, of which M is the first letter in base64.
	if !bytes.HasPrefix(material, []byte("M")) {
		return keyPair{}, errors.New("it is no key in PEM, nor base64 of one in DER, nor a JWK")
	}
	der, ok := decodeKeyBase64(nil, material)
	if !ok {
		der, ok = decodeKeyBase64URL(nil, material)
	}
	if !ok {
		return keyPair{}, errors.New("it is not base64 of a key in DER")
	}
	return parseDER(der)
}

// derKinds are the ways in which DER holds a key, under the names of PEM
// (RFC 7468, and RFC 8017 and RFC 5915 for those of one algorithm).
var derKinds = []struct {
	name string
	read func(der []byte) (keyPair, error)
}{
	{"PUBLIC KEY", readPKIX},
	{"RSA PUBLIC KEY", func(der []byte) (keyPair, error) {
		key, err := x509.ParsePKCS1PublicKey(der)
		return keyPair{public: key}, err
	}},
	{"CERTIFICATE", func(der []byte) (keyPair, error) {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return keyPair{}, err
		}
		if cert.PublicKey == nil {
			return keyPair{}, errors.New("the certificate is of an unknown kind of key")
		}
		return keyPair{public: cert.PublicKey}, nil
	}},
	{"PRIVATE KEY", readPKCS8},
	{"RSA PRIVATE KEY", func(der []byte) (keyPair, error) {
		key, err := x509.ParsePKCS1PrivateKey(der)
		if err != nil {
			return keyPair{}, err
		}
		return pairOf(key), nil
	}},
	{"EC PRIVATE KEY", readEC},
}

func readPKIX(der []byte) (keyPair, error) {
	key, err := x509.ParsePKIXPublicKey(der)
	if err == nil {
		return keyPair{public: key}, nil
	}
	point, pointErr := secp256k1.ParsePKIX(der)
	if pointErr == nil {
		return keyPair{public: point}, nil
	}
	return keyPair{}, ofCurve(err, pointErr)
}

func readPKCS8(der []byte) (keyPair, error) {
	key, err := x509.ParsePKCS8PrivateKey(der)
	if err == nil {
		return pairOf(key), nil
	}
	scalar, scalarErr := secp256k1.ParsePKCS8(der)
	if scalarErr == nil {
		return pairOf(scalar), nil
	}
	return keyPair{}, ofCurve(err, scalarErr)
}

func readEC(der []byte) (keyPair, error) {
	key, err := x509.ParseECPrivateKey(der)
	if err == nil {
		return pairOf(key), nil
	}
	scalar, scalarErr := secp256k1.ParseEC(der)
	if scalarErr == nil {
		return pairOf(scalar), nil
	}
	return keyPair{}, ofCurve(err, scalarErr)
}

// ofCurve returns the error of the reader that the key was for.
func ofCurve(std, ours error) error {
	if errors.Is(ours, secp256k1.ErrOtherCurve) {
		return std
	}
	return ours
}

// parsePEM reads the one block that material is.
func parsePEM(material []byte) (keyPair, error) {
	if n := bytes.Count(material, []byte(pemStart)); n > 1 {
		return keyPair{}, fmt.Errorf("it holds %d PEM blocks; give the one of the key", n)
	}
	block, rest := pem.Decode(material)
	if block == nil || len(bytes.TrimSpace(rest)) > 0 {
		return keyPair{}, errors.New("it begins as PEM does, and is no whole PEM block")
	}
	if block.Type == "ENCRYPTED PRIVATE KEY" || len(block.Headers) > 0 {
		return keyPair{}, errors.New("the PEM block is encrypted; give the key without a passphrase")
	}
	for _, kind := range derKinds {
		if kind.name != block.Type {
			continue
		}
		pair, err := kind.read(block.Bytes)
		if err != nil {
			return keyPair{}, fmt.Errorf("the PEM block %s holds no key that can be read: %w", block.Type, err)
		}
		return pair, nil
	}
	return keyPair{}, fmt.Errorf("the PEM block %q is no kind of key", clip(block.Type))
}

func parseDER(der []byte) (keyPair, error) {
	// Every key is a SEQUENCE; most shared secrets end here, unparsed.
	if !bytes.HasPrefix(der, []byte{0x30}) {
		return keyPair{}, errors.New("it is no key in DER")
	}
	for _, kind := range derKinds {
		if pair, err := kind.read(der); err == nil {
			return pair, nil
		}
	}
	return keyPair{}, errors.New("it is no key in DER")
}
