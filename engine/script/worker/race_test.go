//go:build race

package worker

// raced says that the race detector is on. It takes several times the memory of
// the program, and limits that are made for the program do not fit.
const raced = true
