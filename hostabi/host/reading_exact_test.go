package host

import (
	"slices"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

// asks calls a function of a call that has no module, with texts where it takes a
// pointer and a length. The answer's buffer is at answerAt.
func (c *call) asks(t *testing.T, name string, arguments ...any) (result int32, ended any) {
	t.Helper()
	var stack []uint64
	at := 0
	for _, argument := range arguments {
		switch a := argument.(type) {
		case string:
			stack = append(stack, uint64(at), uint64(len(a)))
			at += copy(c.memory.bytes[at:], a)
		case int:
			stack = append(stack, uint64(uint32(int32(a))))
		case int64:
			stack = append(stack, uint64(a))
		default:
			t.Fatalf("an argument of the type %T", a)
		}
	}
	if len(stack) == 0 {
		stack = make([]uint64, 1)
	}
	f := everyFunction()[name]
	ended = c.run(t, name, f, stack)
	return int32(uint32(stack[0])), ended
}

// answerAt is where a test has answers written, behind the texts that it hands over.
const answerAt, answerSize = 2048, 1024

// reads returns what read gives, the result in place of a text that there is none.
func (c *call) reads(t *testing.T, field hostabi.Field, name string, index int) any {
	t.Helper()
	n, ended := c.asks(t, "read", int(field), name, index, answerAt, answerSize)
	switch {
	case ended != nil:
		t.Fatalf("read of the field %d: %v", field, ended)
	case n < 0:
		return hostabi.Result(n)
	}
	return string(c.memory.bytes[answerAt : answerAt+n])
}

func TestIndexes(t *testing.T) {
	for _, tt := range []struct {
		hook  webhook.Hook
		field hostabi.Field
		name  string
		index int
		want  any
	}{
		{webhook.HookClaim, hostabi.FieldMethod, "", -1, "POST"},
		{webhook.HookClaim, hostabi.FieldMethod, "", 0, "POST"},
		{webhook.HookClaim, hostabi.FieldMethod, "", 1, hostabi.Absent},
		{webhook.HookClaim, hostabi.FieldMethod, "", -2, hostabi.Absent},
		{webhook.HookClaim, hostabi.FieldJSON, "a", 0, "1"},
		{webhook.HookClaim, hostabi.FieldJSON, "a", 1, hostabi.Absent},
		{webhook.HookClaim, hostabi.FieldSetting, "a", 0, "b"},
		{webhook.HookClaim, hostabi.FieldHeader, "x-a", -2, hostabi.Absent},
		{webhook.HookClaim, hostabi.FieldExpression, "json.a", 7, "1"},
		{webhook.HookClaim, hostabi.FieldJSONText, "a", 7, "1"},
		{webhook.HookClaim, hostabi.FieldEventID, "", -1, hostabi.Absent},
		{webhook.HookTransform, hostabi.FieldEventID, "", 0, "e"},
		{webhook.HookTransform, hostabi.FieldEventID, "", 1, hostabi.Absent},
		{webhook.HookTransform, hostabi.FieldEventProvider, "", -1, hostabi.Absent},
		{webhook.HookTransform, hostabi.FieldExpression, "json.a", -1, hostabi.Absent},
		{webhook.HookTransform, hostabi.FieldJSONStringified, "a", -7, "1"},
		{webhook.HookTransform, hostabi.FieldCookie, "a", -1, hostabi.Denied},
		{"", hostabi.FieldMethod, "", -1, hostabi.Absent},
	} {
		c := calling(t, tt.hook)
		if tt.hook == "" {
			c = starting(t)
		}
		if got := c.reads(t, tt.field, tt.name, tt.index); got != tt.want {
			t.Errorf("read of the field %d %q at %d in %q = %v, want %v", tt.field, tt.name, tt.index, tt.hook, got, tt.want)
		}
	}
}

// starting is the start of a module, which is handed nothing.
func starting(t *testing.T) *call {
	t.Helper()
	c := calling(t, webhook.HookTransform)
	c.hook, c.ev, c.header, c.body, c.settings = "", nil, nil, nil, nil
	return c
}

func TestStartFindsNothing(t *testing.T) {
	c := starting(t)
	for field := hostabi.FieldMethod; field <= hostabi.FieldExpression; field++ {
		want := hostabi.Absent
		switch field {
		case hostabi.FieldCookie:
			want = hostabi.Denied
		case hostabi.FieldJSON:
			want = hostabi.Malformed // an empty body is no JSON
		}
		if got := c.reads(t, field, "a", -1); got != want {
			t.Errorf("read of the field %d in the start = %v, want %v", field, got, want)
		}
	}
	if n, ended := c.asks(t, "body_len"); n != 0 || ended != nil {
		t.Errorf("body_len in the start = %d, %v, want 0", n, ended)
	}
	if _, ended := c.asks(t, "log", 1, "a"); ended != nil {
		t.Errorf("log in the start: %v", ended)
	}
	if _, ended := c.asks(t, "value_text", "a"); ended == nil {
		t.Error("value_text in the start is answered, want it refused")
	}
}

func TestPlacesAreNotDecoded(t *testing.T) {
	c := calling(t, webhook.HookClaim)
	c.req.Scheme, c.req.Host, c.req.Target = "https", "Hooks.example:443", "/in/%61//b/../c?q=%20+&r"
	for field, want := range map[hostabi.Field]string{
		hostabi.FieldTarget: "/in/%61//b/../c?q=%20+&r",
		hostabi.FieldPath:   "/in/%61//b/../c",
		hostabi.FieldURL:    "https://Hooks.example:443/in/%61//b/../c?q=%20+&r",
	} {
		if got := c.reads(t, field, "", -1); got != want {
			t.Errorf("field %d = %v, want %s", field, got, want)
		}
	}
}

func TestEventTime(t *testing.T) {
	c := calling(t, webhook.HookTransform)
	for want, at := range map[string]time.Time{
		"2026-03-04T05:06:07Z":           time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC),
		"2026-03-04T05:06:07.1Z":         time.Date(2026, 3, 4, 5, 6, 7, 1e8, time.UTC),
		"2026-03-04T05:06:07.000000009Z": time.Date(2026, 3, 4, 6, 6, 7, 9, time.FixedZone("", 3600)),
	} {
		c.ev.Time = at
		if got := c.reads(t, hostabi.FieldEventTime, "", -1); got != want {
			t.Errorf("event time = %v, want %s", got, want)
		}
	}
}

