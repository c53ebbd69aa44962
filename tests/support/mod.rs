//! Servers and helpers that the tests share. Each test starts its own.

pub mod certs;
pub mod postfix;
pub mod smtp;
