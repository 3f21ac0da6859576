package worker

import (
	"fmt"
	"slices"

	"github.com/hookseal/hookseal/engine/webhook"
)

// What a worker hands out is held against what its own side of the sandbox should
// have kept, for a worker could be somebody else's by now.

// check looks at the outputs of a transform.
func (m *outputsMessage) check(events int) error {
	if len(m.Outputs) > events {
		return fmt.Errorf("%w: %d outputs, the limit is %d", errWire, len(m.Outputs), events)
	}
	for _, out := range m.Outputs {
		for name, values := range out.Header {
			if webhook.ReservedHeader(name) {
				return fmt.Errorf("%w: a header that cannot be set", errWire)
			}
			for _, text := range append(values, name) {
				if hasControls(text) {
					return fmt.Errorf("%w: a header with control characters", errWire)
				}
			}
		}
	}
	return nil
}

// check looks at reasons, which get into metrics, and at the answer to a challenge.
// The rest of a claim is judged by those who check it.
func (m *claimedMessage) check() error {
	reasons := []webhook.Reason{m.Refused}
	for _, c := range m.Conditions {
		reasons = append(reasons, c.Fault)
	}
	for _, reason := range reasons {
		if reason != "" && !slices.Contains(webhook.Reasons(), reason) {
			return fmt.Errorf("%w: a reason that there is not", errWire)
		}
	}
	c := m.Challenge
	if c != nil && (c.Status < 200 || c.Status > 299 || hasControls(c.ContentType)) {
		return fmt.Errorf("%w: a challenge that cannot be answered so", errWire)
	}
	return nil
}

// checkFault looks at an error of a script.
func checkFault(fault *webhook.GuestError) error {
	switch fault.Kind {
	case webhook.GuestCompile, webhook.GuestThrow, webhook.GuestTrap, webhook.GuestTimeout, webhook.GuestMemory, webhook.GuestOutput, webhook.GuestABI:
		return nil
	}
	return fmt.Errorf("%w: an error of a kind that there is not", errWire)
}

func hasControls(text string) bool {
	for _, c := range []byte(text) {
		if c < ' ' && c != '\t' || c == 0x7f {
			return true
		}
	}
	return false
}
