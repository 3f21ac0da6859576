package jsonvalue_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
)

// FuzzReadersAgree holds the readers of this package to each other and to
// encoding/json.
func FuzzReadersAgree(f *testing.F) {
	for _, c := range readCases(f) {
		f.Add([]byte(c.text), "a.b.0")
	}
	g := newGenerator(5)
	for range 2000 {
		f.Add(g.text(), pick(g, "", "0", "a", "a.a", "1.b", "a.0.b", "__proto__.1"))
	}
	f.Fuzz(func(t *testing.T, text []byte, path string) {
		v, err := jsonvalue.Parse(text)
		out, stringifyErr := jsonvalue.AppendStringify(nil, text)
		if !reflect.DeepEqual(stringifyErr, err) {
			t.Fatalf("AppendStringify(%q) = %v, Parse says %v", text, stringifyErr, err)
		}
		field, lookupErr := jsonvalue.Lookup(text, path)
		if err != nil {
			if !reflect.DeepEqual(lookupErr, err) {
				t.Fatalf("Lookup(%q, %q) = %v, Parse says %v", text, path, lookupErr, err)
			}
			if json.Valid(text) && !errors.Is(err, jsonvalue.ErrDepth) {
				t.Fatalf("Parse(%q) = %v, encoding/json takes it", text, err)
			}
			return
		}
		if !json.Valid(text) {
			t.Fatalf("Parse(%q) takes it, encoding/json does not", text)
		}
		checkLookup(t, v, text, path, field, lookupErr)
		checkTree(t, v, text)
		checkStringified(t, text, out)
	})
}

// checkLookup compares what Lookup said with what the tree holds.
func checkLookup(t *testing.T, v *jsonvalue.Value, text []byte, path string, got jsonvalue.Field, err error) {
	t.Helper()
	want, wantErr := follow(v, strings.Split(path, "."))
	if got != want || err != wantErr {
		t.Errorf("Lookup(%q, %q) = %v, %v, the tree says %v, %v", text, path, got, err, want, wantErr)
	}
}

func follow(v *jsonvalue.Value, path []string) (jsonvalue.Field, error) {
	if len(path) == 0 {
		if v.Kind == jsonvalue.Object || v.Kind == jsonvalue.Array {
			return jsonvalue.Field{Kind: v.Kind}, nil
		}
		return jsonvalue.Field{Kind: v.Kind, Text: v.Text(), Found: true}, nil
	}
	var next []*jsonvalue.Value
	for i := range v.Members {
		if v.Members[i].Name == path[0] {
			next = append(next, &v.Members[i].Value)
		}
	}
	for i := range v.Items {
		if strconv.Itoa(i) == path[0] {
			next = append(next, &v.Items[i])
		}
	}
	switch len(next) {
	case 0:
		return jsonvalue.Field{}, nil
	case 1:
		return follow(next[0], path[1:])
	}
	return jsonvalue.Field{}, jsonvalue.ErrDuplicate
}

// checkTree compares what Ambiguity says with what the tree holds, and each Raw
// with the value.
func checkTree(t *testing.T, v *jsonvalue.Value, text []byte) {
	t.Helper()
	found := map[string]bool{jsonvalue.InvalidUTF8: !utf8.Valid(text)}
	review(t, v, found)
	maps.DeleteFunc(found, func(_ string, is bool) bool { return !is })
	want := ""
	for _, name := range []string{jsonvalue.InvalidUTF8, jsonvalue.DuplicateName, jsonvalue.LoneSurrogate} {
		if found[name] {
			want = name
			break
		}
	}
	if got := jsonvalue.Ambiguity(text); got != want {
		t.Errorf("Ambiguity(%q) = %q, the tree holds %v", text, got, slices.Sorted(maps.Keys(found)))
	}
}

func review(t *testing.T, v *jsonvalue.Value, found map[string]bool) {
	t.Helper()
	if len(v.Members) == 0 && len(v.Items) == 0 {
		again, err := jsonvalue.Parse(v.Raw)
		if err != nil || !reflect.DeepEqual(again, v) {
			t.Errorf("Parse(%q) = %v, %v, want %v", v.Raw, again, err, v)
		}
	}
	names := map[string]bool{}
	for i := range v.Members {
		m := &v.Members[i]
		found[jsonvalue.DuplicateName] = found[jsonvalue.DuplicateName] || names[m.Name]
		found[jsonvalue.LoneSurrogate] = found[jsonvalue.LoneSurrogate] || !utf8.ValidString(m.Name)
		names[m.Name] = true
		review(t, &m.Value, found)
	}
	for i := range v.Items {
		review(t, &v.Items[i], found)
	}
	if v.Kind == jsonvalue.String && !utf8.ValidString(v.Text()) {
		found[jsonvalue.LoneSurrogate] = true
	}
}

// checkStringified checks out, which AppendStringify made of text.
func checkStringified(t *testing.T, text, out []byte) {
	t.Helper()
	again, err := jsonvalue.AppendStringify(nil, out)
	if err != nil || !bytes.Equal(again, out) {
		t.Errorf("AppendStringify(%q) = %q, %v, want it unchanged", out, again, err)
	}
	if a := jsonvalue.Ambiguity(out); a != "" && a != jsonvalue.LoneSurrogate {
		t.Errorf("Ambiguity(%q) = %q, and this is stringified", out, a)
	}
	if len(out) > 6*len(text) {
		t.Errorf("AppendStringify(%q) has %d bytes, more than 6 times %d", text, len(out), len(text))
	}
	if jsonvalue.Ambiguity(text) != "" {
		return
	}
	var before, after any
	if json.Unmarshal(text, &before) != nil {
		return // a number beyond the finite ones: stringified it is null
	}
	if err := json.Unmarshal(out, &after); err != nil || !reflect.DeepEqual(before, after) {
		t.Errorf("encoding/json reads %q as %v, and stringified, %q, as %v, %v", text, before, out, after, err)
	}
}
