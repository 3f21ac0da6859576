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
	secrets, err := labelled(v.Secrets, vectorLabel)
	if err != nil {
		return err
	}
	tokens, err := labelled(v.Tokens, func(i int) string { return fmt.Sprintf("tokens[%d]", i) })
	if err != nil {
		return err
	}
	req := v.HTTP()
	j, is := p.Answer(req, scheme.Keys{Secrets: secrets, Tokens: tokens}, v.At)
	if !is {
		if j, err = p.Judge(ctx, req, Keys{Secrets: webhook.Secrets(secrets)}, webhook.Hint{}, v.At); err != nil {
			return fmt.Errorf("nothing was decided: %w", err)
		}
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

func labelled(texts []string, label func(i int) string) ([]webhook.Secret, error) {
	var secrets []webhook.Secret
	for i, text := range texts {
		secret, err := webhook.NewSecret(label(i), []byte(text))
		if err != nil {
			return nil, err
		}
		secrets = append(secrets, secret)
	}
	return secrets, nil
}

func (r *ExpectedReply) compare(got *webhook.Challenge) error {
	if len(got.Header) != len(r.Headers) {
		return fmt.Errorf("reply has %d further headers, want %d", len(got.Header), len(r.Headers))
	}
	for name, want := range r.Headers {
		if text := got.Header.Get(name); text != want {
			return fmt.Errorf("reply header %s = %q, want %q", name, text, want)
		}
	}
	if kept := string(got.Keep.Reveal()); kept != r.Keep || got.Confirm != r.Confirm {
		return fmt.Errorf("reply keeps %q and confirms %q, want %q and %q", kept, got.Confirm, r.Keep, r.Confirm)
	}
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
	label := ""
	if v.Expect.Secret != nil {
		label = vectorLabel(*v.Expect.Secret)
	}
	compare("secret", got.Secret, label)
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
