package demo

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// keyring holds the secrets of one run, all of them made at its start.
type keyring struct {
	// sources are what the sources know, the one that senders use first.
	sources map[string]webhook.Secrets
	// strangers are secrets of the right form that no source knows.
	strangers map[string]webhook.Secret
	// basic is what Qualifio authenticates with beside its signature.
	basic webhook.Secret
	// endpoints sign what is delivered.
	endpoints map[string]webhook.Secret

	faults []error
}

// overlap is how long Qualifio may go on with a secret that was reset.
const overlap = 30 * time.Minute

func newKeyring(now time.Time) (*keyring, error) {
	k := &keyring{
		sources: map[string]webhook.Secrets{}, strangers: map[string]webhook.Secret{},
		endpoints: map[string]webhook.Secret{},
	}
	for _, provider := range []string{dastra, smino, seatable, qualifio, chaindoc} {
		k.sources[provider] = webhook.Secrets{k.secret("current", text())}
		k.strangers[provider] = k.secret("stranger", text())
	}
	previous := k.secret("previous", text())
	previous.NotAfter = now.Add(overlap)
	k.sources[qualifio] = append(k.sources[qualifio], previous)
	k.basic = k.secret("basic", "qualifio:"+text())

	k.sources[standard] = webhook.Secrets{k.secret("current", standardText())}
	k.strangers[standard] = k.secret("stranger", standardText())
	for _, endpoint := range []string{"crm", "lake", "flaky", "dead"} {
		k.endpoints[endpoint] = k.secret(endpoint, standardText())
	}
	k.endpoints["partner"] = k.secret("partner", text())
	return k, errors.Join(k.faults...)
}

func (k *keyring) secret(label, text string) webhook.Secret {
	secret, err := webhook.NewSecret(label, []byte(text))
	if err != nil {
		k.faults = append(k.faults, err)
	}
	return secret
}

// text returns a secret as a console shows them: 32 hexadecimal digits.
func text() string { return hex.EncodeToString(random(16)) }

// standardText returns a secret in the form of Standard Webhooks.
func standardText() string { return standardPrefix + base64.StdEncoding.EncodeToString(random(24)) }

const standardPrefix = "whsec_"

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, as its documentation says
	return b
}
