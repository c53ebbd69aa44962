//! The network and everything on it that can go wrong, at every place where it can: nothing is lost, nothing is done
//! twice, nothing hangs, the log says it once, and somebody is told. Real Dovecot, an SMTP server of our own, and a
//! proxy between them and klachtpost's own steps.

// So that helpers outside the test functions count as tests for the lints too.
#![cfg(test)]

#[path = "../support/mod.rs"]
mod support;

mod alarms;
mod before_postfix;
mod desk;
mod every_position;
mod restored;
mod round_trip;
mod servers_words;
mod withheld;
