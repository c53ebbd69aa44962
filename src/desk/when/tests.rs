//! What staff may type, by example; what holds for whatever they type, by property.

use super::*;
use crate::config::Deadlines;
use chrono_tz::Europe::Amsterdam;
use proptest::prelude::*;

fn calendar() -> Calendar {
    Calendar::new(Amsterdam, &Deadlines::default())
}

/// A moment by the clock on the wall.
fn wall(text: &str) -> Moment {
    let local = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").unwrap();
    calendar().at(local.date(), local.time())
}

/// Tuesday 24 November 2026, ten o'clock.
fn now() -> Moment {
    wall("2026-11-24 10:00")
}

fn plan(text: &str) -> (String, &str) {
    let planned = planned(text, now(), &calendar()).unwrap_or_else(|error| panic!("{text}: {error}"));
    (calendar().local(planned.at).format("%Y-%m-%d %H:%M").to_string(), planned.text)
}

fn receive(text: &str) -> String {
    let at = received(text, now(), &calendar()).unwrap_or_else(|error| panic!("{text}: {error}"));
    calendar().local(at).format("%Y-%m-%d %H:%M").to_string()
}

#[test]
fn an_agenda_item_is_read_as_staff_type_it() {
    for (text, at, rest) in [
        ("vr 14:00 garage bellen", "2026-11-27 14:00", "garage bellen"),
        ("Vrijdag om 14.30 uur: garage bellen", "2026-11-27 14:30", "garage bellen"),
        ("morgen 9u tekst", "2026-11-25 09:00", "tekst"),
        ("morgen garage bellen", "2026-11-25 09:00", "garage bellen"),
        ("morgenmiddag klant bellen", "2026-11-25 13:00", "klant bellen"),
        ("morgenmiddag 3 uur klant bellen", "2026-11-25 15:00", "klant bellen"),
        ("vrijdag morgen 9u30 x", "2026-11-27 09:30", "x"),
        ("overmorgen", "2026-11-26 09:00", ""),
        ("vandaag 16:30", "2026-11-24 16:30", ""),
        ("vandaag nabellen", "2026-11-24 11:00", "nabellen"),
        ("vanavond bellen", "2026-11-24 18:00", "bellen"),
        ("over 2 dagen tekst", "2026-11-26 09:00", "tekst"),
        ("over drie werkdagen 11:15 tekst", "2026-11-27 11:15", "tekst"),
        ("over 4 werkdagen", "2026-11-30 09:00", ""),
        // Four days on is a Saturday that nobody chose.
        ("over 4 dagen bellen", "2026-11-30 09:00", "bellen"),
        ("over een week bellen", "2026-12-01 09:00", "bellen"),
        ("over 2 uur bellen", "2026-11-24 12:00", "bellen"),
        ("over 90 minuten", "2026-11-24 11:30", ""),
        ("over 1 maand", "2026-12-24 09:00", ""),
        ("maandag", "2026-11-30 09:00", ""),
        ("ma garage bellen", "2026-11-30 09:00", "garage bellen"),
        ("dinsdag 14:00 vandaag nog", "2026-11-24 14:00", "vandaag nog"),
        ("dinsdag 9:30 dat is voorbij", "2026-12-01 09:30", "dat is voorbij"),
        ("volgende week dinsdag 10.30", "2026-12-01 10:30", ""),
        ("dinsdag volgende week 10.30 x", "2026-12-01 10:30", "x"),
        ("volgende week garage", "2026-11-30 09:00", "garage"),
        ("aanstaande donderdag 8 uur", "2026-11-26 08:00", ""),
        ("do a.s. 14h", "2026-11-26 14:00", ""),
        ("zo 14:00", "2026-11-29 14:00", ""),
        ("24-11 14:00", "2026-11-24 14:00", ""),
        ("3-1 14:00 na de feestdagen", "2027-01-03 14:00", "na de feestdagen"),
        ("25-11-2026", "2026-11-25 09:00", ""),
        ("25/11/26 om 14 - bellen", "2026-11-25 14:00", "bellen"),
        ("25.11.2026 14.00 bellen", "2026-11-25 14:00", "bellen"),
        ("24 november 14 uur", "2026-11-24 14:00", ""),
        ("1 dec 2 banden bestellen", "2026-12-01 09:00", "2 banden bestellen"),
        ("vrijdag 27 november 2026 om 14:00 uur bellen", "2026-11-27 14:00", "bellen"),
        ("2026-11-24T14:00", "2026-11-24 14:00", ""),
        ("2026-11-24 14:00:00 x", "2026-11-24 14:00", "x"),
        ("14:00 garage", "2026-11-24 14:00", "garage"),
        ("9:00 garage", "2026-11-25 09:00", "garage"),
        ("morgen 14.50 euro terugboeken", "2026-11-25 09:00", "14.50 euro terugboeken"),
        ("morgen 2 banden van 14:00 tot 15:00", "2026-11-25 09:00", "2 banden van 14:00 tot 15:00"),
        ("tomorrow 2pm call garage", "2026-11-25 14:00", "call garage"),
        ("friday", "2026-11-27 09:00", ""),
        ("friday afternoon at 2:30 p.m. call", "2026-11-27 14:30", "call"),
        ("in 2 days", "2026-11-26 09:00", ""),
        ("in 3 working days call", "2026-11-27 09:00", "call"),
        ("next monday", "2026-11-30 09:00", ""),
        ("next tuesday 16:00", "2026-12-01 16:00", ""),
        ("Nov 27th, 2026 12am x", "2026-11-27 00:00", "x"),
        ("27 November 2026 at 12 pm", "2026-11-27 12:00", ""),
    ] {
        assert_eq!(plan(text), (at.to_owned(), rest), "{text}");
    }
}

