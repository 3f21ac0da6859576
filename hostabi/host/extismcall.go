package host

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/hookseal/hookseal/engine/webhook"
	"github.com/hookseal/hookseal/hostabi"
)

// extismCall is what an Extism plug-in and the host share for one call.
type extismCall struct {
	extismMemory
	// input is the block with the body of the event.
	input uint64
	// output is what is sent on, nil for nothing.
	output []byte
	// failure is what the plug-in says went wrong, empty for nothing.
	failure string
	vars    map[string]string
}

// shared returns what the plug-in and the host share, with the body as its first
// block.
func (c *call) shared() *extismCall {
	if c.extism == nil {
		c.extism = &extismCall{
			extismMemory: extismMemory{bytes: make([]byte, extismFirst), free: map[uint64][]int{}},
			vars:         map[string]string{},
		}
		c.extism.input = c.alloc(uint64(len(c.body)))
		copy(c.extism.bytes[c.extism.input:], c.body)
	}
	return c.extism
}

// denied ends the call because the guest is not granted size more bytes.
func (c *call) denied(size uint64) {
	c.abort(webhook.GuestMemory, "asked for %d bytes beside %d that it has, at most %d are granted",
		size, uint64(len(c.memory.bytes))+c.memory.beside, c.limits.Memory)
}

// settleExtism judges how a plug-in returned, and turns its output into an event.
// One that has set no output, or an empty one, drops the event. What it said of a
// failure is added where that is explained.
func (c *call) settleExtism(status int32) error {
	switch out := c.extism; {
	case out.failure != "" || status != 0:
		return &abort{webhook.GuestThrow, fmt.Sprintf("returned %d", status)}
	case len(out.output) > 0:
		c.outputs = []webhook.Output{{Type: c.ev.Type, ContentType: c.ev.ContentType(), Body: out.output}}
	}
	return nil
}

// lastWords is what the guest said of its failure before it trapped, empty if
// nothing.
func (c *call) lastWords() string {
	if c.extism != nil && c.extism.failure != "" {
		return c.extism.failure
	}
	return c.console.firstError
}

func extismInputOffset(a args) uint64 { return a.call.shared().input }

func extismInputLength(a args) uint64 { return uint64(len(a.call.body)) }

// input returns length bytes at a place in the body, of which the first is in it.
func (a args) input(length uint64) []byte {
	at := a.stack[0]
	if at >= uint64(len(a.call.body)) {
		a.call.misuse("%s: the byte %d is outside of the input of %d bytes", a.name, at, len(a.call.body))
	}
	return a.sharedSpan(a.call.shared().input+at, length)
}

func extismInput8(a args) hostabi.Result { return hostabi.Result(a.input(1)[0]) }
func extismInput64(a args) uint64        { return binary.LittleEndian.Uint64(a.input(8)) }
func extismLoad8(a args) hostabi.Result  { return hostabi.Result(a.sharedSpan(a.stack[0], 1)[0]) }
func extismLoad64(a args) uint64         { return binary.LittleEndian.Uint64(a.sharedSpan(a.stack[0], 8)) }

func extismStore8(a args) hostabi.Result {
	a.sharedSpan(a.stack[0], 1)[0] = byte(a.stack[1])
	return 0
}

func extismStore64(a args) hostabi.Result {
	binary.LittleEndian.PutUint64(a.sharedSpan(a.stack[0], 8), a.stack[1])
	return 0
}

// output_set(offset, length) says what is sent on; the last call counts.
func extismOutput(a args) hostabi.Result {
	a.call.shared().output = nil
	length := a.stack[1]
	switch limit := a.call.limits.Output; {
	case length == 0:
		return 0
	case length > uint64(limit):
		a.call.abort(webhook.GuestOutput, "%s hands out more than %d bytes", a.call.hook, limit)
	}
	a.call.meter.charge(int64(length / bytesPerUnit))
	a.call.shared().output = bytes.Clone(a.sharedSpan(a.stack[0], length))
	return 0
}

// error_set(offset) says what went wrong, 0 takes it back.
func extismError(a args) hostabi.Result {
	a.call.shared().failure = clip(string(a.block(0)))
	return 0
}
