package worker

import (
	"os"
	"syscall"
)

const workingDirectory = "/"

// self is this very program, also where its file was replaced since.
func self() (string, error) {
	const link = "/proc/self/exe"
	if _, err := os.Stat(link); err != nil {
		return os.Executable()
	}
	return link, nil
}

// attributes give the process a group of its own, which the signals of a
// terminal do not reach, and have it end with its parent.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// widen lets a pipe hold a large message, so that the two sides need not take
// turns. A system that refuses leaves it as it was.
func widen(pipe *os.File) {
	conn, err := pipe.SyscallConn()
	if err != nil {
		return
	}
	const setPipeSize = 1031
	_ = conn.Control(func(fd uintptr) {
		_, _, _ = syscall.Syscall(syscall.SYS_FCNTL, fd, setPipeSize, 1<<20)
	})
}
