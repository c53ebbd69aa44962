//! The end of the procedure: a dispute with the committee, and its ruling, which binds the company. Pure.

use super::Work;
use crate::case::{Address, CustomerLetter, LetterKind, Reach, Round, What};
use crate::desk::draft::{Content, Dispute, DisputeStage, Done, OwedInWriting, Problem};
use crate::desk::sent_by::is_machine;
use crate::desk::verbs::Verb;
use chrono::NaiveDate;

impl Work<'_> {
    /// The customer went to the committee. Recorded whether or not the committee can still take it: that is not for us
    /// to judge.
    pub(super) fn dispute(&mut self, text: &str) -> Result<(), Problem> {
        self.is_a_complaint(Verb::Dispute)?;
        let rules = self.reply.rules;
        let filing = rules.filing(&self.case.department, self.case.lodged_at, self.reply.now);
        let last_day = rules.committee_last_day(&self.case.department, self.case.lodged_at);
        self.record(What::Disputed { text: text.to_owned(), last_day });
        let told = self.tell_supervisor(DisputeStage::Filed(filing), text);
        self.done.push(Done::Disputed { filing, told, text: text.to_owned() });
        Ok(())
    }

    /// What the committee decided, and what is done about it. A closed case stays closed: not every ruling asks for
    /// something.
    pub(super) fn ruling(&mut self, text: &str) -> Result<(), Problem> {
        self.is_a_complaint(Verb::Ruling)?;
        if text.trim().is_empty() {
            return Err(Problem::RulingMissing);
        }
        self.record(What::Ruled { text: text.to_owned() });
        let told = self.tell_supervisor(DisputeStage::Ruled, text);
        self.done.push(Done::Ruled { told, text: text.to_owned() });
        Ok(())
    }

    /// A closing says that there is a committee, where it takes such complaints; in a conversation it is not said in writing.
    pub(super) fn owe_committee(&mut self) {
        let rules = self.reply.rules;
        let applies = rules.committee_last_day(&self.case.department, self.case.lodged_at).is_some();
        if applies && self.case.committee.owed_since.is_none() {
            self.record(What::CommitteeOwed);
        }
    }

    /// The last day for the committee, where a word in the meantime must name it.
    pub(super) fn committee_to_name(&self) -> Option<NaiveDate> {
        let last_day = self.reply.rules.committee_last_day(&self.case.department, self.case.lodged_at);
        last_day.filter(|_| self.case.committee.is_owed())
    }

    /// After a conversation about a closed complaint: what is still owed in writing, and no letter under way says.
    pub(super) fn tell_what_is_owed(&mut self) {
        let goes_out = self.letters.iter().any(|letter| matches!(letter.content, Content::Closing(_)));
        if !self.case.owes_committee() || goes_out || self.closing_is_under_way() {
            return;
        }
        let to_post = self.case.to_post().any(|paper| paper.letter_kind == LetterKind::Closing);
        let owed = match self.case.customer.reach() {
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
    fn tell_supervisor(&mut self, stage: DisputeStage, text: &str) -> Option<Address> {
        let to = self.department().map(|d| d.supervisor.clone()).filter(|to| to != self.reply.from)?;
        let content = Content::Dispute(Dispute {
            stage,
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
