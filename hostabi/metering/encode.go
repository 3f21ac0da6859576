package metering

import (
	"encoding/binary"

	"github.com/hookseal/hookseal/hostabi/internal/wasm"
)

func appendUnsigned(out []byte, v uint64) []byte { return binary.AppendUvarint(out, v) }

// appendSigned appends a signed integer in the fewest bytes.
func appendSigned(out []byte, v int64) []byte {
	for v < -0x40 || v >= 0x40 {
		out = append(out, byte(v)|0x80)
		v >>= 7
	}
	return append(out, byte(v)&0x7f)
}

// appendSized appends the length of b and b.
func appendSized(out, b []byte) []byte {
	return append(appendUnsigned(out, uint64(len(b))), b...)
}

func appendOp(out []byte, op wasm.Opcode, index uint32) []byte {
	return appendUnsigned(append(out, byte(op)), uint64(index))
}

// appendCharge takes the cost of a site off the fuel, and looks at the rest if the
// site says so.
func (rw *rewriter) appendCharge(out []byte, s site) []byte {
	if s.cost == 0 {
		return out
	}
	out = appendOp(out, wasm.OpGlobalGet, rw.fuel())
	out = appendSigned(append(out, byte(wasm.OpI64Const)), int64(s.cost))
	out = append(out, byte(wasm.OpI64Sub))
	out = appendOp(out, wasm.OpGlobalSet, rw.fuel())
	if s.check {
		out = rw.appendCheck(out)
	}
	return out
}

// appendCheck calls tick if the fuel is below zero.
func (rw *rewriter) appendCheck(out []byte) []byte {
	out = appendOp(out, wasm.OpGlobalGet, rw.fuel())
	out = append(out, byte(wasm.OpI64Const), 0, byte(wasm.OpI64LtS), byte(wasm.OpIf), wasm.EmptyBlock)
	out = appendOp(out, wasm.OpGlobalGet, rw.fuel())
	out = appendOp(out, wasm.OpCall, rw.tick())
	out = appendOp(out, wasm.OpGlobalSet, rw.fuel())
	return append(out, byte(wasm.OpEnd))
}

// appendEnter takes a frame off the stack. If there is no room it tells tick, and
// does not go on.
func (rw *rewriter) appendEnter(out []byte, frame uint32) []byte {
	out = rw.appendMove(out, frame, wasm.OpI32Sub)
	out = appendOp(out, wasm.OpGlobalGet, rw.stack())
	out = append(out, byte(wasm.OpI32Const), 0, byte(wasm.OpI32LtS), byte(wasm.OpIf), wasm.EmptyBlock)
	out = appendSigned(append(out, byte(wasm.OpI64Const)), Overflow)
	out = appendOp(out, wasm.OpCall, rw.tick())
	return append(out, byte(wasm.OpUnreachable), byte(wasm.OpEnd))
}

// appendLeave puts a frame back.
func (rw *rewriter) appendLeave(out []byte, frame uint32) []byte {
	return rw.appendMove(out, frame, wasm.OpI32Add)
}

func (rw *rewriter) appendMove(out []byte, frame uint32, op wasm.Opcode) []byte {
	out = appendOp(out, wasm.OpGlobalGet, rw.stack())
	out = appendSigned(append(out, byte(wasm.OpI32Const)), int64(frame))
	out = append(out, byte(op))
	return appendOp(out, wasm.OpGlobalSet, rw.stack())
}
