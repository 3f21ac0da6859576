package host

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

func TestRepeatedHeader(t *testing.T) {
	c := calling(t, webhook.HookTransform)
	c.outputs = nil
	c.header = map[string][]string{"X-A": {"1"}, "Content-Type": {"text/x"}}
	c.ev.Header = c.header
	c.takes(t, step{"forward", []any{""}}, step{"emit_header", []any{"x-b", "1"}}, step{"emit_header", []any{"X-B", "2"}})
	if got, want := c.outputs[0].Header["X-B"], []string{"1", "2"}; len(c.outputs[0].Header) != 1 || !slices.Equal(got, want) {
		t.Errorf("header = %v, want X-B twice and nothing of the event", c.outputs[0].Header)
	}
	if got := c.outputs[0]; got.Type != "t" || got.ContentType != "text/x" {
		t.Errorf("type, content type = %q, %q, want those of the event", got.Type, got.ContentType)
	}
}

func TestTextsAreBytes(t *testing.T) {
	c := calling(t, webhook.HookTransform)
	long := strings.Repeat("x", 500)
	c.takes(t, step{"emit", []any{"a\xff\u0085" + long, "b\xff", "{}"}}, step{"emit_header", []any{"x-c", "\xff" + long}})
	last := c.outputs[len(c.outputs)-1]
	if last.Type != "a\xff\u0085"+long || last.ContentType != "b\xff" || last.Header.Get("X-C") != "\xff"+long {
		t.Errorf("output = %+q, want it byte for byte", last)
	}
	for _, text := range []string{"a\tb", "a\nb", "a\x00", "a\x7f"} {
		if _, ended := c.asks(t, "emit", text, "", ""); ended == nil || ended.(*abort).kind != webhook.GuestABI {
			t.Errorf("emit of the type %q: %v, want an error of the kind abi", text, ended)
		}
	}
}

func TestLogAndFailAreCut(t *testing.T) {
	c := calling(t, webhook.HookTransform)
	var lines []string
	c.tc.Log = func(_, line string) { lines = append(lines, line) }
	long := strings.Repeat("x", hostabi.MaxLine+1)
	c.takes(t, step{"log", []any{1, "a\nb\xff"}}, step{"log", []any{1, long}})
	cut := long[:hostabi.MaxLine] + "…"
	if want := []string{"a\nb\uFFFD", cut}; !slices.Equal(lines, want) {
		t.Errorf("lines = %q, want %q", lines, want)
	}
	if _, ended := c.asks(t, "fail", long); ended == nil || ended.(*abort).message != cut {
		t.Errorf("fail ends with %v, want the message cut", ended)
	}
}

// The buffers of a digest may overlap.
func TestDigestInPlace(t *testing.T) {
	c := calling(t, webhook.HookClaim)
	want := sha256.Sum256([]byte("sha256"))
	copy(c.memory.bytes, "sha256")
	n, ended := c.asks(t, "digest", 0, 6, 0, 6, 0, 64)
	if ended != nil || n != sha256.Size || !bytes.Equal(c.memory.bytes[:n], want[:]) {
		t.Errorf("digest = %d, %v, %x, want %x", n, ended, c.memory.bytes[:32], want)
	}
}

func TestErrorNumbersOfWASI(t *testing.T) {
	const wide = int64(0)
	for _, tt := range []struct {
		name      string
		arguments []any
		want      int32
	}{
		{"args_get", []any{0, 0}, 0},
		{"environ_get", []any{0, 0}, 0},
		{"sched_yield", nil, 0},
		{"args_sizes_get", []any{0, 4}, 0},
		{"environ_sizes_get", []any{0, 4}, 0},
		{"clock_res_get", []any{7, 0}, 0},
		{"clock_time_get", []any{0, wide, 0}, 0},
		{"clock_time_get", []any{1, wide, 0}, 0},
		{"clock_time_get", []any{2, wide, 0}, 28},
		{"random_get", []any{0, 8}, 0},
		{"fd_write", []any{0, 0, 0, 0}, 8},
		{"fd_write", []any{1, 0, 0, 0}, 0},
		{"fd_write", []any{2, 0, 0, 0}, 0},
		{"fd_write", []any{3, 0, 0, 0}, 8},
		{"fd_fdstat_get", []any{0, 0}, 0},
		{"fd_fdstat_get", []any{2, 0}, 0},
		{"fd_fdstat_get", []any{3, 0}, 8},
		{"fd_fdstat_get", []any{-1, 0}, 8},
		{"fd_fdstat_set_flags", []any{1, 0}, 0},
		{"fd_fdstat_set_flags", []any{3, 0}, 8},
		{"fd_close", []any{1}, 8},
		{"fd_read", []any{0, 0, 0, 0}, 8},
		{"fd_prestat_get", []any{3, 0}, 8},
		{"fd_prestat_dir_name", []any{3, 0, 0}, 8},
		{"fd_seek", []any{1, wide, 0, 0}, 70},
		{"poll_oneoff", []any{0, 64, 0, 0}, 28},
	} {
		if got, ended := calling(t, webhook.HookClaim).asks(t, tt.name, tt.arguments...); ended != nil || got != tt.want {
			t.Errorf("%s%v = %d, %v, want %d", tt.name, tt.arguments, got, ended, tt.want)
		}
	}
}

// A claim's clock begins in 1970, and sleep alone moves it.
func TestSleepMovesTheClockOfAClaim(t *testing.T) {
	c := calling(t, webhook.HookClaim)
	now := func() uint64 {
		if n, ended := c.asks(t, "clock_time_get", 0, int64(0), 512); n != 0 || ended != nil {
			t.Fatalf("clock_time_get = %d, %v", n, ended)
		}
		return binary.LittleEndian.Uint64(c.memory.bytes[512:])
	}
	if at := now(); at != 0 {
		t.Errorf("the clock begins at %d, want 0", at)
	}
	subscription := c.memory.bytes[:48]
	clear(subscription)
	binary.LittleEndian.PutUint64(subscription[24:], 5000)
	if n, ended := c.asks(t, "poll_oneoff", 0, 64, 1, 128); n != 0 || ended != nil {
		t.Fatalf("poll_oneoff = %d, %v", n, ended)
	}
	if at := now(); at != 5000 {
		t.Errorf("after a sleep of 5000 ns the clock says %d", at)
	}
}
