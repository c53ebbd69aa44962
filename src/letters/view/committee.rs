//! What the templates can print of a dispute with the committee (the procedure's end). Pure.

use super::Seen;
use super::staff::TEXT_CHARS_MAX;
use crate::desk::draft::{Dispute, DisputeStage, Filing};
use crate::letters::clean;
use minijinja::context;
use minijinja::value::Value;

impl Seen<'_> {
    pub(super) fn dispute(&self, letter: &Dispute) -> Value {
        let (text, shortened) = clean::shortened(&letter.text, TEXT_CHARS_MAX);
        context! {
            filing => match letter.stage {
                DisputeStage::Filed(filing) => Some(self.filing(filing)),
                DisputeStage::Ruled => None,
            },
            by => letter.by.to_string(),
            text,
            shortened,
            customer => self.customer(&letter.customer),
            subject_line => self.subject_line(&letter.subject),
            lodged => self.words.day(self.words.local(letter.lodged_at).date_naive()),
        }
    }

    /// Until when it can be filed, or since when not any more.
    pub(super) fn filing(&self, filing: Filing) -> Value {
        let (state, day) = match filing {
            Filing::Until(day) => ("until", Some(day)),
            Filing::Past(day) => ("past", Some(day)),
            Filing::NotTaken => ("not_taken", None),
        };
        context! { state, day => day.map(|day| self.words.day(day)) }
    }
}
