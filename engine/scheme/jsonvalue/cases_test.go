package jsonvalue_test

import (
	"errors"
	"flag"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/hookseal/hookseal/engine/scheme/jsonvalue"
)

const casesFile = "testdata/cases.txt"

var update = flag.Bool("update", false, "let node write the answers in "+casesFile)

// stringifyCase is a text with what JSON.stringify(JSON.parse(text)) gives.
type stringifyCase struct {
	line   int
	text   string
	answer answer
}

// readCases reads the file of cases: a text quoted as in Go on each line, and
// on an indented line below what Node.js answered, quoted as well, or the word
// refused. A line that begins with # is a comment.
func readCases(tb testing.TB) []stringifyCase {
	tb.Helper()
	file, err := os.ReadFile(casesFile)
	if err != nil {
		tb.Fatal(err)
	}
	var cases []stringifyCase
	for i, line := range strings.Split(string(file), "\n") {
		text, indented := strings.CutPrefix(line, "\t")
		switch {
		case line == "" || line[0] == '#':
		case indented && text == "refused":
			cases[len(cases)-1].answer.refused = true
		case indented:
			cases[len(cases)-1].answer.result = unquote(tb, i, text)
		default:
			cases = append(cases, stringifyCase{line: i + 1, text: unquote(tb, i, line)})
		}
	}
	return cases
}

func unquote(tb testing.TB, line int, quoted string) string {
	tb.Helper()
	text, err := strconv.Unquote(quoted)
	if err != nil {
		tb.Fatalf("%s:%d: %s: %v", casesFile, line+1, quoted, err)
	}
	return text
}

// stringify gives what AppendStringify does in the form of an answer.
func stringify(tb testing.TB, text []byte) answer {
	tb.Helper()
	out, err := jsonvalue.AppendStringify([]byte("head"), text)
	result, ok := strings.CutPrefix(string(out), "head")
	switch {
	case !ok:
		tb.Fatalf("AppendStringify(%q) = %q, which does not begin with what was there", text, out)
	case err == nil:
		return answer{result: result}
	case !errors.Is(err, jsonvalue.ErrSyntax):
		tb.Fatalf("AppendStringify(%q) = %v, want a syntax error or none", text, err)
	case result != "":
		tb.Fatalf("AppendStringify(%q) = %q with the error %v", text, result, err)
	}
	return answer{refused: true}
}

func TestStringifyCases(t *testing.T) {
	for _, c := range readCases(t) {
		if got := stringify(t, []byte(c.text)); got != c.answer {
			t.Errorf("%s:%d: AppendStringify(%q) = %v, want %v", casesFile, c.line, c.text, got, c.answer)
		}
	}
}

// TestCasesMatchNode holds the file itself to Node.js.
func TestCasesMatchNode(t *testing.T) {
	judge := startNode(t)
	cases := readCases(t)
	var texts [][]byte
	for _, c := range cases {
		texts = append(texts, []byte(c.text))
	}
	answers := judge.ask(t, askStringify, texts...)
	if *update {
		writeAnswers(t, answers)
		return
	}
	for i, c := range cases {
		if got := answers[i]; got != c.answer {
			t.Errorf("%s:%d: node says %v of %q, the file %v", casesFile, c.line, got, c.text, c.answer)
		}
	}
}

func writeAnswers(t *testing.T, answers []answer) {
	t.Helper()
	file, err := os.ReadFile(casesFile)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for line := range strings.Lines(string(file)) {
		if strings.HasPrefix(line, "\t") {
			continue
		}
		out.WriteString(line)
		if line[0] == '#' || line[0] == '\n' {
			continue
		}
		out.WriteString("\t" + answers[0].String() + "\n")
		answers = answers[1:]
	}
	if err := os.WriteFile(casesFile, []byte(out.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}
