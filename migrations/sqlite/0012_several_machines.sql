-- Through which mailbox a letter was written; empty: the first, as of all letters of before there were several.
ALTER TABLE outbox ADD COLUMN mailbox TEXT NOT NULL DEFAULT '';
UPDATE outbox SET mailbox = (SELECT cases.mailbox FROM cases WHERE number = case_number)
    WHERE case_number IN (SELECT number FROM cases WHERE mailbox <> '');

-- What the list of redactions says of it, so that each machine's list has all of them; empty: not told yet.
ALTER TABLE redaction ADD COLUMN listed TEXT NOT NULL DEFAULT '';

-- Mailboxes that the originals of an entry are out of, until they are out of all: each may be looked into by another machine.
CREATE TABLE redaction_removed (
    entry   TEXT NOT NULL,
    mailbox TEXT NOT NULL,
    PRIMARY KEY (entry, mailbox)
) STRICT;
