//! Moments as staff type them, Dutch or English: ahead for `#agenda vr 14:00 garage bellen` (§2.4.1), back for
//! `Ontvangen: gisteren 16:30` (§2.1.1, invariant 9). Pure: now and the desk's calendar come in as arguments.
//!
//! What leaves doubt is an error with a form that would be right, never a guess. The reader of the mail is told
//! the moment that was understood, so that a slip is seen.

mod days;
mod said;
mod vocabulary;

pub use days::{asked, last_day};

use crate::calendar::Calendar;
use crate::case::Moment;
use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, Timelike, Weekday};
use said::{Base, Part, Said, Unit, Which, read};

/// Where no hour is said, the day's work begins here; also of a morning.
pub const START_OF_WORK: NaiveTime = hour(9);
/// Where only `middag` or `afternoon` is said.
const AFTERNOON: NaiveTime = hour(13);
/// Where only `avond` or `evening` is said.
const EVENING: NaiveTime = hour(18);
/// Before this hour a moment is outside working hours; garages open at seven.
const EARLIEST_WORK: NaiveTime = hour(7);
/// What is further ahead is a slip in the year: no complaint is open for so long.
pub const AHEAD_DAYS_MAX: i64 = 2 * 366;
/// A date without a year that was this year already means next year's, but not beyond this: `23-11` typed on
/// 24 November is a slip.
const YEARLESS_DAYS_MAX: i64 = 300;
/// What is longer ago was not received only now (§2.1.1, §2.3); a slip in the year.
pub const AGO_DAYS_MAX: i64 = 366;
/// Clocks of people run ahead of ours by some minutes; that still means now.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::minutes(10);
/// What was found is repeated in the letter back to here; more is not needed to recognise it.
const FOUND_CHARS_MAX: usize = 60;
/// The form that is proposed, and understood by everybody.
const PROPOSED: &str = "%d-%m-%Y %H:%M";

/// An agenda item as typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned<'text> {
    pub at: Moment,
    pub hours: Hours,
    /// What is to be done; may be empty.
    pub text: &'text str,
}

/// Whether somebody will be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hours {
    Working,
    /// A day off, or too early or late on a working day: kept as typed, and said in the receipt.
    Outside,
}

/// Why a text is no moment that can be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected a moment like `{nearest}`, found `{found}`: {why}")]
pub struct WhenError {
    pub why: Why,
    /// What was typed, one line, shortened.
    pub found: String,
    /// A right form near it: `24-11-2026 14:00`, in the desk's zone.
    pub nearest: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Why {
    #[error("no moment was recognised")]
    NotUnderstood,
    #[error("the hour leaves doubt")]
    Unclear,
    #[error("there is no such day")]
    Impossible,
    #[error("the weekday is not that of the date")]
    Contradiction,
    #[error("it is past")]
    Past,
    #[error("it is still to come")]
    Future,
    #[error("it is too far ahead")]
    TooFar,
    #[error("it is too long ago")]
    TooOld,
}

const fn hour(hour: u32) -> NaiveTime {
    match NaiveTime::from_hms_opt(hour, 0, 0) {
        Some(time) => time,
        None => NaiveTime::MIN,
    }
}

/// Reads the value of `#agenda`: a moment after `now`, then what is to be done.
///
/// A weekday's name is the next such day, today only where the hour is still to come. Without an hour it is
/// [`START_OF_WORK`]. A counted day (`over 2 dagen`) that is a day off moves to the next working day; a named one stays.
///
/// # Errors
/// What is no moment, is past, or lies further ahead than [`AHEAD_DAYS_MAX`].
pub fn planned<'text>(text: &'text str, now: Moment, calendar: &Calendar) -> Result<Planned<'text>, WhenError> {
    let reading = Reading::new(text, now, calendar);
    let at = reading.ahead().map_err(|why| reading.error(why, Direction::Ahead))?;
    let rest = text.get(reading.said.end..).unwrap_or_default();
    let local = calendar.local(at);
    let within = local.time() >= EARLIEST_WORK && at <= calendar.due_after_working_days(at, 0);
    let hours = if within && calendar.is_working_day(local.date_naive()) { Hours::Working } else { Hours::Outside };
    Ok(Planned { at, hours, text: rest.trim() })
}

