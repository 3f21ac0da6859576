package jsonvalue_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
)

func TestStringifyMatchesNode(t *testing.T) {
	const (
		texts = 150_000
		batch = 5_000
	)
	judge := startNode(t)
	g := newGenerator(1)
	accepted := 0
	for range texts / batch {
		about := make([][]byte, batch)
		for i := range about {
			about[i] = g.text()
		}
		for i, want := range judge.ask(t, askStringify, about...) {
			if got := stringify(t, about[i]); got != want {
				t.Errorf("AppendStringify(%q) = %v, node says %v", about[i], got, want)
			}
			if !want.refused {
				accepted++
			}
		}
		if t.Failed() {
			return
		}
	}
	t.Logf("%d texts, of which node accepts %d", texts, accepted)
	if accepted < texts/2 || accepted > texts*9/10 {
		t.Errorf("node accepts %d of %d texts; a good generator makes both kinds", accepted, texts)
	}
}

// TestLongTextsMatchNode is about what a generator of short texts cannot meet.
func TestLongTextsMatchNode(t *testing.T) {
	zeros, nines := strings.Repeat("0", 100_000), strings.Repeat("9", 100_000)
	// 2^-1075, half of the least double, exactly: 752 digits after the zeros.
	half := strings.TrimRight(fmt.Sprintf("%.1074f", math.SmallestNonzeroFloat64), "0")
	texts := []string{
		"0." + zeros + "1e100001",
		"-0." + zeros + "1e100002",
		"1" + zeros + "e-100000",
		"1" + zeros + "e-99692",
		"1" + zeros + "e-99691",
		"0." + zeros,
		"0e" + zeros + "1",
		"1e-" + nines,
		"1e" + nines,
		"0." + zeros + "1e" + nines,
		"0." + zeros + "1e99999999999999999999",
		"1e" + zeros + "5",
		"0." + nines,
		nines + "e-100000",
		longestTie(), longestTie() + zeros + "1", half, half + "1", half + zeros + "1", "0" + half[1:len(half)-1] + "4" + nines,
		"9007199254740993" + "." + zeros, "9007199254740993" + "." + zeros + "1",
		"9007199254740992." + nines,
		`"` + zeros + `"`,
		`{"` + zeros + `":1,"1` + zeros + `":2,"` + zeros + `":3,"0":4}`,
		strings.Repeat("[", jsonvalue.MaxDepth) + strings.Repeat("]", jsonvalue.MaxDepth),
		strings.Repeat(`{"x":1,"0":`, jsonvalue.MaxDepth) + "1" + strings.Repeat("}", jsonvalue.MaxDepth),
		manyMembers(50_000, func(i int) string { return fmt.Sprint(i) }),
		manyMembers(50_000, func(i int) string { return fmt.Sprint(50_000 - i) }),
		manyMembers(50_000, func(i int) string { return fmt.Sprint("k", i%1000) }),
		manyMembers(50_000, func(i int) string { return fmt.Sprint("k", i) }),
		manyMembers(50_000, func(int) string { return "same" }),
	}
	judge := startNode(t)
	var about [][]byte
	for _, text := range texts {
		about = append(about, []byte(text))
	}
	for i, want := range judge.ask(t, askStringify, about...) {
		if got := stringify(t, about[i]); got != want {
			t.Errorf("text %d: AppendStringify(%.80q…) = %.80v…, node says %.80v…", i, about[i], got, want)
		}
	}
}

// manyMembers makes an object of n members.
func manyMembers(n int, name func(int) string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"%s":%d`, name(i), i)
	}
	return "{" + b.String()[1:] + "}"
}

func TestAppendNumberMatchesNode(t *testing.T) {
	judge := startNode(t)
	r := rand.New(rand.NewPCG(2, 0))
	numbers := []float64{
		0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64,
		1e21, math.Nextafter(1e21, 0), 1e-6, math.Nextafter(1e-6, 0), 1e-7, 1e100, 1e-100, 1 << 53, 0.1, 5e-324, 123456789e-20,
	}
	for e := -1074; e <= 1023; e++ {
		numbers = append(numbers, math.Ldexp(1, e), -math.Nextafter(math.Ldexp(1, e), 0))
	}
	for range 50_000 {
		numbers = append(numbers, math.Float64frombits(r.Uint64()), r.NormFloat64()*math.Pow10(r.IntN(50)-20))
	}
	about := make([][]byte, len(numbers))
	for i, f := range numbers {
		about[i] = binary.BigEndian.AppendUint64(nil, math.Float64bits(f))
	}
	for i, want := range judge.ask(t, askNumber, about...) {
		if got := string(jsonvalue.AppendNumber(nil, numbers[i])); got != want.result {
			t.Errorf("AppendNumber(%b) = %s, node says %s", numbers[i], got, want.result)
		}
	}
}

// TestTextMatchesNode compares the code units of strings.
func TestTextMatchesNode(t *testing.T) {
	judge := startNode(t)
	g := newGenerator(3)
	about := make([][]byte, 20_000)
	for i := range about {
		g.out = nil
		g.quoted(g.string)
		about[i] = g.out
	}
	for i, want := range judge.ask(t, askCodeUnits, about...) {
		v, err := jsonvalue.Parse(about[i])
		if err != nil {
			t.Fatalf("Parse(%q) = %v", about[i], err)
		}
		var got []byte
		for _, unit := range jsonvalue.AppendUTF16(nil, v.Text()) {
			got = binary.LittleEndian.AppendUint16(got, unit)
		}
		if string(got) != want.result {
			t.Errorf("code units of %q = %x, node says %x", about[i], got, want.result)
		}
	}
}

func FuzzStringifyMatchesNode(f *testing.F) {
	for _, c := range readCases(f) {
		f.Add([]byte(c.text))
	}
	g := newGenerator(4)
	for range 300 {
		f.Add(g.text())
	}
	judge := startNode(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		if _, err := jsonvalue.AppendStringify(nil, text); errors.Is(err, jsonvalue.ErrDepth) {
			return // node reads on, and may or may not find a fault
		}
		if got, want := stringify(t, text), judge.ask(t, askStringify, text)[0]; got != want {
			t.Errorf("AppendStringify(%q) = %v, node says %v", text, got, want)
		}
	})
}
