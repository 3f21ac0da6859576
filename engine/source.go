package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/netip"
	"regexp"
	"slices"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/internal/receive"
	"github.com/hookseal/hookseal/engine/webhook"
)

// validName is what sources, endpoints and subscriptions may be called, so that
// a name is the same in a URL, a metric and a command.
var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// ErrUnknownSource reports the name of a source that is not configured.
var ErrUnknownSource = errors.New("unknown source")

// Verify judges a request as the source would, in shadow mode too. No event is
// stored; a secret that a handshake hands out is kept, and a URL that one wants
// visited is, where the source does so. The Key of req becomes that of the [Hint].
//
// A source that has AllowFrom refuses a request whose From is not known.
//
// An error means that nothing could be decided, because the secrets could not
// be had or a rule went wrong: answer 5xx, so that the sender tries again. It
// is [ErrUnknownSource] for a name that is not configured, and [ErrClosed] after
// Close.
func (e *Engine) Verify(ctx context.Context, source string, req *Request) (Verdict, error) {
	current := e.acquire()
	if current == nil {
		return Verdict{}, ErrClosed
	}
	defer current.release()
	s := current.intake.Sources[source]
	if s == nil {
		return Verdict{Reason: webhook.UnknownSource}, fmt.Errorf("%w %q", ErrUnknownSource, source)
	}
	now := req.Received
	if now.IsZero() {
		now = time.Now()
	}
	j, err := s.Judge(ctx, req, now)
	return j.Verdict, err
}

// Refusal is a request that was refused, or would have been but for shadow mode,
// as far as it is kept: redacted, and bounded in number and bytes.
type Refusal = receive.Refusal

// Refusals returns the latest refusals of a source, newest first.
func (e *Engine) Refusals(source string) []Refusal {
	s := e.acquire()
	if s == nil {
		return nil
	}
	defer s.release()
	return s.intake.Refusals(source)
}

func (s *snapshot) openSource(name string, c Source) (*receive.Source, error) {
	opened := &receive.Source{
		Name: name, Unsigned: c.Unsigned, Secrets: c.Secrets,
		AllowUncoveredBody: c.AllowUncoveredBody, Dedup: c.Dedup, MaxBody: c.MaxBody,
		Rate: c.Rate, Burst: c.Burst,
		AllowFrom:   c.AllowFrom,
		Credentials: receive.Credentials{Basic: c.Basic, Bearer: c.Bearer, Header: c.Header, HeaderTokens: c.HeaderTokens},
		Tokens:      c.VerifyTokens,
		Shadow:      c.Shadow,
		Statuses:    receive.Statuses(c.Statuses),
	}
	if opened.MaxBody == 0 {
		opened.MaxBody = defaultMaxBody
	}
	f := &partFaults{part: "source", name: name}
	if !validName.MatchString(name) {
		f.note("", "the name must match %s", validName)
	}
	switch name {
	case AppSource:
		f.note("", "the name is kept for events that the application publishes")
	case NoticeSource:
		f.note("", "the name is kept for what hookseal itself tells of endpoints")
	}
	var err error
	opened.Origin, err = originOf(c.PublicURL, s.config.TrustedProxies)
	f.add("public_url", err)
	checkStatuses(f, c.Statuses)
	checkNetworks(f, c.AllowFrom)
	checkRate(f, c)
	c.Retention.check(f, s.config.Retention)
	if len(c.Basic) > 0 && len(c.Bearer) > 0 {
		f.note("bearer", "basic and bearer are both sent in Authorization, so that no request could have both: demand one")
	}
	if (c.Header == "") != (len(c.HeaderTokens) == 0) {
		f.note("header", "needs both its name and its tokens")
	}
	if c.Confirm {
		opened.Confirmer = s.confirmer()
	}
	if c.Provider == NoVerification {
		if c.Secrets != nil {
			f.note("secrets", "provider = %q verifies nothing, and has secrets", NoVerification)
		}
		return opened, f.err()
	}
	pack, key, err := s.openPack(c.Provider, c.Settings)
	if err != nil {
		f.add(cmp.Or(key, "provider"), err)
		return nil, f.err()
	}
	opened.Pack = pack
	if c.Secrets == nil && pack.Scheme.FetchesKeys() {
		opened.Keys, opened.KeyCredentials = s.keys, c.KeyCredentials
	}
	f.add("dedup", pack.Scheme.CheckDedup(c.Dedup))
	checkSource(f, c, pack)
	checkTokens(f, c, pack)
	return opened, f.err()
}

