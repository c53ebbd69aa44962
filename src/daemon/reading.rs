//! Reading a batch in a thread of its own, within a deadline. A thread cannot be ended from outside: one that hangs is
//! left behind, and after a few of them the process asks to be started anew, so that they do not pile up. A mail that was
//! in hand before is tried in a process of its own first (`trial.rs`).

use super::comparing::own_folders;
use super::mailboxes::OfMailbox;
use super::office::Office;
use super::processors::beside;
use crate::case::Moment;
use crate::crash::{self, Breaks};
use crate::desk::together::Named;
use crate::desk::{Arrival, Incoming, Intent, understand, witness};
use crate::mail::{self, Finding, FindingKind, Mail, Witness};
use crate::register::{Identity, Pending};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::task::JoinError;

/// Reading a batch takes seconds; what takes longer hangs, and its mails are read again one by one.
const READING_MAX: Duration = Duration::from_secs(120);
/// Threads left behind, each of which may keep a processor busy: at this many the process is started anew.
const HUNG_MAX: u32 = 4;

/// What hangs in this process and cannot be ended but with it.
#[derive(Debug, Default)]
pub struct Hung {
    readings: AtomicU32,
    deciding: AtomicU32,
}

impl Hung {
    /// Whether only a new process helps.
    pub fn is_too_much(&self) -> bool {
        self.readings.load(Ordering::Relaxed) >= HUNG_MAX || self.deciding.load(Ordering::Relaxed) > 0
    }

    /// A decision hangs, with the register's write lock in its hands: nothing can be written any more.
    pub(super) fn deciding_hangs(&self) {
        self.deciding.fetch_add(1, Ordering::Relaxed);
    }
}

/// A mail that was read, or why it could not be.
pub(super) struct Read {
    pub pending: Pending,
    pub outcome: Result<Understood, String>,
}

/// What a mail says, what makes it the same as another, and what it is to the desk.
pub(super) struct Understood {
    pub mail: Mail,
    pub identity: Identity,
    pub intent: Intent,
}

impl Understood {
    pub fn named(&self) -> Named<'_> {
        let Identity { message_id, content_hash } = &self.identity;
        Named { message_id, content_hash, intent: &self.intent }
    }
}

/// Reads them all, on both cores; None: it did not end in time.
pub(super) async fn read(office: &Arc<Office>, mut pending: Vec<Pending>) -> Option<Vec<Read>> {
    let (mails, now) = (pending.len(), office.clock.now());
    let behind = pending.split_off(pending.len().div_ceil(2));
    let halves = [pending, behind].map(|half| {
        let office = office.clone();
        beside(move || half.into_iter().map(|mail| read_one(mail, &office, now)).collect::<Vec<_>>())
    });
    let reading = async {
        let [first, behind] = halves;
        let mut read = first.await?;
        read.extend(behind.await?);
        Ok::<_, JoinError>(read)
    };
    match tokio::time::timeout(crash::deadline(READING_MAX), reading).await {
        Ok(Ok(read)) => Some(read),
        Ok(Err(_)) => {
            tracing::error!(mails, "reading broke off; its mails are read again one by one");
            None
        }
        Err(_) => {
            let hung = office.hung.readings.fetch_add(1, Ordering::Relaxed) + 1;
            tracing::error!(mails, hung, "reading did not end; its mails are read again one by one");
            None
        }
    }
}

/// Octets over which a mail is not taken in whole.
pub(super) fn limit(mailbox: &OfMailbox) -> i64 {
    i64::try_from(mailbox.config.mailbox.max_message_bytes).unwrap_or(i64::MAX)
}

fn read_one(pending: Pending, office: &Office, now: Moment) -> Read {
    let mailbox = office.mailboxes.of_folder(&pending.mailbox);
    let parsed = parse(&pending, witness(&mailbox.config.mailbox.staff_proof), limit(mailbox));
    let understood = |mail| caught(|| understood(mail, &pending, mailbox, now));
    Read { outcome: parsed.and_then(understood), pending }
}

/// Reads one, where a panic is that mail's alone.
///
/// # Errors
/// For people: why it cannot be read.
pub(super) fn parse(pending: &Pending, witness: Witness<'_>, limit: i64) -> Result<Mail, String> {
    if let Some(reason) = &pending.unreadable_because {
        return Err(reason.clone());
    }
    caught(|| {
        crash::poison(Breaks::Reading, &pending.raw);
        with_findings(mail::read(&pending.raw, witness), pending, limit)
    })
}

/// A panic is a bug in us; it must not stop the mails behind this one.
fn caught<T>(step: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(step)).map_err(|_| "reading it failed".to_owned())
}

fn understood(mail: Mail, pending: &Pending, mailbox: &OfMailbox, now: Moment) -> Understood {
    let identity = Identity {
        message_id: mail.message_id.clone().unwrap_or_default(),
        content_hash: mail::content_hash(&mail, &pending.raw),
    };
    let intent = understand(&incoming(pending, &mail, arrival(mailbox, &pending.mailbox)), &mailbox.rules, now);
    Understood { mail, identity, intent }
}

/// The mail as the desk is shown it.
pub(super) fn incoming<'a>(pending: &Pending, mail: &'a Mail, arrival: Arrival) -> Incoming<'a> {
    let (id, received_at, from_junk) = (pending.id, pending.received_at, pending.from_junk);
    Incoming { id, mail, received_at, from_junk, arrival }
}

/// What lies in one of our own folders had been dealt with, and the register forgot it.
pub(super) fn arrival(mailbox: &OfMailbox, folder: &str) -> Arrival {
    let is_own = own_folders(&mailbox.config.mailbox).iter().any(|(name, _)| name == folder);
    if is_own { Arrival::TakenIn } else { Arrival::New }
}

/// With what is not whole about it.
fn with_findings(mut mail: Mail, pending: &Pending, limit: i64) -> Mail {
    let came = i64::try_from(pending.raw.len()).unwrap_or(i64::MAX);
    if !pending.whole && pending.size <= limit && pending.size != came {
        mail.findings.push(of_another_size(pending));
    } else if !pending.whole {
        mail.findings.push(cut_off(pending));
        // What is on file is not all there was.
        mail.original = None;
    }
    mail
}

/// The mail server stated another size and gave the same each time: staff must know that something may be amiss.
fn of_another_size(pending: &Pending) -> Finding {
    let detail = format!("the mail server states {} bytes and gives {}", pending.size, pending.raw.len());
    Finding { kind: FindingKind::Unreadable, detail }
}

/// Staff must know that there is more: the rest is in the mailbox, in the folder for handled mail.
fn cut_off(pending: &Pending) -> Finding {
    let detail =
        format!("only the first {} bytes of it; it is too large, and the rest is in the mailbox", pending.raw.len());
    Finding { kind: FindingKind::OnlyTheBeginning, detail }
}
