package receive

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/internal/keyring"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Source is one inbound path, ready to judge requests.
type Source struct {
	Name string
	// Pack is nil for a source that verifies nothing.
	Pack *catalog.Pack
	// Unsigned accepts requests without a signature, beside a pack whose
	// provider sends none when no secret is set.
	Unsigned bool
	Secrets  webhook.SecretSource
	// Keys fetches the provider's public keys with KeyCredentials, for a source
	// that has no Secrets; nil where the scheme takes none.
	Keys           *keyring.Ring
	KeyCredentials map[string]webhook.Secret
	// Tokens are the verification tokens of the provider's handshakes.
	Tokens []webhook.Secret
	// Confirmer visits the URLs that the provider wants visited; nil visits none.
	Confirmer webhook.Confirmer
	// AllowUncoveredBody accepts events whose body the signature does not cover.
	AllowUncoveredBody bool
	// Dedup names the dedup key, empty for the pack's own.
	Dedup   string
	MaxBody int64
	// Rate is how many requests a second are taken, and Burst how many at once;
	// zero is no limit.
	Rate  float64
	Burst int
	// AllowFrom are the networks that requests may come from; nil is every one.
	AllowFrom   []netip.Prefix
	Credentials Credentials
	Origin      Origin
	// Shadow lets pass, marked, what would be refused.
	Shadow   bool
	Statuses Statuses
}

// Judge verifies a request and applies the source's own demands. An error means
// that nothing could be decided: the secrets could not be had, or the rule went
// wrong.
func (s *Source) Judge(ctx context.Context, req *webhook.Request, now time.Time) (catalog.Judgement, error) {
	if v := s.judgeAddress(req.From); v.Reason != "" {
		return catalog.Judgement{Verdict: v}, nil
	}
	if v := s.Credentials.judge(req.Header, now); v.Reason != "" {
		return catalog.Judgement{Verdict: v}, nil
	}
	if s.Pack == nil || s.Unsigned {
		if req.Truncated {
			return catalog.Judgement{Verdict: webhook.Rejected(webhook.BodyTruncated, "")}, nil
		}
		return catalog.Judgement{Verdict: webhook.Verdict{Outcome: webhook.Accept}}, nil
	}
	hint := webhook.Hint{Source: s.Name, Key: req.Key}
	j, err := s.judge(ctx, req, hint, now)
	if err != nil {
		return j, fmt.Errorf("source %q: %w", s.Name, err)
	}
	if j.Outcome == webhook.Challenged {
		if j, err = s.settle(ctx, j, hint); err != nil {
			return j, err
		}
	}
	if j.Accepted() && !j.Covers.Has(webhook.CoversBody) && !s.AllowUncoveredBody {
		j.Verdict = webhook.Rejected(webhook.BodyUncovered, "the signature does not cover the body; a source opts in with allow_uncovered_body")
	}
	return j, nil
}

// judge judges a challenge without a signature, or else the signature.
func (s *Source) judge(ctx context.Context, req *webhook.Request, hint webhook.Hint, now time.Time) (catalog.Judgement, error) {
	keys := catalog.Keys{Secrets: s.Secrets}
	if s.Keys != nil {
		keys.Fetch = s.fetch
	}
	if s.Pack.Scheme.HasUnsignedHandshake() {
		secrets, err := s.secrets(ctx, hint)
		if err != nil {
			return catalog.Judgement{}, err
		}
		if j, is := s.Pack.Answer(req, scheme.Keys{Secrets: secrets, Tokens: s.Tokens}, now); is {
			return j, nil
		}
		if !s.Pack.Scheme.NamesKey() {
			keys.Secrets = webhook.Secrets(secrets)
		}
	}
	return s.Pack.Judge(ctx, s.forRule(req), keys, hint, now)
}

func (s *Source) secrets(ctx context.Context, hint webhook.Hint) ([]webhook.Secret, error) {
	if s.Secrets == nil {
		return nil, nil
	}
	return s.Secrets.Secrets(ctx, hint)
}

func (s *Source) fetch(ctx context.Context, ref webhook.KeyRef) ([]webhook.Secret, error) {
	keys, err := s.Keys.Keys(ctx, ref, s.KeyCredentials)
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	return keys, nil
}

// forRule keeps the source's own credential from the guest that makes a claim.
func (s *Source) forRule(req *webhook.Request) *webhook.Request {
	if s.Pack.Rule == nil || s.Credentials.Header == "" {
		return req
	}
	shown := *req
	shown.Header = req.Header.Clone()
	shown.Header.Del(s.Credentials.Header)
	return &shown
}

// identify reads the identity of an accepted event. Without verification there
// is nothing that could tell a repeat from a forgery, so no key is kept.
func (s *Source) identify(req *webhook.Request, j catalog.Judgement) scheme.Identity {
	if s.Pack == nil {
		return scheme.Identity{}
	}
	id := s.Pack.Identify(req, j, s.Dedup)
	if s.Unsigned {
		id.DedupKey = ""
	}
	return id
}