func checkNetworks(f *partFaults, networks []netip.Prefix) {
	if networks != nil && len(networks) == 0 {
		f.note("allow_from", "names no network, so that every request would be refused: leave it out to take requests from everywhere")
	}
	for _, n := range networks {
		switch {
		case !n.IsValid():
			f.note("allow_from", "holds a network that is none")
		case n.Addr().Is4In6():
			f.note("allow_from", "%s is a range of IPv4 addresses in the form of IPv6, which no address is compared in: write it as IPv4", n)
		}
	}
}

func checkRate(f *partFaults, c Source) {
	switch {
	case !(c.Rate >= 0) || math.IsInf(c.Rate, 1):
		f.note("rate", "is %v, want a number of requests a second, or zero for no limit", c.Rate)
	case c.Burst < 0:
		f.note("burst", "is %d, want a number of requests, or zero for those of a second", c.Burst)
	case c.Burst > 0 && c.Rate == 0:
		f.note("burst", "has no rate beside it, without which there is no limit")
	}
}

func checkStatuses(f *partFaults, s Statuses) {
	for _, part := range []struct {
		key    string
		status int
	}{{"refused", s.Refused}, {"too_large", s.TooLarge}, {"incomplete", s.Incomplete}} {
		if part.status != 0 && (part.status < 400 || part.status > 599) {
			f.note("status."+part.key, "is %d, want 400 to 599: a success would tell the sender that the event is taken", part.status)
		}
	}
	if u := s.Unavailable; u != 0 && u != http.StatusTooManyRequests && (u < 500 || u > 599) {
		f.note("status.unavailable", "is %d, want 500 to 599, or 429: the sender is to try again", u)
	}
}

// checkSource judges what a source demands by what its provider can give.
func checkSource(f *partFaults, c Source, pack *catalog.Pack) {
	static, isStatic := c.Secrets.(webhook.Secrets)
	switch {
	case c.Unsigned && !pack.Provider.Sender.Unsigned:
		f.note("unsigned", "provider %s always signs, so that unsigned = true would only let forgeries in", pack.Provider.ID)
	case c.Unsigned && c.Secrets != nil:
		f.note("unsigned", "unsigned = true and secrets contradict each other: remove one")
	case !c.Unsigned && c.Secrets == nil && pack.Scheme.FetchesKeys():
		checkKeyCredentials(f, c, pack)
	case !c.Unsigned && (c.Secrets == nil || isStatic && len(static) == 0):
		f.note("secrets", "no secret: give secrets, or say provider = %q aloud", NoVerification)
	}
	for _, secret := range static {
		f.add("secrets", pack.CheckSecret(secret))
	}
	if pack.Rule == nil && !c.Unsigned && !c.AllowUncoveredBody && !pack.Scheme.CoversAlways().Has(webhook.CoversBody) {
		f.note("allow_uncovered_body", "the signature of %s does not cover the body, so that whoever sees one webhook can send another body under it; say allow_uncovered_body = true to take that", pack.Provider.ID)
	}
}

// checkKeyCredentials demands what fetching the provider's keys takes.
func checkKeyCredentials(f *partFaults, c Source, pack *catalog.Pack) {
	wanted := pack.Scheme.KeyCredentials()
	for _, name := range wanted {
		if len(c.KeyCredentials[name].Reveal()) == 0 {
			f.note("key_credentials."+name, "is missing: provider %s gives its keys to those alone who have it", pack.Provider.ID)
		}
	}
	for name := range c.KeyCredentials {
		if !slices.Contains(wanted, name) {
			f.note("key_credentials."+name, "is not used by provider %s, which takes %q", pack.Provider.ID, wanted)
		}
	}
}

// openPack opens a pack for one source or endpoint, and keeps it to be closed.
// With an error comes the key of the setting that is at fault, empty where it is
// the provider itself.
func (s *snapshot) openPack(provider string, settings map[string]string) (pack *catalog.Pack, key string, err error) {
	pack, err = s.config.Catalog.Open(context.Background(), provider, catalog.Options{
		Settings: settings, Loaders: s.config.Guests, Limits: s.config.Limits.Guest,
	})
	if err != nil {
		if len(settings) > 0 && !errors.Is(err, catalog.ErrUnknownProvider) {
			key = "settings"
		}
		return nil, key, err
	}
	s.packs = append(s.packs, pack)
	if missing := pack.Provider.MissingSettings(settings); len(missing) > 0 {
		return nil, "settings", fmt.Errorf("setting %s of provider %s is missing: %s", missing[0], provider, pack.Provider.Settings[missing[0]].About)
	}
	return pack, "", nil
}
