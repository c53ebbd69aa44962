//! One step of deciding: mails on file are read, decided on, and what is decided is recorded, a batch in one
//! transaction. An attempt is committed before reading, so that even an abort of the process is counted; a mail
//! that is not survived is set apart as unreadable and the rest goes on (invariant 1).

use super::aside::read_all;
use super::clerk::{self, Known};
use super::office::{Office, OfficeError};
use super::{Step, WorkError};
use crate::desk::{CaseFile, Incoming, Written, lookup, on_mail, on_unreadable};
use crate::mail::{self, Finding, FindingKind, Mail};
use crate::register::{Identity, Pending, RegisterError, Tx};
use futures_util::FutureExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// Mails of one transaction: enough that its fsync does not count, few enough that a conflict costs little.
const BATCH: i64 = 50;
/// Octets of one transaction's mails, which are in memory together; one mail may be larger.
const BATCH_BYTES: i64 = 32 * 1024 * 1024;
/// Readings that may fail before a mail is set apart: more than one, because a power cut is not the mail's fault; few
/// enough that a service manager still starts a process again that each of them ends.
pub(super) const ATTEMPTS_MAX: i64 = 3;
/// Reading a batch takes seconds; what takes longer hangs, and its mails are read again one by one.
const READING_MAX: Duration = Duration::from_secs(120);

/// Decides on what is on file. `Idle` when nothing waits. Each mail that waits ends in a decision after a few calls:
/// one that cannot be decided on is set apart.
///
/// # Errors
/// The register cannot be used now: try again later. No mail is blamed for that.
pub async fn decide_batch(office: &Arc<Office>) -> Result<Step, WorkError> {
    let pending = office.register.pending(BATCH, BATCH_BYTES).await?;
    if pending.is_empty() {
        return Ok(Step::Idle);
    }
    let ids: Vec<i64> = pending.iter().map(|mail| mail.id).collect();
    office.register.count_attempt(&ids).await?;
    let trusted = office.config.mailbox.trusted_authserv_id.clone();
    let reading = tokio::task::spawn_blocking(move || {
        pending.into_iter().map(|pending| read_one(pending, &trusted)).collect::<Vec<_>>()
    });
    let Ok(Ok(read)) = tokio::time::timeout(READING_MAX, reading).await else {
        tracing::error!(mails = ids.len(), "reading did not end; its mails are read again one by one");
        return Ok(Step::Worked);
    };
    let decided = decide_read(office, &read).await;
    if decided.is_err() {
        // As good as can be: while it cannot be written, no further attempt is counted either.
        let _ = office.register.uncount_attempt(&ids).await;
    }
    decided.map(|()| Step::Worked)
}

/// A mail that was read, or why it could not be.
struct Read {
    pending: Pending,
    outcome: Result<Mail, String>,
}

fn read_one(pending: Pending, trusted_authserv_id: &str) -> Read {
    if let Some(reason) = &pending.unreadable_because {
        let outcome = Err(reason.clone());
        return Read { pending, outcome };
    }
    if pending.attempts >= ATTEMPTS_MAX {
        let outcome = Err(format!("reading it was tried {} times and never ended", pending.attempts));
        return Read { pending, outcome };
    }
    // A panic is a bug in us; it must not stop the mails behind this one.
    let outcome = catch_unwind(AssertUnwindSafe(|| mail::read(&pending.raw, trusted_authserv_id)));
    let outcome = outcome.map(|mut mail| {
        if !pending.whole {
            mail.findings.push(cut_off(&pending));
        }
        mail
    });
    Read { outcome: outcome.map_err(|_| "reading it failed".to_owned()), pending }
}

/// Staff must know that there is more: the rest is in the mailbox, in the folder for handled mail.
fn cut_off(pending: &Pending) -> Finding {
    let detail =
        format!("only the first {} bytes of it; it is too large, and the rest is in the mailbox", pending.raw.len());
    Finding { kind: FindingKind::TextTooLong, detail }
}

