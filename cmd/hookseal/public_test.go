package main

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"
)

// Nobody waits behind a store that does not answer.
func TestHealthWhileTheStoreHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		h := &health{ping: func(context.Context) error { <-release; return nil }}
		first := make(chan error)
		go func() { first <- h.check() }()
		synctest.Wait()
		if err := h.check(); !errors.Is(err, errNoAnswer) {
			t.Errorf("check beside one that waits = %v, want errNoAnswer", err)
		}
		close(release)
		if err := <-first; err != nil {
			t.Errorf("check = %v, want nil", err)
		}
	})
}

// The store is asked at most once a second, and its recovery is seen.
func TestHealth(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked, fault := 0, errors.New("disk full")
		h := &health{ping: func(context.Context) error { asked++; return fault }}
		get := func(want int) {
			t.Helper()
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequest("GET", "/healthz", nil))
			if w.Code != want {
				t.Errorf("status = %d, want %d", w.Code, want)
			}
		}
		for range 5 {
			get(503)
		}
		fault = nil
		get(503)
		time.Sleep(healthInterval)
		get(200)
		if asked != 2 {
			t.Errorf("the store was asked %d times, want 2", asked)
		}
	})
}
