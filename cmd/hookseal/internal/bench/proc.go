package bench

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// tick is the unit in which Linux tells the time of a processor to programs.
const tick = 10 * time.Millisecond

// cpuTime is what a process has used of the processors, in steps of 10 ms; zero
// where the system does not tell.
func cpuTime(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	// The fields after the name in parentheses begin with the third; 14 and 15 are
	// the process's time.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	var used int64
	for _, n := range []int{14, 15} {
		if n-3 < len(fields) {
			ticks, err := strconv.ParseInt(string(fields[n-3]), 10, 64)
			if err != nil {
				return 0
			}
			used += ticks
		}
	}
	return time.Duration(used) * tick
}

// peakMemory is the most that a process has held in memory, in bytes; zero where
// the system does not tell.
func peakMemory(pid int) int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			if err != nil {
				return 0
			}
			return kib << 10
		}
	}
	return 0
}

// loadAverage is the system's, empty where it does not tell.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
