package metering_test

import (
	"encoding/binary"
	"strings"

	"github.com/hookseal/hookseal/hostabi/internal/wasm"
)

// assemble puts a module together from its sections. The functions beside it
// write one each.
func assemble(sections ...string) []byte { return []byte(wasm.Header + strings.Join(sections, "")) }

func section(id wasm.SectionID, content string) string { return string(byte(id)) + sized(content) }

func sized(content string) string { return unsigned(uint64(len(content))) + content }

func unsigned(v uint64) string { return string(binary.AppendUvarint(nil, v)) }

func vector(items ...string) string { return unsigned(uint64(len(items))) + strings.Join(items, "") }

// types writes function types, each as its parameters and its results.
func types(pairs ...string) string {
	var items []string
	for i := 0; i < len(pairs); i += 2 {
		items = append(items, "\x60"+sized(pairs[i])+sized(pairs[i+1]))
	}
	return section(wasm.SectionType, vector(items...))
}

// functions writes the types of the functions that are defined.
func functions(indexes ...byte) string {
	return section(wasm.SectionFunction, vector(strings.Split(string(indexes), "")...))
}

// exports writes exports of functions, each as its name and index.
func exports(pairs ...string) string {
	var items []string
	for i := 0; i < len(pairs); i += 2 {
		items = append(items, sized(pairs[i])+"\x00"+pairs[i+1])
	}
	return section(wasm.SectionExport, vector(items...))
}

// code writes the functions, each as its locals and its instructions.
func code(bodies ...string) string {
	var items []string
	for _, b := range bodies {
		items = append(items, sized(b))
	}
	return section(wasm.SectionCode, vector(items...))
}

// one is a module with the function f of a type and a memory of a page.
func one(params, results, body string) []byte {
	return assemble(types(params, results), functions(0), section(wasm.SectionTable, "\x01\x70\x00\x0a"),
		section(wasm.SectionMemory, "\x01\x00\x01"), exports("f", "\x00"), code(body))
}
