package tomlfile

import (
	"fmt"
	"strings"
)

// unknownKey says which keys a table knows, and which of them was meant.
func unknownKey(name string, fields []field) string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = quoteName(f.name)
	}
	message := "unknown key; known keys are " + strings.Join(names, ", ")
	switch len(names) {
	case 0:
		return "unknown key; this table has none"
	case 1:
		message = "unknown key; the only known key is " + names[0]
	}
	if meant, ok := Closest(name, names); ok {
		message += fmt.Sprintf("; did you mean %q?", meant)
	}
	return message
}

// Closest returns the candidate that name most likely misspells: the first with
// the fewest slips, of which one letter in three, but never every letter, may be
// one. Case does not count as a slip.
func Closest(name string, candidates []string) (string, bool) {
	best, fewest := "", min(max(1, len(name)/3)+1, len(name))
	for _, candidate := range candidates {
		if n := slips(strings.ToLower(name), strings.ToLower(candidate)); n < fewest {
			best, fewest = candidate, n
		}
	}
	return best, best != ""
}

// slips counts the bytes that are missing, too many, wrong, or swapped with
// their neighbour between a and b: their optimal string alignment distance.
func slips(a, b string) int {
	// A name much longer than any key is not measured: its distance is at least
	// the difference in length.
	if len(a) > 4*len(b)+4 {
		return len(a) - len(b)
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			wrong := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				wrong++
			}
			n := min(rows[i-1][j]+1, rows[i][j-1]+1, wrong)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				n = min(n, rows[i-2][j-2]+1)
			}
			rows[i][j] = n
		}
	}
	return rows[len(a)][len(b)]
}
