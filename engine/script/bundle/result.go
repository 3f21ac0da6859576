package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/hookseal/hookseal/engine/script"
)

// bundle takes what esbuild made.
func (j *job) bundle(result api.BuildResult) (*script.Bundle, error) {
	made := &script.Bundle{}
	var positions *sourceMap
	for _, out := range result.OutputFiles {
		if !strings.HasSuffix(out.Path, ".map") {
			made.Script = string(out.Contents)
			continue
		}
		var err error
		if positions, err = parseSourceMap(out.Contents); err != nil {
			return nil, fmt.Errorf("source map: %w", err)
		}
	}
	if positions == nil {
		return nil, errors.New("the bundle has no source map")
	}
	made.Origins = positions.origins(j.file)
	files, err := j.inputs(result.Metafile)
	made.Files = files
	return made, err
}

// inputs lists the files that were read, from what esbuild says of its inputs.
func (j *job) inputs(metafile string) ([]string, error) {
	var meta struct {
		Inputs map[string]json.RawMessage `json:"inputs"`
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return nil, fmt.Errorf("list of inputs: %w", err)
	}
	var files []string
	for _, input := range slices.Sorted(maps.Keys(meta.Inputs)) {
		if full := filepath.Join(filepath.Dir(j.entry), filepath.FromSlash(input)); full != j.entry {
			files = append(files, full)
		}
	}
	return files, nil
}
