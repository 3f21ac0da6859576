package host_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// world returns what the guest of that name saw: the time and random bytes.
func world(t *testing.T, seen []byte) (time.Time, []byte) {
	t.Helper()
	if len(seen) != 24 {
		t.Fatalf("the guest gave %d bytes, want 24", len(seen))
	}
	return time.Unix(0, int64(binary.LittleEndian.Uint64(seen))), seen[8:]
}

// look runs the transform of the guest of that name.
func look(t *testing.T, g webhook.Guest) (at time.Time, random []byte, clock string) {
	t.Helper()
	out, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{})
	if err != nil || len(out) != 1 {
		t.Fatalf("Transform = %v, %v, want one output", out, err)
	}
	at, random = world(t, out[0].Body)
	return at, random, out[0].Type
}

func TestGrants(t *testing.T) {
	for _, granted := range [][]webhook.Capability{nil, {webhook.ClockCapability}, {webhook.RandomCapability}, webhook.Capabilities()} {
		code := bad(t, "world")
		code.Grants = granted
		g := load(t, code)
		before := time.Now()
		at, random, clock := look(t, g)
		_, again, _ := look(t, g)
		after := time.Now()
		has := func(c webhook.Capability) bool {
			for _, grant := range granted {
				if grant == c {
					return true
				}
			}
			return false
		}
		switch real := !at.Before(before) && !at.After(after); {
		case has(webhook.ClockCapability) && (!real || clock != "later"):
			t.Errorf("granted %v: the time is %s and goes %s, want between %s and %s", granted, at, clock, before, after)
		case !has(webhook.ClockCapability) && (!at.Equal(received) || clock != "same"):
			t.Errorf("granted %v: the time is %s and goes %s, want that of the event, %s", granted, at, clock, received)
		}
		if same := bytes.Equal(random, again); same == has(webhook.RandomCapability) {
			t.Errorf("granted %v: the random bytes of two calls are the same: %v", granted, same)
		}
	}
}

// A claim says the same of a request at any time, whatever its module is granted.
func TestClaimIsGrantedNothing(t *testing.T) {
	code := bad(t, "world")
	code.Grants = webhook.Capabilities()
	g := load(t, code)
	var seen [2][]byte
	for i := range seen {
		claim, err := g.Claim(t.Context(), request("{}", nil), nil)
		if err != nil || claim.Challenge == nil {
			t.Fatalf("Claim = %+v, %v, want a challenge", claim, err)
		}
		seen[i] = claim.Challenge.Body
	}
	if at, _ := world(t, seen[0]); !at.Equal(time.Unix(0, 0)) || !bytes.Equal(seen[0], seen[1]) {
		t.Errorf("two claims saw %x and %x, want 1970 and the same random bytes", seen[0], seen[1])
	}
}
