//! Who alone sees a case (a complaint about a colleague), and what makes one urgent. Plain values.

use super::{Address, Moment};
use serde::{Deserialize, Serialize};

/// A case that is seen by nobody but these.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confidential {
    /// Whoever watches over it first.
    pub readers: Vec<Address>,
    /// Whom it is about: they never see it, whatever they become.
    #[serde(default)]
    pub without: Vec<Address>,
}

/// The customer's words by which it is urgent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urgent {
    pub words: Vec<String>,
    /// When the supervisor was told.
    pub at: Moment,
}
