//! One step of work: what happened to the desk is loaded as a set, decided on in memory, written and recorded in one
//! transaction. Mails that came in, terms that run out, what became of letters, notices, bundles and overviews are all settled
//! here; a file beside this one says for each what must be known of it and what decides (invariant 3).

use super::clerk::{self, Rendered};
use super::office::{Office, OfficeError};
use super::{Step, WorkError};
use crate::case::{CaseNumber, MailboxName, Moment};
use crate::crash;
use crate::desk::caps::{Stranger, ToCount, to_count};
use crate::desk::{CaseFile, Decision, Fresh, MailDecision};
use crate::register::{DecidedMail, Identity, Outgoing, Recorded, Tx};
use futures_util::FutureExt;
use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// Something that happened, or is due.
pub(super) trait Happening: Send + Sync + Sized {
    /// What deciding needs to know of it from the register.
    type Known: Default + Send;
    /// What was decided on those before it, as far as it concerns those behind them.
    type Working: Default + Send;
    /// The crash points around recording.
    const POINTS: [&'static str; 2];

    /// Writes what must stand whatever is decided.
    fn happened(_tx: &mut Tx, _all: &[Self]) -> impl Future<Output = Result<Noted, WorkError>> + Send {
        std::future::ready(Ok(Noted::Nothing))
    }

    /// What is known of the first of these, as many as do not depend on each other: at least of one.
    fn load(
        _tx: &mut Tx,
        _office: &Office,
        all: &[Self],
    ) -> impl Future<Output = Result<Vec<Self::Known>, WorkError>> + Send {
        std::future::ready(Ok(all.iter().map(|_| Self::Known::default()).collect()))
    }

    /// Whether what must be known was changed by what was decided since it was loaded.
    fn is_overtaken(&self, _known: &Self::Known, _working: &Self::Working) -> bool {
        false
    }

    /// Decides. None: there is nothing to be done.
    fn decide(&self, known: Self::Known, working: &mut Self::Working, desk: &mut Desk<'_>) -> Option<Decided>;

    /// Whether the letters are what the decision stands on. If not, nothing of the step happens.
    fn stands(&self, _letters: &[Outgoing]) -> bool {
        true
    }

    /// What else is written in the same transaction because of what was decided.
    fn mark(
        &self,
        _tx: &mut Tx,
        _office: &Office,
        _written: &Written,
    ) -> impl Future<Output = Result<(), WorkError>> + Send {
        std::future::ready(Ok(()))
    }

    /// What becomes of one that cannot be settled, alone: those behind it are settled (Continue), or wait (Break).
    fn failed(
        &self,
        _office: &Arc<Office>,
        error: WorkError,
    ) -> impl Future<Output = Result<ControlFlow<()>, WorkError>> + Send {
        std::future::ready(Err(error))
    }

    /// For the log, once it is on file.
    fn told(&self, _written: &Written) {}
}

/// What was written down before anything was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noted {
    Nothing,
    Something,
}

/// What a decision is made with, beside what is known.
pub(super) struct Desk<'a> {
    pub office: &'a Office,
    pub now: Moment,
    pub fresh: Fresh,
}

/// What was decided, and what the clerk must know beside it.
#[derive(Debug, Clone)]
pub(super) struct Decided {
    pub decision: Decision,
    /// The mail that it decides on.
    pub mail: Option<DecidedMail>,
    /// The case as it was before.
    pub file: Option<CaseFile>,
    /// The stranger whose mail was decided on.
    pub about: Option<Stranger>,
    /// Through which mailbox what concerns no case goes out; None: the first.
    pub mailbox: Option<MailboxName>,
}

impl Decided {
    /// On what concerns no case, for the company of that mailbox.
    pub fn through(decision: Decision, mailbox: &MailboxName) -> Self {
        Self { mailbox: Some(mailbox.clone()), ..Self::from(decision) }
    }

    /// On a mail that came in by that mailbox.
    pub fn on_mail(id: i64, identity: Identity, decision: MailDecision, mailbox: &MailboxName) -> Self {
        let (verdict, decision) = decision.split();
        Self { mail: Some(DecidedMail { id, identity, verdict }), ..Self::through(decision, mailbox) }
    }

    /// The case that it concerns: of a mail that which it is filed on.
    pub fn case(&self) -> Option<CaseNumber> {
        let of_file = || self.file.as_ref().map(|file| file.case.number);
        self.mail.as_ref().map_or_else(of_file, |mail| mail.verdict.case)
    }
}

impl From<Decision> for Decided {
    /// On no mail, with no case to know.
    fn from(decision: Decision) -> Self {
        Self { decision, mail: None, file: None, about: None, mailbox: None }
    }
}

/// A decision with its letters.
pub(super) struct Written {
    pub decided: Decided,
    pub letters: Vec<Outgoing>,
}

/// What settling one by one came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Settled {
    /// How many, before one said that those behind it wait.
    pub count: usize,
    pub step: Step,
}

/// Settles all together; where that fails, one by one, so that one of them does not stop the others.
///
/// # Errors
/// The register cannot be used now, or one could not be settled and is not given up.
pub(super) async fn settle_each<H: Happening>(office: &Arc<Office>, all: &[H]) -> Result<Settled, WorkError> {
    match settle(office, all).await {
        Err(error) if !error.is_unavailable() => {
            tracing::warn!(%error, count = all.len(), "a step of work was not recorded; it is done again one by one");
        }
        done => return done.map(|step| Settled { count: all.len(), step }),
    }
    let mut step = Step::Idle;
    for (count, one) in all.iter().enumerate() {
        match settle_one(office, one).await? {
            ControlFlow::Continue(Step::Idle) => {}
            ControlFlow::Continue(Step::Worked) => step = Step::Worked,
            ControlFlow::Break(()) => return Ok(Settled { count, step }),
        }
    }
    Ok(Settled { count: all.len(), step })
}

