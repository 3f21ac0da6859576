package metering_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/hookseal/hookseal/hostabi/internal/wasm"
	"github.com/hookseal/hookseal/hostabi/metering"
)

const i32, i64 = "\x7f", "\x7e"

// Every function returns its own index, and is reached in every way in which a
// module can name a function.
func TestIndexesMove(t *testing.T) {
	module := assemble(
		types("", i32, "", ""),
		section(wasm.SectionImport, vector(sized("other")+sized("zero")+"\x00\x00")),
		functions(0, 0, 0, 1, 0, 0),
		section(wasm.SectionTable, "\x01\x70\x00\x04"),
		section(wasm.SectionGlobal, "\x02\x7f\x01\x41\x00\x0b\x70\x00\xd2\x02\x0b"),
		exports("direct", "\x01", "indirect", "\x03", "started", "\x05", "null", "\x06", "imported", "\x00"),
		section(wasm.SectionStart, "\x04"),
		section(wasm.SectionElement, vector(
			"\x00\x41\x00\x0b\x01\x02",             // active, indexes: entry 0 is function 2
			"\x04\x41\x01\x0b\x01\xd2\x01\x0b",     // active, expressions: entry 1 is function 1
			"\x02\x00\x41\x02\x0b\x00\x01\x00",     // active, with its table: entry 2 is function 0
			"\x03\x00\x01\x03", "\x01\x00\x01\x02", // declarative, passive
		)),
		code(
			"\x00\x41\x01\x0b", // 1: returns 1
			"\x00\x41\x02\x0b", // 2: returns 2
			"\x00\x41\x00\x11\x00\x00\x41\x0a\x6c\x41\x01\x11\x00\x00\x6a\x41\x0a\x6c\x41\x02\x11\x00\x00\x6a\x0b", // 3: entries 0, 1, 2 in turn
			"\x00\x10\x01\x41\xe4\x00\x6c\x10\x02\x6a\x24\x00\x0b",                                                 // 4, the start: notes 102
			"\x00\x23\x00\x0b",     // 5: what was noted
			"\x00\xd2\x03\xd1\x0b", // 6: whether function 3 is null
		),
		section(wasm.SectionCustom, sized("name")+"\x01"+sized(vector("\x00"+sized("zero"), "\x01"+sized("one"), "\x03"+sized("three")))),
	)
	for engine, config := range engines() {
		w := newWorld(t, config, true)
		_, err := w.NewHostModuleBuilder("other").NewFunctionBuilder().WithFunc(func() uint32 { return 7 }).Export("zero").Instantiate(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		mod, err := w.start(module, "")
		if err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]string{
			"direct": "1", "indirect": "d9", "started": "66", "null": "0", "imported": "7",
		} {
			if got := w.call(mod, name); got != "results: "+want {
				t.Errorf("%s: %s = %s, want results: %s", engine, name, got, want)
			}
		}
		for export, name := range map[string]string{"direct": "one", "indirect": "three"} {
			if got := mod.ExportedFunction(export).Definition().Name(); got != name {
				t.Errorf("%s: the function %s is named %q, want %q", engine, export, got, name)
			}
		}
	}
}

func TestCustomSections(t *testing.T) {
	custom := func(name, content string) string { return section(wasm.SectionCustom, sized(name)+content) }
	module := assemble(custom("first", "1"), types("", ""), custom("producers", "2"), custom(".debug_line", "3"),
		custom("name", "\x00"+sized(sized("whole"))+"\x03"+sized("\x00")), custom("name", "\x01\xff"), custom("metadata.code.branch_hint", "4"))
	out, err := metering.Rewrite(module, options)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\x05first1", "\x09producers2", "\x04name\x00\x06\x05whole"} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("%q is not there any more", want)
		}
	}
	for _, not := range []string{".debug", "metadata", "\x04name\x01", "whole\x03"} {
		if bytes.Contains(out, []byte(not)) {
			t.Errorf("%q is still there", not)
		}
	}
}

// A module of nothing gets the sections that the meter needs.
func TestEmptyModule(t *testing.T) {
	for engine, config := range engines() {
		w := newWorld(t, config, true)
		if mod, err := w.start(assemble(), ""); err != nil || mod.ExportedGlobal(options.Stack).Get() != uint64(options.StackBytes) {
			t.Errorf("%s: %v, %v", engine, mod, err)
		}
	}
}

