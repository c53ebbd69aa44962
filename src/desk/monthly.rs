//! What is due by the clock every month: the reports (§2.4.1), on the first working day of the next month. Pure; the
//! tick and the register's rows come in.

use super::deciding::Pen;
use super::draft::{Content, Draft, Enclosed};
use super::duty::{enclosed_sheet, named};
use super::rehearsal::{Ended, proposed};
use super::sight::is_hidden;
use super::{Decision, Fresh, Rules};
use crate::case::{Actor, Address, Case, Event, Moment, What, Why};
use crate::digest::month::{Compared, Life, Month, MonthAsked, MonthOverview, PastTerms, cases_of, compared, pages};
use chrono::{Days, NaiveDate};
use std::borrow::Cow;

/// Months that are made up for after an outage: a year, which is also what a yearly report would need.
const MONTHS_MADE_UP_MAX: usize = 12;

/// Words that a report proposes as keywords: what somebody reads and thinks about.
const PROPOSED_MAX: usize = 5;

/// Days in which a month's first working day is looked for: two months, because one may be closed altogether; its report
/// goes out when the company opens again.
const FIRST_DAYS_MAX: u64 = 62;

/// Whether a month's report is due. Its run is noted under the first day of the month in which it is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MonthDue {
    Nothing,
    /// The very first start: nothing is made up for.
    NoteOnly {
        run: NaiveDate,
    },
    Write {
        run: NaiveDate,
        /// The month it is about: the one before.
        month: Month,
    },
}

/// The report that is due now, given the last run: each month's once, whatever restarts. After an outage the oldest that
/// is missing, because each month's numbers stand in its own report only; the next tick has the next.
pub fn month_due(last: Option<NaiveDate>, rules: &Rules, now: Moment) -> MonthDue {
    let this = Month::of(rules.calendar.local(now).date_naive());
    let Some(last) = last else { return MonthDue::NoteOnly { run: this.first_day() } };
    let back = std::iter::successors(Some(this), |month| Some(month.before())).take(MONTHS_MADE_UP_MAX);
    let missing = back.take_while(|month| month.first_day() > last);
    let due = missing.filter(|month| is_past(*month, rules, now)).last();
    due.map_or(MonthDue::Nothing, |due| MonthDue::Write { run: due.first_day(), month: due.before() })
}

/// The hour of the digest on the month's first working day has come.
fn is_past(month: Month, rules: &Rules, now: Moment) -> bool {
    first_working_day(month, rules).is_some_and(|day| rules.calendar.at(day, rules.digest.at) <= now)
}

/// The day on which the report of the month before goes out.
pub fn first_working_day(month: Month, rules: &Rules) -> Option<NaiveDate> {
    let mut days = (0..FIRST_DAYS_MAX).filter_map(|ahead| month.first_day().checked_add_days(Days::new(ahead)));
    days.find(|day| rules.calendar.is_working_day(*day))
}

/// All reports of a month, from all cases that are counted in it: each department's supervisor gets the department's,
/// `digest.recipients` the company's.
pub fn on_month(month: Month, lives: &[Life], rules: &Rules, now: Moment, fresh: &mut Fresh) -> Decision {
    let pen = Pen { rules, fresh };
    let mut letters: Vec<Draft> = Vec::new();
    let of_departments = rules.departments.iter().map(|d| (&d.supervisor, Some(d.name.as_str())));
    // What is confidential counts in the reports of nobody but who may see it.
    for (to, name) in of_departments.chain(rules.digest_recipients.iter().map(|to| (to, None))) {
        let (overview, sheet) = whole(&visible_to(to, lives, rules), month, name, rules, now);
        let content = Content::Month(Box::new(overview));
        letters.push(Draft { enclosed: sheet, ..pen.caseless(to.clone(), content) });
    }
    let first = month.first_day();
    let what = What::MonthWritten { month: first, recipients: letters.len() };
    let event = Event { at: now, case: None, actor: Actor::Desk, mail: None, what };
    Decision { events: vec![event], letters }
}

/// The company's figures of a month, for whoever wants them without a letter.
pub fn month_figures(month: Month, lives: &[Life], rules: &Rules, now: Moment) -> Compared {
    let departments = named(rules);
    compared(lives, &MonthAsked { month, department: None, departments: &departments, calendar: &rules.calendar, now })
}

fn visible_to<'a>(reader: &Address, lives: &'a [Life], rules: &Rules) -> Cow<'a, [Life]> {
    let is_visible = |life: &&Life| !is_hidden(&life.case, reader, rules);
    if lives.iter().all(|life| is_visible(&life)) {
        return Cow::Borrowed(lives);
    }
    lives.iter().filter(is_visible).cloned().collect()
}

/// One report with its spreadsheet.
fn whole(
    lives: &[Life],
    month: Month,
    department: Option<&str>,
    rules: &Rules,
    now: Moment,
) -> (MonthOverview, Vec<Enclosed>) {
    let departments = named(rules);
    let asked = MonthAsked { month, department, departments: &departments, calendar: &rules.calendar, now };
    let name = rules.language.pick(format!("klachten-{month}.xlsx"), format!("complaints-{month}.xlsx"));
    let compared = compared(lives, &asked);
    let pages = pages(&compared, rules.language, rules.calendar.zone());
    let (goes, sheet) = enclosed_sheet(name, &cases_of(lives, &asked), &pages, rules, now);
    let proposed = proposals(lives, month, department, rules);
    let department_title = department.map(|name| rules.title(name).to_owned());
    (
        MonthOverview { department_title, compared, sheet: goes, past_terms: PastTerms::default(), proposed },
        sheet.into_iter().collect(),
    )
}

/// For the whole company: words of complaints that colleagues had to move, each with the department it would have found.
fn proposals(lives: &[Life], month: Month, department: Option<&str>, rules: &Rules) -> Vec<(String, String)> {
    if department.is_some() {
        return Vec::new();
    }
    let is_of = |case: &&Case| Month::of(rules.calendar.local(case.lodged_at).date_naive()) == month;
    let cases = || lives.iter().map(|life| &life.case).filter(is_of);
    let moved = cases().filter(|case| case.routing == Why::Person);
    let misrouted = moved.filter(|case| rules.routes.route(&case.subject, &case.text).department != case.department);
    let misrouted = misrouted.map(|case| case.number).collect();
    let found = proposed(&cases().map(Ended::of).collect::<Vec<_>>(), &misrouted).into_iter().take(PROPOSED_MAX);
    found.map(|one| (rules.title(&one.department).to_owned(), one.word)).collect()
}
