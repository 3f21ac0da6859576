//go:build unix

package pgserver

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// tick is the unit in which Linux tells the time of a processor to programs.
const tick = 10 * time.Millisecond

// CPUTime is what the processes of the server have used of the processors since
// they began, in steps of 10 ms; zero where the system does not tell.
func (s *Server) CPUTime() time.Duration {
	links, err := filepath.Glob("/proc/[0-9]*/cwd")
	if err != nil {
		return 0
	}
	var ticks int64
	for _, link := range links {
		if dir, err := os.Readlink(link); err != nil || dir != s.data() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(filepath.Dir(link), "stat"))
		if err != nil {
			continue // gone meanwhile
		}
		// The fields after the name in parentheses begin with the third; 14 and 15
		// are the process's own time, 16 and 17 that of its children that ended.
		fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
		for _, n := range []int{14, 15, 16, 17} {
			if n-3 < len(fields) {
				used, _ := strconv.ParseInt(string(fields[n-3]), 10, 64)
				ticks += used
			}
		}
	}
	return time.Duration(ticks) * tick
}
