package worker

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// What the memory limit is set above, in bytes: what the process has mapped when
// it starts, and
const (
	// spare is for the collector's own needs, for fragments and for threads.
	spare = 32 << 20
	// loading is for parsing and compiling, while a script is loaded.
	loading = 192 << 20
)

// cell bounds the memory of the process. Scripts may hold what the limit says,
// and what goes beyond it by more than a quarter and [spare] ends the process.
type cell struct {
	// start is what the process had mapped at its start, limit what scripts may
	// hold, and kept what the scripts that it knows have added for good.
	start, limit, kept int64
	bound              bound
}

// newCell sets the limits of a process that has loaded nothing.
func newCell(limit int64) *cell {
	// Nesting that the interpreter does not count ends as an overflow, before it
	// takes a quarter of what a script may have.
	debug.SetMaxStack(int(max(limit/4, 16<<20)))
	debug.SetTraceback("none")
	return &cell{start: mapped(), limit: limit}
}

// load gives room for loading a script, and takes it back but for what the
// script has taken of it.
func (c *cell) load(load func()) {
	before := mapped()
	c.set(loading)
	c.watch(load)
	c.kept += mapped() - before
	c.set(0)
}

// tidy collects what a call has left if it is much, so that the next one has all
// of its memory.
func (c *cell) tidy() {
	if inUse() > c.kept+c.limit/2 {
		runtime.GC()
	}
}

// set limits what the process maps. The collector works the harder the less is
// left of the first limit, the second one ends the process.
func (c *cell) set(more int64) {
	growth := c.kept + c.limit + more
	debug.SetMemoryLimit(c.start + growth)
	c.bound.allow(growth + c.limit/4 + spare)
}

// mapped is how much memory Go's runtime has mapped, be it in use or not, and
// inUse is how much of it holds or held something, in bytes.
func mapped() int64 { return measure("/memory/classes/total:bytes") }

func inUse() int64 { return measure("/memory/classes/heap/objects:bytes") }

func measure(name string) int64 {
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}
