//! What staff put on a case's agenda. Plain values.

use super::{Address, Moment};
use serde::{Deserialize, Serialize};

/// Something to be done about a case (§2.4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgendaItem {
    /// Stable over changes: the calendar entry's UID is made of it.
    pub id: String,
    pub at: Moment,
    pub text: String,
    /// Whose agenda.
    pub whose: Address,
    /// Counts the changes (RFC 5546 §2.1.4).
    pub sequence: u32,
    #[serde(default)]
    pub reminded: bool,
}
