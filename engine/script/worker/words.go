package worker

import (
	"strings"
	"sync"
)

// lastWords keeps the beginning of what a process writes to its standard error:
// what Go's runtime says when it ends the program.
type lastWords struct {
	mu   sync.Mutex
	text []byte
}

const maxWords = 2048

// Write keeps what there is room for, and takes the rest all the same.
func (w *lastWords) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text = append(w.text, p[:min(len(p), maxWords-len(w.text))]...)
	return len(p), nil
}

func (w *lastWords) has(any ...string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, part := range any {
		if strings.Contains(string(w.text), part) {
			return true
		}
	}
	return false
}

// quoted is the first line in brackets, empty where there is none.
func (w *lastWords) quoted() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	line, _, _ := strings.Cut(strings.TrimSpace(string(w.text)), "\n")
	if line == "" {
		return ""
	}
	return " (" + strings.ToValidUTF8(strings.Map(printable, line), "") + ")"
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f {
		return ' '
	}
	return r
}
