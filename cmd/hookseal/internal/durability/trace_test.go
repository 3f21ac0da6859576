package durability

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// recording says how a server runs under strace.
type recording struct {
	strace, addr string
	// options are further ones of strace.
	options []string
	command []string
}

const tracedCalls = "trace=read,write,pwrite64,fsync,fdatasync,ftruncate,fallocate,open,openat,close,unlink,unlinkat,rename,renameat,renameat2,accept4"

// recorded returns the system calls of a server while load runs, which is then
// ended by a signal.
func recorded(t *testing.T, r recording, load func(), end syscall.Signal) []string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "trace")
	args := append([]string{"-f", "-o", out, "-e", tracedCalls}, r.options...)
	s := start(t, r.addr, r.strace, append(append(args, "--"), r.command...)...)
	load()
	s.kill(t, end)
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(data), "\n")
}

// call is one system call, with the lines at which it began and returned.
type call struct {
	name string
	// fd is the first argument, -1 if that is no number.
	fd         int
	text       string
	began, end int
	result     int
}

func (c call) ok() bool { return c.result >= 0 }

var (
	whole      = regexp.MustCompile(`^(\d+) +(\w+)\((.*)\) += (-?\d+)`)
	unfinished = regexp.MustCompile(`^(\d+) +(\w+)\((.*) <unfinished \.\.\.>$`)
	resumed    = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+)`)
)

// calls reads a trace. A call that another thread interrupts in the trace stands
// on two lines; one that never returned ends after the last line, with an error.
func calls(lines []string) []call {
	var all []call
	open := map[string]int{}
	for i, line := range lines {
		if m := whole.FindStringSubmatch(line); m != nil {
			all = append(all, call{name: m[2], fd: leadingNumber(m[3]), text: m[3], began: i, end: i, result: toNumber(m[4])})
		} else if m := unfinished.FindStringSubmatch(line); m != nil {
			open[m[1]] = len(all)
			all = append(all, call{name: m[2], fd: leadingNumber(m[3]), text: m[3], began: i, end: len(lines), result: -1})
		} else if m := resumed.FindStringSubmatch(line); m != nil {
			if at, ok := open[m[1]]; ok && all[at].name == m[2] {
				all[at].end, all[at].result = i, toNumber(m[4])
				all[at].text += m[3]
				delete(open, m[1])
			}
		}
	}
	return all
}

// leadingNumber is the number that arguments begin with, -1 if there is none.
func leadingNumber(args string) int {
	first, _, _ := strings.Cut(args, ",")
	if n, err := strconv.Atoi(first); err == nil {
		return n
	}
	return -1
}

// toNumber reads digits that a pattern has found.
func toNumber(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}
