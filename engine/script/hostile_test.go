package script_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hookseal/hookseal/engine/script"
	"github.com/hookseal/hookseal/engine/webhook"
)

// Of the scripts in testdata/hostile these end as they must within the process,
// too. The rest take memory, stack or time within a builtin, which nothing here
// stops: package worker runs them all.
var hostileHere = map[string]webhook.GuestErrorKind{
	"array-buffer-too-large": webhook.GuestThrow,
	"array-fill":             webhook.GuestMemory,
	"await-endless":          webhook.GuestTimeout,
	"base64-long":            webhook.GuestTimeout,
	"console-flood":          webhook.GuestTimeout,
	"console-large":          webhook.GuestTimeout,
	"digest-large":           webhook.GuestTimeout,
	"getter-endless":         webhook.GuestTimeout,
	"iterator-endless":       webhook.GuestTimeout,
	"json-nesting":           webhook.GuestThrow,
	"json-to-json":           webhook.GuestTimeout,
	"output-large":           webhook.GuestOutput,
	"output-length":          webhook.GuestOutput,
	"output-many":            webhook.GuestOutput,
	"promise-endless":        webhook.GuestTimeout,
	"prototype-getter":       webhook.GuestTimeout,
	"prototype-to-json":      webhook.GuestTimeout,
	"proxy-many-keys":        webhook.GuestTimeout,
	"proxy-own-keys":         webhook.GuestTimeout,
	"recursion":              webhook.GuestTrap,
	"recursion-caught":       webhook.GuestTrap,
	"sort-comparator":        webhook.GuestTimeout,
	"structured-clone-again": webhook.GuestTimeout,
	"to-string-endless":      webhook.GuestTimeout,
	"url-long":               webhook.GuestThrow,
	"value-of-endless":       webhook.GuestTimeout,
}

func TestHostileScripts(t *testing.T) {
	for name, want := range hostileHere {
		text, err := os.ReadFile(filepath.Join("testdata", "hostile", name+".js"))
		if err != nil {
			t.Fatal(err)
		}
		limits := webhook.GuestLimits{Time: 100 * time.Millisecond}
		if want != webhook.GuestTimeout {
			limits = roomy
		}
		g, err := script.Loader{}.Load(t.Context(), webhook.GuestCode{Name: "t.js", Code: text, Limits: limits})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_, err = g.Transform(t.Context(), event(`{"n":1}`), webhook.TransformContext{Log: func(string, string) {}})
		if err == nil {
			t.Errorf("%s ended well", name)
		} else if fault := guestError(t, err); fault.Kind != want {
			t.Errorf("%s ended with %v, want the kind %s", name, err, want)
		}
	}
}
