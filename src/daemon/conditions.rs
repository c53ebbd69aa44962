//! How it goes with an area, from what is seen here, at the other instances, and what is on file from before. Pure.

use crate::case::Moment;
use crate::desk::outage::{Area, Condition};
use crate::register::SendingThere;

/// Since when it fails.
pub(super) fn began(condition: Condition) -> Option<Moment> {
    match condition {
        Condition::Good => None,
        Condition::Failing { since, .. } => Some(since),
    }
}

/// A trouble that a process before this one met is the same trouble.
pub(super) fn since_before(condition: Condition, earlier: Option<Moment>) -> Condition {
    match (condition, earlier) {
        (Condition::Failing { since, trouble }, Some(earlier)) => {
            Condition::Failing { since: since.min(earlier), trouble }
        }
        (condition, _) => condition,
    }
}

/// What is told of an area, with the error. Sending fails where it fails at one of several instances, for each has letters in hand:
/// its own trouble counts first. It is good where it is at one and fails at none.
pub(super) fn over_all(
    area: Area,
    own: Option<(Condition, String)>,
    elsewhere: &[SendingThere],
) -> Option<(Condition, String)> {
    if area != Area::Sending || own.as_ref().is_some_and(|(condition, _)| began(*condition).is_some()) {
        return own;
    }
    let failing = elsewhere.iter().find(|there| began(there.condition).is_some());
    let told = failing.map(|there| (there.condition, format!("at the instance {}: {}", there.instance, there.found)));
    told.or(own).or_else(|| elsewhere.first().map(|there| (there.condition, String::new())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::outage::Trouble;

    fn failing(minute: i64) -> Condition {
        let since = chrono::DateTime::from_timestamp(minute * 60, 0).unwrap();
        Condition::Failing { since, trouble: Trouble::Away }
    }

    #[test]
    fn sending_fails_where_it_fails_at_one_and_is_good_where_it_fails_at_none() {
        let there = |condition| SendingThere { instance: "twee".into(), condition, found: "refused".into() };
        let (good, bad) = (there(Condition::Good), there(failing(5)));
        let told = |own: Option<Condition>, elsewhere: &[SendingThere]| {
            over_all(Area::Sending, own.map(|condition| (condition, "own".into())), elsewhere)
        };
        let at_two = Some((failing(5), "at the instance twee: refused".to_owned()));
        for (own, elsewhere, expected) in [
            (None, vec![], None),
            (None, vec![good.clone()], Some((Condition::Good, String::new()))),
            (None, vec![good.clone(), bad.clone()], at_two.clone()),
            (Some(Condition::Good), vec![good.clone()], Some((Condition::Good, "own".to_owned()))),
            (Some(Condition::Good), vec![bad.clone()], at_two),
            (Some(failing(9)), vec![bad.clone()], Some((failing(9), "own".to_owned()))),
        ] {
            assert_eq!(told(own, &elsewhere), expected, "{own:?} {elsewhere:?}");
        }
        assert_eq!(over_all(Area::Access, None, &[bad]), None, "each renews its own tokens");
    }
}
