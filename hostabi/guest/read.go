//go:build wasip1

package guest

import (
	"errors"
	"fmt"

	"github.com/hookseal/hookseal/hostabi"
)

var (
	// ErrAbsent reports that there is no such header, parameter, member or
	// index.
	ErrAbsent = errors.New("absent")
	// ErrMalformed reports that the body is not JSON.
	ErrMalformed = errors.New("malformed")
	// ErrAmbiguous reports several values where one was asked for.
	ErrAmbiguous = errors.New("ambiguous")
	// ErrDenied reports a field that carries credentials. A claim may refer to
	// it by a [Value].
	ErrDenied = errors.New("denied")
	// ErrUnfit reports a place that holds nothing of the form that was asked
	// for, such as an object where JSON was to give a text.
	ErrUnfit = errors.New("unfit")
)

func failure(result int32) error {
	switch hostabi.Result(result) {
	case hostabi.Absent:
		return ErrAbsent
	case hostabi.Malformed:
		return ErrMalformed
	case hostabi.Ambiguous:
		return ErrAmbiguous
	case hostabi.Denied:
		return ErrDenied
	case hostabi.Unfit:
		return ErrUnfit
	default:
		return fmt.Errorf("unknown result %d", result)
	}
}

// fetch calls a getter until its buffer is large enough.
func fetch(get func(buf *byte, size uint32) int32) (string, error) {
	buf := make([]byte, 256)
	for {
		n := get(ofBytes(buf))
		if n < 0 {
			return "", failure(n)
		}
		if int(n) <= len(buf) {
			return string(buf[:n]), nil
		}
		buf = make([]byte, n)
	}
}

func read(field hostabi.Field, name string, index int32) (string, error) {
	text, size := of(name)
	return fetch(func(buf *byte, capacity uint32) int32 {
		return hostRead(int32(field), text, size, index, buf, capacity)
	})
}

// orEmpty is for fields whose absence reads as the empty text.
func orEmpty(field hostabi.Field, name string) string {
	text, err := read(field, name, 0)
	if err != nil {
		return ""
	}
	return text
}

// message is what a request and an event have in common.
type message struct{}

// Header returns the first value of a header field, empty if there is none or
// if it carries credentials.
func (message) Header(name string) string { return orEmpty(hostabi.FieldHeader, name) }

// Headers returns every value of a header field, in order.
func (message) Headers(name string) []string { return every(hostabi.FieldHeader, name) }

// HeaderNames lists the header fields in the order of their names, without those
// that carry credentials.
func (message) HeaderNames() []string {
	list, err := names(hostabi.FieldHeader)
	if err != nil {
		return nil
	}
	return list
}

// every returns all values of a name, in order.
func every(field hostabi.Field, name string) []string {
	var all []string
	for index := int32(0); ; index++ {
		text, err := read(field, name, index)
		if err != nil {
			return all
		}
		all = append(all, text)
	}
}

// names lists the names that a field has.
func names(field hostabi.Field) ([]string, error) {
	var all []string
	for {
		name, err := fetch(func(buf *byte, size uint32) int32 {
			return hostName(int32(field), int32(len(all)), buf, size)
		})
		switch {
		case errors.Is(err, ErrAbsent):
			return all, nil
		case err != nil:
			return nil, err
		}
		all = append(all, name)
	}
}

// Pair is a parameter of a query or of a form.
type Pair struct {
	// Name and Value are decoded.
	Name, Value string
}

// pairs lists parameters in the order in which they were sent.
func pairs(field hostabi.Field) ([]Pair, error) {
	list, err := names(field)
	if err != nil {
		return nil, err
	}
	all, seen := make([]Pair, len(list)), map[string]int32{}
	for i, name := range list {
		all[i].Name = name
		if all[i].Value, err = read(field, name, seen[name]); err != nil {
			return nil, err
		}
		seen[name]++
	}
	return all, nil
}

// JSON returns the scalar at a dotted path of the body: the text of a string,
// and numbers and booleans as they are written. It returns [ErrAbsent],
// [ErrMalformed], [ErrAmbiguous] for a member that is there twice, or [ErrUnfit]
// for an object, an array or null.
func (message) JSON(path string) (string, error) {
	return read(hostabi.FieldJSON, path, hostabi.Only)
}

// Form returns a parameter of a form in the body. It returns [ErrAbsent],
// [ErrUnfit] for a form that cannot be decoded, or [ErrAmbiguous]. A body that is
// not declared to be a form has none.
func (message) Form(name string) (string, error) {
	return read(hostabi.FieldForm, name, hostabi.Only)
}

// FormPairs lists the parameters of that form in the order in which they were
// sent. It returns [ErrUnfit] for a body that is no form.
func (message) FormPairs() ([]Pair, error) { return pairs(hostabi.FieldForm) }

// SettingNames lists the settings of the configuration, in order.
func (message) SettingNames() []string {
	list, err := names(hostabi.FieldSetting)
	if err != nil {
		return nil
	}
	return list
}

// Setting returns a setting of the configuration, empty if there is none.
func (message) Setting(name string) string { return orEmpty(hostabi.FieldSetting, name) }

// Body returns a copy of the raw body.
func (message) Body() []byte {
	body := make([]byte, hostBodyLen())
	for read := 0; read < len(body); {
		buf, size := ofBytes(body[read:])
		n := hostBodyRead(uint32(read), buf, size)
		if n <= 0 {
			return body[:read]
		}
		read += int(n)
	}
	return body
}

// Request is the request that a rule looks at, before anything about it has been
// proven.
type Request struct{ message }

// Method returns the request method.
func (Request) Method() string { return orEmpty(hostabi.FieldMethod, "") }

// Target returns the request-target: path and query, byte for byte.
func (Request) Target() string { return orEmpty(hostabi.FieldTarget, "") }

// Path returns the part of the target before the query.
func (Request) Path() string { return orEmpty(hostabi.FieldPath, "") }

// URL returns scheme, host and target.
func (Request) URL() string { return orEmpty(hostabi.FieldURL, "") }

// Query returns the only value of a query parameter, decoded. It returns
// [ErrAbsent], [ErrAmbiguous], or [ErrUnfit] for a query that cannot be decoded.
func (Request) Query(name string) (string, error) {
	return read(hostabi.FieldQuery, name, hostabi.Only)
}

// QueryPairs lists the parameters of the query in the order in which they were
// sent. It returns [ErrUnfit] for a query that cannot be decoded.
func (Request) QueryPairs() ([]Pair, error) { return pairs(hostabi.FieldQuery) }
