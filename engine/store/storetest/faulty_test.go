package storetest

import (
	"errors"
	"reflect"
	"testing"

	"github.com/hookseal/hookseal/engine/store"
)

// Every method of the contract but Close fails when it is told to: one that is
// passed on by embedding alone would reach the store, and there is none.
func TestFaultyCoversTheContract(t *testing.T) {
	contract := reflect.TypeFor[store.Store]()
	for i := range contract.NumMethod() {
		name := contract.Method(i).Name
		if name == "Close" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			f := NewFaulty(nil, Fault{Call: 1})
			method := reflect.ValueOf(f).MethodByName(name)
			defer func() {
				if got := recover(); got != nil {
					t.Errorf("%s reached the store: give Faulty a method of its own (%v)", name, got)
				}
			}()
			results := method.Call(zeros(method.Type()))
			if err, _ := results[len(results)-1].Interface().(error); !errors.Is(err, ErrInjected) {
				t.Errorf("%s = %v, want %v", name, err, ErrInjected)
			}
			if f.Hit() != name || f.Calls() != 1 {
				t.Errorf("Hit = %q after %d calls, want %q after 1", f.Hit(), f.Calls(), name)
			}
		})
	}
}

// zeros are the zero arguments of a function, none for its last if that repeats.
func zeros(f reflect.Type) []reflect.Value {
	n := f.NumIn()
	if f.IsVariadic() {
		n--
	}
	args := make([]reflect.Value, n)
	for i := range args {
		args[i] = reflect.Zero(f.In(i))
	}
	return args
}

// A fault comes once, unless it lasts, and says nothing of whether it was made.
func TestFaultyCalls(t *testing.T) {
	tests := []struct {
		fault       Fault
		made, fails [3]bool
	}{
		{Fault{}, [3]bool{true, true, true}, [3]bool{}},
		{Fault{Call: 2}, [3]bool{true, false, true}, [3]bool{false, true, false}},
		{Fault{Call: 2, Made: true}, [3]bool{true, true, true}, [3]bool{false, true, false}},
		{Fault{Call: 2, Lasting: true}, [3]bool{true, false, false}, [3]bool{false, true, true}},
		{Fault{Call: 2, Made: true, Lasting: true}, [3]bool{true, true, false}, [3]bool{false, true, true}},
	}
	for _, tt := range tests {
		f := NewFaulty(nil, tt.fault)
		for i := range tt.made {
			made := false
			got, err := try(f, "Call", func() (int, error) { made = true; return 7, nil })
			if made != tt.made[i] || errors.Is(err, ErrInjected) != tt.fails[i] {
				t.Errorf("%v: call %d is made %t and returns %v, want made %t, failing %t", tt.fault, i+1, made, err, tt.made[i], tt.fails[i])
			}
			if err != nil && got != 0 {
				t.Errorf("%v: call %d fails and returns %d", tt.fault, i+1, got)
			}
		}
	}
}
