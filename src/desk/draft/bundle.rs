//! Letters that stand for many, where one each would be too much (invariant 5). Plain values.

use super::ListedCase;
use crate::case::{CaseNumber, Due, Moment};
use serde::Serialize;

/// To a customer who wrote a great many mails: each is registered (§2.1.2); no text of a stranger (invariant 11).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acknowledgements {
    pub customer_name: String,
    /// By number; never empty.
    pub complaints: Vec<Acknowledged>,
    /// The last of their moments, each clock for itself; None: none of them is open any more.
    pub due: Option<Due>,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acknowledged {
    pub number: CaseNumber,
    pub received_at: Moment,
    pub department_title: String,
}

/// To staff: letters that became too many for one address; the first of them are attached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bundle {
    /// How many letters it stands for.
    pub letters: usize,
    /// New complaints.
    pub complaints: Vec<ListedCase>,
    /// Cases on which somebody wrote again.
    pub messages: Vec<ListedCase>,
    /// Cases of which a term runs out, or ran out.
    pub terms: Vec<ListedCase>,
    /// Answers to the reader's own mails: what they say is in the attachments only.
    pub answers: usize,
}
