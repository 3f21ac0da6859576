package main

import (
	"os"
	"runtime"
	"runtime/debug"
)

// collectLessOften lets the heap grow to three times what lives before garbage is
// collected, where GOGC does not say how far. What lives is small, so that this
// takes some 10 MiB, and spares an eighth of the processor time of an event. It is
// called once the configuration is read, of which much is garbage.
func collectLessOften() {
	if os.Getenv("GOGC") == "" {
		runtime.GC() // so that three times what lives is not three times what lived
		debug.SetGCPercent(200)
	}
}

// collectOften loads another version of the configuration beside the one that is
// live, and lets the heap grow by a third at a time meanwhile, where GOGC does
// not say how far. Ten thousand endpoints would have it grow by three times what
// reading them takes, and stay so large.
func collectOften(load func()) {
	if os.Getenv("GOGC") != "" {
		load()
		return
	}
	before := debug.SetGCPercent(33)
	load()
	runtime.GC()
	debug.SetGCPercent(before)
}
