//! The small picture of the digest: complaints received, closed and overdue per day over four weeks, and the words
//! that say the same for who does not see it. `draw.rs` paints. Pure: cases in, numbers, words and a PNG out.

mod draw;
#[cfg(test)]
mod tests;

use super::Picture;
use crate::calendar::Calendar;
use crate::case::{Case, CaseState, Clock, Language, Moment};
use crate::typeface::TypefaceError;
use chrono::{Datelike, NaiveDate, NaiveTime};

/// Days in the picture: four weeks.
pub const DAYS: usize = 28;

/// What happened on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    pub date: NaiveDate,
    /// Complaints lodged.
    pub received: u32,
    /// Cases closed and not reopened since.
    pub closed: u32,
    /// Cases with a clock past its last moment when the day ended (or, for the last day, now).
    pub overdue: u32,
}

/// Why there is no picture.
#[derive(Debug, thiserror::Error)]
pub enum ChartError {
    #[error(transparent)]
    Typeface(#[from] TypefaceError),
    #[error("tried to make a canvas of {width} × {height} pixels, found no room for it")]
    Canvas { width: u32, height: u32 },
    #[error("tried to write the picture as PNG, found: {0}")]
    Png(String),
}

/// The last [`DAYS`] days up to the one of `now` in the desk's zone, oldest first. What is no complaint, or goes on
/// under another number, is not counted. Of a reopened case only the present round is known: before it, it counts
/// as received and no more.
pub fn days<'a>(cases: impl IntoIterator<Item = &'a Case>, now: Moment, calendar: &Calendar) -> Vec<Day> {
    let today = calendar.local(now).date_naive();
    let counted: Vec<&Case> = cases.into_iter().filter(|case| is_counted(case)).collect();
    let oldest_first = (0..DAYS as u64).rev().filter_map(|back| today.checked_sub_days(chrono::Days::new(back)));
    let day = |date: NaiveDate| {
        let start = calendar.at(date, NaiveTime::MIN);
        let end = date.succ_opt().map_or(now, |next| calendar.at(next, NaiveTime::MIN));
        let is_on = |at: Moment| start <= at && at < end && at <= now;
        Day {
            date,
            received: count(&counted, |case| is_on(case.lodged_at)),
            closed: count(&counted, |case| case.closed_at.is_some_and(is_on)),
            overdue: count(&counted, |case| is_overdue(case, end.min(now))),
        }
    };
    oldest_first.map(day).collect()
}

fn is_counted(case: &Case) -> bool {
    match case.state {
        CaseState::Open | CaseState::Closed => true,
        CaseState::Dismissed | CaseState::Merged => false,
    }
}

fn count(cases: &[&Case], is_one: impl Fn(&Case) -> bool) -> u32 {
    u32::try_from(cases.iter().filter(|case| is_one(case)).count()).unwrap_or(u32::MAX)
}

/// Whether the case was open at `end`, in its present round, with a clock past its last moment.
pub(super) fn is_overdue(case: &Case, end: Moment) -> bool {
    let was_open = case.received_at <= end && case.closed_at.is_none_or(|closed| closed > end);
    let is_late = |clock| {
        let (due, stopped) = case.clock(clock);
        due < end && stopped.is_none_or(|at| at > end)
    };
    was_open && [Clock::Acknowledge, Clock::FirstResponse, Clock::Resolve].into_iter().any(is_late)
}

/// The picture and its words; None where nothing happened in the four weeks. Where it cannot be painted the words go
/// alone: a digest never fails for its picture.
pub fn shown(days: &[Day], language: Language) -> Option<Picture> {
    let quiet = days.iter().all(|day| (day.received, day.closed, day.overdue) == (0, 0, 0));
    (!quiet).then(|| Picture { png: picture(days, language).ok(), alt: alt_text(days, language) })
}

/// The picture as PNG, 560 × 220 points at two pixels a point. Blue, light blue and vermilion of Okabe and Ito, which
/// colour-blind people tell apart; bars and a line differ without any colour.
pub fn picture(days: &[Day], language: Language) -> Result<Vec<u8>, ChartError> {
    draw::png(days, &Labels::new(days, language))
}

/// The picture in words.
pub fn alt_text(days: &[Day], language: Language) -> String {
    let (Some(first), Some(last)) = (days.first(), days.last()) else { return String::new() };
    let (received, closed) = (total(days, |day| day.received), total(days, |day| day.closed));
    let most = days.iter().map(|day| day.overdue).max().unwrap_or(0);
    let (from, to, now) = (date(first.date, language), date(last.date, language), last.overdue);
    language.pick(
        format!(
            "Klachten per dag van {from} tot en met {to}: {received} ontvangen, {closed} gesloten; te laat: nu {now}, \
             op het hoogst {most}."
        ),
        format!(
            "Complaints per day from {from} to {to}: {received} received, {closed} closed; overdue: {now} now, \
             {most} at most."
        ),
    )
}

fn total(days: &[Day], number: impl Fn(&Day) -> u32) -> u64 {
    days.iter().map(|day| u64::from(number(day))).sum()
}

/// The words of the picture.
struct Labels {
    received: String,
    closed: String,
    overdue: String,
    language: Language,
}

impl Labels {
    fn new(days: &[Day], language: Language) -> Self {
        let (received, closed) = (total(days, |day| day.received), total(days, |day| day.closed));
        let overdue = days.last().map_or(0, |day| day.overdue);
        let (received_word, closed_word, overdue_word) =
            language.pick(("Ontvangen", "Gesloten", "Te laat, nu"), ("Received", "Closed", "Overdue, now"));
        Self {
            received: format!("{received_word} {received}"),
            closed: format!("{closed_word} {closed}"),
            overdue: format!("{overdue_word} {overdue}"),
            language,
        }
    }
}

const MONTHS: [(&str, &str); 12] = [
    ("jan", "Jan"),
    ("feb", "Feb"),
    ("mrt", "Mar"),
    ("apr", "Apr"),
    ("mei", "May"),
    ("jun", "Jun"),
    ("jul", "Jul"),
    ("aug", "Aug"),
    ("sep", "Sep"),
    ("okt", "Oct"),
    ("nov", "Nov"),
    ("dec", "Dec"),
];

/// `23 nov`.
fn date(date: NaiveDate, language: Language) -> String {
    let (dutch, english) =
        usize::try_from(date.month0()).ok().and_then(|at| MONTHS.get(at)).copied().unwrap_or_default();
    let month = language.pick(dutch, english);
    format!("{} {month}", date.day())
}
