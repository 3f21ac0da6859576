package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
)

const deployFolder = "../../docs/deploy"

// tool returns the path of a program that a test drives; without it the test is
// skipped, and fails where all of them must be.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("HOOKSEAL_CI") != "" {
			t.Fatalf("%s is missing; .ci/install has it", name)
		}
		t.Skipf("%s is missing", name)
	}
	return path
}

// systemd reads the unit without a complaint, and finds little that the service
// could do beyond its work.
func TestUnit(t *testing.T) {
	analyze := tool(t, "systemd-analyze")
	text, err := os.ReadFile(filepath.Join(deployFolder, "hookseal.service"))
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	unit := filepath.Join(t.TempDir(), "hookseal.service")
	if err := os.WriteFile(unit, bytes.ReplaceAll(text, []byte("/usr/local/bin/hookseal"), []byte(self)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"verify", unit},
		{"security", "--offline=true", "--threshold=20", "--no-pager", unit},
	} {
		out, err := exec.CommandContext(t.Context(), analyze, args...).CombinedOutput()
		if err != nil || args[0] == "verify" && len(out) > 0 {
			t.Errorf("systemd-analyze %v: %v\n%s", args, err, out)
		}
	}
}

// The bill of materials names every module that is in the program.
func TestBillOfMaterials(t *testing.T) {
	jq := tool(t, "jq")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	info, err := exec.CommandContext(t.Context(), "go", "version", "-m", "-json", self).Output()
	if err != nil {
		t.Fatal(err)
	}
	filter := exec.CommandContext(t.Context(), jq, "--arg", "version", "0.1.0", "-f", filepath.Join(deployFolder, "sbom.jq"))
	filter.Stdin = bytes.NewReader(info)
	out, err := filter.Output()
	if err != nil {
		t.Fatal(err)
	}
	var bill struct {
		BOMFormat  string
		Components []struct{ Name, Version, PURL string }
	}
	if err := json.Unmarshal(out, &bill); err != nil {
		t.Fatal(err)
	}
	build, ok := debug.ReadBuildInfo()
	if !ok || len(build.Deps) == 0 {
		t.Fatal("the test knows nothing of its modules")
	}
	want := []string{"std"}
	for _, dep := range build.Deps {
		want = append(want, dep.Path)
	}
	var got []string
	for _, c := range bill.Components {
		got = append(got, c.Name)
		if c.Version == "" || !strings.HasPrefix(c.PURL, "pkg:golang/"+c.Name+"@") {
			t.Errorf("%s: version %q, purl %q", c.Name, c.Version, c.PURL)
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if bill.BOMFormat != "CycloneDX" || !slices.Equal(got, want) {
		t.Errorf("%s names %q, want %q", bill.BOMFormat, got, want)
	}
}