/// A batch in one transaction; where that fails, mail by mail, so that one of them does not stop the others.
async fn decide_read(office: &Office, read: &[Read]) -> Result<(), WorkError> {
    match decide_all(office, read).await {
        Err(error) if !error.is_unavailable() => {
            tracing::warn!(%error, mails = read.len(), "a batch was not recorded; it is done again mail by mail");
        }
        done => return done,
    }
    for one in read {
        match decide_all(office, std::slice::from_ref(one)).await {
            Err(WorkError::Register(RegisterError::Decided { mail })) => {
                tracing::info!(mail.id = mail, "another klachtpost decided on this mail");
            }
            Err(error) if !error.is_unavailable() => not_decided(office, one, &error).await?,
            done => done?,
        }
    }
    Ok(())
}

/// What cannot be decided on is tried again, and in the end set apart.
async fn not_decided(office: &Office, one: &Read, error: &WorkError) -> Result<(), WorkError> {
    let (mail, attempts) = (one.pending.id, one.pending.attempts + 1);
    tracing::error!(mail.id = mail, attempts, %error, "a mail could not be decided on");
    if attempts < ATTEMPTS_MAX {
        return Ok(());
    }
    let reason = format!("deciding on it failed {attempts} times: {error}");
    let apart = Read { pending: one.pending.clone(), outcome: Err(reason.clone()) };
    match decide_all(office, &[apart]).await {
        Err(error) if !error.is_unavailable() => {
            tracing::error!(mail.id = mail, %error, "not even the notice about a mail that is set apart could be written");
            Ok(office.register.set_apart(mail, &reason, office.clock.now()).await?)
        }
        done => done,
    }
}

/// All of them or none; a panic in deciding is a failure like another.
async fn decide_all(office: &Office, read: &[Read]) -> Result<(), WorkError> {
    AssertUnwindSafe(decide_together(office, read)).catch_unwind().await.unwrap_or(Err(WorkError::Deciding))
}

async fn decide_together(office: &Office, read: &[Read]) -> Result<(), WorkError> {
    let mut tx = office.register.begin().await?;
    for one in read {
        decide_one(office, &mut tx, one).await?;
    }
    tx.commit().await?;
    Ok(())
}

async fn decide_one(office: &Office, tx: &mut Tx, one: &Read) -> Result<(), WorkError> {
    let now = office.clock.now();
    let mut fresh = office.fresh()?;
    let mut salts = Salts::new()?;
    let pending = &one.pending;
    let (identity, mut decision, file, written) = match &one.outcome {
        Err(reason) => {
            let identity = Identity { message_id: String::new(), content_hash: String::new() };
            let decision = on_unreadable(pending.id, reason, now);
            (identity, decision, None, Written::default())
        }
        Ok(mail) => {
            let identity = Identity {
                message_id: mail.message_id.clone().unwrap_or_default(),
                content_hash: mail::content_hash(mail, &pending.raw),
            };
            let wanted = lookup(mail, &office.rules, now);
            let mut known = tx.snapshot(pending.id, &identity, &wanted, now).await?;
            if let Some(stored) = known.stored.take() {
                known.stored = read_all(office, vec![stored]).await.pop();
            }
            let incoming =
                Incoming { id: pending.id, mail, received_at: pending.received_at, from_junk: pending.from_junk };
            let decision = on_mail(&incoming, &known, &office.rules, now, &mut fresh);
            let (written, notes) = (known.written, known.notes());
            // Where two cases become one, what is internal in either stays in the house (invariant 7).
            let file = known.into_file(decision.case).map(|file| CaseFile { notes, ..file });
            (identity, decision, file, written)
        }
    };
    let known = Known { file: file.as_ref(), written };
    let letters = clerk::write(&mut decision, &known, office, now, &mut fresh);
    tx.record(Some((pending.id, &identity)), &decision, &letters, now, &mut || salts.next()).await?;
    tracing::info!(
        mail.id = pending.id,
        mail.disposition = decision.disposition.name(),
        case.number = decision.case.map(|n| n.to_string()).unwrap_or_default(),
        letters = letters.len(),
        "mail decided on"
    );
    Ok(())
}

/// Random salts for the payloads of events.
pub struct Salts {
    seed: [u8; 32],
    drawn: u64,
}

impl Salts {
    /// # Errors
    /// No random numbers.
    pub fn new() -> Result<Self, OfficeError> {
        Ok(Self { seed: crate::clock::random()?, drawn: 0 })
    }

    /// 32 hexadecimal characters.
    pub fn next(&mut self) -> String {
        use sha2::{Digest, Sha256};
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(self.drawn.to_be_bytes());
        self.drawn += 1;
        hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}
