//! `#tussenbericht`: a word to the customer in the meantime, with the reason and perhaps the day by which there is more. It is
//! no answer (§1): it stops no clock, and the day it names is guarded. Pure.

use super::Work;
use crate::case::{Address, LetterKind, Reach, What};
use crate::desk::after_closing::is_signature_alone;
use crate::desk::draft::{Content, Done, Draft, Interim, Problem, Sheet};
use crate::desk::sent_by::is_machine;
use crate::desk::verbs::Verb;
use crate::desk::when;

impl Work<'_> {
    pub(super) fn interim(&mut self, value: &str, below: &str) -> Result<(), Problem> {
        self.is_open(Verb::Interim)?;
        let letter = self.worded(value, below)?;
        let Interim { text, promised, .. } = letter.clone();
        match self.case.reach() {
            Reach::Mail(to) if !is_machine(to) => {
                let to = to.clone();
                let (carried, stays) = self.reply.carry_to_customer();
                let attachments = carried.len();
                let draft = self.reply.to_customer(&self.case, to.clone(), Content::Interim(letter));
                self.record(What::Interim { letter: draft.id.clone(), text: text.clone(), promised });
                self.letters.push(Draft { carried, ..draft });
                self.tell(Done::Interim { to, text, attachments });
                self.tell_what_stays(stays);
            }
            Reach::Post => {
                let (draft, stays) = self.sheet(Sheet::Interim(letter), &text)?;
                self.record(What::Interim { letter: draft.id.clone(), text: text.clone(), promised });
                let (letter_kind, attachments) = (LetterKind::Interim, draft.carried.len());
                self.tell(Done::OnPaper { letter_kind, to: draft.to.clone(), text, attachments });
                self.tell_what_stays(stays);
                self.put_out(draft);
            }
            Reach::Mail(_) | Reach::Phone => return Err(Problem::NoCustomerAddress),
        }
        self.first_handler();
        if let Some(until) = promised {
            self.tell(Done::Promised { until });
        }
        Ok(())
    }

    /// The customer had it from the sender already: it is on file, and the day is guarded.
    pub(in crate::desk::staff) fn interim_had(
        &mut self,
        value: &str,
        below: &str,
        customer: &Address,
    ) -> Result<(), Problem> {
        self.is_open(Verb::Interim)?;
        let Interim { text, promised, .. } = self.worded(value, below)?;
        // No letter has this id: it was no letter of ours.
        self.record(What::Interim { letter: self.reply.fresh.letter(), text: text.clone(), promised });
        self.tell(Done::InterimHad { to: customer.clone(), text });
        self.first_handler();
        if let Some(until) = promised {
            self.tell(Done::Promised { until });
        }
        Ok(())
    }

    /// The day that was typed behind the verb, and the words: some may stand on the verb's line.
    fn worded(&self, value: &str, below: &str) -> Result<Interim, Problem> {
        let (promised, beside) = if value.trim().is_empty() {
            (None, "")
        } else {
            let read = when::promised(value, self.reply.now, &self.reply.rules.calendar);
            let (until, rest) =
                read.map_err(|error| Problem::UnclearPromise { found: error.found, nearest: error.nearest })?;
            (Some(until), rest)
        };
        let text = [beside, below].into_iter().filter(|part| !part.trim().is_empty()).collect::<Vec<_>>().join("\n\n");
        let name = self.reply.mail.mail.from.as_ref().map_or("", |party| party.name.as_str());
        // The customer is owed the reason.
        let says_nothing = text.is_empty() || is_signature_alone(&text, &[name]);
        if says_nothing {
            Err(Problem::NothingTyped)
        } else {
            Ok(Interim { text, promised, committee_last_day: self.committee_to_name() })
        }
    }
}
