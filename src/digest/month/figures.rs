//! The numbers of a month, and how they are counted. Pure.

use super::{Life, Month, Round, Spread};
use crate::calendar::Calendar;
use crate::case::{Amount, Match, Moment, Outcome, Solved};
use chrono::{NaiveTime, TimeDelta};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Words, causes and references that are named: a reader looks at the first few.
const NAMED_MAX: usize = 10;

/// Days looked at to count working days: ten years, longer than a complaint is ever open.
const DAYS_MAX: usize = 3_660;

/// A settlement that lasts this long is taken to last.
const LASTS: TimeDelta = TimeDelta::days(30);

/// The numbers of a month. A round goes from a complaint's receipt, or the mail that reopened it, to its closing.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Figures {
    /// Complaints lodged.
    pub received: usize,
    /// Rounds that were closed.
    pub closed: usize,
    /// Cases open when the month ended.
    pub open_at_end: usize,
    /// Rounds that began because the customer was not satisfied.
    pub reopened: usize,
    /// Letters in the meantime (§1).
    pub interims: usize,
    /// What turned out to be no complaint.
    pub dismissed: usize,
    /// Elapsed hours from receipt to the first reaction (§1), of those given in the month.
    pub first_response_hours: Option<Spread>,
    /// Elapsed hours from receipt to the settlement, of the rounds closed in the month.
    pub resolution_hours: Option<Spread>,
    /// The same in working days, the day of receipt being day 0 (§1).
    pub resolution_working_days: Option<Spread>,
    /// Elapsed days from when the complaint was first lodged to its last closing, of the cases that were closed for good, as
    /// far as is known, in the month.
    pub lodged_to_closed_days: Option<Spread>,
    /// Of the terms for a first reaction that ended in the month.
    pub first_response_in_time: Share,
    /// Of the terms for a settlement that ended in the month.
    pub resolved_in_time: Share,
    /// Of the closings that were 30 days ago in the month, those that nobody reopened.
    pub stayed_closed: Share,
    /// Of the customers who said in the month whether it was solved, those who said yes.
    pub solved: Share,
    /// What came of the rounds that were closed.
    pub outcomes: Outcomes,
    /// Why they arose, most frequent first.
    pub causes: Vec<Frequency>,
    /// What was paid for them.
    pub compensation: Compensation,
    /// Complaints lodged by a customer who had lodged one in the year before.
    pub repeat_customers: usize,
    /// Complaints lodged about a car or contract that one was lodged about in the year before.
    pub repeat_references: usize,
    /// These references, and how many complaints there were in a row.
    pub references: Vec<Frequency>,
    /// Cases that went to the committee (the procedure's end).
    pub disputes: usize,
    /// Its rulings: `founded` is for the customer, `unfounded` against.
    pub rulings: Outcomes,
    /// What the complaints received were about, most frequent first.
    pub keywords: Vec<Frequency>,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Share {
    pub kept: usize,
    pub of: usize,
}

impl Share {
    /// In whole percents, rounded down: 100 only where all were in time. None of none.
    pub fn percent(self) -> Option<usize> {
        self.kept.saturating_mul(100).checked_div(self.of)
    }

    fn count(&mut self, is_kept: bool) {
        self.kept += usize::from(is_kept);
        self.of += 1;
    }
}

/// How many of each outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Outcomes {
    pub founded: usize,
    pub partly: usize,
    pub unfounded: usize,
    /// Nobody said.
    pub unsaid: usize,
}

impl Outcomes {
    fn of(all: impl Iterator<Item = Option<Outcome>>) -> Self {
        let mut counted = Self::default();
        for outcome in all {
            *match outcome {
                Some(Outcome::Founded) => &mut counted.founded,
                Some(Outcome::Partly) => &mut counted.partly,
                Some(Outcome::Unfounded) => &mut counted.unfounded,
                None => &mut counted.unsaid,
            } += 1;
        }
        counted
    }

    /// How many somebody said something of.
    pub fn said(self) -> usize {
        self.founded + self.partly + self.unfounded
    }
}

/// What was paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Compensation {
    /// Rounds for which something was paid.
    pub rounds: usize,
    pub cents: u64,
}

/// How often something was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Frequency {
    pub name: String,
    pub count: usize,
}

