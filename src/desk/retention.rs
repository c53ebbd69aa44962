//! How long what is on file stays (§2.4.3: for ever, but where the settings name a term): which cases and mails are past it.
//! Nothing goes by itself: the month's report says how much is past, and a person applies it. Pure.

use super::draft::Content;
use super::redaction::still_needed;
use super::{Decision, Disposition, Rules};
use crate::case::{Case, CaseState, Moment};
use crate::digest::month::PastTerms;
use chrono::{Days, Months, NaiveTime};

/// Mails that concern no case and were no complaint.
const NO_COMPLAINT: [Disposition; 4] =
    [Disposition::Staff, Disposition::Automatic, Disposition::Bounce, Disposition::Duplicate];
/// Mails that a person was told of.
const ASIDE: [Disposition; 2] = [Disposition::SetAside, Disposition::Unreadable];

/// Mails of no case that are past their term: those of these kinds received before that moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MailTerm {
    pub kinds: &'static [Disposition],
    pub before: Moment,
}

/// Whether a case is past its term, counted from the day it was closed, or was found to be no complaint. One that is still
/// needed is not, and one that goes on in another goes with that one.
pub fn is_past_term(case: &Case, rules: &Rules, now: Moment) -> bool {
    let (months, since) = match case.state {
        CaseState::Closed => (rules.retention.cases_months, case.closed_at),
        CaseState::Dismissed => (rules.retention.no_complaint_months, Some(case.last_event_at)),
        CaseState::Open | CaseState::Merged => return false,
    };
    let Some(since) = since.filter(|_| months > 0 && case.redacted_at.is_none()) else { return false };
    let day = |at: Moment| rules.calendar.local(at).date_naive();
    rules.calendar.month_later(day(since), months) < day(now) && still_needed(case, rules, now).is_empty()
}

/// The terms that the settings name for mails.
pub fn mail_terms(rules: &Rules, now: Moment) -> Vec<MailTerm> {
    let today = rules.calendar.local(now).date_naive();
    let begin = |day| rules.calendar.at(day, NaiveTime::MIN);
    let months = Some(rules.retention.no_complaint_months).filter(|months| *months > 0);
    let days = Some(rules.retention.set_aside_days).filter(|days| *days > 0);
    let no_complaint = months.and_then(|months| today.checked_sub_months(Months::new(months)));
    let aside = days.and_then(|days| today.checked_sub_days(Days::new(u64::from(days))));
    let no_complaint = no_complaint.map(|day| MailTerm { kinds: &NO_COMPLAINT, before: begin(day) });
    no_complaint.into_iter().chain(aside.map(|day| MailTerm { kinds: &ASIDE, before: begin(day) })).collect()
}

/// Adds what is past its term to the reports of the whole company.
pub fn with_past_terms(mut decision: Decision, past: PastTerms) -> Decision {
    for letter in &mut decision.letters {
        if let Content::Month(overview) = &mut letter.content
            && overview.department_title.is_none()
        {
            overview.past_terms = past;
        }
    }
    decision
}
