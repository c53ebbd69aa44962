//! The words of `[urgent]`, compiled once, and which of them stand in what somebody says. Pure.

use super::after_closing::{bare_words, what_it_says};
use super::routing::{RoutesError, WordList};
use crate::case::Language;
use crate::config;
use crate::mail::language_of;
use crate::speech::language::FOR_STAFF;

/// Words that are named: a reader sees by one of them what it is about.
const NAMED_MAX: usize = 5;

/// The words, by the language in which they are urgent: "brand" is a fire in Dutch only. One that has none of its own is left out,
/// but for those that the desk itself is in: there it was meant so.
#[derive(Debug, Clone)]
pub struct UrgentWords(Vec<(Language, WordList)>);

impl UrgentWords {
    /// # Errors
    /// More words than a search table holds.
    pub fn compile(settings: &config::Urgent) -> Result<Self, RoutesError> {
        let counts = |(language, words): &&(Language, Vec<String>)| !words.is_empty() || FOR_STAFF.contains(language);
        let compile = |(language, words): &(Language, Vec<String>)| Ok((*language, WordList::compile(words)?));
        settings.keywords.iter().filter(counts).map(compile).collect::<Result<_, _>>().map(Self)
    }

    /// Those that stand in what somebody says, greeting and signature left away. Of a text whose language is not sure, or has no words
    /// of its own in the settings, all count: too early is better than too late.
    pub(super) fn found(&self, subject: &str, text: &str) -> Vec<String> {
        // Hardly any mail has one of them: what each says, and in which language, is asked only of those that may.
        let bare = bare_words(text);
        let anywhere = |list: &WordList| !list.found(subject, text).is_empty() || !list.found("", &bare).is_empty();
        if !self.0.iter().any(|(_, list)| anywhere(list)) {
            return Vec::new();
        }
        let said = what_it_says(text);
        let written_in = language_of(text, subject);
        let own = self.0.iter().find(|(language, _)| Some(*language) == written_in);
        let lists = own.map_or(self.0.as_slice(), std::slice::from_ref);
        let mut words: Vec<String> = Vec::new();
        for word in lists.iter().flat_map(|(_, list)| list.found(subject, &said)) {
            if words.len() < NAMED_MAX && !words.contains(&word) {
                words.push(word);
            }
        }
        words
    }
}
