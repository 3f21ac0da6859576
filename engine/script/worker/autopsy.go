package worker

import (
	"errors"

	"github.com/hookseal/hookseal/engine/webhook"
)

// errKilled reports a process that somebody else has killed.
var errKilled = errors.New("the script worker was killed")

// autopsy says why a process is dead, from what Go's runtime wrote when it ended
// the program and from how it ended.
func (g *guest) autopsy(p *process, err error) error {
	state := p.cmd.ProcessState
	switch {
	case p.overran.Load():
		return g.overrun(g.limits.Time)
	case errors.Is(err, errWire):
		return g.fault(webhook.GuestTrap, "the process that ran it answered wrongly: %v", err)
	case p.words.has("stack overflow", "stack exceeds"):
		return g.fault(webhook.GuestTrap, "nested too deep for the process that ran it")
	case p.words.has(starved()...):
		return g.fault(webhook.GuestMemory, "needed more than the limit of %d bytes", g.limits.Memory)
	case state != nil && killedByOthers(state):
		return errKilled
	}
	return g.fault(webhook.GuestTrap, "the process that ran it ended: %v%s", state, p.words.quoted())
}

// starved lists what Go's runtime says when it is refused memory. In places it
// goes on with a nil that it was given, and faults: no script can make it do so
// otherwise.
func starved() []string {
	return []string{"out of memory", "cannot allocate memory", "failed to create new OS thread", "pthread_create failed", "address space collisions", "failed to allocate", "SIGSEGV"}
}
