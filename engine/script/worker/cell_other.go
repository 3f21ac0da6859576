//go:build !linux

package worker

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// bound is the limit that the process itself keeps, since no limit of the kernel
// counts what Go maps: it looks every few milliseconds while a script runs.
type bound struct{ start, growth int64 }

// confine bounds the memory of the process.
func confine(memory int64) (*cell, error) {
	signal.Ignore(os.Interrupt, syscall.SIGTERM)
	c := newCell(memory)
	c.bound.start = c.start
	c.set(0)
	return c, nil
}

func (b *bound) allow(growth int64) { b.growth = growth }

// watch runs a call, and ends the process if it takes too much.
func (c *cell) watch(call func()) {
	ended := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		ticks := time.NewTicker(2 * time.Millisecond)
		defer ticks.Stop()
		for {
			select {
			case <-ended:
				return
			case <-ticks.C:
				if mapped() > c.bound.start+c.bound.growth {
					fmt.Fprintln(os.Stderr, "script worker: out of memory")
					os.Exit(2)
				}
			}
		}
	}()
	call()
	close(ended)
	<-watched
}
