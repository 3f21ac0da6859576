package engine_test

import (
	"math"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine"
)

// TestEndpointRates refuses rates by which nothing would ever be sent, or at no
// pace.
func TestEndpointRates(t *testing.T) {
	for _, test := range []struct {
		rate  float64
		taken bool
	}{
		{0, true},
		{0.001, true},
		{1e6, true},
		{-1, false},
		{math.NaN(), false},
		{math.Inf(1), false},
	} {
		_, err := engine.Open(engine.Config{Endpoints: map[string]engine.Endpoint{
			"crm": {URL: "https://crm.example", Sign: engine.NoVerification, Rate: test.rate},
		}})
		if taken := err == nil || !strings.Contains(err.Error(), "rate"); taken != test.taken {
			t.Errorf("Open with a rate of %v = %v, want it taken: %t", test.rate, err, test.taken)
		}
	}
}
