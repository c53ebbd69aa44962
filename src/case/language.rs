//! A text of the settings that was given in several languages. Pure.

pub use crate::languages::Language;
use serde::{Deserialize, Serialize};

/// A text of the settings: in the desk's language, and in those others that somebody wrote it in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    pub own: Worded,
    pub others: Vec<Worded>,
}

/// A text and the language it is in, so that nobody puts it into a sentence of another one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worded {
    pub language: Language,
    pub text: String,
}

impl Texts {
    /// What there is in one language only.
    pub fn only(language: Language, text: impl Into<String>) -> Self {
        Self { own: Worded { language, text: text.into() }, others: Vec::new() }
    }

    /// The text for a reader of that language: the desk's own where it was not written in theirs.
    pub fn for_reader(&self, language: Language) -> &Worded {
        let theirs = self.others.iter().find(|other| other.language == language);
        if self.own.language == language { &self.own } else { theirs.unwrap_or(&self.own) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_written_in_a_language_is_the_desks_own() {
        let german = Worded { language: Language::German, text: "Schaden".to_owned() };
        let title = Texts { others: vec![german.clone()], ..Texts::only(Language::Dutch, "Schade") };
        assert_eq!(title.for_reader(Language::German), &german);
        for other in [Language::Dutch, Language::English, Language::French] {
            assert_eq!(title.for_reader(other), &title.own);
        }
    }
}
