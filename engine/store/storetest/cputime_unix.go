//go:build unix

package storetest

import (
	"syscall"
	"time"
)

// CPUTime is what the process has used of the processors so far, zero where the
// system does not say.
func CPUTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
