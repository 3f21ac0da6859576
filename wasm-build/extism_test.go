package wasmbuild_test

import (
	"os/exec"
	"path/filepath"
	"testing"
)

func TestExtismPluginIsWhatItsSourceMakes(t *testing.T) {
	source, err := filepath.Abs(filepath.Join("..", "testdata", "guests", "extism"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tool := range []string{"sh", "node", filepath.Join(source, "assemblyscript", "node_modules", ".bin", "asc")} {
		if !present(tool) {
			missing(t, "%s is not there; with node and npm ci --prefix testdata/guests/extism/assemblyscript the test rebuilds the Extism plug-in", tool)
		}
	}
	dir := t.TempDir()
	if out, err := exec.Command("sh", "./build.sh", "extism", dir).CombinedOutput(); err != nil {
		t.Fatalf("build.sh extism: %v\n%s", err, out)
	}
	compare(t, dir, source)
}
