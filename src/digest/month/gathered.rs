//! The cases that the reports of a month are made of, picked one by one from all there are: the register may hold a great
//! many, and only those that are counted stay in memory. Pure.

use super::{Again, Life, Month, Span, is_counted};
use crate::calendar::Calendar;
use crate::case::{Case, CaseState, Event, Moment};
use chrono::{Months, TimeDelta};
use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Complaints of the same customer, or about the same car, belong together when no more than this lies between two.
const AGAIN_MONTHS: Months = Months::new(12);

/// Days before a month in which what is counted in it may have begun: a closing is looked at for 30.
const BEFORE_DAYS: TimeDelta = TimeDelta::days(31);

/// All that the reports of a month, the month before and the same month of the year before count.
pub struct Gathered<'a> {
    spans: [Span<'a>; 3],
    /// By customer and by reference the last complaint, and how many there were in a row. Keys stand for what they are made
    /// of, because a year of a large company is looked back on.
    known: HashMap<u64, (Moment, usize)>,
    /// From then on complaints are remembered.
    since: Moment,
    pub lives: Vec<Life>,
}

/// A case that is counted; its events are still to be read.
pub struct Wanted {
    pub case: Case,
    again: Again,
}

impl<'a> Gathered<'a> {
    pub fn new(month: Month, calendar: &'a Calendar, now: Moment) -> Self {
        let spans = [month, month.before(), month.year_before()].map(|month| Span::of(month, calendar, now));
        let first = spans.iter().map(|span| span.start).min().unwrap_or(now);
        let since = first.checked_sub_months(AGAIN_MONTHS).unwrap_or(first);
        Self { spans, known: HashMap::new(), since, lives: Vec::new() }
    }

    /// Whether the next case, in the order of their numbers, is counted in one of the months.
    pub fn look_at(&mut self, case: Case) -> Option<Wanted> {
        if case.state == CaseState::Merged {
            return None;
        }
        // Whoever may not see a confidential case learns nothing of it from another one.
        let again = if is_counted(&case) && case.confidential.is_none() { self.again(&case) } else { Again::default() };
        let is_wanted = self.spans.iter().any(|span| may_touch(span, &case));
        is_wanted.then_some(Wanted { case, again })
    }

    /// With its events, all of them; without, its row is all there is.
    pub fn take(&mut self, wanted: Wanted, events: Option<&[Event]>) {
        let Wanted { case, again } = wanted;
        let told = events.and_then(|events| Life::of_events(events, again.clone()));
        self.lives.push(told.unwrap_or_else(|| Life::of_case(&case, again)));
    }

    fn again(&mut self, case: &Case) -> Again {
        if case.lodged_at < self.since {
            return Again::default();
        }
        let customer = case.customer.address.as_ref().map(|address| key(&("customer", address.key())));
        let of_customer = customer.map_or(0, |key| self.once_more(key, case.lodged_at));
        let references = case.references.iter().map(|reference| {
            let count = self.once_more(key(&(&reference.name, reference.key())), case.lodged_at);
            (reference.written.clone(), count)
        });
        Again { of_customer, of_references: references.collect() }
    }

    fn once_more(&mut self, key: u64, at: Moment) -> usize {
        let known = self.known.get(&key).filter(|(last, _)| last.checked_add_months(AGAIN_MONTHS) >= Some(at));
        let count = known.map_or(0, |(_, count)| *count) + 1;
        self.known.insert(key, (at, count));
        count
    }
}

fn key(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// Whether a figure of that month may count it, as far as its row says: what ended long before, or began after, is left out.
fn may_touch(span: &Span<'_>, case: &Case) -> bool {
    let since = span.start - BEFORE_DAYS;
    let is_over = |at: Moment| at < since;
    let ends = [case.last_event_at, case.due.first_response, case.due.resolve];
    case.lodged_at < span.end && (case.state == CaseState::Open || !ends.into_iter().all(is_over))
}
