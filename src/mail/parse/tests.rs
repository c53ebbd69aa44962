//! What reading promises, on small mails of our own.
