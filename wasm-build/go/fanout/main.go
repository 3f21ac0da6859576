//go:build wasip1

// Command fanout is a transform that sends each item of an array as an event of
// its own, as an example of a transform in Go. The array is the body, or the
// member that the setting "array" names. Each event has the type of the whole,
// or that which its own member "type" gives; an event without items is dropped.
package main

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/hookseal/hookseal/hostabi/guest"
)

//go:wasmexport transform
func transform() int32 { return guest.RunTransform(fanOut) }

func fanOut(ev guest.Event) error {
	items, err := array(ev.Body(), ev.Setting("array"))
	if err != nil {
		return err
	}
	for i, item := range items {
		ev.Emit(guest.Output{
			Type:        typeOf(item),
			ContentType: "application/json",
			Header:      []guest.HeaderField{{Name: "X-Item", Value: strconv.Itoa(i + 1)}},
			Body:        item,
		})
	}
	return nil
}

// array returns the items as they are written.
func array(body []byte, member string) ([]json.RawMessage, error) {
	var items []json.RawMessage
	if member == "" {
		if err := json.Unmarshal(body, &items); err != nil {
			return nil, fmt.Errorf("the body is no array: %w", err)
		}
		return items, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return nil, fmt.Errorf("the body is no object: %w", err)
	}
	if err := json.Unmarshal(members[member], &items); err != nil {
		return nil, fmt.Errorf("member %q is no array: %w", member, err)
	}
	return items, nil
}

func typeOf(item json.RawMessage) string {
	var head struct {
		Type string `json:"type"`
	}
	if json.Unmarshal(item, &head) != nil {
		return ""
	}
	return head.Type
}

func main() {}
