-- A Message-ID that is on file already, under other content: an older mail may have been sent on.
CREATE INDEX mail_message_id ON mail (message_id) WHERE message_id <> '';
