package script

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/webhook"
)

// maxMessage bounds the text of a thrown value, in bytes.
const maxMessage = 1024

// abiFault reports a result of the wrong shape.
func abiFault(format string, args ...any) *webhook.GuestError {
	return &webhook.GuestError{Kind: webhook.GuestABI, Message: fmt.Sprintf(format, args...)}
}

// protected runs f and returns what it throws or panics with. goja reports some
// misuse by a script as a Go panic, which must not end the process.
func (c *call) protected(f func() error) (err error) {
	defer func() {
		switch x := recover().(type) {
		case nil:
		case error:
			err = x
		default:
			err = fmt.Errorf("%v", x)
		}
	}()
	if thrown := c.vm.Try(func() { err = f() }); thrown != nil {
		return thrown
	}
	return err
}

// faultOf gives the GuestError of an error, nil for none.
func (c *call) faultOf(err error) error {
	if err == nil {
		return nil
	}
	fault := c.classify(err)
	fault.Guest = c.guest.Name()
	if len(c.body) > 0 {
		// Some messages of the interpreter quote the value that they are about.
		fault.Message = strings.ReplaceAll(fault.Message, string(c.body), "[the body]")
	}
	if len(fault.Message) > maxMessage {
		fault.Message = strings.ToValidUTF8(fault.Message[:maxMessage], "") + "…"
	}
	return fault
}

func (c *call) classify(err error) *webhook.GuestError {
	var (
		fault       *webhook.GuestError
		interrupted *goja.InterruptedError
		overflow    *goja.StackOverflowError
		thrown      *goja.Exception
		rejected    rejection
	)
	switch {
	case errors.As(err, &interrupted):
		if fault, ok := interrupted.Value().(*webhook.GuestError); ok {
			return c.at(fault, interrupted.Stack())
		}
		return c.at(c.guest.fault(webhook.GuestTimeout, "interrupted"), interrupted.Stack())
	case errors.As(err, &fault):
		return fault
	case errors.As(err, &overflow):
		return c.at(c.guest.fault(webhook.GuestTrap, "calls nested deeper than %d", maxCallDepth), overflow.Stack())
	case errors.As(err, &thrown):
		return c.at(c.guest.fault(webhook.GuestThrow, "%s", c.textOf(thrown.Value())), thrown.Stack())
	case errors.As(err, &rejected):
		fault := c.guest.fault(webhook.GuestThrow, "%s", c.textOf(rejected.value))
		// Thrown anew, an Error brings along the stack of where it was made.
		if again := c.vm.Try(func() { panic(rejected.value) }); again != nil {
			return c.at(fault, again.Stack())
		}
		return fault
	}
	return c.guest.fault(webhook.GuestTrap, "the interpreter gave up: %v", err)
}

// at fills in the innermost place of the stack that lies in the script itself.
func (c *call) at(fault *webhook.GuestError, stack []goja.StackFrame) *webhook.GuestError {
	for _, frame := range stack {
		if frame.SrcName() != c.guest.Name() {
			continue
		}
		if c.guest.unit.locate(fault, frame.Position()) {
			return fault
		}
	}
	return fault
}

// textOf converts a thrown value as String(value) would, which may run the
// script's own code.
func (c *call) textOf(v goja.Value) string {
	if v == nil {
		return "undefined"
	}
	text := "a value that cannot be converted to text"
	err := c.protected(func() error {
		text = v.String()
		return nil
	})
	if err != nil {
		return text
	}
	return text
}

// describe names a value of the wrong kind in a message, without its content.
func describe(v goja.Value) string {
	switch {
	case v == nil || goja.IsUndefined(v):
		return "undefined"
	case goja.IsNull(v):
		return "null"
	case goja.IsString(v):
		return "a string"
	case goja.IsNumber(v):
		return "a number"
	case goja.IsBigInt(v):
		return "a BigInt"
	}
	object, ok := v.(*goja.Object)
	if !ok {
		if _, ok := v.(*goja.Symbol); ok {
			return "a symbol"
		}
		return "a boolean"
	}
	switch name := object.ClassName(); name {
	case "Function":
		return "a function"
	case "Array":
		return "an array"
	case "Object":
		return "an object"
	default:
		return "an object of class " + name
	}
}
