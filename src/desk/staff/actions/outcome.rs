//! What came of a complaint: `#gegrond`, `#deels` and `#ongegrond`, `#oorzaak` and `#vergoeding` beside `#afgehandeld`, or later.
//! For the file and the figures: the customer hears what the settlement says, and that says why where the complaint was not
//! (wholly) right. And `#geenklacht`, which leaves no customer waiting. Pure.

use super::Work;
use crate::case::{Amount, CaseState, CustomerLetter, Judgement, LetterKind, Outcome, Round, What};
use crate::desk::draft::{Done, Misjudged, Problem};
use crate::desk::reason::gives_reason;
use crate::desk::staff::StaffReply;
use crate::desk::staff::plan::Plan;
use crate::desk::verbs::Verb;
use crate::text::fold;

impl StaffReply<'_> {
    /// One outcome, where it is asked for, and with a reason where it is not what the customer hoped for.
    pub(in crate::desk::staff) fn is_well_judged(&self, plan: &Plan) -> Result<(), Problem> {
        let case = &self.file.case;
        let mut said: Vec<Outcome> = plan.steps.iter().filter_map(|step| outcome_of(step.verb)).collect();
        said.dedup();
        if said.len() > 1 {
            return Err(Problem::Misjudged(Misjudged::Several(said)));
        }
        let settlement = plan.steps.iter().find(|step| step.verb == Verb::Close).map(|step| step.text.as_str());
        // Beside a ruling it says whose favour that was in: the reason is the committee's.
        let rules = plan.steps.iter().any(|step| step.verb == Verb::Ruling);
        let is_judged_again = case.state == CaseState::Closed && !said.is_empty() && !rules;
        let closed_with = case.settlement.as_deref().filter(|_| is_judged_again);
        let Some(settlement) = settlement.or(closed_with) else { return Ok(()) };
        let reopens = plan.steps.iter().any(|step| step.verb == Verb::Reopen);
        match said.first().copied().or(case.judgement.outcome.filter(|_| !reopens)) {
            None if self.rules.closing.outcome == crate::config::AskOutcome::Required => {
                Err(Problem::Misjudged(Misjudged::Missing))
            }
            Some(outcome @ (Outcome::Partly | Outcome::Unfounded)) if !gives_reason(settlement) => {
                Err(Problem::Misjudged(Misjudged::ReasonMissing(outcome)))
            }
            _ => Ok(()),
        }
    }
}

fn outcome_of(verb: Verb) -> Option<Outcome> {
    if let Verb::Outcome(outcome) = verb { Some(outcome) } else { None }
}

impl Work<'_> {
    pub(super) fn outcome(&mut self, outcome: Outcome, text: &str) -> Result<(), Problem> {
        self.judge(Verb::Outcome(outcome), Judgement { outcome: Some(outcome), ..Judgement::default() }, text)
    }

    pub(super) fn cause(&mut self, written: &str, text: &str) -> Result<(), Problem> {
        let causes = &self.reply.rules.closing.causes;
        let Some(cause) = causes.iter().find(|cause| fold(cause) == fold(written)).cloned() else {
            let (written, causes) = (written.to_owned(), causes.clone());
            return Err(Problem::Misjudged(Misjudged::UnknownCause { written, causes }));
        };
        self.judge(Verb::Cause, Judgement { cause: Some(cause), ..Judgement::default() }, text)
    }

    pub(super) fn compensation(&mut self, written: &str, text: &str) -> Result<(), Problem> {
        let unclear = || Problem::Misjudged(Misjudged::UnclearAmount { written: written.to_owned() });
        let amount = Amount::parse(written).ok_or_else(unclear)?;
        self.judge(Verb::Compensation, Judgement { compensation: Some(amount), ..Judgement::default() }, text)
    }

    fn judge(&mut self, verb: Verb, judgement: Judgement, text: &str) -> Result<(), Problem> {
        self.is_a_complaint(verb)?;
        self.record(What::Judged(judgement.clone()));
        // The receipt says it in one line.
        let told = self.done.iter_mut().find_map(|done| if let Done::Judged(said) = done { Some(said) } else { None });
        match told {
            Some(said) => said.take(&judgement),
            None => self.tell(Done::Judged(judgement)),
        }
        self.keep(text);
        Ok(())
    }

    /// `#geenklacht`: who was told "we look into it" waits for an answer (§2.1.2), and gets one first. Who knows that and still
    /// says so is not asked again.
    pub(super) fn is_answered(&self) -> Result<(), Problem> {
        let under_way = |letter: &CustomerLetter| {
            letter.letter_kind == LetterKind::Acknowledgement
                && letter.round == Round::Present
                && !self.case.failed_letters.contains(&letter.letter)
        };
        let is_acknowledged = self.case.acknowledged.is_some() || self.case.letters.iter().any(under_way);
        let asked = What::AnswerAsked { to: self.reply.from.clone() };
        let knows = self.reply.file.events.iter().any(|event| event.what == asked);
        if is_acknowledged && !self.has_answered() && !knows {
            return Err(Problem::Misjudged(Misjudged::AnswerFirst));
        }
        Ok(())
    }
}
