//! Mails that the server has and does not give, or in whose place something else came: when they are asked for again, and
//! when a person hears of one. By the clock, not by the number of looks: trouble with a server's storage lasts minutes or
//! hours. They stay in the inbox all the while, also those that went on file as unreadable, and what comes in the end is
//! registered like any other mail (invariant 1).

use super::WorkError;
use super::deciding::decide_batch;
use super::intake::{Failed, Place, fetch_together, folder_name, on_file};
use super::office::Office;
use super::{Step, again};
use crate::case::Moment;
use crate::mailbox::{Doubt, Entry, Mailbox, Uid};
use crate::register::{NEVER_GIVEN, NewMail, Withheld};
use chrono::TimeDelta;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// A mail that others are given beside goes on file as unreadable after this, so that a person hears the same day.
const ALONE_GIVEN_UP_AFTER: TimeDelta = TimeDelta::hours(6);
/// The same where none is given: then it is the server's trouble, of which the operator hears.
const ALL_GIVEN_UP_AFTER: TimeDelta = TimeDelta::hours(24);
/// Longest pause between two questions for one mail.
const PAUSE_MAX: TimeDelta = TimeDelta::hours(1);
/// The pause grows with the age of the trouble: a sixth of it.
const PAUSE_PART: i32 = 6;
/// Mails in a row that are not given, after which the rest waits for the next look: it is the server.
const FAILURES_MAX: usize = 20;
/// The same where others are given: a look must come to its end.
const LOOK_MAX: usize = 200;
/// What came with another size than stated is the mail, if it came alike so often and for so long.
const ALIKE_TIMES: i64 = 3;
const ALIKE_FOR: TimeDelta = TimeDelta::minutes(15);

/// When each was asked for last. A new process asks at once.
#[derive(Debug, Default)]
pub struct Asked {
    last: Mutex<HashMap<(String, i64, i64), Moment>>,
}

impl Asked {
    fn last(&self, mailbox: &str, uid_validity: i64, key: i64) -> Option<Moment> {
        let last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.get(&(mailbox.to_owned(), uid_validity, key)).copied()
    }

    fn note(&self, mailbox: &str, uid_validity: i64, key: i64, at: Moment) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.insert((mailbox.to_owned(), uid_validity, key), at);
    }

    fn forget(&self, mailbox: &str, uid_validity: i64, key: i64) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.remove(&(mailbox.to_owned(), uid_validity, key));
    }
}

/// Whether a mail is asked for now, that could not be had since then.
fn is_due(since: Moment, last: Option<Moment>, now: Moment) -> bool {
    let pause = ((now - since) / PAUSE_PART).min(PAUSE_MAX);
    // A clock that was set back keeps nobody waiting.
    last.is_none_or(|last| now - last >= pause || last > now)
}

/// Whether other mails were given at the same look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    ThisMail,
    Server,
}

/// Whether a mail goes on file as unreadable that could not be had for so long.
fn is_given_up(age: TimeDelta, trouble: Trouble) -> bool {
    let limit = match trouble {
        Trouble::ThisMail => ALONE_GIVEN_UP_AFTER,
        Trouble::Server => ALL_GIVEN_UP_AFTER,
    };
    age >= limit
}

/// Whether what came is the mail after all. `same`: times it came so, this one included.
fn is_taken(age: TimeDelta, doubt: Doubt, same: i64) -> bool {
    match doubt {
        Doubt::Size { .. } => same >= ALIKE_TIMES && age >= ALIKE_FOR,
        Doubt::Substitute => false,
    }
}

/// What became of the mails that were waited for.
#[derive(Debug, Default)]
pub(super) struct Again {
    /// Now on file.
    pub given: Vec<Entry>,
    /// Not given, and why the last was not.
    pub waiting: usize,
    pub reason: Option<String>,
}

/// A mail that is waited for.
struct Wanted {
    entry: Entry,
    /// What it is on file under, or will be.
    key: i64,
    last: Option<Moment>,
    before: Option<Withheld>,
}