/// Reads the value of `#tussenbericht`: as [`planned`], but a day without an hour ends with the working day.
///
/// # Errors
/// As [`planned`].
pub fn promised<'text>(text: &'text str, now: Moment, calendar: &Calendar) -> Result<(Moment, &'text str), WhenError> {
    let Planned { at, text: rest, .. } = planned(text, now, calendar)?;
    let said = read(text);
    let by_the_hour = matches!(said.base, Some(Base::Ahead(_, Unit::Minutes | Unit::Hours)));
    let day_only = said.time.is_none() && said.part.is_none() && !by_the_hour;
    let end_of_day = calendar.due_after_working_days(at, 0);
    let until = if day_only && end_of_day > now { end_of_day } else { at };
    Ok((until, rest.trim_start_matches([':', ',', '.', ';', ' '])))
}

/// Reads the value of an `Ontvangen:` line: a moment not after `now`.
///
/// A weekday's name is the last such day, a date without a year the last such date; without an hour it is
/// [`START_OF_WORK`], so that the clock starts rather early than late.
///
/// # Errors
/// What is no moment, is still to come, or is longer ago than [`AGO_DAYS_MAX`]; figures that were left over.
pub fn received(text: &str, now: Moment, calendar: &Calendar) -> Result<Moment, WhenError> {
    let reading = Reading::new(text, now, calendar);
    reading.back().map_err(|why| reading.error(why, Direction::Back))
}

/// Reads the value of `#verstuurd`: as [`received`], but of a day without an hour it is the evening, when the post is
/// collected, so that a clock stops rather late than early; today that is now.
///
/// # Errors
/// As [`received`].
pub fn posted(text: &str, now: Moment, calendar: &Calendar) -> Result<Moment, WhenError> {
    let reading = Reading::new(text, now, calendar);
    let at = reading.back().map_err(|why| reading.error(why, Direction::Back))?;
    let said = &reading.said;
    let by_the_hour = matches!(said.base, Some(Base::Now | Base::Ago(_, Unit::Minutes | Unit::Hours)));
    let day_only = said.time.is_none() && said.part.is_none() && !by_the_hour;
    let evening = || calendar.at(calendar.local(at).date_naive(), EVENING).min(now);
    Ok(if day_only { evening() } else { at })
}

/// The moment in the form that both readers understand, whatever the day: `24-11-2026 14:00`.
#[must_use]
pub fn written(at: Moment, calendar: &Calendar) -> String {
    calendar.local(at).format(PROPOSED).to_string()
}

#[derive(Clone, Copy)]
enum Direction {
    Ahead,
    Back,
}

struct Reading<'a> {
    text: &'a str,
    said: Said,
    now: Moment,
    today: NaiveDate,
    calendar: &'a Calendar,
}

impl<'a> Reading<'a> {
    fn new(text: &'a str, now: Moment, calendar: &'a Calendar) -> Self {
        Self { text, said: read(text), now, today: calendar.local(now).date_naive(), calendar }
    }

    fn ahead(&self) -> Result<Moment, Why> {
        let said = self.understood()?;
        if let Some(at) = self.counted_hours(said.base)? {
            return self.not_past(at);
        }
        let time = self.time();
        let at = |day| self.calendar.at(day, time);
        let day = match (said.base, said.weekday) {
            (Some(Base::Date { year: None, month, day }), _) => self.coming_date(month, day, time)?,
            (Some(Base::Ahead(count, unit)), _) => self.counted(count, unit)?,
            (Some(Base::Week(weeks)), None) => self.workable(self.week(weeks, Weekday::Mon)?),
            (Some(base), weekday) => self.fixed(base, weekday.map(|(day, _)| day))?,
            (None, Some((_, Which::Gone))) => return Err(Why::Past),
            (None, Some((weekday, which))) => {
                let ahead = days_between(self.today.weekday(), weekday);
                let next = ahead == 0 && (which == Which::Coming || at(self.today) <= self.now);
                self.away(if next { 7 } else { ahead })?
            }
            (None, None) if at(self.today) > self.now => self.today,
            (None, None) => self.away(1)?,
        };
        self.agrees(day)?;
        let today_later = day == self.today && said.time.is_none() && at(day) <= self.now;
        self.not_past(if today_later { self.next_full_hour() } else { at(day) })
    }

