package demo

import (
	"net/http"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// writeStandard: Standard Webhooks, with an id and a time that are signed.
func writeStandard(b *mailbag) {
	for _, event := range [...]string{"invoice.paid", "contact.created", "invoice.paid", "contact.created", "invoice.paid"} {
		b.typ = event
		b.good(event, b.sign(b.honest(event)))
	}
	b.good("signed with two secrets", b.sign(b.honest(b.typ), b.keys.strangers[standard], b.secret()))

	// A retry is another request: signed anew, under the same id.
	first := b.postings[0].request
	later := scheme.Message{ID: first.Header.Get("Webhook-Id"), Time: b.now.Add(time.Second)}
	b.again(b.signAs(first.Body, later))

	b.forgeries(b.typ)
	b.tampered(b.typ)

	at := func(t time.Time) *webhook.Request {
		return b.signAs(b.forged(b.typ), scheme.Message{ID: "msg_" + uuid(), Time: t})
	}
	b.post("ten minutes old", at(b.now.Add(-10*time.Minute)), refused(webhook.TimestampTooOld))
	b.post("ten minutes ahead", at(b.now.Add(10*time.Minute)), refused(webhook.TimestampInFuture))

	garbled := b.sign(b.forged(b.typ))
	garbled.Header.Set("Webhook-Signature", "v1,not*base64")
	b.post("a signature that is no base64", garbled, refused(webhook.SignatureMalformed))

	nameless := b.sign(b.forged(b.typ))
	nameless.Header.Del("Webhook-Id")
	b.post("without webhook-id", nameless, want{status: http.StatusUnauthorized, reason: webhook.FieldMissing})
}
