//! A colleague's mail that was taken in from our own folders, because the register had forgotten it: a restored backup. What
//! it asked for was done once, most probably, so that nothing of it goes to the customer again. Its sender, who knows, is
//! asked: `#verstuurd` puts it on file as the answer, with its true receipt. What stays in the house is carried out. Pure.

use super::plan::plan;
use super::{StaffReply, direct::said};
use crate::case::{Actor, Event, Language, What};
use crate::desk::direct;
use crate::desk::draft::Problem;
use crate::desk::letters_out::question;
use crate::desk::verbs::Verb;
use crate::desk::{Decision, Disposition, Fresh, ReplyGoes};

/// Whether anything goes out to a customer by it, on paper too.
pub(super) fn reaches_customer(decision: &Decision) -> bool {
    decision.letters.iter().any(|letter| letter.content.kind().reaches_customer())
}

impl StaffReply<'_> {
    /// Nothing is done; what was written waits for its sender's word.
    pub(super) fn handled_before(&self, fresh: &mut Fresh) -> Decision {
        let planned = self.typed().ok().and_then(|typed| plan(&typed, ReplyGoes::Customer).ok());
        let text = planned.as_ref().map(said).filter(|text| !text.is_empty());
        let text = text.map_or_else(|| self.own.whole(), str::to_owned);
        let why = Problem::HandledBefore {
            case: Some(self.file.case.number),
            received_at: self.mail.received_at,
            prefilled: format!("{}\n{text}", self.outward_verb()),
        };
        let asked = question(Some(&self.file.case), self.from.clone(), why, self.mail.mail, self.rules, fresh);
        let answer = direct::answer(self.mail, self.from, &text);
        let waits = What::AnswerToConfirm { question: asked.id.clone(), answer };
        Decision {
            disposition: Disposition::Staff,
            reason: "taken in from our own folders: most probably handled before, so that its sender is asked"
                .to_owned(),
            case: Some(self.file.case.number),
            events: vec![Event { actor: Actor::Desk, ..self.event(waits) }],
            letters: vec![asked],
        }
    }

    /// What would bring the text to the customer: the sender's own verb, else `#antwoord`.
    fn outward_verb(&self) -> &'static str {
        let closes =
            self.typed().is_ok_and(|typed| typed.instruction.lines.iter().any(|line| line.verb == Verb::Close));
        let row = if closes { Verb::Close } else { Verb::Answer }.row();
        match self.rules.language {
            Language::Dutch => row.dutch,
            Language::English => row.english,
        }
    }
}
