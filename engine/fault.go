package engine

import (
	"errors"
	"fmt"
)

// Fault is one thing that is wrong with a [Config].
type Fault struct {
	// Part is what it is wrong with: "source", "endpoint", "transform",
	// "subscription", or "retention", which has no Name.
	Part string
	// Name is the part's key in the Config, or the name of the subscription.
	Name string
	// Index is the place of a subscription in the Config, from 0.
	Index int
	// Key is the setting that is at fault, as configuration files call it, such
	// as "allow_uncovered_body"; empty for the part as a whole.
	Key string
	// Err says what is wrong and what would be right.
	Err error
}

// Error returns the fault on one line.
func (f *Fault) Error() string {
	if f.Name == "" && f.Part == "retention" {
		return fmt.Sprintf("%s: %s: %s", f.Part, f.Key, f.Err)
	}
	if f.Key == "" {
		return fmt.Sprintf("%s %q: %s", f.Part, f.Name, f.Err)
	}
	return fmt.Sprintf("%s %q: %s: %s", f.Part, f.Name, f.Key, f.Err)
}

// Unwrap returns Err.
func (f *Fault) Unwrap() error { return f.Err }

// partFaults gathers what is wrong with one part.
type partFaults struct {
	part, name string
	index      int
	found      []error
}

func (f *partFaults) note(key, format string, args ...any) {
	f.add(key, fmt.Errorf(format, args...))
}

// add takes joined errors apart, so that each is a fault of its own.
func (f *partFaults) add(key string, err error) {
	if err == nil {
		return
	}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, err := range joined.Unwrap() {
			f.add(key, err)
		}
		return
	}
	f.found = append(f.found, &Fault{Part: f.part, Name: f.name, Index: f.index, Key: key, Err: err})
}

func (f *partFaults) err() error { return errors.Join(f.found...) }
