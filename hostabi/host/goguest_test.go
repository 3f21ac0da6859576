package host_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// buildGo builds a guest in Go with the go tool.
func buildGo(t testing.TB, dir string) webhook.GuestCode {
	t.Helper()
	if testing.Short() {
		t.Skip("compiles a Go guest, which takes seconds")
	}
	out := filepath.Join(t.TempDir(), "guest.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-buildmode=c-shared", "-ldflags=-s -w", "-o", out, "./"+dir)
	cmd.Dir = filepath.Join("..", "..")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", dir, err, text)
	}
	code, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return webhook.GuestCode{Name: filepath.Base(dir) + ".wasm", Code: code, Limits: patient}
}

func TestGoRule(t *testing.T) {
	g := load(t, buildGo(t, "wasm-build/go/standard-webhooks"))
	if got := fmt.Sprint(g.Hooks()); got != "[claim]" {
		t.Errorf("Hooks = %s, want [claim]", got)
	}
	raw := []byte("0123456789abcdef0123456789abcdef")
	key, err := webhook.NewSecret("test", []byte("whsec_"+base64.StdEncoding.EncodeToString(raw)))
	if err != nil {
		t.Fatal(err)
	}
	const body = `{"type":"invoice.paid","n":1}`
	at := fmt.Sprint(received.Unix())
	mac := hmac.New(sha256.New, raw)
	mac.Write([]byte("msg_1." + at + "." + body))
	sig := base64.StdEncoding.EncodeToString(mac.Sum(nil))
	header := func(changes map[string]string) map[string][]string {
		h := map[string][]string{"Webhook-Id": {"msg_1"}, "Webhook-Timestamp": {at}, "Webhook-Signature": {"v1,AAAA v1a,xyz v1," + sig}}
		for name, text := range changes {
			h[name] = []string{text}
		}
		maps.DeleteFunc(h, func(_ string, texts []string) bool { return texts[0] == "" })
		return h
	}
	tests := map[string]struct {
		header map[string][]string
		now    time.Time
		want   webhook.Reason
	}{
		"accepted":         {header(nil), received, ""},
		"late":             {header(nil), received.Add(6 * time.Minute), webhook.TimestampTooOld},
		"early":            {header(nil), received.Add(-6 * time.Minute), webhook.TimestampInFuture},
		"another id":       {header(map[string]string{"Webhook-Id": "msg_2"}), received, webhook.SignatureMismatch},
		"no id":            {header(map[string]string{"Webhook-Id": ""}), received, webhook.FieldMissing},
		"no signature":     {header(map[string]string{"Webhook-Signature": ""}), received, webhook.SignatureMissing},
		"another version":  {header(map[string]string{"Webhook-Signature": "v2," + sig}), received, webhook.SignatureMissing},
		"without version":  {header(map[string]string{"Webhook-Signature": sig}), received, webhook.SignatureMalformed},
		"not base64":       {header(map[string]string{"Webhook-Signature": "v1,!"}), received, webhook.SignatureMalformed},
		"long list of old": {header(map[string]string{"Webhook-Signature": strings.Repeat("v0,a ", 300) + "v1," + sig}), received, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			req := request(body, tt.header)
			claim, err := g.Claim(t.Context(), req, nil)
			if err != nil {
				t.Fatal(err)
			}
			if claim.Refused != "" {
				if claim.Refused != tt.want {
					t.Errorf("refused = %s, want %q", claim.Refused, tt.want)
				}
				return
			}
			v := scheme.Check(claim, req, []webhook.Secret{key}, []webhook.Algorithm{webhook.HMACSHA256}, tt.now)
			if v.Reason != tt.want || v.Accepted() != (tt.want == "") {
				t.Errorf("verdict = %+v, want the reason %q", v, tt.want)
			}
			if all := webhook.CoversBody | webhook.CoversID | webhook.CoversTime | webhook.CoversType; v.Accepted() && v.Covers != all {
				t.Errorf("covers = %s, want %s", v.Covers, all)
			}
		})
	}
}

func TestGoTransform(t *testing.T) {
	g := load(t, buildGo(t, "wasm-build/go/fanout"))
	tc := webhook.TransformContext{Settings: map[string]string{"array": "items"}}
	for range 3 {
		out, err := g.Transform(t.Context(), event(`{"items":[{"type":"a","n":1.0}, 2]}`), tc)
		if err != nil {
			t.Fatal(err)
		}
		want := []webhook.Output{
			{Type: "a", ContentType: "application/json", Header: map[string][]string{"X-Item": {"1"}}, Body: []byte(`{"type":"a","n":1.0}`)},
			{Type: "document.signed", ContentType: "application/json", Header: map[string][]string{"X-Item": {"2"}}, Body: []byte(`2`)},
		}
		if !reflect.DeepEqual(out, want) {
			t.Errorf("Transform = %+v, want %+v", out, want)
		}
	}
	out, err := g.Transform(t.Context(), event(`[]`), webhook.TransformContext{})
	if err != nil || len(out) != 0 {
		t.Errorf("Transform of no items = %v, %v, want none", out, err)
	}
	_, err = g.Transform(t.Context(), event(`{"items":7}`), tc)
	wantFault(t, err, webhook.GuestThrow,
		`transform: member "items" is no array: json: cannot unmarshal number into Go value of type []json.RawMessage`)
	t.Run("concurrent calls", func(t *testing.T) { testConcurrentFanout(t, g) })
}

