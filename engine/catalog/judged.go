package catalog

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Run judges the vector by a pack, which was opened with the vector's settings.
// The error says, one line for each, what came out differently.
func (v *Vector) Run(ctx context.Context, p *Pack) error {
	var secrets []webhook.Secret
	for i, text := range v.Secrets {
		secret, err := webhook.NewSecret(vectorLabel(i), []byte(text))
		if err != nil {
			return err
		}
		secrets = append(secrets, secret)
	}
	req := v.HTTP()
	j, err := p.Judge(ctx, req, secrets, v.At)
	if err != nil {
		return fmt.Errorf("nothing was decided: %w", err)
	}
	if got := j.Outcome.String(); got != v.Expect.Outcome {
		return fmt.Errorf("outcome = %s (%s), want %s", got, reasonText(j.Verdict), v.Expect.Outcome+expectedReason(v.Expect))
	}
	switch j.Outcome {
	case webhook.Accept:
		return v.compareHeld(j.Verdict, p.Identify(req, j, ""))
	case webhook.Challenged:
		return errors.Join(v.compareHeld(j.Verdict, scheme.Identity{}), v.Expect.Reply.compare(j.Reply))
	}
	if j.Reason != v.Expect.Reason {
		return fmt.Errorf("reason = %s, want %s", reasonText(j.Verdict), v.Expect.Reason)
	}
	return nil
}

func (r *ExpectedReply) compare(got *webhook.Challenge) error {
	if got.Status != r.Status || got.ContentType != r.Type || string(got.Body) != r.Body {
		return fmt.Errorf("reply = %d %q %q, want %d %q %q", got.Status, got.ContentType, got.Body, r.Status, r.Type, r.Body)
	}
	return nil
}

// compareHeld compares what an accepted request and a challenge have in common.
func (v *Vector) compareHeld(got webhook.Verdict, identity scheme.Identity) error {
	var faults []error
	compare := func(what, got, want string) {
		if got != want {
			faults = append(faults, fmt.Errorf("%s = %q, want %q", what, got, want))
		}
	}
	compare("type", identity.Type, v.Expect.Type)
	compare("id", identity.ID, v.Expect.ID)
	compare("candidate", got.Candidate, v.Expect.Candidate)
	compare("covers", strings.Join(got.Covers.Names(), ","), strings.Join(v.Expect.Covers, ","))
	compare("secret", got.Secret, vectorLabel(*v.Expect.Secret))
	return errors.Join(faults...)
}

func vectorLabel(i int) string { return fmt.Sprintf("secrets[%d]", i) }

func reasonText(v webhook.Verdict) string {
	switch {
	case v.Outcome != webhook.Reject:
		return fmt.Sprintf("candidate %q, secret %q", v.Candidate, v.Secret)
	case v.Detail == "":
		return string(v.Reason)
	}
	return fmt.Sprintf("%s: %s", v.Reason, v.Detail)
}

func expectedReason(e Expectation) string {
	if e.Reason == "" {
		return ""
	}
	return " with " + string(e.Reason)
}
