//! The end of the procedure: a dispute with the committee, and its ruling, which binds the company. Pure.

use super::Work;
use crate::case::{Address, What};
use crate::desk::draft::{Content, Dispute, DisputeStage, Done, Problem};
use crate::desk::verbs::Verb;

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
