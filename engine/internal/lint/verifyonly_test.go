package lint

import (
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// heavy is what a program that only verifies does without. (The interfaces of
// database/sql/driver come with google/uuid; they are no database.)
var heavy = []string{
	"github.com/tetratelabs/wazero", "github.com/dop251/goja", "modernc.org/sqlite", "database/sql", "github.com/jackc/pgx/v5",
	"github.com/prometheus", "github.com/spf13",
}

// isHeavy reports whether a package or module belongs to one of heavy.
func isHeavy(path string) bool {
	for _, h := range heavy {
		if path == h || strings.Contains(h, ".") && strings.HasPrefix(path, h+"/") {
			return true
		}
	}
	return false
}

const verifyOnly = "./engine/internal/lint/testdata/verifyonly"

func TestVerifyOnlyLinksNoRuntime(t *testing.T) {
	watchSources(t)
	for _, pkg := range []string{"./engine", "./engine/catalog", "./engine/scheme", verifyOnly} {
		deps := strings.Fields(goTool(t, "list", "-deps", pkg))
		if len(deps) < 20 {
			t.Fatalf("go list -deps %s gave %d packages", pkg, len(deps))
		}
		for _, dep := range deps {
			if isHeavy(dep) {
				t.Errorf("%s links %s; hand it in from the outside", pkg, dep)
			}
		}
	}
}

// mostWeight bounds the verify-only program in bytes. On linux/amd64 it weighed
// 14.1 million when the bound was last raised, with every pack, the formats of
// public keys and structured fields;
// a server of net/http alone weighs 8.4 million.
const mostWeight = 15_000_000

func TestVerifyOnlyWeight(t *testing.T) {
	watchSources(t)
	program := filepath.Join(t.TempDir(), "verifyonly")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", program, verifyOnly)
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", build.Args, err, out)
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	var linked []string
	for _, m := range info.Deps {
		linked = append(linked, m.Path)
		if isHeavy(m.Path) {
			t.Errorf("the program links module %s; hand it in from the outside", m.Path)
		}
	}
	built, err := os.Stat(program)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("a program that only verifies weighs %d bytes with %s, and links the modules %v", built.Size(), info.GoVersion, linked)
	if built.Size() > mostWeight {
		t.Errorf("the program weighs %d bytes, want at most %d; see what came in with go list -deps %s, or raise the bound with its reason", built.Size(), mostWeight, verifyOnly)
	}
}
