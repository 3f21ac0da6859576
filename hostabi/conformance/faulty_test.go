package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

// faulty is a guest whose host does not keep its promises: after each call it
// does what spoil says.
type faulty struct {
	webhook.Guest
	calls int
	spoil func(call int, ev *webhook.Event, outputs []webhook.Output, err error) ([]webhook.Output, error)
}

func (f *faulty) Transform(ctx context.Context, ev *webhook.Event, tc webhook.TransformContext) ([]webhook.Output, error) {
	outputs, err := f.Guest.Transform(ctx, ev, tc)
	f.calls++
	return f.spoil(f.calls, ev, outputs, err)
}

// newFaulty returns the trial of a guest that gives one empty event and is
// spoilt.
func newFaulty(t *testing.T, spoil func(call int, ev *webhook.Event, outputs []webhook.Output, err error) ([]webhook.Output, error)) *trial {
	t.Helper()
	raw, err := os.ReadFile("../../testdata/guests/remember.wasm")
	if err != nil {
		t.Fatal(err)
	}
	code := webhook.GuestCode{Name: "remember.wasm", Code: raw}
	guest, err := host.Loader{}.Load(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := guest.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return &trial{code: code, guest: &faulty{Guest: guest, spoil: spoil}, options: Options{Calls: 200}}
}

func faultsOf(t *testing.T, tr *trial, run func(*trial, context.Context) (finding, error)) string {
	t.Helper()
	found, err := run(tr, t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(found.faults, "\n")
}

func TestFaultsOfTheHostAreFound(t *testing.T) {
	type spoiler = func(int, *webhook.Event, []webhook.Output, error) ([]webhook.Output, error)
	honest := func(_ int, _ *webhook.Event, outputs []webhook.Output, err error) ([]webhook.Output, error) {
		return outputs, err
	}
	otherLater := func(call int, _ *webhook.Event, outputs []webhook.Output, err error) ([]webhook.Output, error) {
		if call > 1 {
			outputs[0].Type = "other"
		}
		return outputs, err
	}
	bare := func(_ int, ev *webhook.Event, outputs []webhook.Output, err error) ([]webhook.Output, error) {
		if len(ev.Body) > 1<<20 {
			return nil, errors.New("out of order")
		}
		return outputs, err
	}
	var kept [][]byte
	leak := func(_ int, _ *webhook.Event, outputs []webhook.Output, err error) ([]webhook.Output, error) {
		kept = append(kept, make([]byte, 64<<10))
		return outputs, err
	}
	for _, c := range []struct {
		name  string
		spoil spoiler
		run   func(*trial, context.Context) (finding, error)
		want  string
	}{
		{"honest", honest, (*trial).memory, ""},
		{"honest", honest, (*trial).exhaustion, ""},
		{"honest", honest, (*trial).determinism, ""},
		{"later calls differ", otherLater, (*trial).determinism, "the second call differs"},
		{"later calls differ", otherLater, (*trial).memory, "call 2 differs from the first"},
		{"later calls differ", otherLater, (*trial).exhaustion, "the next call differs"},
		{"loaded anew it differs", func(_ int, _ *webhook.Event, outputs []webhook.Output, err error) ([]webhook.Output, error) {
			outputs[0].Type = "other"
			return outputs, err
		}, (*trial).determinism, "loaded anew the module differs"},
		{"no explanation", bare, (*trial).exhaustion, "ends without an explanation: out of order"},
		{"leak", leak, (*trial).memory, "the process holds"},
	} {
		got := faultsOf(t, newFaulty(t, c.spoil), c.run)
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: faults = %q, want %q", c.name, got, c.want)
		}
	}
	if len(kept) != 200 {
		t.Errorf("the leak kept %d pieces, want 200", len(kept))
	}
}

func TestBodiesHaveTheirSize(t *testing.T) {
	for _, size := range []int{1, 2, 15, 16, 17, 64, 1 << 10, 1 << 20} {
		if body := jsonOf(size); len(body) != size || !json.Valid(body) {
			t.Errorf("jsonOf(%d) is %d bytes of JSON: %v", size, len(body), json.Valid(body))
		}
	}
}

func TestReportText(t *testing.T) {
	r := Report{Module: Module{Name: "a\x1b.wasm", Size: 1, SHA256: "00"}}
	r.add("link", pass("%s", "fine"))
	r.add("shapes", finding{detail: "2 calls, 1 fault", faults: []string{"transform: trap\nwith \x1b[31m lines"}})
	r.add("golden events", skipped("none were given"))
	const want = `a�.wasm, 1 byte, sha256 00

pass  link           fine
fail  shapes         2 calls, 1 fault
skip  golden events  none were given

shapes:
  transform: trap
  with �[31m lines

1 passed, 1 failed, 1 skipped
`
	if got := r.String(); got != want || r.Passed() {
		t.Errorf("String = %s, want %s", got, want)
	}
	text, err := json.Marshal(r.Results[0])
	if want := `{"check":"link","status":"pass","detail":"fine","faults":[]}`; err != nil || string(text) != want {
		t.Errorf("JSON = %s, %v, want %s", text, err, want)
	}
}
