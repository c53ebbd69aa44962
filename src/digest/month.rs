//! The report of a month (§2.4.1): what came in and went out per department and channel, how fast, how much of it in
//! time, and about what. Pure: cases in, numbers out.
//!
//! Whatever happened is counted in the month in which it happened, a term in the month in which it ended: so nothing
//! is counted twice, and nothing late drops out between two reports. Of a reopened case only the present round is
//! known. What is no complaint, or goes on under another number, is not counted.

mod spread;
#[cfg(test)]
mod tests;

pub use spread::Spread;

use super::{Goes, Named};
use crate::calendar::Calendar;
use crate::case::{Case, CaseState, Channel, Clock, Moment};
use chrono::{Datelike, NaiveDate, NaiveTime};
use std::collections::{BTreeMap, BTreeSet};

/// Keywords that are named: a reader looks at the first few.
const KEYWORDS_MAX: usize = 10;

/// Days looked at to count working days: ten years, longer than a complaint is ever open.
const DAYS_MAX: usize = 3_660;

/// A month of the desk's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    /// Its first day.
    first: NaiveDate,
}

impl Month {
    /// The month a day is in.
    pub fn of(day: NaiveDate) -> Self {
        Self { first: day.with_day(1).unwrap_or(day) }
    }

    /// The month before it: the one a report on a month's first working day is about.
    #[must_use]
    pub fn before(self) -> Self {
        self.first.pred_opt().map_or(self, Self::of)
    }

    pub fn first_day(self) -> NaiveDate {
        self.first
    }

    /// The first day of the month after it.
    pub fn end_day(self) -> NaiveDate {
        self.first.checked_add_months(chrono::Months::new(1)).unwrap_or(NaiveDate::MAX)
    }
}

/// What a report is asked about.
#[derive(Debug, Clone, Copy)]
pub struct MonthAsked<'a> {
    pub month: Month,
    /// The department's short name; None: the whole company.
    pub department: Option<&'a str>,
    /// All departments of the settings.
    pub departments: &'a [Named],
    pub calendar: &'a Calendar,
}

/// A month's report.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthReport {
    pub month: Month,
    pub total: Figures,
    /// In the order of the settings, then what is no longer in them.
    pub departments: Vec<ByDepartment>,
    /// Those by which something came, or was handled.
    pub channels: Vec<ByChannel>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ByDepartment {
    pub title: String,
    pub figures: Figures,
}

#[derive(Debug, Clone, PartialEq)]
pub struct ByChannel {
    pub channel: Channel,
    pub figures: Figures,
}

/// A month's report for one reader.
#[derive(Debug, Clone, PartialEq)]
pub struct MonthOverview {
    /// None: the whole company.
    pub department_title: Option<String>,
    pub report: MonthReport,
    /// The month's cases as a spreadsheet.
    pub sheet: Goes,
}

/// The numbers of a month.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Figures {
    /// Complaints lodged.
    pub received: usize,
    pub closed: usize,
    /// Cases open when the month ended.
    pub open_at_end: usize,
    /// Cases reopened (and not again since).
    pub reopened: usize,
    /// Cases that went to the committee.
    pub disputes: usize,
    /// Elapsed hours from receipt to the first reaction (§1), of those given in the month.
    pub first_response_hours: Option<Spread>,
    /// Elapsed hours from receipt to the settlement, of the cases closed in the month.
    pub resolution_hours: Option<Spread>,
    /// The same in working days, the day of receipt being day 0 (§1).
    pub resolution_working_days: Option<Spread>,
    /// Of the terms for a first reaction that ended in the month.
    pub first_response_in_time: Share,
    /// Of the terms for a settlement that ended in the month.
    pub resolved_in_time: Share,
    /// What the complaints received were about, most frequent first.
    pub keywords: Vec<Frequency>,
}

/// So many of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Share {
    pub kept: usize,
    pub of: usize,
}

impl Share {
    /// In whole percents, rounded down: 100 only where all were in time. None of none.
    pub fn percent(self) -> Option<usize> {
        self.kept.saturating_mul(100).checked_div(self.of)
    }
}

/// In how many cases a keyword was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frequency {
    /// As it stands in the settings.
    pub keyword: String,
    pub cases: usize,
}

