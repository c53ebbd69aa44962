//! The end of the procedure: a dispute with the committee, and its ruling, which binds the company. Pure.

use super::Work;
use super::privacy::{first_word, joined};
/// The end of a last day, as it is shown.
pub(super) const LAST_MINUTE: NaiveTime = match NaiveTime::from_hms_opt(23, 59, 0) {
    Some(time) => time,
    None => NaiveTime::MIN,
};
/// What is typed behind a verb with a last day when that is done.
pub(super) const DONE: [&str; 5] = ["klaar", "gedaan", "weg", "done", "clear"];
use crate::case::{Address, CustomerLetter, Duty, DutyKind, LetterKind, Reach, Round, What};
use crate::desk::draft::{Content, Dispute, DisputeStage, Done, OwedInWriting, Problem};
use crate::desk::sent_by::is_machine;
use crate::desk::verbs::Verb;
use crate::desk::when;
use chrono::{NaiveDate, NaiveTime};

impl Work<'_> {
    /// The customer went to the committee. Recorded whether or not the committee can still take it: that is not for us
    /// to judge. The last day for the company's defence is guarded.
    pub(super) fn dispute(&mut self, value: &str, text: &str) -> Result<(), Problem> {
        self.is_a_complaint(Verb::Dispute)?;
        if let Some(said) = said_done(value, text) {
            return self.duty_done(Verb::Dispute, DutyKind::Defence, &said);
        }
        let (by, text) = self.last_day(Verb::Dispute, value, text)?;
        let rules = self.reply.rules;
        let filing = rules.filing(&self.case, self.reply.now);
        let last_day = rules.committee_last_day(&self.case);
        self.record(What::Disputed { text: text.clone(), last_day });
        let told = self.tell_supervisor(DisputeStage::Filed(filing), &text, by);
        self.done.push(Done::Disputed { filing, told, text });
        self.guard_day(DutyKind::Defence, by);
        Ok(())
    }

    /// What the committee decided, and what is done about it. A closed case stays closed: not every ruling asks for
    /// something. With it nothing is left to defend.
    pub(super) fn ruling(&mut self, value: &str, text: &str) -> Result<(), Problem> {
        self.is_a_complaint(Verb::Ruling)?;
        if let Some(said) = said_done(value, text) {
            return self.duty_done(Verb::Ruling, DutyKind::Ruling, &said);
        }
        let (by, text) = self.last_day(Verb::Ruling, value, text)?;
        if text.trim().is_empty() {
            return Err(Problem::RulingMissing);
        }
        if self.has_duty(DutyKind::Defence) {
            self.record(What::DutyDone { duty: DutyKind::Defence });
        }
        self.record(What::Ruled { text: text.clone() });
        let told = self.tell_supervisor(DisputeStage::Ruled, &text, by);
        self.done.push(Done::Ruled { told, text });
        self.guard_day(DutyKind::Ruling, by);
        Ok(())
    }

    /// The last day that was typed, and all the text. One that cannot be read is asked about: it would not be guarded.
    fn last_day(&self, verb: Verb, value: &str, below: &str) -> Result<(Option<NaiveDate>, String), Problem> {
        let read = when::last_day(value, self.reply.now, &self.reply.rules.calendar);
        let read = read.map_err(|error| Problem::UnclearLastDay {
            verb: verb.row().dutch.to_owned(),
            found: error.found,
            nearest: error.nearest.split(' ').next().unwrap_or_default().to_owned(),
        })?;
        let (day, beside) = read.map_or((None, value), |(day, rest)| (Some(day), rest));
        Ok((day, joined(beside, below)))
    }

    fn guard_day(&mut self, kind: DutyKind, by: Option<NaiveDate>) {
        let Some(day) = by else { return };
        let due = self.reply.rules.calendar.at(day, LAST_MINUTE);
        self.guard(Duty { kind, due });
    }

    /// Guarded in the overviews from now on.
    pub(super) fn guard(&mut self, duty: Duty) {
        self.done.push(Done::Guarded(duty.clone()));
        self.record(What::DutySet(duty));
    }

    pub(super) fn has_duty(&self, kind: DutyKind) -> bool {
        self.case.duties.iter().any(|duty| duty.kind == kind)
    }

    /// It need not be guarded any more; what was typed beside it stays on file.
    pub(super) fn duty_done(&mut self, verb: Verb, kind: DutyKind, text: &str) -> Result<(), Problem> {
        if !self.has_duty(kind) {
            return Err(self.not_now(verb));
        }
        self.record(What::DutyDone { duty: kind });
        self.done.push(Done::DutyDone(kind));
        self.keep(text);
        Ok(())
    }

    /// A closing says that there is a committee, where it takes such complaints; in a conversation it is not said in writing.
    pub(super) fn owe_committee(&mut self) {
        let rules = self.reply.rules;
        let applies = rules.committee_last_day(&self.case).is_some();
        if applies && self.case.committee.owed_since.is_none() {
            self.record(What::CommitteeOwed);
        }
    }

    /// The last day for the committee, where a word in the meantime must name it.
    pub(super) fn committee_to_name(&self) -> Option<NaiveDate> {
        let last_day = self.reply.rules.committee_last_day(&self.case);
        last_day.filter(|_| self.case.committee.is_owed())
    }

    /// After a conversation about a closed complaint: what is still owed in writing, and no letter under way says.
    pub(super) fn tell_what_is_owed(&mut self) {
        let goes_out = self.letters.iter().any(|letter| matches!(letter.content, Content::Closing(_)));
        if !self.case.owes_committee() || goes_out || self.closing_is_under_way() {
            return;
        }
        let to_post = self.case.to_post().any(|paper| paper.letter_kind == LetterKind::Closing);
        let owed = match self.case.reach() {
            Reach::Post if to_post => OwedInWriting::ToPost,
            Reach::Mail(to) if is_machine(to) => OwedInWriting::NoAddress,
            Reach::Post | Reach::Mail(_) => OwedInWriting::SendAgain,
            Reach::Phone => OwedInWriting::NoAddress,
        };
        let owed = Done::CommitteeOwed(owed);
        if !self.done.contains(&owed) {
            self.tell(owed);
        }
    }

    /// An e-mail with the settlement that no server refused.
    pub(super) fn closing_is_under_way(&self) -> bool {
        let is_paper = |letter: &CustomerLetter| self.case.papers.iter().any(|paper| paper.letter == letter.letter);
        self.case.letters.iter().any(|letter| {
            letter.letter_kind == LetterKind::Closing
                && letter.round == Round::Present
                && !is_paper(letter)
                && !self.case.failed_letters.contains(&letter.letter)
        })
    }

    /// The supervisor hears of it, unless it was the supervisor who wrote.
    fn tell_supervisor(&mut self, stage: DisputeStage, text: &str, by_day: Option<NaiveDate>) -> Option<Address> {
        let to = self.supervisor().filter(|to| to != self.reply.from)?;
        let content = Content::Dispute(Dispute {
            stage,
            by_day,
            text: text.to_owned(),
            by: self.reply.from.clone(),
            customer: self.case.customer.clone(),
            subject: self.case.subject.clone(),
            lodged_at: self.case.lodged_at,
        });
        self.letters.push(self.reply.to_staff(&self.case, to.clone(), content));
        Some(to)
    }
}

/// What is said beside the word that it is done.
fn said_done(value: &str, text: &str) -> Option<String> {
    let (word, beside) = first_word(value);
    DONE.contains(&word.as_str()).then(|| joined(beside, text))
}
