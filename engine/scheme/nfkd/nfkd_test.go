package nfkd_test

import (
	"testing"

	"github.com/hookseal/hookseal/engine/scheme/nfkd"
)

func TestAppend(t *testing.T) {
	tests := []struct{ text, want string }{
		{"secret", "secret"},
		{"s\u00e9cret", "se\u0301cret"},
		{"\ufb01\u2460", "fi1"},
		{"e\u0323\u0301", "e\u0323\u0301"},
		{"e\u0301\u0323", "e\u0323\u0301"},
		{"\uac00", "\u1100\u1161"},
		{"a\xff", "a\xff"},
		{"", ""},
	}
	for _, tt := range tests {
		if got := string(nfkd.Append(nil, []byte(tt.text))); got != tt.want {
			t.Errorf("Append(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
	if got := string(nfkd.Append([]byte("e"), []byte("\u0301"))); got != "e\u0301" {
		t.Errorf("Append to %q = %q", "e", got)
	}
}
