package dispatch_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/internal/dispatch"
)

func TestNewReportsEveryFault(t *testing.T) {
	_, err := dispatch.New(dispatch.Config{Concurrency: -1})
	if err == nil {
		t.Fatal("New = nil error, want one")
	}
	for _, want := range []string{"no store", "no transport", "concurrency -1"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("New = %q, want %q in it", err, want)
		}
	}
}

func TestEndpointURLs(t *testing.T) {
	st := openStore(t)
	for target, ok := range map[string]bool{
		"https://crm.example/hooks": true,
		"http://127.0.0.1:8080":     true,
		"ftp://crm.example/":        false,
		"https:///hooks":            false,
		"crm.example":               false,
		"mailto:a@b.example":        false,
	} {
		u, err := url.Parse(target)
		if err != nil {
			t.Fatal(err)
		}
		_, err = dispatch.New(dispatch.Config{
			Store: st, Transport: &network{}, Endpoints: map[string]dispatch.Endpoint{"crm": {URL: u}},
		})
		if (err == nil) != ok {
			t.Errorf("New with %q = %v, want it taken: %v", target, err, ok)
		}
		if err != nil && !strings.Contains(err.Error(), `"crm"`) {
			t.Errorf("New with %q = %q, want the endpoint's name in it", target, err)
		}
	}
	if _, err := dispatch.New(dispatch.Config{
		Store: st, Transport: &network{}, Endpoints: map[string]dispatch.Endpoint{"crm": {}},
	}); err == nil {
		t.Error("New without a URL = nil error, want one")
	}
}
