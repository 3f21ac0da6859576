//go:build unix && !linux

package worker

import (
	"os"
	"syscall"
)

const workingDirectory = "/"

func self() (string, error) { return os.Executable() }

// attributes give the process a group of its own, which the signals of a
// terminal do not reach.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// widen does nothing: the size of a pipe cannot be set.
func widen(*os.File) {}
