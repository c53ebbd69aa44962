-- The register (design: "The register"). STRICT tables, and only types that sqlx::Any reads on SQLite and
-- PostgreSQL alike: whole numbers (times are epoch milliseconds, yes/no is 0/1), text and bytes.

-- Every mail the server gave us, exactly one row each (invariant 1). No disposition yet: not decided on.
CREATE TABLE mail (
    id            INTEGER PRIMARY KEY,
    mailbox       TEXT    NOT NULL,
    uid_validity  INTEGER NOT NULL,
    uid           INTEGER NOT NULL,
    from_junk     INTEGER NOT NULL,
    received_at   INTEGER NOT NULL,
    fetched_at    INTEGER NOT NULL,
    size          INTEGER NOT NULL,
    -- 0: over max_message_bytes, so that only a first slice is here and the rest is in the mailbox.
    whole         INTEGER NOT NULL,
    -- Committed before each reading, so that even an abort of the process is counted.
    attempts      INTEGER NOT NULL DEFAULT 0,
    disposition   TEXT,
    reason        TEXT    NOT NULL DEFAULT '',
    case_number   TEXT,
    message_id    TEXT    NOT NULL DEFAULT '',
    -- Of the normalised content, or of the raw bytes where there is no Message-ID (invariant 2).
    content_hash  TEXT    NOT NULL DEFAULT '',
    decided_at    INTEGER,
    -- 1: moved out of the inbox, or gone from it.
    moved         INTEGER NOT NULL DEFAULT 0,
    -- Of a mail put aside: the letter that told a person of it; empty where no letter could (the digest does). NULL: not
    -- told yet.
    told_in       TEXT,
    UNIQUE (mailbox, uid_validity, uid)
) STRICT;
CREATE INDEX mail_undecided ON mail (id) WHERE disposition IS NULL;
CREATE INDEX mail_identity ON mail (content_hash, message_id);
CREATE INDEX mail_case ON mail (case_number);
CREATE INDEX mail_unmoved ON mail (mailbox, uid_validity) WHERE moved = 0;
CREATE INDEX mail_untold ON mail (disposition, id) WHERE told_in IS NULL;
CREATE INDEX mail_told ON mail (told_in) WHERE told_in IS NOT NULL;

-- The UIDs that a watched folder gave out, a row for each listing that showed new ones; written when that listing was
-- dealt with, so that each of its UIDs has a row of its own, is withheld, or had vanished (invariant 1).
CREATE TABLE given_out (
    mailbox       TEXT    NOT NULL,
    uid_validity  INTEGER NOT NULL,
    first_uid     INTEGER NOT NULL,
    -- The first UID that is not among them.
    next_uid      INTEGER NOT NULL,
    -- How many: fewer than the span for a folder seen for the first time, whose earlier mails were never ours.
    uids          INTEGER NOT NULL,
    vanished      INTEGER NOT NULL,
    dealt_with_at INTEGER NOT NULL,
    PRIMARY KEY (mailbox, uid_validity, next_uid)
) STRICT;
CREATE INDEX given_out_at ON given_out (dealt_with_at);

-- Mails that the server has and did not give, and how often; the row goes when the mail is on file.
CREATE TABLE withheld (
    mailbox       TEXT    NOT NULL,
    uid_validity  INTEGER NOT NULL,
    uid           INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    reason        TEXT    NOT NULL,
    PRIMARY KEY (mailbox, uid_validity, uid)
) STRICT;

-- The bytes as they came; can be blanked on a lawful request without breaking the chain.
CREATE TABLE mail_raw (
    mail_id INTEGER PRIMARY KEY REFERENCES mail (id),
    -- Of the bytes: a letter that carries them along names it.
    sha256  TEXT    NOT NULL,
    raw     BLOB    NOT NULL
) STRICT;

-- What each case has become: only what applying its events makes (invariant 8). The columns are for looking up.
CREATE TABLE cases (
    number            TEXT    PRIMARY KEY,
    year              INTEGER NOT NULL,
    serial            INTEGER NOT NULL,
    state             TEXT    NOT NULL,
    department        TEXT    NOT NULL,
    handler           TEXT    NOT NULL,
    customer_address  TEXT    NOT NULL,
    received_at       INTEGER NOT NULL,
    closed_at         INTEGER,
    -- When something on the agenda is to be told of.
    remind_at         INTEGER,
    -- Folded, for #zoek: who complains and what about; plates, contract numbers and the like, between bars.
    words             TEXT    NOT NULL,
    keys              TEXT    NOT NULL,
    -- The whole case as JSON.
    body              TEXT    NOT NULL,
    UNIQUE (year, serial)
) STRICT;
CREATE INDEX cases_state ON cases (state, department);
CREATE INDEX cases_customer ON cases (customer_address, state);

