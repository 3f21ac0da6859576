package demo

import (
	"bytes"
	"net/http"
	"time"

	"github.com/hookseal/hookseal/engine/webhook"
)

// sminoTolerance is what the demo's source allows; smino itself names none.
const sminoTolerance = 5 * time.Minute

// writeSmino: a digest over id and time of the body, and not over the body.
func writeSmino(b *mailbag) {
	for _, event := range [...]string{"task-created", "document-uploaded", "task-created", "document-uploaded", "task-created"} {
		b.post(event, b.sign(b.honest(event)), want{status: http.StatusAccepted, candidate: "verbatim"})
	}
	first := b.postings[0].request
	b.again(first)
	b.post("an ISO time, signed as .NET writes it", b.signedAsInvariant(b.honest("task-created")),
		want{status: http.StatusAccepted, candidate: "dotnet"})

	// What the signature does not cover is caught by the identity instead.
	other := *first
	other.Body = bytes.Replace(first.Body, []byte("Überbauung Sihlhof"), []byte(marker), 1)
	b.post("another body under the same id", &other, want{status: http.StatusConflict, reason: webhook.IDConflict})

	b.forgeries("task-created")

	both := b.sign(b.forged("task-created"))
	both.Body = bytes.Replace(both.Body, []byte(`{"EventId"`), []byte(`{"eventId":"`+uuid()+`","EventId"`), 1)
	b.post("two spellings of the id", both, refused(webhook.FieldAmbiguous))

	earlier := *b
	earlier.now = b.now.Add(-time.Hour)
	b.post("an hour old", earlier.sign(earlier.forged("document-uploaded")), refused(webhook.TimestampTooOld))
	b.faults = earlier.faults
}

// signedAsInvariant signs the body as if its time were in the form of .NET.
func (b *mailbag) signedAsInvariant(body []byte) *webhook.Request {
	iso, dotnet := b.now.UTC().Format("2006-01-02T15:04:05Z"), b.now.UTC().Format(invariant)
	req := b.sign(bytes.Replace(body, []byte(iso), []byte(dotnet), 1))
	req.Body = body
	return req
}
