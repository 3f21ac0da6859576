-- failing_since is when the first failure since the last success came, year 1
-- where there is none.
ALTER TABLE hookseal.endpoints ADD COLUMN failing_since timestamptz NOT NULL DEFAULT '0001-01-01 00:00:00+00';

-- Of the open deliveries to an endpoint with one order_key, one has its turn;
-- the wake of the others is in the year 9999 until theirs comes. Empty is in no
-- order.
ALTER TABLE hookseal.deliveries ADD COLUMN order_key text COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX deliveries_order ON hookseal.deliveries (endpoint, order_key, id) WHERE order_key <> '' AND state IN (0, 1, 2);

-- The changes of disabled that nobody has told of yet.
CREATE TABLE hookseal.changes (
    seq           bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    endpoint      text        COLLATE "C" NOT NULL,
    disabled      boolean     NOT NULL,
    why           text        COLLATE "C" NOT NULL,
    since         timestamptz NOT NULL,
    failures      integer     NOT NULL,
    failing_since timestamptz NOT NULL
);
