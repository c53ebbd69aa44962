//! Subject lines that no template writes. A customer reads the number only, because no text of a stranger may stand in an
//! acknowledgement (invariant 11); the staff's stay the same but for what stands before them, so that mail clients keep a case
//! together. Pure.

use super::clean::{self, SUBJECT_CHARS_MAX};
use super::printing::said;
use crate::desk::draft::Draft;
use minijinja::value::Value;

/// Room for the customer's name in a staff letter's subject.
const CUSTOMER_CHARS_MAX: usize = 60;
/// Room for the complaint's subject: what the number, the name and `Re: ` leave.
const TOPIC_CHARS_MAX: usize = 110;

/// The letter's subject, without controls and at most 200 characters: what its template says, else that it answers in the thread
/// of its case.
pub(super) fn subject(draft: &Draft, own: Option<String>, vocabulary: &Value) -> String {
    let subject = own.unwrap_or_else(|| match (draft.content.kind().is_for_customer(), draft.case) {
        (true, Some(number)) => format!("Re: {} {number}", said(vocabulary, "your_complaint")),
        (true, None) => said(vocabulary, "your_complaint"),
        (false, _) => format!("Re: {}", case_line(draft, vocabulary)),
    });
    clean::line(&subject, SUBJECT_CHARS_MAX)
}

/// `[K-2026-000123] Schade aan de auto (Jan Jansen)`.
pub(super) fn case_line(draft: &Draft, vocabulary: &Value) -> String {
    let number = draft.case.map_or_else(String::new, |number| format!("[{number}] "));
    let customer = clean::line(&draft.topic.customer, CUSTOMER_CHARS_MAX);
    let customer = if customer.is_empty() { customer } else { format!(" ({customer})") };
    let topic = clean::line(&draft.topic.subject, TOPIC_CHARS_MAX);
    let topic = if topic.is_empty() { said(vocabulary, "no_subject") } else { topic };
    format!("{number}{topic}{customer}")
}
