//! What the customer was promised in the meantime (`#tussenbericht`): guarded like a term, and kept by the next word of
//! substance (§1). Plain values.

use super::{Case, Stamp};
use crate::case::{Clock, Moment};
use serde::{Deserialize, Serialize};

/// The company's word: the customer hears more by then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    pub made_at: Moment,
    pub until: Moment,
}

impl Case {
    /// A word in the meantime. One that names no day leaves an earlier promise as it is.
    pub(super) fn promised(&mut self, made_at: Moment, until: Option<Moment>) {
        let Some(until) = until else { return };
        self.promise = Some(Promise { made_at, until });
        self.told.retain(|(clock, _)| *clock != Clock::Promised);
    }

    /// When the customer heard more: an answer that came after the promise, or the end of the complaint.
    pub(super) fn promise_kept_at(&self) -> Option<Moment> {
        let made_at = self.promise.as_ref()?.made_at;
        // What was written before says nothing of it, however late a server takes it.
        let written = |stamp: &Stamp| self.letters.iter().find(|known| stamp.letter.as_ref() == Some(&known.letter));
        let is_later = |stamp: &&Stamp| stamp.at > made_at && written(stamp).is_none_or(|known| known.at > made_at);
        let answers = self.responses.iter().filter(is_later).map(|stamp| stamp.at);
        answers.chain(self.closed_at).min()
    }
}
