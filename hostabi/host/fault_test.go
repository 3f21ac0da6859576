package host_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

func TestTrap(t *testing.T) {
	g := load(t, bad(t, "trap"))
	_, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{})
	wantFault(t, err, webhook.GuestTrap, "transform: unreachable in .$2() i32")
	out, err := g.Transform(t.Context(), event("{}"), good())
	if err != nil || len(out) != 1 || out[0].Type != "good" {
		t.Errorf("the next event: %v, %v, want one output of the type good", out, err)
	}
}

func TestDeadline(t *testing.T) {
	code := bad(t, "spin")
	code.Limits.Time = 50 * time.Millisecond
	g := load(t, code)
	start := time.Now()
	_, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{})
	wantFault(t, err, webhook.GuestTimeout, "transform ran longer than 50ms")
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("a spinning guest ran %s, want about 50ms", took)
	}
	_, err = g.Claim(t.Context(), request("{}", nil), nil)
	wantFault(t, err, webhook.GuestTimeout, "claim ran longer than 50ms")
	if _, err := g.Transform(t.Context(), event("{}"), good()); err != nil {
		t.Errorf("the next event: %v", err)
	}
}

func TestCallerGivesUp(t *testing.T) {
	g := load(t, bad(t, "spin"))
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("shutting down")
	time.AfterFunc(20*time.Millisecond, func() { cancel(reason) })
	_, err := g.Transform(ctx, event("{}"), webhook.TransformContext{})
	var fault *webhook.GuestError
	if !errors.Is(err, reason) || errors.As(err, &fault) {
		t.Errorf("error = %v, want the caller's own reason and no GuestError", err)
	}
	if _, err := g.Transform(t.Context(), event("{}"), good()); err != nil {
		t.Errorf("the next event: %v", err)
	}
}

func TestWrongPointer(t *testing.T) {
	g := load(t, bad(t, "wrong-pointer"))
	for which, message := range map[string]string{
		"b": "transform: body_read: 64 bytes at 2147483632 are outside of the memory of 65536 bytes",
		"t": "transform: log: 8 bytes at 4294967280 are outside of the memory of 65536 bytes",
		"w": "transform: emit: 4294967295 bytes at 16 are outside of the memory of 65536 bytes",
	} {
		_, err := g.Transform(t.Context(), event("{}"), setting(which))
		wantFault(t, err, webhook.GuestABI, message)
		if _, err := g.Transform(t.Context(), event("{}"), good()); err != nil {
			t.Errorf("the event after %s: %v", which, err)
		}
	}
}

func TestOutputLimits(t *testing.T) {
	code := bad(t, "oversize")
	code.Limits.Output, code.Limits.Events, code.Limits.LogLines = 200_000, 10, 5
	g := load(t, code)
	for which, message := range map[string]string{
		"b": "transform: transform hands out more than 200000 bytes",
		"e": "transform: transform hands out more than 10 events",
		"h": "transform: an event has more than 64 header fields",
	} {
		_, err := g.Transform(t.Context(), event("{}"), setting(which))
		wantFault(t, err, webhook.GuestOutput, message)
	}
	_, err := g.Claim(t.Context(), request("{}", nil), nil)
	wantFault(t, err, webhook.GuestOutput, "claim: claim hands out more than 200000 bytes")

	tc := setting("l")
	var lines []string
	tc.Log = func(level, line string) { lines = append(lines, level+" "+line) }
	out, err := g.Transform(t.Context(), event("{}"), tc)
	if want := slices.Repeat([]string{"info line"}, 5); err != nil || len(out) != 0 || !slices.Equal(lines, want) {
		t.Errorf("log = %q, %v, %v, want %q and no output", lines, out, err, want)
	}
}

func TestMemoryLimit(t *testing.T) {
	code := bad(t, "grow")
	code.Limits.Memory = 3 << 20
	g := load(t, code)
	for range 2 {
		_, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{})
		wantFault(t, err, webhook.GuestMemory, "transform asked for 3211264 bytes of memory, at most 3145728 are granted")
	}
	code.Limits.Memory = 1000
	_, err := host.Loader{}.Load(t.Context(), code)
	wantFault(t, err, webhook.GuestMemory, "the module begins with 65536 bytes of memory, at most 1000 are granted")
}

