-- Times are microseconds since 1970. States are numbered in codec.go. Only the
-- writer changes anything, so references are kept by the code and not by
-- foreign keys, which would cost a lookup for each row.

-- Endpoints are never removed; deliveries refer to them by seq.
CREATE TABLE endpoints (
    seq      INTEGER PRIMARY KEY,
    name     TEXT    NOT NULL UNIQUE,
    disabled INTEGER NOT NULL,
    why      TEXT    NOT NULL,
    since    INTEGER NOT NULL,
    failures INTEGER NOT NULL
) STRICT;

CREATE TABLE events (
    seq         INTEGER PRIMARY KEY,
    id          TEXT    NOT NULL,
    source      TEXT    NOT NULL,
    provider    TEXT    NOT NULL,
    provider_id TEXT    NOT NULL,
    type        TEXT    NOT NULL,
    time        INTEGER NOT NULL,
    secret      TEXT    NOT NULL,
    candidate   TEXT    NOT NULL,
    covers      INTEGER NOT NULL,
    header      BLOB,
    body        BLOB
) STRICT;
CREATE UNIQUE INDEX events_id ON events (id);
CREATE INDEX events_time ON events (time);

-- Deliveries are clustered by ID, which ends every index key: an index over
-- (endpoint, wake) is one over (endpoint, wake, id).
--
-- wake is when something is to happen next: the due time of a pending delivery,
-- the end of the lease of a running one, null for every other. leases counts
-- the leases handed out, and is the token of the current one. attempts counts
-- since the last redelivery, tried over the whole life.
CREATE TABLE deliveries (
    id             TEXT    NOT NULL PRIMARY KEY,
    event          INTEGER NOT NULL,
    endpoint       INTEGER NOT NULL,
    state          INTEGER NOT NULL,
    due            INTEGER NOT NULL,
    wake           INTEGER,
    leases         INTEGER NOT NULL,
    attempts       INTEGER NOT NULL,
    tried          INTEGER NOT NULL,
    created        INTEGER NOT NULL,
    message_id     TEXT    NOT NULL,
    subscription   TEXT    NOT NULL,
    transform      TEXT    NOT NULL,
    transform_hash TEXT    NOT NULL,
    last_error     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_event ON deliveries (event);
CREATE INDEX deliveries_wake ON deliveries (endpoint, wake) WHERE wake IS NOT NULL;
-- What is neither pending, running nor delivered is rare, and is what people
-- look for.
CREATE INDEX deliveries_aside ON deliveries (state, id, endpoint) WHERE state NOT IN (0, 1, 3);

CREATE TABLE outputs (
    delivery     TEXT NOT NULL PRIMARY KEY,
    type         TEXT NOT NULL,
    content_type TEXT NOT NULL,
    header       BLOB,
    body         BLOB
) STRICT;

CREATE TABLE attempts (
    delivery    TEXT    NOT NULL,
    number      INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    duration    INTEGER NOT NULL,
    status      INTEGER NOT NULL,
    error       TEXT    NOT NULL,
    retry_after INTEGER NOT NULL,
    response    BLOB,
    PRIMARY KEY (delivery, number)
) STRICT, WITHOUT ROWID;

-- name is the SHA-256 of source and key, slot its first eight bytes. Keys are
-- random: an index over the slot alone is small, so few of its pages change.
CREATE TABLE dedup (
    seq    INTEGER PRIMARY KEY,
    slot   INTEGER NOT NULL,
    name   BLOB    NOT NULL,
    event  TEXT    NOT NULL,
    digest BLOB    NOT NULL,
    time   INTEGER NOT NULL
) STRICT;
CREATE INDEX dedup_slot ON dedup (slot);
CREATE INDEX dedup_time ON dedup (time);

-- How many deliveries are in each state, kept by every change.
CREATE TABLE counts (
    state INTEGER PRIMARY KEY,
    n     INTEGER NOT NULL
) STRICT;
INSERT INTO counts (state, n)
VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0);
