-- failing_since is when the first failure since the last success came, year 1
-- where there is none.
ALTER TABLE endpoints ADD COLUMN failing_since INTEGER NOT NULL DEFAULT -62135596800000000;

-- Of the open deliveries to an endpoint with one order_key, one has its turn;
-- the wake of the others is in the year 9999 until theirs comes. Empty is in no
-- order.
ALTER TABLE deliveries ADD COLUMN order_key TEXT NOT NULL DEFAULT '';
CREATE INDEX deliveries_order ON deliveries (endpoint, order_key, id) WHERE order_key <> '' AND state IN (0, 1, 2);

-- The changes of disabled that nobody has told of yet. Numbers are not used
-- again.
CREATE TABLE changes (
    seq           INTEGER PRIMARY KEY AUTOINCREMENT,
    endpoint      TEXT    NOT NULL,
    disabled      INTEGER NOT NULL,
    why           TEXT    NOT NULL,
    since         INTEGER NOT NULL,
    failures      INTEGER NOT NULL,
    failing_since INTEGER NOT NULL
) STRICT;
