package conformance

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
	"github.com/hookseal/hookseal/hostabi/host"
	"github.com/hookseal/hookseal/hostabi/internal/wasm"
)

const pageSize = 64 << 10

// Module is what a binary says of itself.
type Module struct {
	// Name is what the code is called.
	Name string `json:"name"`
	// Size is in bytes, and SHA256 in hex.
	Size   int    `json:"size"`
	SHA256 string `json:"sha256"`
	// ABI is the import module of the version that it was built for, empty for one
	// that imports nothing of any.
	ABI string `json:"abi"`
	// Hooks are those that it exports functions for.
	Hooks []webhook.Hook `json:"hooks"`
	// Imports and Exports are in the order of the file.
	Imports []Import `json:"imports"`
	Exports []Export `json:"exports"`
	// Memory is what it begins with, in bytes.
	Memory int64 `json:"memory"`
	// Manifest is what stands beside it, nil where nothing does or what does cannot
	// be read.
	Manifest *host.Manifest `json:"manifest,omitempty"`
}

// Import is something that a module asks the host for.
type Import struct {
	// Module and Name are what it is asked for by.
	Module string `json:"module"`
	Name   string `json:"name"`
	// Kind is function, table, memory or global.
	Kind string `json:"kind"`
}

// Export is something that a module offers.
type Export struct {
	// Name is what it is offered as.
	Name string `json:"name"`
	// Kind is function, table, memory or global.
	Kind string `json:"kind"`
}

// Inspect reads a module without compiling it: whether it is valid, and whether
// the host serves what it imports, is for [Check] to find out. The error is why
// the bytes cannot be read; name, size and sum are returned all the same.
func Inspect(code webhook.GuestCode) (Module, error) {
	sum := sha256.Sum256(code.Code)
	m := Module{
		Name: code.Name, Size: len(code.Code), SHA256: hex.EncodeToString(sum[:]),
		Hooks: []webhook.Hook{}, Imports: []Import{}, Exports: []Export{},
	}
	if manifest, err := host.ParseManifest(code.ManifestName, code.Manifest); err == nil {
		m.Manifest = &manifest
	}
	sections, err := wasm.Sections(code.Code)
	if err != nil {
		return m, err
	}
	for _, s := range sections {
		r := s.Reader()
		m.read(s.ID, r)
		if r.Err() != nil {
			return m, fmt.Errorf("section %d: %w", s.ID, r.Err())
		}
	}
	return m, nil
}

func (m *Module) read(id wasm.SectionID, r *wasm.Reader) {
	switch id {
	case wasm.SectionImport:
		r.Each(func() {
			i := r.Import()
			m.Imports = append(m.Imports, Import{i.Module, i.Name, kindName(i.Kind)})
			if strings.HasPrefix(i.Module, hostabi.Prefix) || i.Module == hostabi.Extism {
				m.ABI = i.Module
			}
		})
	case wasm.SectionMemory:
		r.Each(func() { m.Memory += int64(r.Limits()) * pageSize })
	case wasm.SectionExport:
		r.Each(func() {
			e := Export{r.Name(), kindName(wasm.Kind(r.Byte()))}
			r.U32()
			m.Exports = append(m.Exports, e)
			hook := webhook.Hook(e.Name)
			if slices.Contains([]webhook.Hook{webhook.HookClaim, webhook.HookTransform}, hook) && e.Kind == "function" {
				m.Hooks = append(m.Hooks, hook)
			}
		})
	}
}

func kindName(k wasm.Kind) string {
	switch k {
	case wasm.KindFunction:
		return "function"
	case wasm.KindTable:
		return "table"
	case wasm.KindMemory:
		return "memory"
	case wasm.KindGlobal:
		return "global"
	}
	return fmt.Sprintf("kind %d", byte(k))
}
