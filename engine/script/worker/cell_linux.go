package worker

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// bound is the two limits of the kernel, on memory that can be written and on
// the address space. Both hold wherever the memory is asked for, and Go's runtime
// then gives up at once. The first counts what is in use. It lets one step of any
// size pass though, since Go maps over what it has reserved, which the kernel
// takes for a replacement. The second refuses to reserve: by arenas, so that it
// is coarse.
type bound struct {
	// data and address are what the process had of either when it started.
	data, address int64
}

// arena is what Go reserves at a time, in bytes.
const arena = 64 << 20

// confine takes from the process what running scripts does not need.
func confine(memory int64) (*cell, error) {
	if err := closeInherited(); err != nil {
		return nil, err
	}
	// A call opens files: the time zone, and what timers wait with.
	_, _ = time.Now().Zone()
	<-time.After(time.Microsecond)
	// A service manager signals every process of a service. The server drains,
	// and needs its workers for that.
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	// Where there is no such file, the kernel chooses for itself.
	_ = os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
	startThreads(8)
	c := newCell(memory)
	var err error
	if c.bound, err = counted(); err != nil {
		return nil, err
	}
	c.set(0)
	for _, resource := range []int{syscall.RLIMIT_CORE, syscall.RLIMIT_FSIZE, syscall.RLIMIT_NOFILE} {
		// No file, no connection: what is open stays so, and nothing else opens.
		if err := syscall.Setrlimit(resource, &syscall.Rlimit{}); err != nil {
			return nil, fmt.Errorf("limit resource %d: %w", resource, err)
		}
	}
	// All threads at once cannot be done in a program that is linked with C.
	const setNoNewPrivileges = 38
	if _, _, errno := syscall.AllThreadsSyscall(syscall.SYS_PRCTL, setNoNewPrivileges, 1, 0); errno != 0 && errno != syscall.ENOTSUP {
		return nil, fmt.Errorf("forgo privileges: %w", errno)
	}
	return c, nil
}

// closeInherited closes what the server had open without saying that it is its own
// affair, as a service manager or a library in C does. Go's own are of the kind
// anon_inode.
func closeInherited() error {
	const dir = "/proc/self/fd"
	open, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range open {
		fd, err := strconv.Atoi(entry.Name())
		link, linkErr := os.Readlink(dir + "/" + entry.Name())
		if err != nil || linkErr != nil || fd <= 2 || strings.HasPrefix(link, "anon_inode:") {
			continue // such as the folder itself, which is closed by now
		}
		if err := syscall.Close(fd); err != nil {
			return fmt.Errorf("close %s: %w", link, err)
		}
	}
	return nil
}

// startThreads has so many threads started, which Go then keeps: more than a
// script and the collector need. Their stacks count, in a program with C by 8 MB
// each, and would be taken from what scripts may have.
func startThreads(n int) {
	var all, done sync.WaitGroup
	all.Add(n)
	for range n {
		done.Go(func() {
			runtime.LockOSThread()
			defer runtime.UnlockOSThread()
			all.Done()
			all.Wait()
		})
	}
	done.Wait()
}

// counted reads what the kernel counts against the limits.
func counted() (bound, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return bound{}, err
	}
	var size, resident, shared, code, libraries, data int64
	if _, err := fmt.Sscan(string(text), &size, &resident, &shared, &code, &libraries, &data); err != nil {
		return bound{}, fmt.Errorf("/proc/self/statm is %q: %w", text, err)
	}
	page := int64(os.Getpagesize())
	return bound{data: data * page, address: size * page}, nil
}

// allow lets the process grow by so many bytes over its start.
func (b *bound) allow(growth int64) {
	setLimit(syscall.RLIMIT_DATA, b.data+growth)
	setLimit(syscall.RLIMIT_AS, b.address+(growth+arena-1)/arena*arena)
}

// setLimit sets what holds now, and leaves alone how far it may be raised.
func setLimit(resource int, bytes int64) {
	var limit syscall.Rlimit
	err := syscall.Getrlimit(resource, &limit)
	if err == nil {
		limit.Cur = min(uint64(bytes), limit.Max)
		err = syscall.Setrlimit(resource, &limit)
	}
	if err != nil {
		// Without the limit no script may run.
		panic(fmt.Sprintf("limit resource %d to %d bytes: %v", resource, bytes, err))
	}
}

// watch runs a call, which the kernel watches.
func (*cell) watch(call func()) { call() }
