-- How far each entry of the list of redactions, which lies beside the register, was carried out here: a restored register has
-- no row of what it forgot, and does it again.
CREATE TABLE redaction (
    entry      TEXT    PRIMARY KEY,
    blanked_at INTEGER NOT NULL,
    -- No remains in unused room of the file any more.
    purged_at  INTEGER,
    -- The originals are out of the mailbox's own folders.
    removed_at INTEGER
) STRICT;
