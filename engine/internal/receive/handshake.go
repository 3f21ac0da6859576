package receive

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/webhook"
)

// settle does what a challenge asks for before it is answered. A secret that is
// handed out is stored; a URL is visited by a source that does so, and the request
// of any other is an event like every other, for its reader to act upon.
func (s *Source) settle(ctx context.Context, j catalog.Judgement, hint webhook.Hint) (catalog.Judgement, error) {
	if len(j.Reply.Keep.Reveal()) > 0 {
		return s.keep(ctx, j, hint)
	}
	switch {
	case j.Reply.Confirm == "":
		return j, nil
	case s.Confirmer == nil:
		j.Outcome, j.Detail, j.Reply = webhook.Accept, "the provider waits for a visit to "+hostOf(j.Reply.Confirm)+"; the source does not confirm by itself", nil
		return j, nil
	}
	if err := s.Confirmer.Confirm(ctx, j.Reply.Confirm); err != nil {
		return catalog.Judgement{}, fmt.Errorf("confirm source %q: %w", s.Name, err)
	}
	return j, nil
}

// keep stores the secret that is handed out, or rejects the challenge.
func (s *Source) keep(ctx context.Context, j catalog.Judgement, hint webhook.Hint) (catalog.Judgement, error) {
	keeper, ok := s.Secrets.(webhook.SecretKeeper)
	if !ok {
		j.Verdict = webhook.Rejected(webhook.ConditionFailed, "the provider hands out a secret, and the source keeps none")
		return j, nil
	}
	switch err := keeper.Keep(ctx, hint, j.Reply.Keep); {
	case errors.Is(err, webhook.ErrNotKept):
		j.Verdict = webhook.Rejected(webhook.ConditionFailed, err.Error())
	case err != nil:
		return catalog.Judgement{}, fmt.Errorf("keep the secret of source %q: %w", s.Name, err)
	default:
		j.Detail = "the secret that the provider handed out is kept"
	}
	return j, nil
}

// hostOf names a URL without what may be a credential in it.
func hostOf(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "an address"
	}
	return u.Host
}

// eventMethods are those by which events come.
func (s *Source) eventMethods() []string {
	if s.Pack == nil {
		return []string{http.MethodPost}
	}
	return s.Pack.Provider.EventMethods()
}

// methods are those by which the source is called: with events, and with
// challenges.
func (s *Source) methods() []string {
	methods := s.eventMethods()
	if s.Pack != nil && !s.Unsigned {
		methods = slices.Concat(methods, s.Pack.Scheme.ChallengeMethods())
	}
	methods = slices.Clone(methods)
	slices.Sort(methods)
	return slices.Compact(methods)
}

// refuseMethod answers a request that comes by a method which the source does not
// take.
func (c *call) refuseMethod() {
	c.w.Header().Set("Allow", strings.Join(c.source.methods(), ", "))
	c.refuse(http.StatusMethodNotAllowed, webhook.MethodNotAllowed, c.r.Method, nil)
}
