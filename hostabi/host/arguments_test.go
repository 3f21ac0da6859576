package host

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// everyFunction returns what the host serves to modules of version 1.
func everyFunction() map[string]function {
	all := functions()
	maps.Copy(all, wasiFunctions())
	return all
}

// calling is a call of a hook in which everything has been begun.
func calling(t *testing.T, hook webhook.Hook) *call {
	t.Helper()
	c := &call{
		hook: hook, limits: webhook.GuestLimits{}.WithDefaults(),
		header: map[string][]string{"X-A": {"1"}}, body: []byte(`{"a":1}`), settings: map[string]string{"a": "b"},
		memory: &linearMemory{bytes: bytes.Repeat([]byte("md5a"), 1024)},
	}
	if hook == webhook.HookClaim {
		c.req = &webhook.Request{Method: "POST", Target: "/?a=1", Header: c.header, Body: c.body}
	} else {
		c.ev = &webhook.Event{ID: "e", Type: "t", Time: time.Unix(1, 0), Header: c.header, Body: c.body}
	}
	for range 2 {
		c.handle(value{Value: webhook.Value{Text: "a=b", Found: true}})
	}
	c.claim.alternatives = []alternative{{Alternative: webhook.Alternative{AllOf: make([]webhook.Check, 1)}}}
	c.claim.conditions = []webhook.Condition{{Kind: webhook.InSet}}
	c.outputs = make([]webhook.Output, 1)
	c.meter.begin(t.Context(), time.Minute, 1<<40)
	return c
}

// run calls a function as the runtime does, and returns what it panicked with.
func (c *call) run(t *testing.T, name string, f function, stack []uint64) (ended any) {
	t.Helper()
	defer func() { ended = recover() }()
	f.bind(name)(withCall(t.Context(), c), nil, stack)
	return nil
}

// outcome runs a function and tells all that it did.
func outcome(t *testing.T, hook webhook.Hook, name string, f function, stack []uint64) string {
	t.Helper()
	c := calling(t, hook)
	ended, result := c.run(t, name, f, stack), ""
	if ended == nil && !f.silent {
		result = strconv.FormatUint(stack[0], 10)
	}
	return fmt.Sprintf("%v %s\n%+v\n%+v %+v %+v\n%v %v\n%x", ended, result, c.claim.alternatives, c.claim.conditions, c.claim.time,
		c.claim.challenge, c.values, c.outputs, c.memory.bytes)
}

// pointers are those in what [outcome] tells.
var pointers = regexp.MustCompile(`0x[0-9a-f]+`)

// wazero hands over the 64 bits of a slot, of which an i32 has the lower half.
func TestHighBits(t *testing.T) {
	for name, f := range everyFunction() {
		for _, plain := range []uint64{0, 1, 3, 4, 9, 0xffffffff} {
			for _, hook := range []webhook.Hook{webhook.HookClaim, webhook.HookTransform} {
				clean, garbage := make([]uint64, len(f.params)+1), make([]uint64, len(f.params)+1)
				for i, letter := range f.params {
					clean[i], garbage[i] = plain, plain|0xdeadbeef00000000
					if letter == 'I' {
						garbage[i] = plain
					}
				}
				want, got := outcome(t, hook, name, f, clean), outcome(t, hook, name, f, garbage)
				if got = pointers.ReplaceAllString(got, ""); got != pointers.ReplaceAllString(want, "") {
					t.Errorf("%s in %s with %d: the high bits matter:\n%.300s\nwant\n%.300s", name, hook, plain, got, want)
				}
			}
		}
	}
}

// Whatever a guest hands over, a function ends the call with an error of its own or
// returns what it documents, and writes nowhere but into the memory.
func TestWildArguments(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	edges := []uint64{0, 1, 2, 5, 9, 32, 4095, 4096, 4097, 65536, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff}
	for name, f := range everyFunction() {
		for range 1000 {
			hook := webhook.HookClaim
			if random.IntN(2) == 0 {
				hook = webhook.HookTransform
			}
			stack := make([]uint64, len(f.params)+1)
			for i, letter := range f.params {
				if stack[i] = edges[random.IntN(len(edges))]; letter == 'I' && random.IntN(2) == 0 {
					stack[i] = random.Uint64()
				}
			}
			given := fmt.Sprint(name, stack)
			c := calling(t, hook)
			if ended := c.run(t, name, f, stack); ended != nil {
				if _, ok := ended.(*abort); !ok {
					t.Fatalf("%s in %s: panic: %v", given, hook, ended)
				}
				continue
			}
			if result := int32(uint32(stack[0])); !f.silent && result < -5 {
				t.Errorf("%s in %s = %d, want a documented result", given, hook, result)
			}
		}
	}
}
