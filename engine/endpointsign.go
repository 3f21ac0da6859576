package engine

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/tomlfile"
	"github.com/hookseal/hookseal/engine/webhook"
)

// The headers that every delivery carries whatever its signature.
const (
	headerID   = "Webhook-Id"
	headerType = "Webhook-Type"
)

// signing is what an endpoint's deliveries are signed with.
type signing struct {
	// role is the pack whose sender the endpoint plays, or that signs first; nil
	// for an endpoint without a signature.
	role       *catalog.Pack
	signatures []catalog.Signature
	// read are headers that a scheme would read beside those that it writes, so
	// that they must not be there.
	read          []string
	basic, bearer []Secret
}

// openSigning opens the packs that sign for an endpoint, and notes why they cannot.
func (s *snapshot) openSigning(f *partFaults, c Endpoint, target *url.URL) *signing {
	g := &signing{basic: c.Basic, bearer: c.Bearer}
	if c.Sign == NoVerification {
		if len(c.Secrets)+len(c.AlsoSign) > 0 || c.As != "" {
			f.note("sign", "sign = %q signs nothing, and there is something to sign with", NoVerification)
		}
	} else {
		s.openSignatures(f, c, g)
	}
	g.checkCredentials(f, c, target)
	g.checkHeaders(f, c)
	return g
}

func (s *snapshot) openSignatures(f *partFaults, c Endpoint, g *signing) {
	first, key := Signing{Sign: cmp.Or(c.As, c.Sign, "standard-webhooks"), Settings: c.Settings, Secrets: c.Secrets}, "sign"
	if c.As != "" {
		key = "as"
	}
	if c.As != "" && c.Sign != "" && c.Sign != c.As {
		f.note("sign", "as = %q takes its own signature; sign = %q contradicts it", c.As, c.Sign)
		return
	}
	g.role = s.signingPack(f, key, "", first)
	packs := []*catalog.Pack{g.role}
	g.signatures = []catalog.Signature{{Pack: g.role, Secrets: first.Secrets}}
	for i, also := range c.AlsoSign {
		at := fmt.Sprintf("also_sign[%d]", i)
		if also.Sign == "" || also.Sign == NoVerification {
			f.note(at+".sign", "is missing: the provider whose signature is sent too")
			continue
		}
		pack := s.signingPack(f, at+".sign", at+".", also)
		packs = append(packs, pack)
		g.signatures = append(g.signatures, catalog.Signature{Pack: pack, Secrets: also.Secrets})
	}
	if slices.Contains(packs, nil) {
		g.signatures = nil
		return
	}
	f.add("also_sign", catalog.CheckTogether(packs...))
	for _, p := range packs {
		g.read = append(g.read, readsBeside(p)...)
	}
}

// readsBeside lists the headers that a scheme reads and does not write.
func readsBeside(p *catalog.Pack) []string {
	written := p.Written()
	return slices.DeleteFunc(p.Scheme.Reads(), func(name string) bool {
		_, own := written[name]
		return own
	})
}

// signingPack returns the pack that makes a signature, nil with faults where it
// cannot. The faults of the secrets are at the key below at.
func (s *snapshot) signingPack(f *partFaults, key, at string, c Signing) *catalog.Pack {
	pack, inSettings, err := s.openPack(c.Sign, c.Settings)
	if err != nil {
		if inSettings != "" {
			key = at + inSettings
		}
		f.add(key, err)
		return nil
	}
	if err := pack.Scheme.CanSign(); err != nil {
		f.note(key, "%s: %w", c.Sign, err)
		return nil
	}
	if len(c.Secrets) == 0 && !pack.Provider.Sender.Unsigned {
		f.note(at+"secret", "no secret to sign with as %s: give secret, or say sign = %q aloud", c.Sign, NoVerification)
	}
	for _, secret := range c.Secrets {
		f.add(at+"secret", pack.Scheme.CheckSigner(secret))
	}
	return pack
}

// checkHeaders refuses static headers that something else fills in: which of the
// two an endpoint gets must not depend on who comes last.
func (g *signing) checkHeaders(f *partFaults, c Endpoint) {
	taken := map[string]string{headerID: scheme.HoldsID, headerType: scheme.HoldsType}
	for _, s := range g.signatures {
		maps.Copy(taken, s.Pack.Written())
	}
	if len(g.basic)+len(g.bearer) > 0 {
		taken["Authorization"] = "the credentials"
	}
	names := slices.AppendSeq(slices.Sorted(maps.Keys(c.Headers)), maps.Keys(c.SecretHeaders))
	for _, name := range names {
		if what, is := taken[http.CanonicalHeaderKey(name)]; is {
			f.note(tomlfile.Key("headers", name), "holds %s, and cannot be given", what)
		}
	}
	for name, secret := range c.SecretHeaders {
		f.add(tomlfile.Key("headers", name), sendable(secret, false))
	}
}

// sign makes a draft what the endpoint's providers would send.
func (g *signing) sign(_ context.Context, draft *webhook.Request, m dispatch.Message) error {
	g.identify(draft, headerID, m.ID)
	g.identify(draft, headerType, m.Type)
	if err := g.authorize(draft, m); err != nil {
		return err
	}
	return catalog.SignTogether(draft, scheme.Message{ID: m.ID, Type: m.Type, Time: m.Time}, g.signatures)
}

// identify states the id or the type of what is sent.
func (g *signing) identify(draft *webhook.Request, name, value string) {
	switch {
	case slices.Contains(g.read, name):
		draft.Header.Del(name)
	case value != "":
		draft.Header.Set(name, value)
	}
}
