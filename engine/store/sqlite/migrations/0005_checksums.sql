-- sum is the CRC-32C of what is sent of a row, null in rows from before.
ALTER TABLE events ADD COLUMN sum INTEGER;
ALTER TABLE outputs ADD COLUMN sum INTEGER;

-- following is when the endpoint was disabled or enabled last, while some of its
-- deliveries are still to be held, or to be due at that moment; null when all have
-- followed.
ALTER TABLE endpoints ADD COLUMN following INTEGER;
CREATE INDEX deliveries_held ON deliveries (endpoint) WHERE state = 2;
