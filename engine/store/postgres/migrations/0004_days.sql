-- Events, outputs, attempts and deliveries that are final are kept in a table for
-- each day, events_20261122 and so on, so that a day is forgotten by dropping its
-- tables. The day is that of the event, in UTC. What was stored before, and what
-- no day has tables for, is in day 0, whose rows are removed one by one. The
-- parents are there to be read: a plan over all days costs more than the work.
LOCK TABLE hookseal.endpoints, hookseal.dedup, hookseal.events, hookseal.deliveries, hookseal.outputs,
    hookseal.attempts, hookseal.counts, hookseal.sizes IN ACCESS EXCLUSIVE MODE;

-- The deliveries that are pending, running or held: each is here until it is
-- final, and then in the table of its day. wake is null for the held. transformed
-- says that there is an output.
CREATE TABLE hookseal.open (
    id             text        COLLATE "C" NOT NULL PRIMARY KEY,
    event          text        COLLATE "C" NOT NULL,
    day            integer     NOT NULL,
    endpoint       integer     NOT NULL,
    state          smallint    NOT NULL,
    transformed    boolean     NOT NULL,
    due            timestamptz NOT NULL,
    wake           timestamptz,
    created        timestamptz NOT NULL,
    leases         integer     NOT NULL,
    attempts       integer     NOT NULL,
    tried          integer     NOT NULL,
    message_id     text        COLLATE "C" NOT NULL,
    subscription   text        COLLATE "C" NOT NULL,
    transform      text        COLLATE "C" NOT NULL,
    transform_hash text        COLLATE "C" NOT NULL,
    last_error     text        COLLATE "C" NOT NULL,
    order_key      text        COLLATE "C" NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0, vacuum_truncate = false);
INSERT INTO hookseal.open (id, event, day, endpoint, state, transformed, due, wake, created, leases, attempts, tried,
    message_id, subscription, transform, transform_hash, last_error, order_key)
SELECT id, event, 0, endpoint, state, EXISTS (SELECT 1 FROM hookseal.outputs o WHERE o.delivery = d.id),
    due, wake, created, leases, attempts, tried,
    message_id, subscription, transform, transform_hash, last_error, order_key
FROM hookseal.deliveries d WHERE state IN (0, 1, 2);
CREATE INDEX open_wake ON hookseal.open (endpoint, wake, id);
CREATE INDEX open_event ON hookseal.open (day, event);
CREATE INDEX open_order ON hookseal.open (endpoint, order_key, id) WHERE order_key <> '';
CREATE INDEX open_held ON hookseal.open (id) WHERE state = 2;

DELETE FROM hookseal.deliveries WHERE state IN (0, 1, 2);
DROP INDEX hookseal.deliveries_wake, hookseal.deliveries_order;
ALTER TABLE hookseal.deliveries DROP COLUMN wake;
ALTER TABLE hookseal.deliveries RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay);

ALTER TABLE hookseal.events RENAME TO events_0;
ALTER TABLE hookseal.deliveries RENAME TO deliveries_0;
ALTER TABLE hookseal.outputs RENAME TO outputs_0;
ALTER TABLE hookseal.attempts RENAME TO attempts_0;
ALTER INDEX hookseal.events_pkey RENAME TO events_0_pkey;
ALTER INDEX hookseal.events_whole RENAME TO events_0_whole;
ALTER INDEX hookseal.events_bare RENAME TO events_0_bare;
ALTER INDEX hookseal.deliveries_pkey RENAME TO deliveries_0_pkey;
ALTER INDEX hookseal.deliveries_event RENAME TO deliveries_0_event;
ALTER INDEX hookseal.deliveries_aside RENAME TO deliveries_0_aside;
ALTER INDEX hookseal.outputs_pkey RENAME TO outputs_0_pkey;
ALTER INDEX hookseal.attempts_pkey RENAME TO attempts_0_pkey;
ALTER TABLE hookseal.events_0 ADD COLUMN day integer NOT NULL DEFAULT 0;
ALTER TABLE hookseal.deliveries_0 ADD COLUMN day integer NOT NULL DEFAULT 0;
ALTER TABLE hookseal.outputs_0 ADD COLUMN day integer NOT NULL DEFAULT 0;
ALTER TABLE hookseal.attempts_0 ADD COLUMN day integer NOT NULL DEFAULT 0;

CREATE TABLE hookseal.events (LIKE hookseal.events_0 INCLUDING STORAGE) PARTITION BY LIST (day);
CREATE TABLE hookseal.deliveries (LIKE hookseal.deliveries_0 INCLUDING STORAGE) PARTITION BY LIST (day);
CREATE TABLE hookseal.outputs (LIKE hookseal.outputs_0 INCLUDING STORAGE) PARTITION BY LIST (day);
CREATE TABLE hookseal.attempts (LIKE hookseal.attempts_0 INCLUDING STORAGE) PARTITION BY LIST (day);
ALTER TABLE hookseal.events ATTACH PARTITION hookseal.events_0 FOR VALUES IN (0);
ALTER TABLE hookseal.deliveries ATTACH PARTITION hookseal.deliveries_0 FOR VALUES IN (0);
ALTER TABLE hookseal.outputs ATTACH PARTITION hookseal.outputs_0 FOR VALUES IN (0);
ALTER TABLE hookseal.attempts ATTACH PARTITION hookseal.attempts_0 FOR VALUES IN (0);

-- The days that have tables, day 0 aside.
CREATE TABLE hookseal.days (day integer PRIMARY KEY);

-- The sums are kept by day, so that one that is dropped need not be counted. A
-- delivery counts for the day of its event in every state.
ALTER TABLE hookseal.counts DROP CONSTRAINT counts_pkey;
ALTER TABLE hookseal.counts ADD COLUMN day integer NOT NULL DEFAULT 0;
ALTER TABLE hookseal.counts ALTER COLUMN day DROP DEFAULT;
ALTER TABLE hookseal.counts ADD PRIMARY KEY (day, slot, state);
ALTER TABLE hookseal.sizes DROP CONSTRAINT sizes_pkey;
ALTER TABLE hookseal.sizes ADD COLUMN day integer NOT NULL DEFAULT 0, ADD COLUMN events bigint NOT NULL DEFAULT 0;
ALTER TABLE hookseal.sizes ALTER COLUMN day DROP DEFAULT, ALTER COLUMN events DROP DEFAULT;
ALTER TABLE hookseal.sizes ADD PRIMARY KEY (day, slot, source);
INSERT INTO hookseal.sizes (day, slot, source, events, bytes)
SELECT 0, 0, source, count(*), 0 FROM hookseal.events_0 GROUP BY source
ON CONFLICT (day, slot, source) DO UPDATE SET events = excluded.events;
