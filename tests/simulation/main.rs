//! Simulations under one seed: a whole month of a complaints desk on a test clock, held against a slow calculation of its
//! own; and many short lives with crashes and a server that misbehaves. Everything of klachtpost is real; the people, the hour and the mail host's moods are not.

// So that helpers outside the test functions count as tests for the lints too.
#![cfg(test)]

mod colleagues;
mod figures;
mod held;
mod ledger;
mod loops;
mod month;
mod people;
mod seeds;
mod slow;
mod town;

#[path = "../support/mod.rs"]
mod support;
