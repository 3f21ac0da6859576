package host_test

import (
	"encoding/binary"
	"strings"
)

// assemble puts a module together from its sections. The functions beside it
// write one section each, in the order in which the format demands them: types,
// imports, functions, tables, globals, exports, elements, code.
func assemble(sections ...string) []byte {
	return []byte("\x00asm\x01\x00\x00\x00" + strings.Join(sections, ""))
}

func sectionOf(id byte, content string) string {
	return string(id) + sized(content)
}

func sized(content string) string {
	return string(binary.AppendUvarint(nil, uint64(len(content)))) + content
}

func vector(items ...string) string {
	return string(binary.AppendUvarint(nil, uint64(len(items)))) + strings.Join(items, "")
}

// types has one letter for each type: i for () -> i32, v for () -> ().
func types(letters string) string {
	var items []string
	for _, letter := range letters {
		if letter == 'i' {
			items = append(items, "\x60\x00\x01\x7f")
		} else {
			items = append(items, "\x60\x00\x00")
		}
	}
	return sectionOf(1, vector(items...))
}

func imports(module, name string, typeIndex byte) string {
	return sectionOf(2, vector(sized(module)+sized(name)+"\x00"+string(rune(typeIndex))))
}

func importsMemory() string {
	return sectionOf(2, vector(sized("env")+sized("memory")+"\x02\x00\x01"))
}

func functions(typeIndexes ...byte) string {
	var items []string
	for _, index := range typeIndexes {
		items = append(items, string(rune(index)))
	}
	return sectionOf(3, vector(items...))
}

func tableOfOne() string { return sectionOf(4, vector("\x70\x00\x01")) }

// exports takes names and function indexes in turn.
func exports(pairs ...any) string {
	var items []string
	for i := 0; i < len(pairs); i += 2 {
		items = append(items, sized(pairs[i].(string))+"\x00"+string(rune(pairs[i+1].(int))))
	}
	return sectionOf(7, vector(items...))
}

// hook1 exports the function after one import as transform.
func hook1() string { return exports("transform", 1) }

// code takes the instructions of each function, with their end.
func code(bodies ...string) string {
	var items []string
	for _, body := range bodies {
		items = append(items, sized("\x00"+body))
	}
	return sectionOf(10, vector(items...))
}

func returns(status byte) string { return "\x41" + string(rune(status)) + "\x0b" }