/// Asks again for what could not be had, one by one and after everything else: one at which a server breaks off hides no
/// other.
///
/// # Errors
/// The mailbox or the register failed.
pub(super) async fn ask_again(
    office: &Arc<Office>,
    mailbox: &mut Mailbox,
    place: Place<'_>,
    entries: &[Entry],
) -> Result<Again, WorkError> {
    let name = folder_name(&office.config.mailbox, place.folder);
    let wanted = wanted(office, place, &name, entries).await?;
    let mut again = Again { waiting: wanted.len(), ..Again::default() };
    let (mut failed, mut gone): (Vec<Missed>, BTreeSet<Uid>) = (Vec::new(), BTreeSet::new());
    for one in wanted {
        let none_given = again.given.is_empty();
        if office.stop.is_cancelled() || failed.len() >= if none_given { FAILURES_MAX } else { LOOK_MAX } {
            break;
        }
        again.reason = one.before.as_ref().map(|before| before.reason.clone()).or(again.reason);
        let now = office.clock.now();
        let uid = again::uid(office.config.mailbox.kind, one.key);
        let since = office.register.first_listed(&name, place.uid_validity, uid).await?.unwrap_or(now);
        if !is_due(since, one.last, now) {
            continue;
        }
        office.asked.note(&name, place.uid_validity, one.key, now);
        let outcome = match fetch_together(office, mailbox, place, std::slice::from_ref(&one.entry)).await {
            Ok(outcome) => outcome,
            Err(error) => {
                // One at which the server breaks off is never judged below.
                if now - since >= ALL_GIVEN_UP_AFTER {
                    give_up(office, place, &one).await?;
                }
                return Err(error);
            }
        };
        gone.extend(outcome.vanished.iter().map(|uid| Uid(*uid)));
        match outcome.failed.into_iter().next() {
            Some(missed) if !take_alike(office, place, &one, &missed, now - since).await? => {
                again.reason = Some(missed.reason);
                failed.push(Missed { one, age: now - since });
            }
            _ => {
                office.asked.forget(&name, place.uid_validity, one.key);
                again.given.push(one.entry);
            }
        }
    }
    let trouble = if again.given.is_empty() && failed.len() > 1 { Trouble::Server } else { Trouble::ThisMail };
    for missed in &failed {
        if is_given_up(missed.age, trouble) {
            give_up(office, place, &missed.one).await?;
        }
    }
    again.waiting -= again.given.len();
    again.given.retain(|entry| !gone.contains(&entry.uid));
    while decide_batch(office).await? == Step::Worked {}
    Ok(again)
}

/// A mail that was not given once more, and for how long it could not be had.
struct Missed {
    one: Wanted,
    age: TimeDelta,
}

/// The longest not asked for first.
async fn wanted(office: &Office, place: Place<'_>, name: &str, entries: &[Entry]) -> Result<Vec<Wanted>, WorkError> {
    let keys: Vec<i64> = entries.iter().map(|entry| place.key(entry.uid)).collect();
    let mut withheld = office.register.withheld(name, place.uid_validity, &keys).await?;
    let one = |(entry, key): (&Entry, i64)| Wanted {
        entry: *entry,
        key,
        last: office.asked.last(name, place.uid_validity, key),
        before: withheld.remove(&key),
    };
    let mut wanted: Vec<Wanted> = entries.iter().zip(keys).map(one).collect();
    wanted.sort_by_key(|one| one.last);
    Ok(wanted)
}

/// Whether what came is taken for the mail, because it was the same for so long.
async fn take_alike(
    office: &Office,
    place: Place<'_>,
    one: &Wanted,
    missed: &Failed,
    age: TimeDelta,
) -> Result<bool, WorkError> {
    let Some((raw, doubt)) = &missed.came else { return Ok(false) };
    let same = one.before.as_ref().filter(|before| before.reason == missed.reason).map_or(1, |b| b.attempts + 1);
    if !is_taken(age, *doubt, same) {
        return Ok(false);
    }
    let uid = one.entry.uid.0;
    tracing::warn!(mail.uid = uid, %doubt, "what the mail server gives stays the same; it is registered, and marked");
    let mail = NewMail { whole: false, ..on_file(office, place, &one.entry, raw.clone()) };
    office.register.store_mails(&[mail]).await?;
    Ok(true)
}

/// A person hears of it; the mail stays where it is, and is asked for further.
async fn give_up(office: &Office, place: Place<'_>, one: &Wanted) -> Result<(), WorkError> {
    let Some(before) = &one.before else { return Ok(()) };
    // Under its own number only once: what is on file so is asked for under another.
    if one.key != one.entry.uid.0 {
        return Ok(());
    }
    let reason = format!("{NEVER_GIVEN} in {} attempts: {}", before.attempts, before.reason);
    let mail = on_file(office, place, &one.entry, Vec::new());
    let mail = NewMail { whole: false, unreadable_because: Some(reason), ..mail };
    office.register.store_mails(&[mail]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_grows_with_the_trouble_and_not_with_the_looks() {
        let since = Moment::from_timestamp(1_000_000, 0).unwrap();
        let at = |minutes: i64| since + TimeDelta::minutes(minutes);
        assert!(is_due(since, None, at(0)));
        assert!(is_due(since, Some(at(0)), at(1)), "a restart of the server takes a minute");
        assert!(!is_due(since, Some(at(58)), at(60)) && is_due(since, Some(at(48)), at(60)));
        assert!(!is_due(since, Some(at(9_960)), at(10_000)) && is_due(since, Some(at(9_940)), at(10_000)));
        assert!(is_due(since, Some(at(50)), at(3)), "the clock was set back");
    }

    #[test]
    fn a_mail_is_given_up_after_hours_and_a_server_after_a_day() {
        let (hours, minutes) = (TimeDelta::hours, TimeDelta::minutes);
        assert!(!is_given_up(minutes(359), Trouble::ThisMail) && is_given_up(hours(6), Trouble::ThisMail));
        assert!(!is_given_up(hours(23), Trouble::Server) && is_given_up(hours(24), Trouble::Server));
    }

    #[test]
    fn another_size_that_stays_the_same_is_taken_and_a_servers_own_text_never() {
        let minutes = TimeDelta::minutes;
        let size = Doubt::Size { stated: 7 };
        assert!(!is_taken(minutes(20), size, 2) && !is_taken(minutes(5), size, 30) && is_taken(minutes(20), size, 3));
        assert!(!is_taken(minutes(10_000), Doubt::Substitute, 30));
    }
}
