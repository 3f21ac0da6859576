package catalog

import (
	"cmp"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// proveSigning signs the request of the first vector that is accepted anew, and
// has the pack judge it. There is nothing to prove where the pack cannot sign.
func proveSigning(ctx context.Context, vectors []Vector, open func(map[string]string) (*Pack, error)) ([]VectorFailure, error) {
	for i := range vectors {
		v := &vectors[i]
		if v.Expect.Outcome != webhook.Accept.String() || v.Expect.Secret == nil {
			continue
		}
		p, err := open(v.Settings)
		if err != nil {
			return nil, err
		}
		_, err = v.Resign(ctx, p)
		err = errors.Join(err, p.Close(ctx))
		if err != nil && !errors.Is(err, scheme.ErrCannotSign) {
			return []VectorFailure{{v.Name, v.line, err}}, nil
		}
		return nil, nil
	}
	return nil, nil
}

// Resign signs the request of a vector that is accepted anew, by a pack that was
// opened with its settings, and returns the request once the pack has verified
// it. Where the vector has a public key, a new pair takes its place.
//
// It returns [scheme.ErrCannotSign] where [Pack.Sign] does.
func (v *Vector) Resign(ctx context.Context, p *Pack) (*webhook.Request, error) {
	key, err := signingKey(p.Scheme.Allowed(), v.Secrets[*v.Expect.Secret])
	if err != nil {
		return nil, err
	}
	secret, err := webhook.NewSecret("vector", []byte(key))
	if err != nil {
		return nil, err
	}
	secrets := webhook.Secrets{secret}
	req := v.unsigned(p)
	m := scheme.Message{ID: cmp.Or(v.Expect.ID, "msg_1"), Type: cmp.Or(v.Expect.Type, "a.b"), Time: v.At}
	if err := p.Sign(req, m, secrets); err != nil {
		return nil, fmt.Errorf("signing its request: %w", err)
	}
	j, err := p.Judge(ctx, req, Keys{Secrets: secrets}, webhook.Hint{}, v.At)
	if err != nil {
		return nil, err
	}
	if j.Outcome == webhook.Reject {
		return nil, fmt.Errorf("what the pack signs it refuses: %s", reasonText(j.Verdict))
	}
	return req, nil
}

// unsigned is the vector's request without its signature.
func (v *Vector) unsigned(p *Pack) *webhook.Request {
	req := v.HTTP()
	req.Header.Del(p.Scheme.SignatureHeader())
	if name, ok := strings.CutPrefix(p.Provider.Scheme.Signature.From, "{query."); ok {
		var kept []string
		for item := range strings.SplitSeq(req.RawQuery(), "&") {
			if !strings.HasPrefix(item, strings.TrimSuffix(name, "}")+"=") {
				kept = append(kept, item)
			}
		}
		req.Target = req.Path() + "?" + strings.Join(kept, "&")
	}
	return req
}

// signingKey is a new private key in PEM for the first of the algorithms, and the
// secret itself for one whose key is shared.
func signingKey(algorithms []webhook.Algorithm, secret string) (string, error) {
	kind, rest, _ := strings.Cut(string(algorithms[0]), "-")
	var key any
	var err error
	switch kind {
	case "ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	case "ecdsa":
		curve := elliptic.P256()
		if strings.HasPrefix(rest, "sha384") {
			curve = elliptic.P384()
		} else if strings.HasPrefix(rest, "sha512") {
			curve = elliptic.P521()
		}
		key, err = ecdsa.GenerateKey(curve, rand.Reader)
	case "rsa":
		key, err = rsa.GenerateKey(rand.Reader, 2048)
	default:
		return secret, nil
	}
	if err != nil {
		return "", err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))), nil
}
