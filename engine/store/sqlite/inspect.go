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
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer file.Close()
	header := make([]byte, headerSize)
	switch n, err := io.ReadFull(file, header); {
	case n == 0 && err == io.EOF:
		return true, nil
	case err == io.ErrUnexpectedEOF:
		return false, fmt.Errorf("%q is not a database: it has %d bytes, a header alone takes %d", path, n, headerSize)
	case err != nil:
		return false, err
	}
	if string(header[:len(fileMagic)]) != fileMagic {
		return false, fmt.Errorf("%q is not a SQLite database: move it away, or choose another file", path)
	}
	if id := binary.BigEndian.Uint32(header[68:]); id != applicationID {
		return false, fmt.Errorf("%q is a SQLite database of another program (application id %#x, want %#x): choose another file",
			path, id, applicationID)
	}
	info, err := file.Stat()
	if err != nil {
		return false, err
	}
	return false, refuseShort(path, header, info.Size())
}

// refuseShort reports a file that ends before the size in its header. A file
// whose log still holds changes may be short, and is whole together with the
// log.
func refuseShort(path string, header []byte, size int64) error {
	if wal, err := os.Stat(path + "-wal"); err == nil && wal.Size() > 0 {
		return nil
	}
	pageSize := int64(binary.BigEndian.Uint16(header[16:]))
	if pageSize == 1 {
		pageSize = 65536
	}
	want := pageSize * int64(binary.BigEndian.Uint32(header[28:]))
	if current := string(header[24:28]) == string(header[92:96]); current && size < want {
		return fmt.Errorf("database %q is cut short: it has %d bytes of %d; restore it from a backup", path, size, want)
	}
	return nil
}
