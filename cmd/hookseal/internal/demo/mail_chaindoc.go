package demo

import (
	"bytes"
	"net/http"

	"github.com/hookseal/hookseal/engine/webhook"
)

// chaindocEvents are the types of Chaindoc.
var chaindocEvents = [...]string{
	"document.created", "document.verified", "document.signed",
	"signature.request.created", "signature.request.completed", "signature.request.rejected",
}

// writeChaindoc: hex of an HMAC over JSON.stringify of the parsed body, whatever
// bytes are then sent.
func writeChaindoc(b *mailbag) {
	for _, b.typ = range chaindocEvents {
		b.post(b.typ, b.sign(b.honest(b.typ)), want{status: http.StatusAccepted, candidate: "raw"})
		// The sample is indented, and so is not what was signed.
		body := b.honest(b.typ)
		indented := b.sign(body)
		indented.Body = body
		b.post(b.typ+", indented after signing", indented, want{status: http.StatusAccepted, candidate: "stringified"})
	}
	b.again(b.postings[1].request)

	b.typ = "document.created"
	b.forgeries(b.typ)
	b.tampered(b.typ)

	relabelled := b.sign(b.forged(b.typ))
	relabelled.Header.Set("X-Webhook-Event", "document.signed")
	b.post("a header that names another event", relabelled, refused(webhook.ConditionFailed))

	manual := b.sign(b.forged(b.typ))
	manual.Header.Set("X-Webhook-Signature", "test_signature")
	b.post("the test request of Chaindoc's page", manual, refused(webhook.SignatureMalformed))

	// JSON.stringify keeps the last of two members, other readers the first.
	twice := b.sign(b.honest(b.typ))
	twice.Body = bytes.Replace(twice.Body, []byte(`"name":`), []byte(`"name":"`+marker+`","name":`), 1)
	b.post("a member that comes twice", twice, refused(webhook.BodyAmbiguous))
}
