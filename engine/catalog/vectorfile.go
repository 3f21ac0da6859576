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
			return nil, errors.Join(append(faults, fmt.Errorf("%s:%d: %w", where, line, err))...)
		}
		v, err := parseVector(raw)
		if err == nil && named[v.Name] {
			err = errors.New("a second vector of that name")
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s:%d: %s: %w", where, line, v.Name, err))
		}
		named[v.Name] = true
		vectors = append(vectors, v)
	}
	if _, err := dec.Token(); err != nil {
		faults = append(faults, fmt.Errorf("%s: %w", where, err))
	} else if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		faults = append(faults, fmt.Errorf("%s: more than one JSON value", where))
	}
	return vectors, errors.Join(faults...)
}

// parseVector reads one vector strictly. A faulty one has its name at least,
// where that can be read.
func parseVector(raw []byte) (Vector, error) {
	var v Vector
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		return v, err
	}
	return v, v.check()
}

// lineOfNext returns the line on which the value after offset begins.
func lineOfNext(data []byte, offset int64) int {
	start := len(data) - len(bytes.TrimLeft(data[offset:], ", \t\r\n"))
	return 1 + bytes.Count(data[:start], []byte{'\n'})
}
