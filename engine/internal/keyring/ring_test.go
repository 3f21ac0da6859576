package keyring_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hookseal/hookseal/engine/internal/keyring"
	"github.com/hookseal/hookseal/engine/webhook"
)

// A new identifier is looked for at once, a revoked one ends with the document.
func TestRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: says(200, edSet(t, "a"), "Cache-Control", "public, max-age=600")}
		r := open(t, v)
		if got := labels(t, r, jwksRef("a")); got != "a" {
			t.Fatalf("Keys(a) = %q, want a", got)
		}
		v.now(says(200, edSet(t, "a", "b"), "Cache-Control", "max-age=600"))
		time.Sleep(time.Minute)
		if got := labels(t, r, jwksRef("b")); got != "b" {
			t.Errorf("Keys(b) after b was added = %q, want b", got)
		}
		if got := labels(t, r, jwksRef("")); got != "a b" {
			t.Errorf("Keys of any = %q, want a b", got)
		}
		v.now(says(200, edSet(t, "b"), "Cache-Control", "max-age=600"))
		time.Sleep(599 * time.Second)
		if got := labels(t, r, jwksRef("a")); got != "a" {
			t.Errorf("Keys(a) before the end = %q, want a", got)
		}
		time.Sleep(time.Second)
		if got := labels(t, r, jwksRef("a")); got != "" {
			t.Errorf("Keys(a) after it was revoked = %q, want none", got)
		}
		if got := v.count(); got != 3 {
			t.Errorf("%d fetches, want 3", got)
		}
	})
}

// Whoever sends identifiers at random causes one fetch in thirty seconds.
func TestUnknownIdentifiersAreLookedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: says(200, edSet(t, "a"))}
		r := open(t, v)
		for i := range 600 {
			if got := labels(t, r, jwksRef(fmt.Sprint("forged", i))); got != "" {
				t.Fatalf("Keys(forged) = %q, want none", got)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if got := v.count(); got != 2 {
			t.Errorf("%d fetches in a minute of forged identifiers, want 2", got)
		}
	})
}

func TestOneFetchForManyRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{}
		v.answer = func(*http.Request, string) *http.Response {
			time.Sleep(2 * time.Second)
			return reply(200, edSet(t, "a"))
		}
		r := open(t, v)
		impatient, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		var all sync.WaitGroup
		for i := range 100 {
			all.Go(func() {
				if i == 0 {
					if _, err := r.Keys(impatient, jwksRef("a"), nil); !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("Keys of a caller who left = %v, want its own deadline", err)
					}
					return
				}
				if got := labels(t, r, jwksRef("a")); got != "a" {
					t.Errorf("Keys(a) = %q, want a", got)
				}
			})
		}
		all.Wait()
		if got := v.count(); got != 1 {
			t.Errorf("%d fetches for 100 requests, want 1", got)
		}
	})
}

func TestStaleKeysServeForADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: says(200, edSet(t, "a"))}
		r := open(t, v)
		labels(t, r, jwksRef("a"))
		v.now(says(500, "down"))
		time.Sleep(time.Hour)
		if got := labels(t, r, jwksRef("a")); got != "a" {
			t.Errorf("Keys(a) while the vendor is down = %q, want a", got)
		}
		if got, want := labels(t, r, jwksRef("b")), "status 500"; !strings.Contains(got, want) {
			t.Errorf("Keys(b) while the vendor is down = %q, want an error with %q: nobody knows", got, want)
		}
		if got := v.count(); got != 2 {
			t.Errorf("%d fetches, want 2: a failure is remembered", got)
		}
		time.Sleep(24*time.Hour - time.Second)
		if got := labels(t, r, jwksRef("a")); got != "a" {
			t.Errorf("Keys(a) at the end of the grace = %q, want a", got)
		}
		time.Sleep(time.Minute)
		if got := labels(t, r, jwksRef("a")); !strings.HasPrefix(got, "error") {
			t.Errorf("Keys(a) after the grace = %q, want an error", got)
		}
		v.now(says(200, edSet(t, "a")))
		time.Sleep(11 * time.Second)
		if got := labels(t, r, jwksRef("a")); got != "a" {
			t.Errorf("Keys(a) when the vendor is back = %q, want a", got)
		}
	})
}

// A vendor that hangs holds no request up for long while there are keys.
func TestSlowRefreshIsNotAwaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: says(200, edSet(t, "a"))}
		r := open(t, v)
		labels(t, r, jwksRef("a"))
		v.now(func(*http.Request, string) *http.Response {
			time.Sleep(3 * time.Second)
			return reply(200, edSet(t, "b"))
		})
		time.Sleep(time.Hour)
		start := time.Now()
		if got := labels(t, r, jwksRef("a")); got != "a" || time.Since(start) != time.Second {
			t.Errorf("Keys(a) = %q after %v, want a after 1s", got, time.Since(start))
		}
		if got := labels(t, r, jwksRef("b")); got != "b" || time.Since(start) != 3*time.Second {
			t.Errorf("Keys(b) = %q after %v, want b when it is there", got, time.Since(start))
		}
		if got := labels(t, r, jwksRef("a")); got != "" || v.count() != 2 {
			t.Errorf("Keys(a) = %q after %d fetches, want none after 2", got, v.count())
		}
	})
}

