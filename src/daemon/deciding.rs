//! One step of deciding: mails on file are read, decided on, and what is decided is recorded, a batch in one
//! transaction. An attempt is committed before reading, so that even an abort of the process is counted; a mail that was
//! in hand then is tried alone in a process of its own, and the rest goes on (invariant 1).

use super::aside::read_all;
use super::clerk::{self, Known};
use super::comparing::own_folders;
use super::office::{Office, OfficeError};
use super::reading::Read;
use super::{Step, WorkError, trial};
use crate::crash::{self, Breaks};
use crate::desk::caps::{counted_sender, to_count};
use crate::desk::{Arrival, CaseFile, Incoming, lookup, on_mail, on_unreadable};
use crate::mail::{self, Mail};
use crate::register::{Failure, Identity, RegisterError, Tx};
use futures_util::FutureExt;
use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// Mails of one transaction: enough that its fsync does not count, few enough that a conflict costs little.
const BATCH: i64 = 50;
/// Octets of one transaction's mails, which are in memory together; one mail may be larger.
const BATCH_BYTES: i64 = 32 * 1024 * 1024;
/// Deciding on a batch and recording it takes seconds, or a few waits for a database that another program keeps
/// locked; what takes longer hangs, and only a new process helps.
const DECIDING_MAX: Duration = Duration::from_secs(300);

/// Decisions on a mail that fail before it is set apart: what stood in the way may have been another's.
const FAILURES_MAX: i64 = 3;

/// Decides on what is on file. `Idle` when nothing waits. Each mail that waits ends in a decision after a few calls:
/// one that cannot be decided on is set apart.
///
/// # Errors
/// The register cannot be used now: try again later, no mail is blamed for that. Or too much hangs: then the process
/// must be started anew, and the daemon is asked to stop.
pub async fn decide_batch(office: &Arc<Office>) -> Result<Step, WorkError> {
    if office.hung.is_too_much() {
        office.stop.cancel();
        return Err(WorkError::Hangs);
    }
    let pending = office.register.pending(BATCH, BATCH_BYTES, office.clock.now()).await?;
    if pending.is_empty() {
        return Ok(Step::Idle);
    }
    let ids: Vec<i64> = pending.iter().map(|mail| mail.id).collect();
    crash::point("before counting an attempt");
    office.register.count_attempt(&ids, office.clock.now()).await?;
    crash::point("after counting an attempt");
    let Some(read) = trial::read(office, pending).await? else { return Ok(Step::Worked) };
    // In a task of its own, so that its end can be waited for with a deadline even if it never pauses.
    let deciding = tokio::spawn(decide_read(office.clone(), read));
    let decided = match tokio::time::timeout(crash::deadline(DECIDING_MAX), deciding).await {
        Ok(ended) => ended.unwrap_or(Err(WorkError::Deciding)),
        Err(_) => {
            tracing::error!(mails = ids.len(), "deciding did not end; only a new process helps");
            office.hung.deciding_hangs();
            return Ok(Step::Worked);
        }
    };
    if decided.is_err() {
        // As good as can be: while it cannot be written, no further attempt is counted either.
        let _ = office.register.uncount_attempt(&ids).await;
    }
    decided.map(|()| Step::Worked)
}

/// A batch in one transaction; where that fails, mail by mail, so that one of them does not stop the others.
async fn decide_read(office: Arc<Office>, read: Vec<Read>) -> Result<(), WorkError> {
    match decide_all(&office, &read).await {
        Err(error) if !error.is_unavailable() => {
            tracing::warn!(%error, mails = read.len(), "a batch was not recorded; it is done again mail by mail");
        }
        done => return done,
    }
    for (done, one) in (1..).zip(&read) {
        match decide_all(&office, std::slice::from_ref(one)).await {
            Err(WorkError::Register(RegisterError::Decided { mail })) => {
                tracing::info!(mail.id = mail, "another klachtpost decided on this mail");
            }
            Err(error) if !error.is_unavailable() => {
                if not_decided(&office, one, &error).await?.is_break() {
                    let waiting: Vec<i64> = read.iter().skip(done).map(|read| read.pending.id).collect();
                    return Ok(office.register.uncount_attempt(&waiting).await?);
                }
            }
            done => done?,
        }
    }
    Ok(())
}

