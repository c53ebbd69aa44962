//! The main job, end to end: the real program on a real Dovecot, with a Postfix or an SMTP server that fails on demand,
//! and a SQLite file of the story's own. What happened is read back from everybody's mailboxes and from the program's
//! own reports.

// So that helpers outside the test functions count as tests for the lints too.
#![cfg(test)]

#[path = "../support/mod.rs"]
mod support;

mod aside;
mod backup;
mod bad_input;
mod certificates;
mod checking;
#[cfg(feature = "crash-points")]
mod clock;
mod colleagues;
mod commands;
mod days;
mod full;
mod hostile;
mod init;
mod init_asks;
mod leaks;
mod letter;
mod life;
mod living;
mod logs;
mod machines;
mod mailboxes;
mod many;
mod memory;
mod operating;
mod other_servers;
mod outages;
mod outside;
mod own_letters;
mod paper;
mod procedure;
mod proof_of_sender;
mod queries;
mod redacting;
mod rehearsing;
mod resend;
mod round_trip;
mod second_server;
mod secrets;
mod texts;
mod to_the_letter;
mod tokens;
mod waiting;
mod whole;
mod world;
