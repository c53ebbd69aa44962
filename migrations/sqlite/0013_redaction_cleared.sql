-- Of entries of the list of redactions, the mailboxes whose folders hold no original of them any more: of several mailboxes each
-- may be read by another instance.
CREATE TABLE redaction_cleared (
    entry   TEXT    NOT NULL,
    mailbox TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (entry, mailbox)
) STRICT;
