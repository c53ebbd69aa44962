//! The middle and the upper end of a list of numbers. Pure.

use serde::Serialize;

/// How a list of numbers is spread.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// Half are at most this; of an even list the mean of the two in the middle.
    pub median: f64,
    /// The smallest number that nine in ten do not exceed (nearest rank).
    pub percentile_90: f64,
    /// How many numbers there are.
    pub count: usize,
}

impl Spread {
    /// None of an empty list.
    pub fn of(mut numbers: Vec<f64>) -> Option<Self> {
        numbers.sort_by(f64::total_cmp);
        let count = numbers.len();
        let (lower, upper) = (count.checked_sub(1)? / 2, count / 2);
        let rank = count.saturating_mul(9).div_ceil(10);
        let (lower, upper) = (*numbers.get(lower)?, *numbers.get(upper)?);
        Some(Self { median: (lower + upper) / 2.0, percentile_90: *numbers.get(rank.checked_sub(1)?)?, count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_middle_and_nine_in_ten_by_example() {
        let spread = |numbers: &[f64]| Spread::of(numbers.to_vec()).map(|s| (s.median, s.percentile_90, s.count));
        assert_eq!(spread(&[]), None);
        assert_eq!(spread(&[7.0]), Some((7.0, 7.0, 1)));
        assert_eq!(spread(&[4.0, 1.0]), Some((2.5, 4.0, 2)));
        assert_eq!(spread(&[9.0, 1.0, 3.0]), Some((3.0, 9.0, 3)));
        let ten: Vec<f64> = (1..=10).map(f64::from).collect();
        assert_eq!(spread(&ten), Some((5.5, 9.0, 10)));
        let eleven: Vec<f64> = (1..=11).map(f64::from).collect();
        assert_eq!(spread(&eleven), Some((6.0, 10.0, 11)));
    }

    proptest! {
        /// By counting, without sorting.
        #[test]
        fn the_ranks_hold_what_they_say(numbers in prop::collection::vec(0u16..500, 1..60)) {
            let spread = Spread::of(numbers.iter().map(|n| f64::from(*n)).collect()).unwrap();
            let at_most = |limit: f64| numbers.iter().filter(|n| f64::from(**n) <= limit).count();
            let at_least = |limit: f64| numbers.iter().filter(|n| f64::from(**n) >= limit).count();
            prop_assert!(at_most(spread.percentile_90) * 10 >= numbers.len() * 9);
            prop_assert!(at_most(spread.percentile_90 - 1.0) * 10 < numbers.len() * 9);
            prop_assert!(at_most(spread.median) * 2 >= numbers.len() && at_least(spread.median) * 2 >= numbers.len());
        }
    }
}
