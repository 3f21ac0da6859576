package skeleton

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/webhook"
)

const (
	secret = "a-secret-that-is-nobodys"
	body   = `{"id":"evt_1","type":"thing.created","data":{"name":"Grüße"}}`
	stamp  = "1767323045" // 2026-01-02T03:04:05Z
)

var signedAt = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// sign computes the signature with package crypto alone, so that a mistake of
// hookseal's own signer would show.
func sign(secret, stamp, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + "." + body))
	return hex.EncodeToString(mac.Sum(nil))
}

// vectorsFor returns a vectors.json of one request that is accepted, and of one or
// more that are refused for each reason that the scheme has.
func vectorsFor(header string) ([]byte, error) {
	good := sign(secret, stamp, body)
	signature, timestamp := header+"-Signature", header+"-Timestamp"
	request := func(body string, headers ...[2]string) catalog.VectorRequest {
		return catalog.VectorRequest{
			Method: "POST", Target: "/in/hooks",
			Headers: append([][2]string{{"Content-Type", "application/json"}}, headers...), Body: body,
		}
	}
	at, signed := [2]string{timestamp, stamp}, [2]string{signature, good}
	first := 0
	vectors := []catalog.Vector{{
		Name: "accept-event", About: "an event as the vendor sends it",
		Request: request(body, at, signed),
		Expect: catalog.Expectation{
			Outcome: webhook.Accept.String(), ID: "evt_1", Type: "thing.created",
			Covers: []string{"body", "id", "type", "time"}, Secret: &first,
		},
	}}
	refuse := func(name, about string, reason webhook.Reason, req catalog.VectorRequest) *catalog.Vector {
		vectors = append(vectors, catalog.Vector{
			Name: "reject-" + name, About: about, Request: req,
			Expect: catalog.Expectation{Outcome: webhook.Reject.String(), Reason: reason},
		})
		return &vectors[len(vectors)-1]
	}
	refuse("no-secret", "the source has no secret", webhook.NoSecret, request(body, at, signed)).Secrets = []string{}
	refuse("signature-missing", "no header with a signature", webhook.SignatureMissing, request(body, at))
	refuse("signature-not-hex", "the signature is in another encoding", webhook.SignatureMalformed, request(body, at, [2]string{signature, "not hexadecimal"}))
	refuse("signature-twice", "the header comes twice", webhook.SignatureAmbiguous, request(body, at, signed, signed))
	refuse("body-changed", "another body under the signature", webhook.SignatureMismatch, request(`{"id":"evt_2"}`, at, signed))
	refuse("other-secret", "signed with another secret", webhook.SignatureMismatch, request(body, at, [2]string{signature, sign("another-secret", stamp, body)}))
	refuse("time-changed", "another time beside the signature", webhook.SignatureMismatch, request(body, [2]string{timestamp, "1767323046"}, signed))
	refuse("time-missing", "no header with the time", webhook.TimestampMissing, request(body, signed))
	refuse("time-malformed", "a time that is none, rightly signed", webhook.TimestampMalformed,
		request(body, [2]string{timestamp, "soon"}, [2]string{signature, sign(secret, "soon", body)}))
	refuse("too-old", "it comes a second after the tolerance", webhook.TimestampTooOld, request(body, at, signed)).At = signedAt.Add(5*time.Minute + time.Second)
	refuse("in-the-future", "its time is a second further ahead than the tolerance", webhook.TimestampInFuture, request(body, at, signed)).At = signedAt.Add(-5*time.Minute - time.Second)
	for i := range vectors {
		v := &vectors[i]
		v.Source = "computed with Go's crypto/hmac for the scheme of the skeleton"
		if v.Secrets == nil {
			v.Secrets = []string{secret}
		}
		if v.At.IsZero() {
			v.At = signedAt
		}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(vectors)
	return out.Bytes(), err
}
