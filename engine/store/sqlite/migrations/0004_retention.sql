-- erased is when the body and all else that an event says was removed, null
-- while it is kept. Which events are the oldest of a source is asked for those
-- that are whole and for those that are not, apart.
ALTER TABLE events ADD COLUMN erased INTEGER;
DROP INDEX events_time;
CREATE INDEX events_whole ON events (source, time) WHERE erased IS NULL;
CREATE INDEX events_bare ON events (source, time) WHERE erased IS NOT NULL;

-- What the events of each source weigh, kept by every change; see store.Weight.
CREATE TABLE sizes (
    source TEXT    NOT NULL PRIMARY KEY,
    bytes  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO sizes (source, bytes)
SELECT source, sum(coalesce(length(body), 0) + 1024) FROM events GROUP BY source;

-- Secrets that are encrypted; key names the key, which is kept elsewhere.
CREATE TABLE sealed (
    name TEXT NOT NULL PRIMARY KEY,
    key  TEXT NOT NULL,
    data BLOB NOT NULL
) STRICT, WITHOUT ROWID;
