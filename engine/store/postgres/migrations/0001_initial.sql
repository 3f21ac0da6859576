-- Texts that PostgreSQL cannot hold (a NUL, invalid UTF-8) are kept as "\x" and
-- hexadecimal digits; see text.go. All of them compare by their bytes.
-- Delivery states are numbered in state.go, and the indexes name some of them.
-- References are kept by the code: a foreign key costs a lookup and a lock for
-- each row.

-- Endpoints are never removed; deliveries refer to them by seq.
CREATE TABLE hookseal.endpoints (
    seq      integer     GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name     text        COLLATE "C" NOT NULL UNIQUE,
    disabled boolean     NOT NULL DEFAULT false,
    why      text        COLLATE "C" NOT NULL DEFAULT '',
    since    timestamptz NOT NULL DEFAULT '0001-01-01 00:00:00+00',
    failures integer     NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE hookseal.events (
    id          text        COLLATE "C" NOT NULL PRIMARY KEY,
    source      text        COLLATE "C" NOT NULL,
    provider    text        COLLATE "C" NOT NULL,
    provider_id text        COLLATE "C" NOT NULL,
    type        text        COLLATE "C" NOT NULL,
    time        timestamptz NOT NULL,
    secret      text        COLLATE "C" NOT NULL,
    candidate   text        COLLATE "C" NOT NULL,
    covers      integer     NOT NULL,
    header      jsonb,
    body        bytea
);
-- To compress a body costs more than to write it.
ALTER TABLE hookseal.events ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX events_time ON hookseal.events (time);

-- wake is when something is to happen next: the due time of a pending delivery,
-- the end of the lease of a running one, null for every other. leases counts
-- the leases handed out, and is the token of the current one. attempts counts
-- since the last redelivery, tried over the whole life.
CREATE TABLE hookseal.deliveries (
    id             text        COLLATE "C" NOT NULL PRIMARY KEY,
    event          text        COLLATE "C" NOT NULL,
    endpoint       integer     NOT NULL,
    state          smallint    NOT NULL,
    due            timestamptz NOT NULL,
    wake           timestamptz,
    leases         integer     NOT NULL DEFAULT 0,
    attempts       integer     NOT NULL,
    tried          integer     NOT NULL,
    created        timestamptz NOT NULL,
    message_id     text        COLLATE "C" NOT NULL,
    subscription   text        COLLATE "C" NOT NULL,
    transform      text        COLLATE "C" NOT NULL,
    transform_hash text        COLLATE "C" NOT NULL,
    last_error     text        COLLATE "C" NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX deliveries_event ON hookseal.deliveries (event);
CREATE INDEX deliveries_wake ON hookseal.deliveries (endpoint, wake, id) WHERE wake IS NOT NULL;
-- What is neither pending, running nor delivered is rare, and is what people
-- look for.
CREATE INDEX deliveries_aside ON hookseal.deliveries (state, id, endpoint) WHERE state NOT IN (0, 1, 3);

CREATE TABLE hookseal.outputs (
    delivery     text COLLATE "C" NOT NULL PRIMARY KEY,
    type         text COLLATE "C" NOT NULL,
    content_type text COLLATE "C" NOT NULL,
    header       jsonb,
    body         bytea
);
ALTER TABLE hookseal.outputs ALTER COLUMN body SET STORAGE EXTERNAL;

-- Durations are nanoseconds.
CREATE TABLE hookseal.attempts (
    delivery    text        COLLATE "C" NOT NULL,
    number      integer     NOT NULL,
    at          timestamptz NOT NULL,
    duration    bigint      NOT NULL,
    status      integer     NOT NULL,
    error       text        COLLATE "C" NOT NULL,
    retry_after bigint      NOT NULL,
    response    bytea,
    PRIMARY KEY (delivery, number)
);

-- name is the SHA-256 of source and key.
CREATE TABLE hookseal.dedup (
    name   bytea       NOT NULL PRIMARY KEY,
    event  text        COLLATE "C" NOT NULL,
    digest bytea       NOT NULL,
    time   timestamptz NOT NULL
);
CREATE INDEX dedup_time ON hookseal.dedup (time);

-- How many deliveries are in each state: the sum over the slots, of which each
-- node changes few, so that nodes do not wait for each other's commits. A count
-- of one slot may be negative.
CREATE TABLE hookseal.counts (
    slot  smallint NOT NULL,
    state smallint NOT NULL,
    n     bigint   NOT NULL,
    PRIMARY KEY (slot, state)
) WITH (fillfactor = 10);
INSERT INTO hookseal.counts (slot, state, n)
SELECT slot, state, 0 FROM generate_series(0, 63) slot, generate_series(0, 7) state;
