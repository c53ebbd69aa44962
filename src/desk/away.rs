//! A handler's absence notice (§2.4.1): it never reaches the customer, and the supervisor hears that a case waits for
//! somebody who is away. Whatever a handler's own mailbox answers by itself counts, in whatever words. Pure.
//!
//! No loop (invariant 5): the letter never goes to whoever sent the notice, it goes once a day for each handler and case,
//! and the supervisor's own notice about it is only filed, because the supervisor is not the case's handler.

use super::deciding::Deciding;
use super::draft::{Away, Content, Draft};
use super::sight::{acts_on, department, handler_address, is_hidden, supervisor};
use super::{CaseFile, Rules};
use crate::case::{Actor, Address, Case, CaseState, Event, Moment, What};
use crate::mail::Mail;
use chrono::TimeDelta;

/// Mail programs answer each sender once a day or once an absence; more often nobody needs to hear it.
const AGAIN_AFTER: TimeDelta = TimeDelta::hours(24);
/// Characters of the notice: until when, and who stands in, is said at once.
const NOTICE_MAX: usize = 600;
/// Colleagues offered with a button each; a list is no choice any more.
const COLLEAGUES_MAX: usize = 4;

/// What follows from an absence notice beside its being filed: the event and the letter to the supervisor. None: nothing,
/// because somebody else handles the case, it is over, the mailbox is a department's, or it was told today.
pub(super) fn on_absence(on: &Deciding<'_>, from: &Address, file: &CaseFile) -> Option<(Event, Draft)> {
    let (case, rules, now) = (&file.case, on.rules, on.now);
    let is_shared = rules.departments.iter().any(|department| department.address == *from);
    let handles = handler_address(case, rules).is_some_and(|handler| handler == *from);
    if is_shared || !handles || case.state != CaseState::Open || was_told(file, from, now) {
        return None;
    }
    let next = rules.fallback().map(|d| d.supervisor.clone()).filter(|next| !is_hidden(case, next, rules));
    let to = supervisor(case, rules).into_iter().chain(next).find(|supervisor| supervisor != from)?;
    let what = What::AwayTold { who: from.clone(), to: to.clone() };
    let event = Event { mail: None, ..on.event(Some(case.number), Actor::Desk, what) };
    Some((event, on.to_staff(case, to, Content::Away(Box::new(away(on.mail.mail, from, case, rules))))))
}

fn was_told(file: &CaseFile, from: &Address, now: Moment) -> bool {
    let is_recent = |event: &&Event| event.at > now - AGAIN_AFTER;
    let mut recent = file.events.iter().filter(is_recent);
    recent.any(|event| matches!(&event.what, What::AwayTold { who, .. } if who == from))
}

fn away(mail: &Mail, from: &Address, case: &Case, rules: &Rules) -> Away {
    let colleagues = department(case, rules).into_iter().flat_map(|department| &department.staff);
    Away {
        who: from.clone(),
        notice: mail.reply.chars().take(NOTICE_MAX).collect(),
        customer: case.customer.clone(),
        due: case.due,
        first_response_done: case.first_response_at().is_some(),
        colleagues: colleagues
            .filter(|one| *one != from && acts_on(case, one, rules))
            .take(COLLEAGUES_MAX)
            .cloned()
            .collect(),
    }
}
