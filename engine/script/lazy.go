package script

import (
	"slices"

	"github.com/dop251/goja"
)

// lazyObject is an object whose members are made when they are first read. A
// script may set, add and delete members as it likes.
type lazyObject struct {
	// names are the enumerable members in order.
	names []string
	// compute makes a member, nil if there is none of the name.
	compute func(name string) goja.Value
	// values are the members that were made or set, nil for a deleted one. They
	// are few.
	values []lazyMember
}

type lazyMember struct {
	name  string
	value goja.Value
}

// find returns the index of a member that was made, -1 for none.
func (o *lazyObject) find(name string) int {
	for i := range o.values {
		if o.values[i].name == name {
			return i
		}
	}
	return -1
}

var _ goja.DynamicObject = (*lazyObject)(nil)

// Get returns a member, made if need be.
func (o *lazyObject) Get(name string) goja.Value {
	if i := o.find(name); i >= 0 {
		return o.values[i].value
	}
	v := o.compute(name)
	if v != nil {
		o.keep(name, v)
	}
	return v
}

func (o *lazyObject) keep(name string, v goja.Value) {
	if i := o.find(name); i >= 0 {
		o.values[i].value = v
		return
	}
	o.values = append(o.values, lazyMember{name, v})
}

// Set replaces or adds a member.
func (o *lazyObject) Set(name string, v goja.Value) bool {
	if !slices.Contains(o.names, name) {
		o.names = append(slices.Clip(o.names), name)
	}
	o.keep(name, v)
	return true
}

// Has reports whether there is a member.
func (o *lazyObject) Has(name string) bool {
	if i := o.find(name); i >= 0 {
		return o.values[i].value != nil
	}
	return slices.Contains(o.names, name) || o.Get(name) != nil
}

// made reports whether a member was made, set or deleted.
func (o *lazyObject) made(name string) bool {
	return o.find(name) >= 0
}

// Delete removes a member.
func (o *lazyObject) Delete(name string) bool {
	o.names = slices.DeleteFunc(slices.Clone(o.names), func(n string) bool { return n == name })
	o.keep(name, nil)
	return true
}

// Keys lists the enumerable members.
func (o *lazyObject) Keys() []string { return o.names }
