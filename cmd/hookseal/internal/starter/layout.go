package starter

import (
	"io/fs"
	"path"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
	wasmbuild "github.com/hookseal/hookseal/wasm-build"
)

// goVersion is the oldest Go that the SDK in Go is built with.
const goVersion = "1.26"

// layout says where the parts of a module stand in one language.
type layout struct {
	title string
	// example is the pattern of the examples' paths in [wasmbuild.SDK], and source
	// where the one that is taken goes; * is its name, and that of the module.
	example, source string
	// trees are copied, from a pattern of paths to the folder they go to.
	trees []tree
	// texts are of this package, and where they go.
	texts map[string]string
	// sdk says where the SDK is, for the README.
	sdk string
}

// tree is files that are copied with their place below a folder.
type tree struct {
	files fs.FS
	// below is the folder that is left out of their paths, and to the one in its
	// place.
	below, to string
	patterns  []string
}

func layouts() map[string]layout {
	return map[string]layout{
		"c": {
			title: "C", example: "sdk/c/examples/*.c", source: "*.c",
			trees: []tree{{wasmbuild.SDK, "sdk/c", "", []string{"hookseal.h"}}},
			sdk:   "`hookseal.h` is the SDK.",
		},
		"rust": {
			title: "Rust", example: "sdk/rust/examples/*.rs", source: "src/lib.rs",
			trees: []tree{
				{wasmbuild.SDK, "sdk/rust", "hookseal", []string{"Cargo.toml", "README.md", "src/*", "examples/*"}},
				{wasmbuild.SDK, "sdk/rust", "", []string{".cargo/config.toml"}},
			},
			texts: map[string]string{"Cargo.toml": "Cargo.toml"},
			sdk:   "The crate in `hookseal` is the SDK; `.cargo/config.toml` sets the target and a small stack.",
		},
		"assemblyscript": {
			title: "AssemblyScript", example: "sdk/assemblyscript/examples/*.ts", source: "src/index.ts",
			trees: []tree{{wasmbuild.SDK, "sdk/assemblyscript", "", []string{"package-lock.json", "asconfig.json", "assembly/*"}}},
			texts: map[string]string{"package.json": "package.json"},
			sdk:   "`assembly` is the SDK; `asconfig.json` has what it asks of the compiler.",
		},
		"go": {
			title: "Go", example: "go/*/main.go", source: "main.go",
			trees: []tree{{hostabi.Sources, ".", "hookseal/hostabi", []string{"*.go", "guest/*.go"}}},
			texts: map[string]string{"go.mod.txt": "go.mod", "sdk-go.mod.txt": "hookseal/go.mod"},
			sdk:   "`hookseal` holds the SDK. Where the module is published, `go get github.com/hookseal/hookseal` takes its place.",
		},
	}
}

// exampleOf returns the example of a hook.
func exampleOf(hook webhook.Hook) string {
	if hook == webhook.HookClaim {
		return "standard-webhooks"
	}
	return "redact"
}

func (l layout) sourceFile(o Options) string { return strings.Replace(l.source, "*", o.Name, 1) }

// copies returns the files that are copied: the example and the SDK.
func (l layout) copies(o Options) ([]file, error) {
	source, err := wasmbuild.SDK.ReadFile(strings.Replace(l.example, "*", exampleOf(o.Hook), 1))
	if err != nil {
		return nil, err
	}
	files := []file{{l.sourceFile(o), string(source)}}
	for _, t := range l.trees {
		copied, err := t.copies()
		if err != nil {
			return nil, err
		}
		files = append(files, copied...)
	}
	return files, nil
}

func (t tree) copies() ([]file, error) {
	from, err := fs.Sub(t.files, t.below)
	if err != nil {
		return nil, err
	}
	var files []file
	for _, pattern := range t.patterns {
		names, err := fs.Glob(from, pattern)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			text, err := fs.ReadFile(from, name)
			if err != nil {
				return nil, err
			}
			files = append(files, file{path.Join(t.to, name), string(text)})
		}
	}
	return files, nil
}
