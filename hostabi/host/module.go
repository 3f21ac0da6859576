package host

import (
	"cmp"
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
	// function is the export that an Extism plug-in is called by, empty for that
	// of the hook.
	function string
}

type imported struct{ wasm.Import }

type exported struct {
	name string
	kind wasm.Kind
}

// reserved reports whether the name is one that a later version of the ABI may
// call, or that the host may give to what it adds to a module.
func (e exported) reserved() bool {
	return strings.HasPrefix(e.name, hostabi.Prefix) || strings.HasPrefix(e.name, meterModule)
}

const pageSize = 64 << 10

func (m *module) exportsFunction(name string) bool {
	return slices.Contains(m.exports, exported{name, wasm.KindFunction})
}

// abi returns the import module that the module is served.
func (m *module) abi() string {
	if m.importsFrom(hostabi.Extism) {
		return hostabi.Extism
	}
	return hostabi.Module
}

func (m *module) importsFrom(name string) bool {
	return slices.ContainsFunc(m.imports, func(i imported) bool { return i.Module == name })
}

// initialize returns the export that is called once, before the first hook, empty
// if there is none.
func (m *module) initialize() string {
	switch {
	case m.exportsFunction(hostabi.ExportInitialize):
		return hostabi.ExportInitialize
	case m.abi() == hostabi.Extism && m.exportsFunction(extismInitialize):
		return extismInitialize
	}
	return ""
}

// hooks lists the hooks that the module exports.
func (m *module) hooks() []webhook.Hook {
	var hooks []webhook.Hook
	for _, hook := range []webhook.Hook{webhook.HookClaim, webhook.HookTransform} {
		if hook == webhook.HookClaim && m.abi() == hostabi.Extism {
			continue
		}
		if m.exportsFunction(m.hookExport(hook)) {
			hooks = append(hooks, hook)
		}
	}
	return hooks
}

// hookExport returns the export by which a hook is known.
func (m *module) hookExport(hook webhook.Hook) string {
	if hook == webhook.HookClaim {
		return hostabi.ExportClaim
	}
	return cmp.Or(m.function, hostabi.ExportTransform)
}

// hookExports returns the exports of the hooks that there are.
func (m *module) hookExports() map[webhook.Hook]string {
	all := map[webhook.Hook]string{}
	for _, hook := range m.hooks() {
		all[hook] = m.hookExport(hook)
	}
	return all
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
	case m.abi() == hostabi.Extism:
		return m.admissibleExtism()
	case slices.ContainsFunc(m.exports, exported.reserved):
		i := slices.IndexFunc(m.exports, exported.reserved)
		return fault("", webhook.GuestABI, "the module exports %q: names that begin with %q are for later versions of the ABI, "+
			"those with %q for what the host adds", m.exports[i].name, hostabi.Prefix, meterModule)
	case m.exportsFunction(hostabi.ExportCommand):
		return fault("", webhook.GuestABI, "the module is a command (it exports %q); build it as a reactor: "+
			"Go with -buildmode=c-shared, Rust as a cdylib, C with -Wl,--no-entry or -mexec-model=reactor", hostabi.ExportCommand)
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
	case i.Module == hostabi.Extism:
		return i.admissibleExtism()
	case i.Module == extismUser:
		return fmt.Sprintf("the module imports the function %s, which another host serves to its plug-ins and this one does not", name)
	case i.Module == hostabi.WASI:
		if !slices.Contains(hostabi.WASIFunctions(), i.Name) {
			return fmt.Sprintf("the module imports the function %s; of %s the host serves %s", name, hostabi.WASI, strings.Join(hostabi.WASIFunctions(), ", "))
		}
	case strings.HasPrefix(i.Module, hostabi.Prefix):
		return fmt.Sprintf("the module is built for %s (it imports %s), and this host serves %s alone: %s", clip(i.Module), name, hostabi.Module, versionAdvice(i.Module))
	default:
		return fmt.Sprintf("the module imports the function %s; the host serves %s and a few functions of %s", name, hostabi.Module, hostabi.WASI)
	}
	return ""
}

// versionAdvice says what to do with a module of another version.
func versionAdvice(version string) string {
	if version == hostabi.Prefix+"v0" {
		return "version 0 was a draft, so build the module anew with an SDK for version 1"
	}
	return "update hookseal, or build the module with an SDK for version 1"
}

// admissibleTypes refuses hooks and imports of another type than the contract's.
func (m *module) admissibleTypes(compiled wazero.CompiledModule) *webhook.GuestError {
	all := compiled.ExportedFunctions()
	for _, hook := range m.hooks() {
		if export := m.hookExport(hook); !m.hookType(all[export]) {
			return fault("", webhook.GuestABI, "the export %q must take nothing and return an i32", export)
		}
	}
	if export := m.initialize(); export != "" && len(all[export].ParamTypes())+len(all[export].ResultTypes()) > 0 {
		return fault("", webhook.GuestABI, "the export %q must take and return nothing", export)
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

// hookType reports whether a hook has the type of the contract. Of Extism plug-ins
// there are such that return nothing, which is success.
func (m *module) hookType(f api.FunctionDefinition) bool {
	if len(f.ParamTypes()) > 0 {
		return false
	}
	if len(f.ResultTypes()) == 0 {
		return m.abi() == hostabi.Extism
	}
	return slices.Equal(f.ResultTypes(), []api.ValueType{api.ValueTypeI32})
}

// signature returns the type of a function that the host serves.
func signature(moduleName, name string) (params, results []api.ValueType) {
	return served(moduleName)[name].types()
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
