//! One step of the clock: letters that the cap of one address held back go out together, when they have waited long enough
//! (invariant 5). A bundle and what it stands for are one transaction.

use super::clerk::{self, Known};
use super::deciding::Salts;
use super::office::Office;
use super::{Step, WorkError};
use crate::crash;
use crate::desk::{BUNDLE_MAX, Waiting, is_bundle_due, on_bundle};

/// Bundles what is due; as many bundles for one address as its letters make.
pub(super) async fn bundle(office: &Office) -> Result<Step, WorkError> {
    let now = office.clock.now();
    let mut step = Step::Idle;
    for waiting in office.register.waiting(now).await? {
        if !is_bundle_due(&waiting, &office.rules, now) {
            continue;
        }
        match bundle_all(office, &waiting).await {
            Ok(Step::Worked) => step = Step::Worked,
            Ok(Step::Idle) => {}
            // One address must not keep the rest of the hour's work from being done.
            Err(error) if !error.is_unavailable() => {
                tracing::error!(%error, "letters that a cap holds could not be put together; every minute tries again");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(step)
}

async fn bundle_all(office: &Office, waiting: &Waiting) -> Result<Step, WorkError> {
    let mut step = Step::Idle;
    while bundle_some(office, waiting).await? == Step::Worked {
        step = Step::Worked;
    }
    Ok(step)
}

async fn bundle_some(office: &Office, waiting: &Waiting) -> Result<Step, WorkError> {
    let now = office.clock.now();
    let mut tx = office.register.begin().await?;
    let held = tx.held_for(waiting, BUNDLE_MAX).await?;
    let mut numbers: Vec<_> = held.iter().filter_map(|letter| letter.case).collect();
    numbers.sort();
    numbers.dedup();
    let mut cases = Vec::with_capacity(numbers.len());
    for number in numbers {
        cases.extend(tx.load_case(number).await?);
    }
    let mut fresh = office.fresh()?;
    let Some(mut decision) = on_bundle(waiting, &held, &cases, &office.rules, now, &mut fresh) else {
        return Ok(Step::Idle);
    };
    let letters = clerk::write(&mut decision, &Known::default(), office, now, &mut fresh);
    // Without it the letters would wait for a letter that never goes: they stay as they are.
    if !letters.iter().any(|outgoing| outgoing.letter.kind.is_bundle()) {
        tracing::error!(
            letters = held.len(),
            "letters that a cap holds could not be put together; next: let them go with `klachtpost outbox release`"
        );
        return Ok(Step::Idle);
    }
    let mut salts = Salts::new()?;
    tx.record(None, &decision, &letters, now, &mut || salts.draw()).await?;
    crash::point("before recording a bundle");
    tx.commit().await?;
    crash::point("after recording a bundle");
    tracing::info!(letters = held.len(), "letters that a cap held back go out together");
    Ok(Step::Worked)
}
