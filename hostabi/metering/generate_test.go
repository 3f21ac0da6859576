package metering_test

import "github.com/hookseal/hookseal/hostabi/internal/wasm"

// generator makes valid modules of any bytes: each byte decides one choice, and
// behind the last all choices are the first one, which ends what is open.
type generator struct {
	choices []byte
	out     []byte
	// depth is how far expressions and blocks are nested, labels the results of
	// the blocks that are open.
	depth  int
	labels []string
	// function is the type of the one that is written.
	function int
	callable []int
}

// signaturesMade are the types of the functions, as parameters and results. Each
// function has two locals more, an i32 and an i64.
var signaturesMade = [][2]string{
	{"", ""}, {i32, i32}, {i32 + i64, i64}, {"", i32 + i64}, {i32 + i32, i32 + i32}, {i64, ""}, {i64, i64 + i32 + i64},
}

func (g *generator) choose(n int) int {
	if len(g.choices) == 0 {
		return 0
	}
	c := int(g.choices[0])
	g.choices = g.choices[1:]
	return c % n
}

func (g *generator) raw(b ...byte) { g.out = append(g.out, b...) }

// generate returns a module that exports its functions under "0", "1", ….
func generate(choices []byte) []byte {
	g := &generator{choices: choices}
	for range 1 + g.choose(5) {
		g.callable = append(g.callable, g.choose(len(signaturesMade)))
	}
	var indexes []byte
	var exported, bodies, elements []string
	for i, t := range g.callable {
		indexes = append(indexes, byte(t))
		exported = append(exported, string(rune('0'+i)), string(byte(i)))
		elements = append(elements, string(byte(i)))
	}
	for i := range g.callable {
		bodies = append(bodies, g.body(i))
	}
	var pairs []string
	for _, s := range signaturesMade {
		pairs = append(pairs, s[0], s[1])
	}
	return assemble(
		types(pairs...), functions(indexes...),
		section(wasm.SectionTable, "\x01\x70\x01\x08\x14"), section(wasm.SectionMemory, "\x01\x01\x01\x04"),
		section(wasm.SectionGlobal, "\x02\x7f\x01\x41\x2a\x0b\x7e\x01\x42\x07\x0b"),
		exports(exported...),
		section(wasm.SectionElement, vector("\x00\x41\x00\x0b"+vector(elements...))),
		section(wasm.SectionDataCount, "\x01"),
		code(bodies...),
		section(wasm.SectionData, "\x01\x01\x0cpassive data"),
	)
}

func (g *generator) body(i int) string {
	g.function, g.depth = g.callable[i], 0
	s := signaturesMade[g.function]
	g.out, g.labels = []byte("\x02\x01\x7f\x01\x7e"), []string{s[1]}
	for range 1 + g.choose(6) {
		g.statement()
	}
	g.values(s[1])
	g.raw(byte(wasm.OpEnd))
	return string(g.out)
}

// local returns a local of a type.
func (g *generator) local(t byte) byte {
	all := signaturesMade[g.function][0] + i32 + i64
	n := g.choose(len(all))
	for all[n] != t {
		n = (n + 1) % len(all)
	}
	return byte(n)
}

func (g *generator) values(ts string) {
	for _, t := range []byte(ts) {
		g.value(t)
	}
}

// block writes a block of some kind around what inside writes.
func (g *generator) block(op wasm.Opcode, blockType byte, label string, inside func()) {
	g.raw(byte(op), blockType)
	g.labels = append(g.labels, label)
	g.depth++
	inside()
	g.depth--
	g.labels = g.labels[:len(g.labels)-1]
	g.raw(byte(wasm.OpEnd))
}

// target returns a label that takes nothing, false if none is chosen.
func (g *generator) target() (byte, bool) {
	n := g.choose(len(g.labels))
	return byte(n), g.labels[len(g.labels)-1-n] == ""
}

// call writes a call, direct or through the table, and returns its results.
func (g *generator) call() string {
	i := g.choose(len(g.callable))
	s := signaturesMade[g.callable[i]]
	g.depth++
	g.values(s[0])
	if g.choose(2) == 0 {
		g.raw(byte(wasm.OpCall), byte(i))
	} else {
		g.raw(byte(wasm.OpI32Const), byte(g.choose(8)), byte(wasm.OpCallIndirect), byte(g.callable[i]), 0)
	}
	g.depth--
	return s[1]
}
