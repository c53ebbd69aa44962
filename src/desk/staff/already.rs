//! Two colleagues, one customer: who was about to write what another has just written is told first, so that nothing goes
//! out twice. Once for each answer of a colleague: who knows of it and writes all the same is not asked again. Pure.
//!
//! The same address twice goes; of a shared mailbox nobody can tell who of its people typed. But not again and again while
//! the customer is silent: a mailbox that answers by machine, and does not say so, would write to the customer for ever
//! (invariant 5).

use super::StaffReply;
use super::plan::Plan;
use crate::case::{Actor, Address, Event, Moment, Tie, What};
use crate::desk::draft::{Often, Problem};
use crate::desk::verbs::{Reply, Verb};
use chrono::TimeDelta;

/// So long after a colleague's answer a reply may have been typed without knowing of it: the time that one long answer
/// takes, and that mail servers take in between.
const JUST_NOW: TimeDelta = TimeDelta::minutes(15);

/// Answers of one sender in a day to a customer who wrote nothing since: an answer, what was forgotten in it, and a
/// correction. A person who has more to say is asked once more; a machine cannot say `#antwoord`.
const ANSWERS_IN_A_ROW_MAX: usize = 3;
/// The same, whatever the customer wrote in between: that may be a machine too.
const ANSWERS_A_DAY_MAX: usize = 10;
const DAY: TimeDelta = TimeDelta::days(1);

/// A colleague's answer to the customer.
struct Earlier<'a> {
    by: &'a Address,
    at: Moment,
    text: &'a str,
}

impl StaffReply<'_> {
    /// Why this reply should wait, if a colleague answered and the sender cannot know. `#antwoord` says that it is to go.
    pub(super) fn answered_already(&self, plan: &Plan, typed: &Reply) -> Option<Problem> {
        let insists = typed.instruction.lines.iter().any(|line| line.verb == Verb::Answer);
        if insists || !plan.reaches_customer() {
            return None;
        }
        let events = &self.file.events;
        let earlier = events.iter().filter_map(|event| self.earlier(event)).max_by_key(|earlier| earlier.at)?;
        // Nobody closes a case in passing: a settlement waits only where the letter it answers is older than the answer.
        let is_plain = typed.instruction.lines.is_empty();
        let is_fresh = is_plain && self.now - earlier.at < JUST_NOW;
        let came_later = self.answered_letter_written_at().is_some_and(|written| written < earlier.at);
        if !(is_fresh || came_later) || events.iter().any(|event| self.shows(event, earlier.at)) {
            return None;
        }
        Some(Problem::AnsweredAlready {
            by: earlier.by.clone(),
            at: earlier.at,
            text: earlier.text.to_owned(),
            prefilled: self.all_the_same(typed),
        })
    }

    /// Why this reply should wait, if its sender wrote so often that a machine may be writing.
    pub(super) fn answers_in_a_row(&self, plan: &Plan, typed: &Reply) -> Option<Problem> {
        if !typed.instruction.lines.is_empty() || !plan.reaches_customer() {
            return None;
        }
        let is_own = |event: &&Event| {
            let is_answer = matches!(event.what, What::Answered { .. });
            is_answer && event.actor == Actor::Staff(self.from.clone()) && self.now - event.at < DAY
        };
        let newest_first = || self.file.events.iter().rev();
        let in_a_row = newest_first().take_while(|event| !is_customers_word(event)).filter(is_own).count();
        let of_day = newest_first().filter(is_own).count();
        let is_much = in_a_row >= ANSWERS_IN_A_ROW_MAX || of_day >= ANSWERS_A_DAY_MAX;
        let (count, often) =
            if in_a_row >= ANSWERS_IN_A_ROW_MAX { (in_a_row, Often::InARow) } else { (of_day, Often::InADay) };
        is_much.then(|| Problem::ManyAnswers { count, often, prefilled: self.all_the_same(typed) })
    }

    /// The answer of somebody else that the customer has, as far as anybody knows.
    fn earlier<'a>(&self, event: &'a Event) -> Option<Earlier<'a>> {
        let failed = &self.file.case.failed_letters;
        let (text, letter) = match &event.what {
            What::Answered { letter, text } | What::Interim { letter, text, .. } => (text.as_str(), Some(letter)),
            What::Closed(closed) => (closed.settlement.as_str(), Some(&closed.letter)),
            What::AnsweredDirectly(answer) => (answer.text.as_str(), None),
            _ => return None,
        };
        match &event.actor {
            Actor::Staff(by) if by != self.from && letter.is_none_or(|letter| !failed.contains(letter)) => {
                Some(Earlier { by, at: event.at, text })
            }
            _ => None,
        }
    }

    /// The sender knows of a colleague's answer of that moment: was told, or wrote again after it.
    fn shows(&self, event: &Event, answered_at: Moment) -> bool {
        match &event.what {
            What::AnswerShown { to, answered_at: shown } => to == self.from && *shown >= answered_at,
            What::Answered { .. } | What::Interim { .. } | What::Closed(_) => {
                event.actor == Actor::Staff(self.from.clone()) && event.at > answered_at
            }
            _ => false,
        }
    }

    fn answered_letter_written_at(&self) -> Option<Moment> {
        self.file.written_at(&self.intent.answers.as_ref()?.letter)
    }

    /// What was typed, to be sent again as it is.
    fn all_the_same(&self, typed: &Reply) -> String {
        // Where the company's own sentences are asked for stands in the text.
        let lines = typed.instruction.lines.iter().filter(|line| line.verb != Verb::StandardText);
        let lines = lines.map(|line| format!("{} {}", line.written, line.value));
        let mut lines: Vec<String> = lines.map(|line| line.trim().to_owned()).collect();
        if lines.is_empty() {
            lines.push(Verb::Answer.row().name_in(self.rules.language).to_owned());
        }
        format!("{}\n{}", lines.join("\n"), typed.instruction.text)
    }
}

/// The customer wrote, here or to a colleague who passed it on; a stranger's word in the customer's name is none.
fn is_customers_word(event: &Event) -> bool {
    matches!(&event.what, What::FollowedUp { tie, .. } if *tie != Tie::NamedUnproven) || event.actor == Actor::Customer
}