/// The cases that the reports of a month look at, picked one by one from all there are: those to which something happened
/// in it or that were open, and one of each other department, which stands in the report as well.
pub struct Picked<'a> {
    span: Span<'a>,
    departments: BTreeSet<String>,
    pub cases: Vec<Case>,
}

impl<'a> Picked<'a> {
    pub fn new(month: Month, calendar: &'a Calendar) -> Self {
        Self { span: Span::of(month, calendar), departments: BTreeSet::new(), cases: Vec::new() }
    }

    /// The next one, in the order of their numbers.
    pub fn look_at(&mut self, case: Case) {
        if is_counted(&case) && (self.span.touches(&case) || !self.departments.contains(&case.department)) {
            self.departments.insert(case.department.clone());
            self.cases.push(case);
        }
    }
}

/// The report of a month that is over.
pub fn report(cases: &[Case], asked: &MonthAsked<'_>) -> MonthReport {
    let is_asked = |case: &&Case| is_counted(case) && asked.department.is_none_or(|name| name == case.department);
    let counted: Vec<&Case> = cases.iter().filter(is_asked).collect();
    let span = Span::of(asked.month, asked.calendar);
    let figures = |is_in: &dyn Fn(&Case) -> bool| {
        span.figures(&counted.iter().copied().filter(|case| is_in(case)).collect::<Vec<_>>())
    };
    let departments = asked
        .names(&counted)
        .into_iter()
        .map(|name| ByDepartment { title: asked.title(name), figures: figures(&|case| case.department == name) });
    let channels = [Channel::Email, Channel::Phone, Channel::Letter, Channel::Desk].into_iter();
    let channels = channels.map(|channel| ByChannel { channel, figures: figures(&|case| case.channel == channel) });
    MonthReport {
        month: asked.month,
        total: span.figures(&counted),
        departments: departments.collect(),
        channels: channels.filter(|by| by.figures != span.figures(&[])).collect(),
    }
}

/// The cases that such a report counts as received, closed, or open when the month ended, in the order given.
pub fn cases_of<'a>(cases: &'a [Case], asked: &MonthAsked<'_>) -> Vec<&'a Case> {
    let span = Span::of(asked.month, asked.calendar);
    let is_asked = |case: &&Case| is_counted(case) && asked.department.is_none_or(|name| name == case.department);
    let is_of = |case: &&Case| {
        span.contains(case.lodged_at) || case.closed_at.is_some_and(|at| span.contains(at)) || span.is_open_at_end(case)
    };
    cases.iter().filter(is_asked).filter(is_of).collect()
}

fn is_counted(case: &Case) -> bool {
    match case.state {
        CaseState::Open | CaseState::Closed => true,
        CaseState::Dismissed | CaseState::Merged => false,
    }
}

impl<'a> MonthAsked<'a> {
    /// The short names of the departments that are reported on.
    fn names(&self, counted: &[&'a Case]) -> Vec<&'a str> {
        let known = self.departments.iter().map(|named| named.name.as_str());
        let mut names: Vec<&str> = known.filter(|name| self.department.is_none_or(|asked| asked == *name)).collect();
        let in_cases: BTreeSet<&str> = counted.iter().map(|case| case.department.as_str()).collect();
        let gone: Vec<&str> = in_cases.into_iter().filter(|name| !names.contains(name)).collect();
        names.extend(gone);
        names
    }

    /// A department that was taken out of the settings keeps its short name.
    fn title(&self, name: &str) -> String {
        let named = self.departments.iter().find(|department| department.name == name);
        named.map_or_else(|| name.to_owned(), |named| named.title.clone())
    }
}

/// The month as a span of time.
struct Span<'a> {
    start: Moment,
    /// The first moment after it.
    end: Moment,
    calendar: &'a Calendar,
}

impl<'a> Span<'a> {
    fn of(month: Month, calendar: &'a Calendar) -> Self {
        let midnight = |day| calendar.at(day, NaiveTime::MIN);
        Self { start: midnight(month.first_day()), end: midnight(month.end_day()), calendar }
    }

