package configfile

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/tomlfile"
	"github.com/hookseal/hookseal/engine/webhook"
)

func (l *loader) sources() {
	for _, name := range named(l.file.Source) {
		t, key := l.file.Source[name], tomlfile.Key("source", name)
		s := engine.Source{
			Provider: t.Provider, Settings: t.Settings, Unsigned: t.Unsigned,
			AllowUncoveredBody: t.AllowUncoveredBody, Dedup: t.Dedup, MaxBody: int64(t.MaxBody),
			Basic:        l.secretList(key+".basic", t.Basic),
			Bearer:       l.secretList(key+".bearer", t.Bearer),
			Header:       t.Header.Name,
			HeaderTokens: l.secretList(key+".header.token", t.Header.Token),
			Rate:         float64(t.Rate),
			Burst:        int(t.Burst),
			PublicURL:    t.PublicURL,
			AllowFrom:    prefixes(t.AllowFrom),
			VerifyTokens: l.secretList(key+".verify_token", t.VerifyToken),
			Confirm:      t.Confirm,
			Shadow:       t.Enforce != nil && !*t.Enforce,
			Statuses:     engine.Statuses(t.Status),
			Retention: engine.SourceRetention{
				Events: time.Duration(t.Retention.Events), Bodies: time.Duration(t.Retention.Bodies), Size: int64(t.Retention.Size),
			},
		}
		if secrets := l.secrets(key, t.Secret, t.Secrets); secrets != nil {
			s.Secrets = engine.Secrets(secrets)
		}
		for _, credential := range named(t.KeyCredentials) {
			for _, secret := range l.resolve(nil, key+".key_credentials."+credential, t.KeyCredentials[credential]) {
				if s.KeyCredentials == nil {
					s.KeyCredentials = map[string]webhook.Secret{}
				}
				s.KeyCredentials[credential] = secret
			}
		}
		if t.KeepSecret {
			s.Secrets = l.keptSecret(key, name, s.Secrets)
		}
		if t.Provider == "" {
			l.note(key+".provider", "is missing: name a provider, of which hookseal providers list shows all, or say %q aloud to verify nothing", engine.NoVerification)
		}
		if l.isFaulty(key + ".rate") {
			s.Burst = 0 // it has a rate beside it
		}
		if s.Header != "" && !isToken(s.Header) {
			l.note(key+".header.name", "%q is no name of a header", s.Header)
		}
		if inFlight := l.file.Limits.BytesInFlight; inFlight > 0 && t.MaxBody > inFlight {
			l.note(key+".max_body", "%s is more than limits.bytes_in_flight = %s, so that such a body could never be taken",
				tomlfile.Size(t.MaxBody), tomlfile.Size(inFlight))
		}
		l.warnOfSource(name, s)
		l.config.Engine.Sources[name] = s
	}
}

func (l *loader) warnOfSource(name string, s engine.Source) {
	switch beside := len(s.Basic)+len(s.Bearer)+len(s.HeaderTokens) > 0; {
	case s.Provider == engine.NoVerification && !beside:
		l.warn("source %q verifies nothing: whoever reaches it can send events", name)
	case s.Provider == engine.NoVerification:
		l.warn("source %q verifies no signature: whoever learns its credentials can send events", name)
	case s.Unsigned && !beside:
		l.warn("source %q takes unsigned requests: whoever reaches it can send events", name)
	case s.Unsigned:
		l.warn("source %q takes unsigned requests: whoever learns its credentials can send events", name)
	}
	if s.Shadow {
		l.warn("source %q does not enforce: what is not verified passes, marked as unverified", name)
	}
	if s.AllowUncoveredBody {
		l.warn("source %q takes events whose body the signature does not cover", name)
	}
}

func (l *loader) endpoints() {
	for _, name := range named(l.file.Endpoint) {
		t, key := l.file.Endpoint[name], tomlfile.Key("endpoint", name)
		e := engine.Endpoint{
			URL: t.URL, AllowHTTP: t.AllowHTTP, Sign: t.Sign, As: t.As, Settings: t.Settings,
			Secrets: l.secrets(key, t.Secret, t.Secrets), Timeout: time.Duration(t.Timeout),
			Concurrency: int(t.Concurrency), Rate: float64(t.Rate),
		}
		if t.Retry != nil {
			e.Retry = t.Retry.waits
		}
		if b := t.Breaker; b != nil {
			e.Breaker = b.open()
		}
		if d := t.DisableAfter; d != nil {
			if err := d.Validate(); err != nil {
				l.note(key+".disable_after", "%s", err)
			}
			e.DisableAfter = &engine.DisableAfter{Failures: d.Failures, Attempts: d.Of == "attempts", For: time.Duration(d.For)}
		}
		if t.URL == "" {
			l.note(key+".url", "is missing: where the deliveries go")
		}
		l.credentials(&e, key, t)
		l.alsoSign(&e, key, t)
		if t.Sign == engine.NoVerification {
			l.warn("endpoint %q is sent deliveries without a signature", name)
		}
		if t.AllowHTTP && strings.HasPrefix(t.URL, "http:") {
			l.warn("endpoint %q is sent deliveries over http, which anybody on the way can read and change", name)
		}
		l.config.Engine.Endpoints[name] = e
	}
}

// isToken reports whether text may be the name of a header (RFC 9110, 5.6.2).
func isToken(text string) bool {
	return text != "" && !strings.ContainsFunc(text, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, r)
	})
}

func (l *loader) subscriptions() {
	for i, t := range l.file.Subscription {
		key := fmt.Sprintf("subscription[%d]", i)
		if t.Source == "" {
			l.note(key+".source", "is missing: the source whose events are delivered, or %q for published ones", engine.AppSource)
		}
		if t.Endpoint == "" {
			l.note(key+".endpoint", "is missing: the endpoint that the events go to")
		}
		if t.Transform != "" {
			t.Transform = path.Clean(filepath.ToSlash(t.Transform))
			l.transform(key+".transform", t.Transform)
		} else if t.Settings != nil {
			l.note(key+".settings", "are for a transform, and there is none")
		}
		l.config.Engine.Subscriptions = append(l.config.Engine.Subscriptions, engine.Subscription{
			Name: t.Name, Source: t.Source, Types: t.Types, Transform: t.Transform, Endpoint: t.Endpoint, OrderBy: t.OrderBy,
			Settings: t.Settings,
		})
	}
}

// maxTransformFile is the largest guest that is read, in bytes.
const maxTransformFile = 64 << 20

// transform reads the code of a guest, once for all that name it.
func (l *loader) transform(key, name string) {
	if _, ok := l.config.Engine.Transforms[name]; ok {
		return
	}
	full := within(l.dir, name)
	l.footprint.file(full)
	if l.opts.Bundler != nil {
		// What it imports lies beside it, or below.
		l.footprint.scripts(filepath.Dir(full))
	}
	info, err := os.Stat(full)
	switch {
	case err != nil:
		l.note(key, "%s", err)
		return
	case !info.Mode().IsRegular():
		l.note(key, "%s is not a file", full)
		return
	case info.Size() > maxTransformFile:
		l.note(key, "%s has %d bytes, more than the %d of a guest", full, info.Size(), maxTransformFile)
		return
	}
	code, err := os.ReadFile(full)
	if err != nil {
		l.note(key, "%s", err)
		return
	}
	guest := engine.GuestCode{Name: name, Code: code}
	l.manifest(key, &guest)
	l.config.Engine.Transforms[name] = guest
}
