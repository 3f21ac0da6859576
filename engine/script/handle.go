package script

import (
	"strconv"
	"strings"

	"github.com/dop251/goja"

	"github.com/hookseal/hookseal/engine/scheme"
	"github.com/hookseal/hookseal/engine/webhook"
)

// handle is a value of the request in the hands of a claim. It remembers where
// its text came from, which a text made from it does not.
type handle struct {
	webhook.Value
	call *call
	// place is where the whole text stands, of which the value may be a piece.
	place webhook.Origin
	// fault says why the value is there and cannot count.
	fault webhook.Reason
	// secret says that the text is a credential, which a script may put into a
	// claim and not read.
	secret bool
	// piecewise says that the value is a piece of what stands at place.
	piecewise bool
}

var _ goja.DynamicObject = (*handle)(nil)

func (h *handle) object() goja.Value { return h.call.vm.NewDynamicObject(h) }

// Get returns the members that the package documentation lists.
func (h *handle) Get(name string) goja.Value {
	vm := h.call.vm
	switch name {
	case "text":
		return h.text()
	case "found":
		// Whether a piece of a credential is there would tell what is in it.
		return vm.ToValue(h.Found || h.secret && h.piecewise)
	case "fault":
		if h.secret {
			return vm.ToValue("")
		}
		return vm.ToValue(string(h.fault))
	case "toString", "toJSON":
		return vm.ToValue(func(goja.FunctionCall) goja.Value { return h.text() })
	case "or":
		return vm.ToValue(h.or)
	case "strip":
		return vm.ToValue(h.strip)
	case "split":
		return vm.ToValue(h.split)
	case "member":
		return vm.ToValue(h.member)
	case "jws":
		return vm.ToValue(h.jws)
	}
	return nil
}

func (h *handle) text() goja.Value {
	if h.secret {
		panic(h.call.vm.NewTypeError("%s is a credential: put the value itself into the claim", h.place.Name))
	}
	return h.call.text(h.Text)
}

// or(other) is the one of two values that is present; where both are, neither
// counts.
func (h *handle) or(args goja.FunctionCall) goja.Value {
	other, ok := asHandle(args.Argument(0))
	if !ok {
		panic(h.call.vm.NewTypeError("or: %s is not a value of the request", describe(args.Argument(0))))
	}
	if h.secret || other.secret {
		panic(h.call.vm.NewTypeError("or: %s and %s: a credential cannot be chosen by what is in it", h.place.Name, other.place.Name))
	}
	either := *h
	switch {
	case h.fault != "":
	case other.fault != "" || !h.Found:
		either = *other
	case other.Found:
		either.fault, either.Found = webhook.FieldAmbiguous, false
	}
	return either.object()
}

// strip(prefix) is the value without its prefix, which must be there.
func (h *handle) strip(args goja.FunctionCall) goja.Value {
	prefix := args.Argument(0).String()
	return h.piece("strip "+strconv.Quote(prefix), func(text string) (string, bool, webhook.Reason) {
		rest, ok := strings.CutPrefix(text, prefix)
		if !ok {
			return "", false, webhook.FieldMalformed
		}
		return rest, true, ""
	})
}

// split(separator, n) is the n-th piece, counted from zero.
func (h *handle) split(args goja.FunctionCall) goja.Value {
	separator, n := h.separator(args.Argument(0)), int(args.Argument(1).ToInteger())
	how := "split " + strconv.Quote(separator) + " " + strconv.Itoa(n)
	return h.piece(how, func(text string) (string, bool, webhook.Reason) {
		for item := range strings.SplitSeq(text, separator) {
			if n == 0 {
				return item, true, ""
			}
			n--
		}
		return "", false, ""
	})
}

// member(separator, key, n) is what follows "key=" in the n-th of the pieces
// that begin so, counted from zero.
func (h *handle) member(args goja.FunctionCall) goja.Value {
	separator, key, n := h.separator(args.Argument(0)), args.Argument(1).String(), int(args.Argument(2).ToInteger())
	how := "member " + strconv.Quote(separator) + " " + strconv.Quote(key) + " " + strconv.Itoa(n)
	return h.piece(how, func(text string) (string, bool, webhook.Reason) {
		for item := range strings.SplitSeq(text, separator) {
			name, member, ok := strings.Cut(strings.TrimSpace(item), "=")
			if !ok || name != key {
				continue
			}
			if n == 0 {
				return member, true, ""
			}
			n--
		}
		return "", false, ""
	})
}

// jws(algorithm, name) is a piece of a JSON Web Signature: its input, which is
// what is signed, its signature, or the scalar at header.PATH or claims.PATH.
func (h *handle) jws(args goja.FunctionCall) goja.Value {
	algorithm, name := args.Argument(0).String(), args.Argument(1).String()
	if !goja.IsString(args.Argument(0)) || !goja.IsString(args.Argument(1)) {
		panic(h.call.vm.NewTypeError("jws takes an algorithm, such as \"HS256\", and input, signature, header.PATH or claims.PATH"))
	}
	piece := *h
	piece.piecewise = true
	piece.Origin = scheme.JWSOrigin(h.Origin, name)
	if h.Found {
		piece.Text, piece.Found, piece.fault = scheme.ReadJWS(h.Text, algorithm, name)
	}
	return piece.object()
}

func (h *handle) separator(v goja.Value) string {
	if !goja.IsString(v) || v.String() == "" {
		panic(h.call.vm.NewTypeError("separator is %s, want a string that is not empty", describe(v)))
	}
	return v.String()
}

func (h *handle) piece(how string, cut func(text string) (string, bool, webhook.Reason)) goja.Value {
	piece := *h
	piece.piecewise = true
	piece.Origin = pieceOf(h.Origin, how)
	if h.Found {
		piece.Text, piece.Found, piece.fault = cut(h.Text)
	}
	return piece.object()
}

// wholeOf is the place that a piece is of.
func wholeOf(o webhook.Origin) webhook.Origin {
	o.Name, _, _ = strings.Cut(o.Name, "\t")
	return o
}

// pieceOf is the place of a piece: covered if the same piece is signed, or,
// where the body is signed and the value stands in it, with the body. A tab
// parts it from the name, which never holds one.
func pieceOf(o webhook.Origin, how string) webhook.Origin {
	if o.Kind == webhook.HeaderOrigin {
		o.Kind = webhook.SignatureOrigin
	}
	o.Name += "\t" + how
	return o
}

// Set refuses: a handle is what the request says.
func (h *handle) Set(string, goja.Value) bool { return false }

// Has reports whether there is a member.
func (h *handle) Has(name string) bool { return name == "text" || h.Get(name) != nil }

// Delete refuses.
func (h *handle) Delete(string) bool { return false }

// Keys lists none: a handle is no plain data.
func (h *handle) Keys() []string { return nil }
