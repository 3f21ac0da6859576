package worker

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/hookseal/hookseal/engine/webhook"
)

func kill(t testing.TB, pid int) {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Errorf("kill %d: %v", pid, err)
	}
}

// children lists the processes that this one has started and not waited for.
func children(t testing.TB) []int {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended since
		}
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if fields[1] == strconv.Itoa(os.Getpid()) {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file)))
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
	}
	return pids
}

// running reports whether a process is there and not only its number.
func running(pid int) bool {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(text), ") Z ")
}

func procFile(t *testing.T, pid int, name string) string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A worker has its pipes, and nothing else of the server's: no variable, no file,
// no way to open one.
func TestWorkerHasNothing(t *testing.T) {
	t.Setenv("HOOKSEAL_TEST_SECRET", "whsec_of_the_server")
	leaked, err := syscall.Open("/etc/passwd", syscall.O_RDONLY, 0) // without O_CLOEXEC
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(leaked)
	l := newLoader(1)
	g := load(t, l, "t.js", `export default (event) => { JSON.parse(event.body); return { data: [new Date(), /x/.test("x"), digest("sha256", "x")] } }`, roomy)
	if _, err := g.Transform(t.Context(), event("1"), webhook.TransformContext{}); err != nil {
		t.Fatal(err)
	}
	pid := l.pids()[0]
	variables := strings.FieldsFunc(procFile(t, pid, "environ"), func(r rune) bool { return r == 0 })
	if want := environment(); !slices.Equal(variables, want) {
		t.Errorf("environment = %q, want %q", variables, want)
	}
	open, err := os.ReadDir(fmt.Sprintf("/proc/%d/fd", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, fd := range open {
		link, err := os.Readlink(fmt.Sprintf("/proc/%d/fd/%s", pid, fd.Name()))
		pipe := strings.HasPrefix(link, "pipe:") && fd.Name() <= "2" && len(fd.Name()) == 1
		if err != nil || !pipe && link != "anon_inode:[eventpoll]" && link != "anon_inode:[eventfd]" {
			t.Errorf("file %s is %s, %v", fd.Name(), link, err)
		}
	}
	if group, err := syscall.Getpgid(pid); group != pid || err != nil {
		t.Errorf("process group = %d, %v, want %d", group, err, pid)
	}
	if dir, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid)); dir != "/" || err != nil {
		t.Errorf("working directory = %s, %v", dir, err)
	}
	const getNoNewPrivileges = 39
	_, _, errno := syscall.AllThreadsSyscall(syscall.SYS_PRCTL, getNoNewPrivileges, 0, 0)
	if has := strings.Contains(procFile(t, pid, "status"), "NoNewPrivs:\t1\n"); !has && errno != syscall.ENOTSUP {
		t.Error("the worker may gain privileges")
	}
	if score := procFile(t, pid, "oom_score_adj"); score != "1000\n" {
		t.Errorf("oom_score_adj = %q, want 1000", score)
	}
	limits := procFile(t, pid, "limits")
	for _, name := range []string{"Max open files", "Max core file size", "Max file size"} {
		if fields := strings.Fields(limits[strings.Index(limits, name)+len(name):]); fields[0] != "0" || fields[1] != "0" {
			t.Errorf("%s = %v, want 0", name, fields[:2])
		}
	}
	for _, name := range []string{"Max data size", "Max address space"} {
		if fields := strings.Fields(limits[strings.Index(limits, name)+len(name):]); fields[0] == "unlimited" {
			t.Errorf("%s is unlimited", name)
		}
	}
}

// A worker at work ends with its server, however that ends.
func TestWorkerEndsWithItsServer(t *testing.T) {
	server := exec.Command(os.Args[0], asServer)
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Scan()
	pid, err := strconv.Atoi(lines.Text())
	if err != nil {
		t.Fatal(err)
	}
	lines.Scan()
	if lines.Text() != "on" || !running(pid) {
		t.Fatalf("the server says %q", lines.Text())
	}
	kill(t, server.Process.Pid)
	if err := server.Wait(); err == nil {
		t.Error("the server ended well")
	}
	polled(t, "the end of the worker", func() bool { return !running(pid) })
}

// A process that somebody else kills is replaced, during a call too.
func TestKilledByOthers(t *testing.T) {
	l := newLoader(1)
	g := load(t, l, "t.js", `export default (event) => { console.log("on"); for (let i = 0; i < 3e5; i++); return event }`, roomy)
	for _, tt := range []struct {
		kills int
		kind  webhook.GuestErrorKind
	}{{1, ""}, {2, webhook.GuestMemory}, {0, ""}} {
		kills := tt.kills
		_, err := g.Transform(t.Context(), event("1"), webhook.TransformContext{Log: func(string, string) {
			if kills--; kills >= 0 {
				kill(t, children(t)[0])
			}
		}})
		if tt.kind == "" && err != nil || tt.kind != "" && faultOf(t, err).Kind != tt.kind {
			t.Errorf("Transform under %d kills = %v, want the kind %q", tt.kills, err, tt.kind)
		}
	}
	kill(t, l.pids()[0])
	polled(t, "the end of an idle process", func() bool { return len(children(t)) == 0 })
	if _, err := g.Transform(t.Context(), event("1"), webhook.TransformContext{}); err != nil {
		t.Errorf("Transform after an idle process was killed = %v", err)
	}
}

// A service manager signals every process of a service. The server then drains,
// with the workers that it has.
func TestSignalsToTheServiceAreTheServersAffair(t *testing.T) {
	l := newLoader(1)
	g := load(t, l, "t.js", `export default (event) => event`, roomy)
	pid := l.pids()[0]
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP} {
		if err := syscall.Kill(pid, signal); err != nil {
			t.Fatal(err)
		}
		if _, err := g.Transform(t.Context(), event("1"), webhook.TransformContext{}); err != nil {
			t.Errorf("Transform after %v = %v", signal, err)
		}
	}
	if pids := l.pids(); len(pids) != 1 || pids[0] != pid {
		t.Errorf("processes = %v, want %d alone", pids, pid)
	}
}

// Killing workers leaves no process, no file and no goroutine behind.
//
// HOOKSEAL_KILLS sets how often (20).
func TestKillsLeaveNothing(t *testing.T) {
	kills := 20
	if text := os.Getenv("HOOKSEAL_KILLS"); text != "" {
		var err error
		if kills, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	l := newLoader(2)
	count := func() string {
		runtime.GC()
		files, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%d files, %d goroutines, %d children", len(files), runtime.NumGoroutine(), len(children(t)))
	}
	code := webhook.GuestCode{Name: "t.js", Code: []byte(`export default (event) => event.data ? event : { data: new ArrayBuffer(2 ** 31) }`)}
	round := func(kills int) {
		g, err := l.Load(t.Context(), code)
		if err != nil {
			t.Fatal(err)
		}
		for range kills {
			if _, err := g.Transform(t.Context(), event("0"), webhook.TransformContext{}); faultOf(t, err).Kind != webhook.GuestMemory {
				t.Fatalf("Transform = %v, want memory", err)
			}
			if _, err := g.Transform(t.Context(), event("1"), webhook.TransformContext{}); err != nil {
				t.Fatalf("the call after = %v", err)
			}
		}
		if err := g.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	round(1)
	want := count()
	round(kills)
	polled(t, "the count of before, "+want, func() bool { return count() == want })
}
