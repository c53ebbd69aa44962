//! One step of deciding: mails on file are read, decided on, and what is decided is recorded, a batch in one
//! transaction. An attempt is committed before reading, so that even an abort of the process is counted; a mail that was
//! in hand then is tried alone in a process of its own, and the rest goes on (invariant 1).

use super::aside::read_all;
use super::office::Office;
use super::reading::{Read, Understood, arrival, incoming};
use super::settle::{Decided, Desk, Happening, Salts, Written, settle, settle_each};
use super::{Step, WorkError, trial};
use crate::crash::{self, Breaks};
use crate::desk::caps::counted_sender;
use crate::desk::together::{Changed, Named, apart};
use crate::desk::{CaseFile, Disposition, Snapshot, on_mail, on_unreadable};
use crate::register::{DecidedMail, Failure, Identity, RegisterError, Tx, Wanted};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;
use tracing::Instrument;

/// Mails of one transaction: enough that its fsync does not count, few enough that a conflict costs little.
const BATCH: i64 = 50;
/// Octets of one transaction's mails, which are in memory together; one mail may be larger.
const BATCH_BYTES: i64 = 8 * 1024 * 1024;
/// Deciding on a batch and recording it takes seconds, or a few waits for a database that another program keeps
/// locked; what takes longer hangs, and only a new process helps.
const DECIDING_MAX: Duration = Duration::from_secs(300);

/// Decisions on a mail that fail before it is set apart: what stood in the way may have been another's.
const FAILURES_MAX: i64 = 3;

