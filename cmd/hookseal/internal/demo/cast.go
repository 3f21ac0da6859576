package demo

import (
	"io/fs"
	"net/http"
	"time"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/scripts"
	wasmbuild "github.com/hookseal/hookseal/wasm-build"
)

// The guests, by the names under which subscriptions know them.
const (
	crmScript    = "scripts/contracts-to-crm.js"
	lakeEnvelope = "wasm-build/dist/envelope.wasm"
)

// role is an endpoint of the demo: what it subscribes to and how it behaves.
type role struct {
	name string
	// story says in a few words what it is there for.
	story     string
	sources   []string
	types     []string
	transform string
	endpoint  engine.Endpoint
	receiver  *receiver
}

// deadSlots is how many deliveries at a time an endpoint is sent that has not
// answered any.
const deadSlots = 1

// cast makes the endpoints, in the order in which they are shown. The dead one
// gives no answer before the gate opens.
func cast(keys *keyring, s scenario, gate <-chan struct{}) ([]*role, error) {
	roles := []*role{
		{
			name: "crm", story: "messages made by JavaScript",
			sources: []string{chaindoc}, types: []string{"document.*", "signature.request.*"}, transform: crmScript,
			receiver: &receiver{content: crmMessage, answer: always(http.StatusOK)},
		},
		{
			name: "lake", story: "CloudEvents made by WebAssembly",
			sources: providers[:], transform: lakeEnvelope,
			receiver: &receiver{content: cloudEvent, answer: always(http.StatusAccepted)},
		},
		{
			name: "partner", story: "signed as Chaindoc signs",
			sources: []string{chaindoc}, types: []string{"signature.request.*"},
			endpoint: engine.Endpoint{As: chaindoc},
			receiver: &receiver{answer: always(http.StatusNoContent)},
		},
		{
			name: "flaky", story: "500, then 502, then takes it",
			sources:  []string{seatable},
			endpoint: engine.Endpoint{Retry: s.retry, Breaker: &engine.Breaker{}},
			receiver: &receiver{answer: recovering(s.flakyFailures)},
		},
		{
			name: "dead", story: "silent, then 500 for ever",
			sources:  []string{dastra},
			endpoint: engine.Endpoint{Retry: s.retry, Breaker: &engine.Breaker{}, DisableAfter: &engine.DisableAfter{Failures: 2}},
			receiver: &receiver{answer: silent(gate)},
		},
	}
	for _, r := range roles {
		secret := keys.endpoints[r.name]
		r.endpoint.Secrets = []webhook.Secret{secret}
		r.receiver.messages = map[string]*message{}
		if r.endpoint.As == chaindoc {
			r.receiver.check = chaindocCheck(string(secret.Reveal()))
			continue
		}
		var err error
		if r.receiver.check, err = standardCheck(string(secret.Reveal())); err != nil {
			return nil, err
		}
	}
	return roles, nil
}

// sources are the inbound paths of the demo.
func sources(keys *keyring) map[string]engine.Source {
	all := map[string]engine.Source{}
	for _, provider := range providers {
		all[provider] = engine.Source{Provider: provider, Secrets: keys.sources[provider]}
	}
	set := func(provider string, change func(*engine.Source)) {
		source := all[provider]
		change(&source)
		all[provider] = source
	}
	set(smino, func(s *engine.Source) {
		s.AllowUncoveredBody = true
		s.Settings = map[string]string{"tolerance": sminoTolerance.String()}
	})
	set(seatable, func(s *engine.Source) { s.MaxBody = seatableLimit })
	set(qualifio, func(s *engine.Source) { s.Basic = []webhook.Secret{keys.basic} })
	return all
}

// subscriptions say who gets what.
func subscriptions(roles []*role) []engine.Subscription {
	var all []engine.Subscription
	for _, r := range roles {
		for _, source := range r.sources {
			all = append(all, engine.Subscription{Source: source, Types: r.types, Transform: r.transform, Endpoint: r.name})
		}
	}
	return all
}

// transforms are the guests. The limit on time is wide, since a demo may run on
// a machine that does much else.
func transforms() (map[string]engine.GuestCode, error) {
	script, err := fs.ReadFile(scripts.FS, "contracts-to-crm.js")
	if err != nil {
		return nil, err
	}
	module, err := fs.ReadFile(wasmbuild.FS, "dist/envelope.wasm")
	if err != nil {
		return nil, err
	}
	limits := engine.GuestLimits{Time: 5 * time.Second}
	return map[string]engine.GuestCode{
		crmScript:    {Name: crmScript, Code: script, Limits: limits},
		lakeEnvelope: {Name: lakeEnvelope, Code: module, Limits: limits},
	}, nil
}
