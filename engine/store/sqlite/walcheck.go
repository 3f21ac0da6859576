package sqlite

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// checkLog refuses a write-ahead log that is damaged in its middle. SQLite reads
// it up to the first frame that does not fit, which after a crash is where the
// last, unfinished commit began, and drops the rest without a word.
//
// A commit is synced before the next is written. So where whole commits follow a
// frame that does not fit, and the checksums go on from the one that is written in
// it, more is lost than a crash could have left unfinished. A log that ends too
// early looks like a crash, and is not noticed.
//
// The format is that of https://www.sqlite.org/fileformat.html, section 4.
func checkLog(path string) (logged, error) {
	file, err := os.Open(path + "-wal")
	if errors.Is(err, fs.ErrNotExist) {
		return logged{}, nil
	}
	if err != nil {
		return logged{}, err
	}
	defer file.Close()
	w := walReader{from: bufio.NewReaderSize(file, 1<<20)}
	if !w.begin() {
		return logged{}, w.err
	}
	var found logged
	for w.fits && w.next() && w.fits {
		found.note(&w)
	}
	broken := w.frames
	if lost := !w.fits && w.commitsFollow(); lost {
		return logged{}, fmt.Errorf("log %q is damaged: frame %d does not fit, and whole commits follow it; restore a backup, or cut the log to %d bytes to go on without them",
			file.Name(), broken, walHeader+int64(max(broken-1, 0))*int64(walFrameHeader+len(w.page)))
	}
	if w.err != nil {
		return logged{}, fmt.Errorf("read %q: %w", file.Name(), w.err)
	}
	return found, nil
}

// logged is what the transactions of a log have written.
type logged struct {
	// size is that of the database after the last of them, in pages; zero is that
	// there is none.
	size  int64
	pages map[int64]bool
	// begun are the pages of one that has not ended yet.
	begun []int64
}

func (l *logged) note(w *walReader) {
	l.begun = append(l.begun, int64(binary.BigEndian.Uint32(w.frame[:])))
	if !w.isCommit() {
		return
	}
	if l.pages == nil {
		l.pages = map[int64]bool{}
	}
	for _, p := range l.begun {
		l.pages[p] = true
	}
	l.size, l.begun = int64(binary.BigEndian.Uint32(w.frame[4:])), nil
}

const (
	walHeader      = 32
	walFrameHeader = 24
	// walMagic is followed by a bit that says that checksums are big-endian.
	walMagic = 0x377f0682
)

// walReader reads the frames of a log.
type walReader struct {
	from  *bufio.Reader
	order binary.ByteOrder
	salts [8]byte
	// sum is the checksum that the last frame states.
	sum   [2]uint32
	frame [walFrameHeader]byte
	page  []byte
	// frames counts those that were read, fits says that the last one continues
	// the one before.
	frames int
	fits   bool
	err    error
}

// begin reads the header. It is false for a log in which there is nothing to read;
// fits is false for one that SQLite takes for empty, since its header is damaged.
func (w *walReader) begin() bool {
	var header [walHeader]byte
	if !w.read(header[:]) {
		return false
	}
	magic, size := binary.BigEndian.Uint32(header[:]), binary.BigEndian.Uint32(header[8:])
	if size < 512 || size > 65536 || size&(size-1) != 0 {
		return false
	}
	w.order = binary.LittleEndian
	if magic == walMagic|1 {
		w.order = binary.BigEndian
	}
	w.add(header[:24])
	w.fits = w.sum == stated(header[24:]) && magic&^1 == walMagic
	w.sum = stated(header[24:])
	copy(w.salts[:], header[16:24])
	w.page = make([]byte, size)
	return true
}

// commitsFollow reports whether a frame that does not fit, the last one, is
// followed by a commit that another one continues.
func (w *walReader) commitsFollow() bool {
	commits := 0
	for more := true; more; more = w.next() {
		if !w.fits {
			commits = 0
		}
		if w.isCommit() {
			commits++
		}
		if commits > 1 {
			return true
		}
	}
	return false
}

// next reads a frame, and is false at the end.
func (w *walReader) next() bool {
	if !w.read(w.frame[:]) || !w.read(w.page) {
		return false
	}
	w.frames++
	w.add(w.frame[:8])
	w.add(w.page)
	w.fits = w.sum == stated(w.frame[16:]) && w.salted()
	// What follows is held against what this frame states.
	w.sum = stated(w.frame[16:])
	return true
}

// salted reports whether the frame is of this log, and not of one before it in
// the same file.
func (w *walReader) salted() bool { return [8]byte(w.frame[8:16]) == w.salts }

// isCommit reports whether the frame ends a transaction.
func (w *walReader) isCommit() bool {
	return w.salted() && binary.BigEndian.Uint32(w.frame[4:]) != 0
}

func (w *walReader) read(into []byte) bool {
	_, err := io.ReadFull(w.from, into)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		w.err = err
	}
	return err == nil
}

// add continues the checksum.
func (w *walReader) add(data []byte) {
	a, b := w.sum[0], w.sum[1]
	for ; len(data) >= 8; data = data[8:] {
		a += w.order.Uint32(data) + b
		b += w.order.Uint32(data[4:]) + a
	}
	w.sum = [2]uint32{a, b}
}

// stated is a checksum as it is written.
func stated(field []byte) [2]uint32 {
	return [2]uint32{binary.BigEndian.Uint32(field), binary.BigEndian.Uint32(field[4:])}
}
