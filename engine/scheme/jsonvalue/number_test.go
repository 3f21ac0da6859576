package jsonvalue_test

import (
	"math/big"
	"strings"
	"testing"
)

// TestLongNumbers is about numbers that package strconv alone gets wrong, and
// their neighbours.
func TestLongNumbers(t *testing.T) {
	zeros, nines := strings.Repeat("0", 100_000), strings.Repeat("9", 900)
	tie := longestTie()
	for text, want := range map[string]string{
		"0." + zeros + "1e100001":               "1",
		"-0." + zeros + "25e100002":             "-25",
		"1" + zeros + "e-100000":                "1",
		"0." + zeros + "1e-" + nines:            "0",
		"0." + zeros + "1e" + nines:             "null",
		"0." + zeros:                            "0",
		nines + "e-900":                         "1",
		"9007199254740993." + zeros:             "9007199254740992",
		"9007199254740993." + zeros + "1":       "9007199254740994",
		"9007199254740993" + zeros + "e-100000": "9007199254740992",
		"9007199254740992." + nines:             "9007199254740992",
		tie:                                     "4.450147717014403e-308",
		tie + "0000":                            "4.450147717014403e-308",
		tie[:len(tie)-1] + "4999":               "4.4501477170144023e-308",
	} {
		if got := stringify(t, []byte(text)); got.refused || got.result != want {
			t.Errorf("AppendStringify(%.30s…%s) = %v, want %s", text, text[len(text)-10:], got, want)
		}
	}
}

// longestTie returns the number with the most digits, 767, that is half way
// between two doubles: (2⁵⁴-1) × 2⁻¹⁰⁷⁵. The even one is above it.
func longestTie() string {
	tie := new(big.Float).SetPrec(64).SetInt64(1<<54 - 1)
	tie.SetMantExp(tie, -1075)
	return tie.Text('f', 1075)
}
