package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/store/sqlite"
)

// A test event is signed and sent while another process holds the store, and
// nothing of it is left there.
func TestEndpointsTest(t *testing.T) {
	status := http.StatusOK
	var body []byte
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(status)
		_ = r.Header.Write(w)
		_, _ = io.WriteString(w, "\x1b[31mdone")
	}))
	defer receiver.Close()
	t.Setenv("TEST_SECRET", "hunter2-of-chaindoc")
	t.Setenv("TEST_BEARER", "hunter2-of-bearer")
	dir := t.TempDir()
	path := filepath.Join(dir, "hookseal.toml")
	text := fmt.Sprintf("allow_networks = [\"127.0.0.0/8\"]\n[endpoint.crm]\nurl = %q\nas = \"chaindoc\"\nsecret = \"env:TEST_SECRET\"\nbearer = \"env:TEST_BEARER\"\n"+
		"[endpoint.plain]\nurl = \"http://127.0.0.1:1/\"\nsign = \"none\"\n[endpoint.stripe]\nurl = %q\nsign = \"stripe\"\nsecret = \"env:TEST_SECRET\"\n",
		receiver.URL+"/hook?token=hunter2", receiver.URL)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(filepath.Join(dir, "hookseal.db"), sqlite.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	test := func(args ...string) (int, string, string) {
		return hookseal(`{"type":"own"}`, append([]string{"endpoints", "test", "--config", path}, args...)...)
	}

	code, stdout, stderr := test("crm", "--event", "document.signed")
	if code != 0 || stderr != "" {
		t.Fatalf("test = %d, %s%s, want 0", code, stdout, stderr)
	}
	for _, want := range []string{
		"POST " + receiver.URL + "/hook?[redacted]\n", "X-Webhook-Event      document.signed\n", "X-Webhook-Signature  ",
		"Webhook-Id           test_", "Authorization        [redacted]\n", "Content-Length       ", ": 200 OK\n", "done",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is not in\n%s", want, stdout)
		}
	}
	if strings.Contains(stdout, "hunter2") || strings.Contains(stdout, "\x1b") {
		t.Errorf("a secret or a control character is shown:\n%s", stdout)
	}
	if !strings.Contains(string(body), `"event":"document.signed"`) {
		t.Errorf("sent %s, want the sample", body)
	}

	status = http.StatusInternalServerError
	code, stdout, _ = test("crm", "--event", "document.signed", "--json")
	var report trialReport
	if err := json.Unmarshal([]byte(stdout), &report); err != nil || code != 1 || report.Status != 500 || report.Header.Get("X-Webhook-Signature") == "" {
		t.Errorf("test --json = %d, %+v, %v, want 1 and a status of 500", code, report, err)
	}
	if strings.Contains(stdout, "hunter2") {
		t.Errorf("a secret is shown:\n%s", stdout)
	}
	health, err := db.Health(t.Context())
	if err != nil || len(health) != 0 {
		t.Errorf("Health = %v, %v, want none: a test event does not count", health, err)
	}

	for _, test := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"crm", "--event", "document.sgined"}, 2, `no sample of chaindoc is "document.sgined"; there are document.created, document.signed, document.verified, signature.request.completed, signature.request.created, signature.request.rejected`},
		{[]string{"crm"}, 2, "--event is missing; samples of chaindoc are document.created"},
		{[]string{"crn", "--event", "document.signed"}, 2, `no endpoint is called "crn"; endpoints are crm, plain, stripe`},
		{[]string{"stripe", "--event", "x"}, 2, "there are no sample events of stripe"},
		{[]string{"stripe", "--event", "x", "--body", "-"}, 1, ""},
		{[]string{"crm", "--event", "own", "--body", path}, 2, "signs JSON"},
		{[]string{"plain", "--event", "invoice.paid"}, 1, ""},
		{[]string{"--event", "x"}, 2, "NAME is missing"},
	} {
		code, stdout, stderr := hookseal(`{"type":"own"}`, append([]string{"endpoints", "test", "--config", path}, test.args...)...)
		if code != test.code || !strings.Contains(stderr, test.want) || strings.Contains(stdout+stderr, "hunter2") {
			t.Errorf("%v = %d, %s%s, want %d and %q", test.args, code, stdout, stderr, test.code, test.want)
		}
	}
}
