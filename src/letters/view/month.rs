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
            quiet => *total == Figures { disputes: total.disputes, ..Figures::default() },
            first_response => self.pace(total.first_response_hours, total.first_response_in_time, "uur", "hours"),
            resolution => self.pace(total.resolution_working_days, total.resolved_in_time, "werkdagen", "working days"),
            resolution_hours => total.resolution_hours.map(|spread| self.spread(spread)),
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
    fn pace(&self, spread: Option<Spread>, in_time: Share, dutch: &str, english: &str) -> Value {
        context! {
            spread => spread.map(|spread| self.spread(spread)),
            unit => self.words.pick(dutch, english),
            in_time => in_time.percent().map(|percent| format!("{percent}%")),
            kept => in_time.kept,
            of => in_time.of,
        }
    }

    fn spread(&self, spread: Spread) -> Value {
        context! {
            median => self.words.number(spread.median),
            percentile_90 => self.words.number(spread.percentile_90),
            count => spread.count,
        }
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
        let pace = |spread: Option<Spread>| {
            spread.map(|spread| (self.words.number(spread.median), self.words.number(spread.percentile_90)))
        };
        let below = match (pace(figures.first_response_hours), pace(figures.resolution_working_days)) {
            (None, None) => String::new(),
            (first, resolution) => self.paces(first, resolution),
        };
        context! { name, cells, below }
    }

    /// Median and 90th percentile of both clocks, in one line.
    fn paces(&self, first: Option<(String, String)>, resolution: Option<(String, String)>) -> String {
        let first = first.map(|(half, nine)| {
            self.words.pick(format!("reactie {half} / {nine} uur"), format!("response {half} / {nine} hours"))
        });
        let resolution = resolution.map(|(half, nine)| {
            self.words.pick(
                format!("oplossing {half} / {nine} werkdagen"),
                format!("resolution {half} / {nine} working days"),
            )
        });
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
