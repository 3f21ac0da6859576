package host_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

func words(t *testing.T, g webhook.Guest, req *webhook.Request, which string) *webhook.Claim {
	t.Helper()
	claim, err := g.Claim(t.Context(), req, map[string]string{"case": which, "tolerance": "10m"})
	if err != nil {
		t.Fatalf("case %s: %v", which, err)
	}
	return claim
}

// A guest rejects a request knowingly, which is no fault of its own.
func TestRefuse(t *testing.T) {
	g := load(t, bad(t, "words"))
	for _, tt := range []struct {
		which, body string
		want        webhook.Reason
	}{
		{"o", `{}`, webhook.KeyNotAllowed},
		{"f", `{"eventId":1,"eventId":2}`, webhook.BodyAmbiguous},
		{"f", `{"eventId":"a","EventId":"b"}`, webhook.FieldAmbiguous},
		{"f", `{`, webhook.BodyMalformed},
	} {
		got := words(t, g, request(tt.body, nil), tt.which)
		if want := (&webhook.Claim{Refused: tt.want}); !reflect.DeepEqual(got, want) {
			t.Errorf("case %s of %s: Claim = %+v, want %+v", tt.which, tt.body, got, want)
		}
	}
	if got := words(t, g, request(`{"eventId":"a"}`, nil), "f"); got.Refused != "" || len(got.AnyOf) != 1 {
		t.Errorf("Claim of a good request = %+v, want one alternative", got)
	}
	malformed := request(`{}`, nil)
	malformed.Target = "/?a=%zz"
	if got := words(t, g, malformed, "q"); got.Refused != webhook.FieldMalformed {
		t.Errorf("Claim of a query that cannot be decoded = %+v, want it refused with %s", got, webhook.FieldMalformed)
	}
}

func TestValueOr(t *testing.T) {
	g := load(t, bad(t, "words"))
	at := func(name string) webhook.Origin { return webhook.Origin{Kind: webhook.JSONOrigin, Name: name} }
	for body, want := range map[string]webhook.Value{
		`{"eventId":"a"}`: {Origin: at("eventId"), Text: "a", Found: true},
		`{"EventId":"b"}`: {Origin: at("EventId"), Text: "b", Found: true},
		`{}`:              {Origin: at("eventId")},
	} {
		if got := words(t, g, request(body, nil), "").ID; got != want {
			t.Errorf("id of %s = %+v, want %+v", body, got, want)
		}
	}
}

func TestFaultOfACredentialIsNotTold(t *testing.T) {
	g := load(t, bad(t, "words"))
	words(t, g, request("{}", map[string][]string{"Authorization": {"Bearer abc"}}), "c")
}

func TestTolerance(t *testing.T) {
	g := load(t, bad(t, "words"))
	got := words(t, g, request("{}", nil), "t").Time
	if !got.Enforced || got.Past != 10*time.Minute || got.Future != 10*time.Minute {
		t.Errorf("time = %+v, want ten minutes on both sides", got)
	}
	claim, err := g.Claim(t.Context(), request("{}", nil), map[string]string{"case": "t", "tolerance": "off"})
	if err != nil || claim.Time.Enforced || claim.Time.Past != 0 {
		t.Errorf("time with the tolerance off = %+v, %v, want it not bounded", claim.Time, err)
	}
}

// What a message may be made of beside the rest: a number in decimal, the target.
func TestDecimalAndTarget(t *testing.T) {
	g := load(t, bad(t, "words"))
	message := words(t, g, request("{}", nil), "").AnyOf[0].AllOf[0].Message
	target := webhook.Value{Origin: webhook.Origin{Kind: webhook.TargetOrigin}, Text: "/in/a?q=1&q=2&k=v%20w&key=k7", Found: true}
	if got := message[0].Inner; got.Encoding != webhook.Decimal || got.Algorithm != webhook.CRC32 {
		t.Errorf("digest = %+v, want a crc32 in decimal", got)
	}
	if got := message[1].Value; got != target {
		t.Errorf("target = %+v, want %+v", got, target)
	}
}

func TestNames(t *testing.T) {
	g := load(t, bad(t, "words"))
	form := event("b=1&a=2&b=3")
	form.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	broken := event("a=%zz")
	broken.Header = form.Header
	for _, tt := range []struct {
		which string
		ev    *webhook.Event
		want  []string
	}{
		{"h", event("{}"), []string{"Content-Type", "X-Tag", "1"}},
		{"s", event("{}"), []string{"case", "1"}},
		{"f", form, []string{"b", "a", "b", "1"}},
		{"f", broken, []string{"5"}},
		{"f", event("{}"), []string{"5"}},
		{"q", event("{}"), []string{"1"}},
		{"c", event("{}"), []string{"4"}},
	} {
		out, err := g.Transform(t.Context(), tt.ev, setting(tt.which))
		if err != nil {
			t.Fatal(err)
		}
		want := slices.Clone(tt.want)
		for i := range want[:len(want)-1] {
			want[i] = "named." + want[i]
		}
		var got []string
		for _, o := range out {
			got = append(got, o.Type)
		}
		if !slices.Equal(got, want) {
			t.Errorf("case %s of %q: names = %q, want %q", tt.which, tt.ev.Body, got, want)
		}
	}
}

// What is forwarded is the event, byte for byte, and its body does not count
// towards the memory of the module.
func TestForward(t *testing.T) {
	code := bad(t, "words")
	code.Limits.Memory = 64 << 10
	g := load(t, code)
	ev := event(string(make([]byte, 1<<20)))
	ev.Type = ""
	out, err := g.Transform(t.Context(), ev, setting("c"))
	if err != nil || len(out) != 1 {
		t.Fatalf("Transform = %d outputs, %v, want one", len(out), err)
	}
	if out[0].ContentType != "application/json" || string(out[0].Body) != string(ev.Body) || len(out[0].Header) != 0 {
		t.Errorf("forwarded %s of %d bytes with %v, want the event", out[0].ContentType, len(out[0].Body), out[0].Header)
	}
	if &out[0].Body[0] == &ev.Body[0] {
		t.Error("what is forwarded shares memory with the event")
	}
	ev.Body = make([]byte, 5<<20)
	_, err = g.Transform(t.Context(), ev, setting("c"))
	wantFault(t, err, webhook.GuestOutput, "transform: transform hands out more than 4194304 bytes")
}
