-- What a provider's limits leave behind: letters that were refused and wait, and how many connections it takes.

-- When the letter was refused first, since it was last put in the queue; NULL: never, or taken since.
ALTER TABLE outbox ADD COLUMN refused_at INTEGER;
CREATE INDEX outbox_refused ON outbox (refused_at) WHERE refused_at IS NOT NULL;

-- One row a sending server that took fewer connections than the settings open.
CREATE TABLE connections_taken (
    server     TEXT    PRIMARY KEY,
    count      INTEGER NOT NULL,
    learnt_at  INTEGER NOT NULL
) STRICT;