func TestFirstFailureIsRememberedForSeconds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: func(*http.Request, string) *http.Response { return nil }}
		r := open(t, v)
		start := time.Now()
		if _, err := r.Keys(t.Context(), jwksRef("a"), nil); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Keys of a vendor that hangs = %v, want a deadline", err)
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("a fetch that hangs took %v, want 5s", took)
		}
		if _, err := r.Keys(t.Context(), jwksRef("a"), nil); err == nil || time.Since(start) != 5*time.Second || v.count() != 1 {
			t.Errorf("second Keys = %v after %v and %d fetches, want the same error at once", err, time.Since(start), v.count())
		}
		v.now(says(200, edSet(t, "a")))
		time.Sleep(10 * time.Second)
		if got := labels(t, r, jwksRef("a")); got != "a" {
			t.Errorf("Keys(a) after ten seconds = %q, want a", got)
		}
	})
}

// chosen is the reference of a scheme that asks for each key by itself.
func chosen(id string) webhook.KeyRef {
	ref := jwksRef(id)
	ref.URL, ref.Format, ref.At, ref.ByID, ref.Chosen = "https://keys.vendor.example/keys/"+id, webhook.KeyJSON, "key", true, true
	return ref
}

// What requests choose is asked for within a budget, and a key that is in use
// stays whatever strangers ask for.
func TestBudgetOfChosenKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		good := fmt.Sprintf(`{"key":%q}`, pemOf("PUBLIC KEY", spki(t, edKey('a').Public())))
		v := &vendor{answer: func(req *http.Request, _ string) *http.Response {
			if strings.HasSuffix(req.URL.Path, "/good") {
				return reply(200, good)
			}
			return reply(404, "{}")
		}}
		r := open(t, v)
		if got := labels(t, r, chosen("good")); got != "keys.vendor.example" {
			t.Fatalf("Keys(good) = %q, want the key under its host", got)
		}
		busy := 0
		for i := range 3000 {
			keys, err := r.Keys(t.Context(), chosen(fmt.Sprint("forged", i)), nil)
			if errors.Is(err, keyring.ErrBusy) {
				busy++
			} else if err != nil || len(keys) != 0 {
				t.Fatalf("Keys(forged) = %v, %v, want none", keys, err)
			}
			time.Sleep(200 * time.Millisecond)
		}
		if asked := v.count(); asked < 380 || asked > 425 || busy == 0 {
			t.Errorf("%d fetches in ten minutes and %d refused, want about 20 and one every 1.5 seconds", asked, busy)
		}
		before := v.count()
		if got := labels(t, r, chosen("good")); got != "keys.vendor.example" || v.count() != before {
			t.Errorf("Keys(good) = %q after %d fetches, want the key that is kept", got, v.count()-before)
		}
	})
}

// Keys that are known are refreshed however much strangers have asked for.
func TestBudgetIsNotForWhatIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: func(req *http.Request, _ string) *http.Response {
			if strings.HasSuffix(req.URL.Path, "/good") {
				return reply(200, fmt.Sprintf(`{"key":%q}`, pemOf("PUBLIC KEY", spki(t, edKey('a').Public()))), "Cache-Control", "max-age=60")
			}
			return reply(404, "{}")
		}}
		r := open(t, v)
		labels(t, r, chosen("good"))
		time.Sleep(time.Minute)
		var last error
		for i := range 30 {
			_, last = r.Keys(t.Context(), chosen(fmt.Sprint("forged", i)), nil)
		}
		if !errors.Is(last, keyring.ErrBusy) {
			t.Fatalf("Keys of the thirtieth stranger = %v, want %v", last, keyring.ErrBusy)
		}
		before := v.count()
		if got := labels(t, r, chosen("good")); got != "keys.vendor.example" || v.count() != before+1 {
			t.Errorf("Keys(good) = %q after %d fetches, want it fetched anew", got, v.count()-before)
		}
		other := chosen("good")
		other.Group, other.URL = "another scheme", "https://keys.vendor.example/other/good"
		if got := labels(t, r, other); got != "keys.vendor.example" {
			t.Errorf("Keys of another group = %q, want its own budget", got)
		}
	})
}

// An answer of 404 to a fixed URL is a mistake, and no word on any key.
func TestMissingDocumentIsAnError(t *testing.T) {
	r := open(t, &vendor{answer: says(404, "")})
	if got := labels(t, r, jwksRef("a")); !strings.Contains(got, "status 404") {
		t.Errorf("Keys = %q, want an error with the status", got)
	}
}

