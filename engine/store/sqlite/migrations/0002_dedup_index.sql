-- The index over dedup keys becomes a table, into which the writer merges many
-- keys at once and in order. It may lack those whose seq is above merged.seq,
-- which the writer knows by heart.
CREATE TABLE dedup_index (
    slot INTEGER NOT NULL,
    seq  INTEGER NOT NULL,
    PRIMARY KEY (slot, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE merged (
    seq INTEGER NOT NULL
) STRICT;
INSERT INTO dedup_index (slot, seq) SELECT slot, seq FROM dedup ORDER BY slot, seq;
INSERT INTO merged (seq) SELECT coalesce(max(seq), 0) FROM dedup;

-- slot is the first eight bytes of name.
DROP INDEX dedup_slot;
ALTER TABLE dedup DROP COLUMN slot;
