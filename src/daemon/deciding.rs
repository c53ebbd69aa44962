//! One step of deciding: mails on file are read, decided on, and what is decided is recorded, a batch in one
//! transaction. An attempt is committed before reading, so that even an abort of the process is counted; a mail
//! that is not survived is set apart as unreadable and the rest goes on (invariant 1).

use super::clerk::{self, Known};
use super::office::{Office, OfficeError};
use super::{Step, WorkError};
use crate::desk::{Incoming, Written, lookup, on_mail, on_unreadable};
use crate::mail::{self, Mail};
use crate::register::{Identity, Pending, Tx};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Mails of one transaction: enough that its fsync does not count, few enough that a conflict costs little.
pub const BATCH: i64 = 50;
/// Readings that may fail before a mail is set apart: more than one, because a power cut is not the mail's fault.
const ATTEMPTS_MAX: i64 = 3;

/// Decides on what is on file. `Idle` when nothing waits.
///
/// # Errors
/// The register refused: try again later.
pub async fn decide_batch(office: &Arc<Office>) -> Result<Step, WorkError> {
    let pending = office.register.pending(BATCH).await?;
    if pending.is_empty() {
        return Ok(Step::Idle);
    }
    let ids: Vec<i64> = pending.iter().map(|mail| mail.id).collect();
    office.register.count_attempt(&ids).await?;
    let trusted = office.config.mailbox.trusted_authserv_id.clone();
    let read = tokio::task::spawn_blocking(move || {
        pending.into_iter().map(|pending| read_one(pending, &trusted)).collect::<Vec<_>>()
    })
    .await
    .map_err(|_| WorkError::Reading)?;
    if let Err(error) = decide_all(office, &read).await {
        tracing::warn!(%error, mails = read.len(), "a batch was not recorded; it is done again mail by mail");
        for one in read.chunks(1) {
            decide_all(office, one).await?;
        }
    }
    Ok(Step::Worked)
}

/// A mail that was read, or why it could not be.
struct Read {
    pending: Pending,
    outcome: Result<Mail, String>,
}

fn read_one(pending: Pending, trusted_authserv_id: &str) -> Read {
    if pending.attempts >= ATTEMPTS_MAX {
        let outcome = Err(format!("reading it was tried {} times and never ended", pending.attempts));
        return Read { pending, outcome };
    }
    // A panic is a bug in us; it must not stop the mails behind this one.
    let outcome = catch_unwind(AssertUnwindSafe(|| mail::read(&pending.raw, trusted_authserv_id)));
    Read { outcome: outcome.map_err(|_| "reading it failed".to_owned()), pending }
}

async fn decide_all(office: &Office, read: &[Read]) -> Result<(), WorkError> {
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
            let decision = on_unreadable(pending.id, pending.received_at, reason, &office.rules, now, &mut fresh);
            (identity, decision, None, Written::default())
        }
        Ok(mail) => {
            let identity = Identity {
                message_id: mail.message_id.clone().unwrap_or_default(),
                content_hash: mail::content_hash(mail, &pending.raw),
            };
            let wanted = lookup(mail, &office.rules, now);
            let known = tx.snapshot(pending.id, &identity, &wanted, now).await?;
            let incoming =
                Incoming { id: pending.id, mail, received_at: pending.received_at, from_junk: pending.from_junk };
            let decision = on_mail(&incoming, &known, &office.rules, now, &mut fresh);
            (identity, decision, known.file, known.written)
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
