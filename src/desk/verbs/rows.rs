//! What is asked of the table of staff verbs: by its word, by the verb. Plain values.

use super::kinds::{Row, Value, Verb};
use super::table::TABLE;
use crate::case::Language;
use serde::{Serialize, Serializer};

impl Value {
    /// What stands behind the verb is text, as what stands below it.
    pub fn is_text(self) -> bool {
        self == Self::Text
    }

    /// What stands last on its line may be a sentence: it keeps its last full stop.
    pub fn ends_in_text(self) -> bool {
        matches!(self, Self::Text | Self::Promise | Self::LastDay | Self::Stage)
    }
}

impl Verb {
    /// Its stable name: how templates call it.
    pub fn name(self) -> &'static str {
        self.row().english.trim_start_matches('#')
    }

    /// Its row of the table.
    pub fn row(self) -> &'static Row {
        // Every verb has one: a test goes through them all.
        TABLE.iter().find(|row| row.verb == self).unwrap_or(&TABLE[0])
    }

    /// Whether it only asks the register and changes nothing: such a verb stands alone in a mail.
    pub fn asks(self) -> bool {
        matches!(self, Self::Dossier | Self::Search | Self::Standing)
    }

    /// The verb of that folded word, in either language or by an alias.
    pub fn named(word: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.names().any(|name| name == word)).map(|row| row.verb)
    }
}

impl Serialize for Verb {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Row {
    /// Its name, with the mark.
    pub fn name_in(&self, language: Language) -> &'static str {
        match language {
            Language::Dutch => self.dutch,
            Language::English => self.english,
        }
    }

    /// Its names, without the mark.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let main = [self.dutch, self.english].map(|name| name.trim_start_matches('#'));
        main.into_iter().chain(self.aliases.iter().copied())
    }
}
