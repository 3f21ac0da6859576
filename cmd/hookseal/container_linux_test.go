package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// containers is podman with a store of its own.
type containers struct {
	t   *testing.T
	env []string
}

func newContainers(t *testing.T) *containers {
	t.Helper()
	tool(t, "podman")
	dir := t.TempDir()
	for name, text := range map[string]string{
		"storage.conf": fmt.Sprintf("[storage]\ndriver = \"vfs\"\ngraphroot = %q\nrunroot = %q\n", dir+"/graph", dir+"/run"),
		// Its own limits, since podman's defaults may be more than this machine gives.
		"containers.conf": "[containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=1024:1024\"]\n" +
			"[engine]\ncgroup_manager = \"cgroupfs\"\nevents_logger = \"file\"\nruntime = \"runc\"\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := &containers{t: t, env: []string{"CONTAINERS_STORAGE_CONF=" + dir + "/storage.conf", "CONTAINERS_CONF=" + dir + "/containers.conf"}}
	t.Cleanup(func() { c.run("rm", "--force", "--all", "--time", "0") })
	return c
}

func (c *containers) command(args ...string) *exec.Cmd {
	command := exec.Command("podman", args...)
	command.Env = append(os.Environ(), c.env...)
	return command
}

// run returns what a command prints; without systemd podman complains of timers on
// standard error.
func (c *containers) run(args ...string) string {
	c.t.Helper()
	out, err := c.command(args...).Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		c.t.Errorf("podman %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// container builds the image as its file says, and runs it: as a user who is not
// root, with nothing to write to but its volume, until SIGTERM.
func container(t *testing.T, release string) {
	c := newContainers(t)
	certificates, err := os.ReadFile("/etc/ssl/certs/ca-certificates.crt")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(release, "ca-certificates.crt"), certificates, 0o644); err != nil {
		t.Fatal(err)
	}
	c.run("build", "--quiet", "--format", "docker", "-f", filepath.Join(deployFolder, "Containerfile"), "-t", "hookseal", release)
	if t.Failed() {
		return
	}
	image := c.run("image", "mount", "hookseal")
	if got, want := imageFiles(t, image), []string{"etc/ssl/certs/ca-certificates.crt", "usr/local/bin/hookseal"}; !slices.Equal(got, want) {
		t.Errorf("the image holds %q, want %q", got, want)
	}

	s := newSinkAt(t, "0.0.0.0:0")
	_, port, err := net.SplitHostPort(s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	deployedAt(t, dir, "0.0.0.0:8080", `allow_hosts = ["host.containers.internal"]`, "env:CHAINDOC_SECRET", "http://host.containers.internal:"+port+"/hooks")
	c.run("run", "--detach", "--name", "hs", "--read-only", "--read-only-tmpfs=false", "--cap-drop", "all", "-p", "127.0.0.1::8080",
		"-v", "hookseal:/var/lib/hookseal", "-v", dir+":/etc/hookseal:ro",
		"--env", "CHAINDOC_SECRET="+deployedSecret, "hookseal")
	c.untilHealthy("hs")
	if t.Failed() {
		t.Fatalf("the container is not healthy: %s", c.log("hs"))
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(c.log("hs"))
		}
	})
	delivers(t, c.run("port", "hs", "8080"), "first", s)
	c.confined("hs")

	c.run("stop", "--time", "20", "hs")
	if got := c.run("inspect", "hs", "--format", "{{.State.Status}} {{.State.ExitCode}}"); got != "exited 0" {
		t.Errorf("after SIGTERM the container is %s, want exited 0", got)
	}
	if log := c.log("hs"); !strings.Contains(log, "msg=stopped") || strings.Contains(log, deployedSecret) {
		t.Errorf("the log has no end, or a secret: %s", log)
	}
	c.run("start", "hs")
	c.untilHealthy("hs")
	delivers(t, c.run("port", "hs", "8080"), "second", s)
}

// imageFiles returns the regular files below a folder.
func imageFiles(t *testing.T, dir string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			paths = append(paths, strings.TrimPrefix(path, dir+"/"))
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	return paths
}

// untilHealthy asks the health check of the image until it says yes.
func (c *containers) untilHealthy(name string) {
	c.t.Helper()
	var out []byte
	for range 50 {
		var err error
		if out, err = c.command("healthcheck", "run", name).CombinedOutput(); err == nil {
			return
		}
	}
	c.t.Errorf("podman healthcheck run: %s", out)
}

// log is what the container wrote, on standard error.
func (c *containers) log(name string) string {
	c.t.Helper()
	out, err := c.command("logs", name).CombinedOutput()
	if err != nil {
		c.t.Errorf("podman logs: %v", err)
	}
	return string(out)
}

// confined checks what the server of a container may do.
func (c *containers) confined(name string) {
	c.t.Helper()
	var about []struct {
		State struct{ Pid int }
	}
	if err := json.Unmarshal([]byte(c.run("inspect", name)), &about); err != nil || len(about) != 1 {
		c.t.Fatalf("podman inspect: %v", err)
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", about[0].State.Pid))
	if err != nil {
		c.t.Fatal(err)
	}
	status := statusFields(string(text))
	for field, want := range map[string]string{"Uid": "65532", "Gid": "65532", "CapEff": "0000000000000000", "CapBnd": "0000000000000000", "Seccomp": "2"} {
		if got := strings.Fields(status[field]); len(got) == 0 || got[0] != want {
			c.t.Errorf("%s of the server = %q, want %s", field, status[field], want)
		}
	}
}

// statusFields returns the fields of a /proc/PID/status.
func statusFields(text string) map[string]string {
	fields := map[string]string{}
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, ":")
		fields[name] = strings.TrimSpace(value)
	}
	return fields
}
