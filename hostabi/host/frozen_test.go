package host

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hookseal/hookseal/hostabi"
)

// surface is version 1 of the ABI, line by line: what a module imports with its
// types, what it exports, and the numbers that both sides use.
func surface(t *testing.T) string {
	t.Helper()
	var lines []string
	for module, group := range map[string]map[string]function{hostabi.Module: functions(), hostabi.WASI: wasiFunctions()} {
		for name, f := range group {
			lines = append(lines, fmt.Sprintf("import %s.%s %s", module, name, typeText(f.types())))
		}
	}
	lines = append(lines,
		"export "+hostabi.ExportClaim+" () -> (i32)", "export "+hostabi.ExportTransform+" () -> (i32)",
		"export "+hostabi.ExportInitialize+" () -> ()")
	for name, number := range numbers(t) {
		lines = append(lines, fmt.Sprintf("number %s %d", name, number))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}

// Modules that were built for version 1 rely on every line of it: there is no way
// to update the file but by hand, and no reason to.
func TestSurfaceIsFrozen(t *testing.T) {
	want, err := os.ReadFile(filepath.Join("testdata", "hostabi_v1.txt"))
	if err != nil {
		t.Fatal(err)
	}
	got, frozen := strings.SplitAfter(surface(t), "\n"), strings.SplitAfter(string(want), "\n")
	for _, line := range frozen {
		if !slices.Contains(got, line) {
			t.Errorf("version 1 of the ABI is frozen, and this is gone: %s", line)
		}
	}
	for _, line := range got {
		if !slices.Contains(frozen, line) {
			t.Errorf("version 1 of the ABI is frozen; what is added stands under an import module of another name: %s", line)
		}
	}
	for name, limit := range map[string][2]int64{
		"MaxModule": {hostabi.MaxModule, 32 << 20}, "MaxMetered": {hostabi.MaxMetered, 128 << 20},
		"MaxTable": {hostabi.MaxTable, 1 << 20}, "MaxValues": {hostabi.MaxValues, 1024}, "MaxClaim": {hostabi.MaxClaim, 1024},
		"MaxNested": {hostabi.MaxNested, 8}, "MaxHeaders": {hostabi.MaxHeaders, 64}, "MaxLine": {hostabi.MaxLine, 1024},
		"StartTime": {int64(hostabi.StartTime), int64(2 * time.Second)},
	} {
		if limit[0] < limit[1] {
			t.Errorf("%s = %d, want at least the %d of version 1", name, limit[0], limit[1])
		}
	}
}
