//! Complaints that cannot wait for the digest: the words of `[urgent]` in what a customer writes. The supervisor hears of it at
//! once, once for each case; in a flood the letters go together (see `caps.rs`). Pure.

use super::deciding::Deciding;
use super::draft::{Content, Draft, Urgent};
use super::sight::supervisor;
use crate::case::{Actor, Case, Event, What};

impl Deciding<'_> {
    /// What follows from words that make a case urgent, if nobody was told of it before.
    pub fn urgent(&self, case: &Case, subject: &str, text: &str) -> Option<(Event, Draft)> {
        let words = self.rules.urgent.found(subject, text);
        if words.is_empty() || case.urgent.is_some() {
            return None;
        }
        let to = supervisor(case, self.rules)?;
        let told = What::UrgentTold { words: words.clone(), to: to.clone() };
        let content = Content::Urgent(Box::new(Urgent {
            words,
            customer: case.customer.clone(),
            subject: case.subject.clone(),
            text: text.to_owned(),
            received_at: self.mail.received_at,
            due: case.due,
            first_response_done: case.first_response_at().is_some(),
            department_title: self.rules.title(&case.department).to_owned(),
            handler: case.handler.clone(),
        }));
        Some((self.event(Some(case.number), Actor::Desk, told), self.to_staff(case, to, content)))
    }
}
