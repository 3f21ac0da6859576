package plugins_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestVectorsStayOut builds a program that verifies and never proves a pack: it
// must not carry the vectors, which are most of what is embedded.
func TestVectorsStayOut(t *testing.T) {
	program := filepath.Join(t.TempDir(), "verifyonly")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", program, "./engine/internal/lint/testdata/verifyonly")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", build.Args, err, out)
	}
	text, err := os.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(text, []byte("https://docs.stripe.com/webhooks/signature")) {
		t.Fatal("the packs themselves are not in the program, so that this test proves nothing")
	}
	if bytes.Contains(text, []byte("computed with Node.js crypto")) {
		t.Error("the program carries the vectors; only Pack.Vectors may reach plugins.Vectors")
	}
}
