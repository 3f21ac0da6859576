//go:build !unix

package worker

import (
	"os"
	"syscall"
)

// workingDirectory is that of the server: there is no folder that is everywhere.
const workingDirectory = ""

func self() (string, error) { return os.Executable() }

func attributes() *syscall.SysProcAttr { return nil }

// killGroup kills a process. That it is gone is no error.
func killGroup(p *os.Process) { _ = p.Kill() }

// killedByOthers reports false: there are no signals.
func killedByOthers(*os.ProcessState) bool { return false }

// widen does nothing: the size of a pipe cannot be set.
func widen(*os.File) {}
