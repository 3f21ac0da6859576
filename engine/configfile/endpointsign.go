package configfile

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/tomlfile"
	"github.com/hookseal/hookseal/engine/webhook"
)

// credentials resolves what an endpoint is sent beside the signature.
func (l *loader) credentials(e *engine.Endpoint, key string, t endpoint) {
	e.Basic = l.secretList(key+".basic", t.Basic)
	e.Bearer = l.secretList(key+".bearer", t.Bearer)
	before := map[string]string{}
	for _, name := range named(t.Headers) {
		at := key + "." + tomlfile.Key("headers", name)
		text, canonical := t.Headers[name], http.CanonicalHeaderKey(name)
		if other, twice := before[canonical]; twice {
			l.note(at, "is the header %s again, in other letters", other)
		}
		before[canonical] = name
		switch {
		case !isToken(name):
			l.note(at, "is no name of a header")
		case isReference(text):
			for _, secret := range l.resolve(nil, at, secretRef{Ref: text}) {
				if e.SecretHeaders == nil {
					e.SecretHeaders = map[string]webhook.Secret{}
				}
				e.SecretHeaders[name] = secret
			}
		case strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			l.note(at, "holds a control character")
		default:
			if e.Headers == nil {
				e.Headers = map[string]string{}
			}
			e.Headers[name] = text
		}
	}
}

// isReference reports whether the value of a header refers to a secret. A value
// that begins like a reference and is none is written with plain: before it.
func isReference(text string) bool {
	for _, kind := range []string{"env:", "file:", "plain:"} {
		if strings.HasPrefix(text, kind) {
			return true
		}
	}
	return false
}

// alsoSign resolves the further signatures of an endpoint.
func (l *loader) alsoSign(e *engine.Endpoint, key string, t endpoint) {
	for i, also := range t.AlsoSign {
		e.AlsoSign = append(e.AlsoSign, engine.Signing{
			Sign: also.Sign, Settings: also.Settings,
			Secrets: l.secrets(fmt.Sprintf("%s.also_sign[%d]", key, i), also.Secret, also.Secrets),
		})
	}
}

// warnOfSecrets says where a request has no room for the signatures of all
// secrets, so that their time is not one in which both verify.
func (l *loader) warnOfSecrets() {
	for _, name := range named(l.config.Engine.Endpoints) {
		e := l.config.Engine.Endpoints[name]
		all := append([]engine.Signing{{Sign: cmp.Or(e.As, e.Sign), Settings: e.Settings, Secrets: e.Secrets}}, e.AlsoSign...)
		for _, s := range all {
			if len(s.Secrets) < 2 || s.Sign == "" {
				continue
			}
			p, err := l.config.Engine.Catalog.Open(context.Background(), s.Sign, catalog.Options{Settings: s.Settings, Loaders: l.config.Engine.Guests})
			if err != nil {
				continue // the engine has noted it
			}
			several := p.Scheme.CarriesSeveral()
			if err := p.Close(context.Background()); err != nil {
				l.faults = append(l.faults, err)
			}
			if !several {
				l.warn("endpoint %q is signed with one of its %d secrets at a time, the first that counts: a request as %s has room for one signature",
					name, len(s.Secrets), s.Sign)
			}
		}
	}
}
