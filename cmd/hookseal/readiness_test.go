package main

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

func TestReadiness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fault error
		stop, ending := "", make(chan struct{})
		r := &readiness{
			health: &health{ping: func(context.Context) error { return fault }},
			ending: ending, stopped: func() string { return stop },
		}
		answers := func(wantStatus int, wantBody string) {
			t.Helper()
			time.Sleep(healthInterval)
			w := httptest.NewRecorder()
			r.ServeHTTP(w, httptest.NewRequest("GET", "/readyz", nil))
			if w.Code != wantStatus || w.Body.String() != wantBody {
				t.Errorf("answer = %d, %q, want %d, %q", w.Code, w.Body, wantStatus, wantBody)
			}
		}
		answers(200, "ok\n")
		stop = "disk"
		answers(503, "the intake has stopped: disk\n")
		stop, fault = "", errors.New("read-only file system /srv/private")
		answers(503, "the store cannot commit\n")
		fault = nil
		answers(200, "ok\n")
		close(ending)
		stop = "backlog"
		answers(503, "the server is about to stop\nthe intake has stopped: backlog\n")
	})
}
