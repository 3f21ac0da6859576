package catalog_test

import (
	"slices"
	"testing"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/webhook"
)

// unpublished are the packs whose documentation has no address of its own: it was
// handed over, or stands behind a login.
var unpublished = []string{"chaindoc", "dastra", "qualifio", "smino"}

// besides are the reasons that a pack must prove too, since its scheme reads more
// than a signature and a time.
func besides() map[string][]webhook.Reason {
	fields := []webhook.Reason{webhook.FieldMissing, webhook.FieldMalformed, webhook.FieldAmbiguous}
	timed := []webhook.Reason{webhook.TimestampMissing, webhook.TimestampMalformed, webhook.TimestampTooOld, webhook.TimestampInFuture}
	return map[string][]webhook.Reason{
		"chaindoc":          append(slices.Clone(fields), webhook.BodyMalformed, webhook.BodyAmbiguous, webhook.ConditionFailed),
		"discord":           append(slices.Clone(timed), webhook.FieldAmbiguous, webhook.BodyAmbiguous),
		"slack":             append(slices.Clone(fields), webhook.BodyAmbiguous),
		"smino":             append(slices.Concat(timed, fields), webhook.BodyMalformed, webhook.BodyAmbiguous),
		"standard-webhooks": {webhook.FieldMissing, webhook.FieldAmbiguous},
		"twilio":            {webhook.FieldMalformed, webhook.FieldAmbiguous},
		"twilio-json":       append(slices.Clone(fields), webhook.ConditionFailed),
	}
}

// Every pack that ships is proven as strictly as one of another author is by
// hookseal providers test.
func TestPacksAreProvenStrictly(t *testing.T) {
	tried := map[string]bool{}
	for _, file := range trialFiles(t) {
		for _, tr := range readTrials(t, file) {
			tried[tr.Pack] = true
		}
	}
	builtin, besides := catalog.Builtin(), besides()
	for _, name := range builtin.Names() {
		t.Run(name, func(t *testing.T) {
			proof, err := catalog.ProveStrictly(t.Context(), func(settings map[string]string) (*catalog.Pack, error) {
				return builtin.Open(t.Context(), name, catalog.Options{Settings: settings, Loaders: guestLoaders})
			}, catalog.Strictness{Besides: besides[name], Judged: tried[name], Unpublished: slices.Contains(unpublished, name)})
			if err != nil {
				t.Fatal(err)
			}
			if err := proof.Err(); err != nil {
				t.Error(err)
			}
		})
	}
}
