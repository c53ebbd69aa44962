//! What a handler's mail does for a customer who cannot be mailed: letters on paper, their posting, and a settlement that
//! is told by telephone (§2.3). Pure.

use super::Work;
use crate::case::{Closed, LetterKind, Moment, Paper, What};
use crate::desk::draft::{Answer, Done, Draft, Problem, Sheet, Stays};
use crate::desk::letters_out::closing_text;
use crate::desk::paper::{fits, written};
use crate::desk::verbs::Verb;
use crate::desk::when;
use chrono::{DurationRound, TimeDelta};

impl Work<'_> {
    /// The answer comes back as a letter to print; it is a reaction once it is posted (§1).
    pub(super) fn answer_on_paper(&mut self, text: &str) -> Result<(), Problem> {
        let (letter, stays) = self.sheet(Sheet::Answer(Answer { text: text.to_owned(), signed_by: None }), text)?;
        self.first_handler();
        self.settle_escalation();
        self.record(What::Answered { letter: letter.id.clone(), text: text.to_owned() });
        self.done.push(Done::OnPaper {
            letter_kind: LetterKind::Answer,
            to: letter.to.clone(),
            text: text.to_owned(),
            attachments: letter.carried.len(),
        });
        self.tell_what_stays(stays);
        self.put_out(letter);
        Ok(())
    }

    /// §2.4.2: the confirmation comes back as a letter to print.
    pub(super) fn close_on_paper(&mut self, settlement: &str) -> Result<(), Problem> {
        let sheet = Sheet::Closing(closing_text(&self.case, settlement, self.reply.rules));
        let (letter, stays) = self.sheet(sheet, settlement)?;
        self.first_handler();
        self.clear_agenda();
        self.record(What::Closed(Closed { settlement: settlement.to_owned(), letter: letter.id.clone() }));
        self.owe_committee();
        self.done.push(Done::ClosedOnPaper {
            to: letter.to.clone(),
            settlement: settlement.to_owned(),
            attachments: letter.carried.len(),
        });
        self.tell_what_stays(stays);
        self.put_out(letter);
        Ok(())
    }

    /// The settlement is on file; the customer is told of it in a conversation, and that is the confirmation.
    pub(super) fn close_unwritten(&mut self, settlement: &str) {
        self.first_handler();
        self.clear_agenda();
        // No letter has this id: there is nothing that a mail server could take.
        let letter = self.reply.fresh.letter();
        self.record(What::Closed(Closed { settlement: settlement.to_owned(), letter }));
        self.owe_committee();
        self.done.push(Done::Closed { to: None, settlement: settlement.to_owned() });
        self.tell_what_is_owed();
    }

    /// `#verstuurd`: where the answered letter asks whether the customer had a mail, that it was so; else what waits on
    /// paper was posted.
    pub(super) fn sent(&mut self, value: &str, text: &str) -> Result<(), Problem> {
        match self.reply.asked_about().cloned() {
            Some(answer) => {
                self.confirm(answer, value, text);
                Ok(())
            }
            None if self.case.customer.address.is_some() && self.case.papers.is_empty() => {
                Err(self.not_now(Verb::Sent))
            }
            None => self.posted(value, text),
        }
    }

    /// Staff posted the letter this mail answers; where it answers none of them, all that waited before it.
    fn posted(&mut self, value: &str, text: &str) -> Result<(), Problem> {
        let answered = self.reply.known.letter.as_ref();
        // What this very mail writes cannot be posted yet, and what it posted above is posted.
        let before: Vec<&Paper> = self.reply.file.case.to_post().collect();
        let waiting: Vec<Paper> = self.case.to_post().filter(|paper| before.contains(paper)).cloned().collect();
        let this: Vec<Paper> = waiting.iter().filter(|paper| Some(&paper.letter) == answered).cloned().collect();
        let posted = if this.is_empty() { waiting } else { this };
        if posted.is_empty() {
            return Err(Problem::NothingToPost);
        }
        let said = self.said(value)?;
        let moments = posted.iter().map(|paper| posted_at(said, paper.written_at)).collect::<Result<Vec<_>, _>>()?;
        for (paper, posted_at) in posted.iter().zip(moments) {
            let (letter, letter_kind) = (paper.letter.clone(), paper.letter_kind);
            self.record(What::Posted { letter, letter_kind, posted_at });
            self.done.push(Done::Posted { letter_kind, at: posted_at });
        }
        self.keep(text);
        Ok(())
    }

    /// When it was posted: as typed, else when this mail came in.
    fn said(&self, value: &str) -> Result<Said, Problem> {
        if value.trim().is_empty() {
            return Ok(Said::Nothing(self.reply.mail.received_at.min(self.reply.now)));
        }
        let at = when::posted(value, self.reply.now, &self.reply.rules.calendar)
            .map_err(|error| Problem::UnclearPosting { found: error.found, nearest: error.nearest })?;
        Ok(Said::At(at.min(self.reply.now)))
    }

    /// A sheet for the sender to print, with what the sender attached for the customer; and what of it stays here.
    pub(super) fn sheet(&mut self, sheet: Sheet, typed: &str) -> Result<(Draft, Vec<(String, Stays)>), Problem> {
        if !fits(typed) {
            return Err(Problem::TooLongForPaper);
        }
        let to = self.reply.from.clone();
        let letter = self.reply.paper(&self.case, to, sheet);
        let (carried, stays) = self.reply.carry_to_customer();
        Ok((Draft { carried, ..letter }, stays))
    }

    pub(super) fn put_out(&mut self, letter: Draft) {
        if let Some(what) = written(&letter) {
            self.record(what);
        }
        self.letters.push(letter);
    }
}

/// What staff say about the moment of posting.
#[derive(Clone, Copy)]
enum Said {
    Nothing(Moment),
    At(Moment),
}

/// Never before the letter was written. Moments are typed to the minute, and clocks of servers differ by seconds.
fn posted_at(said: Said, written_at: Moment) -> Result<Moment, Problem> {
    let minute = |at: Moment| at.duration_trunc(TimeDelta::minutes(1)).unwrap_or(at);
    match said {
        Said::At(at) if minute(at) < minute(written_at) => Err(Problem::PostedBeforeWritten { said: at, written_at }),
        Said::At(at) | Said::Nothing(at) => Ok(at.max(written_at)),
    }
}
