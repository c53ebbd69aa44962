//! Complaints that cannot wait for the digest: the words of `[urgent]` in what a customer writes. The supervisor hears of it at
//! once, once for each case; in a flood the letters go together (see `caps.rs`). Pure.

use super::after_closing::what_it_says;
use super::deciding::Deciding;
use super::draft::{Content, Draft, Urgent};
use super::routing::{RoutesError, WordList};
use super::sight::supervisor;
use crate::case::{Actor, Case, Event, What};
use crate::config;
use crate::mail::{Language, language_of};

/// Words that are named: a reader sees by one of them what it is about.
const NAMED_MAX: usize = 5;

/// The words, by the language in which they are urgent: "brand" is a fire in Dutch only.
#[derive(Debug, Clone)]
pub struct UrgentWords {
    dutch: WordList,
    english: WordList,
}

impl UrgentWords {
    /// # Errors
    /// More words than a search table holds.
    pub fn compile(settings: &config::Urgent) -> Result<Self, RoutesError> {
        Ok(Self { dutch: WordList::compile(&settings.keywords)?, english: WordList::compile(&settings.keywords_en)? })
    }

    /// Those that stand in what somebody says, greeting and signature left away. Of a text whose language is not sure all
    /// count: too early is better than too late.
    pub(super) fn found(&self, subject: &str, text: &str) -> Vec<String> {
        let said = what_it_says(text);
        let lists: &[&WordList] = match language_of(text, subject) {
            Language::Dutch => &[&self.dutch],
            Language::English => &[&self.english],
            Language::Unsure => &[&self.dutch, &self.english],
        };
        let mut words: Vec<String> = Vec::new();
        for word in lists.iter().flat_map(|list| list.found(subject, &said)) {
            if words.len() < NAMED_MAX && !words.contains(&word) {
                words.push(word);
            }
        }
        words
    }
}

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
