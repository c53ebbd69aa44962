-- What the register must know of itself and of the mailbox's own folders, so that nothing is forgotten unseen after a backup
-- was restored, or where another register works on the same mailbox.

-- The highest number of a year that is known to have been given out beside those of `cases`.
CREATE TABLE number_seen (
    year   INTEGER PRIMARY KEY,
    serial INTEGER NOT NULL
) STRICT;

-- This register: one row.
CREATE TABLE identity (
    only     INTEGER PRIMARY KEY CHECK (only = 1),
    -- Names it: stands on the mails that it files away, where the mail server keeps such marks. A restored backup has the
    -- same.
    mark     TEXT    NOT NULL,
    -- Since when it takes in mail; NULL until it first compared the mailbox's own folders with itself.
    began_at INTEGER
) STRICT;
INSERT INTO identity (only, mark) VALUES (1, lower(hex(randomblob(6))));

-- How far each of our own folders (for handled mail, for mail put aside …) was compared with the register.
CREATE TABLE compared (
    mailbox      TEXT    NOT NULL,
    uid_validity INTEGER NOT NULL,
    -- The first UID that was not looked at yet.
    next_uid     INTEGER NOT NULL,
    compared_at  INTEGER NOT NULL,
    PRIMARY KEY (mailbox, uid_validity)
) STRICT;

-- Mails that lie in one of our own folders and are not on file. The row goes when the mail is, or when it leaves the folder.
CREATE TABLE not_on_file (
    mailbox      TEXT    NOT NULL,
    uid_validity INTEGER NOT NULL,
    uid          INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    size         INTEGER NOT NULL,
    -- ours, unmarked, others
    filed_by     TEXT    NOT NULL,
    sender       TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    found_at     INTEGER NOT NULL,
    -- The letter that told a person of it; NULL: not told yet.
    told_in      TEXT,
    -- When a person asked to take it in; NULL: nobody did.
    asked_at     INTEGER,
    PRIMARY KEY (mailbox, uid_validity, uid)
) STRICT;
CREATE INDEX not_on_file_told ON not_on_file (told_in);

-- A mail in our own folder is looked for by these.
CREATE INDEX mail_message_id ON mail (message_id);
CREATE INDEX mail_received ON mail (received_at);
