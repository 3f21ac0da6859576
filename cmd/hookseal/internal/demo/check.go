package demo

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// The checks of the endpoints use crypto/hmac and nothing of hookseal.

// standardCheck verifies a delivery as the specification of Standard Webhooks
// says.
func standardCheck(secret string) (func(http.Header, []byte) error, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, standardPrefix))
	if err != nil {
		return nil, err
	}
	return func(h http.Header, body []byte) error {
		id, stamp := h.Get("Webhook-Id"), h.Get("Webhook-Timestamp")
		unix, err := strconv.ParseInt(stamp, 10, 64)
		if err != nil {
			return err
		}
		if age := time.Since(time.Unix(unix, 0)).Abs(); age > 5*time.Minute {
			return fmt.Errorf("webhook-timestamp is %v away", age)
		}
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(id + "." + stamp + "."))
		mac.Write(body)
		want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
		for _, signature := range strings.Fields(h.Get("Webhook-Signature")) {
			if hmac.Equal([]byte(signature), []byte(want)) {
				return nil
			}
		}
		return errors.New("no signature in webhook-signature matches")
	}, nil
}

// chaindocCheck verifies a delivery as Chaindoc's page says: over the parsed
// body as JSON.stringify writes it, which for this JSON is the body without
// white space.
func chaindocCheck(secret string) func(http.Header, []byte) error {
	return func(h http.Header, body []byte) error {
		var compact bytes.Buffer
		if err := json.Compact(&compact, body); err != nil {
			return err
		}
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write(compact.Bytes())
		if !hmac.Equal([]byte(h.Get("X-Webhook-Signature")), []byte(hex.EncodeToString(mac.Sum(nil)))) {
			return errors.New("X-Webhook-Signature does not match")
		}
		var event struct{ Event string }
		if err := json.Unmarshal(body, &event); err != nil {
			return err
		}
		if header := h.Get("X-Webhook-Event"); header != event.Event {
			return fmt.Errorf("X-Webhook-Event is %q and the event %q", header, event.Event)
		}
		return nil
	}
}

// cloudEvent reports what keeps a body from being a CloudEvent in JSON with
// what was received as its data.
func cloudEvent(h http.Header, body []byte) error {
	if t := h.Get("Content-Type"); t != "application/cloudevents+json" {
		return fmt.Errorf("Content-Type is %q", t)
	}
	var event struct {
		SpecVersion, ID, Source, Type string
		Data                          map[string]any
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return err
	}
	if event.SpecVersion != "1.0" || event.ID == "" || event.Source == "" || event.Type == "" || len(event.Data) == 0 {
		return fmt.Errorf("specversion %q, id %q, source %q, type %q and %d members of data are no CloudEvent",
			event.SpecVersion, event.ID, event.Source, event.Type, len(event.Data))
	}
	return nil
}

// crmMessage reports what keeps a body from being what the CRM understands.
func crmMessage(_ http.Header, body []byte) error {
	var m struct{ Kind, Document, At string }
	if err := json.Unmarshal(body, &m); err != nil {
		return err
	}
	if !strings.HasPrefix(m.Kind, "contract.") || m.Document == "" || m.At == "" {
		return fmt.Errorf("kind %q, document %q, at %q is no message for the CRM", m.Kind, m.Document, m.At)
	}
	return nil
}
