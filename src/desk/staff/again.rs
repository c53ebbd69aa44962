//! A colleague's mail that was taken in from our own folders, because the register had forgotten it: a restored backup. What
//! it asked for was done once, most probably, so that nothing of it goes to the customer again. Its sender, who knows, is
//! asked: `#verstuurd` puts it on file as the answer, with its true receipt. What stays in the house is carried out. Pure.

use super::plan::plan;
use super::{StaffReply, direct::said};
use crate::case::{Actor, Event, What};
use crate::desk::answered::answer;
use crate::desk::draft::Problem;
use crate::desk::verbs::Verb;
use crate::desk::{MailDecision, ReplyGoes};

/// Whether anything goes out to a customer by it, on paper too.
pub(super) fn reaches_customer(decision: &MailDecision) -> bool {
    decision.letters.iter().any(|letter| letter.content.kind().reaches_customer())
}

impl StaffReply<'_> {
    /// Nothing is done; what was written waits for its sender's word.
    pub(super) fn handled_before(&self) -> MailDecision {
        let planned = self.typed.as_ref().ok().and_then(|typed| plan(typed, ReplyGoes::Customer).ok());
        let text = planned.as_ref().map(said).filter(|text| !text.is_empty());
        let text = text.map_or_else(|| self.own.whole(), str::to_owned);
        let why = Problem::HandledBefore {
            case: Some(self.file.case.number),
            received_at: self.mail.received_at,
            prefilled: format!("{}\n{text}", self.outward_verb()),
        };
        let asked = self.question(Some(&self.file.case), self.from.clone(), why);
        let answer = answer(self.mail, self.from, &text);
        let waits = What::AnswerToConfirm { question: asked.id.clone(), answer };
        let reason = "taken in from our own folders: most probably handled before, so that its sender is asked";
        let events = vec![Event { actor: Actor::Desk, ..self.happened(waits) }];
        self.of_staff(reason, events, vec![asked])
    }

    /// What would bring the text to the customer: the sender's own verb, else `#antwoord`.
    fn outward_verb(&self) -> &'static str {
        let closes =
            self.typed.as_ref().is_ok_and(|typed| typed.instruction.lines.iter().any(|line| line.verb == Verb::Close));
        if closes { Verb::Close } else { Verb::Answer }.row().name_in(self.rules.language)
    }
}
