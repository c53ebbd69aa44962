-- What a provider's limits leave behind: letters that were refused and wait, and how many connections it takes.

-- When a letter was refused first, since it was last put in the queue; the row goes when a server takes it.
CREATE TABLE refused_first (
    letter_id TEXT    PRIMARY KEY REFERENCES outbox (id),
    at        INTEGER NOT NULL
) STRICT;
CREATE INDEX refused_first_at ON refused_first (at);

-- One row a sending server that took fewer connections than the settings open.
CREATE TABLE connections_taken (
    server     TEXT    PRIMARY KEY,
    count      INTEGER NOT NULL,
    learnt_at  INTEGER NOT NULL
) STRICT;
