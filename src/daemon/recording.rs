//! What became of letters, written down with what follows from it: in one transaction, and where that fails with less, so
//! that a letter is not sent again for a fault of ours. What follows is the desk's word. Connections that have an outcome
//! while another group is being written down make the next group together, with those that will have one in a moment.

use super::WorkError;
use super::office::Office;
use super::settle::{Decided, Desk, Happening, Noted, settle, settle_one};
use super::verdicts::Ruling;
use crate::case::{CaseNumber, LetterFate, LetterId, Moment};
use crate::desk::{Bundled, CaseFile, Fated, on_fate, typed_in};
use crate::register::{Claimed, RegisterError, Sent, Tx};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio::time::timeout;

/// How long a group waits for the letters that are under way: a server nearby has answered by then, and for one far away it is
/// nothing.
const GATHERING_MAX: Duration = Duration::from_millis(4);

/// Writes down what became of letters, in groups.
#[derive(Default)]
pub(super) struct Recorder {
    waiting: Mutex<Vec<Waiting>>,
    /// Who writes a group down.
    turn: tokio::sync::Mutex<()>,
    /// Letters whose text may go, and that the server has not answered yet.
    under_way: AtomicUsize,
    answered: Notify,
}

impl Recorder {
    /// A letter's text goes now.
    pub fn goes(&self) {
        self.under_way.fetch_add(1, Ordering::Relaxed);
    }

    /// It was answered, or did not go after all.
    pub fn is_back(&self) {
        self.under_way.fetch_sub(1, Ordering::Relaxed);
        self.answered.notify_one();
    }

    /// Waits a moment for the letters under way: a commit costs the same for one and for all.
    async fn gather(&self) {
        let all_back = async {
            while self.under_way.load(Ordering::Relaxed) > 0 {
                self.answered.notified().await;
            }
        };
        // What is not back by then is written down with the next group.
        let _ = timeout(GATHERING_MAX, all_back).await;
    }

    /// Writes down what became of a letter, with those that wait as well.
    ///
    /// # Errors
    /// The register cannot be used now: nothing of it is written down.
    pub async fn record(&self, office: &Arc<Office>, attempted: Attempted) -> Result<(), WorkError> {
        let (told, mut mine) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push((attempted, told));
        let _turn = tokio::select! {
            biased;
            // Another wrote it down with its own: whoever came since writes itself.
            told = &mut mine => return told.unwrap_or_else(|_| Err(not_recorded("its sender ended"))),
            turn = self.turn.lock() => turn,
        };
        self.gather().await;
        let group = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if !group.is_empty() {
            record_group(office, group).await;
        }
        // Who wrote the group ended with it in hand.
        mine.try_recv().unwrap_or_else(|_| Err(not_recorded("its sender ended")))
    }
}

type Waiting = (Attempted, oneshot::Sender<Result<(), WorkError>>);

/// In one transaction, or else each for itself: what was written down must not be written down again for another's sake.
async fn record_group(office: &Arc<Office>, group: Vec<Waiting>) {
    let (attempts, told): (Vec<Attempted>, Vec<_>) = group.into_iter().unzip();
    let error = settle(office, &attempts).await.err();
    let said = |error: &WorkError| error.is_unavailable().then(|| error.to_string());
    let mut away = error.as_ref().and_then(said);
    for (one, told) in attempts.iter().zip(told) {
        let recorded = match (&error, &away) {
            (None, _) => Ok(()),
            (Some(_), Some(why)) => Err(not_recorded(why)),
            (Some(_), None) => settle_one(office, one).await.map(drop),
        };
        away = away.or_else(|| recorded.as_ref().err().and_then(said));
        // Who asked is gone only with the whole round.
        let _ = told.send(recorded);
    }
}

fn not_recorded(why: &str) -> WorkError {
    WorkError::NotRecorded { why: why.to_owned() }
}

/// What an attempt to send a letter came to.
pub(super) struct Attempted {
    letter: Arc<Claimed>,
    sent: Sent,
    /// The end of its way, and what is recorded with it.
    followed: Option<Followed>,
    /// When: the row and the events say the same moment.
    at: Moment,
}

