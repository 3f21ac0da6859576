//go:build wasip1

// Command label is an Extism plug-in for the tests, built with Extism's kit for Go:
// it puts the body of an event into an envelope with the setting "label" and the
// event's type. The setting "drop" names a type of event that is not sent on at
// all.
//
//	GOOS=wasip1 GOARCH=wasm go build -buildmode=c-shared -o label.wasm ./label
package main

import (
	"errors"
	"fmt"

	"github.com/extism/go-pdk"
)

//go:wasmexport transform
func transform() int32 {
	label, ok := pdk.GetConfig("label")
	if !ok {
		pdk.SetError(errors.New(`the setting "label" is missing`))
		return 1
	}
	kind, _ := pdk.GetConfig("hookseal.type")
	if drop, ok := pdk.GetConfig("drop"); ok && drop == kind {
		pdk.Log(pdk.LogInfo, "dropped by its type")
		return 0
	}
	body := pdk.Input()
	vars := "empty"
	if pdk.GetVar("calls") != nil {
		vars = "left over"
	}
	pdk.SetVar("calls", []byte("one"))
	pdk.Log(pdk.LogInfo, fmt.Sprintf("labelled %d bytes, vars %s", len(body), vars))
	pdk.OutputString(fmt.Sprintf(`{"label":%q,"type":%q,"event":%s}`, label, kind, body))
	return 0
}

func main() {}
