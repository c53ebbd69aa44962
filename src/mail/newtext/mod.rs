//! What this person typed now: the text without quotes and signature. Pure.
use super::parse::Parsed;

/// The text of a mail, taken apart.
pub(crate) struct NewText {
    pub reply: String,
    pub relayable: String,
    pub quoted: String,
}

pub(crate) fn split(parsed: &Parsed) -> NewText {
    NewText { reply: parsed.text.clone(), relayable: parsed.text.clone(), quoted: String::new() }
}
