package engine_test

import (
	"slices"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

// judge compares what was acknowledged, what is stored and what came.
func (w *world) judge() {
	w.mu.Lock()
	defer w.mu.Unlock()
	events := w.events()
	for body := range w.acked {
		if events[body] == "" {
			w.Errorf("%v: %q was acknowledged and is not stored", w.fault, body)
		}
	}
	want := map[arrival]bool{}
	for body, id := range events {
		if body == forgedBody {
			w.Errorf("%v: what was refused is stored", w.fault)
		}
		for _, a := range owed(body, id) {
			want[a] = true
		}
	}
	for a := range want {
		if !slices.Contains(w.came, a) {
			w.Errorf("%v: %+v never came", w.fault, a)
		}
	}
	for _, a := range w.came {
		if !want[a] {
			w.Errorf("%v: %+v came, which is owed to nobody", w.fault, a)
		}
	}
	counts, err := w.kept.Counts(w.Context())
	if err != nil || counts[webhook.Delivered] != int64(len(want)) {
		w.Errorf("%v: Counts = %v, %v, want %d delivered", w.fault, counts, err, len(want))
	}
}

// events returns the IDs of the stored events by their bodies, but for those that
// the engine tells of itself.
func (w *world) events() map[string]string {
	list, err := w.kept.Events(w.Context(), store.EventQuery{})
	if err != nil {
		w.Fatalf("%v: %v", w.fault, err)
	}
	byBody := map[string]string{}
	for _, e := range list {
		if e.Source != "hub" && e.Source != engine.AppSource {
			continue
		}
		whole, err := w.kept.Event(w.Context(), e.ID)
		if err != nil {
			w.Fatalf("%v: %v", w.fault, err)
		}
		if before := byBody[string(whole.Body)]; before != "" {
			w.Errorf("%v: %q is stored as %s and as %s", w.fault, whole.Body, before, e.ID)
		}
		byBody[string(whole.Body)] = e.ID
	}
	return byBody
}

// owed are the requests that an event makes.
func owed(body, id string) []arrival {
	if body == appBody {
		return []arrival{{"crm", id, body}}
	}
	first := body
	if body == brokenBody {
		first = "binary"
	}
	return []arrival{
		{"crm", id, body},
		{"flaky", id, body},
		{"split", id + "_1", first},
		{"split", id + "_2", "second of " + id},
	}
}
