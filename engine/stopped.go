package engine

import (
	"context"

	"github.com/hookseal/hookseal/engine/internal/receive"
	"github.com/hookseal/hookseal/engine/store"
)

// Stop is why an intake has stopped: [StopBacklog] or [StopDisk].
type Stop = receive.Stop

// The reasons to stop.
const (
	// StopBacklog: as many deliveries are open as [Limits].Backlog.
	StopBacklog = receive.StopBacklog
	// StopDisk: the disk of the store has less room than [Limits].FreeDisk.
	StopDisk = receive.StopDisk
)

// Stopped returns why [Engine.Handler] and [Engine.Publish] take nothing at
// present, empty if they do. It asks the store, at most twice a second.
func (e *Engine) Stopped() Stop {
	if e.store == nil {
		return ""
	}
	return e.gate.Stopped()
}

func (e *Engine) openGate() {
	e.gate.Open, e.gate.Logger = e.openDeliveries, e.fixed.Logger
	if disk, ok := e.fixed.Store.(store.Disk); ok {
		e.gate.Free = disk.Free
	}
}

// openDeliveries counts those that are not final.
func (e *Engine) openDeliveries(ctx context.Context) (open int64, err error) {
	counts, err := e.fixed.Store.Counts(ctx)
	for state, n := range counts {
		if !state.Final() {
			open += n
		}
	}
	return open, err
}