#[test]
fn what_is_no_moment_ahead_says_why() {
    for (text, why) in [
        ("", Why::NotUnderstood),
        ("garage bellen", Why::NotUnderstood),
        ("zo snel mogelijk bellen", Why::NotUnderstood),
        ("do call him", Why::NotUnderstood),
        ("14 banden bestellen", Why::NotUnderstood),
        ("24.11 bellen", Why::NotUnderstood),
        ("vr half drie bellen", Why::Unclear),
        ("vr kwart voor 3", Why::Unclear),
        ("vr 25:00 bellen", Why::Unclear),
        ("morgen 14:5 bellen", Why::Unclear),
        ("31-2 bellen", Why::Impossible),
        ("11/24 14:00", Why::Impossible),
        ("30 februari 2027", Why::Impossible),
        ("vrijdag 24 november", Why::Contradiction),
        ("morgen vrijdag 14:00", Why::Contradiction),
        ("vandaag 9:30", Why::Past),
        ("gisteren 14:00", Why::Past),
        ("23-11 14:00", Why::Past),
        ("24-11-2025", Why::Past),
        ("afgelopen vrijdag", Why::Past),
        ("2 dagen geleden", Why::Past),
        ("nu", Why::Past),
        ("24-11-2062 14:00", Why::TooFar),
        ("over 999 weken", Why::TooFar),
    ] {
        let error = planned(text, now(), &calendar()).unwrap_err();
        assert_eq!(error.why, why, "{text}");
        assert!(planned(&error.nearest, now(), &calendar()).is_ok(), "{}", error.nearest);
    }
}

#[test]
fn a_mistake_comes_back_with_what_was_found_and_a_right_form() {
    let error = planned("vrijdag  24 november\t14:00", now(), &calendar()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "expected a moment like `25-11-2026 14:00`, found `vrijdag 24 november 14:00`: \
         the weekday is not that of the date"
    );
    let error = received("morgen 16:30", now(), &calendar()).unwrap_err();
    assert_eq!((error.why, error.nearest.as_str()), (Why::Future, "23-11-2026 16:30"));
}

#[test]
fn a_day_off_that_was_named_is_kept_and_flagged() {
    let hours = |text: &str| planned(text, now(), &calendar()).unwrap().hours;
    for text in ["zaterdag 14:00", "25-12 10:00", "morgen 6:59", "morgen 17:31", "morgen 23:00"] {
        assert_eq!(hours(text), Hours::Outside, "{text}");
    }
    for text in ["morgen 7:00", "morgen 17:30", "vr"] {
        assert_eq!(hours(text), Hours::Working, "{text}");
    }
}

