package scripttest

import "strings"

// maxDiff bounds the lines that are compared; beyond it, all of one text stand
// before all of the other.
const maxDiff = 2000

// around is how many lines beside a change are shown.
const around = 2

// Diff writes the lines that a text lost with "-", those that it gained with
// "+", and a few that stayed beside them. It is empty for texts that are equal.
func Diff(was, is string) string {
	if was == is {
		return ""
	}
	edits := edit(lines(was), lines(is))
	near := make([]bool, len(edits))
	for i, e := range edits {
		if e.sign == ' ' {
			continue
		}
		for j := max(0, i-around); j <= min(len(edits)-1, i+around); j++ {
			near[j] = true
		}
	}
	var out strings.Builder
	for i, e := range edits {
		switch {
		case near[i]:
			out.WriteString(strings.TrimRight(string(e.sign)+" "+e.line, " ") + "\n")
		case i == 0 || near[i-1]:
			out.WriteString("  …\n")
		}
	}
	return out.String()
}

func lines(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }

type edited struct {
	sign rune
	line string
}

// edit turns one list of lines into the other by the longest common sequence.
func edit(was, is []string) []edited {
	var out []edited
	if len(was) > maxDiff || len(is) > maxDiff {
		for _, line := range was {
			out = append(out, edited{'-', line})
		}
		for _, line := range is {
			out = append(out, edited{'+', line})
		}
		return out
	}
	common := make([][]int, len(was)+1)
	for i := range common {
		common[i] = make([]int, len(is)+1)
	}
	for i := len(was) - 1; i >= 0; i-- {
		for j := len(is) - 1; j >= 0; j-- {
			if was[i] == is[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(was) || j < len(is) {
		switch {
		case i < len(was) && j < len(is) && was[i] == is[j]:
			out = append(out, edited{' ', was[i]})
			i, j = i+1, j+1
		case j == len(is) || i < len(was) && common[i+1][j] >= common[i][j+1]:
			out = append(out, edited{'-', was[i]})
			i++
		default:
			out = append(out, edited{'+', is[j]})
			j++
		}
	}
	return out
}
