//! `#agenda`: what cannot be handled at once is put on it, and guarded (§2.4.1). Pure.

use super::{Work, committee};
use crate::case::{AgendaItem, What};
use crate::desk::draft::{AgendaStage, Done, Problem};
use crate::desk::verbs::Verb;
use crate::desk::when;
use crate::text::fold;

impl Work<'_> {
    /// §2.4.1: what cannot be handled at once is put on the agenda; the same text again moves it.
    /// Beside a ruling there may be something to do on a closed case, too.
    pub(super) fn agenda(&mut self, value: &str, text: &str) -> Result<(), Problem> {
        self.is_a_complaint(Verb::Agenda)?;
        if committee::DONE.contains(&fold(value).as_str()) {
            self.clear_agenda();
            self.keep(text);
            self.done.push(Done::AgendaCleared);
            return Ok(());
        }
        let planned = when::planned(value, self.reply.now, &self.reply.rules.calendar)
            .map_err(|error| Problem::UnclearMoment { found: error.found, nearest: error.nearest })?;
        let what = if planned.text.is_empty() { text } else { planned.text };
        let known = self.case.agenda.iter().find(|item| item.text == what && item.whose == *self.reply.from);
        let item = AgendaItem {
            id: known.map_or_else(|| self.reply.fresh.letter().to_string(), |item| item.id.clone()),
            at: planned.at,
            text: what.to_owned(),
            whose: self.reply.from.clone(),
            sequence: known.map_or(0, |item| item.sequence + 1),
            reminded: false,
        };
        self.letters.push(self.reply.agenda_letter(&self.case, &item, AgendaStage::Set));
        self.done.push(Done::AgendaSet {
            at: item.at,
            text: item.text.clone(),
            outside_hours: planned.hours == when::Hours::Outside,
        });
        self.record(What::AgendaSet(item));
        if !planned.text.is_empty() {
            self.keep(text);
        }
        Ok(())
    }

    /// Entries in calendars are cancelled with the case.
    pub(super) fn clear_agenda(&mut self) {
        for item in std::mem::take(&mut self.case.agenda) {
            let cancelled = AgendaItem { sequence: item.sequence + 1, ..item.clone() };
            self.letters.push(self.reply.agenda_letter(&self.case, &cancelled, AgendaStage::Cancelled));
            self.record(What::AgendaCleared { id: item.id });
        }
    }
}
