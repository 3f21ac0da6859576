// Package structured reads and writes the structured fields of HTTP (RFC 9651)
// that message signatures are made of. It is the home of
// github.com/dunglas/httpsfv, and stricter than it: what two readers could
// understand differently is an error, a member given twice first of all.
package structured

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/dunglas/httpsfv"
)

// Kind is the type of a parameter's value.
type Kind uint8

// The kinds.
const (
	// Text is a string; the empty value of Param is one.
	Text Kind = iota
	// Number is an integer.
	Number
)

// Param is a parameter of an item or of a list.
type Param struct {
	// Name is its key.
	Name string
	// Text is the value: of a string what stands between the quotes, of a number
	// its digits.
	Text string
	// Kind is the type of the value.
	Kind Kind
}

// Item is a string with its parameters.
type Item struct {
	// Text is the string.
	Text string
	// Params are its parameters, in the order in which they were sent.
	Params []Param
}

// List is an inner list of strings.
type List struct {
	// Items are the strings, in their order.
	Items []Item
	// Params are those of the list as a whole, in the order in which they were
	// sent.
	Params []Param
}

// ReadLists reads a dictionary of inner lists, such as Signature-Input, by the
// names of its members.
//
// It is an error when the text is not as RFC 9651, section 4.1 writes it: the
// text of a list is signed, and there is then one way alone of writing it anew.
// It is one, too, when a string holds a quote or a backslash, and when a value is
// neither a string nor an integer.
func ReadLists(text string) (map[string]List, error) {
	d, err := dictionary(text)
	if err != nil {
		return nil, err
	}
	lists := map[string]List{}
	for _, name := range d.Names() {
		member, _ := d.Get(name)
		inner, ok := member.(httpsfv.InnerList)
		if !ok {
			return nil, fmt.Errorf("%s is no list", clip(name))
		}
		if lists[name], err = readList(inner); err != nil {
			return nil, fmt.Errorf("%s: %w", clip(name), err)
		}
	}
	return lists, nil
}

// ReadBytes reads a dictionary of byte sequences without parameters, such as
// Signature and Content-Digest, as the base64 of each by the name of its member.
// White space around commas is free; the base64 is read strictly.
func ReadBytes(text string) (map[string]string, error) {
	members := strings.Split(text, ",")
	for i, m := range members {
		members[i] = strings.Trim(m, " \t")
	}
	d, err := dictionary(strings.Join(members, ", "))
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for _, name := range d.Names() {
		member, _ := d.Get(name)
		item, ok := member.(httpsfv.Item)
		if !ok {
			return nil, fmt.Errorf("%s is a list", clip(name))
		}
		raw, ok := item.Value.([]byte)
		if !ok || len(item.Params.Names()) > 0 {
			return nil, fmt.Errorf("%s is not a byte sequence alone", clip(name))
		}
		values[name] = base64.StdEncoding.EncodeToString(raw)
	}
	return values, nil
}

// dictionary reads text that is written as it would be written anew. That leaves
// no room for a name that is given twice.
func dictionary(text string) (*httpsfv.Dictionary, error) {
	d, err := httpsfv.UnmarshalDictionary([]string{text})
	if err != nil {
		return nil, err
	}
	if len(d.Names()) == 0 {
		return nil, errors.New("the dictionary is empty")
	}
	anew, err := httpsfv.Marshal(d)
	if err != nil {
		return nil, err
	}
	if anew != text {
		return nil, errors.New("the dictionary is not written as RFC 9651 writes it, or names a member twice")
	}
	return d, nil
}

func readList(inner httpsfv.InnerList) (List, error) {
	var list List
	for _, it := range inner.Items {
		text, ok := it.Value.(string)
		if !ok {
			return list, errors.New("an item of the list is no string")
		}
		params, err := readParams(it.Params)
		if err != nil {
			return list, err
		}
		list.Items = append(list.Items, Item{Text: text, Params: params})
	}
	var err error
	list.Params, err = readParams(inner.Params)
	return list, err
}

func readParams(params *httpsfv.Params) ([]Param, error) {
	var out []Param
	for _, name := range params.Names() {
		value, _ := params.Get(name)
		switch value := value.(type) {
		case string:
			if strings.ContainsAny(value, `"\`) {
				return nil, fmt.Errorf("parameter %s holds a quote or a backslash", clip(name))
			}
			out = append(out, Param{Name: name, Text: value})
		case int64:
			out = append(out, Param{Name: name, Text: strconv.FormatInt(value, 10), Kind: Number})
		default:
			return nil, fmt.Errorf("parameter %s is neither a string nor an integer", clip(name))
		}
	}
	return out, nil
}

// clip bounds text that a sender chose before it reaches a log.
func clip(text string) string {
	if len(text) > 64 {
		return text[:64] + "…"
	}
	return text
}
