//! Reading a batch in a thread of its own, within a deadline. A thread cannot be ended from outside: one that hangs is
//! left behind, and after a few of them the process asks to be started anew, so that they do not pile up. A mail that was
//! in hand before is tried in a process of its own first (`trial.rs`).

use super::office::Office;
use crate::crash::{self, Breaks};
use crate::mail::{self, Finding, FindingKind, Mail};
use crate::register::Pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

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
    pub outcome: Result<Mail, String>,
}

/// Reads them all; None: it did not end in time.
pub(super) async fn read(office: &Office, pending: Vec<Pending>) -> Option<Vec<Read>> {
    let trusted = office.config.mailbox.trusted_authserv_id.clone();
    let limit = limit(office);
    let mails = pending.len();
    let reading =
        tokio::task::spawn_blocking(move || pending.into_iter().map(|mail| read_one(mail, &trusted, limit)).collect());
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
pub(super) fn limit(office: &Office) -> i64 {
    i64::try_from(office.config.mailbox.max_message_bytes).unwrap_or(i64::MAX)
}

/// Reads one, where a panic is that mail's alone.
pub(super) fn read_one(pending: Pending, trusted_authserv_id: &str, limit: i64) -> Read {
    if let Some(reason) = &pending.unreadable_because {
        let outcome = Err(reason.clone());
        return Read { pending, outcome };
    }
    // A panic is a bug in us; it must not stop the mails behind this one.
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        crash::poison(Breaks::Reading, &pending.raw);
        mail::read(&pending.raw, trusted_authserv_id)
    }));
    let outcome = outcome.map(|mut mail| {
        let came = i64::try_from(pending.raw.len()).unwrap_or(i64::MAX);
        if !pending.whole && pending.size <= limit && pending.size != came {
            mail.findings.push(of_another_size(&pending));
        } else if !pending.whole {
            mail.findings.push(cut_off(&pending));
            // What is on file is not all there was.
            mail.original = None;
        }
        mail
    });
    Read { outcome: outcome.map_err(|_| "reading it failed".to_owned()), pending }
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
