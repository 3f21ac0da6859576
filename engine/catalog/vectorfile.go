package catalog

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"github.com/hookseal/hookseal/engine/tomlfile"
	"github.com/hookseal/hookseal/plugins"
)

// vectorsFile holds the vectors of a pack, a list in JSON.
const vectorsFile = "vectors.json"

// shipped marks the files of a pack that ships with hookseal. Its vectors are
// embedded apart from them.
type shipped struct{ fs.FS }

// Vectors reads the vectors of the pack, in the order of their file; a pack
// without one has none. The error joins those of all entries that are no vectors,
// each with its line.
func (p *Pack) Vectors() ([]Vector, error) {
	data, err := p.readVectors()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseVectors(path.Join(p.where, vectorsFile), data)
}

func (p *Pack) readVectors() ([]byte, error) {
	if _, ok := p.fsys.(shipped); ok {
		return fs.ReadFile(plugins.Vectors, path.Join(p.Provider.ID, vectorsFile))
	}
	return fs.ReadFile(p.fsys, vectorsFile)
}

var errNoList = errors.New("the file begins otherwise")

// parseVectors reads a file of vectors; where is its name in faults.
func parseVectors(where string, data []byte) ([]Vector, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	if start, err := dec.Token(); err != nil || start != json.Delim('[') {
		return nil, fmt.Errorf("%s: want a list of vectors: %w", where, cmp.Or(err, errNoList))
	}
	var vectors []Vector
	var faults []error
	named := map[string]bool{}
	for dec.More() {
		line := lineOfNext(data, dec.InputOffset())
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return nil, tomlfile.Join(append(faults, syntaxFault(where, line, data, err))...)
		}
		text := vectorSource{file: where, raw: raw, line: line}
		v, err := text.parse()
		v.line = line
		if err == nil && named[v.Name] {
			err = text.fault("name", "is that of a vector before")
		}
		faults = append(faults, err)
		named[v.Name] = true
		vectors = append(vectors, v)
	}
	if _, err := dec.Token(); err != nil {
		faults = append(faults, fmt.Errorf("%s: %w", where, err))
	} else if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		faults = append(faults, fmt.Errorf("%s: more than one JSON value", where))
	}
	return vectors, tomlfile.Join(faults...)
}

// parse reads the vector strictly. A faulty one has its name at least, where that
// can be read.
func (t *vectorSource) parse() (Vector, error) {
	var v Vector
	dec := json.NewDecoder(bytes.NewReader(t.raw))
	dec.DisallowUnknownFields()
	err := dec.Decode(&v)
	if t.name = v.Name; t.name == "" {
		var named struct{ Name string }
		// What is wrong is said by err, and without a name all the same.
		_ = json.Unmarshal(t.raw, &named)
		t.name = named.Name
	}
	if err != nil {
		return v, t.explain(err)
	}
	return v, v.check(t)
}

// syntaxFault is a fault of the whole file where parsing it ended, or at the line
// where the vector begins.
func syntaxFault(where string, line int, data []byte, err error) tomlfile.Fault {
	var whole any
	if syntax, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(data, &whole)); ok {
		line, err = 1+bytes.Count(data[:min(int(syntax.Offset), len(data))], []byte{'\n'}), syntax
	}
	return tomlfile.Fault{File: where, Line: line, Message: err.Error()}
}

// lineOfNext returns the line on which the value after offset begins.
func lineOfNext(data []byte, offset int64) int {
	start := len(data) - len(bytes.TrimLeft(data[offset:], ", \t\r\n"))
	return 1 + bytes.Count(data[:start], []byte{'\n'})
}
