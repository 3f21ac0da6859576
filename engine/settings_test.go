package engine_test

import (
	"testing"

	"github.com/hookseal/hookseal/engine"
	"github.com/hookseal/hookseal/engine/script"
)

// A transform finds the settings of the subscription that it runs for, and those
// of no other.
func TestTransformFindsSettings(t *testing.T) {
	server, received := sink(t)
	eng := open(t, engine.Config{
		Endpoints: map[string]engine.Endpoint{"e": {URL: server.URL, Sign: engine.NoVerification}},
		Transforms: map[string]engine.GuestCode{
			"t.js": {Name: "t.js", Code: []byte(`export default (event, context) => ({ data: [context.subscription, context.settings] })`)},
		},
		Subscriptions: []engine.Subscription{
			{Name: "a", Source: engine.AppSource, Endpoint: "e", Transform: "t.js", Settings: map[string]string{"team": "north"}},
			{Name: "b", Source: engine.AppSource, Endpoint: "e", Transform: "t.js"},
		},
		Store: openStore(t), AllowNetworks: loopback,
		Guests: []engine.GuestLoader{script.Loader{}},
	})
	run(t, eng)
	if _, err := eng.Publish(t.Context(), engine.Publication{Type: "made", Body: []byte("{}")}); err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{string((<-received).Body): true, string((<-received).Body): true}
	for _, want := range []string{`["a",{"team":"north"}]`, `["b",{}]`} {
		if !got[want] {
			t.Errorf("sent were %v, want %s among them", got, want)
		}
	}
}
