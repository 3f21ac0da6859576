package host

import (
	"bytes"

	"github.com/hookseal/hookseal/hostabi"
)

// console takes what a guest writes, line by line. Lines beyond the limit of a
// call, and what a line has beyond [hostabi.MaxLine] bytes, are dropped.
type console struct {
	lines int
	// pending is the beginning of a line for the standard output and error.
	pending [2][]byte
	// firstError is the first line of the standard error, where Go says why it
	// panicked.
	firstError string
}

// line hands one line to the caller's log.
func (k *console) line(c *call, level hostabi.Level, text []byte) {
	if k.lines >= c.limits.LogLines {
		return
	}
	k.lines++
	if c.tc.Log != nil {
		c.tc.Log(level.String(), clip(string(text)))
	}
}

// write takes a piece of the standard output or error.
func (k *console) write(c *call, level hostabi.Level, piece []byte) {
	stream := &k.pending[0]
	if level == hostabi.Error {
		stream = &k.pending[1]
	}
	for {
		head, rest, ended := bytes.Cut(piece, []byte{'\n'})
		if room := hostabi.MaxLine + 1 - len(*stream); room > 0 {
			*stream = append(*stream, head[:min(room, len(head))]...)
		}
		if !ended {
			return
		}
		k.end(c, level, *stream)
		*stream = (*stream)[:0]
		piece = rest
	}
}

func (k *console) end(c *call, level hostabi.Level, text []byte) {
	if level == hostabi.Error && k.firstError == "" {
		k.firstError = clip(string(text))
	}
	k.line(c, level, text)
}

// flush ends the lines that the guest left open.
func (k *console) flush(c *call) {
	for i, level := range []hostabi.Level{hostabi.Info, hostabi.Error} {
		if len(k.pending[i]) > 0 {
			k.end(c, level, k.pending[i])
			k.pending[i] = nil
		}
	}
}
