//! What a customer, and who acts for the customer, are told of whom we write to. Plain values.

use crate::case::Address;
use serde::Serialize;

/// To either of the two; nothing of the complaint but its number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Represented {
    pub stage: RepresentedStage,
    /// The reader's; may be empty, like the others.
    pub name: String,
    pub customer_name: String,
    pub representative_name: String,
    pub representative: Address,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RepresentedStage {
    /// To the customer: we write to the other from now on; or to the customer again.
    Begins,
    Ends,
    /// The same to the other.
    RepresentativeBegins,
    RepresentativeEnds,
}
