package demo

import (
	"context"
	"fmt"
	"slices"

	"github.com/hookseal/hookseal/engine/store"
)

// judgeOutflow looks at what the endpoints got.
func (j *jury) judgeOutflow(ctx context.Context) error {
	j.judgeCRM()
	lake, partner := j.owed(j.stage.role("lake")), j.owed(j.stage.role("partner"))
	j.expect(j.notTaken("lake", lake), "lake got all %d events as CloudEvents, made by WebAssembly", len(lake))
	j.expect(j.notTaken("partner", partner), "partner got %d events, signed as Chaindoc signs", len(partner))
	if err := j.judgeFlaky(ctx); err != nil {
		return err
	}
	j.judgeDead()
	j.judgeSignatures()
	j.expect(j.smuggled(), "no refused webhook reached an endpoint")
	return nil
}

// crmTakes are the events that the script makes messages of.
var crmTakes = [...]string{"document.created", "document.verified", "document.signed", "signature.request.completed"}

func (j *jury) judgeCRM() {
	owed := j.owed(j.stage.role("crm"))
	taken := slices.DeleteFunc(slices.Clone(owed), func(p posting) bool { return !slices.Contains(crmTakes[:], p.typ) })
	dropped := len(owed) - len(taken)
	differences := j.notTaken("crm", taken)
	if got := j.outflows["crm"].Dropped; got != dropped {
		differences = append(differences, fmt.Sprintf("%d were dropped", got))
	}
	j.expect(differences, "crm got %d messages, made by JavaScript, which dropped %d", len(taken), dropped)
}

// notTaken compares the messages that an endpoint took with the events that it
// was owed, both by webhook-id.
func (j *jury) notTaken(endpoint string, owed []posting) []string {
	var differences []string
	seen := j.records[endpoint]
	if got := seen.taken(); got != len(owed) {
		differences = append(differences, fmt.Sprintf("it took %d messages, want %d", got, len(owed)))
	}
	for _, p := range owed {
		if e, ok := j.event(p); !ok || seen.messages[e.ID].taken == 0 {
			differences = append(differences, fmt.Sprintf("%s of %s is missing", p.about, p.source))
		}
	}
	return differences
}

func (j *jury) judgeFlaky(ctx context.Context) error {
	owed := j.owed(j.stage.role("flaky"))
	differences := j.notTaken("flaky", owed)
	deliveries, err := j.stage.store.Deliveries(ctx, store.DeliveryQuery{Endpoint: "flaky"})
	if err != nil {
		return err
	}
	for _, d := range deliveries {
		attempts, err := j.stage.store.Attempts(ctx, d.ID)
		if err != nil {
			return err
		}
		var got []int
		for _, a := range attempts {
			got = append(got, a.Status)
		}
		if want := []int{500, 502, 200}; !slices.Equal(got, want) {
			differences = append(differences, fmt.Sprintf("%s was answered %v, want %v", d.MessageID, got, want))
		}
	}
	j.expect(differences, "flaky failed with 500 and 502 and took each of %d events at the third attempt", len(owed))
	return nil
}

func (j *jury) judgeDead() {
	var differences []string
	if j.stage.delayed {
		differences = append(differences, j.unserved()...)
	}
	j.expect(differences, "while dead kept a delivery waiting, every other endpoint was served")

	owed, out := len(j.owed(j.stage.role("dead"))), j.outflows["dead"]
	differences = nil
	if out.Disabled == "" || out.Exhausted < 3 || out.Exhausted+out.Held != owed || out.Delivered > 0 {
		differences = []string{fmt.Sprintf("%d exhausted, %d held, %d delivered, %d open of %d; disabled: %q",
			out.Exhausted, out.Held, out.Delivered, out.Open, owed, out.Disabled)}
	}
	j.expect(differences, "dead is disabled after 3 exhausted deliveries in a row, and what it is owed is held")
}

// unserved says who still waited when patience ended.
func (j *jury) unserved() []string {
	var waiting []string
	for _, r := range j.stage.roles {
		if out := j.outflows[r.name]; out.Open > 0 {
			waiting = append(waiting, fmt.Sprintf("%s waits for %d", r.name, out.Open))
		}
	}
	if waiting == nil {
		waiting = []string{"they were served too late"}
	}
	return waiting
}

func (j *jury) judgeSignatures() {
	var differences []string
	requests := 0
	for _, r := range j.stage.roles {
		seen := j.records[r.name]
		requests += seen.requests
		for _, fault := range seen.faults {
			differences = append(differences, r.name+": "+fault)
		}
		if seen.requests < j.outflows[r.name].Attempts {
			differences = append(differences, fmt.Sprintf("%s saw %d of %d attempts", r.name, seen.requests, j.outflows[r.name].Attempts))
		}
	}
	j.expect(differences, "crypto/hmac alone confirms the signatures of all %d delivery attempts", requests)
}

// smuggled finds what no endpoint may get: a body with the marker, or an
// identifier that is no event's.
func (j *jury) smuggled() []string {
	var differences []string
	for _, r := range j.stage.roles {
		seen := j.records[r.name]
		if seen.smuggled > 0 {
			differences = append(differences, fmt.Sprintf("%s got %d", r.name, seen.smuggled))
		}
		for id := range seen.messages {
			if _, known := j.events[id]; !known {
				differences = append(differences, fmt.Sprintf("%s got %s, which is not in the store", r.name, id))
			}
		}
	}
	return differences
}
