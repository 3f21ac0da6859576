package receive

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// The values of an event that order deliveries beside those of its request.
const (
	orderByType   = "type"
	orderBySource = "source"
)

// CheckOrder reports why events cannot be ordered by text.
func CheckOrder(text string) error {
	_, err := orderValue(&webhook.Event{}, text)
	return err
}

// orderKey returns what is the same for all events that follow one another, empty
// for an event that is in no order. It is a digest: values may be long, and are
// the sender's.
func orderKey(ev *webhook.Event, text string) string {
	value, err := orderValue(ev, text)
	if err != nil || value == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(value))
	return hex.EncodeToString(sum[:16])
}

func orderValue(ev *webhook.Event, text string) (string, error) {
	switch text {
	case "":
		return "", nil
	case orderByType:
		return ev.Type, nil
	case orderBySource:
		return ev.Source, nil
	}
	req := webhook.Request{Method: http.MethodPost, Header: ev.Header, Body: ev.Body}
	value, reason, err := scheme.ReadExpression(&req, text)
	if err != nil || reason != "" {
		return "", err
	}
	return value.Text, nil
}