    fn back(&self) -> Result<Moment, Why> {
        let said = self.understood()?;
        if self.text.get(said.end..).unwrap_or_default().contains(|c: char| c.is_ascii_digit()) {
            // The hour may be among them.
            return Err(Why::NotUnderstood);
        }
        if let Some(at) = self.counted_hours(said.base)? {
            return self.not_future(at);
        }
        let time = self.time();
        let at = |day| self.calendar.at(day, time);
        let not_yet = |day| at(day) > self.now + CLOCKS_DIFFER;
        let day = match (said.base, said.weekday) {
            (Some(Base::Now), _) => return Ok(self.now),
            (Some(Base::Date { year: None, month, day }), _) => {
                let this_year = date(self.today.year(), month, day).ok().filter(|day| *day <= self.today);
                this_year.map_or_else(|| date(self.today.year() - 1, month, day), Ok)?
            }
            (Some(Base::Ahead(..)), _) => return Err(Why::Future),
            (Some(Base::Ago(count, unit)), _) => self.counted_back(count, unit)?,
            // Some day last week is no moment.
            (Some(Base::Week(_)), None) => return Err(Why::NotUnderstood),
            (Some(base), weekday) => self.fixed(base, weekday.map(|(day, _)| day))?,
            (None, Some((_, Which::Coming))) => return Err(Why::Future),
            (None, Some((weekday, which))) => {
                let back = days_between(weekday, self.today.weekday());
                let last = back == 0 && (which == Which::Gone || (said.time.is_some() && not_yet(self.today)));
                self.away(if last { -7 } else { -back })?
            }
            (None, None) => self.today,
        };
        self.agrees(day)?;
        let today_sooner = day == self.today && said.time.is_none();
        self.not_future(if today_sooner { at(day).min(self.now) } else { at(day) })
    }

    /// What was said, if it says a moment at all.
    fn understood(&self) -> Result<&Said, Why> {
        let said = &self.said;
        if said.unclear {
            return Err(Why::Unclear);
        }
        let says_nothing = said.base.is_none() && said.weekday.is_none() && said.time.is_none();
        if says_nothing { Err(Why::NotUnderstood) } else { Ok(said) }
    }

    /// The moment of `over 3 uur` and `een kwartier geleden`: elapsed time, whatever the clocks on the wall do.
    fn counted_hours(&self, base: Option<Base>) -> Result<Option<Moment>, Why> {
        let (count, unit, sign) = match base {
            Some(Base::Ahead(count, unit)) => (count, unit, 1),
            Some(Base::Ago(count, unit)) => (count, unit, -1),
            _ => return Ok(None),
        };
        let minutes = match unit {
            Unit::Minutes => 1,
            Unit::Hours => 60,
            _ => return Ok(None),
        };
        let away = TimeDelta::minutes(sign * minutes * i64::from(count));
        self.now.checked_add_signed(away).map(Some).ok_or(Why::Impossible)
    }

    /// The hour of the day that was said, or that the part of the day stands for.
    fn time(&self) -> NaiveTime {
        let on_a_dial = |time: NaiveTime| (1..12).contains(&time.hour());
        match (self.said.time, self.said.part) {
            (Some(time), Some(Part::Afternoon | Part::Evening)) if on_a_dial(time) => {
                time.overflowing_add_signed(TimeDelta::hours(12)).0
            }
            (Some(time), _) => time,
            (None, Some(Part::Afternoon)) => AFTERNOON,
            (None, Some(Part::Evening)) => EVENING,
            (None, Some(Part::Morning) | None) => START_OF_WORK,
        }
    }

    /// The day of a base that means the same in both directions.
    fn fixed(&self, base: Base, weekday: Option<Weekday>) -> Result<NaiveDate, Why> {
        match base {
            Base::Date { year, month, day } => date(year.unwrap_or(self.today.year()), month, day),
            Base::Away(days) => self.away(days),
            Base::Week(weeks) => self.week(weeks, weekday.unwrap_or(Weekday::Mon)),
            Base::Now | Base::Ago(..) => Err(Why::Past),
            Base::Ahead(..) => Err(Why::Future),
        }
    }

    fn away(&self, days: i64) -> Result<NaiveDate, Why> {
        self.today.checked_add_signed(TimeDelta::days(days)).ok_or(Why::Impossible)
    }

    fn week(&self, weeks: i64, weekday: Weekday) -> Result<NaiveDate, Why> {
        let since_monday = i64::from(self.today.weekday().num_days_from_monday());
        self.away(7 * weeks - since_monday + i64::from(weekday.num_days_from_monday()))
    }

