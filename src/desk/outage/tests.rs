//! When the operator hears of it, minute by minute.

use super::*;
use proptest::prelude::*;

const AFTER: TimeDelta = TimeDelta::minutes(30);

fn at(minute: i64) -> Moment {
    Moment::from_timestamp(1_795_422_600 + minute * 60, 0).unwrap()
}

/// Plays minutes: each says how it goes then. What was told at which minute: the trouble, or `None` for over.
fn told(minutes: &[Option<Trouble>]) -> Vec<(i64, Option<Trouble>)> {
    let (mut failing_since, mut told, mut letters) = (None, None, Vec::new());
    for (minute, trouble) in (0..).zip(minutes) {
        let condition = match trouble {
            None => {
                failing_since = None;
                Condition::Good
            }
            Some(trouble) => {
                let since = *failing_since.get_or_insert(at(minute));
                Condition::Failing { since, trouble: *trouble }
            }
        };
        match word(condition, told, AFTER, at(minute)) {
            Word::Nothing => {}
            Word::Failing { trouble, since } => {
                told = Some(Told { trouble, since, at: at(minute) });
                letters.push((minute, Some(trouble)));
            }
            Word::Over { since } => {
                assert_eq!(Some(since), told.map(|told| told.since));
                told = None;
                letters.push((minute, None));
            }
        }
    }
    letters
}

fn minutes(parts: &[(usize, Option<Trouble>)]) -> Vec<Option<Trouble>> {
    parts.iter().flat_map(|(count, trouble)| std::iter::repeat_n(*trouble, *count)).collect()
}

const AWAY: Option<Trouble> = Some(Trouble::Away);
const LOGIN: Option<Trouble> = Some(Trouble::Login);

#[test]
fn once_per_trouble_daily_while_it_lasts_and_once_when_it_is_over() {
    assert_eq!(told(&minutes(&[(10, None), (29, AWAY), (10, None)])), []);
    assert_eq!(told(&minutes(&[(10, None), (40, AWAY), (10, None)])), [(40, AWAY), (50, None)]);
    let three_days = minutes(&[(3 * 1440, AWAY), (1, None)]);
    assert_eq!(told(&three_days), [(30, AWAY), (1470, AWAY), (2910, AWAY), (4320, None)]);
    // Another trouble is another letter, and its beginning is that of the first.
    assert_eq!(told(&minutes(&[(40, AWAY), (40, LOGIN), (1, None)])), [(30, AWAY), (60, LOGIN), (80, None)]);
    // Over, and then again: that is a new one.
    assert_eq!(told(&minutes(&[(31, AWAY), (5, None), (31, AWAY)])), [(30, AWAY), (31, None), (66, AWAY)]);
}

#[test]
fn a_clock_that_is_set_back_tells_nothing_twice() {
    let condition = Condition::Failing { since: at(100), trouble: Trouble::Away };
    assert_eq!(word(condition, None, AFTER, at(0)), Word::Nothing);
    let told = Told { trouble: Trouble::Away, since: at(100), at: at(200) };
    assert_eq!(word(condition, Some(told), AFTER, at(150)), Word::Nothing);
}

#[test]
fn troubles_have_names_of_their_own() {
    for trouble in Trouble::ALL {
        assert_eq!(Trouble::from_name(trouble.name()), Some(trouble));
    }
}

proptest! {
    /// However it flickers: two letters about a trouble are half an hour apart, nothing is told that did not last
    /// so long, and whoever was told of a trouble is told of its end.
    #[test]
    fn no_flicker_fills_a_mailbox(
        parts in prop::collection::vec((1usize..90, prop::option::of(prop::sample::select(Trouble::ALL.to_vec()))), 1..40)
    ) {
        let minutes = minutes(&parts);
        let letters = told(&minutes);
        for pair in letters.windows(2) {
            prop_assert!(pair[1].1.is_none() || pair[1].0 - pair[0].0 >= 30, "{letters:?}");
            prop_assert!(pair[0].1.is_some() || pair[1].1.is_some(), "over twice: {letters:?}");
        }
        for (minute, trouble) in &letters {
            let minute = usize::try_from(*minute).unwrap();
            prop_assert_eq!(&minutes[minute], trouble);
            if trouble.is_some() {
                prop_assert!(minutes[minute - 30..=minute].iter().all(Option::is_some));
            }
        }
        if letters.last().is_some_and(|(_, trouble)| trouble.is_some()) {
            prop_assert!(minutes.last().unwrap().is_some(), "the end was not told");
        }
    }
}

#[test]
fn a_secret_that_ends_is_told_a_month_a_week_and_a_day_before_and_then_daily() {
    let last: NaiveDate = "2027-05-01".parse().unwrap();
    let on = |day: &str| Trouble::of_last_day(last, day.parse().unwrap());
    assert_eq!(on("2027-03-31"), None);
    assert_eq!([on("2027-04-01"), on("2027-04-23")], [Some(Trouble::ExpiresInAMonth); 2]);
    assert_eq!([on("2027-04-24"), on("2027-04-29")], [Some(Trouble::ExpiresInAWeek); 2]);
    assert_eq!([on("2027-04-30"), on("2027-05-02")], [Some(Trouble::ExpiresInADay); 2]);
    // Two days after it was told: a month ahead it is not said again, on the last day it is.
    for (trouble, again) in [(Trouble::ExpiresInAMonth, false), (Trouble::ExpiresInADay, true)] {
        let (since, now) = (at(0), at(60 * 48));
        let told = Told { trouble, since, at: at(30) };
        let said = word(Condition::Failing { since, trouble }, Some(told), TimeDelta::minutes(30), now);
        assert_eq!(said != Word::Nothing, again, "{trouble:?}");
    }
}
