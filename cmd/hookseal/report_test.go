package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
)

func TestEveryReasonHasAMeaning(t *testing.T) {
	for _, r := range webhook.Reasons() {
		if meaning(r) == "" {
			t.Errorf("meaning(%q) is empty", r)
		}
	}
	if got := meaning("mood"); got != "" {
		t.Errorf("meaning of an unknown reason = %q, want none", got)
	}
}

// hookseal runs a command line in this process.
func hookseal(stdin string, args ...string) (status int, stdout, stderr string) {
	var out, faults bytes.Buffer
	status = run(context.Background(), args, strings.NewReader(stdin), &out, &faults)
	return status, out.String(), faults.String()
}

// What sign prints for every sample of every provider, verify accepts, and with
// another secret rejects.
func TestSignedVerifies(t *testing.T) {
	samples, err := filepath.Glob("../../plugins/*/events/*.json")
	if err != nil || len(samples) < 15 {
		t.Fatalf("Glob = %v, %v, want the samples of every provider", samples, err)
	}
	for _, sample := range samples {
		provider := filepath.Base(filepath.Dir(filepath.Dir(sample)))
		t.Run(provider+"/"+filepath.Base(sample), func(t *testing.T) {
			const secret, other = "plain:whsec_aG9va3NlYWwgdGVzdCBrZXkgKzEvMg==", "plain:whsec_YW5vdGhlciBrZXkgKzEvMjM0NTY3OA=="
			status, signed, stderr := hookseal("", "sign", "--provider", provider, "--secret", secret, "--body", sample)
			if status != 0 {
				t.Fatalf("sign = %d, %s", status, stderr)
			}
			status, stdout, stderr := hookseal(signed, "verify", "--provider", provider, "--secret", secret, "-")
			if status != 0 {
				t.Errorf("verify = %d, %s%s\nof %s", status, stdout, stderr, signed)
			}
			status, stdout, _ = hookseal(signed, "verify", "--provider", provider, "--secret", other, "-")
			if status != 1 || !strings.Contains(stdout, string(webhook.SignatureMismatch)) {
				t.Errorf("verify with another secret = %d, %s, want 1, signature_mismatch", status, stdout)
			}
		})
	}
}

// A pack whose claims a script makes is used as the others are.
func TestVerifyByRule(t *testing.T) {
	status, signed, stderr := hookseal("", "sign", "--provider", "chaindoc", "--secret", "plain:s3cret",
		"--body", "../../plugins/chaindoc/events/document.signed.json")
	if status != 0 {
		t.Fatalf("sign = %d, %s", status, stderr)
	}
	const pack = "../../testdata/packs/chaindoc-js"
	status, stdout, stderr := hookseal(signed, "verify", "--pack", pack, "--secret", "plain:s3cret", "-")
	if status != 0 || !strings.Contains(stdout, "accepted: chaindoc-js") {
		t.Errorf("verify = %d, %s%s, want 0", status, stdout, stderr)
	}
	status, stdout, stderr = hookseal(signed, "verify", "--pack", pack, "--secret", "plain:another", "-")
	if status != 1 || !strings.Contains(stdout, string(webhook.SignatureMismatch)) {
		t.Errorf("verify with another secret = %d, %s%s, want 1", status, stdout, stderr)
	}
	status, _, stderr = hookseal("{}", "sign", "--pack", pack, "--secret", "plain:s3cret", "--body", "-")
	if status != 2 || !strings.Contains(stderr, "scheme cannot sign") {
		t.Errorf("sign = %d, %s, want 2: a rule cannot sign", status, stderr)
	}
}

// Nothing that a terminal acts on comes out of a request.
func TestVerifyEscapesTheRequest(t *testing.T) {
	request := "POST /\xc2\x9b HTTP/1.1\r\nDastra-Signature: \xc2\x9b31m\r\n\r\n"
	status, stdout, stderr := hookseal(request, "verify", "--provider", "dastra", "--secret", "plain:s3cret", "-")
	if status != 1 || strings.Contains(stdout+stderr, "\u009b") {
		t.Errorf("verify = %d, %q, %q, want 1 without the control sequence", status, stdout, stderr)
	}
}
