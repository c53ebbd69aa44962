-- What each mail, case and letter is written into: an index that another one serves as well costs every one of them.
-- A mail is found by its Message-ID, alone or together with its content; by its content alone only where it came twice.
DROP INDEX mail_identity;
DROP INDEX mail_message_id;
CREATE INDEX mail_identity ON mail (message_id, content_hash);
CREATE INDEX mail_duplicate ON mail (content_hash) WHERE disposition = 'duplicate';
-- A mail that became a complaint never was to be told of.
DROP INDEX mail_untold;
CREATE INDEX mail_untold ON mail (id) WHERE told_in IS NULL AND disposition IN ('set_aside', 'unreadable');
DROP INDEX mail_case;
CREATE INDEX mail_case ON mail (case_number) WHERE case_number IS NOT NULL;
DROP INDEX cases_customer;
DROP INDEX cases_customer_received;
CREATE INDEX cases_customer ON cases (customer_address, received_at, state);
