package host

import (
	"fmt"
	"slices"
	"strings"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

// extismInitialize is called once where a plug-in has no [hostabi.ExportInitialize].
const extismInitialize = "__wasm_call_ctors"

// extismUser is the import module under which hosts of Extism serve functions of
// their own.
const extismUser = "extism:host/user"

// extismFunctions returns what the host serves under [hostabi.Extism]. An offset
// is that of a block in the memory that host and plug-in share, 0 is none. See
// https://extism.org/docs/concepts/runtime-apis.
func extismFunctions() map[string]function {
	transform := webhook.HookTransform
	log := func(level hostabi.Level) function {
		return function{params: "I", silent: true, run: func(a args) hostabi.Result {
			a.call.console.line(a.call, level, a.block(0))
			return 0
		}}
	}
	return map[string]function{
		"alloc":         {params: "I", long: extismAlloc},
		"free":          {params: "I", silent: true, run: extismFree},
		"length":        {params: "I", long: extismLength},
		"length_unsafe": {params: "I", long: extismLength},
		"load_u8":       {params: "I", run: extismLoad8},
		"load_u64":      {params: "I", long: extismLoad64},
		"store_u8":      {params: "Ii", silent: true, run: extismStore8},
		"store_u64":     {params: "II", silent: true, run: extismStore64},

		"input_offset":   {hook: transform, long: extismInputOffset},
		"input_length":   {hook: transform, long: extismInputLength},
		"input_load_u8":  {params: "I", hook: transform, run: extismInput8},
		"input_load_u64": {params: "I", hook: transform, long: extismInput64},
		"output_set":     {params: "II", silent: true, hook: transform, run: extismOutput},
		"error_set":      {params: "I", silent: true, run: extismError},

		"config_get": {params: "I", hook: transform, long: extismConfig},
		"var_get":    {params: "I", hook: transform, long: extismVar},
		"var_set":    {params: "II", silent: true, hook: transform, run: extismSetVar},

		"get_log_level": {run: extismLogLevel},
		"log_trace":     log(hostabi.Debug),
		"log_debug":     log(hostabi.Debug),
		"log_info":      log(hostabi.Info),
		"log_warn":      log(hostabi.Warn),
		"log_error":     log(hostabi.Error),
	}
}

// extismLogLevel says that the host wants lines from debug on. The levels of
// Extism count from 0, which is trace.
func extismLogLevel(args) hostabi.Result { return 1 }

// choose takes the ABI that a module must be built for and the function of a plug-in
// that is called, both empty for any. It refuses one of another ABI.
func (m *module) choose(abi webhook.ABI, function string) *webhook.GuestError {
	served, extism := m.abi(), m.abi() == hostabi.Extism
	switch {
	case abi != "" && !slices.Contains(webhook.ABIs(), abi):
		return fault("", webhook.GuestABI, "there is no ABI %q; ABIs are %s, %s", abi, webhook.HooksealABI, webhook.ExtismABI)
	case abi != "" && extism != (abi == webhook.ExtismABI):
		return fault("", webhook.GuestABI, "the module is said to be of the ABI %q and is built for %s", abi, served)
	case function != "" && !extism:
		return fault("", webhook.GuestABI, "the function %q is chosen, which is possible of an Extism plug-in alone", clip(function))
	}
	m.function = function
	return nil
}

// admissibleExtism refuses what a plug-in of Extism may not be beside what is
// asked of every module, nil if it is served.
func (m *module) admissibleExtism() *webhook.GuestError {
	switch {
	case m.importsFrom(hostabi.Module):
		return fault("", webhook.GuestABI, "the module imports both %s and %s; it is served one of them", hostabi.Module, hostabi.Extism)
	case len(m.hooks()) == 0:
		return fault("", webhook.GuestABI, "the module is an Extism plug-in and exports no function %q; if it is another that transforms, name it", clip(m.hookExport(webhook.HookTransform)))
	}
	return nil
}

// admissibleExtism says why an import from [hostabi.Extism] is refused, empty if
// it is served.
func (i imported) admissibleExtism() string {
	if _, ok := extismFunctions()[i.Name]; ok {
		return ""
	}
	name := clip(i.Module) + "." + clip(i.Name)
	if strings.HasPrefix(i.Name, "http_") {
		return fmt.Sprintf("the module imports the function %s; a transform has no network, and nothing grants it", name)
	}
	return fmt.Sprintf("the module imports the function %s, which the host does not serve to plug-ins", name)
}
