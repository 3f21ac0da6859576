package jsonvalue_test

import (
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
)

func TestAmbiguity(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":1,"b":[{"a":1},{"a":2}],"c":{"a":{"a":3}}}`: "",
		`[1,"😀","\ud83d\ude00","\\ud83d"]`:                "",
		`{"a":1,"A":2}`:                                   "",
		"{\"\u00e9\":1,\"e\u0301\":2}":                    "", // one composed, one not
		`{"":1,"\u0000":2}`:                               "",
		`1e999`:                                           "",
		"\ufeff{}":                                        jsonvalue.ByteOrderMark,
		"\ufeff\"\xff\"":                                  jsonvalue.ByteOrderMark,
		"\"\ufeff\"":                                      "",
		"\"\xff\"":                                        jsonvalue.InvalidUTF8,
		"{\"a\":1,\"a\":\"\xed\xa0\x80\"}":                jsonvalue.InvalidUTF8,
		`{"a":1,"a":1}`:                                   jsonvalue.DuplicateName,
		`{"a":1,"\u0061":2}`:                              jsonvalue.DuplicateName,
		`{"1":1,"\u0031":2}`:                              jsonvalue.DuplicateName,
		`[{"x":{"b":1,"c":{},"b":2}}]`:                    jsonvalue.DuplicateName,
		`{"x":{"y":{}},"y":{},"x":1}`:                     jsonvalue.DuplicateName,
		`{"":1,"":2}`:                                     jsonvalue.DuplicateName,
		`{"\ud83d\ude00":1,"😀":"\ud800"}`:                 jsonvalue.DuplicateName,
		`{"\ud800":1,"\ud800":"\ud800"}`:                  jsonvalue.DuplicateName,
		`["\ud800"]`:                                      jsonvalue.LoneSurrogate,
		`{"\udc00":1}`:                                    jsonvalue.LoneSurrogate,
		`"\n\\\ud83d😀"`:                                   jsonvalue.LoneSurrogate,
		`{"a":1,"a":1`:                                    "", // not JSON
		`not JSON`:                                        "",
	} {
		if got := jsonvalue.Ambiguity([]byte(text)); got != want {
			t.Errorf("Ambiguity(%+q) = %q, want %q", text, got, want)
		}
	}
}

func TestAmbiguityOfManyNames(t *testing.T) {
	for _, n := range []int{7, 8, 9, 31, 32, 33, 100, 5000} {
		unique := manyMembers(n, func(i int) string { return strings.Repeat("n", i) })
		if got := jsonvalue.Ambiguity([]byte(unique)); got != "" {
			t.Errorf("Ambiguity of %d different names = %q, want none", n, got)
		}
		again := unique[:len(unique)-1] + `,"` + strings.Repeat("n", n/2) + `":0}`
		if got := jsonvalue.Ambiguity([]byte(again)); got != jsonvalue.DuplicateName {
			t.Errorf("Ambiguity of %d names and one again = %q, want %q", n, got, jsonvalue.DuplicateName)
		}
	}
}