func TestRecursion(t *testing.T) {
	g := load(t, bad(t, "recurse"))
	_, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{})
	wantFault(t, err, webhook.GuestStack, "transform nested its calls deeper than its stack of 4194304 bytes allows")
	if _, err := g.Transform(t.Context(), event("{}"), good()); err != nil {
		t.Errorf("the next event: %v", err)
	}
}

func TestFailure(t *testing.T) {
	g := load(t, bad(t, "fail"))
	_, err := g.Transform(t.Context(), event("{}"), setting("m"))
	wantFault(t, err, webhook.GuestThrow, "transform: the invoice has no number")
	_, err = g.Transform(t.Context(), event("{}"), setting("s"))
	wantFault(t, err, webhook.GuestThrow, "transform: returned 7")
}

func TestMisuse(t *testing.T) {
	g := load(t, bad(t, "misuse"))
	for which, message := range map[string]string{
		"a": "there is no value 99",
		"b": "part_body before an alternative",
		"c": "signature before a check",
		"d": "1 digests have no end",
		"e": "signature: 64 is no set of encodings",
		"f": "there is no field 77",
		"g": "emit belongs to transform",
		"h": "value_split: the separator is empty",
		"i": "condition_member before a condition",
		"j": "there is no time unit 9",
		"k": "time_bound: -1 milliseconds are not from 0 to 3153600000000",
		"l": "a challenge is answered with a status from 200 to 299, not 500",
		"m": "more than 1024 values",
		"n": "the claim has more than 1024 pieces",
		"o": "digests are nested deeper than 8",
		"p": "part_end without a digest",
		"q": "there is no key origin 5",
		"r": "value: a name holds a control character",
		"s": `digest: unknown algorithm "crc32"; algorithms are md5, sha1, sha256, sha384, sha512`,
		"t": "there is no bound 4",
		"u": `refuse: there is no reason "no_reason"; reasons are ` + reasonNames(),
		"v": "the claim has no alternative, so it never holds; call refuse to reject a request",
		"w": "alternative 0 has no check, so it never holds",
		"x": "a time needs a value and a unit, and the claim has one of them",
		"E": "a time needs a value and a unit, and the claim has one of them",
		"y": "the claim bounds a time that it does not have",
		"z": `time_tolerance: "-5m" is no positive duration such as "5m", and not "off"`,
		"A": "the field 1 has no names",
		"B": "signature: no signature is read as a decimal number",
		"C": "condition_time: -1 milliseconds are not from 0 to 3153600000000",
		"D": "value_or: a credential cannot be chosen by what is in it",
	} {
		t.Run("claim "+which, func(t *testing.T) {
			_, err := g.Claim(t.Context(), request("{}", nil), setting(which).Settings)
			wantFault(t, err, webhook.GuestABI, "claim: "+message)
		})
	}
	for which, message := range map[string]string{
		"a": "alternative belongs to claim",
		"b": "emit_header before emit",
		"c": `emit_header: "x y" is no header name`,
		"d": "emit_header: the value of x holds a control character",
		"e": "emit: the content type holds a control character",
		"f": "emit: the type holds a control character",
		"g": "emit_header: the header webhook-id cannot be set",
		"h": "emit_header: the header content-type cannot be set",
		"i": "refuse belongs to claim",
		"j": "forward: the type holds a control character",
	} {
		t.Run("transform "+which, func(t *testing.T) {
			_, err := g.Transform(t.Context(), event("{}"), setting(which))
			wantFault(t, err, webhook.GuestABI, "transform: "+message)
		})
	}
}

func reasonNames() string {
	var names []string
	for _, reason := range webhook.Reasons() {
		names = append(names, string(reason))
	}
	return strings.Join(names, ", ")
}

func TestWrongHook(t *testing.T) {
	g := load(t, shipped(t, "envelope"))
	if got := fmt.Sprint(g.Hooks()); got != "[transform]" {
		t.Errorf("Hooks = %s, want [transform]", got)
	}
	_, err := g.Claim(t.Context(), request("{}", nil), nil)
	wantFault(t, err, webhook.GuestABI, "the module has no claim")
}
