package script

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/dop251/goja"
	"github.com/hookseal/hookseal/engine/webhook"
)

// header reads the header fields of an output. Those that came with the event
// are not handed on unless the script puts them into an object of its own.
func (r *outputReader) header(where string, event *goja.Object) (http.Header, error) {
	v := r.get(event, "headers")
	if v == nil || goja.IsUndefined(v) {
		return nil, nil
	}
	object, ok := v.(*goja.Object)
	if !ok || isArray(object) {
		return nil, abiFault("%s: headers is %s, want an object of strings", where, describe(v))
	}
	var header http.Header
	for _, name := range object.Keys() {
		values, err := fieldValues(where, name, object.Get(name))
		if err != nil {
			return nil, err
		}
		came := r.came(name, values)
		if came && object == r.headers || came && webhook.ReservedHeader(name) {
			continue
		}
		if err := checkField(where, name, values); err != nil {
			return nil, err
		}
		if header == nil {
			header = http.Header{}
		}
		canonical := http.CanonicalHeaderKey(name)
		header[canonical] = append(header[canonical], values...)
	}
	return header, nil
}

// came reports whether the event came with this field.
func (r *outputReader) came(name string, values []string) bool {
	for original, sent := range r.ev.Header {
		if strings.EqualFold(original, name) {
			return joined(sent) == joined(values)
		}
	}
	return false
}

func fieldValues(where, name string, v goja.Value) ([]string, error) {
	if goja.IsString(v) {
		return []string{v.String()}, nil
	}
	object, ok := v.(*goja.Object)
	if !ok || !isArray(object) {
		return nil, abiFault("%s: header %q is %s, want a string or an array of strings", where, name, describe(v))
	}
	var values []string
	for i := range lengthOf(object) {
		item := object.Get(strconv.FormatInt(i, 10))
		if item == nil || !goja.IsString(item) {
			return nil, abiFault("%s: header %q has an item that is %s, want a string", where, name, describe(item))
		}
		values = append(values, item.String())
	}
	return values, nil
}

// checkField refuses fields that are the sender's own business, and text that
// would not stay within its line.
func checkField(where, name string, values []string) error {
	if !validFieldName(name) {
		return abiFault("%s: %q is not the name of a header", where, name)
	}
	if strings.EqualFold(name, "content-type") {
		return abiFault("%s: set contentType, and not the header content-type", where)
	}
	if webhook.ReservedHeader(name) {
		return abiFault("%s: the header %s cannot be set", where, strings.ToLower(name))
	}
	if !slices.ContainsFunc(values, func(v string) bool { return !validFieldValue(v) }) {
		return nil
	}
	return abiFault("%s: the value of header %s holds control characters", where, name)
}

func validFieldName(name string) bool {
	for _, c := range []byte(name) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return name != ""
}

func validFieldValue(value string) bool {
	for _, c := range []byte(value) {
		if c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}
