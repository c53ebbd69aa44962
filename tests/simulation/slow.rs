//! The terms of the procedure, counted slowly and by hand: no time zone database, no rule for Easter, no code of
//! klachtpost. Covers March to May 2026, Netherlands.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Timelike, Utc, Weekday};

/// Days off in these months, from the calendar on the wall: Easter Monday, King's Day, Ascension Day, Whit Monday. 5 May
/// is none: 2026 is no lustrum.
const DAYS_OFF: [(u32, u32); 4] = [(4, 6), (4, 27), (5, 14), (5, 25)];
/// Clocks go to summer time in the night to 29 March, at 01:00 UTC.
const SUMMER_TIME: &str = "2026-03-29T01:00:00Z";
const DAYS: [(&str, &str); 7] = [
    ("maandag", "Monday"),
    ("dinsdag", "Tuesday"),
    ("woensdag", "Wednesday"),
    ("donderdag", "Thursday"),
    ("vrijdag", "Friday"),
    ("zaterdag", "Saturday"),
    ("zondag", "Sunday"),
];
const MONTHS: [(&str, &str); 3] = [("maart", "March"), ("april", "April"), ("mei", "May")];

pub type Moment = DateTime<Utc>;

/// What the clock on the wall shows, as if it were UTC.
pub fn wall(at: Moment) -> Moment {
    let summer: Moment = SUMMER_TIME.parse().expect("a moment");
    at + TimeDelta::hours(if at < summer { 1 } else { 2 })
}

/// The moment at which the clock on the wall shows that hour.
pub fn at_wall(day: NaiveDate, hour: u32, minute: u32) -> Moment {
    let shown = day.and_hms_opt(hour, minute, 0).expect("a time").and_utc();
    [1, 2]
        .into_iter()
        .map(|h| shown - TimeDelta::hours(h))
        .find(|at| wall(*at) == shown)
        .expect("no hour that is skipped")
}

pub fn works(day: NaiveDate) -> bool {
    assert!(day.year() == 2026 && (3..=5).contains(&day.month()), "{day} is not on the wall");
    let weekend = matches!(day.weekday(), Weekday::Sat | Weekday::Sun);
    !weekend && !DAYS_OFF.contains(&(day.month(), day.day()))
}

pub fn day_after(day: NaiveDate) -> NaiveDate {
    day.checked_add_days(Days::new(1)).expect("a day")
}

/// §1: within 24 hours, weekends included.
pub fn a_day_later(received: Moment) -> Moment {
    (0..24 * 60).fold(received, |at, _| at + TimeDelta::minutes(1))
}

/// §1: at the end (17:30) of the third working day, the day of receipt being day 0.
pub fn third_working_day(received: Moment) -> Moment {
    let (mut day, mut worked) = (wall(received).date_naive(), 0);
    while worked < 3 {
        day = day_after(day);
        worked += u32::from(works(day));
    }
    at_wall(day, 17, 30)
}

/// `dinsdag 24 maart 2026`, or as the English say it.
pub fn day_in_words(day: NaiveDate, english: bool) -> String {
    let pick = |(dutch, english_word): (&'static str, &'static str)| if english { english_word } else { dutch };
    let weekday = pick(DAYS[day.weekday().num_days_from_monday() as usize]);
    let month = pick(MONTHS[day.month() as usize - 3]);
    format!("{weekday} {} {month} {}", day.day(), day.year())
}

/// As a letter promises it.
pub fn in_words(at: Moment, english: bool) -> String {
    let shown = wall(at);
    let day = day_in_words(shown.date_naive(), english);
    match english {
        false => format!("{day} om {:02}.{:02} uur", shown.hour(), shown.minute()),
        true => format!("{day} at {:02}:{:02}", shown.hour(), shown.minute()),
    }
}

/// The next moment at which people are at their desks: working days, nine to five.
pub fn office_hours(from: Moment) -> Moment {
    let shown = wall(from);
    let day = shown.date_naive();
    if works(day) && (9..17).contains(&shown.hour()) {
        return from;
    }
    if works(day) && shown.hour() < 9 {
        return at_wall(day, 9, 0) + TimeDelta::minutes(i64::from(shown.minute()));
    }
    let mut next = day_after(day);
    while !works(next) {
        next = day_after(next);
    }
    at_wall(next, 9, 0) + TimeDelta::minutes(i64::from(shown.minute()))
}