/// Settles one alone. Break: it cannot be settled, and those behind it wait for it.
///
/// # Errors
/// As [`settle_each`].
pub(super) async fn settle_one<H: Happening>(
    office: &Arc<Office>,
    one: &H,
) -> Result<ControlFlow<(), Step>, WorkError> {
    match settle(office, std::slice::from_ref(one)).await {
        Err(error) if !error.is_unavailable() => {
            let failed = one.failed(office, error).await?;
            Ok(failed.map_continue(|()| Step::Worked))
        }
        done => done.map(ControlFlow::Continue),
    }
}

/// Settles all of them or none; a panic in deciding is a failure like another.
///
/// # Errors
/// The register refused, or deciding broke off.
pub(super) async fn settle<H: Happening>(office: &Arc<Office>, all: &[H]) -> Result<Step, WorkError> {
    let settled = AssertUnwindSafe(office.register.within(together(office, all))).catch_unwind().await;
    settled.unwrap_or(Err(WorkError::Deciding))
}

async fn together<H: Happening>(office: &Arc<Office>, all: &[H]) -> Result<Step, WorkError> {
    let now = office.clock.now();
    let mut desk = Desk { office, now, fresh: office.fresh()? };
    let mut tx = office.register.begin().await?;
    let noted = H::happened(&mut tx, all).await?;
    let mut settled = Vec::with_capacity(all.len());
    let mut rest = all;
    while !rest.is_empty() {
        let known = H::load(&mut tx, office, rest).await?;
        let decided = decide(&mut desk, rest, known);
        let (these, behind) = rest.split_at(decided.len());
        let (of, decided): (Vec<&H>, Vec<Decided>) =
            these.iter().zip(decided).filter_map(|(one, decided)| Some((one, decided?))).unzip();
        let written = write_out(&mut tx, render(office, decided, now), &mut desk).await?;
        if of.iter().zip(&written).any(|(one, written)| !one.stands(&written.letters)) {
            return Ok(Step::Idle);
        }
        record(&mut tx, office, &written, now).await?;
        for (one, written) in of.iter().zip(&written) {
            one.mark(&mut tx, office, written).await?;
        }
        settled.extend(of.into_iter().zip(written));
        rest = behind;
    }
    if settled.is_empty() && noted == Noted::Nothing {
        return Ok(Step::Idle);
    }
    commit(tx, H::POINTS).await?;
    if settled.iter().any(|(_, written)| !written.letters.is_empty()) {
        office.written.notify_one();
    }
    settled.iter().for_each(|(happening, written)| happening.told(written));
    Ok(Step::Worked)
}

/// Decides on the first of them, one after the other, as far as none was overtaken by what was decided before it.
fn decide<H: Happening>(desk: &mut Desk<'_>, all: &[H], known: Vec<H::Known>) -> Vec<Option<Decided>> {
    let mut working = H::Working::default();
    let mut decided = Vec::with_capacity(known.len());
    for (happening, known) in all.iter().zip(known) {
        if !decided.is_empty() && happening.is_overtaken(&known, &working) {
            break;
        }
        decided.push(happening.decide(known, &mut working, desk));
    }
    decided
}

/// Puts rendered letters through the door and the caps, and writes those that follow from what does not go out.
pub(super) async fn write_out(
    tx: &mut Tx,
    rendered: Vec<(Decided, Vec<Rendered>)>,
    desk: &mut Desk<'_>,
) -> Result<Vec<Written>, WorkError> {
    let mut wanted = ToCount::default();
    for (one, _) in &rendered {
        wanted.add(to_count(&one.decision.letters, one.about.as_ref()));
    }
    let mut counts = tx.counts(&wanted, desk.office.rules.caps, desk.now).await?;
    let (office, now) = (desk.office, desk.now);
    let mut written = Vec::with_capacity(rendered.len());
    for (mut decided, rendered) in rendered {
        let stationery = office.stationery_of(&decided, now);
        let letters = clerk::write(&mut decided, rendered, &mut counts, &stationery, &mut desk.fresh);
        written.push(Written { decided, letters });
    }
    Ok(written)
}

/// The letters of each, drawn.
pub(super) fn render(office: &Office, decided: Vec<Decided>, now: Moment) -> Vec<(Decided, Vec<Rendered>)> {
    let with_letters = |one: Decided| {
        let rendered = clerk::render(&one, &office.stationery_of(&one, now));
        (one, rendered)
    };
    decided.into_iter().map(with_letters).collect()
}

/// Puts all of it on file, in the transaction.
pub(super) async fn record(tx: &mut Tx, office: &Office, written: &[Written], now: Moment) -> Result<(), WorkError> {
    let recorded = written.iter().map(|one| Recorded {
        mail: one.decided.mail.as_ref(),
        decision: &one.decided.decision,
        letters: &one.letters,
        within: &office.mailboxes.named(one.decided.mailbox.as_ref()).within,
    });
    let mut salts = Salts::new()?;
    tx.record_all(&recorded.collect::<Vec<_>>(), now, &mut || salts.draw()).await?;
    Ok(())
}

/// Makes it so.
pub(super) async fn commit(tx: Tx, points: [&'static str; 2]) -> Result<(), WorkError> {
    crash::point(points[0]);
    tx.commit().await?;
    crash::point(points[1]);
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
    pub fn draw(&mut self) -> String {
        use sha2::{Digest, Sha256};
        let mut hash = Sha256::new();
        hash.update(self.seed);
        hash.update(self.drawn.to_be_bytes());
        self.drawn += 1;
        hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}
