package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/hookseal/hookseal/engine/script"
)

// sourceMap is a source map of revision 3, ECMA-426. Lines and columns count
// from zero.
type sourceMap struct {
	sources []string
	// lines are the mappings of each generated line, by column.
	lines [][]mapping
}

// mapping says where what begins at a column of a generated line comes from.
type mapping struct{ from, source, line, column int }

func parseSourceMap(text []byte) (*sourceMap, error) {
	var file struct {
		Version  int      `json:"version"`
		Sources  []string `json:"sources"`
		Mappings string   `json:"mappings"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	if file.Version != 3 {
		return nil, fmt.Errorf("version %d, want 3", file.Version)
	}
	m := &sourceMap{sources: file.Sources}
	var state mapping
	for line := range strings.SplitSeq(file.Mappings, ";") {
		state.from = 0
		var mappings []mapping
		for segment := range strings.SplitSeq(line, ",") {
			mapped, err := state.advance(segment)
			if err != nil {
				return nil, err
			}
			if mapped && (state.source < 0 || state.source >= len(m.sources)) {
				return nil, fmt.Errorf("segment %q leads to source %d of %d", segment, state.source, len(m.sources))
			}
			if mapped {
				mappings = append(mappings, state)
			}
		}
		m.lines = append(m.lines, mappings)
	}
	return m, nil
}

// advance adds the differences of a segment. It reports false for a segment that
// leads nowhere.
func (m *mapping) advance(segment string) (mapped bool, err error) {
	if segment == "" {
		return false, nil
	}
	fields := []*int{&m.from, &m.source, &m.line, &m.column}
	n := 0
	for rest := segment; rest != ""; n++ {
		var difference int
		if difference, rest, err = vlq(rest); err != nil {
			return false, fmt.Errorf("segment %q: %w", segment, err)
		}
		if n < len(fields) {
			*fields[n] += difference
		}
	}
	if n != 1 && n != 4 && n != 5 {
		return false, fmt.Errorf("segment %q has %d fields, want 1, 4 or 5", segment, n)
	}
	return n > 1, nil
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

// vlq reads a number in the base64 VLQ of source maps: five bits to a digit, the
// lowest first, the lowest bit of all being the sign.
func vlq(text string) (n int, rest string, err error) {
	const maxShift = 30
	for shift := 0; ; shift += 5 {
		if text == "" || shift > maxShift {
			return 0, "", errors.New("a number does not end")
		}
		digit := strings.IndexByte(base64Digits, text[0])
		if digit < 0 {
			return 0, "", fmt.Errorf("%q is no digit", text[0])
		}
		text = text[1:]
		n |= digit & 0x1f << shift
		if digit&0x20 == 0 {
			break
		}
	}
	if n&1 != 0 {
		return -(n >> 1), text, nil
	}
	return n >> 1, text, nil
}

// origins lists the mappings in order, their files by the names that name gives.
func (m *sourceMap) origins(name func(source string) string) []script.Origin {
	files := make([]string, len(m.sources))
	for i, source := range m.sources {
		files[i] = name(source)
	}
	var origins []script.Origin
	for line, mappings := range m.lines {
		for _, at := range mappings {
			origins = append(origins, script.Origin{
				Line: line + 1, Column: at.from + 1,
				From: script.Place{File: files[at.source], Line: at.line + 1, Column: at.column + 1},
			})
		}
	}
	return origins
}
