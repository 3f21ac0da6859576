//go:build race

package catalog

// slower is by how much the race detector may slow what is timed.
const slower = 20
