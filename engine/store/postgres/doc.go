// Package postgres keeps events and deliveries in a PostgreSQL database, for
// those who outgrow one machine: any number of nodes share one database.
//
//	db, err := postgres.Open(ctx, "postgres://hookseal@db.example/hookseal", postgres.Options{})
//
// Everything lies in the schema "hookseal" of the database, which Open makes and
// brings up to date. It takes PostgreSQL 13 or newer.
//
// What [Store] changes is durable when the call returns: every transaction is
// committed with synchronous_commit, whatever the server's default is, and a
// server with fsync = off is refused. A failover to a standby that is replicated
// asynchronously may lose what was acknowledged. Calls of Accept that come
// together share a transaction. Where the connection breaks during a COMMIT, Accept
// finds out whether it took place before it answers.
//
// Leases run by the database's clock: a node whose own clock is wrong by more
// than a quarter of a second has its moments translated. A delivery whose node
// has died is due again once its lease has ended, and what the dead node may
// still say of it is ignored.
//
// The limits of an endpoint, such as how many deliveries it is sent at a time,
// are those of each node. Texts and moments are readable in the tables; a text
// that PostgreSQL cannot hold stands there as \x and hexadecimal digits.
//
// # Days
//
// What is open is in one small table. Events, outputs, attempts and final
// deliveries are in tables of their own for each day of the event, in UTC,
// partitions of hookseal.events, hookseal.outputs, hookseal.attempts and
// hookseal.deliveries (events_20261122). [Store.Prune] drops a day of which nothing
// is open and everything is too old; where sources are kept for different times, or
// the size is bounded, it removes rows, whose space is used again, as [Store.Erase]
// does, and leaves their bytes until then. A day that somebody reads, a dump for one,
// is dropped at a later call.
//
// At most 200 days have tables, none further back than ten years or more than two
// days ahead; events of other times, those of days whose tables could not be made, and
// what was stored before there were days, are in day 0, whose rows are removed one by
// one. An event's ID is unique within its day alone, which identifiers that grow with
// time do not notice. The user must own the partitioned tables, and be allowed to
// create others in the schema.
//
// # PgBouncer
//
// Behind PgBouncer in transaction mode the DSN needs
// default_query_exec_mode=cache_describe, since prepared statements do not
// outlive a transaction there. LISTEN does not work through it: give
// [Options].Listen a DSN that leads straight to the server, or be content with
// looking every [Options].Poll.
package postgres
