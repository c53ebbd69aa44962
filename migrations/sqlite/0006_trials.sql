-- A death of the process says nothing about the mail in hand: only what a mail does to a process of its own sets it apart.
-- One row a mail that was in hand more than once.
CREATE TABLE trial (
    mail_id   INTEGER PRIMARY KEY REFERENCES mail (id),
    -- When it was last taken in hand; one that was often is put off meanwhile.
    tried_at  INTEGER,
    -- Processes of its own that ended by themselves or at a limit, over reading it and over deciding on it.
    reading   INTEGER NOT NULL DEFAULT 0,
    deciding  INTEGER NOT NULL DEFAULT 0,
    -- Decisions that failed without ending anything.
    failures  INTEGER NOT NULL DEFAULT 0
) STRICT;
-- What earlier versions set apart is not read again in the daemon either.
INSERT INTO trial (mail_id, reading) SELECT id, 2 FROM mail WHERE disposition = 'unreadable' AND attempts >= 3;
