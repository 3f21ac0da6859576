//go:build unix

package worker

import (
	"os"
	"syscall"
)

// killGroup kills a process and what it may have started. That either is gone is
// no error.
func killGroup(p *os.Process) {
	_ = syscall.Kill(-p.Pid, syscall.SIGKILL)
	_ = p.Kill()
}

// killedByOthers reports whether the process was ended by a signal.
func killedByOthers(s *os.ProcessState) bool {
	status, ok := s.Sys().(syscall.WaitStatus)
	return ok && status.Signaled()
}
