//! Mails of our own folders that the register had not, taken in at a person's word: with their true receipt, once, and
//! decided on like any other (invariants 1, 2 and 9). They stay where they lie.

use super::comparing::own_folders;
use super::deciding::decide_batch;
use super::intake::{Place, fetch_together};
use super::office::Office;
use super::{Step, WorkError};
use crate::desk::outage::Area;
use crate::mailbox::{Entry, Folder, Mailbox, Uid};
use crate::register::{DealtWith, Missing, Numbering};
use std::collections::HashMap;
use std::sync::Arc;

/// Mails put on file at a time.
const BATCH: usize = 100;

/// Takes in what a person asked for.
///
/// # Errors
/// The mailbox or the register failed: what is on file by then is, the rest is taken in at the next look.
pub async fn adopt_asked(office: &Arc<Office>, mailbox: &mut Mailbox) -> Result<Step, WorkError> {
    let mut step = Step::Idle;
    for (name, destination) in own_folders(&office.config.mailbox) {
        let asked = office.register.adopted_in(&name).await?;
        if asked.is_empty() {
            continue;
        }
        step = Step::Worked;
        let folder = Folder::Filed(destination);
        let opened = mailbox.open_folder(folder).await?;
        let keys = HashMap::new();
        let place = Place { folder, uid_validity: opened.uid_validity, keys: &keys };
        for some in asked.chunks(BATCH) {
            take_in(office, mailbox, &name, place, some).await?;
            office.watch.alive(Area::Intake, office.clock.now());
        }
    }
    while !office.stop.is_cancelled() && decide_batch(office).await? == Step::Worked {}
    Ok(step)
}

async fn take_in(
    office: &Arc<Office>,
    mailbox: &mut Mailbox,
    name: &str,
    place: Place<'_>,
    asked: &[Missing],
) -> Result<(), WorkError> {
    // Of another UIDVALIDITY: the next comparison finds them under their new numbers.
    let of_now: Vec<&Missing> = asked.iter().filter(|missing| missing.uid_validity == place.uid_validity).collect();
    let uids: Vec<i64> = of_now.iter().map(|missing| missing.uid).collect();
    let known = office.register.known_uids(name, place.uid_validity, &uids).await?;
    let new: Vec<Entry> =
        of_now.iter().filter(|missing| !known.contains_key(&missing.uid)).map(|one| entry(one)).collect();
    let vanished = fetch_together(office, mailbox, place, &new).await?.vanished;
    let at = office.clock.now();
    let (uid_validity, numbering) = (place.uid_validity, Numbering::Unordered);
    let dealt = DealtWith { mailbox: name, uid_validity, numbering, listed: &uids, vanished: &vanished, at };
    office.register.deal_with(&dealt).await?;
    // A mail that the server has and does not give yet is asked for again.
    let known = office.register.known_uids(name, place.uid_validity, &uids).await?;
    let there: Vec<i64> = known.keys().copied().collect();
    office.register.mark_moved(name, place.uid_validity, &there).await?;
    let settled: Vec<i64> = there.into_iter().chain(vanished).collect();
    office.register.no_longer_missing(name, &settled).await?;
    tracing::info!(mails = new.len(), "mails of our own folders were taken in");
    Ok(())
}

fn entry(missing: &Missing) -> Entry {
    let size = u64::try_from(missing.size).ok();
    Entry { uid: Uid(missing.uid), size, received_at: Some(missing.mail.received_at), marked_done: false }
}
