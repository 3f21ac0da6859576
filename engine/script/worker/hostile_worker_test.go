package worker

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// beHostile is a worker that a script has taken over: it answers every call with
// the bytes of a file, over and over if its name says so.
func beHostile(file string) {
	answer, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	in := bufio.NewReader(os.Stdin)
	for {
		f, err := readFrame(in, bounds{kindStart: maxFrame, kindLoad: maxFrame, kindTransform: maxFrame, kindClaim: maxFrame})
		if err != nil {
			return
		}
		switch f.kind {
		case kindStart:
			os.Stdout.Write(frameOf(kindReady, readyMessage{protocol}))
		case kindLoad:
			os.Stdout.Write(frameOf(kindLoaded, loadedMessage{"hash", []webhook.Hook{webhook.HookTransform, webhook.HookClaim}}))
		default:
			os.Stdout.Write(answer)
			for strings.HasSuffix(file, "endless") {
				if _, err := os.Stdout.Write(answer); err != nil {
					return
				}
			}
		}
	}
}

// hostileLoader starts processes that answer so.
func hostileLoader(t *testing.T, answer []byte, endless bool) *Loader {
	file := filepath.Join(t.TempDir(), "once")
	if endless {
		file = filepath.Join(t.TempDir(), "endless")
	}
	if err := os.WriteFile(file, answer, 0o600); err != nil {
		t.Fatal(err)
	}
	return NewLoader(Config{Args: []string{asHostile, file}, Workers: 1})
}

func frameOf(k kind, message any) []byte {
	b, err := encode(k, message)
	if err != nil {
		panic(err)
	}
	return b
}

// A worker that was taken over can spoil its own call, and nothing else: the
// server neither gives in nor waits nor takes memory.
func TestHostileWorkers(t *testing.T) {
	output := func(header http.Header) []byte {
		return frameOf(kindOutputs, outputsMessage{[]webhook.Output{{Header: header}}})
	}
	line := frameOf(kindLog, logMessage{"info", strings.Repeat("x", 4096)})
	good := output(nil)
	for name, tt := range map[string]struct {
		answer  []byte
		endless bool
		kind    webhook.GuestErrorKind
		message string
	}{
		"unknown kind":        {[]byte{200, 0, 0, 0, 0}, false, webhook.GuestTrap, "a frame of the kind 200"},
		"a kind of its own":   {frameOf(kindLoad, nothing{}), false, webhook.GuestTrap, "a frame of the kind 2"},
		"a claim instead":     {frameOf(kindClaimed, nothing{}), false, webhook.GuestTrap, "a frame of the kind 70"},
		"a bundle is wanted":  {frameOf(kindWantBundle, nothing{}), false, webhook.GuestTrap, "a frame of the kind 68"},
		"large announcement":  {[]byte{byte(kindOutputs), 0xff, 0xff, 0xff, 0xff}, false, webhook.GuestTrap, "the limit is"},
		"zeros":               {make([]byte, 1<<16), true, webhook.GuestTrap, "a frame of the kind 0"},
		"nonsense":            {append([]byte{byte(kindOutputs), 0, 0, 0, 64}, bytes.Repeat([]byte{0xff}, 64)...), false, webhook.GuestTrap, "malformed message"},
		"silence":             {nil, false, webhook.GuestTimeout, "ran longer than 200ms"},
		"half a frame":        {good[:len(good)-1], false, webhook.GuestTimeout, "ran longer than 200ms"},
		"endless log":         {line, true, webhook.GuestTrap, "more than 100 lines of log"},
		"forged log":          {frameOf(kindLog, logMessage{"info", "a\nlevel=ERROR"}), false, webhook.GuestTrap, "control characters"},
		"long line":           {frameOf(kindLog, logMessage{"info", strings.Repeat("x", maxLog)}), false, webhook.GuestTrap, "the limit is 8192"},
		"many outputs":        {frameOf(kindOutputs, outputsMessage{make([]webhook.Output, 1001)}), false, webhook.GuestTrap, "1001 outputs, the limit is 1000"},
		"reserved header":     {output(http.Header{"Webhook-Signature": {"v1,x"}}), false, webhook.GuestTrap, "a header that cannot be set"},
		"header injection":    {output(http.Header{"X-A": {"a\r\nx-b: c"}}), false, webhook.GuestTrap, "control characters"},
		"header name":         {output(http.Header{"X-A\r\nX-B": {"a"}}), false, webhook.GuestTrap, "control characters"},
		"error of no kind":    {frameOf(kindFault, webhook.GuestError{Kind: "mine"}), false, webhook.GuestTrap, "a kind that there is not"},
		"error that is large": {frameOf(kindFault, webhook.GuestError{Kind: webhook.GuestThrow, Message: strings.Repeat("x", maxFault)}), false, webhook.GuestTrap, "the limit is 65536"},
	} {
		t.Run(name, func(t *testing.T) {
			l := hostileLoader(t, tt.answer, tt.endless)
			g := load(t, l, "t.js", "", webhook.GuestLimits{Time: 200 * time.Millisecond})
			_, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{Log: func(string, string) {}})
			fault := faultOf(t, err)
			if fault.Kind != tt.kind || !strings.Contains(fault.Message, tt.message) {
				t.Errorf("Transform = %v, want the kind %s and %q", err, tt.kind, tt.message)
			}
		})
	}
}

