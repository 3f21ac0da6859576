-- erased is when the body and all else that an event says was removed, null
-- while it is kept. Which events are the oldest of a source is asked for those
-- that are whole and for those that are not, apart.
ALTER TABLE hookseal.events ADD COLUMN erased timestamptz;
DROP INDEX hookseal.events_time;
CREATE INDEX events_whole ON hookseal.events (source, time) WHERE erased IS NULL;
CREATE INDEX events_bare ON hookseal.events (source, time) WHERE erased IS NOT NULL;

-- What the events of each source weigh, kept by every change: the sum over the
-- slots, as with the counts. See store.Weight.
CREATE TABLE hookseal.sizes (
    slot   smallint NOT NULL,
    source text     COLLATE "C" NOT NULL,
    bytes  bigint   NOT NULL,
    PRIMARY KEY (slot, source)
) WITH (fillfactor = 50);
INSERT INTO hookseal.sizes (slot, source, bytes)
SELECT 0, source, sum(coalesce(octet_length(body), 0) + 1024) FROM hookseal.events GROUP BY source;

-- Secrets that are encrypted; key names the key, which is kept elsewhere.
CREATE TABLE hookseal.sealed (
    name text  COLLATE "C" NOT NULL PRIMARY KEY,
    key  text  COLLATE "C" NOT NULL,
    data bytea NOT NULL
);
