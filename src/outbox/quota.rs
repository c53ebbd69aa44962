//! How many letters a provider takes in a minute and in a day: what goes over that is not offered to it, because it answers
//! with refusals, and some with a block. Pure: the moments come in as arguments.

use crate::case::Moment;
use chrono::TimeDelta;
use std::collections::VecDeque;

const MINUTE: TimeDelta = TimeDelta::minutes(1);
const DAY: TimeDelta = TimeDelta::hours(24);

/// How many letters may go now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// As many as there are.
    Unlimited,
    /// At most so many.
    For(usize),
    /// None before that moment.
    None { until: Moment },
}

/// The limits, and when letters were handed over: for each so many as the largest limit counts.
#[derive(Debug, Default)]
pub struct Quota {
    limits: Vec<(TimeDelta, usize)>,
    sent: VecDeque<Moment>,
}

impl Quota {
    /// `per_minute` and `per_day`: None for no limit.
    pub fn new(per_minute: Option<u32>, per_day: Option<u32>) -> Self {
        let limit = |window, most: Option<u32>| most.map(|most| (window, usize::try_from(most).unwrap_or(usize::MAX)));
        let limits = [limit(MINUTE, per_minute), limit(DAY, per_day)].into_iter().flatten().collect();
        Self { limits, sent: VecDeque::new() }
    }

    /// Since when it must be known what was sent; None where nothing is limited.
    pub fn counts_since(&self, now: Moment) -> Option<Moment> {
        self.limits.iter().map(|(window, _)| now - *window).min()
    }

    /// So many letters were handed over by then, whatever the server said to them.
    pub fn took(&mut self, letters: usize, at: Moment) {
        if self.limits.is_empty() {
            return;
        }
        let most = self.limits.iter().map(|(_, most)| *most).max().unwrap_or(0);
        self.sent.extend(std::iter::repeat_n(at, letters.min(most)));
        let beyond = self.sent.len().saturating_sub(most);
        self.sent.drain(..beyond);
    }

    /// What may go now, by each of the limits.
    pub fn room(&self, now: Moment) -> Room {
        self.limits.iter().map(|(window, most)| self.room_within(*window, *most, now)).fold(Room::Unlimited, narrower)
    }

    fn room_within(&self, window: TimeDelta, most: usize, now: Moment) -> Room {
        // What a clock that was ahead wrote down counts as of now.
        let counted = self.sent.iter().rev().map(|at| (*at).min(now)).take_while(|at| now - *at < window);
        match counted.take(most).enumerate().last() {
            Some((index, oldest)) if index + 1 == most => Room::None { until: oldest + window },
            Some((index, _)) => Room::For(most - index - 1),
            None => Room::For(most),
        }
    }
}

fn narrower(one: Room, other: Room) -> Room {
    match (one, other) {
        (Room::Unlimited, room) | (room, Room::Unlimited) => room,
        (Room::None { until }, Room::None { until: other }) => Room::None { until: until.max(other) },
        (Room::None { until }, _) | (_, Room::None { until }) => Room::None { until },
        (Room::For(one), Room::For(other)) => Room::For(one.min(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(seconds: i64) -> Moment {
        Moment::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(seconds)
    }

    #[test]
    fn a_minutes_letters_go_and_the_next_when_the_first_is_a_minute_old() {
        let mut quota = Quota::new(Some(3), None);
        assert_eq!(quota.room(at(0)), Room::For(3));
        quota.took(1, at(0));
        quota.took(2, at(10));
        assert_eq!(quota.room(at(20)), Room::None { until: at(60) });
        assert_eq!(quota.room(at(60)), Room::For(1));
        assert_eq!(quota.room(at(70)), Room::For(3));
    }

    #[test]
    fn the_narrowest_limit_counts() {
        let mut quota = Quota::new(Some(3), Some(4));
        quota.took(3, at(0));
        assert_eq!(quota.room(at(60)), Room::For(1));
        quota.took(1, at(61));
        assert_eq!(quota.room(at(121)), Room::None { until: at(24 * 3600) });
    }

    #[test]
    fn without_a_limit_nothing_is_counted() {
        let mut quota = Quota::new(None, None);
        quota.took(10_000, at(0));
        assert_eq!((quota.room(at(0)), quota.counts_since(at(0))), (Room::Unlimited, None));
    }

    #[test]
    fn a_clock_that_was_ahead_holds_nothing_up_for_longer_than_the_limit_does() {
        let mut quota = Quota::new(Some(1), None);
        quota.took(1, at(3_600));
        assert_eq!(quota.room(at(0)), Room::None { until: at(60) });
    }

    proptest! {
        /// Whoever sends what there is room for, when there is, sends no more in any window than the limit.
        #[test]
        fn no_window_ever_has_more_than_its_limit(
            steps in prop::collection::vec((0_i64..40, 0_usize..6), 1..60), minute in 1_u32..8, day in 1_u32..30,
        ) {
            let (mut quota, mut now, mut sent) = (Quota::new(Some(minute), Some(day)), 0, Vec::new());
            for (passes, wanted) in steps {
                now += passes;
                let letters = match quota.room(at(now)) {
                    Room::For(room) => wanted.min(room),
                    Room::None { until } => { prop_assert!(until > at(now)); 0 }
                    Room::Unlimited => panic!("there are limits"),
                };
                quota.took(letters, at(now));
                sent.extend(std::iter::repeat_n(now, letters));
                let within = |window: i64| sent.iter().filter(|one| now - **one < window).count();
                prop_assert!(within(60) <= minute as usize && within(86_400) <= day as usize);
            }
        }
    }
}
