-- Several instances with the same settings on one register. SQLite has the same tables, which
-- stay empty.
CREATE TABLE instance (
    -- Of one start.
    id         TEXT COLLATE "C" PRIMARY KEY,
    name       TEXT COLLATE "C" NOT NULL,
    -- The lock that it has on its own machine: who has that one after it knows that it is gone. Empty: it has none.
    home       TEXT COLLATE "C" NOT NULL,
    started_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL,
    -- Alive until then, by the database's clock.
    until      BIGINT NOT NULL
);

-- What only one instance does, and who: it counts while that instance is alive.
CREATE TABLE lease (
    name   TEXT COLLATE "C" PRIMARY KEY,
    -- An instance; empty: nobody.
    holder TEXT COLLATE "C" NOT NULL,
    -- Grows with each holder: one that was overtaken has an older one.
    token  BIGINT NOT NULL,
    since  BIGINT NOT NULL
);

-- The instance that is sending a letter.
ALTER TABLE outbox ADD COLUMN leased_by TEXT COLLATE "C";
