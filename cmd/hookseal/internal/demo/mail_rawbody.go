package demo

import (
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
)

// writeDastra: base64 of an HMAC over the raw body; no identity, so that a
// repeat is recognised by its body.
func writeDastra(b *mailbag) {
	events := [...]string{"data-processing", "data-breach", "data-subject-request"}
	for range 3 {
		for _, event := range events {
			b.good(event, b.sign(b.honest(event)))
		}
	}
	b.again(b.postings[0].request)
	b.forgeries("data-breach")
	b.tampered("data-processing")

	inHex := b.sign(b.forged("data-breach"))
	digest, err := base64.StdEncoding.DecodeString(inHex.Header.Get("Dastra-Signature"))
	if err != nil {
		b.faults = append(b.faults, err)
	}
	inHex.Header.Set("Dastra-Signature", hex.EncodeToString(digest))
	b.post("the digest in hex", inHex, refused(webhook.SignatureMalformed))
}

// seatableLimit is the most that the demo's source takes from SeaTable.
const seatableLimit = 64 << 10

// writeSeaTable: "sha256=" and hex of an HMAC over the raw body.
func writeSeaTable(b *mailbag) {
	b.typ = "update"
	for _, event := range [...]string{"row-created", "row-modified", "row-deleted", "row-created", "row-modified", "row-created"} {
		b.good(event, b.sign(b.honest(event)))
	}
	b.again(b.postings[1].request)
	b.forgeries("row-created")
	b.tampered("row-deleted")

	bare := b.sign(b.forged("row-created"))
	bare.Header.Set("X-SeaTable-Signature", strings.TrimPrefix(bare.Header.Get("X-SeaTable-Signature"), "sha256="))
	b.post("the digest without sha256=", bare, refused(webhook.SignatureMalformed))

	huge := b.sign(b.write("row-created", strings.Repeat(marker+" ", seatableLimit/len(marker))))
	b.post("a body over the limit", huge, want{status: http.StatusRequestEntityTooLarge, reason: webhook.BodyTooLarge})

	put := b.sign(b.forged("row-created"))
	put.Method = http.MethodPut
	b.post("PUT for POST", put, want{status: http.StatusMethodNotAllowed, reason: webhook.MethodNotAllowed})
}

// writeQualifio: as SeaTable, with two secrets while one is being replaced, and
// basic authentication beside the signature.
func writeQualifio(b *mailbag) {
	current, previous := b.keys.sources[qualifio][0], b.keys.sources[qualifio][1]
	for _, event := range [...]string{"participation", "prize-drawn", "participation"} {
		b.post(event, b.sign(b.honest(event), current), want{status: http.StatusAccepted, secret: current.Label})
		b.post(event+" under the previous secret", b.sign(b.honest(event), previous),
			want{status: http.StatusAccepted, secret: previous.Label})
	}
	b.again(b.postings[2].request)
	b.forgeries("participation")
	b.tampered("participation")

	anonymous := b.sign(b.forged("participation"))
	anonymous.Header.Del("Authorization")
	b.post("well signed, without authentication", anonymous, refused(webhook.CredentialsMissing))

	guess := b.sign(b.forged("participation"))
	guess.Header.Set("Authorization", basicCredential([]byte("qualifio:guess")))
	b.post("well signed, with another password", guess, refused(webhook.CredentialsMismatch))
}

func basicCredential(userAndPassword []byte) string {
	return "Basic " + base64.StdEncoding.EncodeToString(userAndPassword)
}
