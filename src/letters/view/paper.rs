//! What the template of a letter that brings a sheet of paper can print (§2.3). Pure.

use super::Seen;
use super::staff::LISTED_MAX;
use crate::case::LetterKind;
use crate::desk::draft::{Paper, Waiting};
use crate::desk::verbs::Verb;
use crate::letters::on_paper;
use minijinja::context;
use minijinja::value::Value;

impl Seen<'_> {
    pub(super) fn paper(&self, letter: &Paper) -> Value {
        context! {
            sheet => self.words.sheet(letter.sheet.kind()),
            sheet_kind => name(letter.sheet.kind()),
            customer => self.customer(&letter.customer),
            due => letter.due.map(|due| self.term(due)),
            sent => self.verb(Verb::Sent),
            phoned => self.verb(Verb::Phoned),
            attached => self.attached(),
            listed => self.listed(&[]),
            lacks_characters => on_paper::lacks_characters(self.draft, self.house, self.now),
            other_language => letter.language != self.words.language,
        }
    }

    /// Letters on paper that wait to be posted, as a warning names them.
    pub(super) fn to_post(&self, waiting: &[Waiting]) -> Vec<Value> {
        let view = |one: &Waiting| {
            let letter = self.words.letter(one.kind);
            context! { letter, written => self.words.short(one.written_at) }
        };
        waiting.iter().take(LISTED_MAX).map(view).collect()
    }
}

/// What stands on a sheet, as templates ask for it.
pub(super) fn name(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Acknowledgement => "acknowledgement",
        LetterKind::Interim => "interim",
        LetterKind::Closing => "closing",
        _ => "answer",
    }
}