#[test]
fn a_moment_of_receipt_is_read_as_staff_type_it() {
    for (text, at) in [
        ("gisteren 16:30", "2026-11-23 16:30"),
        ("Gisteren om 16.30 uur.", "2026-11-23 16:30"),
        ("gisteren", "2026-11-23 09:00"),
        ("gisteravond 8 uur", "2026-11-23 20:00"),
        ("vanmorgen 9:15", "2026-11-24 09:15"),
        ("vanochtend", "2026-11-24 09:00"),
        ("vandaag", "2026-11-24 09:00"),
        ("vrijdag 15:00", "2026-11-20 15:00"),
        ("dinsdag 9:00", "2026-11-24 09:00"),
        ("dinsdag 15:00", "2026-11-17 15:00"),
        ("afgelopen dinsdag 9:00", "2026-11-17 09:00"),
        ("vorige week vrijdag 15:00", "2026-11-20 15:00"),
        ("maandag jl. 15u", "2026-11-23 15:00"),
        ("20-11 14:00", "2026-11-20 14:00"),
        ("20 november 2026 14:00", "2026-11-20 14:00"),
        ("28-12 14:00", "2025-12-28 14:00"),
        ("2026-11-20T14:00", "2026-11-20 14:00"),
        ("net", "2026-11-24 10:00"),
        ("Nu", "2026-11-24 10:00"),
        ("9:45", "2026-11-24 09:45"),
        // The clock on the desk is a little fast.
        ("10:07", "2026-11-24 10:00"),
        ("een uur geleden", "2026-11-24 09:00"),
        ("2 dagen geleden 14:00", "2026-11-22 14:00"),
        ("yesterday 4:30pm", "2026-11-23 16:30"),
        ("last friday at 3 pm", "2026-11-20 15:00"),
        ("2 days ago", "2026-11-22 09:00"),
        ("just now", "2026-11-24 10:00"),
        ("this morning 9:15 by phone", "2026-11-24 09:15"),
    ] {
        assert_eq!(receive(text), at, "{text}");
    }
}

#[test]
fn what_is_no_moment_of_receipt_says_why() {
    for (text, why) in [
        ("", Why::NotUnderstood),
        ("per post", Why::NotUnderstood),
        ("vorige week", Why::NotUnderstood),
        ("gisteren tussen 3 en 4", Why::Unclear),
        ("gisteren rond de 15", Why::NotUnderstood),
        ("2 werkdagen geleden", Why::NotUnderstood),
        ("gisteren half vijf", Why::Unclear),
        ("31-11 14:00", Why::Impossible),
        ("donderdag 20-11", Why::Contradiction),
        ("morgen", Why::Future),
        ("volgende vrijdag", Why::Future),
        ("over 2 uur", Why::Future),
        ("10:11", Why::Future),
        ("25-11-2026 9:00", Why::Future),
        ("20-11-2024 14:00", Why::TooOld),
    ] {
        let error = received(text, now(), &calendar()).unwrap_err();
        assert_eq!(error.why, why, "{text}");
        assert!(received(&error.nearest, now(), &calendar()).is_ok(), "{}", error.nearest);
    }
}

#[test]
fn an_hour_that_the_change_to_summer_time_skips_is_the_first_one_after_it() {
    let saturday = wall("2026-03-28 10:00");
    let at = planned("morgen 2:30 x", saturday, &calendar()).unwrap().at;
    assert_eq!(at, wall("2026-03-29 03:00"));
}

#[test]
fn an_hour_that_occurs_twice_is_the_earlier_one() {
    let saturday = wall("2026-10-24 10:00");
    let at = planned("morgen 2:30 x", saturday, &calendar()).unwrap().at;
    assert_eq!(at.to_rfc3339(), "2026-10-25T00:30:00+00:00");
}

