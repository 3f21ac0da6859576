package secp256k1

import (
	"encoding/asn1"
	"errors"
	"slices"
)

// The identifiers of SEC 2 and RFC 5480.
var (
	oidEC        = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	oidSecp256k1 = asn1.ObjectIdentifier{1, 3, 132, 0, 10}
)

// ErrOtherCurve reports DER that is well-formed and holds no key of this curve.
var ErrOtherCurve = errors.New("not a key of secp256k1")

// curveIdentifier is AlgorithmIdentifier of a key on a named curve.
type curveIdentifier struct {
	Algorithm asn1.ObjectIdentifier
	Curve     asn1.ObjectIdentifier
}

func (c curveIdentifier) ours() bool {
	return slices.Equal(c.Algorithm, oidEC) && slices.Equal(c.Curve, oidSecp256k1)
}

// ParsePKIX reads a public key in DER, as the PEM block PUBLIC KEY holds it
// (RFC 5280, SubjectPublicKeyInfo). It returns [ErrOtherCurve] for one of another
// kind.
func ParsePKIX(der []byte) (*PublicKey, error) {
	var info struct {
		Algorithm curveIdentifier
		Point     asn1.BitString
	}
	if !parse(der, &info) || !info.Algorithm.ours() {
		return nil, ErrOtherCurve
	}
	if info.Point.BitLength != 8*len(info.Point.Bytes) {
		return nil, errPoint
	}
	return ParsePoint(info.Point.Bytes)
}

// ParsePKCS8 reads a private key in DER, as the PEM block PRIVATE KEY holds it
// (RFC 5958). It returns [ErrOtherCurve] for one of another kind.
func ParsePKCS8(der []byte) (*PrivateKey, error) {
	var info struct {
		Version   int
		Algorithm curveIdentifier
		Key       []byte
		Rest      asn1.RawValue `asn1:"optional"`
	}
	if !parse(der, &info) || !info.Algorithm.ours() {
		return nil, ErrOtherCurve
	}
	return parseEC(info.Key, true)
}

// ParseEC reads a private key in DER, as the PEM block EC PRIVATE KEY holds it
// (RFC 5915). It returns [ErrOtherCurve] for one of another curve.
func ParseEC(der []byte) (*PrivateKey, error) { return parseEC(der, false) }

// parseEC reads an ECPrivateKey, which may leave out a curve that is named around
// it.
func parseEC(der []byte, named bool) (*PrivateKey, error) {
	var info struct {
		Version int
		Key     []byte
		Curve   asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
		Point   asn1.BitString        `asn1:"optional,explicit,tag:1"`
	}
	if !parse(der, &info) || !slices.Equal(info.Curve, oidSecp256k1) && !(named && info.Curve == nil) {
		return nil, ErrOtherCurve
	}
	key, err := ParseScalar(info.Key)
	if err != nil {
		return nil, err
	}
	if len(info.Point.Bytes) > 0 {
		if point, err := ParsePoint(info.Point.Bytes); err != nil || !point.Equal(key.Public()) {
			return nil, errForeign
		}
	}
	return key, nil
}

func parse(der []byte, into any) bool {
	rest, err := asn1.Unmarshal(der, into)
	return err == nil && len(rest) == 0
}
