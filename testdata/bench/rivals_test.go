package bench_test

import (
	"testing"

	"github.com/google/go-github/v74/github"
	"github.com/slack-go/slack"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	stripe "github.com/stripe/stripe-go/v82/webhook"
	svix "github.com/svix/svix-webhooks/go"

	"github.com/hookseal/hookseal/engine/webhook"
)

const whsec = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

func rivals() []rival {
	return []rival{
		{"stripe-go", "stripe", whsec, func(_ testing.TB, secret string) side {
			return func(req *webhook.Request) bool {
				return stripe.ValidatePayload(req.Body, req.Header.Get("Stripe-Signature"), secret) == nil
			}
		}},
		{"go-github", "github", "secret", func(_ testing.TB, secret string) side {
			key := []byte(secret)
			return func(req *webhook.Request) bool {
				return github.ValidateSignature(req.Header.Get("X-Hub-Signature-256"), req.Body, key) == nil
			}
		}},
		{"slack-go", "slack", "8f742231b10e8888abcd99yyyzzz85a5", func(_ testing.TB, secret string) side {
			return func(req *webhook.Request) bool {
				v, err := slack.NewSecretsVerifier(req.Header, secret)
				if err != nil {
					return false
				}
				if _, err := v.Write(req.Body); err != nil {
					return false
				}
				return v.Ensure() == nil
			}
		}},
		{"standard-webhooks", "standard-webhooks", whsec, func(b testing.TB, secret string) side {
			wh, err := standardwebhooks.NewWebhook(secret)
			if err != nil {
				b.Fatal(err)
			}
			return func(req *webhook.Request) bool { return wh.Verify(req.Body, req.Header) == nil }
		}},
		{"svix", "standard-webhooks", whsec, func(b testing.TB, secret string) side {
			wh, err := svix.NewWebhook(secret)
			if err != nil {
				b.Fatal(err)
			}
			return func(req *webhook.Request) bool { return wh.Verify(req.Body, req.Header) == nil }
		}},
	}
}
