-- Several instances with the same settings on one register. On SQLite there is one daemon, by a lock of its file: then these
-- stay empty.
CREATE TABLE instance (
    -- Of one start.
    id         TEXT    PRIMARY KEY,
    name       TEXT    NOT NULL,
    -- The lock that it has on its own machine: who has that one after it knows that it is gone. Empty: it has none.
    home       TEXT    NOT NULL,
    started_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL,
    -- Alive until then, by the database's clock.
    until      INTEGER NOT NULL
) STRICT;

-- What only one instance does, and who: it counts while that instance is alive.
CREATE TABLE lease (
    name   TEXT    PRIMARY KEY,
    -- An instance; empty: nobody.
    holder TEXT    NOT NULL,
    -- Grows with each holder: one that was overtaken has an older one.
    token  INTEGER NOT NULL,
    since  INTEGER NOT NULL
) STRICT;

-- The instance that is sending a letter.
ALTER TABLE outbox ADD COLUMN leased_by TEXT;
