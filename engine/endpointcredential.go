package engine

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/webhook"
)

// checkCredentials notes credentials that cannot be sent, and a second kind of
// them: a request has one Authorization header.
func (g *signing) checkCredentials(f *partFaults, c Endpoint, target *url.URL) {
	inURL := target != nil && target.User != nil
	if len(c.Basic) > 0 && len(c.Bearer) > 0 {
		f.note("bearer", "basic and bearer are both given; a request has one Authorization header")
	}
	if inURL && len(c.Basic) > 0 {
		f.note("basic", "the URL has a user already; take it out")
	}
	if inURL && len(c.Bearer) > 0 {
		f.note("bearer", "the URL has a user already; take it out")
	}
	for _, secret := range c.Basic {
		f.add("basic", sendable(secret, false))
		if !bytes.ContainsRune(secret.Reveal(), ':') {
			f.note("basic", "secret %q is not user:password", secret.Label)
		}
	}
	for _, secret := range c.Bearer {
		f.add("bearer", sendable(secret, true))
	}
}

// sendable reports why a secret cannot stand in a header.
func sendable(secret Secret, oneWord bool) error {
	if bytes.ContainsFunc(secret.Reveal(), func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
		return fmt.Errorf("secret %q holds a control character, and cannot stand in a header", secret.Label)
	}
	if oneWord && bytes.ContainsAny(secret.Reveal(), " \t") {
		return fmt.Errorf("secret %q holds white space, and is no bearer token", secret.Label)
	}
	return nil
}

// staticHeader is what every attempt carries, nil for nothing.
func staticHeader(c Endpoint) http.Header {
	if len(c.Headers)+len(c.SecretHeaders) == 0 {
		return nil
	}
	h := http.Header{}
	for name, value := range c.Headers {
		h.Set(name, value)
	}
	for name, secret := range c.SecretHeaders {
		h.Set(name, string(secret.Reveal()))
	}
	return h
}

// authorize puts the credentials that count on a draft.
func (g *signing) authorize(draft *webhook.Request, m dispatch.Message) error {
	if len(g.basic)+len(g.bearer) == 0 {
		return nil
	}
	for _, secret := range g.basic {
		if secret.Counts(m.Time) {
			draft.Header.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString(secret.Reveal()))
			return nil
		}
	}
	for _, secret := range g.bearer {
		if secret.Counts(m.Time) {
			draft.Header.Set("Authorization", "Bearer "+string(secret.Reveal()))
			return nil
		}
	}
	return errors.New("no credential of the endpoint counts now")
}