    fn counted(&self, count: u32, unit: Unit) -> Result<NaiveDate, Why> {
        let day = match unit {
            Unit::WorkingDays => Some(self.calendar.add_working_days(self.today, count)),
            Unit::Weeks => self.today.checked_add_days(Days::new(7 * u64::from(count))),
            Unit::Months => self.today.checked_add_months(Months::new(count)),
            Unit::Minutes | Unit::Hours | Unit::Days => self.today.checked_add_days(Days::new(u64::from(count))),
        };
        day.map(|day| self.workable(day)).ok_or(Why::Impossible)
    }

    fn counted_back(&self, count: u32, unit: Unit) -> Result<NaiveDate, Why> {
        match unit {
            Unit::WorkingDays => Err(Why::NotUnderstood),
            Unit::Months => self.today.checked_sub_months(Months::new(count)).ok_or(Why::Impossible),
            Unit::Weeks => self.away(-7 * i64::from(count)),
            Unit::Minutes | Unit::Hours | Unit::Days => self.away(-i64::from(count)),
        }
    }

    /// The day itself, or the first working day after it.
    fn workable(&self, day: NaiveDate) -> NaiveDate {
        if self.calendar.is_working_day(day) { day } else { self.calendar.add_working_days(day, 1) }
    }

    /// This year's date or, where that is past, next year's.
    fn coming_date(&self, month: u32, day: u32, time: NaiveTime) -> Result<NaiveDate, Why> {
        let this_year = date(self.today.year(), month, day);
        let is_ahead = |day: &NaiveDate| *day == self.today || self.calendar.at(*day, time) > self.now;
        if let Some(day) = this_year.ok().filter(is_ahead) {
            return Ok(day);
        }
        let next_year = date(self.today.year() + 1, month, day);
        let near = |day: &NaiveDate| (*day - self.today).num_days() <= YEARLESS_DAYS_MAX;
        next_year.ok().filter(near).ok_or(if this_year.is_ok() { Why::Past } else { Why::Impossible })
    }

    /// `vrijdag 24 november` must be a Friday.
    fn agrees(&self, day: NaiveDate) -> Result<(), Why> {
        match self.said.weekday {
            Some((weekday, _)) if weekday != day.weekday() => Err(Why::Contradiction),
            _ => Ok(()),
        }
    }

    /// For an agenda item of today without an hour.
    fn next_full_hour(&self) -> Moment {
        let local = self.calendar.local(self.now);
        let past_the_hour = TimeDelta::minutes(i64::from(local.minute())) + TimeDelta::seconds(local.second().into());
        let hour = self.now - past_the_hour + TimeDelta::hours(1);
        hour.with_nanosecond(0).unwrap_or(hour)
    }

    fn not_past(&self, at: Moment) -> Result<Moment, Why> {
        match (at - self.now).num_days() {
            _ if at <= self.now => Err(Why::Past),
            days if days > AHEAD_DAYS_MAX => Err(Why::TooFar),
            _ => Ok(at),
        }
    }

    fn not_future(&self, at: Moment) -> Result<Moment, Why> {
        match (self.now - at).num_days() {
            _ if at > self.now + CLOCKS_DIFFER => Err(Why::Future),
            days if days > AGO_DAYS_MAX => Err(Why::TooOld),
            _ => Ok(at.min(self.now)),
        }
    }

    /// The error with a form that would be right: the same hour on the next working day, or on the last day that has it.
    fn error(&self, why: Why, direction: Direction) -> WhenError {
        let time = self.time();
        let nearest = match direction {
            Direction::Ahead => self.calendar.at(self.calendar.add_working_days(self.today, 1), time),
            Direction::Back => {
                let today = self.calendar.at(self.today, time);
                let yesterday = self.today.pred_opt().map_or(today, |day| self.calendar.at(day, time));
                if today <= self.now { today } else { yesterday }
            }
        };
        let one_line = self.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let found = one_line.chars().filter(|c| !c.is_control()).take(FOUND_CHARS_MAX).collect();
        WhenError { why, found, nearest: written(nearest, self.calendar) }
    }
}

/// Days from one weekday ahead to the other, 0 to 6.
fn days_between(from: Weekday, to: Weekday) -> i64 {
    i64::from(to.days_since(from))
}

fn date(year: i32, month: u32, day: u32) -> Result<NaiveDate, Why> {
    NaiveDate::from_ymd_opt(year, month, day).ok_or(Why::Impossible)
}

#[cfg(test)]
mod tests;
