//! What taking a text apart promises.
