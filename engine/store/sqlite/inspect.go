package sqlite

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// applicationID marks the file as one of ours, at offset 68 of its header: the
// letters "hksl".
const applicationID = 0x686b736c

const (
	fileMagic  = "SQLite format 3\x00"
	headerSize = 100
)

// inspect refuses a file that is not a whole database of ours, before SQLite
// opens it and could change it. A file that is missing or empty passes, and is
// reported as fresh.
//
// The fields are those of https://www.sqlite.org/fileformat.html, section 1.3.
func inspect(path string) (fresh bool, err error) {
	header, size, err := identify(path)
	if err != nil {
		return false, err
	}
	log, err := checkLog(path)
	if err != nil {
		return false, err
	}
	return size == 0, refuseShort(path, header, size, log)
}

// identify refuses a file that is none of ours, and returns its header and its
// size, which is zero for one that is missing or empty. Unlike [inspect] it may be
// called while another process writes.
func identify(path string) (header []byte, size int64, err error) {
	header = make([]byte, headerSize)
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return header, 0, nil
	}
	if err != nil {
		return nil, 0, err
	}
	defer file.Close()
	switch n, err := io.ReadFull(file, header); {
	case n == 0 && err == io.EOF:
		return header, 0, nil
	case err == io.ErrUnexpectedEOF:
		return nil, 0, fmt.Errorf("%q is not a database: it has %d bytes, a header alone takes %d", path, n, headerSize)
	case err != nil:
		return nil, 0, err
	}
	if string(header[:len(fileMagic)]) != fileMagic {
		return nil, 0, fmt.Errorf("%q is not a SQLite database: move it away, or choose another file", path)
	}
	if id := binary.BigEndian.Uint32(header[68:]); id != applicationID {
		return nil, 0, fmt.Errorf("%q is a SQLite database of another program (application id %#x, want %#x): choose another file",
			path, id, applicationID)
	}
	info, err := file.Stat()
	if err != nil {
		return nil, 0, err
	}
	return header, info.Size(), nil
}

// refuseShort reports a file that ends before its size. A file whose log still
// holds changes may be short, where the log has the pages that it lacks.
func refuseShort(path string, header []byte, size int64, log logged) error {
	pageSize := int64(binary.BigEndian.Uint16(header[16:]))
	if pageSize == 1 {
		pageSize = 65536
	}
	pages := log.size
	if current := string(header[24:28]) == string(header[92:96]); pages == 0 && current {
		pages = int64(binary.BigEndian.Uint32(header[28:]))
	}
	// Of pages of this size the one with the byte at 1 GiB is never written.
	unused := 1<<30/max(pageSize, 512) + 1
	for p := size/max(pageSize, 512) + 1; p <= pages; p++ {
		if p != unused && !log.pages[p] {
			return fmt.Errorf("database %q is cut short: it has %d bytes of %d; restore it from a backup", path, size, pageSize*pages)
		}
	}
	return nil
}
