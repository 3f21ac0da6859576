package demo

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// jury holds what happened against what should have.
type jury struct {
	stage *stage
	// events are all of the store, by identifier.
	events map[string]webhook.Event
	// outflows are by endpoint, as are what the receivers saw.
	outflows map[string]Outflow
	records  map[string]record

	found []Expectation
}

// judge looks at everything and returns the result, without its duration.
func (s *stage) judge(ctx context.Context) (*Result, error) {
	j := &jury{stage: s, events: map[string]webhook.Event{}, outflows: map[string]Outflow{}, records: map[string]record{}}
	result := &Result{Providers: s.intakes()}
	var err error
	if result.Endpoints, err = s.outflows(ctx); err != nil {
		return nil, err
	}
	for _, out := range result.Endpoints {
		j.outflows[out.Endpoint] = out
		j.records[out.Endpoint] = s.role(out.Endpoint).receiver.record()
	}
	if err := j.readEvents(ctx); err != nil {
		return nil, err
	}
	if result.Transforms, err = j.examples(ctx); err != nil {
		return nil, err
	}
	j.judgeIntake()
	if err := j.judgeOutflow(ctx); err != nil {
		return nil, err
	}
	result.Expectations = j.found
	result.OK = !slices.ContainsFunc(j.found, func(e Expectation) bool { return !e.Held })
	return result, nil
}

func (j *jury) readEvents(ctx context.Context) error {
	listed, err := j.stage.store.Events(ctx, store.EventQuery{})
	if err != nil {
		return err
	}
	for _, e := range listed {
		if e.Source == engine.NoticeSource {
			continue // what the engine tells of itself came from no sender
		}
		if j.events[e.ID], err = j.stage.store.Event(ctx, e.ID); err != nil {
			return err
		}
	}
	return nil
}

// expect records whether something came out. Nothing in differences means that
// it did; otherwise the first few are told.
func (j *jury) expect(differences []string, format string, args ...any) {
	const told = 3
	e := Expectation{Text: fmt.Sprintf(format, args...), Held: len(differences) == 0}
	if more := len(differences) - told; more > 0 {
		differences = append(slices.Clip(differences[:told]), fmt.Sprintf("and %d more", more))
	}
	e.Got = strings.Join(differences, "; ")
	j.found = append(j.found, e)
}

// event returns the event that a posting became.
func (j *jury) event(p posting) (webhook.Event, bool) {
	for _, e := range j.events {
		if e.Source == p.source && bytes.Equal(e.Body, p.request.Body) {
			return e, true
		}
	}
	return webhook.Event{}, false
}

// stored lists the postings that should be in the store.
func (j *jury) stored() []posting {
	var all []posting
	for _, provider := range providers {
		for _, p := range j.stage.mail[provider] {
			if p.want.stored() {
				all = append(all, p)
			}
		}
	}
	return all
}

// owed lists the postings that an endpoint subscribes to.
func (j *jury) owed(r *role) []posting {
	return slices.DeleteFunc(j.stored(), func(p posting) bool {
		subscribes := len(r.types) == 0 || slices.ContainsFunc(r.types, func(pattern string) bool {
			return strings.HasPrefix(p.typ, strings.TrimSuffix(pattern, "*"))
		})
		return !slices.Contains(r.sources, p.source) || !subscribes
	})
}
