//! What is due by the clock: the daily digests (§2.4.1). Pure; the tick and the register's rows come in.

use super::draft::Content;
use super::letters_out::caseless;
use super::{Decision, Department, Disposition, Fresh, Rules};
use crate::case::{Actor, Address, Case, Event, Moment, What};
use crate::digest::{Asked, Digest, Named, build};
use chrono::{Days, NaiveDate};

/// Days looked back for the last digest that was due: longer than any run of closing days.
const LOOK_BACK_DAYS: u64 = 60;

/// Whether a digest is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DigestDue {
    Nothing,
    /// The very first start: nothing is made up for.
    NoteOnly {
        day: NaiveDate,
    },
    Write {
        day: NaiveDate,
        since: Moment,
    },
}

/// The digest that is due now, given the last one (its day and when it was written): once per day even across
/// restarts, and after an outage one, not five.
pub fn digest_due(last: Option<(NaiveDate, Moment)>, rules: &Rules, now: Moment) -> DigestDue {
    let today = rules.calendar.local(now).date_naive();
    let is_past = |day: NaiveDate| rules.calendar.at(day, rules.digest.at) <= now;
    let counts = |day: NaiveDate| !rules.digest.working_days_only || rules.calendar.is_working_day(day);
    let days = (0..LOOK_BACK_DAYS).filter_map(|back| today.checked_sub_days(Days::new(back)));
    let Some(day) = days.into_iter().find(|day| counts(*day) && is_past(*day)) else { return DigestDue::Nothing };
    match last {
        None => DigestDue::NoteOnly { day },
        Some((last_day, written)) if last_day < day => DigestDue::Write { day, since: written },
        Some(_) => DigestDue::Nothing,
    }
}

/// All digests of a day: each department's supervisor gets the department's, `digest.recipients` the company's.
pub fn on_digest(
    day: NaiveDate,
    since: Moment,
    cases: &[Case],
    chain_head: &str,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Decision {
    let named: Vec<Named> = rules.departments.iter().map(named).collect();
    let digest = |department: Option<&str>| {
        let zone = rules.calendar.zone();
        build(cases, &Asked { department, departments: &named, since, now, zone, chain_head })
    };
    let mut digests: Vec<(Address, Digest)> =
        rules.departments.iter().map(|d| (d.supervisor.clone(), digest(Some(&d.name)))).collect();
    digests.extend(rules.digest_recipients.iter().map(|to| (to.clone(), digest(None))));
    let letters: Vec<_> =
        digests.into_iter().map(|(to, digest)| caseless(to, Content::Digest(Box::new(digest)), rules, fresh)).collect();
    let what = What::DigestWritten { day, recipients: letters.len() };
    let event = Event { at: now, case: None, actor: Actor::Desk, mail: None, what };
    let reason = format!("the digest of {day}");
    Decision { disposition: Disposition::Staff, reason, case: None, events: vec![event], letters }
}

fn named(department: &Department) -> Named {
    Named { name: department.name.clone(), title: department.title.clone(), address: department.address.clone() }
}
