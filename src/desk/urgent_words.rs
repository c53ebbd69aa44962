//! The words of `[urgent]`, compiled once, and which of them stand in what somebody says. Pure.

use super::after_closing::{bare_words, what_it_says};
use super::routing::{RoutesError, WordList};
use crate::config;
use crate::mail::{Language, language_of};

/// Words that are named: a reader sees by one of them what it is about.
const NAMED_MAX: usize = 5;

/// The words, by the language in which they are urgent: "brand" is a fire in Dutch only.
#[derive(Debug, Clone)]
pub struct UrgentWords {
    dutch: WordList,
    english: WordList,
    /// None: no words were given in it.
    german: Option<WordList>,
    french: Option<WordList>,
}

impl UrgentWords {
    /// # Errors
    /// More words than a search table holds.
    pub fn compile(settings: &config::Urgent) -> Result<Self, RoutesError> {
        let of = |words: &[String]| Some(words).filter(|words| !words.is_empty()).map(WordList::compile).transpose();
        Ok(Self {
            dutch: WordList::compile(&settings.keywords)?,
            english: WordList::compile(&settings.keywords_en)?,
            german: of(&settings.keywords_de)?,
            french: of(&settings.keywords_fr)?,
        })
    }

    /// Those that stand in what somebody says, greeting and signature left away. Of a text whose language is not sure, or has no words
    /// of its own in the settings, all count: too early is better than too late.
    pub(super) fn found(&self, subject: &str, text: &str) -> Vec<String> {
        // Hardly any mail has one of them: what each says, and in which language, is asked only of those that may.
        let bare = bare_words(text);
        let anywhere = |list: &WordList| !list.found(subject, text).is_empty() || !list.found("", &bare).is_empty();
        let all: Vec<&WordList> =
            [&self.dutch, &self.english].into_iter().chain(&self.german).chain(&self.french).collect();
        if !all.iter().copied().any(anywhere) {
            return Vec::new();
        }
        let said = what_it_says(text);
        let own = match language_of(text, subject) {
            Language::Dutch => Some(&self.dutch),
            Language::English => Some(&self.english),
            Language::German => self.german.as_ref(),
            Language::French => self.french.as_ref(),
            Language::Unsure => None,
        };
        let lists = own.map_or(all, |own| vec![own]);
        let mut words: Vec<String> = Vec::new();
        for word in lists.iter().flat_map(|list| list.found(subject, &said)) {
            if words.len() < NAMED_MAX && !words.contains(&word) {
                words.push(word);
            }
        }
        words
    }
}
