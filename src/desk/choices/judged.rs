//! The ways on where what came of a complaint is not right yet. Pure.

use super::{CHOICES_MAX, Ways, joined};
use crate::case::Outcome;
use crate::desk::draft::{Choice, Does, Misjudged};
use crate::desk::reason::gives_reason;
use crate::desk::verbs::{Line, Verb};

impl Ways {
    /// What came of the complaint, said rightly.
    pub(super) fn misjudged(&self, why: &Misjudged) -> Vec<Choice> {
        let text = self.typed.text.as_str();
        let is_outcome = |line: &Line| matches!(line.verb, Verb::Outcome(_));
        let outcome = |outcome: Outcome| {
            let verb = Verb::Outcome(outcome);
            let verbs = std::iter::once(self.name(verb)).chain(self.lines(|line| !is_outcome(line))).collect();
            let choice = self.of(Does::Verb(verb), verbs, text);
            let settled = self.typed.lines.iter().find(|line| line.verb == Verb::Close).map_or("", |line| &line.value);
            let is_right = outcome == Outcome::Founded || gives_reason(&joined(settled, text));
            if is_right { choice } else { choice.completing() }
        };
        match why {
            Misjudged::Missing => Outcome::ALL.map(outcome).to_vec(),
            Misjudged::Several(said) => said.iter().copied().map(outcome).collect(),
            Misjudged::ReasonMissing(said) => vec![outcome(*said).completing()],
            Misjudged::UnknownCause { causes, .. } if causes.is_empty() => {
                let verbs = self.lines(|line| line.verb != Verb::Cause);
                let choice = self.of(Does::Again, verbs, text);
                if choice.verbs.is_empty() { Vec::new() } else { vec![choice] }
            }
            Misjudged::UnknownCause { causes, .. } => {
                let causes = causes.iter().take(CHOICES_MAX);
                causes.map(|cause| self.instead(Verb::Cause, cause, Does::At(cause.clone()))).collect()
            }
            Misjudged::UnclearAmount { .. } => {
                vec![self.instead(Verb::Compensation, "", Does::Verb(Verb::Compensation)).completing()]
            }
            Misjudged::AnswerFirst => {
                let mut dropped = self.lines(|_| true);
                if dropped.is_empty() {
                    dropped.push(self.name(Verb::Dismiss));
                }
                let answered = std::iter::once(self.name(Verb::Answer)).chain(dropped.clone()).collect();
                vec![
                    self.of(Does::ToCustomer, answered, "").completing(),
                    self.of(Does::Verb(Verb::Dismiss), dropped, text),
                ]
            }
        }
    }
}
