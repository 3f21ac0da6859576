package main

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine"
)

func TestReadiness(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fault error
		stop, ending := engine.Stop(""), make(chan struct{})
		r := &readiness{
			health: &health{ping: func(context.Context) error { return fault }},
			ending: ending, stopped: func() engine.Stop { return stop },
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
		stop = engine.StopDisk
		answers(503, "the intake has stopped: the disk has less room than limits.min_free_disk\n")
		stop, fault = "", errors.New("read-only file system /srv/private")
		answers(503, "the store cannot commit\n")
		fault = nil
		answers(200, "ok\n")
		close(ending)
		stop = engine.StopBacklog
		answers(503, "the server is about to stop\nthe intake has stopped: as many deliveries are open as limits.backlog permits\n")
	})
}
