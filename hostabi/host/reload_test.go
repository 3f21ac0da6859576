package host_test

import (
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi/host"
)

// A guest that is loaded, called and closed again and again leaves nothing behind:
// neither memory of Go, nor pages of the process, nor goroutines.
func TestReloadsLeaveNothing(t *testing.T) {
	reloads := 500
	switch {
	case testing.Short():
		reloads = 100
	case os.Getenv("HOOKSEAL_CI") != "":
		reloads = 10_000
	}
	code := bad(t, "trap")
	reload := func() {
		g, err := host.Loader{Instances: 2}.Load(t.Context(), code)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := g.Transform(t.Context(), event("{}"), good()); err != nil {
			t.Fatal(err)
		}
		if _, err := g.Transform(t.Context(), event("{}"), webhook.TransformContext{}); err == nil {
			t.Fatal("Transform = nil, want a trap")
		}
		if err := g.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for range 50 {
		reload()
	}
	heap, resident, goroutines := footprint(t)
	for range reloads {
		reload()
	}
	heapAfter, residentAfter, goroutinesAfter := footprint(t)
	t.Logf("%d reloads: heap %d to %d bytes, resident %d to %d bytes, goroutines %d to %d",
		reloads, heap, heapAfter, resident, residentAfter, goroutines, goroutinesAfter)
	const slack = 8 << 20
	if heapAfter > heap+slack/4 || residentAfter > resident+4*slack || goroutinesAfter > goroutines {
		t.Error("the reloads left something behind")
	}
}

// footprint returns what the process holds: the heap of Go, and where the system
// tells it the resident memory, in bytes; and the goroutines.
func footprint(t *testing.T) (heap, resident uint64, goroutines int) {
	t.Helper()
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	if text, err := os.ReadFile("/proc/self/statm"); err == nil {
		pages, err := strconv.ParseUint(strings.Fields(string(text))[1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		resident = pages * uint64(os.Getpagesize())
	}
	return stats.HeapAlloc, resident, runtime.NumGoroutine()
}
