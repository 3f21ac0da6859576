package script

import (
	"math"
	"strings"

	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/webhook"
)

// guard bounds a builtin that could take memory out of all proportion at one
// stroke, where nothing of the script runs that could be interrupted.
//
// A guard is installed only for a script in whose text the word stands, since
// each costs some microseconds per call of the script. Scripts are trusted, so
// that one which hides the word bounds itself.
type guard struct {
	word string
	// owner leads to the object that holds the builtin.
	owner []string
	// wrap makes the replacement of the builtin.
	wrap func(c *call, builtin goja.Callable) func(goja.FunctionCall) goja.Value
}

func allGuards() []guard {
	return []guard{
		{"parse", []string{"JSON"}, (*call).jsonParse},
		{"repeat", []string{"String", "prototype"}, bounded(func(call goja.FunctionCall) float64 {
			return float64(len(call.This.String())) * call.Argument(0).ToFloat()
		})},
		{"padStart", []string{"String", "prototype"}, bounded(padCost)},
		{"padEnd", []string{"String", "prototype"}, bounded(padCost)},
		{"fill", []string{"Array", "prototype"}, bounded(func(call goja.FunctionCall) float64 {
			object, ok := call.This.(*goja.Object)
			if !ok {
				return 0
			}
			const slot = 16 // the size of a goja.Value
			if length := object.Get("length"); length != nil {
				return slot * length.ToFloat()
			}
			return 0
		})},
	}
}

func padCost(call goja.FunctionCall) float64 { return 2 * call.Argument(0).ToFloat() }

func guardsFor(text string) []guard {
	var guards []guard
	for _, g := range allGuards() {
		if strings.Contains(text, g.word) {
			guards = append(guards, g)
		}
	}
	return guards
}

func (g guard) install(c *call) error {
	owner := c.vm.GlobalObject()
	for _, name := range g.owner {
		owner = owner.Get(name).ToObject(c.vm)
	}
	builtin, ok := goja.AssertFunction(owner.Get(g.word))
	if !ok {
		return nil
	}
	return owner.DefineDataProperty(g.word, c.vm.ToValue(g.wrap(c, builtin)),
		goja.FLAG_TRUE, goja.FLAG_TRUE, goja.FLAG_FALSE)
}

// bounded stops the call when the cost of a builtin, in bytes, is beyond the
// memory limit.
func bounded(cost func(goja.FunctionCall) float64) func(*call, goja.Callable) func(goja.FunctionCall) goja.Value {
	return func(c *call, builtin goja.Callable) func(goja.FunctionCall) goja.Value {
		return func(args goja.FunctionCall) goja.Value {
			if need := cost(args); need > float64(c.guest.limits.Memory) && !math.IsInf(need, 1) {
				c.exhausted(need)
				return goja.Undefined()
			}
			return c.again(builtin, args)
		}
	}
}

// exhausted ends the call for want of memory.
func (c *call) exhausted(need float64) {
	c.vm.Interrupt(c.guest.fault(webhook.GuestMemory,
		"asked for %.0f bytes at once, the limit is %d", need, c.guest.limits.Memory))
}

// again calls the builtin that a guard stands before.
func (c *call) again(builtin goja.Callable, args goja.FunctionCall) goja.Value {
	result, err := builtin(args.This, args.Arguments...)
	if err != nil {
		panic(err)
	}
	return result
}

// jsonParse is JSON.parse by the reader that builds event.data: as deep as that
// goes and no deeper, and with the source text of what is not touched.
func (c *call) jsonParse(builtin goja.Callable) func(goja.FunctionCall) goja.Value {
	return func(args goja.FunctionCall) goja.Value {
		value, err := c.parseJSON([]byte(args.Argument(0).String()))
		if err != nil {
			c.throwSyntax(err)
		}
		if !goja.IsUndefined(args.Argument(1)) {
			return c.again(builtin, args)
		}
		return value
	}
}

// throwSyntax throws the SyntaxError of the script's own realm.
func (c *call) throwSyntax(err error) {
	object, thrown := c.vm.New(c.vm.GlobalObject().Get("SyntaxError"), c.vm.ToValue(err.Error()))
	if thrown != nil {
		panic(thrown)
	}
	panic(object)
}
