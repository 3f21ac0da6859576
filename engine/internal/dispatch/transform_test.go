package dispatch_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine/internal/dispatch"
	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

func outputs(bodies ...string) guest {
	return guest{hash: "h1", transform: func(context.Context, *webhook.Event, webhook.TransformContext) ([]webhook.Output, error) {
		var made []webhook.Output
		for _, body := range bodies {
			made = append(made, webhook.Output{Body: []byte(body)})
		}
		return made, nil
	}}
}

func broken(err error) guest {
	return guest{hash: "h0", transform: func(context.Context, *webhook.Event, webhook.TransformContext) ([]webhook.Output, error) {
		return nil, err
	}}
}

func TestTransformFailsThenIsMended(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		internet := &network{}
		scripts := &guests{byName: map[string]webhook.Guest{
			"shape": broken(&webhook.GuestError{Guest: "shape.js", Kind: webhook.GuestThrow, Line: 3, Column: 7, Message: "x is\nundefined"}),
		}}
		var failed []error
		accept(t, st, 1, "shape", "crm")
		d, _ := start(t, dispatch.Config{
			Store: st, Transport: internet, Transforms: scripts,
			Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{Retry: []time.Duration{time.Second}})},
			Observer:  dispatch.Observer{TransformFailed: func(_ webhook.Delivery, err error) { failed = append(failed, err) }},
		})
		pass(time.Hour)
		got := wantState(t, st, 1, "crm", webhook.Failed)
		if want := "shape.js:3:7: throw: x is undefined"; got.LastError != want || got.Attempts != 0 {
			t.Errorf("delivery = %d attempts, error %q; want 0, %q", got.Attempts, got.LastError, want)
		}
		var guestError *webhook.GuestError
		if len(failed) != 1 || !errors.As(failed[0], &guestError) {
			t.Errorf("reported as failed: %v, want the guest's error once", failed)
		}
		if n := len(internet.requests("crm")); n != 0 {
			t.Errorf("%d requests were sent, want 0", n)
		}

		scripts.set("shape", outputs("mended"))
		if err := st.Redeliver(t.Context(), got.ID, time.Now()); err != nil {
			t.Fatal(err)
		}
		d.Wake()
		pass(time.Second)
		wantState(t, st, 1, "crm", webhook.Delivered)
		if r := internet.requests("crm"); len(r) != 1 || r[0].body != "mended" {
			t.Errorf("requests = %v, want one with what the mended script made", r)
		}
	})
}

func TestTransformOutputs(t *testing.T) {
	tests := []struct {
		name  string
		guest webhook.Guest
		state webhook.DeliveryState
		sent  map[string]string // message ID to body
	}{
		{"none drops", outputs(), webhook.Dropped, map[string]string{}},
		{"one keeps the ID", outputs("a"), webhook.Delivered, map[string]string{"evt_000001": "a"}},
		{"three are numbered", outputs("a", "b", "c"), webhook.Delivered, map[string]string{"evt_000001_1": "a", "evt_000001_2": "b", "evt_000001_3": "c"}},
		{"one empty body", outputs(""), webhook.Delivered, map[string]string{"evt_000001": ""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				st := openStore(t)
				internet := &network{}
				scripts := &guests{byName: map[string]webhook.Guest{}}
				scripts.set("shape", test.guest)
				var finished []webhook.Delivery
				accept(t, st, 1, "shape", "crm")
				start(t, dispatch.Config{
					Store: st, Transport: internet, Transforms: scripts,
					Endpoints: map[string]dispatch.Endpoint{"crm": oneByOne("crm", webhook.DeliveryPolicy{})},
					Observer:  dispatch.Observer{DeliveryFinished: func(d webhook.Delivery) { finished = append(finished, d) }},
				})
				pass(time.Second)
				wantState(t, st, 1, "crm", test.state)
				got := map[string]string{}
				for _, r := range internet.requests("crm") {
					got[r.id] = r.body
				}
				if len(got) != len(test.sent) {
					t.Errorf("sent %v, want %v", got, test.sent)
				}
				for id, body := range test.sent {
					if sent, ok := got[id]; !ok || sent != body {
						t.Errorf("message %s = %q (sent: %v), want %q", id, sent, ok, body)
					}
				}
				if want := max(1, len(test.sent)); len(finished) != want || finished[0].State != test.state {
					t.Errorf("reported as finished: %+v, want %d, %s", finished, want, test.state)
				}
			})
		})
	}
}

