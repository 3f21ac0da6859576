package keyring

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"
)

// jwk holds the members of a JSON Web Key (RFC 7517, RFC 7518, RFC 8037) that
// matter to whoever verifies.
type jwk struct {
	Kty    string   `json:"kty"`
	Use    string   `json:"use"`
	KeyOps []string `json:"key_ops"`
	Kid    string   `json:"kid"`
	N      string   `json:"n"`
	E      string   `json:"e"`
	Crv    string   `json:"crv"`
	X      string   `json:"x"`
	Y      string   `json:"y"`
	// D and K are those of private and symmetric keys. A key that was published
	// with one of them proves nothing.
	D string `json:"d"`
	K string `json:"k"`
}

// parseSet reads a JWK Set. Keys that cannot be used are passed over, as RFC 7517
// demands for those that are not understood.
func parseSet(body []byte) ([]key, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, errors.New("the answer is no JWK Set")
	}
	var keys []key
	for _, raw := range set.Keys {
		if k, err := parseJWK(raw); err == nil && len(keys) <= maxKeys {
			keys = append(keys, k)
		}
	}
	return keys, nil
}

func parseJWK(raw []byte) (key, error) {
	var j jwk
	if err := json.Unmarshal(raw, &j); err != nil {
		return key{}, errors.New("a key is no JWK")
	}
	switch {
	case j.D != "" || j.K != "":
		return key{}, errors.New("a key is not public")
	case j.Use == "enc", len(j.KeyOps) > 0 && !slices.Contains(j.KeyOps, "verify"):
		return key{}, errors.New("a key is not for signatures")
	}
	public, err := j.public()
	if err != nil {
		return key{}, err
	}
	return newKey(j.Kid, public, time.Time{}, time.Time{})
}

func (j *jwk) public() (crypto.PublicKey, error) {
	switch j.Kty {
	case "RSA":
		return j.rsa()
	case "EC":
		return j.ecdsa()
	case "OKP":
		x, err := base64.RawURLEncoding.DecodeString(j.X)
		if err != nil || j.Crv != "Ed25519" || len(x) != ed25519.PublicKeySize {
			return nil, fmt.Errorf("an OKP key of curve %q is not one of Ed25519", j.Crv)
		}
		return ed25519.PublicKey(x), nil
	}
	return nil, fmt.Errorf("a key of type %q is no public one that is known", j.Kty)
}

func (j *jwk) rsa() (crypto.PublicKey, error) {
	n, errN := base64.RawURLEncoding.DecodeString(j.N)
	e, errE := base64.RawURLEncoding.DecodeString(j.E)
	exponent := new(big.Int).SetBytes(e)
	if errN != nil || errE != nil || len(n) > maxModulus/8+1 || exponent.BitLen() > 31 {
		return nil, errors.New("an RSA key cannot be read")
	}
	return &rsa.PublicKey{N: new(big.Int).SetBytes(n), E: int(exponent.Int64())}, nil
}

func (j *jwk) ecdsa() (crypto.PublicKey, error) {
	curve, ok := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}[j.Crv]
	if !ok {
		return nil, fmt.Errorf("an EC key of curve %q", j.Crv)
	}
	size := (curve.Params().BitSize + 7) / 8
	x, okX := coordinate(j.X, size)
	y, okY := coordinate(j.Y, size)
	if !okX || !okY {
		return nil, errors.New("the coordinates of an EC key are not of the size of its curve")
	}
	return ecdsa.ParseUncompressedPublicKey(curve, slices.Concat([]byte{4}, x, y))
}

// coordinate reads one in full length, which RFC 7518 demands, or without its
// leading zero bytes, as TrueLayer publishes it.
func coordinate(text string, size int) ([]byte, bool) {
	out, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(out) == 0 || len(out) > size || len(out) < size && out[0] == 0 {
		return nil, false
	}
	return slices.Concat(make([]byte, size-len(out)), out), true
}
