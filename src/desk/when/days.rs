//! Days within what was typed: a last day that is ahead (`verweer voor 15-1-2027`), the day on which something was asked for. Pure.

use super::said::{Base, read};
use super::{Direction, Reading, WhenError, Why};
use crate::calendar::Calendar;
use crate::case::Moment;
use crate::text::fold;
use chrono::NaiveDate;

/// Words behind which a last day stands.
const BY: [&str; 6] = ["uiterlijk", "voor", "tot", "by", "before", "until"];
/// Words behind which stands when something was.
const ON: [&str; 6] = ["op", "van", "ontvangen", "on", "of", "received"];

/// A last day ahead, and the text: without the day where it begins with it (`15-1-2027`, `uiterlijk vrijdag`), else the whole,
/// in which a date stands somewhere. None: it names none.
///
/// # Errors
/// A last day is meant, and it is none: it is past, there is no such day, or it is another day of the week.
pub fn last_day<'text>(
    text: &'text str,
    now: Moment,
    calendar: &Calendar,
) -> Result<Option<(NaiveDate, &'text str)>, WhenError> {
    let text = text.trim();
    let (mut rest, mut is_first, mut is_by) = (text, true, false);
    while !rest.is_empty() {
        let (word, after) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        let reading = Reading::new(rest, now, calendar);
        let (typed, left) = rest.split_at_checked(reading.said.end).unwrap_or((rest, ""));
        let is_date = is_date(typed, reading.said.base);
        let names_day = reading.said.base.is_some_and(|base| base != Base::Now) || reading.said.weekday.is_some();
        // A day of this year that is past tells when something was, where nothing says that it is a last day.
        let has_year = matches!(reading.said.base, Some(Base::Date { year: Some(_), .. }));
        match reading.ahead() {
            Ok(at) if is_date || (is_first || is_by) && names_day => {
                let day = calendar.local(at).date_naive();
                return Ok(Some((day, if is_first { left.trim() } else { text })));
            }
            Err(why) if is_date && (why != Why::Past || is_first && has_year) || is_by && names_day => {
                return Err(Reading::new(typed.trim(), now, calendar).error(why, Direction::Ahead));
            }
            _ => {}
        }
        is_by = BY.contains(&fold(word).as_str());
        is_first = is_first && is_by;
        rest = if is_date { left.trim_start() } else { after.trim_start() };
    }
    Ok(None)
}

/// A whole date: figures alone may be an amount or a part of something.
fn is_date(typed: &str, base: Option<Base>) -> bool {
    let is_named = |year: Option<i32>| year.is_some() || typed.contains(char::is_alphabetic);
    matches!(base, Some(Base::Date { year, .. }) if is_named(year))
}

/// A day that is past, with which a text begins, and what follows; None: it begins with none.
pub fn asked<'text>(text: &'text str, now: Moment, calendar: &Calendar) -> Option<(Moment, &'text str)> {
    let (first, rest) = text.trim().split_once(char::is_whitespace).unwrap_or((text.trim(), ""));
    let text = if ON.contains(&fold(first).as_str()) { rest } else { text.trim() };
    let (typed, left) = text.split_at_checked(read(text).end)?;
    let reading = Reading::new(typed, now, calendar);
    let names_day = reading.said.base.is_some_and(|base| base != Base::Now) || reading.said.weekday.is_some();
    Some((reading.back().ok().filter(|_| names_day)?, left.trim()))
}
