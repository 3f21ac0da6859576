package scripts_test

import (
	"os"
	"os/exec"
	"testing"
)

// The scripts keep to the types of hookseal.d.ts, and testdata/types uses all of
// them.
func TestTypes(t *testing.T) {
	tsc, err := exec.LookPath("tsc")
	if err != nil {
		if os.Getenv("HOOKSEAL_CI") != "" {
			t.Fatal("tsc, the TypeScript compiler, is not installed")
		}
		t.Skip("tsc, the TypeScript compiler, is not installed")
	}
	if out, err := exec.Command(tsc, "--noEmit", "--pretty", "false", "--project", ".").CombinedOutput(); err != nil {
		t.Errorf("tsc: %v\n%s", err, out)
	}
}
