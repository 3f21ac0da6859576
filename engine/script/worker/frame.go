package worker

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"reflect"
)

// kind says what a frame carries.
type kind byte

// What a server sends: settings of the process, a script, a call, and the
// bundle that was asked for, or why there is none.
const (
	kindStart kind = iota + 1
	kindLoad
	kindTransform
	kindClaim
	kindBundle
	kindNoBundle
)

// What a worker sends.
const (
	kindReady kind = iota + 65
	kindLoaded
	kindLog
	kindWantBundle
	kindOutputs
	kindClaimed
	kindFault
	kindFailure
)

// header is the length of what stands before the payload of a frame: its kind,
// and the length of the payload as four bytes.
const header = 5

// encode writes a frame with a message as its payload.
func encode(k kind, message any) ([]byte, error) {
	b := append(make([]byte, 0, sizeHint(message)), byte(k), 0, 0, 0, 0)
	b, err := appendValue(b, reflect.ValueOf(message))
	if err != nil {
		return nil, err
	}
	size := len(b) - header
	if size > maxFrame {
		return nil, fmt.Errorf("a message of %d bytes is over the %d of a frame", size, maxFrame)
	}
	binary.BigEndian.PutUint32(b[1:], uint32(size))
	return b, nil
}

// sizeHint is about how many bytes a message takes.
func sizeHint(message any) int {
	const small = 1024
	size := small
	switch m := message.(type) {
	case transformMessage:
		size += len(m.Event.Body)
	case claimMessage:
		size += len(m.Request.Body)
	case loadMessage:
		size += len(m.Code.Code)
	case outputsMessage:
		for _, out := range m.Outputs {
			size += len(out.Body) + small/4
		}
	}
	return size
}

// maxFrame is the most that any frame carries, in bytes.
const maxFrame = 1<<31 - 1

// frame is a frame that was read.
type frame struct {
	kind    kind
	payload []byte
}

// bounds are the most bytes that frames of each kind may carry. Other kinds are
// refused.
type bounds map[kind]int64

// readFrame reads a frame within bounds. It takes memory for what has come and
// not for what was announced.
func readFrame(r io.Reader, within bounds) (frame, error) {
	var head [header]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return frame{}, err
	}
	f := frame{kind: kind(head[0])}
	size := int64(binary.BigEndian.Uint32(head[1:]))
	most, ok := within[f.kind]
	switch {
	case !ok:
		return f, fmt.Errorf("%w: a frame of the kind %d", errWire, f.kind)
	case size > most:
		return f, fmt.Errorf("%w: a frame of %d bytes, the limit is %d", errWire, size, most)
	case size <= firstRead:
		f.payload = make([]byte, size)
		_, err := io.ReadFull(r, f.payload)
		return f, err
	}
	var payload bytes.Buffer
	payload.Grow(firstRead)
	if n, err := payload.ReadFrom(io.LimitReader(r, size)); err != nil || n < size {
		return f, cmp.Or(err, io.ErrUnexpectedEOF)
	}
	f.payload = payload.Bytes()
	return f, nil
}

// firstRead is what is taken at once for a payload, in bytes.
const firstRead = 4 << 20
