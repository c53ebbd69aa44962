//! What the calendar promises: by dates looked up elsewhere, and by a slow second calculation.

use super::*;
use proptest::prelude::*;

const AMSTERDAM: Tz = Tz::Europe__Amsterdam;

fn calendar() -> Calendar {
    Calendar::new(AMSTERDAM, &Deadlines::default())
}

fn calendar_with(change: impl FnOnce(&mut Deadlines)) -> Calendar {
    let mut deadlines = Deadlines::default();
    change(&mut deadlines);
    Calendar::new(AMSTERDAM, &deadlines)
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn time(text: &str) -> NaiveTime {
    NaiveTime::parse_from_str(text, "%H:%M").unwrap()
}

fn moment(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// Easter Sundays as published (Rijksoverheid, and the earliest and latest ones possible: 1818 and 2038).
#[test]
fn easter_falls_where_the_almanac_says() {
    for published in [
        "1818-03-22",
        "2000-04-23",
        "2008-03-23",
        "2011-04-24",
        "2019-04-21",
        "2024-03-31",
        "2025-04-20",
        "2026-04-05",
        "2027-03-28",
        "2028-04-16",
        "2029-04-01",
        "2030-04-21",
        "2038-04-25",
        "2049-04-18",
        "2076-04-19",
    ] {
        assert_eq!(easter_sunday(day(published).year()), Some(day(published)));
    }
}

/// The days off of two whole years, weekends left out.
#[test]
fn holidays_of_2026_and_2027() {
    let off = |year: i32| -> Vec<String> {
        let calendar = calendar();
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
        first
            .iter_days()
            .take_while(|date| date.year() == year)
            .filter(|date| calendar.is_holiday(*date) && !matches!(date.weekday(), Weekday::Sat | Weekday::Sun))
            .map(|date| date.format("%m-%d").to_string())
            .collect()
    };
    assert_eq!(off(2026), ["01-01", "04-06", "04-27", "05-14", "05-25", "12-25"]);
    assert_eq!(off(2027), ["01-01", "03-29", "04-27", "05-06", "05-17"]);
}

#[test]
fn kings_day_moves_to_saturday_when_it_is_a_sunday() {
    // 27 April was a Sunday in 2014 and 2025, and is one in 2031.
    for year in [2014, 2025, 2031] {
        assert!(calendar().is_holiday(NaiveDate::from_ymd_opt(year, 4, 26).unwrap()), "{year}");
        assert!(!calendar().is_holiday(NaiveDate::from_ymd_opt(year, 4, 27).unwrap()), "{year}");
    }
    assert!(!calendar().is_holiday(day("2026-04-26")));
    assert!(calendar().is_holiday(day("2026-04-27")));
}

#[test]
fn good_friday_and_liberation_day_are_the_employers_choice() {
    assert!(calendar().is_working_day(day("2026-04-03")));
    assert!(!calendar_with(|d| d.good_friday = true).is_working_day(day("2026-04-03")));

    let (in_2026, in_2025) = (day("2026-05-05"), day("2025-05-05"));
    let worked = |choice| {
        let calendar = calendar_with(|d| d.liberation_day = choice);
        (calendar.is_working_day(in_2026), calendar.is_working_day(in_2025))
    };
    assert_eq!(worked(LiberationDay::Never), (true, true));
    assert_eq!(worked(LiberationDay::Lustrum), (true, false));
    assert_eq!(worked(LiberationDay::Yearly), (false, false));
}

#[test]
fn closing_days_count_and_holidays_can_be_switched_off() {
    assert!(!calendar_with(|d| d.closed_days = vec![day("2026-12-24")]).is_working_day(day("2026-12-24")));
    assert!(calendar_with(|d| d.holidays = Holidays::None).is_working_day(day("2026-12-25")));
    assert!(!calendar_with(|d| d.holidays = Holidays::None).is_working_day(day("2026-12-26")), "a Saturday");
}

/// §1: solved within three working days of receipt, the receipt day being day 0.
#[test]
fn three_working_days() {
    for (from, due, over) in [
        ("2026-04-01", "2026-04-07", "Easter"),
        ("2026-04-23", "2026-04-29", "King's Day"),
        ("2026-05-12", "2026-05-18", "Ascension Day"),
        ("2026-05-22", "2026-05-28", "Whit Monday"),
        ("2026-12-23", "2026-12-29", "Christmas"),
        ("2026-12-30", "2027-01-05", "New Year"),
        ("2026-11-21", "2026-11-25", "a Saturday of receipt"),
        ("2026-11-23", "2026-11-26", "nothing"),
    ] {
        assert_eq!(calendar().add_working_days(day(from), 3), day(due), "{from} over {over}");
    }
    assert_eq!(calendar().add_working_days(day("2026-11-22"), 0), day("2026-11-22"));
}

#[test]
fn resolve_is_due_at_the_end_of_the_last_working_day() {
    let due = |received| calendar().due_after_working_days(moment(received), 3);
    // Winter and summer time; 23:30 UTC is already the next day in Amsterdam.
    assert_eq!(due("2026-11-23T09:00:00Z"), moment("2026-11-26T16:30:00Z"));
    assert_eq!(due("2026-07-06T09:00:00Z"), moment("2026-07-09T15:30:00Z"));
    assert_eq!(due("2026-11-23T23:30:00Z"), moment("2026-11-27T16:30:00Z"));
    assert_eq!(due("2026-07-06T22:30:00Z"), moment("2026-07-10T15:30:00Z"));
    // Received in winter time, due in summer time.
    assert_eq!(due("2026-03-26T12:00:00Z"), moment("2026-03-31T15:30:00Z"));
}

#[test]
fn hours_are_elapsed_hours_over_weekends_and_clock_changes() {
    let calendar = calendar();
    let due = |received| calendar.local(calendar.due_after_hours(moment(received), 24)).naive_local().to_string();
    assert_eq!(due("2026-11-20T15:00:00Z"), "2026-11-21 16:00:00");
    // 29 March 2026 has 23 hours and 25 October 25.
    assert_eq!(due("2026-03-28T11:00:00Z"), "2026-03-29 13:00:00");
    assert_eq!(due("2026-10-24T10:00:00Z"), "2026-10-25 11:00:00");
    assert_eq!(calendar.due_after_hours(DateTime::<Utc>::MAX_UTC, 1), DateTime::<Utc>::MAX_UTC);
}

#[test]
fn a_skipped_time_is_the_first_moment_after_the_gap() {
    for (date, after) in [("2026-03-29", "2026-03-29T01:00:00Z"), ("2027-03-28", "2027-03-28T01:00:00Z")] {
        assert_eq!(calendar().at(day(date), time("01:59")), moment(after) - TimeDelta::minutes(1));
        for skipped in ["02:00", "02:30", "02:59"] {
            assert_eq!(calendar().at(day(date), time(skipped)), moment(after), "{date} {skipped}");
        }
        let seconds = NaiveTime::from_hms_opt(2, 30, 15).unwrap();
        assert_eq!(calendar().at(day(date), seconds), moment(after));
        assert_eq!(calendar().at(day(date), time("03:00")), moment(after));
    }
}

#[test]
fn a_time_that_occurs_twice_is_the_earlier_one() {
    for date in ["2026-10-25", "2027-10-31"] {
        let earlier = day(date).and_time(time("00:30")).and_utc();
        assert_eq!(calendar().at(day(date), time("02:30")), earlier);
        assert_eq!(calendar().at(day(date), time("03:00")), earlier + TimeDelta::minutes(90));
    }
}

#[test]
fn a_day_that_never_was_gives_the_moment_after_it() {
    let samoa = Calendar::new(Tz::Pacific__Apia, &Deadlines::default());
    assert_eq!(samoa.at(day("2011-12-30"), time("00:00")), samoa.at(day("2011-12-31"), time("00:00")));
}

/// Procedure, end: at most 12 months after the day the complaint was lodged.
#[test]
fn the_committees_last_day_is_clamped_to_the_month() {
    assert_eq!(calendar().month_later(day("2026-11-22"), 12), day("2027-11-22"));
    assert_eq!(calendar().month_later(day("2028-02-29"), 12), day("2029-02-28"));
    assert_eq!(calendar().month_later(day("2026-08-31"), 6), day("2027-02-28"));
    assert_eq!(calendar().month_later(day("2026-08-31"), u32::MAX), NaiveDate::MAX);
}

/// Easter by Gauss's older formula with its two exceptions, in the form of the tables for 1900-2099.
fn easter_by_gauss(year: i32) -> NaiveDate {
    let d = (19 * (year % 19) + 24) % 30;
    let e = (2 * (year % 4) + 4 * (year % 7) + 6 * d + 5) % 7;
    let shift = match (d, e) {
        (29, 6) => -7,
        (28, 6) if (11 * 24 + 11) % 30 < 19 => -7,
        _ => 0,
    };
    NaiveDate::from_ymd_opt(year, 3, 22).unwrap() + TimeDelta::days(i64::from(d + e + shift))
}

/// All Dutch days off of a year as a plain list, made without the calendar's own rules.
fn days_off(year: i32) -> Vec<NaiveDate> {
    let on = |month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    let easter = easter_by_gauss(year);
    let kings_day = if on(4, 27).weekday() == Weekday::Sun { on(4, 26) } else { on(4, 27) };
    let mut days = vec![on(1, 1), kings_day, on(12, 25), on(12, 26)];
    days.extend([0, 1, 39, 49, 50].map(|after| easter + TimeDelta::days(after)));
    if [2000, 2005, 2010, 2015, 2020, 2025, 2030, 2035, 2040, 2045].contains(&year) {
        days.push(on(5, 5));
    }
    days
}

#[test]
fn both_calculations_of_easter_agree() {
    for year in 1900..2100 {
        assert_eq!(easter_sunday(year), Some(easter_by_gauss(year)));
    }
}

proptest! {
    /// A slow second calculation: step a day, look it up in the list, count down.
    #[test]
    fn working_days_agree_with_counting_on_ones_fingers(year in 2000_i32..2050, ordinal in 1_u32..=365, n in 0_u32..40) {
        let from = NaiveDate::from_yo_opt(year, ordinal).unwrap();
        let (mut expected, mut left) = (from, n);
        while left > 0 {
            expected += TimeDelta::days(1);
            let weekend = expected.weekday().number_from_monday() > 5;
            if !weekend && !days_off(expected.year()).contains(&expected) {
                left -= 1;
            }
        }
        prop_assert_eq!(calendar().add_working_days(from, n), expected);
    }

    /// Whatever the wall clock says, `at` gives a moment that shows it, or the end of the gap it lies in.
    #[test]
    fn at_shows_the_time_asked_for(year in 1990_i32..2060, ordinal in 1_u32..=365, minute in 0_u32..1440) {
        let (date, wanted) = (
            NaiveDate::from_yo_opt(year, ordinal).unwrap(),
            NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0).unwrap(),
        );
        let shown = calendar().local(calendar().at(date, wanted)).naive_local();
        let gap = shown - date.and_time(wanted);
        prop_assert!(gap >= TimeDelta::zero() && gap <= TimeDelta::hours(1));
        if !gap.is_zero() {
            prop_assert_eq!(shown.time(), NaiveTime::from_hms_opt(3, 0, 0).unwrap());
        }
    }

    /// A due moment lies on a working day at the end of the day, never before receipt, and later for a later receipt.
    #[test]
    fn due_moments_keep_the_order_of_receipt(seconds in 946_684_800_i64..2_500_000_000, later in 0_i64..1_000_000, n in 1_u32..10) {
        let calendar = calendar();
        let first = DateTime::from_timestamp(seconds, 0).unwrap();
        let second = first + TimeDelta::seconds(later);
        let due = calendar.due_after_working_days(first, n);
        let local = calendar.local(due);
        prop_assert!(due > first);
        prop_assert!(calendar.is_working_day(local.date_naive()));
        prop_assert_eq!(local.time(), time("17:30"));
        prop_assert!(calendar.due_after_working_days(second, n) >= due);
    }
}
