package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// systemd is one that runs with nothing but the unit of docs/deploy, in namespaces
// of its own.
type systemd struct {
	t *testing.T
	// pid is its process, as this machine sees it.
	pid string
}

func newSystemd(t *testing.T, program, etc string) *systemd {
	t.Helper()
	unit := filepath.Join(deployFolder, "hookseal.service")
	group := newControlGroup(t)
	boot := exec.Command("unshare", "--fork", "--kill-child", "--pid", "--mount", "--cgroup", "--uts", "--ipc",
		filepath.Join("testdata", "systemd", "boot"), t.TempDir(), program, unit, etc)
	boot.SysProcAttr = &syscall.SysProcAttr{UseCgroupFD: true, CgroupFD: int(group.Fd())}
	said := new(strings.Builder)
	boot.Stdout, boot.Stderr = said, said
	if err := boot.Start(); err != nil {
		t.Fatal(err)
	}
	s := &systemd{t: t}
	t.Cleanup(func() {
		// With its first process ends a namespace, and with that unshare.
		if pid, err := strconv.Atoi(s.pid); err != nil || syscall.Kill(pid, syscall.SIGKILL) != nil {
			_ = boot.Process.Kill()
		}
		_ = boot.Wait() // it was killed
		if t.Failed() {
			t.Logf("systemd was booted: %s", said)
		}
	})
	for late := time.Now().Add(20 * time.Second); !s.booted(boot.Process.Pid); {
		if time.Now().After(late) {
			t.Fatal("systemd does not come up")
		}
	}
	return s
}

// booted reports whether systemd is there, as the child of unshare, and has started
// its journal.
func (s *systemd) booted(unshare int) bool {
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%[1]d/children", unshare))
	if err != nil {
		return false
	}
	s.pid = strings.TrimSpace(string(children))
	// Before that it is a script that still sees this machine's own systemd.
	name, err := os.ReadFile("/proc/" + s.pid + "/comm")
	return err == nil && string(name) == "systemd\n" && s.in("systemctl", "start", "systemd-journald").Run() == nil
}

// newControlGroup makes a cgroup (version 2), which the test ends without.
func newControlGroup(t *testing.T) *os.File {
	t.Helper()
	root := "/sys/fs/cgroup/unified" // beside those of version 1
	if _, err := os.Stat(root); err != nil {
		root = "/sys/fs/cgroup"
	}
	dir, err := os.MkdirTemp(root, "hookseal-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("find", dir, "-depth", "-type", "d", "-exec", "rmdir", "{}", "+").CombinedOutput(); err != nil {
			t.Errorf("rmdir: %v %s", err, out)
		}
	})
	group, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { group.Close() })
	return group
}

// in is a command within systemd's namespaces.
func (s *systemd) in(args ...string) *exec.Cmd {
	return exec.Command("nsenter", append([]string{"--target", s.pid, "--pid", "--mount", "--cgroup", "--uts", "--ipc", "--root", "--wd", "--"}, args...)...)
}

func (s *systemd) run(args ...string) string {
	s.t.Helper()
	out, err := s.in(args...).CombinedOutput()
	if err != nil {
		log, _ := s.in("journalctl", "--no-pager", "-u", "hookseal").CombinedOutput()
		s.t.Fatalf("%s: %v\n%s\n%s", strings.Join(args, " "), err, out, log)
	}
	return strings.TrimSpace(string(out))
}

// property is what systemctl show says of the service.
func (s *systemd) property(name string) string {
	s.t.Helper()
	return s.run("systemctl", "show", "--property", name, "--value", "hookseal")
}

// logged waits until the journal of the service has a text.
func (s *systemd) logged(text string) {
	s.t.Helper()
	for late := time.Now().Add(20 * time.Second); !strings.Contains(s.run("journalctl", "--no-pager", "-u", "hookseal"), text); {
		if time.Now().After(late) {
			s.t.Fatalf("the journal has no %q: %s", text, s.run("journalctl", "--no-pager", "-u", "hookseal"))
		}
	}
}

