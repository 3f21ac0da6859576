package host_test

import (
	"crypto/sha256"
	"encoding/hex"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// judgeUnkeyed judges the claim of the guest that tries to prove one header by
// another.
func judgeUnkeyed(t *testing.T, g webhook.Guest, settings map[string]string, allowed ...webhook.Algorithm) webhook.Verdict {
	t.Helper()
	key, err := webhook.NewSecret("test", []byte("a-test-secret"))
	if err != nil {
		t.Fatal(err)
	}
	message := "x"
	if settings["good"] != "" {
		message += "a-test-secret"
	}
	sum := sha256.Sum256([]byte(message))
	req := request("{}", map[string][]string{"X-A": {"x"}, "X-B": {hex.EncodeToString(sum[:])}})
	claim, err := g.Claim(t.Context(), req, settings)
	if err != nil {
		t.Fatal(err)
	}
	return scheme.Check(claim, req, []webhook.Secret{key}, allowed, received)
}

// A claim in which no key takes part proves nothing, though its digest is right.
func TestUnkeyedClaim(t *testing.T) {
	g := load(t, bad(t, "unkeyed"))
	bare, keyed := map[string]string{"case": "sha256"}, map[string]string{"case": "sha256", "good": "1"}
	if v := judgeUnkeyed(t, g, bare, webhook.SHA256); v.Reason != webhook.ClaimUnkeyed {
		t.Errorf("a claim without a key: %v %s (%s), want %s", v.Outcome, v.Reason, v.Detail, webhook.ClaimUnkeyed)
	}
	if v := judgeUnkeyed(t, g, keyed, webhook.SHA256); !v.Accepted() {
		t.Errorf("the next claim, with one: %v %s (%s), want it accepted", v.Outcome, v.Reason, v.Detail)
	}
}

// What a pack does not list is rejected, whatever the rule says.
func TestRuleAlgorithms(t *testing.T) {
	g := load(t, bad(t, "unkeyed"))
	for _, algorithm := range []string{"sha256", "token", "hmac-md5", "none", ""} {
		v := judgeUnkeyed(t, g, map[string]string{"case": algorithm, "good": "1"}, webhook.HMACSHA256)
		if v.Reason != webhook.AlgorithmNotAllowed {
			t.Errorf("a claim by %q: %v %s (%s), want %s", algorithm, v.Outcome, v.Reason, v.Detail, webhook.AlgorithmNotAllowed)
		}
	}
	if v := judgeUnkeyed(t, g, map[string]string{"case": "sha256", "good": "1"}, webhook.SHA256); !v.Accepted() {
		t.Errorf("the next claim: %v %s (%s), want it accepted", v.Outcome, v.Reason, v.Detail)
	}
}