/// A letter's fate, and what is recorded with it.
enum Followed {
    /// What follows from it for the case, and letters about it.
    By(LetterFate),
    /// Nothing but an event, so that the chain has it.
    Not(LetterFate),
}

impl Attempted {
    pub fn new(letter: Arc<Claimed>, ruling: Ruling) -> Self {
        let tells = ruling.tells(letter.kind);
        let follows = |fate| if tells { Followed::By(fate) } else { Followed::Not(fate) };
        tracing::info!(letter.id = %letter.id, letter.kind = letter.kind.name(), outcome = ruling.sent.name(), "letter sent");
        Self { letter, sent: ruling.sent, followed: ruling.fate.map(follows), at: ruling.at }
    }

    /// With less that follows from it; None: there is nothing less.
    fn with_less(&self) -> Option<Self> {
        let followed = match self.followed.as_ref()? {
            Followed::By(fate) => Some(Followed::Not(fate.clone())),
            Followed::Not(_) => None,
        };
        Some(Self { letter: self.letter.clone(), sent: self.sent.clone(), followed, at: self.at })
    }

    /// The case that its fate is about.
    fn case(&self, bundled: &[Bundled]) -> Option<CaseNumber> {
        let Some(Followed::By(fate)) = &self.followed else { return None };
        let is_lost = self.letter.kind.is_bundle() && !matches!(fate, LetterFate::Accepted { .. });
        // Of letters to staff that did not arrive together: the first of their cases, whose supervisor hears of it.
        self.letter.case.or_else(|| bundled.iter().find_map(|letter| letter.case).filter(|_| is_lost))
    }

    fn is_accepted(&self) -> bool {
        matches!(self.sent, Sent::Accepted { .. })
    }
}

/// The letters it stood for, and the case that its fate is about.
#[derive(Default)]
pub(super) struct Told {
    bundled: Vec<Bundled>,
    file: Option<CaseFile>,
    /// It was blanked while it was being sent: nothing is written down of it any more.
    is_blanked: bool,
}

