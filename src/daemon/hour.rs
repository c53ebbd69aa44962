//! Whether the host's clock is believed before anything is taken in, decided, told or sent. What speaks against it is
//! gathered here; the desk judges (`desk::hour`).

use super::WorkError;
use super::office::Office;
use crate::case::Moment;
use crate::clock;
use crate::desk::hour::{Doubt, Witnesses, doubt};
use crate::register::ahead;
use chrono::TimeDelta;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

/// What this process knows of the hour.
#[derive(Debug, Default)]
pub struct Hour {
    seen: Mutex<Seen>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Seen {
    /// The last event before this process wrote any: what it writes itself is no witness of its own clock.
    before: Option<Option<Moment>>,
    /// When this process looked first: time that it saw pass is no leap of the clock.
    since: Option<Instant>,
    /// What the mail that waits said against it.
    doubt: Option<Doubt>,
}

/// Refuses to go on where the clock cannot be right; `arrived` is the receipt of mails that are not on file yet.
///
/// # Errors
/// [`WorkError::Clock`], or the register refused.
pub(super) async fn believe_with(office: &Office, arrived: Vec<Moment>) -> Result<(), WorkError> {
    judge(office, Some(arrived)).await
}

/// The same without a look at the mailbox: what the mail there said last still counts.
///
/// # Errors
/// See [`believe_with`].
pub(super) async fn believe(office: &Office) -> Result<(), WorkError> {
    judge(office, None).await
}

async fn judge(office: &Office, arrived: Option<Vec<Moment>>) -> Result<(), WorkError> {
    if !office.clock.is_doubtable() {
        return Ok(());
    }
    if let Some(off) = office.register.clock_off() {
        return Err(by_database(office, off));
    }
    let now = office.clock.now();
    let seen = office.hour.read();
    let before = match seen.before {
        Some(before) => before,
        None => office.register.last_event_at().await?,
    };
    let since = seen.since.unwrap_or_else(Instant::now);
    let passed = TimeDelta::from_std(since.elapsed()).unwrap_or(TimeDelta::zero());
    let witnesses = Witnesses {
        built_at: clock::built_at(),
        last_receipt: office.register.last_receipt().await?,
        last_event: before.map(|at| at + passed),
        arrived: arrived.clone().unwrap_or_default(),
    };
    let found = doubt(now, &witnesses);
    let by_mail = if arrived.is_some() { found } else { seen.doubt };
    office.hour.write(Seen { before: Some(before), since: Some(since), doubt: by_mail });
    match found.or(by_mail) {
        None => Ok(()),
        Some(doubt) => Err(WorkError::Clock { now, doubt }),
    }
}

/// Refuses to hold what only one instance does where our clock is too far from the database's.
///
/// # Errors
/// [`WorkError::Clock`], or the register refused.
pub(super) async fn of_database(office: &Office) -> Result<(), WorkError> {
    match office.register.compare_clock().await? {
        Some(off) => Err(by_database(office, off)),
        None => Ok(()),
    }
}

fn by_database(office: &Office, off: TimeDelta) -> WorkError {
    WorkError::Clock { now: office.clock.now(), doubt: Doubt::OfDatabase(off) }
}

impl Hour {
    fn read(&self) -> Seen {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, seen: Seen) {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = seen;
    }
}

/// How often an operator must say that the clock is right: what this run writes speaks for it later, but not to the database's.
pub(super) fn how_often(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::OfDatabase(_) => "at each start, until the database server's is set",
        Doubt::BeforeBuild(_) | Doubt::BehindMail(_) | Doubt::AheadOfMail(_) => "once",
    }
}

/// The next step for the operator (invariant 12).
pub(super) fn found(doubt: Doubt) -> String {
    let (at, said) = match doubt {
        Doubt::OfDatabase(off) => return format!("it is {} that of the register's database", ahead(off)),
        Doubt::BeforeBuild(at) => (at, "this program was only built"),
        Doubt::BehindMail(at) => (at, "the mail server received a mail"),
        Doubt::AheadOfMail(at) => (at, "nothing happened since long before, and the newest mail that waits is of"),
    };
    format!("{said} {}", at.format("%Y-%m-%d %H:%M UTC"))
}
