package engine

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/netguard"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// The headers that every delivery carries whatever its signature.
const (
	headerID   = "Webhook-Id"
	headerType = "Webhook-Type"
)

func (s *snapshot) openEndpoint(name string, c Endpoint) (dispatch.Endpoint, error) {
	f := &partFaults{part: "endpoint", name: name}
	if !validName.MatchString(name) {
		f.note("", "the name must match %s", validName)
	}
	target, err := checkURL(c.URL, c.AllowHTTP)
	f.add("url", err)
	if err == nil && s.config.Transport == nil {
		f.add("url", s.checkAddress(target.Hostname()))
	}
	pack := s.signingPack(f, c)
	if err := f.err(); err != nil {
		return dispatch.Endpoint{}, err
	}
	d := dispatch.Endpoint{
		URL: target, Policy: policyOf(c, pack), Timeout: c.Timeout, Concurrency: c.Concurrency,
		Header: http.Header{}, Sign: signer(pack, c.Secrets),
	}
	if d.Timeout == 0 && c.As != "" {
		d.Timeout = time.Duration(pack.Provider.Sender.Timeout)
	}
	for name, value := range c.Headers {
		d.Header.Set(name, value)
	}
	return d, nil
}

func checkURL(text string, allowHTTP bool) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, errors.New("must be an http or https URL with a host")
	}
	if u.Scheme == "http" && !allowHTTP && !loopback(u.Hostname()) {
		return nil, errors.New("is http, which anybody on the way can read and change; use https, or say allow_http = true")
	}
	return u, nil
}

// checkAddress refuses at once an address that every attempt would refuse.
func (s *snapshot) checkAddress(host string) error {
	addr, err := netip.ParseAddr(host)
	if strings.EqualFold(host, "localhost") {
		addr, err = netip.AddrFrom4([4]byte{127, 0, 0, 1}), nil
	}
	if err != nil {
		return nil
	}
	return (&netguard.Guard{Allow: s.config.AllowNetworks}).Check(addr)
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback() || strings.EqualFold(host, "localhost")
}

// signingPack returns the pack that signs for an endpoint, nil for none or with
// faults, once it is certain that it can.
func (s *snapshot) signingPack(f *partFaults, c Endpoint) *catalog.Pack {
	name, key := cmp.Or(c.Sign, c.As, "standard-webhooks"), "sign"
	if c.As != "" {
		key = "as"
	}
	switch {
	case c.As != "" && name != c.As:
		f.note("sign", "as = %q takes its own signature; sign = %q contradicts it", c.As, name)
		return nil
	case c.Sign == NoVerification && len(c.Secrets) > 0:
		f.note("sign", "sign = %q signs nothing, and there is a secret", NoVerification)
		return nil
	case c.Sign == NoVerification:
		return nil
	}
	pack, at, err := s.openPack(name, c.Settings)
	if err != nil {
		f.add(cmp.Or(at, key), err)
		return nil
	}
	if pack.Rule != nil {
		f.note(key, "%s: %w", name, scheme.ErrCannotSign)
	}
	if len(c.Secrets) == 0 && !pack.Provider.Sender.Unsigned {
		f.note("secret", "no secret to sign with as %s: give secret, or say sign = %q aloud", name, NoVerification)
	}
	for _, secret := range c.Secrets {
		f.add("secret", pack.CheckSecret(secret))
	}
	return pack
}

// signer returns the function that makes a draft what the pack's provider would
// send.
func signer(pack *catalog.Pack, secrets []Secret) func(context.Context, *webhook.Request, dispatch.Message) error {
	return func(_ context.Context, draft *webhook.Request, m dispatch.Message) error {
		draft.Header.Set(headerID, m.ID)
		if m.Type != "" {
			draft.Header.Set(headerType, m.Type)
		}
		if pack == nil {
			return nil
		}
		return pack.Sign(draft, scheme.Message{ID: m.ID, Type: m.Type, Time: m.Time}, secrets)
	}
}

// policyOf joins what the endpoint says with the sender that it plays.
func policyOf(c Endpoint, pack *catalog.Pack) webhook.DeliveryPolicy {
	p := webhook.DeliveryPolicy{Retry: c.Retry, MaxRetryAfter: 24 * time.Hour}
	if c.As != "" {
		sender := pack.Provider.Sender
		if p.Retry == nil {
			p.Retry = catalog.Durations(sender.Retry)
		}
		p.DisableAfter = sender.DisableAfter.Failures
		p.CountAttempts = sender.DisableAfter.Of == "attempts"
	}
	if p.Retry == nil {
		p.Retry = DefaultRetry()
	}
	if c.DisableAfter != nil {
		p.DisableAfter, p.CountAttempts = c.DisableAfter.Failures, c.DisableAfter.Attempts
	}
	return p
}
