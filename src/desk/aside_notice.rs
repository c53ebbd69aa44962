//! The notice about mails that were put aside: to one person, within the hour, weekends too, all new ones in one letter.
//! Pure; the tick, the mails and the moment come in.
//!
//! A notice about our own loop must not feed that loop (invariant 5): whoever's mailbox sends our letters back to us is
//! not written to about it, and where nobody else is left only the digest tells of it.

use super::aside::put_aside;
use super::deciding::Pen;
use super::draft::{Content, Draft, SetAside, Topic};
use super::intent::{letter_that_came_back, sender_of};
use super::{Decision, Fresh, Rules, Stored};
use crate::case::{Actor, Address, Event, LetterId, Moment, What};
use crate::digest::WhyAside;
use chrono::TimeDelta;

/// Time between two notices: one letter an hour is read, one for each piece of spam is not.
const BETWEEN_NOTICES: TimeDelta = TimeDelta::hours(1);
/// Mails that one notice tells of; the mail would grow past what clients show. The next notice has the others.
pub const NOTICE_MAILS_MAX: usize = 100;

/// A mail to tell of.
#[derive(Debug, Clone)]
pub struct Untold {
    pub stored: Stored,
    /// Of a letter of ours that came back: whom it was sent to.
    pub came_back_from: Option<Address>,
}

/// The letter of ours that a mail put aside is, or carries along; the register says whom it went to.
pub fn came_back(stored: &Stored, rules: &Rules) -> Option<LetterId> {
    let mail = stored.mail.as_deref().filter(|_| WhyAside::of(&stored.reason).is_loop())?;
    letter_that_came_back(mail, rules)
}

/// Whether an hour has passed since the last notice.
pub fn may_tell(last_notice: Option<Moment>, now: Moment) -> bool {
    // A notice of the future is that of a clock which was put back since: it must not silence the next one.
    let is_recent = |last: Moment| last <= now && now - last < BETWEEN_NOTICES;
    !last_notice.is_some_and(is_recent)
}

/// Tells of everything that was put aside and not told of, unless that was done within the last hour. `waiting` is how
/// many there are beside these.
pub fn on_aside(
    untold: &[Untold],
    waiting: usize,
    last_notice: Option<Moment>,
    rules: &Rules,
    now: Moment,
    fresh: &mut Fresh,
) -> Option<Decision> {
    if untold.is_empty() || !may_tell(last_notice, now) {
        return None;
    }
    let mails: Vec<i64> = untold.iter().map(|one| one.stored.id).collect();
    let letter = reader(untold, rules).map(|to| notice(untold, waiting, to, Pen { rules, fresh }));
    let told_in = letter.as_ref().map(|letter| letter.id.clone());
    let what = What::AsideTold { letter: told_in, mails };
    Some(Decision {
        events: vec![Event { at: now, case: None, actor: Actor::Desk, mail: None, what }],
        letters: letter.into_iter().collect(),
    })
}

/// The fallback department's supervisor; where that mailbox sends our letters back, the next one up.
fn reader(untold: &[Untold], rules: &Rules) -> Option<Address> {
    let fallback = rules.fallback().into_iter();
    let mut readers = fallback.map(|department| &department.supervisor).chain(&rules.digest_recipients);
    readers.find(|reader| !untold.iter().any(|one| sends_back(one, reader))).cloned()
}

fn sends_back(untold: &Untold, reader: &Address) -> bool {
    let wrote_it = |why: WhyAside| {
        (why.is_loop() || why == WhyAside::MachineOfStaff) && sender_of(&untold.stored).as_ref() == Some(reader)
    };
    untold.came_back_from.as_ref() == Some(reader) || wrote_it(WhyAside::of(&untold.stored.reason))
}

fn notice(untold: &[Untold], waiting: usize, to: Address, pen: Pen<'_>) -> Draft {
    let mails = untold.iter().map(|one| put_aside(&one.stored)).collect();
    let subject = pen.rules.language.pick("Terzijde gelegd", "Set aside");
    let topic = Topic { subject: subject.to_owned(), customer: String::new() };
    Draft { topic, ..pen.caseless(to, Content::SetAside(SetAside { mails, waiting })) }
}
