//! A case's events as lines for people: what a supervisor reads before answering a question (§2.1.3). Pure.

use crate::case::{Actor, Event, LetterFate, What};
use crate::desk::draft::{Happened, HappenedWhat};

/// What happened, oldest first; entries that only klachtpost needs are left out.
pub(super) fn timeline(events: &[Event]) -> Vec<Happened> {
    events.iter().filter_map(line).collect()
}

fn line(event: &Event) -> Option<Happened> {
    let (what, text) = match &event.what {
        What::Opened(_) => (HappenedWhat::Received, ""),
        What::FollowedUp { .. } => (HappenedWhat::CustomerWrote, ""),
        What::OtherWrote { from, .. } => (HappenedWhat::OtherWrote, from.as_str()),
        What::Answered { text, .. } => (HappenedWhat::Answered, text.as_str()),
        What::AnsweredDirectly(answer) => (HappenedWhat::Answered, answer.text.as_str()),
        What::Noted { text } => (HappenedWhat::Noted, text.as_str()),
        What::PhoneContact { text } => (HappenedWhat::Phoned, text.as_str()),
        What::Closed(closed) => (HappenedWhat::Closed, closed.settlement.as_str()),
        What::Reopened(_) => (HappenedWhat::Reopened, ""),
        What::DepartmentSet { department, .. } => (HappenedWhat::Moved, department.as_str()),
        What::Escalated { question, .. } => (HappenedWhat::Escalated, question.as_str()),
        What::Advised { text } => (HappenedWhat::Advised, text.as_str()),
        What::LetterFate { letter_kind, fate, .. } if letter_kind.is_for_customer() => match fate {
            LetterFate::Accepted { .. } => return None,
            LetterFate::Refused { reply } => (HappenedWhat::LetterFailed, reply.as_str()),
            LetterFate::Bounced { status, .. } => (HappenedWhat::LetterFailed, status.as_str()),
            LetterFate::Held { reason } => (HappenedWhat::LetterFailed, reason.as_str()),
        },
        _ => return None,
    };
    let by = match &event.actor {
        Actor::Staff(address) => address.to_string(),
        Actor::Customer | Actor::Other(_) | Actor::Desk | Actor::Server => String::new(),
    };
    Some(Happened { at: event.at, what, text: text.to_owned(), by })
}