/// Decides on what is on file of the mailbox in hand, and of no other: another instance may read that one. `Idle` when nothing waits. Each mail that waits ends in a decision after a few calls:
/// one that cannot be decided on is set apart.
///
/// # Errors
/// The register cannot be used now: try again later, no mail is blamed for that. Or too much hangs: then the process
/// must be started anew, and the daemon is asked to stop.
pub async fn decide_batch(office: &Arc<Office>) -> Result<Step, WorkError> {
    // One batch at a time, of whichever mailbox: its texts are in memory together.
    let _turn = office.deciding.lock().await;
    if office.hung.is_too_much() {
        office.stop.cancel();
        return Err(WorkError::Hangs);
    }
    let pending = office.register.pending(office.mails(), BATCH, BATCH_BYTES, office.clock.now());
    let pending = office.register.within(pending).await?;
    if pending.is_empty() {
        return Ok(Step::Idle);
    }
    let ids: Vec<i64> = pending.iter().map(|mail| mail.id).collect();
    crash::point("before counting an attempt");
    office.register.within(office.register.count_attempt(&ids, office.clock.now())).await?;
    crash::point("after counting an attempt");
    let Some(mut read) = trial::read(office, pending).await? else { return Ok(Step::Worked) };
    // What is decided on is what was read; the texts of a whole batch would only stay in memory beside it.
    read.iter_mut().for_each(|one| one.pending.raw = Vec::new());
    // In a thread of its own, so that its end can be waited for with a deadline even if it never pauses. One of those that the
    // tasks share may be the one that looks at the clock and the network for all of them: if it hung, no deadline came.
    let (runtime, deciding) = (Handle::current(), decide_read(office.clone(), read).in_current_span());
    let deciding = tokio::task::spawn_blocking(move || runtime.block_on(deciding));
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

async fn decide_read(office: Arc<Office>, read: Vec<Read>) -> Result<(), WorkError> {
    let settled = settle_each(&office, &read).await?.count;
    // They wait for one that is tried again first.
    let waiting: Vec<i64> = read.iter().skip(settled + 1).map(|read| read.pending.id).collect();
    if waiting.is_empty() { Ok(()) } else { Ok(office.register.uncount_attempt(&waiting).await?) }
}

impl Happening for Read {
    /// None: nothing is known of a mail that could not be read.
    type Known = Option<Snapshot>;
    type Working = Changed;
    const POINTS: [&'static str; 2] = ["before recording decisions", "after recording decisions"];

    async fn load(tx: &mut Tx, office: &Office, all: &[Self]) -> Result<Vec<Self::Known>, WorkError> {
        let named: Vec<Named<'_>> =
            all.iter().map_while(|read| read.outcome.as_ref().ok()).map(Understood::named).collect();
        let together = if named.is_empty() { 0 } else { apart(&named) };
        let Some(together) = all.get(..together).filter(|some| !some.is_empty()) else { return Ok(vec![None]) };
        let understood = || together.iter().filter_map(|read| Some((read.pending.id, read.outcome.as_ref().ok()?)));
        let numbers: Vec<_> = understood().flat_map(|(_, one)| one.intent.lookup().numbers.iter().copied()).collect();
        tx.note_numbers(&numbers).await?;
        let wanted: Vec<Wanted<'_>> = understood()
            .zip(together)
            .map(|((mail, one), read)| Wanted {
                mail,
                identity: &one.identity,
                lookup: one.intent.lookup(),
                within: &office.mailboxes.of_folder(&read.pending.mailbox).within,
            })
            .collect();
        let mut known = Vec::with_capacity(wanted.len());
        for (mut snapshot, read) in tx.snapshots(&wanted).await?.into_iter().zip(together) {
            if let Some(stored) = snapshot.stored.take() {
                let mailbox = office.mailboxes.of_folder(&read.pending.mailbox);
                snapshot.stored = read_all(&mailbox.config.mailbox.staff_proof, vec![stored]).await.pop();
            }
            known.push(Some(snapshot));
        }
        Ok(known)
    }

    fn is_overtaken(&self, known: &Self::Known, changed: &Changed) -> bool {
        let understood = self.outcome.as_ref().ok().zip(known.as_ref());
        understood.is_some_and(|(one, known)| changed.concerns(&one.named(), known))
    }

    fn decide(&self, known: Self::Known, changed: &mut Changed, desk: &mut Desk<'_>) -> Option<Decided> {
        let Desk { office, now, fresh } = desk;
        let pending = &self.pending;
        let mailbox = office.mailboxes.of_folder(&pending.mailbox);
        let (one, mut known) = match (&self.outcome, known) {
            (Ok(one), Some(known)) => (one, known),
            (Err(reason), _) => {
                let nameless = Identity { message_id: String::new(), content_hash: String::new() };
                let decision = on_unreadable(pending.id, reason, *now);
                return Some(Decided::on_mail(pending.id, nameless, decision, mailbox.name()));
            }
            (Ok(_), None) => return None,
        };
        known.next_serial = changed.next_serial(one.intent.lookup().year, known.next_serial);
        let incoming = incoming(pending, &one.mail, arrival(mailbox, &pending.mailbox));
        crash::poison(Breaks::Deciding, one.mail.subject.as_bytes());
        let decision = on_mail(&incoming, &one.intent, &known, &mailbox.rules, *now, fresh);
        changed.take(&one.named(), &decision);
        let notes = known.notes();
        // Where two cases become one, what is internal in either stays in the house (invariant 7).
        let file = known.into_file(decision.verdict.case).map(|file| CaseFile { notes, ..file });
        let about = counted_sender(&one.mail, &one.intent);
        let decided = Decided::on_mail(pending.id, one.identity.clone(), decision, mailbox.name());
        Some(Decided { file, about, ..decided })
    }

    /// That a test mail came back is on file with it.
    async fn mark(&self, tx: &mut Tx, office: &Office, written: &Written) -> Result<(), WorkError> {
        let sent_at = self.outcome.as_ref().ok().and_then(|one| one.intent.round_trip());
        let is_back = |mail: &DecidedMail| mail.verdict.disposition == Disposition::RoundTrip;
        match sent_at.filter(|_| written.decided.mail.as_ref().is_some_and(is_back)) {
            Some(sent_at) => {
                let mailbox = office.mailboxes.of_folder(&self.pending.mailbox).name();
                Ok(tx.note_back(office.mailboxes.trips_of(mailbox), sent_at, self.pending.received_at).await?)
            }
            None => Ok(()),
        }
    }

    /// What cannot be decided on is tried again before those behind it (Break), and in the end set apart.
    async fn failed(&self, office: &Arc<Office>, error: WorkError) -> Result<ControlFlow<()>, WorkError> {
        let mail = self.pending.id;
        if let WorkError::Register(RegisterError::Decided { mail }) = error {
            tracing::info!(mail.id = mail, "another klachtpost decided on this mail");
            return Ok(ControlFlow::Continue(()));
        }
        let times = office.register.count_failure(mail, Failure::Decision).await?;
        tracing::error!(mail.id = mail, times, %error, "a mail could not be decided on");
        if times < FAILURES_MAX {
            return Ok(ControlFlow::Break(()));
        }
        let reason = format!("deciding on it failed {times} times: {error}");
        let apart = Self { pending: self.pending.clone(), outcome: Err(reason.clone()) };
        match settle(office, &[apart]).await {
            Err(error) if !error.is_unavailable() => {
                tracing::error!(mail.id = mail, %error, "not even the notice about a mail that is set apart could be written");
                office.register.set_apart(mail, &reason, office.clock.now(), &Salts::new()?.draw()).await?;
            }
            done => drop(done?),
        }
        Ok(ControlFlow::Continue(()))
    }

    fn told(&self, Written { decided, letters }: &Written) {
        tracing::info!(
            mail.id = self.pending.id,
            mail.disposition = decided.mail.as_ref().map(|mail| mail.verdict.disposition.name()),
            case.number = decided.case().map(|n| n.to_string()).unwrap_or_default(),
            letters = letters.len(),
            "mail decided on"
        );
    }
}
