//! One step of the clock: letters that the cap of one address held back go out together, when they have waited long enough
//! (invariant 5). A bundle and what it stands for are one transaction.

use super::office::Office;
use super::settle::{Decided, Desk, Happening, Written, settle};
use super::{Step, WorkError};
use crate::case::Case;
use crate::desk::{BUNDLE_MAX, Bundled, Waiting, is_bundle_due, on_bundle};
use crate::register::{Outgoing, Tx};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Bundles what is due; as many bundles for one address as its letters make.
pub(super) async fn bundle(office: &Arc<Office>) -> Result<Step, WorkError> {
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

async fn bundle_all(office: &Arc<Office>, waiting: &Waiting) -> Result<Step, WorkError> {
    let mut step = Step::Idle;
    while settle(office, std::slice::from_ref(waiting)).await? == Step::Worked {
        step = Step::Worked;
    }
    Ok(step)
}

impl Happening for Waiting {
    type Known = (Vec<Bundled>, Vec<Case>);
    type Working = ();
    const POINTS: [&'static str; 2] = ["before recording a bundle", "after recording a bundle"];

    async fn load(tx: &mut Tx, office: &Office, all: &[Self]) -> Result<Vec<Self::Known>, WorkError> {
        let mut known = Vec::with_capacity(all.len());
        for waiting in all {
            let mut held = tx.held_for(waiting, BUNDLE_MAX).await?;
            let numbers: BTreeSet<_> = held.iter().filter_map(|letter| letter.case).collect();
            let mut cases = tx.load_cases(&numbers.into_iter().collect::<Vec<_>>()).await?;
            // Nobody reads of two companies in one letter: the others' letters make the next bundle.
            let of = |letter: &Bundled| {
                let case = letter.case.and_then(|number| cases.get(&number));
                &office.mailboxes.of_letter(case, letter.mailbox.as_ref()).within
            };
            let within = held.first().map(|first| of(first).clone());
            let is_of_company = |letter: &Bundled| Some(of(letter)) == within.as_ref();
            let own: Vec<bool> = held.iter().map(is_of_company).collect();
            let mut own = own.into_iter();
            held.retain(|_| own.next().unwrap_or_default());
            cases.retain(|_, case| within.as_ref().is_some_and(|within| within.has(case)));
            known.push((held, cases.into_values().collect()));
        }
        Ok(known)
    }

    fn decide(&self, (held, cases): Self::Known, _working: &mut (), desk: &mut Desk<'_>) -> Option<Decided> {
        // Of several complaints the newest is answered to: its mailbox gets the reply. Of none, that of the first letter.
        let through = held.first().and_then(|letter| letter.mailbox.as_ref());
        let mailbox = desk.office.mailboxes.of_letter(cases.last(), through);
        let through = |decision| Decided::through(decision, mailbox.name());
        on_bundle(self, &held, &cases, &mailbox.rules, desk.now, &mut desk.fresh).map(through)
    }

    /// Without it the letters would wait for a letter that never goes: they stay as they are.
    fn stands(&self, letters: &[Outgoing]) -> bool {
        let stands = letters.iter().any(|outgoing| outgoing.letter.kind.is_bundle());
        if !stands {
            tracing::error!(
                "letters that a cap holds could not be put together; next: let them go with `klachtpost outbox release`"
            );
        }
        stands
    }

    fn told(&self, _written: &Written) {
        tracing::info!("letters that a cap held back go out together");
    }
}