// service runs the unit: it is ready when it says so, reads a credential, reloads,
// is started again when it was killed, can do nothing beside its work, stops, and goes
// on with a backup.
func service(t *testing.T, program string) {
	for _, name := range []string{"unshare", "nsenter", "setpriv", "journalctl", "/lib/systemd/systemd"} {
		tool(t, name)
	}
	sink, address := newSink(t), freeAddress(t)
	etc := t.TempDir()
	deployedAt(t, etc, address, `allow_networks = ["127.0.0.0/8"]`, "file:/run/credentials/hookseal.service/secret_chaindoc", sink.URL)
	if err := os.Mkdir(filepath.Join(etc, "secrets"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(etc, "secrets", "chaindoc"), []byte(deployedSecret), 0o600); err != nil {
		t.Fatal(err)
	}
	s := newSystemd(t, program, etc)

	const config = "/etc/hookseal/hookseal.toml"
	s.run("systemctl", "start", "hookseal")
	s.run("hookseal", "check", "--config", config)
	delivers(t, address, "first", sink)
	s.confined()

	s.run("bash", "-c", `printf '\n[source.more]\nprovider = "none"\n' >>`+config)
	before := s.property("MainPID")
	s.run("systemctl", "reload", "hookseal")
	s.logged("configuration: source added")
	if after := s.property("MainPID"); after != before {
		t.Errorf("the process after a reload is %s, want %s", after, before)
	}

	s.run("systemctl", "kill", "--signal", "KILL", "hookseal")
	for late := time.Now().Add(20 * time.Second); s.property("NRestarts") != "1" || s.property("ActiveState") != "active"; {
		if time.Now().After(late) {
			t.Fatalf("after kill -9 the service is %s", s.property("ActiveState"))
		}
	}
	delivers(t, address, "second", sink)

	s.run("hookseal", "backup", "--config", config, "/root/copy.db")
	s.run("systemctl", "stop", "hookseal")
	if got := s.property("ActiveState") + " " + s.property("Result"); got != "inactive success" {
		t.Errorf("the service has ended as %s, want inactive success", got)
	}
	s.logged("msg=stopped")

	s.run("bash", "-c", "cd /var/lib/hookseal && rm hookseal.db* && cp /root/copy.db hookseal.db && chown --reference=. hookseal.db")
	s.run("systemctl", "start", "hookseal")
	if list := s.run("hookseal", "deliveries", "list", "--config", config, "--state", "delivered"); strings.Count(list, " crm ") != 4 {
		t.Errorf("deliveries after the restoring of a backup = %s, want 4", list)
	}
}

// confined checks what the unit promises about its process.
func (s *systemd) confined() {
	s.t.Helper()
	inside := s.property("MainPID")
	fields := statusFields(s.run("cat", "/proc/"+inside+"/status"))
	for field, want := range map[string]string{"CapEff": "0000000000000000", "CapBnd": "0000000000000000", "NoNewPrivs": "1", "Seccomp": "2"} {
		if fields[field] != want {
			s.t.Errorf("%s of the service = %q, want %s", field, fields[field], want)
		}
	}
	user, _, _ := strings.Cut(fields["Uid"], "\t")
	if id, err := strconv.Atoi(user); err != nil || id < 61184 || id > 65519 {
		s.t.Errorf("the service is user %q, want a dynamic one", user)
	}
	if got := s.run("stat", "--format", "%a %u", "/var/lib/private/hookseal"); got != "700 "+user {
		s.t.Errorf("the folder of the store is %s, want 700 %s", got, user)
	}
	within := []string{"nsenter", "--target", inside, "--mount", "--"}
	// Root is kept from writing by nothing but what the unit mounts.
	for path, want := range map[string]bool{
		"/var/lib/hookseal": true, "/tmp": true,
		"/": false, "/etc/hookseal": false, "/usr/local/bin": false, "/home": false, "/var/lib": false,
	} {
		if got := s.in(append(within, "test", "-w", path)...).Run() == nil; got != want {
			s.t.Errorf("the service can write to %s: %v, want %v", path, got, want)
		}
	}
	if s.in(append(within, "setpriv", "--reuid", user, "--clear-groups", "ls", "/etc/hookseal/secrets")...).Run() == nil {
		s.t.Error("the service can list /etc/hookseal/secrets")
	}
}
