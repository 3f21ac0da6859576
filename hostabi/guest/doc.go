// Package guest is the SDK for hookseal modules in Go.
//
// A module is a reactor for wasip1 that exports one or both hooks:
//
//	package main
//
//	import "github.com/hookseal/hookseal/hostabi/guest"
//
//	//go:wasmexport transform
//	func transform() int32 { return guest.RunTransform(forward) }
//
//	func forward(ev guest.Event) error {
//		ev.Emit(guest.Output{Type: "seen." + ev.Type(), Body: ev.Body()})
//		return nil
//	}
//
//	func main() {}
//
// It is built with the go tool alone:
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -ldflags="-s -w" -o forward.wasm .
//
// A claim says what was signed and never sees a secret; see [RunClaim]. A
// transform emits no event, one or many; see [RunTransform].
//
// Every call begins in the state in which the module started: a package variable
// that one call sets is as it was before in the next. The clock gives the
// event's received time and stands still but for sleep; what crypto/rand gives
// follows from the event's identifier, and what math/rand's own source gives is
// the same in every call. There is no file, no environment and no network.
//
// A Go module is about a thousand times larger than one in C, and a call costs
// some hundred microseconds more, most of which is putting its memory back.
//
// The functions may be called while a hook runs, from any goroutine, one at a
// time. The package has no content but this on a system other than wasip1.
package guest
