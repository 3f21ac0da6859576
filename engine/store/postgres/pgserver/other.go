//go:build !unix

package pgserver

import (
	"errors"
	"time"
)

// ErrMissing reports that a system has no PostgreSQL that this package can run.
var ErrMissing = errors.New("a private postgresql server needs Unix")

// Server is a server of its own.
type Server struct{}

// Start returns [ErrMissing].
func Start(...string) (*Server, error) { return nil, ErrMissing }

// DSN is the address of a database.
func (*Server) DSN(string) string { return "" }

// SQL runs a statement in a database.
func (*Server) SQL(string, string) error { return ErrMissing }

// CPUTime is what the server has used of the processors.
func (*Server) CPUTime() time.Duration { return 0 }

// Close ends the server.
func (*Server) Close() error { return nil }
