//! A number by which people know a car or a contract, found in what was written on a case. Plain value.

use serde::{Deserialize, Serialize};

/// Of a number plate, a contract: whatever the settings have a pattern for (`[[reference]]`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// Which pattern found it, e.g. `kenteken`.
    pub name: String,
    /// As typed, for people.
    pub written: String,
}

impl Reference {
    /// See [`reference_key`].
    pub fn key(&self) -> String {
        reference_key(&self.written)
    }
}

/// The form that all ways to type a reference share: `xk-123-b` and `XK 123 B` are `XK123B`.
#[must_use]
pub fn reference_key(written: &str) -> String {
    written.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}
