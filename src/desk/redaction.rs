//! Whether what is on file of a complaint may be blanked at a person's word: it is registered so that it stays registered
//! (§2.4.3), and what is still needed for the complaint itself is kept but for a ground (GDPR art. 17(3)). Pure.

use super::Rules;
use crate::case::{Case, CaseState, DutyKind, Moment};
use chrono::NaiveDate;

/// Why a case is still needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StillNeeded {
    /// Somebody waits for an answer.
    Open,
    /// The committee has not ruled.
    Disputed,
    /// The customer can go to the committee until the end of this day.
    Committee(NaiveDate),
    /// Something is guarded beside the clocks.
    Guarded(DutyKind),
    /// Something is owed to the customer in writing.
    Owed,
}

/// All that it is still needed for; empty: nothing.
pub fn still_needed(case: &Case, rules: &Rules, now: Moment) -> Vec<StillNeeded> {
    let mut needed = Vec::new();
    if case.state == CaseState::Open {
        needed.push(StillNeeded::Open);
    }
    if case.disputed.is_some() && case.ruling.is_none() {
        needed.push(StillNeeded::Disputed);
    }
    // What was no complaint is not for the committee.
    let last_day =
        rules.committee_last_day(case).filter(|_| case.state != CaseState::Dismissed && case.ruling.is_none());
    let today = rules.calendar.local(now).date_naive();
    needed.extend(last_day.filter(|day| *day >= today).map(StillNeeded::Committee));
    // What is asked is what is done.
    let guarded = case.duties.iter().map(|duty| duty.kind).filter(|kind| *kind != DutyKind::Erasure);
    needed.extend(guarded.map(StillNeeded::Guarded));
    let is_owed = case.state == CaseState::Closed && (case.owes_confirmation() || case.owes_committee());
    needed.extend(is_owed.then_some(StillNeeded::Owed));
    needed
}
