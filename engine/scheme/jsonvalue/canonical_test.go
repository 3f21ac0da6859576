package jsonvalue

import (
	"errors"
	"testing"
)

// The first two are the examples of RFC 8785, sections 3.2.2 and 3.2.3.
func TestAppendCanonical(t *testing.T) {
	for _, tt := range []struct{ src, want string }{
		{
			`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`,
			`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
		},
		{
			`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`,
			"{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}",
		},
		{`{"10":1,"9":2,"":3}`, `{"":3,"10":1,"9":2}`},
		{` [ { "b" : [ ] , "a" : { } } , -0 , "" ] `, `[{"a":{},"b":[]},0,""]`},
	} {
		got, err := AppendCanonical([]byte("> "), []byte(tt.src))
		if err != nil || string(got) != "> "+tt.want {
			t.Errorf("AppendCanonical(%s) = %s, %v\nwant %s", tt.src, got, err, tt.want)
		}
	}
}

func TestAppendCanonicalRefuses(t *testing.T) {
	for _, src := range []string{`{"a":1,"a":1}`, `"\ud800"`, "\"\xff\""} {
		if got, err := AppendCanonical(nil, []byte(src)); !errors.Is(err, ErrNotCanonical) || len(got) > 0 {
			t.Errorf("AppendCanonical(%q) = %q, %v, want %v", src, got, err, ErrNotCanonical)
		}
	}
	if got, err := AppendCanonical(nil, []byte(`{"a":}`)); !errors.Is(err, ErrSyntax) || len(got) > 0 {
		t.Errorf("AppendCanonical of half a text = %q, %v, want %v", got, err, ErrSyntax)
	}
}

// The canonical form has itself as its canonical form, and means the same.
func FuzzAppendCanonical(f *testing.F) {
	f.Add([]byte(`{"b":[1.0,"\u00e9"],"a":{"10":null,"9":true}}`))
	f.Fuzz(func(t *testing.T, src []byte) {
		once, err := AppendCanonical(nil, src)
		if err != nil {
			return
		}
		twice, err := AppendCanonical(nil, once)
		if err != nil || string(twice) != string(once) {
			t.Fatalf("AppendCanonical of %s = %s, %v", once, twice, err)
		}
		stringified, err := AppendStringify(nil, src)
		if err != nil || len(stringified) != len(once) {
			t.Fatalf("stringified is %d bytes (%v), canonical %d: they differ by order alone", len(stringified), err, len(once))
		}
	})
}