// TestOutputsDoNotWaitForTheFirst sends what a transform split off while the
// attempt of its first output hangs.
func TestOutputsDoNotWaitForTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		internet := &network{answer: func(_ int, r received) (*http.Response, error) {
			if r.id == eventID(1)+"_1" {
				return hang(r)
			}
			return status(200), nil
		}}
		accept(t, st, 0, "", "crm")
		accept(t, st, 1, "shape", "crm")
		start(t, dispatch.Config{
			Store: st, Transport: internet, Transforms: &guests{byName: map[string]webhook.Guest{"shape": outputs("a", "b", "c")}},
			Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{})},
		})
		pass(time.Second)
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Running: 1, webhook.Delivered: 3})
	})
}

// TestTransformContext sees what a guest is told, and where its lines go.
func TestTransformContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		var log strings.Builder
		speaking := guest{hash: "h1", transform: func(_ context.Context, ev *webhook.Event, tc webhook.TransformContext) ([]webhook.Output, error) {
			if ev.ID != eventID(1) || ev.Source != "app" || tc.Subscription != "all" || tc.Endpoint != "crm" {
				t.Errorf("Transform(%+v, %+v), want the event and the names of its delivery", ev, tc)
			}
			tc.Log("warn", "careful")
			tc.Log("trace", "a level of its own")
			return nil, nil
		}}
		accept(t, st, 1, "shape", "crm")
		_, stop := start(t, dispatch.Config{
			Store: st, Transport: &network{}, Transforms: &guests{byName: map[string]webhook.Guest{"shape": speaking}},
			Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{})},
			Log:       slog.New(slog.NewTextHandler(&log, nil)),
		})
		pass(time.Second)
		stop()
		for _, want := range []string{"level=WARN", "line=careful", "level=INFO", "transform=shape", `line="a level of its own"`} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("the log is %q, want %q in it", log.String(), want)
			}
		}
	})
}

// TestExpandFails runs the transform again after the store could not commit,
// and sends nothing before it could.
func TestExpandFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failures := 2
		st := &hooked{Store: openStore(t)}
		st.onExpand = func() error {
			if failures--; failures >= 0 {
				return errors.New("disk is full")
			}
			return nil
		}
		internet := &network{}
		accept(t, st, 1, "shape", "crm")
		start(t, dispatch.Config{
			Store: st, Transport: internet, Transforms: &guests{byName: map[string]webhook.Guest{"shape": outputs("a", "b")}},
			Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{})},
		})
		pass(1500 * time.Millisecond)
		if n := len(internet.requests("crm")); n != 0 {
			t.Errorf("%d requests before the outputs were committed, want 0", n)
		}
		pass(time.Second)
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: 2})
		if n := len(internet.requests("crm")); n != 2 {
			t.Errorf("%d requests, want 2", n)
		}
	})
}

// TestExpandAfterLeaseLost sends nothing: the other holder does.
func TestExpandAfterLeaseLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lost := true
		st := &hooked{Store: openStore(t)}
		st.onExpand = func() error {
			if lost {
				lost = false
				return store.ErrLeaseLost
			}
			return nil
		}
		internet := &network{}
		accept(t, st, 1, "shape", "crm")
		start(t, dispatch.Config{
			Store: st, Transport: internet, Transforms: &guests{byName: map[string]webhook.Guest{"shape": outputs("a")}},
			Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{})},
			Lease:     time.Minute,
		})
		pass(59 * time.Second)
		if n := len(internet.requests("crm")); n != 0 {
			t.Errorf("%d requests without the lease, want 0", n)
		}
		pass(2 * time.Second)
		wantState(t, st, 1, "crm", webhook.Delivered)
	})
}

func TestDraft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		st := openStore(t)
		internet := &network{}
		shaping := guest{hash: "h1", transform: func(context.Context, *webhook.Event, webhook.TransformContext) ([]webhook.Output, error) {
			return []webhook.Output{{
				Type: "shaped", Body: []byte("x"),
				Header: http.Header{
					"x-tenant": {"7", "8"}, "X-Fixed": {"from the script"}, "Content-Length": {"9999"},
					"Transfer-Encoding": {"chunked"}, "host": {"evil.example"}, "Expect": {"100-continue"},
				},
			}}, nil
		}}
		crm := endpoint("crm", webhook.DeliveryPolicy{})
		var err error
		if crm.URL, err = crm.URL.Parse("http://user:pa%3Ass@crm.example/a%2Fb?x=1"); err != nil {
			t.Fatal(err)
		}
		crm.Header = http.Header{"x-fixed": {"from the configuration"}}
		accept(t, st, 1, "shape", "crm")
		accept(t, st, 2, "", "crm")
		start(t, dispatch.Config{
			Store: st, Transport: internet, UserAgent: "hookseal/test",
			Transforms: &guests{byName: map[string]webhook.Guest{"shape": shaping}},
			Endpoints:  map[string]dispatch.Endpoint{"crm": crm},
		})
		pass(time.Second)
		for _, r := range internet.requests("crm") {
			common := http.Header{
				"Authorization": {"Basic dXNlcjpwYTpzcw=="}, "User-Agent": {"hookseal/test"}, "X-Fixed": {"from the configuration"},
				"Content-Type": {"application/json"}, "Webhook-Id": {r.id}, "Webhook-Type": {"document.signed"},
			}
			wantBody := `{"number":2,"text":"caf` + "\xe9\x00" + `"}`
			if r.id == eventID(1) {
				common["X-Tenant"], common["Webhook-Type"] = []string{"7", "8"}, []string{"shaped"}
				wantBody = "x"
			}
			if !equalHeaders(r.header, common) {
				t.Errorf("header of %s = %v, want %v", r.id, r.header, common)
			}
			if r.body != wantBody || r.target != "/a%2Fb?x=1" {
				t.Errorf("%s sent %q to %q, want %q to /a%%2Fb?x=1", r.id, r.body, r.target, wantBody)
			}
		}
		wantCounts(t, st, map[webhook.DeliveryState]int64{webhook.Delivered: 2})
	})
}

