package host

import (
	"strings"

	"github.com/hookseal/hookseal/hostabi"
)

// config_get(name) returns a block with a value of the configuration, 0 for one
// that is absent or empty.
func extismConfig(a args) uint64 { return a.give(a.call.config(string(a.block(0)))) }

func extismVar(a args) uint64 { return a.give(a.call.shared().vars[string(a.block(0))]) }

// var_set(name, value) keeps a value until the call ends; the value 0 removes it.
func extismSetVar(a args) hostabi.Result {
	name, value := string(a.block(0)), string(a.block(1))
	vars, memory := a.call.shared().vars, a.call.memory
	if before, ok := vars[name]; ok {
		memory.beside -= extismVarCost(name, before)
		delete(vars, name)
	}
	if a.stack[1] == 0 {
		return 0
	}
	if cost := extismVarCost(name, value); !memory.reserve(cost) {
		a.call.denied(cost)
	}
	vars[name] = value
	return 0
}

// extismVarCost is what a variable takes of the memory that the guest is granted.
func extismVarCost(name, value string) uint64 {
	return uint64(len(name)+len(value)) + extismBlockCost
}

// extismFacts is how the names begin under which a plug-in reads what is known of
// its event; the rest are settings.
const extismFacts = "hookseal."

// config returns what a plug-in reads as its configuration.
func (c *call) config(name string) string {
	fact, ok := strings.CutPrefix(name, extismFacts)
	if !ok {
		return c.settings[name]
	}
	if header, ok := strings.CutPrefix(fact, "header."); ok {
		if secretive(hostabi.FieldHeader, header) {
			return ""
		}
		return strings.Join(c.header.Values(header), ", ")
	}
	if fact == "content_type" {
		return c.ev.ContentType()
	}
	if field, ok := extismFields()[fact]; ok {
		return c.eventText(field)
	}
	return ""
}

// extismFields returns what a plug-in reads of its event, by the rest of the name.
func extismFields() map[string]hostabi.Field {
	return map[string]hostabi.Field{
		"id":           hostabi.FieldEventID,
		"type":         hostabi.FieldEventType,
		"source":       hostabi.FieldEventSource,
		"time":         hostabi.FieldEventTime,
		"provider":     hostabi.FieldEventProvider,
		"provider_id":  hostabi.FieldEventProviderID,
		"subscription": hostabi.FieldSubscription,
		"endpoint":     hostabi.FieldEndpoint,
	}
}
