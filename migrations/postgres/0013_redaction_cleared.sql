-- Of entries of the list of redactions, the mailboxes whose folders hold no original of them any more: of several mailboxes each
-- may be read by another instance.
CREATE TABLE redaction_cleared (
    entry   TEXT COLLATE "C" NOT NULL,
    mailbox TEXT COLLATE "C" NOT NULL,
    at      BIGINT NOT NULL,
    PRIMARY KEY (entry, mailbox)
);
