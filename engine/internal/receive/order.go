package receive

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// The values of an event that order deliveries beside those of its request.
const (
	orderByType   = "type"
	orderBySource = "source"
)

// CheckOrder reports why events cannot be ordered by text: it must read what an
// event keeps of its request, of which the URL is no part.
func CheckOrder(text string) error {
	switch text {
	case "", orderByType, orderBySource:
		return nil
	}
	for first := range strings.SplitSeq(text, " or ") {
		kind, _, named := strings.Cut(strings.TrimSpace(first), ".")
		if !named || kind != "json" && kind != "header" && kind != "form" {
			return fmt.Errorf("%q is none of type, source, json.PATH, header.NAME and form.NAME", first)
		}
	}
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
