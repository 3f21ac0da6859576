package storetest

import (
	"bytes"
	"maps"
	"slices"

	"github.com/hookseal/hookseal/engine/webhook"
)

// wantEvent compares two events; a nil body or header equals an empty one.
func (k *kit) wantEvent(got, want webhook.Event) {
	k.Helper()
	if !bytes.Equal(got.Body, want.Body) {
		k.Errorf("body of event %s has %d bytes %.20q…, want %d bytes %.20q…", want.ID, len(got.Body), got.Body, len(want.Body), want.Body)
	}
	if !maps.EqualFunc(got.Header, want.Header, slices.Equal) {
		k.Errorf("header of event %s = %q, want %q", want.ID, got.Header, want.Header)
	}
	if !got.Time.Equal(want.Time) || got.Time.Location().String() != "UTC" {
		k.Errorf("time of event %s = %v, want %v", want.ID, got.Time, want.Time.UTC())
	}
	type fields struct {
		id, source, provider, providerID, kind, secret, candidate, covers string
	}
	of := func(e webhook.Event) fields {
		return fields{e.ID, e.Source, e.Provider, e.ProviderID, e.Type, e.Secret, e.Candidate, e.Covers.String()}
	}
	if of(got) != of(want) {
		k.Errorf("event %s = %+q, want %+q", want.ID, of(got), of(want))
	}
}

// wantDelivery compares two deliveries with their outputs.
func (k *kit) wantDelivery(got, want webhook.Delivery) {
	k.Helper()
	if !got.Due.Equal(want.Due) || !got.Created.Equal(want.Created) {
		k.Errorf("delivery %s is due %v, created %v, want %v, %v", want.ID, got.Due, got.Created, want.Due, want.Created)
	}
	k.wantOutput(want.ID, got.Output, want.Output)
	type fields struct {
		id, message, event, subscription, endpoint, transform, lastError, hash string
		state                                                                  webhook.DeliveryState
		attempts                                                               int
	}
	of := func(d webhook.Delivery) fields {
		return fields{
			d.ID, d.MessageID, d.EventID, d.Subscription, d.Endpoint, d.Transform, d.LastError, d.TransformHash,
			d.State, d.Attempts,
		}
	}
	if of(got) != of(want) {
		k.Errorf("delivery %s =\n%+v, want\n%+v", want.ID, of(got), of(want))
	}
}

func (k *kit) wantOutput(of string, got, want *webhook.Output) {
	k.Helper()
	if got == nil || want == nil {
		if got != want {
			k.Errorf("output of %s = %+v, want %+v", of, got, want)
		}
		return
	}
	if got.Type != want.Type || got.ContentType != want.ContentType || !bytes.Equal(got.Body, want.Body) ||
		!maps.EqualFunc(got.Header, want.Header, slices.Equal) {
		k.Errorf("output of %s = %+v, want %+v", of, *got, *want)
	}
}
