-- A mail server's notice in words names an address and no letter: the last one to it is looked up (invariant 4).
CREATE INDEX outbox_recipient ON outbox (recipient_key, created_at);