// A guest that ran out of time, or could not be run, is tried again by the
// schedule; the endpoint is not blamed for it.
func TestTransformIsTriedAgain(t *testing.T) {
	slow := &webhook.GuestError{Guest: "slow.js", Kind: webhook.GuestTimeout, Message: "ran longer than 250ms"}
	noProcess := errors.New("slow.js: no process can be started")
	for _, tt := range []struct {
		name   string
		fault  error
		mended bool
		want   webhook.DeliveryState
	}{
		{"slow for a while", slow, true, webhook.Delivered},
		{"slow for good", slow, false, webhook.Failed},
		{"no process for a while", noProcess, true, webhook.Delivered},
		{"no process for good", noProcess, false, webhook.Failed},
		{"not configured for a while", nil, true, webhook.Delivered},
		{"not configured", nil, false, webhook.Pending},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				st := openStore(t)
				scripts, want := &guests{byName: map[string]webhook.Guest{}}, `no such transform is configured: "slow"`
				if tt.fault != nil {
					scripts.set("slow", broken(tt.fault))
					want = tt.fault.Error()
				}
				accept(t, st, 1, "slow", "crm")
				start(t, dispatch.Config{
					Store: st, Transport: &network{}, Transforms: scripts,
					Endpoints: map[string]dispatch.Endpoint{"crm": endpoint("crm", webhook.DeliveryPolicy{
						Retry: []time.Duration{time.Minute, time.Minute}, DisableAfter: webhook.DisableRule{Failures: 1, Attempts: true},
					})},
				})
				pass(30 * time.Second)
				if got := wantState(t, st, 1, "crm", webhook.Pending); got.LastError != want {
					t.Errorf("error = %q, want %q", got.LastError, want)
				}
				if tt.mended {
					scripts.set("slow", outputs("mended"))
				}
				pass(time.Hour)
				wantState(t, st, 1, "crm", tt.want)
				health, err := st.Health(t.Context())
				if err != nil || len(health) != 1 || health[0].Disabled || health[0].Failures != 0 {
					t.Errorf("health = %+v, %v; want it untouched", health, err)
				}
			})
		})
	}
}

// A header that cannot be sent does not count against the endpoint.
func TestUnsendableHeader(t *testing.T) {
	for name, value := range map[string]string{"control character": "a\r\nX: y", "too long": strings.Repeat("a", 9000)} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				st, internet := openStore(t), &network{}
				accept(t, st, 1, "", "crm")
				e := endpoint("crm", webhook.DeliveryPolicy{DisableAfter: webhook.DisableRule{Failures: 0, Attempts: true}})
				e.Sign = func(_ context.Context, draft *webhook.Request, _ dispatch.Message) error {
					draft.Header.Set("Webhook-Type", value)
					return nil
				}
				start(t, dispatch.Config{Store: st, Transport: internet, Endpoints: map[string]dispatch.Endpoint{"crm": e}})
				pass(time.Minute)
				got := wantState(t, st, 1, "crm", webhook.Exhausted)
				if !strings.Contains(got.LastError, "header Webhook-Type") || strings.ContainsAny(got.LastError, "\r\n") {
					t.Errorf("error = %q", got.LastError)
				}
				health, err := st.Health(t.Context())
				if err != nil || health[0].Failures != 0 || len(internet.requests("crm")) != 0 {
					t.Errorf("health = %+v, %v, %d requests; want untouched, none", health, err, len(internet.requests("crm")))
				}
			})
		})
	}
}
