package script

import "testing"

func TestOrigin(t *testing.T) {
	a, b, c := Place{File: "a.ts", Line: 1, Column: 1}, Place{File: "b.ts", Line: 3, Column: 2}, Place{Line: 2, Column: 2}
	u := &unit{origins: []Origin{{1, 1, a}, {1, 17, b}, {3, 5, c}}}
	for _, tt := range []struct {
		line, column int
		want         Place
	}{
		{1, 1, a}, {1, 16, a}, {1, 17, b}, {1, 99, b}, {2, 1, Place{}}, {3, 4, Place{}}, {3, 5, c}, {4, 1, Place{}}, {0, 1, Place{}},
	} {
		if got := u.origin(tt.line, tt.column); got != tt.want {
			t.Errorf("origin(%d, %d) = %v, want %v", tt.line, tt.column, got, tt.want)
		}
	}
}
