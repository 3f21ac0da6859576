package host

import (
	"context"
	"maps"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

// function is one function that the host serves.
type function struct {
	// params has one letter for each parameter: i for i32, I for i64.
	params string
	// silent says that the function returns nothing.
	silent bool
	// hook is the one hook that may call it; empty is both, and the start.
	hook webhook.Hook
	run  func(a args) hostabi.Result
	// long is there instead of run for a function that returns an i64.
	long func(a args) uint64
}

func (f function) types() (params, results []api.ValueType) {
	for _, letter := range f.params {
		if letter == 'I' {
			params = append(params, api.ValueTypeI64)
		} else {
			params = append(params, api.ValueTypeI32)
		}
	}
	switch {
	case f.long != nil:
		results = []api.ValueType{api.ValueTypeI64}
	case !f.silent:
		results = []api.ValueType{api.ValueTypeI32}
	}
	return params, results
}

// functions returns what the host serves under [hostabi.Module].
func functions() map[string]function {
	all := map[string]function{}
	for _, group := range []map[string]function{readFunctions(), valueFunctions(), claimFunctions(), conditionFunctions(), emitFunctions(), helpFunctions()} {
		maps.Copy(all, group)
	}
	return all
}

// served returns the functions of one import module of a guest, nil for one that
// is not served.
func served(moduleName string) map[string]function {
	switch moduleName {
	case hostabi.Module:
		return functions()
	case hostabi.Extism:
		return extismFunctions()
	case hostabi.WASI:
		return wasiFunctions()
	}
	return nil
}

// serve instantiates the host modules of an ABI in a runtime.
func serve(ctx context.Context, runtime wazero.Runtime, abi string) error {
	for _, name := range []string{abi, hostabi.WASI} {
		builder := runtime.NewHostModuleBuilder(name)
		for export, f := range served(name) {
			params, results := f.types()
			builder.NewFunctionBuilder().WithGoModuleFunction(f.bind(export), params, results).Export(export)
		}
		if _, err := builder.Instantiate(ctx); err != nil {
			return err
		}
	}
	return serveMeter(ctx, runtime)
}

func (f function) bind(name string) api.GoModuleFunc {
	return func(ctx context.Context, _ api.Module, stack []uint64) {
		c := ctx.Value(callKey{}).(*call)
		if f.hook != "" && f.hook != c.hook {
			c.misuse("%s belongs to %s", name, f.hook)
		}
		c.meter.charge(costCall)
		if f.long != nil {
			stack[0] = f.long(args{c, name, stack})
			return
		}
		result := f.run(args{c, name, stack})
		if !f.silent {
			stack[0] = uint64(uint32(result))
		}
	}
}

// args are the arguments of one call of a host function.
type args struct {
	call  *call
	name  string
	stack []uint64
}

// i32 returns the i-th argument. The high bits of the slot are garbage.
func (a args) i32(i int) int32 { return int32(uint32(a.stack[i])) }

func (a args) i64(i int) int64 { return int64(a.stack[i]) }

func (a args) flag(i int) bool { return a.i32(i) != 0 }

// bytes returns the memory that the arguments i and i+1 give as pointer and
// length. It is the guest's: whoever keeps it makes a copy.
func (a args) bytes(i int) []byte {
	b := a.buffer(i)
	a.call.meter.charge(int64(len(b) / bytesPerUnit))
	return b
}

// buffer returns such memory for an answer, which may be shorter.
func (a args) buffer(i int) []byte { return a.span(a.stack[i], uint64(uint32(a.stack[i+1]))) }

// object returns size bytes of memory at the pointer that the i-th argument
// gives.
func (a args) object(i int, size uint64) []byte { return a.span(a.stack[i], size) }

// span returns length bytes of memory. Memory that is not there ends the call.
func (a args) span(pointer, length uint64) []byte {
	memory := a.call.memory.bytes
	pointer = uint64(uint32(pointer))
	if pointer+length > uint64(len(memory)) {
		a.call.misuse("%s: %d bytes at %d are outside of the memory of %d bytes", a.name, length, pointer, len(memory))
	}
	return memory[pointer : pointer+length : pointer+length]
}

// text returns a copy of the memory that the arguments i and i+1 give.
func (a args) text(i int) string { return string(a.bytes(i)) }

// held returns such a copy that outlives the host function, and counts it.
func (a args) held(i int) string {
	b := a.bytes(i)
	a.call.hold(len(b))
	return string(b)
}

// answer copies as much of the text as fits into the memory that the arguments i
// and i+1 give, and returns the whole length.
func (a args) answer(i int, text string) hostabi.Result {
	n := copy(a.buffer(i), text)
	a.call.meter.charge(int64(n / bytesPerUnit))
	return hostabi.Result(len(text))
}