-- What happened: append-only, chained by hashes over the whole register.
CREATE TABLE event (
    seq           INTEGER PRIMARY KEY,
    at            INTEGER NOT NULL,
    case_number   TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    actor         TEXT    NOT NULL,
    mail_id       INTEGER,
    payload_hash  TEXT    NOT NULL,
    previous_hash TEXT    NOT NULL,
    hash          TEXT    NOT NULL
) STRICT;
CREATE INDEX event_case ON event (case_number, seq);

CREATE TABLE event_payload (
    seq  INTEGER PRIMARY KEY REFERENCES event (seq),
    salt TEXT    NOT NULL,
    body TEXT    NOT NULL
) STRICT;

-- Letters: what is to be sent, what became of it, and whose reply token it carries. Rows stay as proof.
CREATE TABLE outbox (
    id            TEXT    PRIMARY KEY,
    kind          TEXT    NOT NULL,
    case_number   TEXT    NOT NULL,
    side          TEXT    NOT NULL,
    -- The department a staff letter binds (invariant 6); empty for a customer's.
    department    TEXT    NOT NULL,
    message_id    TEXT    NOT NULL UNIQUE,
    envelope_from TEXT    NOT NULL,
    recipient     TEXT    NOT NULL,
    recipient_key TEXT    NOT NULL,
    automatic     INTEGER NOT NULL,
    -- Folded; customers' letters are counted by it (invariant 5).
    domain        TEXT    NOT NULL,
    -- What it counts as for the caps of one address; empty: for none.
    counted_as    TEXT    NOT NULL,
    -- queued, leased, accepted, refused, held, bundled
    state         TEXT    NOT NULL,
    held_because  TEXT    NOT NULL DEFAULT '',
    -- The letter that goes out in this one's stead, together with others.
    bundled_in    TEXT,
    attempts      INTEGER NOT NULL DEFAULT 0,
    created_at    INTEGER NOT NULL,
    not_before    INTEGER NOT NULL,
    lease_until   INTEGER,
    accepted_at   INTEGER,
    server        TEXT    NOT NULL DEFAULT '',
    reply         TEXT    NOT NULL DEFAULT '',
    -- 1: refused for its size once; sent with its attachments only named.
    light         INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX outbox_due ON outbox (state, not_before, created_at);
CREATE INDEX outbox_case ON outbox (case_number);
CREATE INDEX outbox_counted ON outbox (counted_as, created_at) WHERE counted_as <> '';
CREATE INDEX outbox_sent ON outbox (created_at) WHERE automatic = 1 AND state <> 'held' AND bundled_in IS NULL;
CREATE INDEX outbox_sent_to ON outbox (domain, created_at)
    WHERE automatic = 1 AND side = 'customer' AND state <> 'held' AND bundled_in IS NULL;
CREATE INDEX outbox_held ON outbox (held_because, recipient_key, created_at) WHERE state = 'held';
CREATE INDEX outbox_bundled ON outbox (bundled_in) WHERE bundled_in IS NOT NULL;

-- The letter's bytes, final but for the attachments it carries along.
CREATE TABLE letter (
    id           TEXT    PRIMARY KEY REFERENCES outbox (id),
    -- Of the letter with its attachments only named: so another letter carries it along.
    light_size   INTEGER NOT NULL,
    light_sha256 TEXT    NOT NULL,
    bytes        BLOB    NOT NULL
) STRICT;

CREATE TABLE letter_carried (
    letter_id  TEXT    NOT NULL REFERENCES letter (id),
    position   INTEGER NOT NULL,
    -- Which attachment of that mail, or the whole mail where no part is named; or another letter.
    mail_id    INTEGER REFERENCES mail (id),
    part       INTEGER,
    of_letter  TEXT REFERENCES letter (id),
    name       TEXT    NOT NULL,
    media_type TEXT    NOT NULL,
    size       INTEGER NOT NULL,
    sha256     TEXT    NOT NULL,
    PRIMARY KEY (letter_id, position)
) STRICT;

-- What is done once a day, whatever restarts.
CREATE TABLE job_run (
    job    TEXT    NOT NULL,
    day    TEXT    NOT NULL,
    run_at INTEGER NOT NULL,
    PRIMARY KEY (job, day)
) STRICT;

-- What the operator was told of servers that cannot be reached: one row an area, so that a restart repeats nothing.
CREATE TABLE outage (
    area           TEXT    PRIMARY KEY,
    -- The first failure after the last success; none: it works.
    failing_since  INTEGER,
    -- The letter that is not followed by one that says it is over: of what, since when, and when it went.
    told_trouble   TEXT    NOT NULL DEFAULT '',
    told_since     INTEGER,
    told_at        INTEGER
) STRICT;
