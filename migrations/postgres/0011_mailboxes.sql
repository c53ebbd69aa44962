-- Several mailboxes. Through which one a case came in, of its first event; empty: the first mailbox, as of all cases of before.
ALTER TABLE cases ADD COLUMN mailbox TEXT NOT NULL DEFAULT '';

-- Test mails of the watch, a row for each mailbox; the first one's has no name.
CREATE TABLE round_trips (
    mailbox     TEXT    PRIMARY KEY,
    sent_at     BIGINT NOT NULL DEFAULT 0,
    waits_since BIGINT NOT NULL DEFAULT 0,
    back_for    BIGINT NOT NULL DEFAULT 0,
    back_at     BIGINT NOT NULL DEFAULT 0
);
INSERT INTO round_trips (mailbox, sent_at, waits_since, back_for, back_at)
    SELECT '', sent_at, waits_since, back_for, back_at FROM round_trip;
DROP TABLE round_trip;
