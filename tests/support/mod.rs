//! Servers and helpers that the tests share. Each test starts its own; nothing system-wide runs or is configured.

#![allow(dead_code, reason = "each test binary uses a part of this")]

pub mod certs;
pub mod chance;
pub mod courier;
pub mod dovecot;
pub mod engines;
pub mod fake_imap;
pub mod gate;
pub mod imap_reader;
pub mod other_smtp;
pub mod postfix;
pub mod postgres;
pub mod proxy;
pub mod signals;
pub mod smtp;
pub mod tokens;