// The probe reports what a Go program sees of the world around it.
func TestGoWorld(t *testing.T) {
	g := load(t, buildGo(t, "testdata/guests/goprobe"))
	probe := func(t *testing.T, what, id string) (string, error) {
		t.Helper()
		ev := event("{}")
		ev.ID = id
		out, err := g.Transform(t.Context(), ev, setting(what))
		if err != nil {
			return "", err
		}
		return string(out[0].Body), nil
	}
	same := func(what, want string) {
		t.Helper()
		for range 2 {
			if got, err := probe(t, what, "evt_1"); err != nil || got != want {
				t.Errorf("%s = %q, %v, want %q", what, got, err, want)
			}
		}
	}
	same("time", received.Format(time.RFC3339Nano))
	same("sleep", received.Add(time.Hour).Format(time.RFC3339Nano))
	same("environment", "[] []")
	same("variable", "1")
	same("goroutines", "499500")
	same("sum", "ba7816bf8f01cfea")

	first, err := probe(t, "random", "evt_1")
	if err != nil || len(first) != 32 {
		t.Fatalf("random = %q, %v", first, err)
	}
	same("random", first)
	if second, _ := probe(t, "random", "evt_2"); second == first {
		t.Errorf("random of another event = %q as well", second)
	}

	for what, want := range map[string]struct {
		kind webhook.GuestErrorKind
		part string
	}{
		"panic":    {webhook.GuestTrap, ": panic: a reason"},
		"exit":     {webhook.GuestTrap, "exited with status 3"},
		"allocate": {webhook.GuestMemory, "at most 67108864 are granted"},
	} {
		_, err := probe(t, what, "evt_1")
		var fault *webhook.GuestError
		if !errors.As(err, &fault) || fault.Kind != want.kind || !strings.Contains(fault.Message, want.part) {
			t.Errorf("%s: error = %v, want one of the kind %s with %q", what, err, want.kind, want.part)
		}
	}
	same("variable", "1")
	t.Run("console", func(t *testing.T) { testConsole(t, g) })
	t.Run("claim", func(t *testing.T) { testClaimHasNoClock(t, g) })
}

// testConsole is about what a Go guest prints.
func testConsole(t *testing.T, g webhook.Guest) {
	var lines []string
	tc := setting("print")
	tc.Log = func(level, line string) { lines = append(lines, level+": "+line) }
	if _, err := g.Transform(t.Context(), event("{}"), tc); err != nil {
		t.Fatal(err)
	}
	want := []string{"info: to the output", "error: to the error", "warn: through the log", "info: left open"}
	if !reflect.DeepEqual(lines, want) {
		t.Errorf("log = %q, want %q", lines, want)
	}
}

// testClaimHasNoClock is about a rule that looks at the clock and at random bytes:
// it finds the same for every request.
func testClaimHasNoClock(t *testing.T, g webhook.Guest) {
	t.Helper()
	var types []string
	for _, body := range []string{"a", "b"} {
		claim, err := g.Claim(t.Context(), request(body, nil), nil)
		if err != nil {
			t.Fatal(err)
		}
		if claim.Type.Origin != (webhook.Origin{}) {
			t.Errorf("origin of a text that the guest made up = %v, want none", claim.Type.Origin)
		}
		types = append(types, claim.Type.Text)
	}
	if year, _, _ := strings.Cut(types[0], " "); year != "1970" || types[0] != types[1] {
		t.Errorf("what two claims saw = %q, want 1970 and the same random bytes", types)
	}
}

func testConcurrentFanout(t *testing.T, g webhook.Guest) {
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for n := range 20 {
				out, err := g.Transform(t.Context(), event(fmt.Sprintf("[%d,%d]", i, n)), webhook.TransformContext{})
				if err != nil || len(out) != 2 || string(out[0].Body) != fmt.Sprint(i) || string(out[1].Body) != fmt.Sprint(n) {
					t.Errorf("Transform = %v, %v, want %d and %d", out, err, i, n)
					return
				}
			}
		})
	}
	wg.Wait()
}
