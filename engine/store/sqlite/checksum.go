package sqlite

import (
	"fmt"
	"hash/crc32"
)

// checksum is what is kept of the columns of a row that are sent, one after the
// other.
func checksum(columns ...[]byte) int64 {
	// The package computes this table once.
	castagnoli := crc32.MakeTable(crc32.Castagnoli)
	sum := uint32(0)
	for _, column := range columns {
		sum = crc32.Update(sum, castagnoli, column)
	}
	return int64(sum)
}

// verify compares columns with the checksum of their row, which comes next. Rows from
// before there were any have none.
func (r *row) verify(columns ...[]byte) error {
	want, kept := r.next().(int64)
	if got := checksum(columns...); kept && got != want {
		return fmt.Errorf("it has changed in the database, its CRC-32C is %08x where %08x was stored; restore it from a backup", got, want)
	}
	return nil
}
