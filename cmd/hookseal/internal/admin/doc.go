// Package admin lets the commands of hookseal change the store of a running
// server, which holds the lock of its file: the server listens on a Unix socket
// beside the file, for its own user alone, and the commands call it there.
// Without a server they change the store themselves, by the same [Operator].
package admin