impl Happening for Attempted {
    type Known = Told;
    /// Cases with a fate that was decided on.
    type Working = BTreeSet<CaseNumber>;
    const POINTS: [&'static str; 2] =
        ["before recording what became of a letter", "after recording what became of a letter"];

    async fn happened(tx: &mut Tx, all: &[Self]) -> Result<Noted, WorkError> {
        let sent: Vec<_> = all.iter().map(|one| (&one.letter.id, &one.sent)).collect();
        tx.mark_sent(&sent).await?;
        let after_all = all.iter().filter(|one| one.is_accepted() && one.letter.refused_at.is_some());
        tx.forget_refused(&after_all.map(|one| &one.letter.id).collect::<Vec<_>>()).await?;
        let is_refused = |one: &&Self| matches!(one.sent, Sent::Refused { .. } | Sent::Waits { .. });
        let noted: Vec<&Self> = all.iter().filter(|one| is_refused(one) || one.letter.kind.is_bundle()).collect();
        // Nearly always there is none.
        let blanked = if noted.is_empty() { BTreeSet::new() } else { blanked(tx, all).await? };
        for one in noted.into_iter().filter(|one| !blanked.contains(&one.letter.id)) {
            if is_refused(&one) {
                tx.note_refused(&one.letter.id, one.at).await?;
            }
            if one.letter.kind.is_bundle() {
                tx.mark_bundle_sent(&one.letter.id, &one.sent).await?;
            }
        }
        Ok(Noted::Something)
    }

    async fn load(tx: &mut Tx, _office: &Office, all: &[Self]) -> Result<Vec<Told>, WorkError> {
        let blanked = blanked(tx, all).await?;
        let mut bundles = Vec::with_capacity(all.len());
        for one in all {
            let is_bundle = one.letter.kind.is_bundle();
            bundles.push(if is_bundle { tx.bundled_in(&one.letter.id).await? } else { Vec::new() });
        }
        // Of one that was accepted nothing follows but what its case becomes.
        let numbers = |accepted: bool| {
            let of =
                |(one, bundled): (&Self, &Vec<Bundled>)| one.case(bundled).filter(|_| one.is_accepted() == accepted);
            let numbers: BTreeSet<CaseNumber> = all.iter().zip(&bundles).filter_map(of).collect();
            numbers.into_iter().collect::<Vec<_>>()
        };
        let mut files: BTreeMap<CaseNumber, CaseFile> = BTreeMap::new();
        for (number, case) in tx.cases_going_on(&numbers(true)).await? {
            files.insert(number, CaseFile::of(case));
        }
        files.extend(tx.case_files(&numbers(false)).await?);
        let told = |(one, bundled): (&Self, Vec<Bundled>)| {
            let file = one.case(&bundled).and_then(|number| files.get(&number)).cloned();
            Told { bundled, file, is_blanked: blanked.contains(&one.letter.id) }
        };
        Ok(all.iter().zip(bundles).map(told).collect())
    }

    fn is_overtaken(&self, known: &Told, working: &Self::Working) -> bool {
        !self.is_accepted() && known.file.as_ref().is_some_and(|file| working.contains(&file.case.number))
    }

    fn decide(&self, known: Told, working: &mut Self::Working, desk: &mut Desk<'_>) -> Option<Decided> {
        let Told { bundled, file, is_blanked } = known;
        let (fate, bundled) = match self.followed.as_ref().filter(|_| !is_blanked)? {
            Followed::By(fate) => (fate, bundled),
            Followed::Not(fate) => (fate, bundled.into_iter().map(|letter| Bundled { case: None, ..letter }).collect()),
        };
        let Claimed { id, kind, to, mailbox, .. } = &*self.letter;
        let text = file.as_ref().map_or_else(String::new, |file| typed_in(id, &file.events));
        let fated = Fated { letter: id.clone(), kind: *kind, to: to.clone(), fate: fate.clone(), text, bundled };
        let case = file.as_ref().map(|file| &file.case);
        working.extend(case.map(|case| case.number));
        let mailbox = desk.office.mailboxes.of_letter(case, mailbox.as_ref());
        let mut decision = on_fate(&fated, case, &mailbox.rules, self.at, &mut desk.fresh);
        if matches!(self.followed, Some(Followed::Not(_))) {
            decision.letters.clear();
        }
        Some(Decided { file, ..Decided::through(decision, mailbox.name()) })
    }

    /// Where what follows from it cannot be recorded, the letter's own fate is, and where not even that can, that it went:
    /// it is not sent again and again for a fault of ours.
    async fn failed(&self, office: &Arc<Office>, error: WorkError) -> Result<ControlFlow<()>, WorkError> {
        let (mut error, mut less) = (error, self.with_less());
        while let Some(next) = less {
            tracing::error!(letter.id = %self.letter.id, %error, "what follows from this letter's fate was not recorded");
            match settle(office, std::slice::from_ref(&next)).await {
                Err(again) if !again.is_unavailable() => (error, less) = (again, next.with_less()),
                done => return done.map(|_| ControlFlow::Continue(())),
            }
        }
        Err(error)
    }
}

async fn blanked(tx: &mut Tx, all: &[Attempted]) -> Result<BTreeSet<LetterId>, RegisterError> {
    tx.not_ours(&all.iter().map(|one| &one.letter.id).collect::<Vec<_>>()).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    #[tokio::test]
    async fn a_group_waits_for_the_letters_under_way_and_not_for_ever() {
        let recorder = Recorder::default();
        assert!(recorder.gather().now_or_never().is_some(), "none is under way");
        recorder.goes();
        recorder.goes();
        let mut gathered = Box::pin(recorder.gather());
        assert!(gathered.as_mut().now_or_never().is_none());
        recorder.is_back();
        assert!(gathered.as_mut().now_or_never().is_none(), "one is not back");
        recorder.is_back();
        assert!(gathered.as_mut().now_or_never().is_some());
        drop(gathered);
        recorder.goes();
        recorder.gather().await;
    }
}