/// Moments of three years, on the minute.
fn moments() -> impl Strategy<Value = Moment> {
    (0..3 * 525_600_i64).prop_map(|minutes| wall("2026-01-01 00:00") + TimeDelta::minutes(minutes))
}

/// Texts made of the words that moments are made of.
fn sayings() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "vr",
        "dinsdag",
        "volgende",
        "week",
        "over",
        "2",
        "dagen",
        "werkdagen",
        "24-11",
        "29",
        "feb",
        "2028",
        "14:00",
        "9u",
        "pm",
        "morgen",
        "middag",
        "gisteren",
        "geleden",
        "vorige",
        "om",
        "om 3",
        "31-12-2027",
        "half",
        "bellen",
        "vandaag",
        "maanden",
        "nu",
        "2:30",
        "uur",
        "-",
        "overmorgenavond",
        "2026-10-25T02:30",
    ]);
    prop::collection::vec(word, 0..7).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn an_agenda_item_is_always_ahead_and_receipt_never(text in prop_oneof![sayings(), any::<String>()], now in moments()) {
        let calendar = calendar();
        match planned(&text, now, &calendar) {
            Ok(planned) => {
                prop_assert!(planned.at > now && (planned.at - now).num_days() <= AHEAD_DAYS_MAX);
                prop_assert!(text.trim_end().ends_with(planned.text));
            }
            Err(error) => prop_assert!(super::planned(&error.nearest, now, &calendar).is_ok(), "{:?}", error),
        }
        match received(&text, now, &calendar) {
            Ok(at) => prop_assert!(at <= now && (now - at).num_days() <= AGO_DAYS_MAX),
            Err(error) => prop_assert!(received(&error.nearest, now, &calendar).is_ok(), "{:?}", error),
        }
    }

    #[test]
    fn what_we_write_we_read(now in moments(), ahead in 1..600 * 1_440_i64, back in 0..365 * 1_440_i64) {
        let calendar = calendar();
        // The second pass of the hour that occurs twice cannot be written.
        let first_pass = |at: Moment| { let local = calendar.local(at); calendar.at(local.date_naive(), local.time()) };
        let (later, sooner) = (now + TimeDelta::minutes(ahead), now - TimeDelta::minutes(back));
        prop_assume!(first_pass(later) > now);
        prop_assert_eq!(planned(&written(later, &calendar), now, &calendar).map(|p| p.at), Ok(first_pass(later)));
        prop_assert_eq!(received(&written(sooner, &calendar), now, &calendar), Ok(first_pass(sooner)));
    }

    #[test]
    fn a_weekday_is_that_day_within_a_week(now in moments(), index in 0..7_usize, hour in 0..24_u32) {
        let calendar = calendar();
        let name = ["maandag", "di", "woensdag", "thursday", "vr", "zaterdag", "sunday"][index];
        let text = format!("{name} {hour}:00");
        let ahead = calendar.local(planned(&text, now, &calendar).unwrap().at).date_naive();
        let back = calendar.local(received(&text, now, &calendar).unwrap()).date_naive();
        let today = calendar.local(now).date_naive();
        prop_assert_eq!(ahead.weekday().num_days_from_monday() as usize, index);
        prop_assert_eq!(back.weekday().num_days_from_monday() as usize, index);
        prop_assert!((0..=7).contains(&(ahead - today).num_days()) && (0..=7).contains(&(today - back).num_days()));
    }
}

#[test]
fn a_day_without_an_hour_was_posted_in_its_evening() {
    let evening = now() - TimeDelta::days(1);
    let said = |text: &str| calendar().local(posted(text, now(), &calendar()).unwrap()).format("%d %H:%M").to_string();
    let (yesterday, today) = (calendar().local(evening).format("%d").to_string(), now());
    assert_eq!(said("gisteren"), format!("{yesterday} 18:00"));
    assert_eq!(said("gisteren 9:15"), format!("{yesterday} 09:15"));
    assert_eq!(posted("vandaag", today, &calendar()), Ok(today));
    assert_eq!(posted("2 uur geleden", today, &calendar()), Ok(today - TimeDelta::hours(2)));
    assert!(posted("morgen", now(), &calendar()).is_err());
}
