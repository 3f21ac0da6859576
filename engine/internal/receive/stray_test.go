package receive

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Who mistypes a source learns of it from the log, and who scans for sources cannot
// fill it, whatever names they call and however often the configuration is reloaded.
func TestUnknownSourceIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := new(strings.Builder)
		intake := func(before *Intake) *Intake {
			in := &Intake{Logger: slog.New(slog.NewTextHandler(log, nil))}
			in.Prepare(before)
			return in
		}
		call := func(in *Intake, path string) {
			t.Helper()
			w := httptest.NewRecorder()
			in.ServeHTTP(w, httptest.NewRequest("POST", path, strings.NewReader("{}")))
			if w.Code != 404 {
				t.Fatalf("%s = %d, want 404", path, w.Code)
			}
		}
		in := intake(nil)
		call(in, "/in/contratcs/key-of-a-shop")
		if got := log.String(); !strings.Contains(got, `level=INFO msg="unknown source called" name=contratcs requests=1 remote=`) || strings.Contains(got, "key-of-a-shop") {
			t.Errorf("the log says %q, want the name, and no key", got)
		}
		log.Reset()
		for range 1000 {
			call(in, "/in/.env")
		}
		in = intake(in)
		call(in, "/in/admin")
		if got := log.String(); got != "" {
			t.Errorf("within the minute the log says %q, want nothing", got)
		}
		time.Sleep(strayLines)
		call(in, "/in/"+strings.Repeat("a", 1000)+"%0aforged")
		got := log.String()
		if strings.Count(got, "\n") != 1 || !strings.Contains(got, "requests=1002 ") || len(got) > 400 {
			t.Errorf("a minute later the log says %q, want one short line with 1002 requests", got)
		}
	})
}
