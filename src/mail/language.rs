//! Dutch, English, or not sure. Pure.
use super::Language;

pub(crate) fn of(_reply: &str, _subject: &str) -> Language {
    Language::Unsure
}
