//! The report of a month (§2.4.1): what came in and went out per department and channel, how fast, how much of it in
//! time, what came of it, and about what. Pure: cases and their events in, numbers out.
//!
//! Whatever happened is counted in the month in which it happened, a term in the month in which it ended: so nothing
//! is counted twice, and nothing late drops out between two reports. Each round of a reopened case counts. What is no
//! complaint is only counted as that; what goes on under another number is not counted.

mod figures;
mod gathered;
mod life;
mod pages;
mod spread;
#[cfg(test)]
mod tests;

pub use figures::{Compensation, Figures, Frequency, Outcomes, Share};
pub use gathered::{Gathered, Wanted};
pub use life::{Again, Life, Round, Ruling};
pub use pages::pages;
pub use spread::Spread;

use super::{Goes, Named};
use crate::calendar::Calendar;
use crate::case::{Case, CaseNumber, CaseState, Channel, Moment};
use chrono::{Datelike, Months, NaiveDate};
use figures::Span;
use serde::{Serialize, Serializer};
use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

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

    /// The same month of the year before.
    #[must_use]
    pub fn year_before(self) -> Self {
        self.first.checked_sub_months(Months::new(12)).map_or(self, Self::of)
    }

    pub fn first_day(self) -> NaiveDate {
        self.first
    }

    /// The first day of the month after it.
    pub fn end_day(self) -> NaiveDate {
        self.first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX)
    }
}

impl fmt::Display for Month {
    /// `2026-10`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.first.format("%Y-%m"))
    }
}

impl FromStr for Month {
    type Err = String;

    fn from_str(written: &str) -> Result<Self, Self::Err> {
        let day = NaiveDate::parse_from_str(&format!("{written}-01"), "%Y-%m-%d");
        day.map(Self::of).map_err(|_| format!("expected a month as 2026-10, found `{written}`"))
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
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
    /// Of a month that is not over, what has passed is counted.
    pub now: Moment,
}

/// A month's report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MonthReport {
    pub month: Month,
    pub total: Figures,
    /// In the order of the settings, then what is no longer in them.
    pub departments: Vec<ByDepartment>,
    /// Those by which something came, or was handled.
    pub channels: Vec<ByChannel>,
    /// What turned out to be no complaint, in the order of the numbers.
    pub dismissals: Vec<Dismissal>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ByDepartment {
    pub name: String,
    pub title: String,
    pub figures: Figures,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ByChannel {
    pub channel: Channel,
    pub figures: Figures,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Dismissal {
    pub number: CaseNumber,
    pub at: Moment,
    /// In staff's words.
    pub reason: String,
}

impl MonthReport {
    /// Whether nothing at all was counted.
    pub fn is_quiet(&self) -> bool {
        self.total == Figures::default()
    }

    /// The figures of a department, of whatever title.
    pub fn of_department(&self, name: &str) -> Option<&Figures> {
        self.departments.iter().find(|by| by.name == name).map(|by| &by.figures)
    }

    pub fn of_channel(&self, channel: Channel) -> Option<&Figures> {
        self.channels.iter().find(|by| by.channel == channel).map(|by| &by.figures)
    }
}

/// A month's report beside those it is held against.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    pub report: MonthReport,
    pub month_before: MonthReport,
    pub year_before: MonthReport,
}

/// A month's report for one reader.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MonthOverview {
    /// None: the whole company.
    pub department_title: Option<String>,
    pub compared: Compared,
    /// The month's cases and figures as a spreadsheet.
    pub sheet: Goes,
    /// What a person may let go of.
    pub past_terms: PastTerms,
    /// Of complaints that colleagues moved: words that would have routed them right, with the department's title.
    pub proposed: Vec<(String, String)>,
}

/// What is past the terms for which it is kept (§2.4.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct PastTerms {
    pub cases: usize,
    /// That concern no case.
    pub mails: usize,
}

/// The report of a month, the month before it, and the same month of the year before.
pub fn compared(lives: &[Life], asked: &MonthAsked<'_>) -> Compared {
    let of = |month| report(lives, &MonthAsked { month, ..*asked });
    Compared {
        report: of(asked.month),
        month_before: of(asked.month.before()),
        year_before: of(asked.month.year_before()),
    }
}

/// The report of one month.
pub fn report(lives: &[Life], asked: &MonthAsked<'_>) -> MonthReport {
    let span = Span::of(asked.month, asked.calendar, asked.now);
    let own: Vec<&Life> = lives.iter().filter(|life| asked.is_own(&life.case)).collect();
    let dismissed_at = |life: &Life| life.dismissed.as_ref().map(|(at, _)| *at).filter(|at| span.contains(*at));
    let figures = |is_in: &dyn Fn(&Case) -> bool| {
        let (counted, not): (Vec<&Life>, Vec<&Life>) =
            own.iter().copied().filter(|life| is_in(&life.case)).partition(|life| is_counted(&life.case));
        span.figures(&counted, not.into_iter().filter(|life| dismissed_at(life).is_some()).count())
    };
    let departments = asked.names(&own).into_iter().map(|name| ByDepartment {
        name: name.to_owned(),
        title: asked.title(name),
        figures: figures(&|case| case.department == name),
    });
    // A department that was taken out of the settings stands there as long as it has figures.
    let is_known = |name: &str| asked.departments.iter().any(|named| named.name == name);
    let departments = departments.filter(|by| is_known(&by.name) || by.figures != Figures::default());
    let channels = [Channel::Email, Channel::Phone, Channel::Letter, Channel::Desk].into_iter();
    let channels = channels.map(|channel| ByChannel { channel, figures: figures(&|case| case.channel == channel) });
    let dismissals = own.iter().filter_map(|life| {
        let (at, reason) = life.dismissed.clone().filter(|(at, _)| span.contains(*at))?;
        (!is_counted(&life.case)).then_some(Dismissal { number: life.case.number, at, reason })
    });
    MonthReport {
        month: asked.month,
        total: figures(&|_| true),
        departments: departments.collect(),
        channels: channels.filter(|by| by.figures != Figures::default()).collect(),
        dismissals: dismissals.collect(),
    }
}

/// The cases that such a report counts as received, closed, or open when the month ended, in the order given.
pub fn cases_of<'a>(lives: &'a [Life], asked: &MonthAsked<'_>) -> Vec<&'a Case> {
    let span = Span::of(asked.month, asked.calendar, asked.now);
    let is_of = |life: &&Life| {
        let mut closed = life.rounds.iter().filter_map(|round| round.closed_at);
        span.contains(life.case.lodged_at) || closed.any(|at| span.contains(at)) || span.is_open_at_end(life)
    };
    let own = lives.iter().filter(|life| asked.is_own(&life.case) && is_counted(&life.case));
    own.filter(is_of).map(|life| &life.case).collect()
}

fn is_counted(case: &Case) -> bool {
    match case.state {
        CaseState::Open | CaseState::Closed => true,
        CaseState::Dismissed | CaseState::Merged => false,
    }
}

impl<'a> MonthAsked<'a> {
    fn is_own(&self, case: &Case) -> bool {
        self.department.is_none_or(|name| name == case.department)
    }

    /// The short names of the departments that are reported on.
    fn names(&self, own: &[&'a Life]) -> Vec<&'a str> {
        let known = self.departments.iter().map(|named| named.name.as_str());
        let mut names: Vec<&str> = known.filter(|name| self.department.is_none_or(|asked| asked == *name)).collect();
        let in_cases: BTreeSet<&str> = own.iter().map(|life| life.case.department.as_str()).collect();
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
