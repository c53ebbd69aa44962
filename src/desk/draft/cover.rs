//! Who wrote what a letter to staff shows, and what a colleague wrote beside it. Plain values.

use crate::case::Address;
use serde::Serialize;

/// What a colleague wrote beside a complaint that goes on to another one. It stays in the house (invariant 7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Cover {
    pub by: Address,
    pub text: String,
}

impl Cover {
    /// None where nothing was written.
    pub fn of(by: &Address, text: &str) -> Option<Self> {
        (!text.trim().is_empty()).then(|| Self { by: by.clone(), text: text.to_owned() })
    }
}

/// Who wrote what a letter to staff shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Writer {
    Customer,
    /// Somebody at that address; empty where the mail names nobody.
    Other(String),
}
