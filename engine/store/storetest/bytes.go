package storetest

import (
	"bytes"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/hookseal/hookseal/engine/store"
	"github.com/hookseal/hookseal/engine/webhook"
)

var bytesCases = []testCase{
	{
		name: "bodies",
		says: "bodies are bytes: an implementation keeps NUL, invalid UTF-8 and everything else as it is",
		run: func(k *kit) {
			for name, body := range map[string][]byte{
				"nil":     nil,
				"empty":   {},
				"NUL":     {0},
				"NULs":    []byte("a\x00b\x00"),
				"0xFF":    bytes.Repeat([]byte{0xff}, 300),
				"BOM":     []byte("\xef\xbb\xbf{}"),
				"newline": []byte("{}\r\n"),
				"random":  random(1 << 20),
			} {
				k.roundTrip(name, func(e *webhook.Event, out *webhook.Output) { e.Body, out.Body = body, body })
			}
		},
	},
	{
		name: "header values",
		says: "header values are bytes: an implementation keeps NUL, invalid UTF-8 and everything else as it is",
		run: func(k *kit) {
			for name, header := range map[string]http.Header{
				"nil":      nil,
				"raw":      {"X-Raw": {"\xff\xfe", "a\x00b", "", " padded ", `"quoted"`}},
				"no value": {"X-None": {}},
				"order":    {"X-Many": {"3", "1", "2", "1"}},
				"spelling": {"x-lower": {"kept"}, "X-Lower": {"apart"}},
				"long":     {"X-Long": {string(random(70000))}},
			} {
				k.roundTrip(name, func(e *webhook.Event, out *webhook.Output) { e.Header, out.Header = header, header })
			}
		},
	},
	{
		name: "texts",
		says: "an implementation keeps NUL, invalid UTF-8 and everything else as it is",
		run: func(k *kit) {
			for _, text := range []string{"", "a\x00b", "\xff\xfe", "'; DROP TABLE events; --", "日本語 🔑", "?1 :a %s"} {
				k.roundTrip(text, func(e *webhook.Event, out *webhook.Output) {
					e.Type, e.ProviderID, e.Secret, out.Type = text, text, text, text
				})
				k.roundTrip("key "+text, func(e *webhook.Event, _ *webhook.Output) { e.Source = text })
			}
		},
	},
	{
		name: "times",
		says: "times are kept to the microsecond at least, in UTC",
		run: func(k *kit) {
			zone := time.FixedZone("east", 5*3600+1800)
			for name, moment := range map[string]time.Time{
				"zone":        epoch.In(zone),
				"microsecond": epoch.Add(time.Microsecond),
				"zero":        {},
				"1969":        time.Date(1969, 12, 31, 23, 59, 59, 999999000, time.UTC),
				"9999":        time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
			} {
				k.roundTrip(name, func(e *webhook.Event, _ *webhook.Output) { e.Time = moment })
			}
		},
	},
}

// roundTrip stores an event and an output that change has shaped, and reads
// both back in every way.
func (k *kit) roundTrip(name string, change func(*webhook.Event, *webhook.Output)) {
	k.Helper()
	id := "d-" + name
	want, out := event("e-"+name), outputs(1)[0]
	change(&want, &out)
	k.mustAccept(store.Acceptance{Event: want, Deliveries: []webhook.Delivery{delivery(id, want.ID, "crm", epoch)}, DedupKey: id})
	got, err := k.Event(k.Context(), want.ID)
	if err != nil {
		k.Fatalf("Event(%q): %v", want.ID, err)
	}
	k.wantEvent(got, want)
	l := k.takeOne(epoch)
	k.wantEvent(l.Event, want)
	expanded, err := k.Expand(k.Context(), l.Ref, []webhook.Output{out}, "hash")
	if err != nil {
		k.Fatalf("Expand(%q): %v", id, err)
	}
	k.wantOutput(id, expanded.Output, &out)
	k.wantOutput(id, k.get(id).Output, &out)
	k.settleAs(l.Ref, webhook.Next{State: webhook.Delivered, Error: name})
	if got := k.get(id).LastError; got != name {
		k.Errorf("LastError = %q, want %q", got, name)
	}
}

// random returns n bytes that are the same in every run.
func random(n int) []byte {
	b := make([]byte, n)
	source := rand.NewChaCha8([32]byte{1})
	_, _ = source.Read(b)
	return b
}
