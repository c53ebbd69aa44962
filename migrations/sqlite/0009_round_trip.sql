-- Test mails of the watch on their way from the desk to itself: one row. Moments of sending are what such a mail is signed with.
CREATE TABLE round_trip (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    -- The last that was sent.
    sent_at     INTEGER NOT NULL DEFAULT 0,
    -- The first that was sent since one came back.
    waits_since INTEGER NOT NULL DEFAULT 0,
    -- The last that came back, and when.
    back_for    INTEGER NOT NULL DEFAULT 0,
    back_at     INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO round_trip (one) VALUES (1);
