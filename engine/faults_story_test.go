package engine_test

import (
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/store/storetest"
	"github.com/hookseal/hookseal/engine/webhook"
)

const (
	plainBody  = `{"plain":true}`
	nulBody    = "{\"nul\":\"a\x00b\\u0000\"}"
	brokenBody = "\xff\xfe broken \xc3\x28"
	heldBody   = `{"held":true}`
	lastBody   = `{"last":true}`
	appBody    = `{"app":true}`
	forgedBody = `{"forged":true}`
)

// run tells the story with the fault, ends the engine in the middle of its work,
// lets a fresh one finish, and judges. It returns how many calls the first engine
// made of its store.
func (w *world) run() int {
	stop := w.start(w.fault)
	w.story()
	stop()
	made := w.faulty.Calls()
	stop = w.start(storetest.Fault{})
	w.finish()
	w.judge()
	stop()
	return made
}

// story is what senders and the operator do.
func (w *world) story() {
	var senders sync.WaitGroup
	for _, body := range []string{plainBody, nulBody, brokenBody} {
		senders.Go(func() { w.send(body) })
	}
	senders.Wait()
	w.publish(appBody)
	if status := w.post(http.Header{"X-Qualifio-Signature": {"sha256=" + strings.Repeat("0", 64)}}, forgedBody); status != http.StatusUnauthorized {
		w.Errorf("%v: a forgery is answered %d, want 401", w.fault, status)
	}
	w.await(5)
	w.setDisabled("crm", true)
	w.send(heldBody)
	if err := w.engine.Reload(w.config(w.faulty)); err != nil {
		w.Errorf("%v: reload: %v", w.fault, err)
	}
	w.send(plainBody)
	w.setDisabled("crm", false)
	w.redeliver("crm")
	w.send(lastBody)
}

// await waits until so many requests came, but not long: a fault may be in their
// way.
func (w *world) await(requests int) {
	for range 20 {
		w.mu.Lock()
		enough := len(w.came) >= requests
		w.mu.Unlock()
		if enough {
			return
		}
		w.pause(10 * time.Millisecond)
	}
}

func (w *world) setDisabled(endpoint string, disabled bool) {
	w.insist("set disabled", func() error {
		_, err := w.faulty.SetDisabled(w.Context(), endpoint, disabled, "by hand", time.Now())
		return err
	})
	w.engine.Wake()
}

// redeliver has the first delivery to an endpoint sent again, if one has ended.
func (w *world) redeliver(endpoint string) {
	w.insist("redeliver", func() error {
		list, err := w.faulty.Deliveries(w.Context(), store.DeliveryQuery{Endpoint: endpoint, State: webhook.Delivered, Limit: 1})
		if err != nil || len(list) == 0 {
			return err
		}
		err = w.faulty.Redeliver(w.Context(), list[0].ID, time.Now())
		if errors.Is(err, store.ErrNotFinal) {
			return nil // the try before was made after all
		}
		return err
	})
	w.engine.Wake()
}

// finish enables what is disabled and waits until nothing is open.
func (w *world) finish() {
	w.setDisabled("crm", false)
	for deadline := time.Now().Add(time.Minute); ; {
		counts, err := w.kept.Counts(w.Context())
		if err != nil {
			w.Fatalf("%v: %v", w.fault, err)
		}
		if counts[webhook.Pending]+counts[webhook.Running]+counts[webhook.Held] == 0 {
			return
		}
		if time.Now().After(deadline) {
			w.Errorf("%v: deliveries are stuck: %v", w.fault, counts)
			return
		}
		select {
		case <-w.moved:
		case <-time.After(100 * time.Millisecond):
		}
	}
}
