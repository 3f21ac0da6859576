package host

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
	"github.com/hookseal/hookseal/hostabi/internal/wasm"
)

// module is what the host must know of a binary before it compiles it.
type module struct {
	sections []wasm.Section
	imports  []imported
	exports  []exported
	// globals counts the globals, mutable are the indexes of the mutable globals of a numeric type.
	globals uint32
	mutable []uint32
	// opaque says that there is a mutable global whose value the host cannot
	// put back: a reference or a vector.
	opaque bool
	// memory is the initial size in pages.
	memory uint64
	// entries is the initial size of the tables together.
	entries uint64
	effects effects
}

type imported struct{ wasm.Import }

type exported struct {
	name string
	kind wasm.Kind
}

const pageSize = 64 << 10

func (m *module) exportsFunction(name string) bool {
	return slices.Contains(m.exports, exported{name, wasm.KindFunction})
}

// hooks lists the hooks that the module exports.
func (m *module) hooks() []webhook.Hook {
	var hooks []webhook.Hook
	for _, hook := range []webhook.Hook{webhook.HookClaim, webhook.HookTransform} {
		if m.exportsFunction(hookExports()[hook]) {
			hooks = append(hooks, hook)
		}
	}
	return hooks
}

// restorable reports whether memory and globals are all the state that the
// module can change.
func (m *module) restorable() bool { return !m.opaque && !m.effects.state }

// admissible refuses a module that the host cannot serve, nil if it can.
func (m *module) admissible(limits webhook.GuestLimits) *webhook.GuestError {
	for _, i := range m.imports {
		if refusal := i.admissible(); refusal != "" {
			return fault("", webhook.GuestABI, "%s", refusal)
		}
	}
	switch bytes := m.memory * pageSize; {
	case bytes > uint64(limits.Memory):
		return fault("", webhook.GuestMemory, "the module begins with %d bytes of memory, at most %d are granted", bytes, limits.Memory)
	case m.entries > hostabi.MaxTable:
		return fault("", webhook.GuestMemory, "the module's tables have %d entries, at most %d are granted", m.entries, hostabi.MaxTable)
	case m.effects.growsTable:
		return fault("", webhook.GuestABI, "the module grows a table, which is not served")
	case m.exportsFunction(hostabi.ExportCommand):
		return fault("", webhook.GuestABI, "the module is a command (it exports %q); build it as a reactor", hostabi.ExportCommand)
	case len(m.hooks()) == 0:
		return fault("", webhook.GuestABI, "the module exports neither %q nor %q", hostabi.ExportClaim, hostabi.ExportTransform)
	}
	return nil
}

// admissible says why an import is refused, empty if it is served.
func (i imported) admissible() string {
	name := clip(i.Module) + "." + clip(i.Name)
	switch {
	case i.Kind != wasm.KindFunction:
		return fmt.Sprintf("the module imports %s, which is no function; the host serves functions alone", name)
	case i.Module == hostabi.Module:
		if _, ok := functions()[i.Name]; !ok {
			return fmt.Sprintf("the module imports the function %s, which the host does not serve", name)
		}
	case i.Module == hostabi.WASI:
		if !slices.Contains(hostabi.WASIFunctions(), i.Name) {
			return fmt.Sprintf("the module imports the function %s; of %s the host serves %s", name, hostabi.WASI, strings.Join(hostabi.WASIFunctions(), ", "))
		}
	default:
		return fmt.Sprintf("the module imports the function %s; the host serves %s and a few functions of %s", name, hostabi.Module, hostabi.WASI)
	}
	return ""
}

// admissibleTypes refuses hooks and imports of another type than the contract's.
func admissibleTypes(compiled wazero.CompiledModule) *webhook.GuestError {
	for _, export := range hookExports() {
		f, ok := compiled.ExportedFunctions()[export]
		if ok && (len(f.ParamTypes()) > 0 || !slices.Equal(f.ResultTypes(), []api.ValueType{api.ValueTypeI32})) {
			return fault("", webhook.GuestABI, "the export %q must take nothing and return an i32", export)
		}
	}
	if f, ok := compiled.ExportedFunctions()[hostabi.ExportInitialize]; ok && len(f.ParamTypes())+len(f.ResultTypes()) > 0 {
		return fault("", webhook.GuestABI, "the export %q must take and return nothing", hostabi.ExportInitialize)
	}
	for _, f := range compiled.ImportedFunctions() {
		moduleName, name, _ := f.Import()
		if moduleName == meterModule {
			continue
		}
		params, results := signature(moduleName, name)
		if !slices.Equal(f.ParamTypes(), params) || !slices.Equal(f.ResultTypes(), results) {
			return fault("", webhook.GuestABI, "the module imports %s.%s as %s, it is %s", moduleName, name,
				typeText(f.ParamTypes(), f.ResultTypes()), typeText(params, results))
		}
	}
	return nil
}

// signature returns the type of a function that the host serves.
func signature(moduleName, name string) (params, results []api.ValueType) {
	f := functions()[name]
	if moduleName == hostabi.WASI {
		f = wasiFunctions()[name]
	}
	return f.types()
}

func typeText(params, results []api.ValueType) string {
	text := func(types []api.ValueType) string {
		names := make([]string, len(types))
		for i, t := range types {
			names[i] = api.ValueTypeName(t)
		}
		return "(" + strings.Join(names, ", ") + ")"
	}
	return text(params) + " -> " + text(results)
}
