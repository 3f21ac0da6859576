package postgres

import (
	"fmt"
	"slices"

	"github.com/hookseal/hookseal/engine/webhook"
)

// states are the delivery states in the order of their numbers in the database,
// which never change.
var states = [...]webhook.DeliveryState{
	webhook.Pending, webhook.Running, webhook.Held, webhook.Delivered,
	webhook.Dropped, webhook.Failed, webhook.Exhausted, webhook.Canceled,
}

// The numbers that statements speak of.
const (
	pending   int16 = 0
	running   int16 = 1
	held      int16 = 2
	delivered int16 = 3
	dropped   int16 = 4
	canceled  int16 = 7
)

// stateNumber returns the number of a state, or an error for one that the type
// does not define.
func stateNumber(s webhook.DeliveryState) (int16, error) {
	if i := slices.Index(states[:], s); i >= 0 {
		return int16(i), nil
	}
	return 0, fmt.Errorf("unknown delivery state %q", s)
}

func stateName(number int16) (webhook.DeliveryState, error) {
	if number < 0 || int(number) >= len(states) {
		return "", fmt.Errorf("unknown delivery state number %d in the database", number)
	}
	return states[number], nil
}