    /// Whether any of the figures counts it.
    fn touches(&self, case: &Case) -> bool {
        let terms = [Clock::FirstResponse, Clock::Resolve].map(|clock| case.clock(clock).0);
        let happened = [case.closed_at, case.first_response_at(), case.disputed.as_ref().map(|disputed| disputed.at)];
        let mut moments = happened.into_iter().flatten().chain(terms).chain([case.lodged_at, case.received_at]);
        self.is_open_at_end(case) || moments.any(|at| self.contains(at))
    }

    fn contains(&self, at: Moment) -> bool {
        self.start <= at && at < self.end
    }

    fn figures(&self, cases: &[&Case]) -> Figures {
        let count = |is_one: &dyn Fn(&Case) -> bool| cases.iter().filter(|case| is_one(case)).count();
        let closed: Vec<(&Case, Moment)> = self.those(cases, |case| case.closed_at);
        let responded = self.those(cases, Case::first_response_at);
        Figures {
            received: count(&|case| self.contains(case.lodged_at)),
            closed: closed.len(),
            open_at_end: count(&|case| self.is_open_at_end(case)),
            reopened: count(&|case| case.reopened > 0 && self.contains(case.received_at)),
            disputes: count(&|case| case.disputed.as_ref().is_some_and(|disputed| self.contains(disputed.at))),
            first_response_hours: Spread::of(responded.iter().map(|(case, at)| hours(case, *at)).collect()),
            resolution_hours: Spread::of(closed.iter().map(|(case, at)| hours(case, *at)).collect()),
            resolution_working_days: Spread::of(closed.iter().map(|(case, at)| self.working_days(case, *at)).collect()),
            first_response_in_time: self.in_time(cases, Clock::FirstResponse),
            resolved_in_time: self.in_time(cases, Clock::Resolve),
            keywords: self.keywords(cases),
        }
    }

    /// The cases to which it happened in this month, and when.
    fn those<'b>(&self, cases: &[&'b Case], when: impl Fn(&Case) -> Option<Moment>) -> Vec<(&'b Case, Moment)> {
        let happened = cases.iter().filter_map(|case| when(case).map(|at| (*case, at)));
        happened.filter(|(_, at)| self.contains(*at)).collect()
    }

    /// In its present round: whether it was open at the end in an earlier one is not known.
    fn is_open_at_end(&self, case: &Case) -> bool {
        case.received_at < self.end && case.closed_at.is_none_or(|at| at >= self.end)
    }

    /// Of the terms that ended in this month, those whose clock was stopped by then.
    fn in_time(&self, cases: &[&Case], clock: Clock) -> Share {
        let ended = cases.iter().map(|case| case.clock(clock)).filter(|(due, _)| self.contains(*due));
        ended.fold(Share::default(), |share, (due, stopped)| Share {
            kept: share.kept + usize::from(stopped.is_some_and(|at| at <= due)),
            of: share.of + 1,
        })
    }

    /// Working days after the day of receipt, up to and including the day `at` is on.
    fn working_days(&self, case: &Case, at: Moment) -> f64 {
        let (from, to) = (self.calendar.local(case.received_at).date_naive(), self.calendar.local(at).date_naive());
        let days = from.iter_days().skip(1).take(DAYS_MAX).take_while(|day| *day <= to);
        let count = days.filter(|day| self.calendar.is_working_day(*day)).count();
        u32::try_from(count).map_or(f64::MAX, f64::from)
    }

    /// Each keyword once a case, because a long letter says `schade` ten times.
    fn keywords(&self, cases: &[&Case]) -> Vec<Frequency> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for case in cases.iter().filter(|case| self.contains(case.lodged_at)) {
            let keywords: BTreeSet<&str> = case.routing.matched().iter().map(|found| found.keyword.as_str()).collect();
            for keyword in keywords {
                *counts.entry(keyword).or_default() += 1;
            }
        }
        let named = counts.into_iter().map(|(keyword, cases)| Frequency { keyword: keyword.to_owned(), cases });
        let mut most: Vec<Frequency> = named.collect();
        most.sort_by_key(|frequency| std::cmp::Reverse(frequency.cases));
        most.truncate(KEYWORDS_MAX);
        most
    }
}

/// Elapsed hours since receipt; a reaction before the receipt that staff stated counts as at once.
fn hours(case: &Case, at: Moment) -> f64 {
    let seconds = (at - case.received_at).num_seconds().max(0);
    seconds as f64 / 3_600.0
}
