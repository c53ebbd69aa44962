-- How far the clock of an instance is ahead of the database's, in milliseconds, less than 0: behind; 0: it is believed.
ALTER TABLE instance ADD COLUMN clock_off BIGINT NOT NULL DEFAULT 0;

-- How sending goes there: `good`, or the name of the trouble; empty: it was not tried.
ALTER TABLE instance ADD COLUMN sending TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE instance ADD COLUMN sending_since BIGINT;
