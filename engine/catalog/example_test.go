package catalog_test

import (
	"fmt"
	"net/http"
	"time"

	"github.com/hookseal/hookseal/engine/catalog"
	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// One verification, without an engine.
func ExampleLoad() {
	chaindoc, err := catalog.Load("chaindoc")
	if err != nil {
		panic(err)
	}
	secret, err := webhook.NewSecret("2026", []byte("chaindoc-webhook-secret"))
	if err != nil {
		panic(err)
	}
	req := &webhook.Request{
		Header: http.Header{"X-Webhook-Signature": {"1f460def46be2bf1e536ad1c02347b6a054cb8bed2b8314f4d9dcf64a6ebf3dc"}},
		Body:   []byte(`{"\u0065vent":"document\u002ecreated"}`),
	}

	v := scheme.Verify(chaindoc, req, []webhook.Secret{secret}, time.Now())
	fmt.Println(v.Outcome, v.Secret, v.Covers)

	req.Body = []byte(`{"event":"document.signed"}`)
	v = scheme.Verify(chaindoc, req, []webhook.Secret{secret}, time.Now())
	fmt.Println(v.Outcome, v.Reason)
	// Output:
	// accept 2026 body,type
	// reject signature_mismatch
}
