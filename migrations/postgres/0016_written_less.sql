-- A letter that goes out changes its state, and each change was written into what counts letters too. Only one that is held
-- has a reason for it: told by that, the letters that count are found as before, and sending one leaves these as they are.
DROP INDEX outbox_sent;
DROP INDEX outbox_sent_to;
CREATE INDEX outbox_sent ON outbox (created_at) WHERE automatic = 1 AND held_because = '' AND bundled_in IS NULL;
CREATE INDEX outbox_sent_to ON outbox (domain, created_at)
    WHERE automatic = 1 AND side = 'customer' AND held_because = '' AND bundled_in IS NULL;
