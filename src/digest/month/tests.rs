//! What the month's report promises: by example, and against a slow second calculation that walks minutes and days.

mod lives;

use super::*;
use crate::case::{Address, CaseNumber, Customer, Dispute, Due, Language, LetterId, Match, Opened, Place, Stamp, Why};
use crate::config::Deadlines;
use chrono::{TimeDelta, TimeZone, Utc};
use proptest::prelude::*;

fn calendar() -> Calendar {
    Calendar::new(chrono_tz::Europe::Amsterdam, &Deadlines::default())
}

/// The month with the change to winter time: Sunday 25 October 2026.
fn october() -> Month {
    Month::of(NaiveDate::from_ymd_opt(2026, 10, 31).unwrap())
}

fn utc(month: u32, day: u32, hour: u32, minute: u32) -> Moment {
    Utc.with_ymd_and_hms(2026, month, day, hour, minute, 0).unwrap()
}

fn case(serial: u32, department: &str, received_at: Moment) -> Case {
    let after = |hours| received_at + TimeDelta::hours(hours);
    let opened = Opened {
        channel: Channel::Email,
        customer: Customer::default(),
        subject: String::new(),
        text: String::new(),
        language: Language::Dutch,
        department: department.to_owned(),
        routing: Why::Fallback,
        received_at,
        due: Due { acknowledge: after(24), first_response: after(24), resolve: after(72) },
        message_id: None,
        references: Vec::new(),
        mailbox: None,
    };
    Case::open(CaseNumber { year: 2026, serial }, received_at, &opened)
}

fn answered(mut case: Case, at: Moment) -> Case {
    case.responses.push(Stamp { letter: Some(LetterId::from_stored("a")), at });
    case
}

fn closed(mut case: Case, at: Moment) -> Case {
    (case.state, case.closed_at) = (CaseState::Closed, Some(at));
    case
}

fn about(mut case: Case, keywords: &[&str]) -> Case {
    let found = |keyword: &&str| Match { keyword: (*keyword).to_owned(), place: Place::Text, found: String::new() };
    case.routing = Why::Keywords { matched: keywords.iter().map(found).collect() };
    case
}

/// Long after: each month is over.
fn later() -> Moment {
    utc(12, 31, 12, 0)
}

fn asked<'a>(calendar: &'a Calendar, departments: &'a [Named]) -> MonthAsked<'a> {
    MonthAsked { month: october(), department: None, departments, calendar, now: later() }
}

/// Cases of which no more is known than their row says.
fn lives(cases: &[Case]) -> Vec<Life> {
    cases.iter().map(|case| Life::of_case(case, Again::default())).collect()
}

#[test]
fn a_month_is_counted_as_it_was_when_it_ended() {
    let cases = [
        // Received on Friday 2 October, answered after 6 hours, closed on Tuesday the 6th: in time for both.
        closed(answered(case(1, "schade", utc(10, 2, 8, 0)), utc(10, 2, 14, 0)), utc(10, 5, 8, 0)),
        // Answered too late, closed in November: open at the end.
        closed(answered(case(2, "schade", utc(10, 28, 8, 0)), utc(10, 30, 8, 0)), utc(11, 2, 8, 0)),
        // Received in the last hour of September in Amsterdam: only its terms fall in October.
        case(3, "factuur", utc(9, 30, 21, 30)),
        // And in the first of October.
        case(4, "factuur", utc(9, 30, 22, 30)),
        // The last moment of October in Amsterdam is 23:00 UTC, in winter time.
        case(5, "factuur", utc(10, 31, 22, 59)),
        case(6, "factuur", utc(10, 31, 23, 0)),
    ];
    let report = report(&lives(&cases), &asked(&calendar(), &[]));
    let total = &report.total;
    assert_eq!((total.received, total.closed, total.open_at_end), (4, 1, 4));
    assert_eq!(total.first_response_in_time, Share { kept: 1, of: 4 });
    assert_eq!(total.resolved_in_time, Share { kept: 1, of: 4 });
    assert_eq!(total.first_response_hours, Some(Spread { median: 27.0, percentile_90: 48.0, count: 2 }));
    assert_eq!(total.resolution_hours, Some(Spread { median: 72.0, percentile_90: 72.0, count: 1 }));
    // Friday to Monday: one working day.
    assert_eq!(total.resolution_working_days, Some(Spread { median: 1.0, percentile_90: 1.0, count: 1 }));
    assert_eq!(total.disputes, 0);
    let titles: Vec<&str> = report.departments.iter().map(|by| by.title.as_str()).collect();
    assert_eq!(titles, ["factuur", "schade"]);
    assert_eq!(report.channels.iter().map(|by| by.channel).collect::<Vec<_>>(), [Channel::Email]);
}

