//! What the template of a month's report can print: numbers in the reader's notation, and words where a number alone
//! would be misread. Pure.

use super::Seen;
use super::overview::goes;
use crate::case::{Amount, Channel};
use crate::digest::month::{
    ByChannel, ByDepartment, Compared, Compensation, Figures, Frequency, MonthOverview, MonthReport, Outcomes, Share,
    Spread,
};
use minijinja::context;
use minijinja::value::Value;

/// Rows of a table: a company has fewer departments, and a phone shows no more.
const ROWS_MAX: usize = 40;

/// Reasons why something was no complaint: the spreadsheet has them all.
const DISMISSALS_MAX: usize = 10;

/// The smallest number that is shown as more than nothing.
const SHOWN_MIN: f64 = 0.1;

/// What a clock counts in (§1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Hour,
    WorkingDay,
    Day,
}

/// Where there is no number.
const NONE: &str = "–";

fn share(share: Share) -> String {
    share.percent().map_or_else(|| NONE.to_owned(), |percent| format!("{percent}%"))
}

fn outcomes(of: Outcomes) -> Value {
    let Outcomes { founded, partly, unfounded, unsaid } = of;
    context! { founded, partly, unfounded, unsaid }
}

impl Seen<'_> {
    pub(super) fn month(&self, overview: &MonthOverview) -> Value {
        let Compared { report, month_before, year_before } = &overview.compared;
        let total = &report.total;
        let cell = |label, count: usize| context! { label, count, late => false };
        let months: Vec<&MonthReport> = [report, month_before, year_before].into();
        let has_past = !month_before.is_quiet() || !year_before.is_quiet();
        context! {
            month => self.words.month(report.month.first_day()),
            department => overview.department_title.as_deref().map(|title| self.line(title)),
            tally => vec![
                cell(self.words.pick("ontvangen", "received"), total.received),
                cell(self.words.pick("gesloten", "closed"), total.closed),
                cell(self.words.pick("nog open", "still open"), total.open_at_end),
                cell(self.words.pick("heropend", "reopened"), total.reopened),
            ],
            quiet => report.is_quiet(),
            months => months.iter().map(|report| self.words.month(report.month.first_day())).collect::<Vec<_>>(),
            past => if has_past { self.past(&months) } else { Vec::new() },
            first_response => self.pace(total.first_response_hours, total.first_response_in_time, Unit::Hour),
            resolution => self.pace(total.resolution_working_days, total.resolved_in_time, Unit::WorkingDay),
            resolution_hours => total.resolution_hours.map(|spread| self.spread(spread, Unit::Hour)),
            whole_way => total.lodged_to_closed_days.map(|spread| self.spread(spread, Unit::Day)),
            stayed_closed => self.pace(None, total.stayed_closed, Unit::Day),
            came_of_it => self.came_of_it(total),
            again => context! { customers => total.repeat_customers, references => total.repeat_references },
            references => self.named(&total.references),
            committee => context! {
                disputes => total.disputes,
                share => self.share_of_closed(total),
                rulings => outcomes(total.rulings),
                ruled => total.rulings.said() + total.rulings.unsaid,
            },
            dismissed => total.dismissed,
            dismissals => report.dismissals.iter().take(DISMISSALS_MAX).map(|one| context! {
                number => one.number.to_string(),
                reason => self.line(&one.reason),
            }).collect::<Vec<_>>(),
            columns => self.columns(),
            departments => self.departments(overview),
            channels => self.channels(&overview.compared),
            keywords => self.named(&total.keywords),
            past_terms => context! { cases => overview.past_terms.cases, mails => overview.past_terms.mails },
            proposed => overview.proposed.iter().map(|(title, word)| context! {
                title => self.line(title),
                word => self.line(word),
            }).collect::<Vec<_>>(),
            sheet => goes(overview.sheet),
        }
    }

    /// Outcome, causes and money, and what was written in the meantime.
    fn came_of_it(&self, total: &Figures) -> Value {
        let Compensation { rounds, cents } = total.compensation;
        context! {
            outcomes => outcomes(total.outcomes),
            said => total.outcomes.said(),
            causes => self.named(&total.causes),
            compensated => rounds,
            paid => self.words.amount(Amount::of_cents(cents)),
            interims => total.interims,
        }
    }

    fn named(&self, found: &[Frequency]) -> Vec<Value> {
        found.iter().map(|found| context! { name => self.line(&found.name), count => found.count }).collect()
    }

    /// Disputes of every hundred closings.
    fn share_of_closed(&self, total: &Figures) -> Option<String> {
        let (disputes, closed) = (u32::try_from(total.disputes).ok()?, u32::try_from(total.closed).ok()?);
        (closed > 0).then(|| format!("{}%", self.words.number(f64::from(disputes) * 100.0 / f64::from(closed))))
    }

    /// One department alone is the total.
    fn departments(&self, overview: &MonthOverview) -> Vec<Value> {
        let Compared { report, month_before, year_before } = &overview.compared;
        let shown = if overview.department_title.is_none() { report.departments.as_slice() } else { &[] };
        let row = |by: &ByDepartment| {
            let past = [month_before, year_before].map(|report| report.of_department(&by.name));
            self.figures(&self.line(&by.title), &by.figures, past)
        };
        shown.iter().take(ROWS_MAX).map(row).collect()
    }

    fn channels(&self, compared: &Compared) -> Vec<Value> {
        let row = |by: &ByChannel| {
            let past = [&compared.month_before, &compared.year_before].map(|report| report.of_channel(by.channel));
            self.figures(self.channel(by.channel), &by.figures, past)
        };
        compared.report.channels.iter().map(row).collect()
    }

    /// The month beside the one before it and that of a year ago, figure by figure; a month in which nothing was on file is
    /// shown as nothing known.
    fn past(&self, months: &[&MonthReport]) -> Vec<Value> {
        let row = |name: &str, shown: &dyn Fn(&Figures) -> String| {
            let cell = |report: &&MonthReport| if report.is_quiet() { NONE.to_owned() } else { shown(&report.total) };
            context! { name, cells => months.iter().map(cell).collect::<Vec<_>>(), below => "" }
        };
        let pick = |dutch, english| self.words.pick(dutch, english);
        let median = |spread: Option<Spread>| spread.map_or(NONE.to_owned(), |s| self.words.number(s.median));
        let paid = |figures: &Figures| self.words.amount(Amount::of_cents(figures.compensation.cents));
        vec![
            row(pick("Ontvangen", "Received"), &|f| f.received.to_string()),
            row(pick("Gesloten", "Closed"), &|f| f.closed.to_string()),
            row(pick("Heropend", "Reopened"), &|f| f.reopened.to_string()),
            row(pick("Reactie op tijd", "Response in time"), &|f| share(f.first_response_in_time)),
            row(pick("Oplossing op tijd", "Resolution in time"), &|f| share(f.resolved_in_time)),
            row(pick("Dagen tot de laatste sluiting, helft", "Days to the last closing, half"), &|f| {
                median(f.lodged_to_closed_days)
            }),
            row(pick("Na 30 dagen nog gesloten", "Still closed after 30 days"), &|f| share(f.stayed_closed)),
            row(pick("Gegrond of deels gegrond", "Upheld or partly upheld"), &|f| {
                (f.outcomes.founded + f.outcomes.partly).to_string()
            }),
            row(pick("Vergoed", "Paid"), &paid),
            row(pick("Naar de commissie", "To the committee"), &|f| f.disputes.to_string()),
        ]
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
        let number = if unit != Unit::WorkingDay { number.max(SHOWN_MIN) } else { number };
        let shown = self.words.number(number);
        let unit = match (unit, shown == "1") {
            (Unit::Hour, true) => self.words.pick("uur", "hour"),
            (Unit::Hour, false) => self.words.pick("uur", "hours"),
            (Unit::WorkingDay, true) => self.words.pick("werkdag", "working day"),
            (Unit::WorkingDay, false) => self.words.pick("werkdagen", "working days"),
            (Unit::Day, true) => self.words.pick("dag", "day"),
            (Unit::Day, false) => self.words.pick("dagen", "days"),
        };
        format!("{shown} {unit}")
    }

    fn columns(&self) -> Vec<&'static str> {
        self.words.pick(
            vec!["ontvangen", "gesloten", "open", "reactie op tijd", "oplossing op tijd"],
            vec!["received", "closed", "open", "response in time", "resolution in time"],
        )
    }

    /// One row of a table, in the order of [`Self::columns`]; below it how fast, and how many there were before.
    fn figures(&self, name: &str, figures: &Figures, past: [Option<&Figures>; 2]) -> Value {
        let cells = vec![
            figures.received.to_string(),
            figures.closed.to_string(),
            figures.open_at_end.to_string(),
            share(figures.first_response_in_time),
            share(figures.resolved_in_time),
        ];
        let labels = self.words.pick(["vorige maand", "vorig jaar"], ["month before", "year before"]);
        let before = labels.into_iter().zip(past).filter_map(|(label, past)| {
            let past = past.filter(|past| **past != Figures::default())?;
            Some(format!("{label} {}", past.received))
        });
        let below: Vec<String> = self.paces(figures).into_iter().chain(before).collect();
        context! { name, cells, below => below.join(" · ") }
    }

    /// Median and 90th percentile of both clocks.
    fn paces(&self, figures: &Figures) -> Vec<String> {
        let pace = |(dutch, english), spread: Option<Spread>, unit| {
            let what: &str = self.words.pick(dutch, english);
            let both = |spread: Spread| {
                format!("{what} {} / {}", self.words.number(spread.median), self.amount(spread.percentile_90, unit))
            };
            spread.map(both)
        };
        let first = pace(("reactie", "response"), figures.first_response_hours, Unit::Hour);
        let resolution = pace(("oplossing", "resolution"), figures.resolution_working_days, Unit::WorkingDay);
        first.into_iter().chain(resolution).collect()
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
