//! What is due by the clock every day: the digests (§2.4.1). Pure; the tick and the register's rows come in.

use super::deciding::Pen;
use super::draft::{Content, Draft, Enclosed};
use super::sight::{is_hidden, may, supervisor};
use super::{Decision, Department, Fresh, Rules};
use crate::case::{Actor, Address, Case, CaseNumber, Event, Moment, What};
use crate::digest::sheet::{self, SheetAsked, Table, sheet};
use crate::digest::{Asked, Digest, Goes, May, Named, build, chart, placed};
use chrono::{Days, NaiveDate};
use std::collections::BTreeSet;

/// Days looked back for the last digest that was due: longer than any run of closing days.
const LOOK_BACK_DAYS: u64 = 60;

/// Days of closed cases that a digest needs beside the open ones: its picture's four weeks. A closing letter that failed
/// stands in it as long.
const CLOSED_DAYS: u64 = chart::DAYS as u64;

/// Whether a digest is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigestDue {
    Nothing,
    /// The very first start: nothing is made up for.
    NoteOnly {
        day: NaiveDate,
    },
    Write {
        day: NaiveDate,
        since: Moment,
    },
}

/// The digest that is due now, given the last one (its day and when it was written): once per day even across
/// restarts, and after an outage one, not five.
pub fn digest_due(last: Option<(NaiveDate, Moment)>, rules: &Rules, now: Moment) -> DigestDue {
    let today = rules.calendar.local(now).date_naive();
    let is_past = |day: NaiveDate| rules.calendar.at(day, rules.digest.at) <= now;
    let counts = |day: NaiveDate| !rules.digest.working_days_only || rules.calendar.is_working_day(day);
    let days = (0..LOOK_BACK_DAYS).filter_map(|back| today.checked_sub_days(Days::new(back)));
    let Some(day) = days.into_iter().find(|day| counts(*day) && is_past(*day)) else { return DigestDue::Nothing };
    match last {
        None => DigestDue::NoteOnly { day },
        Some((last_day, written)) if last_day < day => DigestDue::Write { day, since: written },
        Some(_) => DigestDue::Nothing,
    }
}

/// Since when closed cases must be known for a digest that is written now.
pub fn digest_needs_closed_since(since: Moment, now: Moment) -> Moment {
    since.min(now.checked_sub_days(Days::new(CLOSED_DAYS)).unwrap_or(since))
}

/// All digests of a day: each supervisor gets one of the own departments, `digest.recipients` the company's.
pub fn on_digest(
    day: NaiveDate,
    back: &LookBack,
    cases: &[Case],
    chain_head: &str,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let pen = Pen { rules, fresh };
    let departments = named(rules);
    let zone = rules.calendar.zone();
    let LookBack { since, registered } = back;
    let asked = |of| Asked { of, departments: &departments, since: *since, registered, now, zone, chain_head };
    let mut letters: Vec<Draft> = Vec::new();
    let of_company = rules.digest_recipients.iter().map(|to| (to, Vec::new()));
    let readers: Vec<(&Address, Vec<String>)> = supervised(rules).into_iter().chain(of_company).collect();
    for (to, names) in &readers {
        let (digest, sheet) = whole(to, &seen_by(to, names, cases, rules), &asked(names), rules);
        letters.push(letter((*to).clone(), digest, sheet, pen));
    }
    // Who watches over a confidential case and has no overview otherwise gets one of these.
    for to in keepers(cases, rules) {
        if letters.iter().all(|letter| letter.to != to) {
            let own: Vec<Case> = cases.iter().filter(|case| is_kept_by(case, &to, rules)).cloned().collect();
            let (digest, sheet) = whole(&to, &own, &asked(&[]), rules);
            letters.push(letter(to, digest, sheet, pen));
        }
    }
    let what = What::DigestWritten { day, recipients: letters.len() };
    let event = Event { at: now, case: None, actor: Actor::Desk, mail: None, what };
    Decision { events: vec![event], letters }
}

