package engine_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/hookseal/hookseal/engine"
)

// An engine that verifies only needs neither a store nor a guest.
func ExampleEngine_Verify() {
	secret, err := engine.NewSecret("2026", []byte("chaindoc-webhook-secret"))
	if err != nil {
		panic(err)
	}
	hooks, err := engine.Open(engine.Config{Sources: map[string]engine.Source{
		"contracts": {Provider: "chaindoc", Secrets: engine.Secrets{secret}},
	}})
	if err != nil {
		panic(err)
	}
	defer hooks.Close()

	forged := &engine.Request{Header: http.Header{"X-Webhook-Signature": {"test_signature"}}, Body: []byte(`{}`)}
	v, err := hooks.Verify(context.Background(), "contracts", forged)
	fmt.Println(v.Outcome, v.Reason, err)
	// Output: reject signature_malformed <nil>
}