func TestNamesOfHeaders(t *testing.T) {
	c := calling(t, webhook.HookClaim)
	c.header = map[string][]string{"X-Tag": {"1", "2"}, "Etag": {"3"}, "Cookie": {"a=b"}, "Authorization": {"c"}}
	var got []string
	for i := 0; ; i++ {
		n, ended := c.asks(t, "name", int(hostabi.FieldHeader), i, answerAt, answerSize)
		if ended != nil {
			t.Fatal(ended)
		}
		if n < 0 {
			got = append(got, "-")
			break
		}
		got = append(got, string(c.memory.bytes[answerAt:answerAt+n]))
	}
	if want := []string{"Etag", "X-Tag", "-"}; !slices.Equal(got, want) {
		t.Errorf("names = %q, want %q", got, want)
	}
	if n, _ := c.asks(t, "name", int(hostabi.FieldHeader), -1, answerAt, answerSize); hostabi.Result(n) != hostabi.Absent {
		t.Errorf("name at -1 = %d, want it absent", n)
	}
}

func TestValueOrOfFaults(t *testing.T) {
	const found, absent, faulty, other = 0, 1, 2, 3
	for _, tt := range []struct {
		v, or int
		want  string
		fault webhook.Reason
	}{
		{found, absent, "a", ""},
		{absent, found, "a", ""},
		{absent, absent, "", ""},
		{found, other, "", webhook.FieldAmbiguous},
		{faulty, found, "", webhook.BodyMalformed},
		{faulty, absent, "", webhook.BodyMalformed},
		{found, faulty, "", webhook.BodyMalformed},
		{absent, faulty, "", webhook.BodyMalformed},
	} {
		c := calling(t, webhook.HookClaim)
		c.values = []value{
			{Value: webhook.Value{Text: "a", Found: true}},
			{},
			{fault: webhook.BodyMalformed},
			{Value: webhook.Value{Text: "b", Found: true}},
		}
		handle, ended := c.asks(t, "value_or", tt.v, tt.or)
		if ended != nil {
			t.Fatal(ended)
		}
		if got := c.value(handle); got.Text != tt.want && got.Found || got.fault != tt.fault || got.Found != (tt.want != "") {
			t.Errorf("value_or(%d, %d) = %+v, want %q with the fault %q", tt.v, tt.or, got, tt.want, tt.fault)
		}
	}
}

func TestPiecesOfFaults(t *testing.T) {
	c := calling(t, webhook.HookClaim)
	c.values = []value{{}, {fault: webhook.FieldAmbiguous}, {Value: webhook.Value{Text: "vvx,a=1", Found: true}}}
	for _, tt := range []struct {
		name      string
		arguments []any
		want      value
	}{
		{"value_strip", []any{0, "v"}, value{}},
		{"value_strip", []any{1, "v"}, value{fault: webhook.FieldAmbiguous}},
		{"value_split", []any{1, ",", 0}, value{fault: webhook.FieldAmbiguous}},
		{"value_strip", []any{2, "v"}, value{Value: webhook.Value{Text: "vx,a=1", Found: true}}},
		{"value_split", []any{2, ",", -1}, value{}},
		{"value_member", []any{2, ",", "a", -1}, value{}},
		{"value_member", []any{2, ",", "a", 0}, value{Value: webhook.Value{Text: "1", Found: true}}},
	} {
		handle, ended := c.asks(t, tt.name, tt.arguments...)
		if ended != nil {
			t.Fatalf("%s: %v", tt.name, ended)
		}
		if got := c.value(handle); got != tt.want {
			t.Errorf("%s%v = %+v, want %+v", tt.name, tt.arguments, got, tt.want)
		}
	}
}