/// A month as a span of time, as far as it has passed.
pub(super) struct Span<'a> {
    pub start: Moment,
    /// The first moment after it.
    pub end: Moment,
    calendar: &'a Calendar,
}

/// A round of a case, and which it is.
type OfRound<'b> = (&'b Life, usize, &'b Round);

impl<'a> Span<'a> {
    pub fn of(month: Month, calendar: &'a Calendar, now: Moment) -> Self {
        let midnight = |day| calendar.at(day, NaiveTime::MIN);
        Self { start: midnight(month.first_day()), end: midnight(month.end_day()).min(now), calendar }
    }

    pub fn contains(&self, at: Moment) -> bool {
        self.start <= at && at < self.end
    }

    /// Of the complaints, and of what was taken for one.
    pub fn figures(&self, lives: &[&Life], dismissed: usize) -> Figures {
        let count = |moments: &dyn Fn(&Life) -> usize| lives.iter().map(|life| moments(life)).sum::<usize>();
        let within = |moments: &[Moment]| moments.iter().filter(|at| self.contains(**at)).count();
        let lodged: Vec<&Life> = lives.iter().copied().filter(|life| self.contains(life.case.lodged_at)).collect();
        let rounds: Vec<OfRound<'_>> = lives.iter().flat_map(|life| numbered(life)).collect();
        let closed = self.those(&rounds, |round| round.closed_at);
        let responded = self.those(&rounds, |round| round.first_response_at);
        let rulings = lives.iter().flat_map(|life| &life.rulings).filter(|ruling| self.contains(ruling.at));
        let (repeat_customers, repeat_references, references) = repeated(&lodged);
        let hours = |(of, at): &(OfRound<'_>, Moment)| elapsed_hours(of.2.received_at, *at);
        let working_days = |(of, at): &(OfRound<'_>, Moment)| self.working_days(of.2.received_at, *at);
        Figures {
            received: lodged.len(),
            closed: closed.len(),
            open_at_end: count(&|life| usize::from(self.is_open_at_end(life))),
            reopened: rounds.iter().filter(|of| of.2.reopened > 0 && self.contains(of.2.received_at)).count(),
            interims: count(&|life| within(&life.interims)),
            dismissed,
            first_response_hours: Spread::of(responded.iter().map(hours).collect()),
            resolution_hours: Spread::of(closed.iter().map(hours).collect()),
            resolution_working_days: Spread::of(closed.iter().map(working_days).collect()),
            lodged_to_closed_days: self.whole_ways(&closed),
            first_response_in_time: self.in_time(&rounds, |r| (r.due.first_response, r.first_response_at)),
            resolved_in_time: self.in_time(&rounds, |round| (round.due.resolve, round.closed_at)),
            stayed_closed: self.stayed_closed(&rounds),
            solved: self.solved(&rounds),
            outcomes: Outcomes::of(closed.iter().map(|(of, _)| of.2.judgement.outcome)),
            causes: most(closed.iter().filter_map(|(of, _)| of.2.judgement.cause.as_deref())),
            compensation: compensation(closed.iter().filter_map(|(of, _)| of.2.judgement.compensation)),
            repeat_customers,
            repeat_references,
            references,
            disputes: count(&|life| within(&life.disputes)),
            rulings: Outcomes::of(rulings.map(|ruling| ruling.outcome)),
            keywords: keywords(&lodged),
        }
    }

    fn solved(&self, rounds: &[OfRound<'_>]) -> Share {
        let said = rounds.iter().filter_map(|of| of.2.solved).filter(|(at, _)| self.contains(*at));
        said.fold(Share::default(), |mut share, (_, solved)| {
            share.count(solved == Solved::Yes);
            share
        })
    }

    /// Whether one of its rounds was open when the month ended.
    pub fn is_open_at_end(&self, life: &Life) -> bool {
        let is_open = |round: &Round| round.received_at < self.end && round.closed_at.is_none_or(|at| at >= self.end);
        life.rounds.iter().any(is_open)
    }

    /// The rounds to which it happened in this month, and when.
    fn those<'b>(&self, rounds: &[OfRound<'b>], when: impl Fn(&Round) -> Option<Moment>) -> Vec<(OfRound<'b>, Moment)> {
        let happened = rounds.iter().filter_map(|of| when(of.2).map(|at| (*of, at)));
        happened.filter(|(_, at)| self.contains(*at)).collect()
    }

    /// Of the terms that ended in this month, those whose clock was stopped by then.
    fn in_time(&self, rounds: &[OfRound<'_>], clock: impl Fn(&Round) -> (Moment, Option<Moment>)) -> Share {
        let mut share = Share::default();
        for (due, stopped) in rounds.iter().map(|of| clock(of.2)).filter(|(due, _)| self.contains(*due)) {
            share.count(stopped.is_some_and(|at| at <= due));
        }
        share
    }

    fn stayed_closed(&self, rounds: &[OfRound<'_>]) -> Share {
        let mut share = Share::default();
        for (life, number, round) in rounds {
            let Some(until) = round.closed_at.map(|at| at + LASTS).filter(|until| self.contains(*until)) else {
                continue;
            };
            share.count(life.reopened_at(*number).is_none_or(|at| at >= until));
        }
        share
    }

    /// From the very beginning, of those that were not opened again.
    fn whole_ways(&self, closed: &[(OfRound<'_>, Moment)]) -> Option<Spread> {
        let last = closed.iter().filter(|((life, number, _), _)| life.reopened_at(*number).is_none());
        Spread::of(last.map(|((life, ..), at)| elapsed_hours(life.case.lodged_at, *at) / 24.0).collect())
    }

    /// Working days after the day of receipt, up to and including the day `at` is on.
    fn working_days(&self, received_at: Moment, at: Moment) -> f64 {
        let (from, to) = (self.calendar.local(received_at).date_naive(), self.calendar.local(at).date_naive());
        let days = from.iter_days().skip(1).take(DAYS_MAX).take_while(|day| *day <= to);
        let count = days.filter(|day| self.calendar.is_working_day(*day)).count();
        u32::try_from(count).map_or(f64::MAX, f64::from)
    }
}

fn numbered(life: &Life) -> impl Iterator<Item = OfRound<'_>> {
    life.rounds.iter().enumerate().map(move |(number, round)| (life, number, round))
}

/// A reaction before the receipt that staff stated counts as at once.
fn elapsed_hours(from: Moment, to: Moment) -> f64 {
    let seconds = (to - from).num_seconds().max(0);
    seconds as f64 / 3_600.0
}

fn compensation(paid: impl Iterator<Item = Amount>) -> Compensation {
    let paid = paid.filter(|amount| amount.cents() > 0);
    paid.fold(Compensation::default(), |sum, amount| Compensation {
        rounds: sum.rounds + 1,
        cents: sum.cents.saturating_add(amount.cents()),
    })
}

/// By customers, about references, and about which.
fn repeated(lodged: &[&Life]) -> (usize, usize, Vec<Frequency>) {
    let customers = lodged.iter().filter(|life| life.again.of_customer > 1).count();
    let is_again = |life: &&&Life| life.again.of_references.iter().any(|(_, count)| *count > 1);
    let mut counts: BTreeMap<String, (&str, usize)> = BTreeMap::new();
    for (written, count) in lodged.iter().flat_map(|life| &life.again.of_references).filter(|(_, count)| *count > 1) {
        let known = counts.entry(crate::case::reference_key(written)).or_insert((written, 0));
        known.1 = known.1.max(*count);
    }
    let named = counts.into_values().map(|(written, count)| Frequency { name: written.to_owned(), count });
    (customers, lodged.iter().filter(is_again).count(), first(named.collect()))
}

/// Each keyword once a case, because a long letter says `schade` ten times.
fn keywords(lodged: &[&Life]) -> Vec<Frequency> {
    most(lodged.iter().flat_map(|life| {
        let found = life.case.routing.matched().iter().map(Match::topic);
        found.collect::<BTreeSet<&str>>()
    }))
}

fn most<'b>(all: impl Iterator<Item = &'b str>) -> Vec<Frequency> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    all.for_each(|name| *counts.entry(name).or_default() += 1);
    first(counts.into_iter().map(|(name, count)| Frequency { name: name.to_owned(), count }).collect())
}

fn first(mut all: Vec<Frequency>) -> Vec<Frequency> {
    all.sort_by_key(|frequency| std::cmp::Reverse(frequency.count));
    all.truncate(NAMED_MAX);
    all
}
