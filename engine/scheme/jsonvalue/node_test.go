package jsonvalue_test

import (
	"bufio"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"testing"
)

//go:embed testdata/judge.js
var judgeScript string

// The questions that testdata/judge.js answers.
const (
	askStringify = 's'
	askCodeUnits = 'u'
	askNumber    = 'n'
)

// node is a Node.js process that says what ECMAScript does.
type node struct {
	in  io.WriteCloser
	out *bufio.Reader
}

// answer is what Node.js said: a result, or that it refused.
type answer struct {
	result  string
	refused bool
}

// String gives the answer as the file of cases writes it.
func (a answer) String() string {
	if a.refused {
		return "refused"
	}
	if strconv.CanBackquote(a.result) && strconv.Quote(a.result) == strconv.QuoteToASCII(a.result) {
		return "`" + a.result + "`"
	}
	return strconv.QuoteToASCII(a.result)
}

// startNode starts a process that ends with the test. Where there is no Node.js
// the test is skipped, and fails if HOOKSEAL_CI is set.
func startNode(tb testing.TB) *node {
	tb.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("HOOKSEAL_CI") != "" {
			tb.Fatalf("this test needs node: %v", err)
		}
		tb.Skipf("this test needs node: %v", err)
	}
	cmd := exec.Command(path, "-e", judgeScript)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		tb.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			tb.Errorf("node: %v", err)
		}
	})
	return &node{in: in, out: bufio.NewReaderSize(out, 1<<16)}
}

// ask puts the same question about many things, and gives the answers in order.
func (n *node) ask(tb testing.TB, question byte, about ...[]byte) []answer {
	tb.Helper()
	sent := make(chan error, 1)
	go func() { sent <- n.send(question, about) }()
	answers := make([]answer, len(about))
	for i := range answers {
		var err error
		if answers[i], err = n.receive(); err != nil {
			tb.Fatalf("answer %d of node about %.200q: %v", i, about[i], err)
		}
	}
	if err := <-sent; err != nil {
		tb.Fatalf("ask node: %v", err)
	}
	return answers
}

func (n *node) send(question byte, about [][]byte) error {
	w := bufio.NewWriterSize(n.in, 1<<16)
	for _, b := range about {
		header := binary.BigEndian.AppendUint32(nil, uint32(1+len(b)))
		for _, part := range [][]byte{header, {question}, b} {
			if _, err := w.Write(part); err != nil {
				return err
			}
		}
	}
	return w.Flush()
}

func (n *node) receive() (answer, error) {
	var header [4]byte
	if _, err := io.ReadFull(n.out, header[:]); err != nil {
		return answer{}, err
	}
	text := make([]byte, binary.BigEndian.Uint32(header[:]))
	if _, err := io.ReadFull(n.out, text); err != nil {
		return answer{}, err
	}
	switch {
	case len(text) > 0 && text[0] == '+':
		return answer{result: string(text[1:])}, nil
	case string(text) == "-":
		return answer{refused: true}, nil
	}
	return answer{}, fmt.Errorf("unknown answer %.100q", text)
}
