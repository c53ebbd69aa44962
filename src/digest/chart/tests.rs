//! What the picture promises: its numbers by example, its axis by property, its pixels where a bar must stand.

use super::draw::{Axis, HEIGHT, WIDTH};
use super::*;
use crate::case::{CaseNumber, Channel, Customer, Due, LetterId, Opened, Stamp, Why};
use crate::config::Deadlines;
use chrono::{TimeDelta, TimeZone, Utc};
use proptest::prelude::*;

fn calendar() -> Calendar {
    Calendar::new(chrono_tz::Europe::Amsterdam, &Deadlines::default())
}

/// Monday 23 November 2026, 07:30 in Amsterdam.
fn now() -> Moment {
    Utc.with_ymd_and_hms(2026, 11, 23, 6, 30, 0).unwrap()
}

/// Received so many hours ago; first response within 24 hours, resolved within 72.
fn case(serial: u32, hours_ago: i64) -> Case {
    let received_at = now() - TimeDelta::hours(hours_ago);
    let after = |hours| received_at + TimeDelta::hours(hours);
    let opened = Opened {
        channel: Channel::Email,
        customer: Customer::default(),
        subject: String::new(),
        text: String::new(),
        language: Language::Dutch,
        department: "schade".to_owned(),
        routing: Why::Fallback,
        received_at,
        due: Due { acknowledge: after(24), first_response: after(24), resolve: after(72) },
        message_id: None,
        references: Vec::new(),
        mailbox: None,
    };
    Case::open(CaseNumber { year: 2026, serial }, received_at, &opened)
}

fn closed(mut case: Case, hours_ago: i64) -> Case {
    let at = now() - TimeDelta::hours(hours_ago);
    let stamp = Stamp { letter: Some(LetterId::from_stored("a")), at };
    (case.state, case.closed_at) = (CaseState::Closed, Some(at));
    (case.acknowledged, case.responses) = (Some(stamp.clone()), vec![stamp]);
    case
}

fn numbers(days: &[Day]) -> Vec<(u32, u32, u32)> {
    days.iter().rev().take(5).rev().map(|day| (day.received, day.closed, day.overdue)).collect()
}

#[test]
fn each_day_counts_what_came_what_went_and_what_was_late_when_it_ended() {
    // 60 hours ago: Friday 19:30; 10 hours ago: Sunday 21:30. Late since Saturday 19:30 until closed.
    let cases = [case(1, 60), closed(case(2, 60), 10), case(3, 1)];
    let days = days(&cases, now(), &calendar());
    assert_eq!((days.len(), days[27].date.to_string().as_str()), (DAYS, "2026-11-23"));
    assert_eq!(numbers(&days), [(0, 0, 0), (2, 0, 0), (0, 0, 2), (0, 1, 1), (1, 0, 1)]);
}

#[test]
fn a_day_is_the_desks_day() {
    // 23:30 UTC on Saturday is half past midnight of Sunday in Amsterdam.
    let mut late = case(1, 0);
    late.lodged_at = Utc.with_ymd_and_hms(2026, 11, 21, 23, 30, 0).unwrap();
    assert_eq!(days(&[late], now(), &calendar())[26].received, 1);
}

#[test]
fn no_complaint_is_not_counted() {
    let mut dismissed = case(1, 30);
    dismissed.state = CaseState::Dismissed;
    assert_eq!(days(&[dismissed], now(), &calendar()), days(&[], now(), &calendar()));
}

fn month() -> Vec<Day> {
    let first = NaiveDate::from_ymd_opt(2026, 10, 27).unwrap();
    let received = [7, 5, 9, 4, 1, 0, 8, 6, 7, 5, 9, 2, 1, 11, 7, 6, 4, 5, 0, 1, 9, 8, 6, 7, 4, 1, 2, 3];
    let closed = [5, 6, 6, 7, 0, 0, 4, 8, 7, 6, 6, 0, 0, 7, 8, 9, 7, 6, 0, 0, 6, 9, 8, 7, 6, 0, 0, 1];
    let overdue = [2, 2, 1, 1, 1, 1, 3, 3, 2, 2, 1, 1, 1, 4, 5, 5, 3, 2, 2, 2, 1, 1, 0, 0, 0, 0, 1, 2];
    let dates = first.iter_days().zip(received).zip(closed).zip(overdue);
    dates.map(|(((date, received), closed), overdue)| Day { date, received, closed, overdue }).collect()
}

#[test]
fn the_words_say_what_the_picture_shows() {
    assert_eq!(
        alt_text(&month(), Language::Dutch),
        "Klachten per dag van 27 okt tot en met 23 nov: 138 ontvangen, 129 gesloten; te laat: nu 2, op het hoogst 5."
    );
    assert_eq!(
        alt_text(&month(), Language::English),
        "Complaints per day from 27 Oct to 23 Nov: 138 received, 129 closed; overdue: 2 now, 5 at most."
    );
}

#[test]
fn the_picture_shows_bars_where_complaints_are_and_is_small() {
    let shown = picture(&month(), Language::Dutch).unwrap();
    assert_eq!(shown, picture(&month(), Language::Dutch).unwrap());
    assert!(shown.len() < 40_000, "{} octets", shown.len());
    let pixels = tiny_skia::Pixmap::decode_png(&shown).unwrap();
    assert_eq!((pixels.width(), pixels.height()), (2 * WIDTH, 2 * HEIGHT));
    let count = |pixels: &tiny_skia::Pixmap, rgb: (u8, u8, u8)| {
        pixels.pixels().iter().filter(|pixel| (pixel.red(), pixel.green(), pixel.blue()) == rgb).count()
    };
    // Of both bars about as much as the numbers say (a day is 14 of a 560th wide, 1 complaint 12 points high).
    let (received, closed) = (count(&pixels, (0, 90, 160)), count(&pixels, (110, 185, 232)));
    assert!(received > 30_000 && closed > 25_000 && received > closed, "{received} {closed}");
    let none: Vec<Day> = month().iter().map(|day| Day { received: 0, closed: 0, overdue: 0, ..*day }).collect();
    let empty = tiny_skia::Pixmap::decode_png(&picture(&none, Language::English).unwrap()).unwrap();
    assert!(count(&empty, (0, 90, 160)) < 1_000);
}

proptest! {
    #[test]
    fn the_axis_reaches_every_number_in_few_round_steps(numbers in prop::collection::vec(any::<u32>(), 0..28)) {
        let date = now().date_naive();
        let days: Vec<Day> = numbers.iter().map(|n| Day { date, received: *n >> (n % 32), closed: 0, overdue: 1 }).collect();
        let axis = Axis::of(&days);
        let highest = days.iter().map(|day| day.received).max().unwrap_or(0);
        prop_assert!(axis.top >= highest && axis.top.div_ceil(axis.step) <= 4);
        prop_assert!(axis.top == u32::MAX || axis.top.is_multiple_of(axis.step));
        prop_assert!(highest < 8 || u64::from(axis.top) <= u64::from(highest) * 2 + 2);
    }
}
