// Package sqlite keeps events and deliveries in one SQLite file. It is the
// store for everybody who has one machine, and needs no cgo.
//
//	db, err := sqlite.Open("hookseal.db", sqlite.Options{})
//
// What [Store] changes is durable when the call returns: the file is in WAL mode
// with synchronous=FULL, and a call is answered only after the COMMIT that holds
// it has returned. One goroutine does all writing. It takes whatever calls have
// gathered since its last commit into the next transaction, so that hundreds of
// callers share one sync of the disk, and a call that fails is undone alone.
// Reading uses connections of its own and never waits for a write.
//
// An endpoint that is disabled or enabled has its deliveries follow, 1,000 in a
// transaction: other calls wait for no more than these. A crash does not end it.
//
// What is sent of an event or an output is kept with a CRC-32C, which is compared
// whenever it is read for a lease, by [Store.Event] and by [Store.Delivery]. A
// delivery of which a byte has changed in the file is Failed and not sent.
//
// Beside the file path lie path-wal and path-shm, which belong to it while it is
// open or after a crash and must be moved or copied together with it, and
// path.lock, which keeps a second process out and holds nothing of worth. All of
// them are readable by their owner alone. A file that is on a network file
// system is not safe, since its locks and shared memory are not.
//
// Space that pruning frees is used again, and is not given back to the file
// system. What is removed is overwritten by zeros where that costs nothing, and by
// [Store.Erase] everywhere. [Reader.Backup] copies a store that is in use.
package sqlite
