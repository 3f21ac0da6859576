package host_test

import (
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

func TestUsage(t *testing.T) {
	var seen []host.Usage
	code := committed(t, "c", "redact")
	loader := host.Loader{Instances: 1, Observe: func(u host.Usage) { seen = append(seen, u) }}
	g, err := loader.Load(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	defer g.Close(t.Context())
	large := "[" + strings.Repeat("1,", 300_000) + "1]"
	for _, body := range []string{"{}", "plain", "{}", large} {
		_, err := g.Transform(t.Context(), event(body), members("email"))
		if failed := err != nil; failed != (body == "plain") {
			t.Fatal(err)
		}
	}
	if len(seen) != 3 {
		t.Fatalf("%d calls observed, want the 3 that succeeded", len(seen))
	}
	if seen[0] != seen[1] || seen[0].Hook != webhook.HookTransform || seen[0].Memory != 64<<10 {
		t.Errorf("usage of the same call = %+v and %+v, want the same, of a transform in 64 KiB", seen[0], seen[1])
	}
	if seen[2].Memory < 1_200_000 {
		t.Errorf("Memory = %d, want the body and what is made of it", seen[2].Memory)
	}
	// The limit that leaves nothing over is what the call took.
	code.Limits.Fuel = seen[2].Fuel
	if _, err := load(t, code).Transform(t.Context(), event(large), members("email")); err != nil {
		t.Errorf("a call with the fuel that it took = %v", err)
	}
	code.Limits.Fuel--
	_, err = load(t, code).Transform(t.Context(), event(large), members("email"))
	if fault, ok := err.(*webhook.GuestError); !ok || fault.Kind != webhook.GuestFuel {
		t.Errorf("a call with one less = %v, want the kind %s", err, webhook.GuestFuel)
	}
}
