package host

import (
	"strconv"
	"strings"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

// value is what a handle stands for.
type value struct {
	webhook.Value
	// place is where the whole text stands, of which the value may be a piece.
	place webhook.Origin
	// fault says why the value is there and cannot count.
	fault  webhook.Reason
	secret bool
}

func valueFunctions() map[string]function {
	claim := webhook.HookClaim
	return map[string]function{
		hostabi.FuncValue:       {params: "iiii", hook: claim, run: valueOf},
		hostabi.FuncValueText:   {params: "ii", hook: claim, run: valueText},
		hostabi.FuncValueStrip:  {params: "iii", hook: claim, run: valueStrip},
		hostabi.FuncValueSplit:  {params: "iiii", hook: claim, run: valueSplit},
		hostabi.FuncValueMember: {params: "iiiiii", hook: claim, run: valueMember},
		hostabi.FuncValueJWS:    {params: "iiiii", hook: claim, run: valueJWS},
		hostabi.FuncValueOr:     {params: "ii", hook: claim, run: valueOr},
		hostabi.FuncValueRead:   {params: "iii", hook: claim, run: valueRead},
		hostabi.FuncValueFault:  {params: "iii", hook: claim, run: valueFault},
	}
}

// value(field, name, name_len, index) returns a handle, of a field that is
// absent too.
func valueOf(a args) hostabi.Result {
	field, name := hostabi.Field(a.i32(0)), a.held(1)
	if strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
		a.call.misuse("%s: a name holds a control character", a.name)
	}
	v := a.call.at(field, name, a.i32(3))
	a.call.hold(len(v.Text))
	return a.call.handle(v)
}

// value_text(ptr, len) returns a handle of text that the guest made up.
func valueText(a args) hostabi.Result {
	return a.call.handle(value{Value: webhook.Value{Text: a.held(0), Found: true}})
}

// value_strip(h, prefix, len) returns the value without a prefix, unfit if it is
// not there.
func valueStrip(a args) hostabi.Result {
	prefix := a.held(1)
	return a.call.piece(a.i32(0), "strip "+strconv.Quote(prefix), func(text string) (string, bool, webhook.Reason) {
		rest, ok := strings.CutPrefix(text, prefix)
		if !ok {
			return "", false, webhook.FieldMalformed
		}
		return rest, true, ""
	})
}

// value_split(h, separator, len, n) returns the n-th piece, counted from zero.
func valueSplit(a args) hostabi.Result {
	separator, n := a.separator(1), int(a.i32(3))
	how := "split " + strconv.Quote(separator) + " " + strconv.Itoa(n)
	return a.call.piece(a.i32(0), how, func(text string) (string, bool, webhook.Reason) {
		for item := range strings.SplitSeq(text, separator) {
			if n == 0 {
				return item, true, ""
			}
			n--
		}
		return "", false, ""
	})
}

// value_member(h, separator, len, key, key_len, n) returns what follows "key=" in
// the n-th of the pieces that begin so.
func valueMember(a args) hostabi.Result {
	separator, key, n := a.separator(1), a.held(3), int(a.i32(5))
	how := "member " + strconv.Quote(separator) + " " + strconv.Quote(key) + " " + strconv.Itoa(n)
	return a.call.piece(a.i32(0), how, func(text string) (string, bool, webhook.Reason) {
		for item := range strings.SplitSeq(text, separator) {
			name, member, ok := strings.Cut(strings.TrimSpace(item), "=")
			if !ok || name != key {
				continue
			}
			if n == 0 {
				return member, true, ""
			}
			n--
		}
		return "", false, ""
	})
}

// value_jws(h, algorithm, len, name, name_len) returns a piece of a JSON Web
// Signature: its input, its signature, or the scalar at header.PATH or claims.PATH.
func valueJWS(a args) hostabi.Result {
	v, algorithm, name := a.call.value(a.i32(0)), a.held(1), a.held(3)
	v.Origin = scheme.JWSOrigin(v.Origin, name)
	if v.Found {
		a.call.parse(len(v.Text))
		v.Text, v.Found, v.fault = scheme.ReadJWS(v.Text, algorithm, name)
		a.call.hold(len(v.Text))
	}
	return a.call.handle(v)
}

// value_read(h, buf, cap) writes the text of a value.
func valueRead(a args) hostabi.Result {
	switch v := a.call.value(a.i32(0)); {
	case v.secret:
		return hostabi.Denied
	case v.fault != "":
		return unusable(v.fault)
	case !v.Found:
		return hostabi.Absent
	default:
		return a.answer(1, v.Text)
	}
}

// value_or(h, other) returns a handle of the one of two values that is there;
// where both are, neither counts.
func valueOr(a args) hostabi.Result {
	v, other := a.call.value(a.i32(0)), a.call.value(a.i32(1))
	if v.secret || other.secret {
		a.call.misuse("%s: a credential cannot be chosen by what is in it", a.name)
	}
	switch {
	case v.fault != "":
	case other.fault != "" || !v.Found:
		v = other
	case other.Found:
		v.fault, v.Found = webhook.FieldAmbiguous, false
	}
	return a.call.handle(v)
}

// value_fault(h, buf, cap) writes the reason for which a value that is there
// cannot count, nothing for one that can and for a credential.
func valueFault(a args) hostabi.Result {
	v := a.call.value(a.i32(0))
	if v.secret {
		return 0
	}
	return a.answer(1, string(v.fault))
}

func (a args) separator(i int) string {
	separator := a.held(i)
	if separator == "" {
		a.call.misuse("%s: the separator is empty", a.name)
	}
	return separator
}

// handle keeps a value and returns its handle.
func (c *call) handle(v value) hostabi.Result {
	if len(c.values) == hostabi.MaxValues {
		c.misuse("more than %d values", hostabi.MaxValues)
	}
	c.values = append(c.values, v)
	return hostabi.Result(len(c.values) - 1)
}

func (c *call) value(handle int32) value {
	if handle < 0 || int(handle) >= len(c.values) {
		c.misuse("there is no value %d", handle)
	}
	return c.values[handle]
}

// piece returns a handle of a part of a value.
func (c *call) piece(handle int32, how string, cut func(text string) (string, bool, webhook.Reason)) hostabi.Result {
	v := c.value(handle)
	v.Origin = v.pieceOrigin(how)
	if v.Found {
		c.parse(len(v.Text))
		v.Text, v.Found, v.fault = cut(v.Text)
	}
	return c.handle(v)
}

// pieceOrigin is the place of a piece: covered if the same piece is signed, or,
// where the body is signed and the value stands in it, with the body. A tab
// parts it from the name, which never holds one, so that no name reads like the
// piece of another.
func (v *value) pieceOrigin(how string) webhook.Origin {
	o := v.Origin
	switch o.Kind {
	case webhook.NoOrigin:
		return o
	case webhook.HeaderOrigin:
		o.Kind = webhook.SignatureOrigin
	}
	o.Name += "\t" + how
	return o
}
