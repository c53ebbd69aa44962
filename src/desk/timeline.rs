//! A case's events as lines for people: what a supervisor reads before answering a question (§2.1.3). Pure.

use super::draft::{Happened, HappenedWhat};
use crate::case::{Actor, Address, Event, LetterFate, Tie, What};

/// What happened, oldest first; entries that only klachtpost needs are left out.
pub(super) fn timeline(events: &[Event]) -> Vec<Happened> {
    events.iter().filter_map(line).collect()
}

fn line(event: &Event) -> Option<Happened> {
    let (what, text) = match &event.what {
        What::Opened(_) => (HappenedWhat::Received, ""),
        What::FollowedUp { text, tie: Tie::NamedUnproven, .. } => (HappenedWhat::CustomerPerhaps, text.as_str()),
        What::FollowedUp { text, .. } => (HappenedWhat::CustomerWrote, text.as_str()),
        What::OtherWrote { text, .. } => (HappenedWhat::OtherWrote, text.as_str()),
        What::Answered { text, .. } => (HappenedWhat::Answered, text.as_str()),
        What::Interim { text, .. } => (HappenedWhat::Interim, text.as_str()),
        What::AnsweredDirectly(answer) => (HappenedWhat::Answered, answer.text.as_str()),
        What::Noted { text } => (HappenedWhat::Noted, text.as_str()),
        What::PhoneContact { text } => (HappenedWhat::Phoned, text.as_str()),
        What::Closed(closed) => (HappenedWhat::Closed, closed.settlement.as_str()),
        What::Reopened(_) => (HappenedWhat::Reopened, ""),
        What::DepartmentSet { department, .. } => (HappenedWhat::Moved, department.as_str()),
        What::CustomerSet { customer } => {
            let address = customer.address.as_ref().map_or("", Address::as_str);
            return Some(happened(
                event,
                HappenedWhat::CustomerSet,
                format!("{} {address}", customer.name).trim().to_owned(),
            ));
        }
        What::Judged(judgement) => {
            let amount = judgement.compensation.map(|amount| format!("€ {amount}"));
            let beside = judgement.cause.clone().into_iter().chain(amount).collect::<Vec<_>>().join(", ");
            return Some(happened(event, HappenedWhat::Judged(judgement.outcome), beside));
        }
        What::Posted { .. } => (HappenedWhat::Posted, ""),
        What::SolvedSaid { solved } => (HappenedWhat::Solved(*solved), ""),
        What::Escalated { question, .. } => (HappenedWhat::Escalated, question.as_str()),
        What::HandlerSet { handler } => {
            let is_own = event.actor == Actor::Staff(handler.clone());
            (HappenedWhat::Handled, if is_own { "" } else { handler.as_str() })
        }
        What::AgendaSet(item) => (HappenedWhat::Planned, item.text.as_str()),
        What::Dismissed { reason } => (HappenedWhat::Dismissed, reason.as_str()),
        What::Restored => (HappenedWhat::Restored, ""),
        What::Advised { text } => (HappenedWhat::Advised, text.as_str()),
        What::Disputed { text, .. } => (HappenedWhat::Disputed, text.as_str()),
        What::Ruled { text } => (HappenedWhat::Ruled, text.as_str()),
        What::AuthorityWrote { text, .. } => (HappenedWhat::AuthorityWrote, text.as_str()),
        What::ConfidentialSet(confidential) => {
            let readers: Vec<&str> = confidential.readers.iter().map(Address::as_str).collect();
            return Some(happened(event, HappenedWhat::Hidden, readers.join(", ")));
        }
        What::ConfidentialLifted => (HappenedWhat::Shown, ""),
        What::UrgentTold { words, .. } => return Some(happened(event, HappenedWhat::Urgent, words.join(", "))),
        What::RepresentativeSet(acts) => {
            let text = format!("{} {}", acts.name, acts.address);
            return Some(happened(event, HappenedWhat::Represented, text.trim().to_owned()));
        }
        What::RepresentativeEnded => (HappenedWhat::NotRepresented, ""),
        What::RightUsed { text, .. } => (HappenedWhat::RightUsed, text.as_str()),
        What::IdentityKnown { how } => (HappenedWhat::Identified, how.as_str()),
        What::BreachFound { text, .. } => (HappenedWhat::Breach, text.as_str()),
        What::DutySet(_) => (HappenedWhat::DutySet, ""),
        What::DutyDone { .. } => (HappenedWhat::DutyDone, ""),
        What::Merged { into } => return Some(happened(event, HappenedWhat::Merged, into.to_string())),
        What::LetterFate { letter_kind, fate, .. } if letter_kind.reaches_customer() => match fate {
            LetterFate::Accepted { .. } => return None,
            LetterFate::Refused { reply } => (HappenedWhat::LetterFailed, reply.as_str()),
            LetterFate::Bounced { status, .. } => (HappenedWhat::LetterFailed, status.as_str()),
            LetterFate::Held { reason } => (HappenedWhat::LetterFailed, reason.as_str()),
            LetterFate::Unwritten { detail, .. } => (HappenedWhat::LetterFailed, detail.as_str()),
        },
        _ => return None,
    };
    Some(happened(event, what, text.to_owned()))
}

fn happened(event: &Event, what: HappenedWhat, text: String) -> Happened {
    let by = match &event.actor {
        Actor::Staff(address) => address.to_string(),
        Actor::Other(address) => address.clone(),
        Actor::Customer | Actor::Desk | Actor::Server => String::new(),
    };
    Happened { at: event.at, what, text, by }
}
