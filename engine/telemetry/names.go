package telemetry

import "sync"

// otherNames stands for the names beyond those that are told apart.
const otherNames = "other"

// namesTold is how many endpoints, and how many subscriptions, are told apart. A
// configuration with ten thousand of them would make as many of each metric, and
// sixteen times as many of a histogram.
const namesTold = 1000

// names bounds a label whose values are names of the configuration. The zero value
// knows none yet.
type names struct {
	mu    sync.Mutex
	known map[string]bool
}

// bound returns the name, or other once as many are known as may be.
func (n *names) bound(name string) string {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.known[name]:
		return name
	case len(n.known) >= namesTold:
		return otherNames
	case n.known == nil:
		n.known = map[string]bool{}
	}
	n.known[name] = true
	return name
}
