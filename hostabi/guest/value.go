//go:build wasip1

package guest

import "github.com/hookseal/hookseal/hostabi"

// Value stands for a piece of text that the host holds, together with the place
// it came from: from that the host computes what a signature covers. Values
// belong to a claim; reading is what [Request] is for.
//
// A value of a place that is absent is a value too: a signature of it counts as
// not sent, a message with it cannot have been signed.
type Value struct{ handle int32 }

func (Request) value(field hostabi.Field, name string) Value {
	text, size := of(name)
	return Value{hostValue(int32(field), text, size, hostabi.Only)}
}

// HeaderValue refers to a header field that is there once.
func (r Request) HeaderValue(name string) Value { return r.value(hostabi.FieldHeader, name) }

// QueryValue refers to a query parameter that is there once.
func (r Request) QueryValue(name string) Value { return r.value(hostabi.FieldQuery, name) }

// FormValue refers to a parameter of a form in the body that is there once.
func (r Request) FormValue(name string) Value { return r.value(hostabi.FieldForm, name) }

// CookieValue refers to a cookie that is there once.
func (r Request) CookieValue(name string) Value { return r.value(hostabi.FieldCookie, name) }

// JSONValue refers to the scalar at a dotted path of the body.
func (r Request) JSONValue(path string) Value { return r.value(hostabi.FieldJSON, path) }

// JSONText refers to the JSON text of what stands at a dotted path of the body, an
// object or an array too, as it was sent.
func (r Request) JSONText(path string) Value { return r.value(hostabi.FieldJSONText, path) }

// JSONStringified refers to that text as JSON.stringify writes it.
func (r Request) JSONStringified(path string) Value {
	return r.value(hostabi.FieldJSONStringified, path)
}

// Expression refers to what a value of the language of schemes gives, such as
// "json.EventId or json.eventId | uuid:N".
func (r Request) Expression(text string) Value { return r.value(hostabi.FieldExpression, text) }

// SettingValue refers to a setting of the configuration.
func (r Request) SettingValue(name string) Value { return r.value(hostabi.FieldSetting, name) }

// MethodValue refers to the request method.
func (r Request) MethodValue() Value { return r.value(hostabi.FieldMethod, "") }

// PathValue refers to the path, undecoded.
func (r Request) PathValue() Value { return r.value(hostabi.FieldPath, "") }

// URLValue refers to scheme, host and target.
func (r Request) URLValue() Value { return r.value(hostabi.FieldURL, "") }

// Text is a value that the rule makes up; no signature covers it.
func Text(text string) Value {
	pointer, size := of(text)
	return Value{hostValueText(pointer, size)}
}

// Strip returns the value without a prefix. Where the prefix is not there, the
// value is malformed, and so is a signature of it.
func (v Value) Strip(prefix string) Value {
	text, size := of(prefix)
	return Value{hostValueStrip(v.handle, text, size)}
}

// Split returns the n-th piece between separators, counted from zero, absent
// beyond the last.
func (v Value) Split(separator string, n int) Value {
	text, size := of(separator)
	return Value{hostValueSplit(v.handle, text, size, int32(n))}
}

// Member returns what follows "key=" in the n-th of the pieces that begin so.
func (v Value) Member(separator, key string, n int) Value {
	text, size := of(separator)
	name, nameSize := of(key)
	return Value{hostValueMember(v.handle, text, size, name, nameSize, int32(n))}
}

// JWS returns a piece of a JSON Web Signature whose algorithm is pinned, as JWS names
// it ("ES256"): "input", which is what is signed, "signature", or the scalar at
// "header.PATH" or "claims.PATH".
func (v Value) JWS(algorithm, name string) Value {
	text, size := of(algorithm)
	piece, pieceSize := of(name)
	return Value{hostValueJWS(v.handle, text, size, piece, pieceSize)}
}

// Or returns the one of two values that is there. Where both are, neither counts.
func (v Value) Or(other Value) Value { return Value{hostValueOr(v.handle, other.handle)} }

// Fault returns the reason for which the value is there and cannot count, empty if
// it can.
func (v Value) Fault() string {
	reason, err := fetch(func(buf *byte, size uint32) int32 { return hostValueFault(v.handle, buf, size) })
	if err != nil {
		return ""
	}
	return reason
}

// TargetValue refers to the request-target: path and query, byte for byte.
func (r Request) TargetValue() Value { return r.value(hostabi.FieldTarget, "") }

// Read returns the text of the value. It returns [ErrAbsent], [ErrMalformed],
// [ErrAmbiguous], [ErrDenied] or [ErrUnfit] as the reading of its place does.
func (v Value) Read() (string, error) {
	return fetch(func(buf *byte, size uint32) int32 { return hostValueRead(v.handle, buf, size) })
}
