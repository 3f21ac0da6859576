// Package pgtest runs a private PostgreSQL server for tests, from the binaries of
// the system's package postgresql. It listens on a Unix socket alone, syncs every
// commit, and is gone with the test binary.
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
//
//	func TestStore(t *testing.T) {
//		dsn := pgtest.Database(t)
//		…
//	}
package pgtest