/// What cannot be decided on is tried again before those behind it (Break), and in the end set apart.
async fn not_decided(office: &Office, one: &Read, error: &WorkError) -> Result<ControlFlow<()>, WorkError> {
    let mail = one.pending.id;
    let times = office.register.count_failure(mail, Failure::Decision).await?;
    tracing::error!(mail.id = mail, times, %error, "a mail could not be decided on");
    if times < FAILURES_MAX {
        return Ok(ControlFlow::Break(()));
    }
    let reason = format!("deciding on it failed {times} times: {error}");
    let apart = Read { pending: one.pending.clone(), outcome: Err(reason.clone()) };
    match decide_all(office, &[apart]).await {
        Err(error) if !error.is_unavailable() => {
            tracing::error!(mail.id = mail, %error, "not even the notice about a mail that is set apart could be written");
            office.register.set_apart(mail, &reason, office.clock.now(), &Salts::new()?.draw()).await?;
        }
        done => done?,
    }
    Ok(ControlFlow::Continue(()))
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
    crash::point("before recording decisions");
    tx.commit().await?;
    crash::point("after recording decisions");
    Ok(())
}

async fn decide_one(office: &Office, tx: &mut Tx, one: &Read) -> Result<(), WorkError> {
    let now = office.clock.now();
    let mut fresh = office.fresh()?;
    let mut salts = Salts::new()?;
    let pending = &one.pending;
    let (identity, mut decision, file, about) = match &one.outcome {
        Err(reason) => {
            let identity = Identity { message_id: String::new(), content_hash: String::new() };
            let decision = on_unreadable(pending.id, reason, now);
            (identity, decision, None, None)
        }
        Ok(mail) => {
            let identity = identity(mail, &pending.raw);
            let wanted = lookup(mail, &office.rules, now);
            tx.note_numbers(&wanted.numbers).await?;
            let mut known = tx.snapshot(pending.id, &identity, &wanted).await?;
            if let Some(stored) = known.stored.take() {
                known.stored = read_all(office, vec![stored]).await.pop();
            }
            let (id, received_at, from_junk) = (pending.id, pending.received_at, pending.from_junk);
            let incoming = Incoming { id, mail, received_at, from_junk, arrival: arrival(office, &pending.mailbox) };
            crash::poison(Breaks::Deciding, mail.subject.as_bytes());
            let decision = on_mail(&incoming, &known, &office.rules, now, &mut fresh);
            let notes = known.notes();
            // Where two cases become one, what is internal in either stays in the house (invariant 7).
            let file = known.into_file(decision.case).map(|file| CaseFile { notes, ..file });
            (identity, decision, file, counted_sender(mail, &office.rules))
        }
    };
    let counts = tx.counts(&to_count(&decision.letters, about.as_ref()), office.rules.caps, now).await?;
    let known = Known { file: file.as_ref(), counts, about };
    let letters = clerk::write(&mut decision, &known, office, now, &mut fresh);
    tx.record(Some((pending.id, &identity)), &decision, &letters, now, &mut || salts.draw()).await?;
    tracing::info!(
        mail.id = pending.id,
        mail.disposition = decision.disposition.name(),
        case.number = decision.case.map(|n| n.to_string()).unwrap_or_default(),
        letters = letters.len(),
        "mail decided on"
    );
    Ok(())
}

/// What makes it the same mail.
pub(super) fn identity(mail: &Mail, raw: &[u8]) -> Identity {
    Identity { message_id: mail.message_id.clone().unwrap_or_default(), content_hash: mail::content_hash(mail, raw) }
}

/// What lies in one of our own folders had been dealt with, and the register forgot it.
pub(super) fn arrival(office: &Office, folder: &str) -> Arrival {
    let is_own = own_folders(&office.config.mailbox).iter().any(|(name, _)| name == folder);
    if is_own { Arrival::TakenIn } else { Arrival::New }
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
    pub fn draw(&mut self) -> String {
        use sha2::{Digest, Sha256};
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(self.drawn.to_be_bytes());
        self.drawn += 1;
        hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}