#[test]
fn the_day_the_clocks_go_back_has_an_hour_more() {
    // Saturday 24 October noon to Sunday noon in Amsterdam: 25 elapsed hours.
    let one = answered(case(1, "schade", utc(10, 24, 10, 0)), utc(10, 25, 11, 0));
    let report = report(&lives(&[one]), &asked(&calendar(), &[]));
    assert_eq!(report.total.first_response_hours.map(|spread| spread.median), Some(25.0));
}

#[test]
fn departments_stand_in_the_order_of_the_settings_even_without_a_complaint() {
    let named = |name: &str, title: &str| Named {
        name: name.into(),
        title: title.into(),
        address: Address::parse("f@x.nl").unwrap(),
    };
    let departments = [named("schade", "Schade"), named("factuur", "Facturen")];
    let calendar = calendar();
    let cases = [case(1, "oud", utc(10, 2, 8, 0)), case(2, "factuur", utc(10, 2, 8, 0))];
    let whole = report(&lives(&cases), &asked(&calendar, &departments));
    let shown: Vec<(&str, usize)> =
        whole.departments.iter().map(|by| (by.title.as_str(), by.figures.received)).collect();
    assert_eq!(shown, [("Schade", 0), ("Facturen", 1), ("oud", 1)]);
    let own = MonthAsked { department: Some("factuur"), ..asked(&calendar, &departments) };
    let own = report(&lives(&cases), &own);
    assert_eq!((own.total.received, own.departments.len()), (1, 1));
}

#[test]
fn reopened_disputes_and_what_is_no_complaint() {
    let mut reopened = case(1, "schade", utc(8, 3, 8, 0));
    (reopened.reopened, reopened.received_at) = (1, utc(10, 9, 8, 0));
    let mut dismissed = case(2, "schade", utc(10, 2, 8, 0));
    dismissed.state = CaseState::Dismissed;
    for case in [&mut reopened, &mut dismissed] {
        case.disputed = Some(Dispute { at: utc(10, 20, 8, 0), text: String::new(), last_day: None });
    }
    let calendar = calendar();
    let total = report(&lives(&[reopened, dismissed]), &asked(&calendar, &[])).total;
    assert_eq!((total.received, total.reopened, total.disputes, total.open_at_end), (0, 1, 1, 1));
}

#[test]
fn keywords_count_once_a_case_and_the_most_frequent_stands_first() {
    let cases = [
        about(case(1, "schade", utc(10, 2, 8, 0)), &["schade*", "kras", "schade*"]),
        about(case(2, "schade", utc(10, 3, 8, 0)), &["schade*", "band*"]),
        about(case(3, "schade", utc(9, 3, 8, 0)), &["kras"]),
    ];
    let total = report(&lives(&cases), &asked(&calendar(), &[])).total;
    let shown: Vec<(&str, usize)> = total.keywords.iter().map(|f| (f.name.as_str(), f.count)).collect();
    assert_eq!(shown, [("schade", 2), ("band", 1), ("kras", 1)]);
}

#[test]
fn a_hundred_percent_means_all() {
    assert_eq!(Share { kept: 999, of: 1_000 }.percent(), Some(99));
    assert_eq!(Share { kept: 3, of: 3 }.percent(), Some(100));
    assert_eq!(Share::default().percent(), None);
}

#[test]
fn the_month_before_january_is_december() {
    let january = Month::of(NaiveDate::from_ymd_opt(2027, 1, 4).unwrap());
    assert_eq!(january.before().first_day().to_string(), "2026-12-01");
    assert_eq!(january.before().end_day(), january.first_day());
}

/// Minutes from 20 September: receipt, then the waits for answer and closing; department and channel by number.
type Told = (i64, Option<i64>, Option<i64>, u8);

