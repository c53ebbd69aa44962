//! Reads `[instance]`: how this one of several klachtposts on one PostgreSQL register is called, and how soon the others go on
//! without it. Reads the host's name.

use super::section::Section;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Where Linux says how the host is called.
const HOST_NAME: &str = "/proc/sys/kernel/hostname";
/// Seconds of a lease: at least what a busy database may take to answer, at most what others can wait.
const LEASE_SECONDS: std::ops::RangeInclusive<u64> = 2..=20;
/// Longest name: it stands in every line of the log.
const MAX_NAME_CHARS: usize = 60;

/// One of several on the same register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// Empty: the host's name.
    pub name: String,
    pub lease_seconds: u64,
}

impl Default for Instance {
    fn default() -> Self {
        Self { name: String::new(), lease_seconds: 15 }
    }
}

impl Instance {
    /// How it is called in the log.
    pub fn shown(&self) -> String {
        let host = || std::fs::read_to_string(HOST_NAME).unwrap_or_default().trim().to_owned();
        let name = if self.name.is_empty() { host() } else { self.name.clone() };
        if name.is_empty() { "klachtpost".to_owned() } else { name }
    }

    /// How long what it holds stays its own when nothing is heard of it.
    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds)
    }
}

pub(super) fn instance(s: &mut Section) -> Instance {
    let usual = Instance::default();
    let name = s.text_or("name", &usual.name);
    if name.chars().count() > MAX_NAME_CHARS || name.chars().any(|c| c.is_control()) {
        s.refuse("name", "a name that does not fit in a line of the log", "write a short one, e.g. \"klachtpost-1\"");
    }
    let lease_seconds = s.number("lease_seconds", usual.lease_seconds, LEASE_SECONDS, "seconds");
    Instance { name, lease_seconds }
}
