package plugins_test

import (
	"slices"
	"testing"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

var (
	// always are the reasons that every provider has a vector for.
	always = []webhook.Reason{webhook.NoSecret, webhook.SignatureMissing, webhook.SignatureMalformed, webhook.SignatureAmbiguous, webhook.SignatureMismatch}
	// timed are those that a tolerance brings.
	timed = []webhook.Reason{webhook.TimestampMissing, webhook.TimestampMalformed, webhook.TimestampTooOld, webhook.TimestampInFuture}
)

// besides are the reasons that a provider must prove too, since its scheme reads
// more than a signature and a time.
var besides = map[string][]webhook.Reason{
	"chaindoc": {
		webhook.FieldMissing, webhook.FieldMalformed, webhook.FieldAmbiguous, webhook.BodyMalformed, webhook.BodyAmbiguous, webhook.ConditionFailed,
	},
	"discord":           append(slices.Clone(timed), webhook.FieldAmbiguous, webhook.BodyAmbiguous),
	"slack":             {webhook.FieldMissing, webhook.FieldMalformed, webhook.FieldAmbiguous, webhook.BodyAmbiguous},
	"smino":             append(slices.Clone(timed), webhook.FieldMissing, webhook.FieldMalformed, webhook.FieldAmbiguous, webhook.BodyMalformed, webhook.BodyAmbiguous),
	"standard-webhooks": {webhook.FieldMissing, webhook.FieldAmbiguous},
	"twilio":            {webhook.FieldMalformed, webhook.FieldAmbiguous},
	"twilio-json":       {webhook.FieldMissing, webhook.FieldMalformed, webhook.FieldAmbiguous, webhook.ConditionFailed},
}

// cannot says which reasons a provider cannot have a vector for, and why.
var cannot = map[string]map[webhook.Reason]string{
	"adyen":           {webhook.SignatureAmbiguous: "a signature is a member of the JSON body, which one that is given twice makes ambiguous: body_ambiguous"},
	"aws-sns":         {webhook.SignatureAmbiguous: "a signature is a member of the JSON body, which one that is given twice makes ambiguous: body_ambiguous"},
	"aws-sns-v1":      {webhook.SignatureAmbiguous: "a signature is a member of the JSON body, which one that is given twice makes ambiguous: body_ambiguous"},
	"kinde":           {webhook.SignatureMissing: "every body is read as the token", webhook.SignatureAmbiguous: "there is one body"},
	"mailgun":         {webhook.SignatureAmbiguous: "a signature is a member of the JSON body, which one that is given twice makes ambiguous: body_ambiguous"},
	"microsoft-graph": {webhook.SignatureAmbiguous: "a token is a member of the JSON body, which one that is given twice makes ambiguous: body_ambiguous"},
	"box":             {webhook.SignatureAmbiguous: "there are two headers, and one signature that matches is enough"},
	"mollie":          {webhook.SignatureAmbiguous: "the header may repeat, and one signature that matches is enough"},
	"recurly":         {webhook.TimestampMissing: "the time is the first of the header's fields: a header with one field fewer is malformed"},
}

// TestEveryReasonHasAVector compares the reasons of the committed vectors with
// the ones that each provider must prove.
func TestEveryReasonHasAVector(t *testing.T) {
	for _, provider := range providers(t) {
		t.Run(provider, func(t *testing.T) {
			pack, err := catalog.Builtin().Open(t.Context(), provider, catalog.Options{Loaders: []webhook.GuestLoader{script.Loader{}, host.Loader{}}})
			if err != nil {
				t.Fatal(err)
			}
			want := append(slices.Clone(always), besides[provider]...)
			if pack.Scheme.Tolerance() > 0 {
				want = append(want, timed...)
			}
			if err := pack.Close(t.Context()); err != nil {
				t.Error(err)
			}
			compareReasons(t, provider, want)
		})
	}
}

func compareReasons(t *testing.T, provider string, want []webhook.Reason) {
	t.Helper()
	got := map[webhook.Reason]bool{}
	accepted := false
	for _, v := range load(t, provider) {
		accepted = accepted || v.Expect.Outcome == "accept"
		got[webhook.Reason(v.Expect.Reason)] = true
	}
	if !accepted {
		t.Error("no vector is accepted")
	}
	for _, reason := range want {
		if cannot[provider][reason] == "" && !got[reason] {
			t.Errorf("no vector is refused as %s", reason)
		}
	}
}