fn told_case(serial: u32, (received, answer, closing, kind): Told) -> Case {
    let at = |minutes| utc(9, 20, 0, 0) + TimeDelta::minutes(minutes);
    let mut told = case(serial, if kind % 2 == 0 { "schade" } else { "factuur" }, at(received));
    told.channel = [Channel::Email, Channel::Phone, Channel::Letter, Channel::Desk][usize::from(kind / 2 % 4)];
    told = about(told, &[["schade*", "kras", "factuur"][usize::from(kind % 3)]]);
    if let Some(wait) = answer {
        told = answered(told, at(received + wait));
    }
    if let Some(wait) = closing {
        told = closed(told, at(received + wait));
    }
    told
}

/// In October by the wall clock of Amsterdam, told by its date alone.
fn is_october(calendar: &Calendar, at: Moment) -> bool {
    calendar.local(at).format("%Y-%m").to_string() == "2026-10"
}

/// Working days by asking the calendar for one after the other until the day is reached.
fn slow_working_days(calendar: &Calendar, from: Moment, to: Moment) -> f64 {
    let (from, to) = (calendar.local(from).date_naive(), calendar.local(to).date_naive());
    (0u32..).take_while(|n| *n == 0 || calendar.add_working_days(from, *n) <= to).last().map_or(0.0, f64::from)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_slow_second_calculation_agrees(
        told in prop::collection::vec(
            (0i64..80_000, prop::option::of(0i64..9_000), prop::option::of(0i64..30_000), any::<u8>()),
            0..40,
        ),
    ) {
        let calendar = calendar();
        let cases: Vec<Case> = (1..).zip(&told).map(|(serial, told)| told_case(serial, *told)).collect();
        let report = report(&lives(&cases), &asked(&calendar, &[]));
        let in_october = |at: Moment| is_october(&calendar, at);
        let mut slow = (0, 0, 0, Share::default(), Share::default());
        let (mut waits, mut days) = (Vec::new(), Vec::new());
        for case in &cases {
            slow.0 += usize::from(in_october(case.lodged_at));
            slow.1 += usize::from(case.closed_at.is_some_and(in_october));
            let before_november = |at: Moment| calendar.local(at).date_naive().to_string().as_str() < "2026-11-01";
            slow.2 += usize::from(before_november(case.received_at) && !case.closed_at.is_some_and(before_november));
            for (share, due, stopped) in [
                (&mut slow.3, case.due.first_response, case.responses.first().map(|stamp| stamp.at)),
                (&mut slow.4, case.due.resolve, case.closed_at),
            ] {
                share.of += usize::from(in_october(due));
                share.kept += usize::from(in_october(due) && stopped.is_some() && stopped <= Some(due));
            }
            if let Some(stamp) = case.responses.first().filter(|stamp| in_october(stamp.at)) {
                waits.push((stamp.at - case.received_at).num_minutes());
            }
            if let Some(at) = case.closed_at.filter(|at| in_october(*at)) {
                days.push(slow_working_days(&calendar, case.received_at, at));
            }
        }
        let total = &report.total;
        let found = (
            total.received,
            total.closed,
            total.open_at_end,
            total.first_response_in_time,
            total.resolved_in_time,
        );
        prop_assert_eq!(found, slow);
        let minutes = Spread::of(waits.iter().map(|minutes| *minutes as f64).collect());
        prop_assert_eq!(total.first_response_hours.map(|s| s.count), minutes.map(|s| s.count));
        if let (Some(found), Some(slow)) = (total.first_response_hours, minutes) {
            prop_assert!((found.median * 60.0 - slow.median).abs() < 1e-6);
            prop_assert!((found.percentile_90 * 60.0 - slow.percentile_90).abs() < 1e-6);
        }
        prop_assert_eq!(total.resolution_working_days, Spread::of(days));
        // Departments and channels each add up to the whole.
        for parts in [
            report.departments.iter().map(|by| &by.figures).collect::<Vec<_>>(),
            report.channels.iter().map(|by| &by.figures).collect(),
        ] {
            let sum = |number: fn(&Figures) -> usize| parts.iter().map(|figures| number(figures)).sum::<usize>();
            prop_assert_eq!(sum(|f| f.received), total.received);
            prop_assert_eq!(sum(|f| f.closed), total.closed);
            prop_assert_eq!(sum(|f| f.open_at_end), total.open_at_end);
            prop_assert_eq!(sum(|f| f.resolved_in_time.of), total.resolved_in_time.of);
            prop_assert_eq!(sum(|f| f.keywords.iter().map(|k| k.count).sum()), total.received);
        }
    }
}
