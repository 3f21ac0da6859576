package sqlite

import (
	"database/sql/driver"
	"time"
)

// row hands out the columns of a result from left to right. The tables are
// STRICT, so a column has the type that the schema says; null reads as the zero
// value.
type row struct {
	values []driver.Value
	at     int
}

func (r *row) next() driver.Value {
	v := r.values[r.at]
	r.at++
	return v
}

func (r *row) int() int64 {
	v, _ := r.next().(int64)
	return v
}

func (r *row) text() string {
	v, _ := r.next().(string)
	return v
}

func (r *row) blob() []byte {
	v, _ := r.next().([]byte)
	return v
}

func (r *row) bool() bool { return r.int() != 0 }

func (r *row) time() time.Time { return moment(r.int()) }

// micros and moment are how times are kept.
func micros(t time.Time) int64 { return t.UnixMicro() }

func moment(micros int64) time.Time { return time.UnixMicro(micros).UTC() }
