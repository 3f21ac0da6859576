package bundle

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Bundler bundles scripts with what they import. It is safe for concurrent use.
type Bundler struct {
	// Dir is the folder that the names of scripts are relative to; empty is the
	// working directory. Imports are relative to the file that has them, and may
	// lead out of Dir.
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
	job := &job{name: code.Name, dir: dir, entry: filepath.Join(dir, filepath.FromSlash(code.Name))}
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
		Plugins:           []api.Plugin{{Name: "files", Setup: onlyFiles}},
	}
}

// onlyFiles refuses imports that are not relative paths.
func onlyFiles(build api.PluginBuild) {
	build.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		if strings.HasPrefix(args.Path, "./") || strings.HasPrefix(args.Path, "../") {
			return api.OnResolveResult{}, nil
		}
		return api.OnResolveResult{}, fmt.Errorf("%q cannot be imported: a script imports files, by paths that begin with ./ or ../", args.Path)
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
