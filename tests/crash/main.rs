//! Killed, starved, poisoned, locked out: whatever ends the program, no mail is lost, none is registered twice, no letter
//! is missing, and only letters in flight repeat, with the same Message-ID (invariants 1 to 4). Runs the real program,
//! built with the feature `crash-points`, on a real Dovecot and real SMTP servers.
//!
//! `KLACHTPOST_TESTS_LONG=1` makes the numbers large (`tests/run --long`); `KLACHTPOST_TESTS_SEED` gives a printed seed
//! again; `KLACHTPOST_TESTS_PROGRAM` names another build of the program for the random kills.

// So that helpers outside the test functions count as tests for the lints too.
#![cfg(test)]

#[path = "../story/letter.rs"]
#[expect(dead_code, reason = "this target writes fewer kinds of mail than the stories")]
mod letter;
#[path = "../support/mod.rs"]
mod support;
#[path = "../story/world.rs"]
#[expect(dead_code, reason = "this target uses a part of the stories' world")]
mod world;

mod balance;
mod clocks;
mod copies;
mod disk;
mod everywhere;
mod instances;
mod mailboxes;
mod outages;
mod poison;
mod random;
mod redaction;
mod scene;
mod trouble;
