//! The languages that letters are written in, and a text of the settings that was given in several of them. Pure.

use serde::{Deserialize, Serialize};

/// The language a letter is written in. Customers are written to in each of them; colleagues in Dutch or English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub enum Language {
    #[default]
    #[serde(rename = "nl")]
    Dutch,
    #[serde(rename = "en")]
    English,
    #[serde(rename = "de")]
    German,
    #[serde(rename = "fr")]
    French,
}

impl Language {
    pub const ALL: [Self; 4] = [Self::Dutch, Self::English, Self::German, Self::French];

    /// The language's tag (RFC 5646), as settings, headers and folders of templates name it.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Dutch => "nl",
            Self::English => "en",
            Self::German => "de",
            Self::French => "fr",
        }
    }

    /// One of two wordings for colleagues. No letter to them is in another language; what would be reads English.
    pub fn pick<T>(self, dutch: T, english: T) -> T {
        match self {
            Self::Dutch => dutch,
            Self::English | Self::German | Self::French => english,
        }
    }
}

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
