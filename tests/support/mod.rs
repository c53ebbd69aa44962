//! What the integration tests share: real servers of their own, private certificates, scripted faults. Each test
//! starts what it needs and ends it; nothing system-wide runs or is configured.

#![allow(dead_code, reason = "each test binary uses a part of this")]

pub mod dovecot;
pub mod fake_imap;
pub mod tls;
