package configfile_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/configfile"
)

// A plug-in of Extism is a transform by itself; the file may say so, and by which
// function it is called.
func TestExtismPlugin(t *testing.T) {
	code, err := os.ReadFile(filepath.Join("..", "..", "testdata", "guests", "extism-abuse.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ table, fault string }{
		"found by itself":  {"", ""},
		"said":             {`abi = "extism"`, ""},
		"another function": {"abi = \"extism\"\nfunction = \"quiet\"", ""},
		"no such function": {`function = "count"`, `exports no function "count"; if it is another that transforms, name it`},
		"another ABI":      {`abi = "hookseal"`, `said to be of the ABI "hookseal" and is built for extism:host/env`},
		"no ABI":           {`abi = "wapc"`, `there is no ABI "wapc"; ABIs are hookseal, extism`},
	} {
		t.Run(name, func(t *testing.T) {
			path, _ := moduleFolder(t, withModule+"\n[module.\"world.wasm\"]\n"+tt.table+"\n", "")
			if err := os.WriteFile(filepath.Join(filepath.Dir(path), "world.wasm"), code, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := configfile.Load(path, options())
			switch {
			case tt.fault == "" && err != nil:
				t.Errorf("Load = %v", err)
			case tt.fault != "" && (err == nil || !strings.Contains(err.Error(), tt.fault)):
				t.Errorf("Load = %v\nwant %s", err, tt.fault)
			}
		})
	}
}
