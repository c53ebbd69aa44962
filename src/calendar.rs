//! Working days, Dutch public holidays and due moments. Pure: no clock, every moment comes in as an argument.
//!
//! The procedure counts in two ways: elapsed hours (§1 "within 24 hours", weekends included) and working days
//! (§1 "three working days of receipt", the receipt day being day 0). The zone is the desk's (invariant 9).

use crate::config::{Deadlines, Holidays, LiberationDay};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc, Weekday};
use chrono_tz::Tz;
use std::collections::BTreeSet;

/// Minutes looked ahead for the end of a gap in local time. The largest gap there ever was is a whole day
/// (Samoa skipped 30 December 2011); a gap of daylight saving is an hour.
const MAX_GAP_MINUTES: i64 = 24 * 60;

/// The desk's calendar: its zone, its holidays and closing days, the hour its day ends.
#[derive(Debug, Clone)]
pub struct Calendar {
    zone: Tz,
    end_of_day: NaiveTime,
    holidays: Holidays,
    good_friday: bool,
    liberation_day: LiberationDay,
    closed_days: BTreeSet<NaiveDate>,
}

impl Calendar {
    /// The calendar of a desk in `zone` that keeps the terms and days off of `deadlines`.
    #[must_use]
    pub fn new(zone: Tz, deadlines: &Deadlines) -> Self {
        Self {
            zone,
            end_of_day: deadlines.end_of_day,
            holidays: deadlines.holidays,
            good_friday: deadlines.good_friday,
            liberation_day: deadlines.liberation_day,
            closed_days: deadlines.closed_days.iter().copied().collect(),
        }
    }

    /// The desk's zone.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.zone
    }

    /// Whether the company works on `date`: no weekend, public holiday or closing day (§1, clock B).
    #[must_use]
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        !matches!(date.weekday(), Weekday::Sat | Weekday::Sun)
            && !self.closed_days.contains(&date)
            && !self.is_holiday(date)
    }

    /// The `n`-th working day after `from`, which is itself day 0 whatever day it is; `n` = 0 gives `from`.
    /// Beyond the last day chrono knows (year 262142) that last day.
    #[must_use]
    pub fn add_working_days(&self, from: NaiveDate, n: u32) -> NaiveDate {
        let Some(skipped) = n.checked_sub(1) else { return from };
        let later = from.iter_days().skip(1).filter(|day| self.is_working_day(*day));
        later.take(usize::try_from(skipped).unwrap_or(usize::MAX).saturating_add(1)).last().unwrap_or(NaiveDate::MAX)
    }

    /// `hours` elapsed hours after `received`, weekends and holidays included (§1, clock A; §2.1.2).
    #[must_use]
    pub fn due_after_hours(&self, received: DateTime<Utc>, hours: u32) -> DateTime<Utc> {
        received.checked_add_signed(TimeDelta::hours(i64::from(hours))).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The end of the `n`-th working day after the day of receipt in the desk's zone (§1, clock B).
    #[must_use]
    pub fn due_after_working_days(&self, received: DateTime<Utc>, n: u32) -> DateTime<Utc> {
        self.at(self.add_working_days(self.local(received).date_naive(), n), self.end_of_day)
    }

    /// The moment it is `time` on `date` in the desk's zone. A time that the change to summer time skips gives the
    /// first moment after the gap; one that occurs twice (change to winter time) the earlier of the two, so that
    /// nothing promised is late.
    #[must_use]
    pub fn at(&self, date: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
        let wanted = date.and_time(time);
        if let Some(moment) = self.zone.from_local_datetime(&wanted).earliest() {
            return moment.to_utc();
        }
        // Gaps begin and end on whole minutes, so the walk starts on the minute; a search by halves would be
        // shorter in steps, but not in lines, and this runs once a year.
        let minute = wanted - TimeDelta::seconds(i64::from(chrono::Timelike::second(&wanted)));
        (1..=MAX_GAP_MINUTES)
            .filter_map(|ahead| minute.checked_add_signed(TimeDelta::minutes(ahead)))
            .find_map(|later| self.zone.from_local_datetime(&later).earliest())
            .map_or_else(|| wanted.and_utc(), |moment| moment.to_utc())
    }

    /// `moment` as the desk's clocks on the wall show it.
    #[must_use]
    pub fn local(&self, moment: DateTime<Utc>) -> DateTime<Tz> {
        moment.with_timezone(&self.zone)
    }

    /// The same day `months` later, or that month's last day where it is shorter: the last day on which the
    /// committee takes a dispute about a complaint lodged on `date` (procedure, end).
    #[must_use]
    pub fn month_later(&self, date: NaiveDate, months: u32) -> NaiveDate {
        date.checked_add_months(Months::new(months)).unwrap_or(NaiveDate::MAX)
    }

    fn is_holiday(&self, date: NaiveDate) -> bool {
        match self.holidays {
            Holidays::None => false,
            Holidays::Netherlands => self.is_fixed_holiday(date) || self.is_easter_holiday(date),
        }
    }

    fn is_fixed_holiday(&self, date: NaiveDate) -> bool {
        match (date.month(), date.day()) {
            (1, 1) | (12, 25 | 26) => true,
            // King's Day is 27 April; where that is a Sunday, the Saturday before it.
            (4, 26) => date.weekday() == Weekday::Sat,
            (4, 27) => date.weekday() != Weekday::Sun,
            (5, 5) => match self.liberation_day {
                LiberationDay::Never => false,
                LiberationDay::Lustrum => date.year() % 5 == 0,
                LiberationDay::Yearly => true,
            },
            _ => false,
        }
    }

    fn is_easter_holiday(&self, date: NaiveDate) -> bool {
        let Some(easter) = easter_sunday(date.year()) else { return false };
        match (date - easter).num_days() {
            -2 => self.good_friday,
            // Easter Sunday and Monday, Ascension Day, Whit Sunday and Monday.
            0 | 1 | 39 | 49 | 50 => true,
            _ => false,
        }
    }
}

/// Easter Sunday of `year` by the Gregorian computus (Meeus/Jones/Butcher; J. Meeus, Astronomical Algorithms, ch. 8).
fn easter_sunday(year: i32) -> Option<NaiveDate> {
    let lunar = year.rem_euclid(19);
    let (century, of_century) = (year.div_euclid(100), year.rem_euclid(100));
    let correction = (century - (century + 8).div_euclid(25) + 1).div_euclid(3);
    let full_moon = (19 * lunar + century - century.div_euclid(4) - correction + 15).rem_euclid(30);
    let to_sunday =
        (32 + 2 * century.rem_euclid(4) + 2 * of_century.div_euclid(4) - full_moon - of_century.rem_euclid(4))
            .rem_euclid(7);
    let late = (lunar + 11 * full_moon + 22 * to_sunday).div_euclid(451);
    let days = full_moon + to_sunday - 7 * late;
    // Day 0 is 22 March.
    NaiveDate::from_ymd_opt(year, 3, 22)?.checked_add_days(Days::new(u64::try_from(days).ok()?))
}

#[cfg(test)]
mod tests;
