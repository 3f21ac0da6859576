//go:build unix

package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A delivery that is due and waits behind an open breaker says what it waits for,
// while the server that knows of it runs.
func TestPausedDeliverySaysWhy(t *testing.T) {
	tried := make(chan struct{}, 100)
	down := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		tried <- struct{}{}
	}))
	defer down.Close()
	config := configure(t, `
listen = "127.0.0.1:0"
data   = "events.db"
allow_networks = ["127.0.0.0/8"]

[source.s]
provider = "none"

[endpoint.down]
url     = "`+down.URL+`"
sign    = "none"
retry   = ["100ms"]
breaker = { failures = 1, pause = "1h", max_pause = "1h" }

[[subscription]]
source   = "s"
endpoint = "down"
`)
	s := startServer(t, config)
	resp, err := http.Post("http://"+s.address+"/in/s", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	<-tried

	const why = "no answer or a 5xx, 1 in a row"
	list := func() (shown []shownDelivery, text string) {
		t.Helper()
		_, stdout, _ := hookseal("", "deliveries", "list", "--config", config, "--json")
		var all struct{ Deliveries []shownDelivery }
		if err := json.Unmarshal([]byte(stdout), &all); err != nil || len(all.Deliveries) != 1 {
			t.Fatalf("deliveries list = %s, %v, want one delivery", stdout, err)
		}
		_, text, _ = hookseal("", "deliveries", "list", "--config", config)
		return all.Deliveries, text
	}
	shown, text := list()
	for late := time.Now().Add(20 * time.Second); shown[0].Paused == nil && time.Now().Before(late); shown, text = list() {
		// The attempt is settled after it was answered.
	}
	if p := shown[0].Paused; shown[0].State != "pending" || p == nil || p.Why != why || time.Until(p.Until) < 50*time.Minute || !strings.Contains(text, "paused until 20") {
		t.Errorf("deliveries list = %+v, paused %+v, want that it waits: %s", shown, p, text)
	}
	if _, stdout, _ := hookseal("", "deliveries", "show", "--config", config, shown[0].ID); !strings.Contains(stdout, ", since its endpoint is paused: "+why) {
		t.Errorf("deliveries show = %s, want why it waits", stdout)
	}
	if _, stdout, _ := hookseal("", "events", "show", "--config", config, shown[0].Event); !strings.Contains(stdout, "paused until") {
		t.Errorf("events show = %s, want that the delivery waits", stdout)
	}
	s.stop()
	if shown, text := list(); shown[0].Paused != nil || strings.Contains(text, "paused") {
		t.Errorf("without a server the delivery is %+v, want no pause: %s", shown[0], text)
	}
}
