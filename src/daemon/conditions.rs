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
/// its own trouble counts first. It is good where each says so: that one was not heard of is no end. `elsewhere` None: it could not
/// be asked.
pub(super) fn over_all(
    area: Area,
    own: Option<(Condition, String)>,
    elsewhere: Option<&[SendingThere]>,
) -> Option<(Condition, String)> {
    if area != Area::Sending || own.as_ref().is_some_and(|(condition, _)| began(*condition).is_some()) {
        return own;
    }
    let elsewhere = elsewhere?;
    let failing = |there: &SendingThere| {
        let condition = there.condition.filter(|condition| began(*condition).is_some())?;
        Some((condition, format!("at the instance {}; its log says the error", there.instance)))
    };
    let is_good = || elsewhere.iter().all(|there| there.condition == Some(Condition::Good));
    elsewhere.iter().find_map(failing).or_else(|| own.filter(|_| is_good()))
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
        let there = |condition| SendingThere { instance: "twee".into(), condition };
        let (good, bad, unknown) = (there(Some(Condition::Good)), there(Some(failing(5))), there(None));
        let told = |own: Option<Condition>, elsewhere: Option<&[SendingThere]>| {
            over_all(Area::Sending, own.map(|condition| (condition, "own".into())), elsewhere)
        };
        let at_two = Some((failing(5), "at the instance twee; its log says the error".to_owned()));
        let is_good = Some((Condition::Good, "own".to_owned()));
        for (own, elsewhere, expected) in [
            (None, vec![], None),
            (None, vec![good.clone()], None),
            (None, vec![good.clone(), bad.clone()], at_two.clone()),
            (Some(Condition::Good), vec![], is_good.clone()),
            (Some(Condition::Good), vec![good.clone()], is_good),
            (Some(Condition::Good), vec![good.clone(), unknown.clone()], None),
            (Some(Condition::Good), vec![unknown, bad.clone()], at_two),
            (Some(failing(9)), vec![bad.clone()], Some((failing(9), "own".to_owned()))),
        ] {
            assert_eq!(told(own, Some(&elsewhere)), expected, "{own:?} {elsewhere:?}");
        }
        assert_eq!(told(Some(Condition::Good), None), None, "who cannot ask does not know");
        assert_eq!(told(Some(failing(9)), None), Some((failing(9), "own".to_owned())));
        assert_eq!(over_all(Area::Access, None, Some(&[bad])), None, "each renews its own tokens");
    }
}
