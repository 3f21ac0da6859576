package wasm

import (
	"errors"
	"fmt"
)

// Reader reads a part of a module. After the first fault every method returns
// zero, and [Reader.Err] says what it was. A Reader is used by one goroutine at
// a time.
type Reader struct {
	src []byte
	at  int
	// base is where src begins in the module, for messages.
	base int
	err  error
}

var (
	errCutOff  = errors.New("cut off")
	errInteger = errors.New("an integer is longer than its type allows")
	errMany    = errors.New("more items are announced than there are bytes")
)

// NewReader returns a reader of src, which begins at the offset base of its
// module. The reader does not change src; what it returns shares its memory.
func NewReader(src []byte, base int) *Reader { return &Reader{src: src, base: base} }

// Err returns the first fault, nil if there is none.
func (r *Reader) Err() error { return r.err }

// Len returns how many bytes are left, 0 after a fault.
func (r *Reader) Len() int { return len(r.src) - r.at }

// Rest returns what is left without reading it.
func (r *Reader) Rest() []byte { return r.src[r.at:] }

// Offset returns the position in the module.
func (r *Reader) Offset() int { return r.base + r.at }

// Fail ends the reading with a fault, which the message of an earlier one hides.
func (r *Reader) Fail(err error) {
	if r.err == nil {
		r.err = fmt.Errorf("byte %d: %w", r.Offset(), err)
	}
	r.src = r.src[:r.at]
}

// Byte reads one byte.
func (r *Reader) Byte() byte {
	if r.at >= len(r.src) {
		r.Fail(errCutOff)
		return 0
	}
	b := r.src[r.at]
	r.at++
	return b
}

// Take reads n bytes.
func (r *Reader) Take(n uint32) []byte {
	if uint64(n) > uint64(r.Len()) {
		r.Fail(errCutOff)
		return nil
	}
	b := r.src[r.at : r.at+int(n) : r.at+int(n)]
	r.at += int(n)
	return b
}

// U32 reads an unsigned integer of 32 bits.
func (r *Reader) U32() uint32 {
	v := uint32(0)
	for shift := 0; ; shift += 7 {
		b := r.Byte()
		if shift == 28 && b > 0x0f {
			r.Fail(errInteger)
			return 0
		}
		v |= uint32(b&0x7f) << shift
		if b < 0x80 {
			return v
		}
	}
}

// S33 reads a signed integer of 33 bits, as a block type is one.
func (r *Reader) S33() int64 {
	v := int64(0)
	for shift := 0; shift < 35; shift += 7 {
		b := r.Byte()
		v |= int64(b&0x7f) << shift
		if b < 0x80 {
			if b&0x40 != 0 {
				v |= -1 << (shift + 7)
			}
			return v
		}
	}
	r.Fail(errInteger)
	return 0
}

// skipInteger reads an integer of at most so many bytes.
func (r *Reader) skipInteger(most int) {
	for range most {
		if r.Byte() < 0x80 {
			return
		}
	}
	r.Fail(errInteger)
}

// Name reads a name.
func (r *Reader) Name() string { return string(r.Take(r.U32())) }

// Count reads the length of a vector. One of more items than there are bytes
// left is a fault.
func (r *Reader) Count() uint32 {
	n := r.U32()
	if uint64(n) > uint64(r.Len()) {
		r.Fail(errMany)
		return 0
	}
	return n
}

// Each calls f for every item of a vector, until there is a fault.
func (r *Reader) Each(f func()) {
	for n := r.Count(); n > 0 && r.err == nil; n-- {
		f()
	}
}

// Sub returns a reader of the next n bytes, which are read at once.
func (r *Reader) Sub(n uint32) *Reader {
	base := r.Offset()
	sub := NewReader(r.Take(n), base)
	sub.err = r.err
	return sub
}

// End makes a fault of bytes that are left.
func (r *Reader) End() {
	if r.err == nil && r.Len() > 0 {
		r.Fail(fmt.Errorf("%d bytes are left over", r.Len()))
	}
}