func TestRefusals(t *testing.T) {
	body := func(instructions string) []byte { return one("", "", "\x00"+instructions+"\x0b") }
	tests := map[string]struct {
		module  []byte
		message string
	}{
		"no module":            {[]byte("\x00asm\x02\x00\x00\x00"), "not a WebAssembly module of version 1: it is of version 0x02000000"},
		"cut off":              {assemble("\x01\x05\x00"), "section 1 at byte 8 is cut off or unknown"},
		"out of order":         {assemble(functions(), types()), "section 1 at byte 11 is out of order"},
		"twice":                {assemble(types(), types()), "section 1 at byte 11 is out of order"},
		"tail call":            {body("\x12\x00"), "function 0: byte 42: tail calls are not supported (opcode 0x12)"},
		"exception":            {body("\x08\x00"), "function 0: byte 42: exceptions are not supported (opcode 0x8)"},
		"thread":               {body("\xfe\x03\x00"), "function 0: byte 42: threads are not supported (opcode 0xfe)"},
		"garbage collection":   {body("\xfb\x00\x00"), "function 0: byte 42: garbage-collected types are not supported (opcode 0xfb)"},
		"function reference":   {body("\x14\x00"), "function 0: byte 42: typed function references are not supported (opcode 0x14)"},
		"relaxed vectors":      {body("\xfd\x80\x02"), "function 0: byte 44: relaxed vector instructions are not supported (opcode 0xfd 256)"},
		"unknown":              {body("\x27"), "function 0: byte 42: there is no such instruction (opcode 0x27)"},
		"long integer":         {body("\x10\x80\x80\x80\x80\x10"), "function 0: byte 47: an integer is longer than its type allows"},
		"the fuel":             {body("\x23\x00\x1a"), "function 0: byte 43: there is no global 0"},
		"the stack":            {body("\x41\x00\x24\x01"), "function 0: byte 45: there is no global 1"},
		"the tick":             {body("\x42\x00\x10\x01"), "function 0: byte 45: there is no function 1"},
		"the label of a block": {body("\x0c\x01"), "function 0: byte 43: there is no label 1"},
		"a label of many":      {body("\x41\x00\x0e\x01\x01\x00"), "function 0: byte 47: there is no label 1"},
		"a local of the meter": {body("\x20\x00\x40\x00\x1a"), "function 0: byte 43: there is no local 0"},
		"the type of tick":     {body("\x42\x00\x41\x00\x11\x01\x00"), "function 0: byte 48: there is no type 1"},
		"a block of that type": {body("\x42\x00\x02\x01\x0b"), "function 0: byte 45: there is no type 1"},
		"after its end":        {body("\x0b"), "function 0: byte 42: 1 bytes are left over"},
		"without an end":       {one("", "", "\x00\x01"), "function 0: byte 42: cut off"},
		"exports the fuel": {
			assemble(section(wasm.SectionExport, vector(sized("a")+"\x03\x00"))), "section 7: byte 15: there is no global 0",
		},
		"starts the tick":     {assemble(section(wasm.SectionStart, "\x00")), "section 8: byte 11: there is no function 0"},
		"element of the tick": {assemble(section(wasm.SectionElement, "\x01\x01\x00\x01\x00")), "section 9: byte 15: there is no function 0"},
		"without code":        {assemble(types("", ""), functions(0)), "1 functions are declared and 0 have code"},
		"type of an import": {
			assemble(section(wasm.SectionImport, vector(sized("a")+sized("b")+"\x00\x00"))), "section 2: byte 17: there is no type 0",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := metering.Rewrite(tt.module, options); err == nil || err.Error() != tt.message {
				t.Errorf("Rewrite: %v, want %s", err, tt.message)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	small := options
	small.MaxSize = 100
	tests := map[string]struct {
		module  []byte
		options metering.Options
		want    error
	}{
		"reserved import": {assemble(types("", ""), section(wasm.SectionImport, vector(sized("meter")+sized("tick")+"\x00\x00"))), options, metering.ErrReserved},
		"reserved export": {assemble(types("", ""), functions(0), exports("meter.fuel", "\x00"), code("\x00\x0b")), options, metering.ErrReserved},
		"locals":          {one("", "", "\x02\xa8\xc3\x01\x7f\xa9\xc3\x01\x7f\x0b"), options, metering.ErrLocals},
		"size":            {one("", "", "\x00"+strings.Repeat("\x03\x40\x0b", 100)+"\x0b"), small, metering.ErrSize},
		"types":           {assemble(types(make([]string, 2*metering.MaxItems+2)...)), options, metering.ErrItems},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := metering.Rewrite(tt.module, tt.options); !errors.Is(err, tt.want) {
				t.Errorf("Rewrite: %v, want %v", err, tt.want)
			}
		})
	}
	for name, change := range map[string]func(*metering.Options){
		"no tick": func(o *metering.Options) { o.TickName = "" }, "one name": func(o *metering.Options) { o.Fuel = o.Stack },
		"no stack": func(o *metering.Options) { o.StackBytes = 0 }, "negative size": func(o *metering.Options) { o.MaxSize = -1 },
	} {
		bad := options
		change(&bad)
		if _, err := metering.Rewrite(assemble(), bad); err == nil {
			t.Errorf("%s: Rewrite takes %+v", name, bad)
		}
	}
}

// A module of a proposal that the second version of the specification does not
// have is refused with a message that says so, where the compiler takes it.
func TestProposals(t *testing.T) {
	suite := specSuite(t)
	features := wazero.NewRuntimeConfigInterpreter()
	seen := 0
	for _, proposal := range []string{"threads", "tail-call", "exception-handling", "extended-const", "typed-function-references"} {
		files, err := filepath.Glob(filepath.Join(suite, proposal, "testdata", "*.wasm"))
		if err != nil {
			t.Fatal(err)
		}
		plain := newWorld(t, features, false)
		for _, file := range files {
			seen++
			module, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, refusal := metering.Rewrite(module, options)
			compiled, err := plain.CompileModule(context.Background(), module)
			if err == nil {
				_ = compiled.Close(context.Background())
			}
			if err == nil && refusal != nil && !strings.Contains(refusal.Error(), " not supported ") {
				t.Errorf("%s: Rewrite: %v, and the compiler takes it", file, refusal)
			}
		}
	}
	if seen < 500 {
		t.Errorf("%d modules, want all of the suite's proposals", seen)
	}
}
