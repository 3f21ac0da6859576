package engine_test

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/webhook"
)

func pitfallsOfCoverage() []pitfall {
	return []pitfall{
		{31, "every item of a batch must hold", batches},
		{32, "what is signed run together vouches for no field", ambiguousFields},
		{33, "a signature that leaves the body out says so", uncoveredBodies},
	}
}

const adyenKey = "44782def547aaa06c910c43932b1eb0c71fc68d9d0c057550c48ec2acf6ba056"

// adyenItem is a notification, signed by the key or by another.
func adyenItem(t *testing.T, key, reference, success string) string {
	t.Helper()
	raw, err := hex.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	sig := macBase64(string(raw), reference+"::Merchant:order-1:1130:EUR:AUTHORISATION:"+success)
	return fmt.Sprintf(`{"NotificationRequestItem":{"pspReference":%q,"merchantAccountCode":"Merchant","merchantReference":"order-1",
		"amount":{"value":1130,"currency":"EUR"},"eventCode":"AUTHORISATION","success":%q,"additionalData":{"hmacSignature":%q}}}`, reference, success, sig)
}

func adyenBatch(items ...string) string {
	return `{"live":"false","notificationItems":[` + strings.Join(items, ",") + `]}`
}

func batches(t *testing.T) {
	g := gateTo(t, "adyen", adyenKey)
	first, second := adyenItem(t, adyenKey, "7914073381342284", "true"), adyenItem(t, adyenKey, "7914073381342285", "false")
	forged := adyenItem(t, strings.Repeat("00", 32), "7914073381342285", "true")
	unsigned := strings.Replace(second, "hmacSignature", "signature", 1)
	for what, tt := range map[string]struct {
		body string
		want webhook.Reason
	}{
		"one":                   {adyenBatch(first), accepted},
		"two":                   {adyenBatch(first, second), accepted},
		"a forged one after":    {adyenBatch(first, forged), webhook.SignatureMismatch},
		"a forged one before":   {adyenBatch(forged, first), webhook.SignatureMismatch},
		"a forged one of three": {adyenBatch(first, forged, second), webhook.SignatureMismatch},
		"one with another's":    {adyenBatch(first, strings.Replace(second, "1130", "1131", 1)), webhook.SignatureMismatch},
		"an unsigned one":       {adyenBatch(first, unsigned), webhook.SignatureMissing},
	} {
		want(t, what, g.post(tt.body, "Content-Type", "application/json"), tt.want)
	}
	for _, body := range []string{adyenBatch(), `{"live":"false"}`, `{"notificationItems":{}}`, `{"notificationItems":null}`, `{"notificationItems":[null]}`, `[]`, ``, adyenBatch(first)[:20]} {
		refused(t, body, g.post(body, "Content-Type", "application/json"))
	}
	twice := strings.Replace(adyenBatch(first), "{", `{"notificationItems":[],`, 1)
	refused(t, "the list twice", g.post(twice, "Content-Type", "application/json"))
}

func ambiguousFields(t *testing.T) {
	g := gateTo(t, "adyen", adyenKey)
	item := adyenItem(t, adyenKey, "7914073381342284", "true")
	want(t, "as it is", g.post(adyenBatch(item)), accepted)
	if strings.Contains(g.covers, "body") || strings.Contains(g.covers, "id") {
		t.Errorf("covers = %s, want neither the body nor an id", g.covers)
	}
	// What stands in a signed place and is no text or number could be written as
	// the text of several fields.
	for old, other := range map[string]string{
		`"order-1"`: `["order-1"]`, `"AUTHORISATION"`: `{"a":"AUTHORISATION"}`, `1130`: `[1130]`, `"EUR"`: `null`, `"true"`: `{}`,
	} {
		refused(t, other, g.post(adyenBatch(strings.Replace(item, old, other, 1))))
	}
	// A colon moved from one field into the next signs the same text.
	moved := strings.NewReplacer(`"Merchant"`, `"Merchant:order-1"`, `"order-1"`, `"1130"`, `"value":1130`, `"value":1`).Replace(item)
	refused(t, "moved", g.post(adyenBatch(moved)))
	// Dropbox Sign runs the time and the type together.
	sign := gateTo(t, "dropbox-sign", "key")
	event := func(at, kind string) string {
		return "json=" + fmt.Sprintf(`{"event":{"event_time":"%s","event_type":"%s","event_hash":"%s"}}`, at, kind, macHex("key", "1700000000signature_request_sent"))
	}
	want(t, "as it is", sign.post(event("1700000000", "signature_request_sent"), form(nil)...), accepted)
	if sign.covers != `"none"` && !strings.HasPrefix(sign.covers, `"none"`) {
		t.Errorf("covers = %s, want none: the two can be parted anew", sign.covers)
	}
}

// uncovered are providers that sign identifiers or times and not the body.
var uncovered = []string{"smino", "dropbox-sign", "mailgun", "d4sign", "kie-ai", "mercado-pago", "monday", "telegram", "gitlab-token", "adyen", "twilio", "google-pubsub", "paypal", "aws-sns"}

func uncoveredBodies(t *testing.T) {
	settings := map[string]map[string]string{
		"aws-sns": {"topic": "t"}, "paypal": {"webhook_id": "w"}, "google-pubsub": {"audience": "a", "service_account": "s"},
	}
	for _, provider := range uncovered {
		s := engine.Source{Provider: provider, Settings: settings[provider]}
		if settings[provider] == nil {
			s.Secrets = webhook.Secrets{key(t, adyenKey)}
		}
		_, err := engine.Open(engine.Config{Sources: map[string]engine.Source{"in": s}})
		if err == nil || !strings.Contains(err.Error(), "allow_uncovered_body") {
			t.Errorf("%s opens without allow_uncovered_body: %v", provider, err)
		}
		s.AllowUncoveredBody = true
		if eng, err := engine.Open(engine.Config{Sources: map[string]engine.Source{"in": s}}); err != nil {
			t.Errorf("%s with allow_uncovered_body = %v", provider, err)
		} else if err := eng.Close(); err != nil {
			t.Error(err)
		}
	}
	g := gateTo(t, "mailgun", "key")
	body := fmt.Sprintf(`{"signature":{"timestamp":"1767323045","token":"t","signature":%q},"event-data":{"event":"BODY"}}`, macHex("key", "1767323045t"))
	for _, said := range []string{"opened", "failed"} { // two events under one signature
		want(t, said, g.post(strings.Replace(body, "BODY", said, 1), "Content-Type", "application/json"), accepted)
		if strings.Contains(g.covers, "body") || strings.Contains(g.covers, "type") {
			t.Errorf("covers = %s, want neither body nor type", g.covers)
		}
	}
}