func TestLifetime(t *testing.T) {
	for _, test := range []struct {
		header []string
		want   time.Duration
	}{
		{nil, time.Hour},
		{[]string{"Cache-Control", "max-age=300"}, 5 * time.Minute},
		{[]string{"Cache-Control", "public, Max-Age=300", "Age", "120"}, 3 * time.Minute},
		{[]string{"Cache-Control", "public", "Cache-Control", "max-age=300"}, 5 * time.Minute},
		{[]string{"Cache-Control", "max-age=300", "Age", "1000"}, time.Minute},
		{[]string{"Cache-Control", "max-age=0"}, time.Minute},
		{[]string{"Cache-Control", "no-store"}, time.Minute},
		{[]string{"Cache-Control", "max-age=99999999"}, 24 * time.Hour},
		{[]string{"Cache-Control", "max-age=-1"}, time.Hour},
		{[]string{"Cache-Control", "max-age=999999999999999999999"}, time.Hour},
	} {
		synctest.Test(t, func(t *testing.T) {
			v := &vendor{answer: says(200, edSet(t, "a"), test.header...)}
			r := open(t, v)
			labels(t, r, jwksRef("a"))
			time.Sleep(test.want - time.Millisecond)
			labels(t, r, jwksRef("a"))
			early := v.count()
			time.Sleep(time.Millisecond)
			labels(t, r, jwksRef("a"))
			if early != 1 || v.count() != 2 {
				t.Errorf("%v: %d fetches before %v and %d after, want 1 and 2", test.header, early, test.want, v.count())
			}
		})
	}
}

func TestCertificatesCountInTheirDays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, text := certificate(t, start.Add(time.Hour), start.Add(3*time.Hour))
		v := &vendor{answer: says(200, text, "Cache-Control", "max-age=86400")}
		r := open(t, v)
		ref := jwksRef("")
		ref.Format = webhook.KeyX509
		for _, step := range []struct {
			after time.Duration
			want  string
		}{{0, ""}, {time.Hour, "keys.vendor.example"}, {2 * time.Hour, "keys.vendor.example"}, {time.Second, ""}} {
			time.Sleep(step.after)
			if got := labels(t, r, ref); got != step.want {
				t.Errorf("Keys after %v = %q, want %q", time.Since(start), got, step.want)
			}
		}
		if v.count() != 1 {
			t.Errorf("%d fetches, want 1", v.count())
		}
	})
}

func TestCloseEndsFetches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v := &vendor{answer: func(*http.Request, string) *http.Response { return nil }}
		r := keyring.New(keyring.Config{Transport: v})
		done := make(chan error)
		go func() {
			_, err := r.Keys(t.Context(), jwksRef("a"), nil)
			done <- err
		}()
		synctest.Wait()
		start := time.Now()
		r.Close()
		if err := <-done; !errors.Is(err, context.Canceled) || time.Since(start) != 0 {
			t.Errorf("Keys of a ring that is closed = %v after %v, want canceled at once", err, time.Since(start))
		}
		if _, err := r.Keys(t.Context(), jwksRef("a"), nil); !errors.Is(err, keyring.ErrClosed) {
			t.Errorf("Keys after Close = %v, want %v", err, keyring.ErrClosed)
		}
	})
}

// The number of documents is bounded, and what was used last is kept.
func TestDocumentsAreBounded(t *testing.T) {
	v := &vendor{answer: says(200, edSet(t, "a"))}
	r := open(t, v)
	ref := func(i int) webhook.KeyRef {
		f := jwksRef("a")
		f.URL += fmt.Sprint("/", i)
		return f
	}
	for i := range 300 {
		labels(t, r, ref(0))
		labels(t, r, ref(i))
	}
	if v.count() != 300 {
		t.Errorf("%d fetches of 300 documents, want 300", v.count())
	}
	labels(t, r, ref(299))
	labels(t, r, ref(0))
	if v.count() != 300 {
		t.Errorf("%d fetches, want 300: the last ones are kept", v.count())
	}
	labels(t, r, ref(1))
	if v.count() != 301 {
		t.Errorf("%d fetches, want 301: the oldest one is not kept", v.count())
	}
}

// A hammer on the lock, for the race detector.
func TestHammer(t *testing.T) {
	v := &vendor{answer: says(200, edSet(t, "a", "b"))}
	r := open(t, v)
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			for n := range 200 {
				ref := jwksRef([]string{"a", "b", "c", ""}[n%4])
				ref.URL += fmt.Sprint("/", (n*7+i)%300)
				if _, err := r.Keys(t.Context(), ref, nil); err != nil && !errors.Is(err, keyring.ErrBusy) {
					t.Errorf("Keys = %v", err)
				}
			}
		})
	}
	all.Wait()
}
