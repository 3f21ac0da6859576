package catalog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

// Pack is a provider ready for use: its scheme under certain settings, and the
// guest that makes its claims where data is not enough.
type Pack struct {
	// Provider is the pack's provider.toml.
	Provider Provider
	// Scheme is compiled under the pack's settings. That of a pack with a rule
	// identifies events and cannot verify alone: [Pack.Judge] can.
	Scheme *scheme.Scheme
	// Rule is nil for a scheme that is all data.
	Rule webhook.Guest

	settings map[string]string
	fsys     fs.FS
	where    string
}

// bases finds the scheme that another one extends.
type bases func(name string) (scheme.Definition, error)

func openPack(ctx context.Context, fsys fs.FS, where, id string, base bases, opt Options) (*Pack, error) {
	data, err := fs.ReadFile(fsys, "provider.toml")
	if err != nil {
		return nil, err
	}
	provider, compiled, err := parseProvider(path.Join(where, "provider.toml"), id, data, base)
	if err != nil {
		return nil, err
	}
	settings, err := provider.settings(opt.Settings)
	if err != nil {
		return nil, err
	}
	if len(opt.Settings) > 0 {
		if compiled, err = scheme.Compile(provider.Scheme, provider.Event, settings); err != nil {
			return nil, fmt.Errorf("%s: %w", where, err)
		}
	}
	p := &Pack{Provider: provider, Scheme: compiled, settings: settings, fsys: fsys, where: where}
	if rule := compiled.Rule(); rule != "" {
		if p.Rule, err = p.loadRule(ctx, rule, opt); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *Pack) loadRule(ctx context.Context, rule string, opt Options) (webhook.Guest, error) {
	code, err := p.ruleCode(rule, opt.Limits)
	if err != nil {
		return nil, err
	}
	for _, loader := range opt.Loaders {
		if !slices.Contains(loader.Extensions(), path.Ext(rule)) {
			continue
		}
		guest, err := loader.Load(ctx, code)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(guest.Hooks(), webhook.HookClaim) {
			return nil, errors.Join(fmt.Errorf("%s: its rule %s has no claim", p.where, rule), guest.Close(ctx))
		}
		return guest, nil
	}
	return nil, fmt.Errorf("%s: its rule %s needs a guest loader for %s files", p.where, rule, path.Ext(rule))
}

// ruleCode reads a rule, and the manifest that stands beside one that is a module,
// if there is one.
func (p *Pack) ruleCode(rule string, limits webhook.GuestLimits) (webhook.GuestCode, error) {
	code, err := fs.ReadFile(p.fsys, rule)
	if err != nil {
		return webhook.GuestCode{}, fmt.Errorf("%s: its rule: %w", p.where, err)
	}
	guest := webhook.GuestCode{Name: path.Join(p.where, rule), Code: code, Limits: limits, Algorithms: p.Scheme.Allowed()}
	if path.Ext(rule) != ".wasm" {
		return guest, nil
	}
	manifest, err := fs.ReadFile(p.fsys, hostabi.ManifestName(rule))
	switch {
	case err == nil:
		guest.Manifest, guest.ManifestName = manifest, hostabi.ManifestName(guest.Name)
	case !errors.Is(err, fs.ErrNotExist):
		return webhook.GuestCode{}, fmt.Errorf("%s: the manifest of its rule: %w", p.where, err)
	}
	return guest, nil
}

// Judgement is a verdict with what it was judged from.
type Judgement struct {
	webhook.Verdict
	// Handshake says that the request is a challenge without a signature, which
	// is never an event, answered or not.
	Handshake bool

	claim *webhook.Claim
}

// Keys are where a judgement gets its keys from.
type Keys struct {
	// Secrets knows the secrets of the source.
	Secrets webhook.SecretSource
	// Fetch returns the public keys behind a reference; nil takes Secrets for
	// them.
	Fetch func(ctx context.Context, ref webhook.KeyRef) ([]webhook.Secret, error)
}

// Judge verifies a request. The secrets are asked for those of the hint, with
// the identifier of the key where the request names one; of a provider that
// publishes its keys these are fetched instead. A request that names a place
// where they are not kept is refused, whoever has them.
//
// An error means that the keys could not be had or that the rule went wrong, so
// that nothing could be decided.
func (p *Pack) Judge(ctx context.Context, req *webhook.Request, keys Keys, hint webhook.Hint, now time.Time) (Judgement, error) {
	if p.Rule != nil {
		return p.judgeClaim(ctx, req, keys, hint, now)
	}
	ref, needed, refusal := p.Scheme.KeyRef(req)
	if refusal.Reason != "" {
		return Judgement{Verdict: refusal}, nil
	}
	hint.KeyID = p.Scheme.KeyID(req)
	secrets, err := keys.get(ctx, ref, needed, hint)
	if err != nil {
		return Judgement{}, err
	}
	return Judgement{Verdict: scheme.Verify(p.Scheme, req, secrets, now)}, nil
}

func (p *Pack) judgeClaim(ctx context.Context, req *webhook.Request, keys Keys, hint webhook.Hint, now time.Time) (Judgement, error) {
	claim, err := p.Rule.Claim(ctx, req, p.settings)
	if err != nil {
		return Judgement{}, err
	}
	key, one := keyOf(claim)
	if !one {
		return Judgement{Verdict: webhook.Rejected(webhook.FieldAmbiguous, "the rule names several keys"), claim: claim}, nil
	}
	var ref webhook.KeyRef
	fetched := key.From == webhook.Referenced
	if fetched {
		var refusal webhook.Verdict
		if ref, refusal = p.Scheme.KeyRefAt(key.URL, key.ID.Text); refusal.Reason != "" {
			return Judgement{Verdict: refusal, claim: claim}, nil
		}
	}
	hint.KeyID = key.ID.Text
	secrets, err := keys.get(ctx, ref, fetched, hint)
	if err != nil {
		return Judgement{}, err
	}
	return Judgement{Verdict: scheme.Check(claim, req, secrets, p.Scheme.Allowed(), now), claim: claim}, nil
}

func (k Keys) get(ctx context.Context, ref webhook.KeyRef, needed bool, hint webhook.Hint) ([]webhook.Secret, error) {
	switch {
	case needed && k.Fetch != nil:
		return k.Fetch(ctx, ref)
	case k.Secrets == nil:
		return nil, nil
	}
	return k.Secrets.Secrets(ctx, hint)
}

// keyOf returns where the claim wants its keys from, which is one place for all
// of its checks. It is false for a claim that names several.
func keyOf(c *webhook.Claim) (webhook.KeySelector, bool) {
	var key webhook.KeySelector
	first := true
	for _, alt := range c.AnyOf {
		for _, check := range alt.AllOf {
			next := webhook.KeySelector{From: check.Key.From, URL: check.Key.URL, Certificate: check.Key.Certificate}
			if next.From != webhook.SourceSecrets {
				next.ID.Text = check.Key.ID.Text
			}
			if !first && next != key {
				return key, false
			}
			key, first = next, false
		}
	}
	return key, true
}

// Answer judges a request that is a challenge without a signature, and returns
// false for every other; see [scheme.Answer].
func (p *Pack) Answer(req *webhook.Request, keys scheme.Keys, now time.Time) (Judgement, bool) {
	v, is := scheme.Answer(p.Scheme, req, keys, now)
	return Judgement{Verdict: v, Handshake: is}, is
}

// Identify reads the identity of an event that j accepted; see
// [scheme.Scheme.Identify].
func (p *Pack) Identify(req *webhook.Request, j Judgement, dedup string) scheme.Identity {
	if j.claim != nil {
		return p.Scheme.IdentifyClaim(j.claim, req, j.Verdict, dedup)
	}
	return p.Scheme.Identify(req, j.Verdict, dedup)
}

// SecretHeaders lists the headers of h that carry the secret itself and so must
// not be stored or shown. Where a rule that may compare tokens made no claim, or
// one that names none, that is all of them.
func (p *Pack) SecretHeaders(j Judgement, h http.Header) []string {
	if p.Rule == nil {
		return p.Scheme.SecretHeaders()
	}
	if !slices.ContainsFunc(p.Scheme.Allowed(), comparesSecret) {
		return nil
	}
	var names []string
	if j.claim != nil {
		for _, alt := range j.claim.AnyOf {
			for _, check := range alt.AllOf {
				if comparesSecret(check.Algorithm) {
					names = append(names, headersOf(check.Signatures)...)
				}
			}
		}
	}
	if len(names) == 0 {
		names = slices.Collect(maps.Keys(h))
	}
	return names
}

func comparesSecret(a webhook.Algorithm) bool { return a == webhook.Token || a == webhook.Basic }

// headersOf names the headers that signatures were read from. A tab parts the
// name of a piece from what it is a piece of.
func headersOf(sigs []webhook.Signature) []string {
	var names []string
	for _, sig := range sigs {
		if kind := sig.Origin.Kind; kind == webhook.HeaderOrigin || kind == webhook.SignatureOrigin {
			name, _, _ := strings.Cut(sig.Origin.Name, "\t")
			names = append(names, http.CanonicalHeaderKey(name))
		}
	}
	return names
}

// Sign makes req what the provider would send: its headers, then its signature;
// [SignTogether] signs as several at once. Without a secret, a provider that then sends none leaves req unsigned.
//
// It returns [scheme.ErrCannotSign] where [scheme.Sign] does.
func (p *Pack) Sign(req *webhook.Request, m scheme.Message, secrets []webhook.Secret) error {
	if req.Header == nil {
		req.Header = http.Header{}
	}
	fill := strings.NewReplacer("{type}", m.Type, "{id}", m.ID)
	for name, value := range p.Provider.Sender.Headers {
		if text := fill.Replace(value); text != "" {
			req.Header.Set(name, text)
		}
	}
	if len(secrets) == 0 && p.Provider.Sender.Unsigned {
		return nil
	}
	return scheme.Sign(p.Scheme, req, m, secrets)
}

// CheckSecret reports why a secret cannot be used with the provider, as
// [scheme.Scheme.CheckSecret] does.
func (p *Pack) CheckSecret(s webhook.Secret) error { return p.Scheme.CheckSecret(s) }

// Close frees the rule.
func (p *Pack) Close(ctx context.Context) error {
	if p.Rule == nil {
		return nil
	}
	return p.Rule.Close(ctx)
}
