//! What the template of a month's report can print: numbers in the reader's notation, and words where a number alone
//! would be misread. Pure.

use super::Seen;
use super::overview::goes;
use crate::case::Channel;
use crate::digest::month::{Figures, MonthOverview, Share, Spread};
use minijinja::context;
use minijinja::value::Value;

/// Rows of a table: a company has fewer departments, and a phone shows no more.
const ROWS_MAX: usize = 40;

/// The smallest number that is shown as more than nothing.
const SHOWN_MIN: f64 = 0.1;

/// What a clock counts in (§1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Hour,
    WorkingDay,
}

impl Seen<'_> {
    pub(super) fn month(&self, overview: &MonthOverview) -> Value {
        let report = &overview.report;
        let total = &report.total;
        let cell = |label, count: usize| context! { label, count, late => false };
        // One department alone is the total.
        let departments = if overview.department_title.is_none() { report.departments.as_slice() } else { &[] };
        let departments = departments.iter().take(ROWS_MAX);
        context! {
            month => self.words.month(report.month.first_day()),
            department => overview.department_title.as_deref().map(|title| self.line(title)),
            tally => vec![
                cell(self.words.pick("ontvangen", "received"), total.received),
                cell(self.words.pick("gesloten", "closed"), total.closed),
                cell(self.words.pick("nog open", "still open"), total.open_at_end),
                cell(self.words.pick("heropend", "reopened"), total.reopened),
            ],
            quiet => *total == Figures::default(),
            first_response => self.pace(total.first_response_hours, total.first_response_in_time, Unit::Hour),
            resolution => self.pace(total.resolution_working_days, total.resolved_in_time, Unit::WorkingDay),
            resolution_hours => total.resolution_hours.map(|spread| self.spread(spread, Unit::Hour)),
            disputes => total.disputes,
            columns => self.columns(),
            departments => departments.map(|by| self.figures(&self.line(&by.title), &by.figures)).collect::<Vec<_>>(),
            channels => report.channels.iter().map(|by| self.figures(self.channel(by.channel), &by.figures)).collect::<Vec<_>>(),
            keywords => total.keywords.iter().map(|found| context! {
                keyword => self.line(&found.keyword),
                cases => found.cases,
            }).collect::<Vec<_>>(),
            sheet => goes(overview.sheet),
        }
    }

    /// How fast, and how much of it in time.
    fn pace(&self, spread: Option<Spread>, in_time: Share, unit: Unit) -> Value {
        context! {
            spread => spread.map(|spread| self.spread(spread, unit)),
            in_time => in_time.percent().map(|percent| format!("{percent}%")),
            kept => in_time.kept,
            of => in_time.of,
        }
    }

    /// Both numbers, as the end of a sentence.
    fn spread(&self, spread: Spread, unit: Unit) -> Value {
        context! { median => self.within(spread.median, unit), percentile_90 => self.within(spread.percentile_90, unit) }
    }

    /// `binnen 3,5 uur`.
    fn within(&self, number: f64, unit: Unit) -> String {
        match unit {
            Unit::WorkingDay if number < SHOWN_MIN => self.words.pick("op de dag zelf", "on the day itself").to_owned(),
            unit => format!("{} {}", self.words.pick("binnen", "within"), self.amount(number, unit)),
        }
    }

    /// `1 werkdag`, `3,5 uur`.
    fn amount(&self, number: f64, unit: Unit) -> String {
        // "Within 0 hours" would not be true.
        let number = if unit == Unit::Hour { number.max(SHOWN_MIN) } else { number };
        let shown = self.words.number(number);
        let unit = match (unit, shown == "1") {
            (Unit::Hour, true) => self.words.pick("uur", "hour"),
            (Unit::Hour, false) => self.words.pick("uur", "hours"),
            (Unit::WorkingDay, true) => self.words.pick("werkdag", "working day"),
            (Unit::WorkingDay, false) => self.words.pick("werkdagen", "working days"),
        };
        format!("{shown} {unit}")
    }

    fn columns(&self) -> Vec<&'static str> {
        self.words.pick(
            vec!["ontvangen", "gesloten", "open", "reactie op tijd", "oplossing op tijd"],
            vec!["received", "closed", "open", "response in time", "resolution in time"],
        )
    }

    /// One row of a table, in the order of [`Self::columns`].
    fn figures(&self, name: &str, figures: &Figures) -> Value {
        let share = |share: Share| share.percent().map_or_else(|| "–".to_owned(), |percent| format!("{percent}%"));
        let cells = vec![
            figures.received.to_string(),
            figures.closed.to_string(),
            figures.open_at_end.to_string(),
            share(figures.first_response_in_time),
            share(figures.resolved_in_time),
        ];
        context! { name, cells, below => self.paces(figures) }
    }

    /// Median and 90th percentile of both clocks, in one line.
    fn paces(&self, figures: &Figures) -> String {
        let pace = |(dutch, english), spread: Option<Spread>, unit| {
            let what: &str = self.words.pick(dutch, english);
            let both = |spread: Spread| {
                format!("{what} {} / {}", self.words.number(spread.median), self.amount(spread.percentile_90, unit))
            };
            spread.map(both)
        };
        let first = pace(("reactie", "response"), figures.first_response_hours, Unit::Hour);
        let resolution = pace(("oplossing", "resolution"), figures.resolution_working_days, Unit::WorkingDay);
        first.into_iter().chain(resolution).collect::<Vec<_>>().join(" · ")
    }

    fn channel(&self, channel: Channel) -> &'static str {
        match channel {
            Channel::Email => self.words.pick("E-mail", "E-mail"),
            Channel::Phone => self.words.pick("Telefoon", "Phone"),
            Channel::Letter => self.words.pick("Brief", "Letter"),
            Channel::Desk => self.words.pick("Balie", "Front desk"),
        }
    }
}
