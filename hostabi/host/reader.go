package host

import (
	"encoding/binary"
	"errors"
	"math"
)

// reader reads the binary format. After the first fault err is set and every
// method returns zero.
type reader struct {
	src []byte
	err error
}

var errCutOff = errors.New("cut off")

func (r *reader) fail() {
	r.src, r.err = nil, errCutOff
}

func (r *reader) byte() byte {
	if len(r.src) == 0 {
		r.fail()
		return 0
	}
	b := r.src[0]
	r.src = r.src[1:]
	return b
}

func (r *reader) take(n uint32) []byte {
	if uint64(n) > uint64(len(r.src)) {
		r.fail()
		return nil
	}
	b := r.src[:n]
	r.src = r.src[n:]
	return b
}

func (r *reader) u32() uint32 {
	v, n := binary.Uvarint(r.src)
	if n <= 0 || v > math.MaxUint32 {
		r.fail()
		return 0
	}
	r.src = r.src[n:]
	return uint32(v)
}

// integer skips an integer of any width, signed or not.
func (r *reader) integer() {
	for range 10 {
		if r.byte() < 0x80 {
			return
		}
	}
	r.fail()
}

func (r *reader) name() string { return string(r.take(r.u32())) }

// each calls f for every item of a vector, until there is a fault. A vector of
// more items than there are bytes left is one.
func (r *reader) each(f func()) {
	n := r.u32()
	if uint64(n) > uint64(len(r.src)) {
		r.fail()
	}
	for ; n > 0 && r.err == nil; n-- {
		f()
	}
}

// limits returns the lower limit of a table or memory.
func (r *reader) limits() uint64 {
	bounded := r.byte()&1 == 1
	least := r.u32()
	if bounded {
		r.u32()
	}
	return uint64(least)
}

func (r *reader) imported() imported {
	i := imported{module: r.name(), name: r.name(), kind: r.byte()}
	switch i.kind {
	case kindFunction:
		r.u32()
	case kindTable:
		r.byte()
		r.limits()
	case kindMemory:
		r.limits()
	case kindGlobal:
		r.take(2)
	default:
		r.fail()
	}
	return i
}
