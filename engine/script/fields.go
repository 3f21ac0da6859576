package script

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dop251/goja"
)

// maxListed bounds the lists of a claim.
const maxListed = 64

// fields are the members of an object in a claim, and where it stands.
type fields struct {
	object *goja.Object
	path   string
}

// objectFields holds a value to be an object with no other members than the
// known.
func objectFields(v goja.Value, path string, known ...string) (fields, error) {
	object, ok := v.(*goja.Object)
	if !ok || isArray(object) {
		return fields{}, abiFault("%s is %s, want an object", path, describe(v))
	}
	for _, name := range object.Keys() {
		if !slices.Contains(known, name) {
			return fields{}, abiFault("%s has the unknown member %q; members are %s", path, name, strings.Join(known, ", "))
		}
	}
	return fields{object, path}, nil
}

// get returns a member, nil for one that is missing, undefined or null.
func (f fields) get(name string) goja.Value {
	v := f.object.Get(name)
	if v == nil || goja.IsUndefined(v) || goja.IsNull(v) {
		return nil
	}
	return v
}

// text returns a member that is a string, or the standard for one that is
// missing.
func (f fields) text(name, standard string) (string, error) {
	v := f.get(name)
	if v == nil {
		return standard, nil
	}
	if !goja.IsString(v) {
		return "", abiFault("%s.%s is %s, want a string", f.path, name, describe(v))
	}
	return v.String(), nil
}

// required returns a member that is a string.
func (f fields) required(name string) (string, error) {
	text, err := f.text(name, "")
	if err == nil && text == "" {
		err = abiFault("%s.%s is missing", f.path, name)
	}
	return text, err
}

// flag returns a member that is a boolean, false for one that is missing.
func (f fields) flag(name string) (bool, error) {
	v := f.get(name)
	if v == nil {
		return false, nil
	}
	b, ok := v.Export().(bool)
	if !ok {
		return false, abiFault("%s.%s is %s, want true or false", f.path, name, describe(v))
	}
	return b, nil
}

// listOf reads a member that is an array, or one item without its array. A
// missing member is an empty list.
func listOf[T any](f fields, name string, read func(goja.Value, string) (T, error)) ([]T, error) {
	v := f.get(name)
	if v == nil {
		return nil, nil
	}
	path := f.path + "." + name
	object, ok := v.(*goja.Object)
	if !ok || !isArray(object) {
		item, err := read(v, path)
		return []T{item}, err
	}
	length := lengthOf(object)
	if length > maxListed {
		return nil, abiFault("%s has %d items, at most %d", path, length, maxListed)
	}
	list := make([]T, 0, length)
	for i := range int(length) {
		item, err := read(object.Get(strconv.Itoa(i)), path+"["+strconv.Itoa(i)+"]")
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, nil
}

// textAs reads a string of a closed list that the host judges.
func textAs[T ~string](v goja.Value, path string) (T, error) {
	if v == nil || !goja.IsString(v) {
		return "", abiFault("%s is %s, want a string", path, describe(v))
	}
	return T(v.String()), nil
}
