//! The ways on from a question: each a reply that is typed already, and a button. Plain values.

use crate::case::{Address, CaseNumber};
use crate::desk::verbs::Verb;
use serde::Serialize;

/// A reply that does what a question asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    pub does: Does,
    /// Lines with verbs, for the top.
    pub verbs: Vec<String>,
    /// What was typed, or the part of it that is meant; below the verbs.
    pub text: String,
    pub stands: Stands,
    pub way: Way,
}

/// Whether such a reply can go as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    Finished,
    /// Something must be typed first.
    ToComplete,
}

/// What a button opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A reply to the question.
    Reply,
    /// A mail of its own, about no case yet.
    NewMail,
}

/// What a choice does, for its button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum Does {
    /// What that verb does, with the text.
    Verb(Verb),
    /// The text goes to the customer.
    ToCustomer,
    /// All of it, also what looked like a quoted mail.
    Whole,
    /// Only what stands above that.
    UpperHalf,
    /// The same again.
    Again,
    /// Yes, it was the sender's answer.
    Confirm,
    /// It was, on that case.
    OnCase(CaseNumber),
    /// That colleague handles it.
    To(Address),
    /// That department has it.
    ToDepartment(String),
    /// That sentence of the company's own stands in it.
    StandardText(String),
    /// What was still missing is filled in.
    Complete,
    /// Now, not at the moment that was typed.
    Now,
    /// Without naming a day.
    Undated,
    /// At that moment.
    At(String),
}
