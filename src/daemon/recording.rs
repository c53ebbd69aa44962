//! What became of a letter, written down with what follows from it: in one transaction, and where that fails with less, so
//! that a letter is not sent again for a fault of ours. What follows is the desk's word.

use super::WorkError;
use super::clerk::{self, Known};
use super::deciding::Salts;
use super::office::Office;
use super::verdicts::Ruling;
use crate::case::{CaseNumber, LetterFate, Moment};
use crate::crash;
use crate::desk::{Bundled, Fated, on_fate};
use crate::register::{Claimed, Sent};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;

/// Writes down what became of a letter. Where what follows from it cannot be recorded, the letter's own fate is, and where
/// not even that can, that it went: it is not sent again and again for a fault of ours.
pub(super) async fn record(office: &Office, letter: &Claimed, ruling: Ruling) -> Result<(), WorkError> {
    let (tells, now, sent, fate) = (ruling.tells(letter.kind), ruling.at, ruling.sent, ruling.fate);
    tracing::info!(letter.id = %letter.id, letter.kind = letter.kind.name(), outcome = sent.name(), "letter sent");
    let followed =
        fate.into_iter().flat_map(|fate| [tells.then(|| Followed::By(fate.clone())), Some(Followed::Not(fate))]);
    let followed = followed.flatten();
    for followed in followed {
        let tried = AssertUnwindSafe(record_fate(office, letter, &sent, Some(followed), now)).catch_unwind().await;
        match tried.unwrap_or(Err(WorkError::Deciding)) {
            Err(error) if !error.is_unavailable() => {
                tracing::error!(letter.id = %letter.id, %error, "what follows from this letter's fate was not recorded");
            }
            done => return done,
        }
    }
    record_fate(office, letter, &sent, None, now).await
}

/// A letter's fate, and what is recorded with it.
enum Followed {
    /// What follows from it for the case, and letters about it.
    By(LetterFate),
    /// Nothing but an event, so that the chain has it.
    Not(LetterFate),
}

/// The letter's fate and what follows from it, in one transaction.
async fn record_fate(
    office: &Office,
    letter: &Claimed,
    sent: &Sent,
    fate: Option<Followed>,
    now: Moment,
) -> Result<(), WorkError> {
    let mut fresh = office.fresh()?;
    let mut salts = Salts::new()?;
    let mut tx = office.register.begin().await?;
    tx.mark_sent(&letter.id, sent).await?;
    if matches!(sent, Sent::Refused { .. } | Sent::Waits { .. }) {
        tx.note_refused(&letter.id, now).await?;
    }
    let bundled = if letter.kind.is_bundle() { tx.bundled_in(&letter.id).await? } else { Vec::new() };
    if !bundled.is_empty() {
        tx.mark_bundle_sent(&letter.id, sent).await?;
    }
    if let Some(followed) = fate {
        let (case, fate) = match &followed {
            Followed::By(fate) => (letter.case.or_else(|| lost_case(letter, &bundled, fate)), fate.clone()),
            Followed::Not(fate) => (None, fate.clone()),
        };
        let bundled = match followed {
            Followed::By(_) => bundled,
            Followed::Not(_) => bundled.into_iter().map(|letter| Bundled { case: None, ..letter }).collect(),
        };
        let fated = Fated { letter: letter.id.clone(), kind: letter.kind, to: letter.to.clone(), fate, bundled };
        let file = match case {
            Some(number) => tx.case_file(number).await?,
            None => None,
        };
        let mut decision = on_fate(&fated, file.as_ref().map(|f| &f.case), &office.rules, now, &mut fresh);
        let known = Known { file: file.as_ref(), ..Known::default() };
        if matches!(followed, Followed::Not(_)) {
            decision.letters.clear();
        }
        let letters = clerk::write(&mut decision, &known, office, now, &mut fresh);
        tx.record(None, &decision, &letters, now, &mut || salts.draw()).await?;
    }
    crash::point("before recording what became of a letter");
    tx.commit().await?;
    crash::point("after recording what became of a letter");
    Ok(())
}

/// Of letters to staff that did not arrive together: the first of their cases, whose supervisor hears of it.
fn lost_case(bundle: &Claimed, bundled: &[Bundled], fate: &LetterFate) -> Option<CaseNumber> {
    let is_lost = bundle.kind.is_bundle() && !matches!(fate, LetterFate::Accepted { .. });
    bundled.iter().find_map(|letter| letter.case).filter(|_| is_lost)
}
