package telemetry

import (
	"strings"
	"sync"
)

// otherSecrets stands for the labels beyond those that a source may have.
const otherSecrets = "other"

// labelsPerSource is how many secrets of a source are told apart. A source of
// secrets that labels each customer's must not make the metrics grow with them.
const labelsPerSource = 32

// secretLabels bounds the labels of secrets, which a source of secrets chooses.
type secretLabels struct {
	mu    sync.Mutex
	known map[string]map[string]bool
}

// bound returns the label as text, or other once the source has as many as it may.
func (l *secretLabels) bound(source, label string) string {
	label = strings.ToValidUTF8(label, "\ufffd") // the library panics at another
	l.mu.Lock()
	defer l.mu.Unlock()
	known := l.known[source]
	switch {
	case known[label]:
		return label
	case len(known) >= labelsPerSource:
		return otherSecrets
	case known == nil:
		if l.known == nil {
			l.known = map[string]map[string]bool{}
		}
		known = map[string]bool{}
		l.known[source] = known
	}
	known[label] = true
	return label
}