func TestHostileClaims(t *testing.T) {
	for name, message := range map[string]claimedMessage{
		"a reason that there is not":           {Refused: "because"},
		"a challenge that cannot be answered":  {Challenge: &challengeMessage{Status: 302}},
		"a challenge that cannot be answered ": {Challenge: &challengeMessage{Status: 200, ContentType: "a\r\nb"}},
		"a reason that there is not ":          {Conditions: []webhook.Condition{{Fault: "because"}}},
	} {
		l := hostileLoader(t, frameOf(kindClaimed, message), false)
		g := load(t, l, "t.js", "", roomy)
		_, err := g.Claim(t.Context(), &webhook.Request{}, nil)
		if fault := faultOf(t, err); fault.Kind != webhook.GuestTrap || !strings.Contains(fault.Message, strings.TrimSpace(name)) {
			t.Errorf("Claim = %v, want a trap for %s", err, name)
		}
	}
}

// What a worker sends beside its answer is not taken for the answer to the next
// call.
func TestAnswersAheadAreNotTaken(t *testing.T) {
	answer := append(frameOf(kindOutputs, outputsMessage{[]webhook.Output{{Type: "first"}}}), frameOf(kindOutputs, outputsMessage{[]webhook.Output{{Type: "second"}}})...)
	l := hostileLoader(t, answer, false)
	g := load(t, l, "t.js", "", roomy)
	for range 3 {
		outputs, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{})
		if err != nil || len(outputs) != 1 || outputs[0].Type != "first" {
			t.Errorf("Transform = %v, %v, want the first answer", outputs, err)
		}
	}
}

func TestAnotherProgramIsNoWorker(t *testing.T) {
	l := NewLoader(Config{Args: []string{asOther}, Workers: 1})
	code := webhook.GuestCode{Name: "t.js"}
	if _, err := l.Load(t.Context(), code); err == nil || !strings.Contains(err.Error(), "must call worker.Main") {
		t.Errorf("Load = %v, want an error that says what to call", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := l.Load(ctx, code); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Load = %v, want it to try again until its context ends", err)
	}
	if l.pool.guests != 0 || len(l.pool.slots) != 0 {
		t.Errorf("%d guests and %d slots are left", l.pool.guests, len(l.pool.slots))
	}
}

func TestBackoff(t *testing.T) {
	for failures, want := range map[int]time.Duration{1: 10 * time.Millisecond, 2: 20 * time.Millisecond, 7: 640 * time.Millisecond, 8: time.Second, 1000: time.Second} {
		if got := backoff(failures); got != want {
			t.Errorf("backoff(%d) = %v, want %v", failures, got, want)
		}
	}
}
