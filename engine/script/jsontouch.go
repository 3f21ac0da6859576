package script

import (
	"slices"
	"strconv"

	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
)

// isStill reports whether a value is the primitive that was built. Containers
// are not asked here: they are themselves even when their content is not.
func isStill(now, built goja.Value) bool {
	if now == nil {
		return false
	}
	if _, ok := built.(*goja.Object); ok {
		return false
	}
	return built.SameAs(now)
}

// touched reports whether a container that was built differs from its source,
// at any depth. It descends into what was built alone, which has no cycles.
func (w *jsonWriter) touched(object *goja.Object, built *container) bool {
	if built.judgedBy != w {
		built.judgedBy = w
		built.touched = w.differs(object, built)
	}
	return built.touched
}

func (w *jsonWriter) differs(object *goja.Object, built *container) bool {
	if built.source.Kind == jsonvalue.Array {
		return w.arrayDiffers(object, built)
	}
	names := object.Keys()
	members := built.source.Members
	inOrder := len(names) == len(members)
	for i := 0; inOrder && i < len(names); i++ {
		inOrder = names[i] == members[i].Name
	}
	if !inOrder && !slices.Equal(names, w.call.freshKeys(members)) {
		return true
	}
	last := lastOf(members)
	for i := range members {
		if last != nil && last[members[i].Name] != i {
			continue
		}
		if w.valueDiffers(object.Get(members[i].Name), built.values[i]) {
			return true
		}
	}
	return false
}

func (w *jsonWriter) arrayDiffers(array *goja.Object, built *container) bool {
	if lengthOf(array) != int64(len(built.values)) {
		return true
	}
	for i, v := range built.values {
		if w.valueDiffers(array.Get(strconv.Itoa(i)), v) {
			return true
		}
	}
	return false
}

func (w *jsonWriter) valueDiffers(now, built goja.Value) bool {
	object, ok := built.(*goja.Object)
	if !ok {
		return !isStill(now, built)
	}
	return now != built || w.touched(object, w.call.parsed[object])
}

// freshKeys lists the names of members in the order in which an object that was
// just built lists them: integers first, names that come twice once.
func (c *call) freshKeys(members []jsonvalue.Member) []string {
	object := c.vm.NewObject()
	for i := range members {
		define(object, members[i].Name, goja.Undefined())
	}
	return object.Keys()
}

// lastOf maps each name to the index of its last member, whose value counts.
// It is nil where no name comes twice.
func lastOf(members []jsonvalue.Member) map[string]int {
	last := make(map[string]int, len(members))
	for i := range members {
		last[members[i].Name] = i
	}
	if len(last) == len(members) {
		return nil
	}
	return last
}

// parsedObject appends an object that was built and then touched: the members
// of its source that are left in the order of the source, with the source text
// of their names and of the values that are still the same, then what is new. Of
// a name that comes twice all members are left while it is not touched, and else
// the first with its new value.
func (w *jsonWriter) parsedObject(object *goja.Object, built *container) error {
	names := object.Keys()
	left := make(map[string]bool, len(names))
	for _, name := range names {
		left[name] = true
	}
	w.out = append(w.out, '{')
	first := true
	rawNames := memberNames(built.source)
	last := lastOf(built.source.Members)
	for i, m := range built.source.Members {
		if !left[m.Name] {
			continue
		}
		start := len(w.out)
		if !first {
			w.out = append(w.out, ',')
		}
		w.out = append(append(w.out, rawNames[i]...), ':')
		written, done, err := w.sourceMember(object.Get(m.Name), built, i, last)
		if err != nil {
			return err
		}
		if !written {
			w.out = w.out[:start]
		}
		if done {
			delete(left, m.Name)
		}
		first = first && !written
	}
	added := slices.DeleteFunc(names, func(name string) bool { return !left[name] })
	if err := w.members(object, added, first); err != nil {
		return err
	}
	w.out = append(w.out, '}')
	return w.checkLimit()
}

// sourceMember appends the value of the i-th member of a source. It reports
// whether there was one to append, and whether that is all of the name.
func (w *jsonWriter) sourceMember(now goja.Value, built *container, i int, last map[string]int) (written, done bool, err error) {
	m := &built.source.Members[i]
	valueAt := i
	if last != nil {
		valueAt = last[m.Name]
	}
	if valueAt != i && !w.valueDiffers(now, built.values[valueAt]) {
		w.out = append(w.out, m.Value.Raw...) // one of a later member's name
		return true, false, w.checkLimit()
	}
	if isStill(now, built.values[valueAt]) {
		w.out = append(w.out, built.source.Members[valueAt].Value.Raw...)
		return true, true, w.checkLimit()
	}
	written, err = w.member(m.Name, nil, now)
	return written, true, err
}
