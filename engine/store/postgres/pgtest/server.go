//go:build unix

package pgtest

import "github.com/hookseal/hookseal/engine/store/postgres/pgserver"

// Server is a server of its own.
type Server = pgserver.Server

// Start makes a server with further settings and starts it; see [pgserver.Start].
func Start(settings ...string) (*Server, error) { return pgserver.Start(settings...) }

// ErrMissing reports that the system has no PostgreSQL.
var ErrMissing = pgserver.ErrMissing
