package jsonvalue_test

import (
	"errors"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
)

func TestLookup(t *testing.T) {
	const text = `{
		"id": "evt_1", "n": 1.50, "ok": true, "gone": null, "": {"": "empty"},
		"data": {"object": {"id": "x\u0079", "tags": ["a", ["b", 2]]}, "0": "zero"},
		"e\u0076ent": "escaped", "caf\u00e9": 1, "\ud800": "lone", "a.b": "dotted"
	}`
	found := func(kind jsonvalue.Kind, text string) jsonvalue.Field {
		return jsonvalue.Field{Kind: kind, Text: text, Found: true}
	}
	for path, want := range map[string]jsonvalue.Field{
		"id":                                    found(jsonvalue.String, "evt_1"),
		"n":                                     found(jsonvalue.Number, "1.50"),
		"ok":                                    found(jsonvalue.Bool, "true"),
		"gone":                                  found(jsonvalue.Null, "null"),
		".":                                     found(jsonvalue.String, "empty"),
		"data.object.id":                        found(jsonvalue.String, "xy"),
		"data.object.tags.0":                    found(jsonvalue.String, "a"),
		"data.object.tags.1.1":                  found(jsonvalue.Number, "2"),
		"data.0":                                found(jsonvalue.String, "zero"),
		"event":                                 found(jsonvalue.String, "escaped"),
		"café":                                  found(jsonvalue.Number, "1"),
		"\xed\xa0\x80":                          found(jsonvalue.String, "lone"),
		"data":                                  {Kind: jsonvalue.Object},
		"":                                      {Kind: jsonvalue.Object},
		"data.object.tags":                      {Kind: jsonvalue.Array},
		"none":                                  {},
		"id.x":                                  {},
		"a.b":                                   {},
		"data.object.tags.2":                    {},
		"data.object.tags.00":                   {},
		"data.object.tags.-1":                   {},
		"data.object.tags.+0":                   {},
		"data.object.tags.":                     {},
		"data.object.tags.1.1.0":                {},
		"ID":                                    {},
		"data.object.tags.99999999999999999999": {},
	} {
		if got, err := jsonvalue.Lookup([]byte(text), path); err != nil || got != want {
			t.Errorf("Lookup(%q) = %v, %v, want %v", path, got, err, want)
		}
	}
}

func TestLookupOutsideObjects(t *testing.T) {
	for text, want := range map[string]jsonvalue.Field{
		`"x"`:             {},
		`[5]`:             {Kind: jsonvalue.Number, Text: "5", Found: true},
		`{"0":6}`:         {Kind: jsonvalue.Number, Text: "6", Found: true},
		`[[1,2],3]`:       {Kind: jsonvalue.Array},
		`{"x":{"0":"y"}}`: {},
	} {
		if got, err := jsonvalue.Lookup([]byte(text), "0"); err != nil || got != want {
			t.Errorf("Lookup(%s, 0) = %v, %v, want %v", text, got, err, want)
		}
	}
}

func TestLookupRefusesDuplicates(t *testing.T) {
	for text, want := range map[string]error{
		`{"a":{"b":1}}`:                      nil,
		`{"a":{"b":1,"b":1}}`:                jsonvalue.ErrDuplicate,
		`{"a":{"b":1},"a":{"b":1}}`:          jsonvalue.ErrDuplicate,
		`{"a":{"b":1},"a":2}`:                jsonvalue.ErrDuplicate,
		`{"a":2,"a":{"b":1}}`:                jsonvalue.ErrDuplicate,
		`{"a":{"b":1},"\u0061":{"b":1}}`:     jsonvalue.ErrDuplicate,
		`{"a":{"b":1},"x":{"b":1,"b":2}}`:    nil,
		`{"a":{"b":1,"c":1,"c":2},"d":{}}`:   nil,
		`[{"a":1,"a":2}]`:                    nil,
		`{"a":{"b":1,"b":2}`:                 jsonvalue.ErrSyntax,
		`{"a":{"b":1,"b":2},"c":[1,2,tru]}`:  jsonvalue.ErrSyntax,
		`{"a":{"b":{"a":{"b":1,"b":1}}}}`:    nil,
		`{"a":{"b":[],"b":{}}, "b":1,"b":2}`: jsonvalue.ErrDuplicate,
	} {
		got, err := jsonvalue.Lookup([]byte(text), "a.b")
		if !errors.Is(err, want) {
			t.Errorf("Lookup(%s, a.b) = %v, want %v", text, err, want)
		}
		if err != nil && got != (jsonvalue.Field{}) {
			t.Errorf("Lookup(%s, a.b) = %v beside the error %v", text, got, err)
		}
	}
}
