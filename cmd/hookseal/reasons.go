package main

import "github.com/hookseal/hookseal/engine/webhook"

// meaning says in one line what a reason means, and where to look. It is empty
// for a reason that is not in the list.
func meaning(r webhook.Reason) string {
	return map[webhook.Reason]string{
		webhook.UnknownSource:       "no source has this name",
		webhook.MethodNotAllowed:    "the source is not called with this method",
		webhook.BodyTooLarge:        "the body is longer than the source allows: see max_body",
		webhook.BodyTruncated:       "the body ended early",
		webhook.AddressNotAllowed:   "the sender's address is in no network of allow_from: behind a proxy, see trusted_proxies",
		webhook.CredentialsMissing:  "the source demands credentials beside the signature, and there are none",
		webhook.CredentialsMismatch: "the credentials beside the signature are wrong",
		webhook.NoSecret:            "there is no secret that still counts",
		webhook.KeyNotAllowed:       "the request says where its key is, and the provider's keys are not there",
		webhook.SignatureMissing:    "the request has no signature: is it the right provider, and does a proxy drop the header?",
		webhook.SignatureMalformed:  "the signature is not written as the provider writes it",
		webhook.SignatureAmbiguous:  "the header of the signature came more than once",
		webhook.SignatureMismatch:   "no secret gives this signature: the secret is another one, or the body was changed on its way",
		webhook.FieldMissing:        "a value that the provider signs or compares is absent",
		webhook.FieldMalformed:      "a value that the provider signs or compares is not of its form",
		webhook.FieldAmbiguous:      "a value that the provider signs or compares is given twice",
		webhook.TimestampMissing:    "the request states no time",
		webhook.TimestampMalformed:  "the time is not written as the provider writes it",
		webhook.TimestampTooOld:     "the signature holds, and the time is too far back: a replay, a late retry, or a wrong clock",
		webhook.TimestampInFuture:   "the signature holds, and the time is too far ahead: is a clock wrong?",
		webhook.BodyMalformed:       "values are read from the body as JSON, and it is none",
		webhook.BodyAmbiguous:       "the signature holds, and readers could understand the body in two ways",
		webhook.BodyUncovered:       "the signature does not cover the body, and the source has not opted in",
		webhook.ConditionFailed:     "the signature holds, and a value beside it contradicts the body",
		webhook.ClaimUnkeyed:        "no key takes part in what the rule checks",
		webhook.AlgorithmNotAllowed: "the rule asks for an algorithm that its pack does not list",
		webhook.IDConflict:          "the identity came before with another body",
	}[r]
}
