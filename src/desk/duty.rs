//! What is due by the clock: the daily digests (§2.4.1). Pure; the tick and the register's rows come in.

use super::draft::Content;
use super::letters_out::caseless;
use super::{Decision, Disposition, Fresh, Rules};
use crate::case::{Actor, Address, Case, Event, Moment, What};
use crate::digest::{self, Digest};
use chrono::NaiveDate;

/// All digests of a day: each department's supervisor gets the department's, `digest.recipients` the company's.
fn digests(
    _day: NaiveDate,
    _since: Moment,
    _cases: &[Case],
    _chain_head: &str,
    _rules: &Rules,
    _now: Moment,
) -> Vec<(Address, Digest)> {
    Vec::new()
}

pub fn on_digest(
    day: NaiveDate,
    since: Moment,
    cases: &[Case],
    chain_head: &str,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let mut letters = Vec::new();
    for (to, content) in digests(day, since, cases, chain_head, rules, now) {
        letters.push(caseless(to, Content::Digest(Box::new(content)), rules, fresh));
    }
    let what = What::DigestWritten { day, recipients: letters.len() };
    let event = Event { at: now, case: None, actor: Actor::Desk, mail: None, what };
    let reason = format!("the digest of {day}");
    Decision { disposition: Disposition::Staff, reason, case: None, events: vec![event], letters }
}
