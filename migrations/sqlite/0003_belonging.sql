-- What belongs together (invariant 6): a mail that answers one on file is met by that one's id, and words that are sent
-- twice by the cases of their sender's last hour.
CREATE INDEX mail_message_id ON mail (message_id) WHERE message_id <> '';
CREATE INDEX cases_customer_received ON cases (customer_address, received_at);
