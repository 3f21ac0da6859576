package lint

import (
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	root   = "../../.."
	module = "github.com/hookseal/hookseal"
)

// ranks is the import order, lowest first. A package may import packages of a
// lower rank, and those inside its own entry. Packages of one rank stand beside
// each other and do not know of one another.
var ranks = []struct {
	rank    int
	folders []string
}{
	{0, []string{"engine/webhook", "hostabi", "plugins", "scripts", "wasm-build", "engine/tomlfile"}},
	{1, []string{"engine/scheme"}},
	{2, []string{"engine/store", "engine/netguard"}},
	{3, []string{"engine/catalog"}},
	{4, []string{"engine/internal"}},
	{5, []string{"engine"}},
	{6, []string{
		"engine/script", "hostabi/host", "engine/store/sqlite", "engine/store/storetest",
		"engine/store/postgres", "engine/connect", "engine/telemetry", "engine/enginetest",
	}},
	{7, []string{"engine/configfile", "hostabi/conformance"}},
	{8, []string{"cmd"}},
	// Guests are other programs: they see the ABI and its SDK alone.
	{9, []string{"hostabi/guest", "wasm-build/go"}},
}

// entry returns the entry that a package belongs to, the longest that fits.
func entry(pkg string) (folder string, rank int) {
	rank = -1
	for _, r := range ranks {
		for _, f := range r.folders {
			if (pkg == f || strings.HasPrefix(pkg, f+"/")) && len(f) > len(folder) {
				folder, rank = f, r.rank
			}
		}
	}
	return folder, rank
}

// homes says in which package each third-party module is used.
var homes = map[string]string{
	"github.com/BurntSushi/toml":          "engine/tomlfile",
	"github.com/dop251/goja":              "engine/script",
	"github.com/nlnwa/whatwg-url":         "engine/script",
	"github.com/dlclark/regexp2/v2":       "engine/script",
	"github.com/tetratelabs/wazero":       "hostabi/host",
	"github.com/evanw/esbuild":            "engine/script/bundle",
	"modernc.org/sqlite":                  "engine/store/sqlite",
	"github.com/jackc/pgx/v5":             "engine/store/postgres",
	"github.com/google/uuid":              "engine/internal/identifier",
	"github.com/prometheus/client_golang": "engine/telemetry",
	"go.opentelemetry.io/otel":            "engine/telemetry/trace",
	"golang.org/x/time":                   "engine/internal/rate",
	"github.com/spf13/cobra":              "cmd/hookseal",
	"golang.org/x/term":                   "cmd/hookseal",
	"github.com/rogpeppe/go-internal":     "cmd/hookseal",
	"github.com/gofiber/fiber/v3":         "engine/connect/fiber",
	"github.com/valyala/fasthttp":         "engine/connect/fiber",
	// Formats that the standard library does not have, each in a package that
	// engine/scheme imports.
	"github.com/decred/dcrd/dcrec/secp256k1/v4": "engine/scheme/secp256k1",
	"golang.org/x/crypto":                       "engine/scheme/keccak",
	"golang.org/x/text":                         "engine/scheme/nfkd",
	"github.com/dunglas/httpsfv":                "engine/scheme/structured",
}

// stdOnly are the packages that import nothing but the standard library and each
// other; those within them that are the home of a module import that module.
var stdOnly = []string{"engine/webhook", "engine/scheme", "engine/netguard", "hostabi"}

type file struct {
	pkg, name string
	imports   []string
	comment   bool
	test      bool
}

func files(t *testing.T) []file {
	t.Helper()
	var out []file
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".." && p != root) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		f := file{pkg: path.Dir(rel), name: rel, comment: parsed.Doc != nil, test: strings.HasSuffix(rel, "_test.go")}
		for _, spec := range parsed.Imports {
			text, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			f.imports = append(f.imports, text)
		}
		out = append(out, f)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(out) < 50 {
		t.Fatalf("found %d Go files below %s, want the repository", len(out), root)
	}
	return out
}

func TestImportOrder(t *testing.T) {
	for _, f := range files(t) {
		from, rank := entry(f.pkg)
		if rank < 0 {
			t.Errorf("%s: package %s has no place in the import order; give it one in ranks", f.name, f.pkg)
			continue
		}
		if f.test {
			continue
		}
		for _, imported := range f.imports {
			pkg, ours := strings.CutPrefix(imported, module+"/")
			if !ours {
				continue
			}
			to, below := entry(pkg)
			if from == to || below < rank && rank < 9 {
				continue
			}
			if rank == 9 && (to == "hostabi" || to == "hostabi/guest") {
				continue
			}
			t.Errorf("%s imports %s, which is not below it; hand the value in through an interface of a lower package, or move the code", f.name, pkg)
		}
	}
}

func TestOneHomePerModule(t *testing.T) {
	for _, f := range files(t) {
		if f.test {
			continue
		}
		for _, imported := range f.imports {
			if !strings.Contains(strings.SplitN(imported, "/", 2)[0], ".") || strings.HasPrefix(imported, module) {
				continue
			}
			home := ""
			for m, h := range homes {
				if imported == m || strings.HasPrefix(imported, m+"/") {
					home = h
				}
			}
			if f.pkg != home && !strings.HasPrefix(f.pkg, home+"/") {
				t.Errorf("%s imports %s, whose home is %q; use it through that package, or enter a new module with its one home", f.name, imported, home)
			}
		}
	}
}

func TestStandardLibraryOnly(t *testing.T) {
	for _, f := range files(t) {
		folder, _ := entry(f.pkg)
		for _, std := range stdOnly {
			if folder != std || f.test || slices.Contains(slices.Collect(maps.Values(homes)), f.pkg) {
				continue
			}
			for _, imported := range f.imports {
				if strings.Contains(strings.SplitN(imported, "/", 2)[0], ".") && !strings.HasPrefix(imported, module) {
					t.Errorf("%s imports %s; %s takes the standard library alone", f.name, imported, std)
				}
			}
		}
	}
}

func TestPackagesHaveAComment(t *testing.T) {
	commented, named := map[string]bool{}, map[string]string{}
	for _, f := range files(t) {
		if f.test {
			continue
		}
		commented[f.pkg] = commented[f.pkg] || f.comment
		named[f.pkg] = f.name
	}
	for pkg, name := range named {
		if !commented[pkg] {
			t.Errorf("package %s (%s) has no package comment; say in one sentence what it is for", pkg, name)
		}
	}
}
