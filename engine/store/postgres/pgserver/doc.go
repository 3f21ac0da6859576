// Package pgserver runs a private PostgreSQL server, from the binaries of the
// system's package postgresql, for tests and measurements. It listens on a Unix
// socket alone, syncs every commit, and leaves nothing behind.
package pgserver
