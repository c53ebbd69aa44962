-- What is asked each minute and each day is found without walking over all that was ever filed.
-- Cases that something is guarded of; one that is none of these is looked at no more.
CREATE INDEX cases_guarded ON cases (year, serial) WHERE state = 'open' OR remind_at IS NOT NULL OR owed_at IS NOT NULL;
CREATE INDEX cases_closed ON cases (closed_at, year, serial) WHERE closed_at IS NOT NULL;
-- What was registered since the last digest, when the last letter went, and which mails were put aside since.
CREATE INDEX event_opened ON event (at) WHERE kind = 'opened';
CREATE INDEX outbox_accepted ON outbox (accepted_at) WHERE accepted_at IS NOT NULL;
CREATE INDEX mail_aside ON mail (decided_at) WHERE disposition IN ('set_aside', 'unreadable');