/// Each supervisor, with the departments that are hers: one mail, however many.
fn supervised(rules: &Rules) -> Vec<(&Address, Vec<String>)> {
    let mut all: Vec<(&Address, Vec<String>)> = Vec::new();
    for department in &rules.departments {
        match all.iter_mut().find(|(to, _)| **to == department.supervisor) {
            Some((_, names)) => names.push(department.name.clone()),
            None => all.push((&department.supervisor, vec![department.name.clone()])),
        }
    }
    all
}

/// The cases of an overview for that reader: some departments', else all; of the confidential ones those that the reader may see,
/// and within a department's also those of others that the reader watches over.
pub(super) fn seen_by(reader: &Address, departments: &[String], cases: &[Case], rules: &Rules) -> Vec<Case> {
    let is_of = |case: &Case| departments.is_empty() || departments.contains(&case.department);
    let is_seen = |case: &&Case| is_of(case) && !is_hidden(case, reader, rules) || is_kept_by(case, reader, rules);
    cases.iter().filter(is_seen).cloned().collect()
}

fn is_kept_by(case: &Case, reader: &Address, rules: &Rules) -> bool {
    case.confidential.is_some() && supervisor(case, rules).as_ref() == Some(reader)
}

fn keepers(cases: &[Case], rules: &Rules) -> Vec<Address> {
    cases.iter().filter(|case| case.confidential.is_some()).filter_map(|case| supervisor(case, rules)).collect()
}

/// What a digest looks back on. The mail balance beside it counts from the same moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookBack {
    /// When the last digest was made.
    pub since: Moment,
    /// The cases that were registered since, whenever their complaint was lodged: what waited in the mailbox before
    /// the first start, or was passed on late, was not told of before.
    pub registered: BTreeSet<CaseNumber>,
}

/// One digest with its picture and its spreadsheet.
fn whole(reader: &Address, cases: &[Case], asked: &Asked<'_>, rules: &Rules) -> (Digest, Option<Enclosed>) {
    let mut digest = build(cases, asked);
    for row in digest.sections.values_mut().flatten() {
        let case = cases.iter().find(|case| case.number == row.number);
        row.may = case.map_or(May::Look, |case| may(case, reader, rules));
    }
    let own = cases.iter().filter(|case| asked.shows(case));
    digest.picture = chart::shown(&chart::days(own, asked.now, &rules.calendar), rules.language);
    let listed: Vec<&Case> = placed(cases, asked).into_iter().map(|(_, case)| case).collect();
    let name = rules.language.pick(format!("klachten-{}.xlsx", digest.day), format!("complaints-{}.xlsx", digest.day));
    let (goes, sheet) = enclosed_sheet(name, &listed, &[], rules, asked.now);
    digest.sheet = goes;
    (digest, sheet)
}

fn letter(to: Address, digest: Digest, sheet: Option<Enclosed>, pen: Pen<'_>) -> Draft {
    let enclosed = sheet.into_iter().collect();
    Draft { enclosed, ..pen.caseless(to, Content::Digest(Box::new(digest))) }
}

/// The spreadsheet of an overview. One that cannot be made (more rows than the format has) is left out: the overview
/// itself always goes, and says so.
pub(super) fn enclosed_sheet(
    name: String,
    cases: &[&Case],
    pages: &[Table],
    rules: &Rules,
    now: Moment,
) -> (Goes, Option<Enclosed>) {
    if cases.is_empty() {
        return (Goes::Nothing, None);
    }
    let departments = &named(rules);
    let asked = SheetAsked { departments, pages, now, zone: rules.calendar.zone(), language: rules.language };
    match sheet(cases.iter().copied(), &asked) {
        Ok(content) => (Goes::Along, Some(Enclosed { name, media_type: sheet::MEDIA_TYPE.to_owned(), content })),
        Err(_) => (Goes::LeftOut, None),
    }
}

/// The departments as overviews name them.
pub(super) fn named(rules: &Rules) -> Vec<Named> {
    let named = |department: &Department| Named {
        name: department.name.clone(),
        title: department.title.clone(),
        address: department.address.clone(),
    };
    rules.departments.iter().map(named).collect()
}
