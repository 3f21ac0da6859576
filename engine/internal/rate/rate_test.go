package rate

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestTake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(10, 3)
		take := func(want time.Duration) {
			t.Helper()
			if got := l.Take(time.Now()); got != want {
				t.Errorf("Take = %v, want %v", got, want)
			}
		}
		for range 3 {
			take(0)
		}
		// What finds no token does not put off what comes after it.
		for range 5 {
			take(100 * time.Millisecond)
		}
		time.Sleep(100 * time.Millisecond)
		take(0)
		take(100 * time.Millisecond)
		time.Sleep(time.Hour)
		for range 3 {
			take(0)
		}
		take(100 * time.Millisecond)
	})
}

func TestLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := New(10, 3)
		for want := 3; want > 0; want-- {
			if n, wait := l.Left(time.Now()); n != want || wait != 0 {
				t.Errorf("Left = %d, %v, want %d at once", n, wait, want)
			}
			l.Take(time.Now())
		}
		if n, wait := l.Left(time.Now()); n != 0 || wait != 100*time.Millisecond {
			t.Errorf("Left = %d, %v, want none for 100ms", n, wait)
		}
		time.Sleep(100 * time.Millisecond)
		if n, wait := l.Left(time.Now()); n != 1 || wait != 0 {
			t.Errorf("Left = %d, %v, want 1 at once", n, wait)
		}
	})
}

func TestBurst(t *testing.T) {
	for _, test := range []struct {
		perSecond float64
		burst     int
		want      int
	}{{100, 0, 100}, {0.5, 0, 1}, {2.5, 0, 3}, {10, 50, 50}} {
		l, now, got := New(test.perSecond, test.burst), time.Now(), 0
		for l.Take(now) == 0 {
			got++
		}
		if got != test.want {
			t.Errorf("New(%v, %d) gives %d at once, want %d", test.perSecond, test.burst, got, test.want)
		}
		if !l.Same(test.perSecond, test.burst) || l.Same(test.perSecond+1, test.burst) {
			t.Errorf("Same of New(%v, %d) is wrong", test.perSecond, test.burst)
		}
	}
}

// However many ask at once for what there is not, they take nothing of what comes.
func TestTakeCrowded(t *testing.T) {
	l, now := New(1, 1), time.Now()
	l.Take(now)
	var crowd sync.WaitGroup
	for range 8 {
		crowd.Go(func() {
			for range 5000 {
				if wait := l.Take(now); wait != time.Second {
					t.Errorf("Take = %v, want %v", wait, time.Second)
					return
				}
				l.Left(now)
			}
		})
	}
	crowd.Wait()
	if wait := l.Take(now.Add(time.Second)); wait != 0 {
		t.Errorf("Take a second later = %v, want none", wait)
	}
}
