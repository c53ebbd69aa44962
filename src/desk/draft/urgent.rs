//! What the supervisor is told at once of a complaint that cannot wait. Plain values.

use crate::case::{Address, Customer, Due, Moment};
use serde::Serialize;

/// To the supervisor: what a customer writes cannot wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Urgent {
    /// The customer's words by which it is urgent.
    pub words: Vec<String>,
    pub customer: Customer,
    pub subject: String,
    pub text: String,
    pub received_at: Moment,
    pub due: Due,
    pub first_response_done: bool,
    pub department_title: String,
    pub handler: Option<Address>,
}
