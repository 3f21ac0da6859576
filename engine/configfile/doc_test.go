package configfile

import (
	"os"
	"reflect"
	"regexp"
	"testing"
)

// The comment of the package is the reference of the file: it names every key.
func TestEveryKeyIsDocumented(t *testing.T) {
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{}
	for _, table := range []any{file{}, growing{}} {
		collectKeys(reflect.TypeOf(table), keys)
	}
	for _, key := range []string{"listen", "events", "factor", "not_before", "client_ca", "grant"} {
		if !keys[key] {
			t.Errorf("keys = %v, want %q among them", keys, key)
		}
	}
	for key := range keys {
		if !regexp.MustCompile(`\b` + key + `\b`).Match(doc) {
			t.Errorf("doc.go does not name the key %q", key)
		}
	}
}

// collectKeys adds the keys of a table and of those below it.
func collectKeys(t reflect.Type, keys map[string]bool) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		collectKeys(t.Elem(), keys)
	case reflect.Struct:
		for i := range t.NumField() {
			if key := t.Field(i).Tag.Get("toml"); key != "" {
				keys[key] = true
				collectKeys(t.Field(i).Type, keys)
			}
		}
	}
}
