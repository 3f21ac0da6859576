package bundle

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Bundler bundles scripts with what they import. It is safe for concurrent use.
type Bundler struct {
	// Dir is the folder that the names of scripts are relative to; empty is the
	// working directory. Imports are relative to the file that has them. Where Dir
	// is given they lead to files in it, or in the folder of the script itself, so
	// that a script does not read whatever the program can; a link that stands
	// there is followed.
	Dir string
}

var _ script.Bundler = Bundler{}

// Extensions returns ".ts" and ".mjs".
func (Bundler) Extensions() []string { return []string{".ts", ".mjs"} }

// Bundle bundles a script. Its error is a [*webhook.GuestError] of the kind
// compile, which names the file and the place of the first fault.
func (b Bundler) Bundle(code webhook.GuestCode) (*script.Bundle, error) {
	dir, err := filepath.Abs(b.Dir)
	if err != nil {
		return nil, unbundled(code.Name, err)
	}
	job := &job{name: code.Name, dir: dir, bounded: b.Dir != "", entry: filepath.Join(dir, filepath.FromSlash(code.Name))}
	if filepath.IsAbs(code.Name) {
		job.entry = code.Name
	}
	result := api.Build(job.options(string(code.Code)))
	if len(result.Errors) > 0 {
		return nil, job.fault(result.Errors)
	}
	made, err := job.bundle(result)
	if err != nil {
		return nil, unbundled(code.Name, err)
	}
	return made, nil
}

func unbundled(name string, err error) *webhook.GuestError {
	return &webhook.GuestError{Guest: name, Kind: webhook.GuestCompile, Message: err.Error()}
}

// job is the bundling of one script.
type job struct {
	name string
	// dir and entry are absolute.
	dir, entry string
	// bounded is whether imports stay in dir and the folder of the entry.
	bounded bool
}

// options say how esbuild works here: it writes nothing, and reads no
// configuration.
func (j *job) options(text string) api.BuildOptions {
	loader := api.LoaderJS
	if filepath.Ext(j.name) == ".ts" {
		loader = api.LoaderTS
	}
	return api.BuildOptions{
		Stdin: &api.StdinOptions{
			Contents: text, Loader: loader,
			ResolveDir: filepath.Dir(j.entry), Sourcefile: filepath.Base(j.entry),
		},
		AbsWorkingDir: filepath.Dir(j.entry),
		Outfile:       "bundle.js",
		Bundle:        true,
		Format:        api.FormatESModule,
		Platform:      api.PlatformNeutral,
		// What the interpreter runs; see TestSyntax.
		Target: api.ES2022,
		Supported: map[string]bool{
			"async-generator": false, "for-await": false, "top-level-await": false, "regexp-match-indices": false,
		},
		Charset: api.CharsetUTF8,
		// What a script for another service declares, nothing refers to.
		TreeShaking:       api.TreeShakingFalse,
		Sourcemap:         api.SourceMapExternal,
		SourcesContent:    api.SourcesContentExclude,
		LegalComments:     api.LegalCommentsNone,
		ResolveExtensions: []string{".ts", ".js", ".mjs", ".json"},
		TsconfigRaw:       "{}",
		LogLevel:          api.LogLevelSilent,
		Metafile:          true,
		Plugins:           []api.Plugin{{Name: "files", Setup: j.onlyFiles}},
	}
}

// onlyFiles refuses imports that are not relative paths, and those that lead out.
func (j *job) onlyFiles(build api.PluginBuild) {
	build.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		switch {
		case !strings.HasPrefix(args.Path, "./") && !strings.HasPrefix(args.Path, "../"):
			return api.OnResolveResult{}, fmt.Errorf("%q cannot be imported: a script imports files, by paths that begin with ./ or ../", args.Path)
		case !j.within(args.ResolveDir, args.Path):
			return api.OnResolveResult{}, fmt.Errorf("%q cannot be imported: it leads out of %s", args.Path, j.dir)
		}
		return api.OnResolveResult{}, nil
	})
}

// within reports whether an import stays where it may. What lies beside or below
// the importing file always does: that file may have been reached by a link.
func (j *job) within(importer, path string) bool {
	full := filepath.Join(importer, filepath.FromSlash(path))
	return !j.bounded || slices.ContainsFunc([]string{j.dir, filepath.Dir(j.entry), importer}, func(dir string) bool {
		rel, err := filepath.Rel(dir, full)
		return err == nil && filepath.IsLocal(rel)
	})
}

// fault makes the error of what esbuild reports.
func (j *job) fault(messages []api.Message) *webhook.GuestError {
	first := messages[0]
	fault := &webhook.GuestError{Guest: j.name, Kind: webhook.GuestCompile, Message: first.Text}
	if at := first.Location; at != nil {
		before := at.LineText[:min(at.Column, len(at.LineText))]
		fault.File, fault.Line, fault.Column = j.file(at.File), at.Line, len([]rune(before))+1
	}
	if more := len(messages) - 1; more > 0 {
		fault.Message += fmt.Sprintf(" (and %d more)", more)
	}
	return fault
}

// file names a source for whoever wrote the script: the way the script is named,
// empty for the script itself.
func (j *job) file(source string) string {
	full := filepath.Join(filepath.Dir(j.entry), filepath.FromSlash(source))
	if full == j.entry {
		return ""
	}
	if filepath.IsAbs(j.name) {
		return full
	}
	if rel, err := filepath.Rel(j.dir, full); err == nil {
		return filepath.ToSlash(rel)
	}
	return full
}
