//! One step of taking in: what the mailbox lists and the register does not know is fetched and put on file, decided
//! on, and only then moved out of the inbox (invariant 1). Every UID counts, seen or not.

use super::deciding::decide_batch;
use super::filing::{file_away, moved_together};
use super::hindered::Hindered;
use super::office::Office;
use super::pulse::Loop;
use super::{Step, WorkError, again, hour, withheld};
use crate::case::Moment;
use crate::config::{self, MailboxKind};
use crate::crash;
use crate::desk::outage::Area;
use crate::mailbox::{Destination, Doubt, Entry, Fetched, Folder, Listing, Mailbox, Uid};
use crate::register::{DealtWith, NewMail, Numbering, OnFile};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use tokio::task::JoinHandle;
use tracing::Instrument;

/// Mails fetched and put on file at a time.
const BATCH: usize = 50;
/// Bytes fetched at a time: bounds the memory; one mail may be larger.
const BATCH_BYTES: u64 = 8 * 1024 * 1024;
/// The newest mails of the inbox that are asked which hour it is: enough that one with an odd date is not alone.
const WITNESSES_MAX: usize = 100;

/// Takes in everything the mailbox holds now.
///
/// # Errors
/// The mailbox or the register failed; what was on file by then stays on file.
pub async fn take_in(office: &Arc<Office>, mailbox: &mut Mailbox) -> Result<Step, WorkError> {
    let mut step = Step::Idle;
    // Before anything is put on file or decided on: at a wrong hour it would be for ever.
    let inbox = ask_the_hour(office, mailbox).await?;
    while !office.stop.is_cancelled() && decide_batch(office).await? == Step::Worked {
        step = Step::Worked;
    }
    let mut hindered = Hindered::default();
    if take_in_folder(office, mailbox, Folder::Inbox, &inbox, &mut hindered).await? == Step::Worked {
        step = Step::Worked;
    }
    for folder in mailbox.folders().iter().filter(|folder| **folder != Folder::Inbox) {
        let listing = mailbox.list(*folder).await?;
        if take_in_folder(office, mailbox, *folder, &listing, &mut hindered).await? == Step::Worked {
            step = Step::Worked;
        }
    }
    hindered.report(office);
    Ok(step)
}

/// What is in the inbox; refuses to go on at an hour that this mail contradicts.
///
/// # Errors
/// [`WorkError::Clock`], or the mailbox or the register failed.
pub(super) async fn ask_the_hour(office: &Office, mailbox: &mut Mailbox) -> Result<Listing, WorkError> {
    let listing = mailbox.list(Folder::Inbox).await?;
    hour::believe_with(office, arrived(office, &listing).await?).await?;
    Ok(listing)
}

/// When the server received the newest mails of the inbox that are not on file.
async fn arrived(office: &Office, listing: &Listing) -> Result<Vec<Moment>, WorkError> {
    if !office.clock.is_doubtable() {
        return Ok(Vec::new());
    }
    let newest = &listing.entries[listing.entries.len().saturating_sub(WITNESSES_MAX)..];
    let uids: Vec<i64> = newest.iter().map(|entry| entry.uid.0).collect();
    let name = folder_name(&office.config.mailbox, Folder::Inbox);
    let known = office.register.known_uids(&name, listing.uid_validity, &uids).await?;
    Ok(newest.iter().filter(|entry| !known.contains_key(&entry.uid.0)).filter_map(|entry| entry.received_at).collect())
}

async fn take_in_folder(
    office: &Arc<Office>,
    mailbox: &mut Mailbox,
    folder: Folder,
    listing: &Listing,
    hindered: &mut Hindered,
) -> Result<Step, WorkError> {
    // A mail that is only not listed is not gone.
    if folder == Folder::Inbox && listing.unlisted == 0 {
        note_gone(office, listing).await?;
    }
    if listing.unlisted > 0 {
        hindered.giving = Some(format!("the server counts {} mails that it does not list", listing.unlisted));
    }
    let mut folder_taken_in = TakenIn::default();
    let mut deciding = Deciding { office, task: None };
    let taken =
        take_in_batches(office, mailbox, (folder, listing), &mut folder_taken_in, &mut deciding, hindered).await;
    // Whatever happened: what is on file is decided on by one at a time.
    deciding.end().await?;
    taken?;
    let TakenIn { vanished, keys, to_move, waited_for, worked } = folder_taken_in;
    let mut step = worked;
    let place = Place { folder, uid_validity: listing.uid_validity, keys: &keys };
    file_away(office, mailbox, place, &to_move, hindered).await?;
    // Where nothing at all is listed, nothing is known of what was given out; the next list tells.
    let is_silent = listing.entries.is_empty() && listing.unlisted > 0;
    if !office.stop.is_cancelled() && !is_silent {
        note_given_out(office, folder, listing, &vanished).await?;
    }
    if !waited_for.is_empty() && ask_again(office, mailbox, place, &waited_for, hindered).await? == Step::Worked {
        step = Step::Worked;
    }
    Ok(step)
}

/// What came of a folder's batches.
struct TakenIn {
    /// The UIDs of mails that were gone.
    vanished: Vec<i64>,
    keys: HashMap<Uid, i64>,
    /// Not moved yet.
    to_move: Vec<Entry>,
    /// Asked for in vain at an earlier look.
    waited_for: Vec<Entry>,
    worked: Step,
}

impl Default for TakenIn {
    fn default() -> Self {
        let (vanished, keys, to_move, waited_for) = (Vec::new(), HashMap::new(), Vec::new(), Vec::new());
        Self { vanished, keys, to_move, waited_for, worked: Step::Idle }
    }
}

/// Batch after batch: the next is fetched while the last is decided on.
async fn take_in_batches(
    office: &Arc<Office>,
    mailbox: &mut Mailbox,
    (folder, listing): (Folder, &Listing),
    taken: &mut TakenIn,
    deciding: &mut Deciding<'_>,
    hindered: &mut Hindered,
) -> Result<(), WorkError> {
    let together = moved_together(listing.entries.len());
    let name = folder_name(&office.config.mailbox, folder);
    let mut decided: &[Entry] = &[];
    for batch in batches(&listing.entries) {
        // Asked to stop: what is on file stays, what is not stays in the mailbox.
        if office.stop.is_cancelled() {
            break;
        }
        taken.keys.extend(again::keys(office, &name, listing.uid_validity, batch).await?);
        let place = Place { folder, uid_validity: listing.uid_validity, keys: &taken.keys };
        let known = known(office, place, batch).await?;
        let new: Vec<Entry> = batch.iter().filter(|e| !known.contains_key(&place.key(e.uid))).copied().collect();
        office.watch.alive(Area::Intake, office.clock.now());
        office.pulse.beat(Loop::Intake);
        let (fresh, waiting) = never_asked_for(office, place, new).await?;
        taken.waited_for.extend(waiting);
        if !fresh.is_empty() {
            let fetched = fetch_together(office, mailbox, place, &fresh).await?;
            hindered.giving = fetched.failed.last().map(|failed| failed.reason.clone()).or(hindered.giving.take());
            taken.vanished.extend(fetched.vanished);
            taken.worked = Step::Worked;
        }
        deciding.next().await?;
        if folder == Folder::Inbox {
            taken.to_move.extend_from_slice(std::mem::replace(&mut decided, batch));
            if !taken.to_move.is_empty() && taken.to_move.len() >= together {
                file_away(office, mailbox, place, &std::mem::take(&mut taken.to_move), hindered).await?;
            }
        }
    }
    deciding.end().await?;
    taken.to_move.extend_from_slice(decided);
    Ok(())
}

/// What decides on the mails on file while others are fetched; never two at once.
struct Deciding<'a> {
    office: &'a Arc<Office>,
    task: Option<JoinHandle<Result<(), WorkError>>>,
}

impl Deciding<'_> {
    /// Waits for the last, and begins on what is on file now.
    async fn next(&mut self) -> Result<(), WorkError> {
        self.end().await?;
        let office = self.office.clone();
        let deciding = async move {
            while decide_batch(&office).await? == Step::Worked {
                office.pulse.beat(Loop::Intake);
            }
            Ok(())
        };
        self.task = Some(tokio::spawn(deciding.in_current_span()));
        Ok(())
    }

    async fn end(&mut self) -> Result<(), WorkError> {
        match self.task.take() {
            Some(task) => task.await.unwrap_or(Err(WorkError::Deciding)),
            None => Ok(()),
        }
    }
}

/// What could not be had at an earlier look, asked for again after all the others.
async fn ask_again(
    office: &Arc<Office>,
    mailbox: &mut Mailbox,
    place: Place<'_>,
    waited_for: &[Entry],
    hindered: &mut Hindered,
) -> Result<Step, WorkError> {
    let again = withheld::ask_again(office, mailbox, place, waited_for).await?;
    if again.waiting > 0 {
        let reason = again.reason.unwrap_or_default();
        hindered.giving = Some(format!("the server does not give {} mails that it has: {reason}", again.waiting));
    }
    if place.folder == Folder::Inbox {
        file_away(office, mailbox, place, &again.given, hindered).await?;
    }
    Ok(if again.given.is_empty() { Step::Idle } else { Step::Worked })
}

/// The mails of which none was asked for in vain before, and the others.
async fn never_asked_for(
    office: &Office,
    place: Place<'_>,
    new: Vec<Entry>,
) -> Result<(Vec<Entry>, Vec<Entry>), WorkError> {
    let name = folder_name(&office.config.mailbox, place.folder);
    let keys: Vec<i64> = new.iter().map(|entry| place.key(entry.uid)).collect();
    let withheld = office.register.withheld(&name, place.uid_validity, &keys).await?;
    let given_up = office.register.never_given(&name, place.uid_validity, &uids(&new)).await?;
    Ok(new.into_iter().partition(|e| !withheld.contains_key(&place.key(e.uid)) && !given_up.contains(&e.uid.0)))
}

fn uids(entries: &[Entry]) -> Vec<i64> {
    entries.iter().map(|entry| entry.uid.0).collect()
}

/// A process killed between moving mails and noting it: they are gone from the inbox, and the register learns it now.
async fn note_gone(office: &Office, listing: &Listing) -> Result<(), WorkError> {
    let name = folder_name(&office.config.mailbox, Folder::Inbox);
    let there: HashSet<i64> = listing.entries.iter().map(|entry| entry.uid.0).collect();
    let mut gone = office.register.unmoved(&name, listing.uid_validity).await?;
    gone.retain(|key| !there.contains(&again::uid(office.config.mailbox.kind, *key)));
    if !gone.is_empty() {
        office.register.within(office.register.mark_moved(&name, listing.uid_validity, &gone)).await?;
    }
    Ok(())
}

/// For the mail balance (invariant 1): the UIDs that this listing showed for the first time, now that its mails are on
/// file. A listing that was not dealt with to its end is noted with the next one.
async fn note_given_out(office: &Office, folder: Folder, listing: &Listing, vanished: &[i64]) -> Result<(), WorkError> {
    let listed: Vec<i64> = listing.entries.iter().map(|entry| entry.uid.0).collect();
    let numbering = match (office.config.mailbox.kind, listing.uid_next) {
        (MailboxKind::Maildir, _) => Numbering::Unordered,
        (MailboxKind::Imap, Some(next)) => Numbering::Ascending { next },
        // A server that does not say (RFC 3501 allows it): then the highest that is there counts.
        (MailboxKind::Imap, None) => Numbering::Ascending { next: 1 },
    };
    let mailbox = &folder_name(&office.config.mailbox, folder);
    let (uid_validity, at) = (listing.uid_validity, office.clock.now());
    let dealt = DealtWith { mailbox, uid_validity, numbering, listed: &listed, vanished, at };
    crash::point("before noting what the mailbox gave out");
    office.register.deal_with(&dealt).await?;
    crash::point("after noting what the mailbox gave out");
    Ok(())
}

/// Runs of entries, each bounded in number and bytes.
fn batches(entries: &[Entry]) -> Vec<&[Entry]> {
    let mut batches = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (at, entry) in entries.iter().enumerate() {
        // A size nobody states may be any.
        let size = entry.size.unwrap_or(BATCH_BYTES);
        if at > start && (at - start >= BATCH || bytes + size > BATCH_BYTES) {
            batches.push(&entries[start..at]);
            (start, bytes) = (at, 0);
        }
        bytes += size;
    }
    if start < entries.len() {
        batches.push(&entries[start..]);
    }
    batches
}

pub(super) async fn known(
    office: &Office,
    place: Place<'_>,
    batch: &[Entry],
) -> Result<HashMap<i64, OnFile>, WorkError> {
    let keys: Vec<i64> = batch.iter().map(|entry| place.key(entry.uid)).collect();
    let name = folder_name(&office.config.mailbox, place.folder);
    Ok(office.register.known_uids(&name, place.uid_validity, &keys).await?)
}

/// The name a folder's mails are on file under: two folders may share a UIDVALIDITY.
pub(super) fn folder_name(settings: &config::Mailbox, folder: Folder) -> String {
    let within = match folder {
        Folder::Inbox => return settings.name.to_string(),
        Folder::Junk => &settings.junk,
        Folder::Filed(Destination::Processed) => &settings.processed,
        Folder::Filed(Destination::SetAside) => &settings.set_aside,
        Folder::Filed(Destination::Unreadable) => &settings.unreadable,
    };
    settings.name.folder(within)
}

/// Where UIDs count.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub folder: Folder,
    pub uid_validity: i64,
    /// See [`again`].
    pub keys: &'a HashMap<Uid, i64>,
}

impl Place<'_> {
    /// What a mail is on file under: its UID, but where the server gave that out again.
    pub(super) fn key(&self, uid: Uid) -> i64 {
        self.keys.get(&uid).copied().unwrap_or(uid.0)
    }
}

/// A mail that could not be had.
pub(super) struct Failed {
    pub key: i64,
    pub reason: String,
    /// What came in its place, or may be it.
    pub came: Option<(Vec<u8>, Doubt)>,
}

/// What became of mails that were asked for; the others are on file.
#[derive(Default)]
pub(super) struct Outcome {
    pub failed: Vec<Failed>,
    /// The UIDs of those that were gone.
    pub vanished: Vec<i64>,
}

/// Fetches and stores; counts those that were not given, all of them where the connection broke off.
pub(super) async fn fetch_together(
    office: &Office,
    mailbox: &mut Mailbox,
    place: Place<'_>,
    entries: &[Entry],
) -> Result<Outcome, WorkError> {
    let settings = &office.config.mailbox;
    let name = folder_name(settings, place.folder);
    let by_uid: HashMap<Uid, &Entry> = entries.iter().map(|entry| (entry.uid, entry)).collect();
    let fetched = match mailbox.fetch_many(entries, settings.max_message_bytes).await {
        Ok(fetched) => fetched,
        Err(error) => {
            let failed: Vec<_> = entries.iter().map(|entry| (place.key(entry.uid), error.to_string())).collect();
            office.register.count_withheld(&name, place.uid_validity, &failed).await?;
            return Err(error.into());
        }
    };
    let (mut mails, mut outcome) = (Vec::with_capacity(entries.len()), Outcome::default());
    for (uid, fetched) in fetched {
        let Some(entry) = by_uid.get(&uid) else { continue };
        match fetched {
            Fetched::Whole(raw) => mails.push(on_file(office, place, entry, raw)),
            Fetched::Slice { headers_and_start, size } => {
                let entry = Entry { size: size.or(entry.size), ..**entry };
                mails.push(NewMail { whole: false, ..on_file(office, place, &entry, headers_and_start) });
            }
            Fetched::Vanished => outcome.vanished.push(uid.0),
            Fetched::Withheld { reason } => outcome.failed.push(Failed { key: place.key(uid), reason, came: None }),
            Fetched::Doubted { raw, doubt } => {
                let reason = doubted(&raw, doubt);
                outcome.failed.push(Failed { key: place.key(uid), reason, came: Some((raw, doubt)) });
            }
        }
    }
    crash::point("before storing mails");
    office.register.within(office.register.store_mails(&mails)).await?;
    crash::point("after storing mails");
    for Failed { key, reason, .. } in &outcome.failed {
        tracing::debug!(mail.uid = key, %reason, "the mail server does not give this mail; it is tried again");
    }
    if !outcome.failed.is_empty() {
        let failed: Vec<_> = outcome.failed.iter().map(|failed| (failed.key, failed.reason.clone())).collect();
        office.register.count_withheld(&name, place.uid_validity, &failed).await?;
    }
    Ok(outcome)
}

/// The same words for the same bytes: by them a later look knows whether it got the same.
fn doubted(raw: &[u8], doubt: Doubt) -> String {
    let digest: String = Sha256::digest(raw).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{doubt} ({} bytes, {digest})", raw.len())
}

pub(super) fn on_file(office: &Office, place: Place<'_>, entry: &Entry, raw: Vec<u8>) -> NewMail {
    let now = office.clock.now();
    NewMail {
        mailbox: folder_name(&office.config.mailbox, place.folder),
        uid_validity: place.uid_validity,
        uid: place.key(entry.uid),
        from_junk: place.folder == Folder::Junk,
        received_at: received_at(entry, &raw, now),
        fetched_at: now,
        size: i64::try_from(entry.size.unwrap_or(raw.len() as u64)).unwrap_or(i64::MAX),
        whole: true,
        raw,
        unreadable_because: None,
    }
}

/// INTERNALDATE; missing: our own server's Received; else the poll. Never later than now (invariant 9).
fn received_at(entry: &Entry, raw: &[u8], now: Moment) -> Moment {
    let stated = entry.received_at.or_else(|| crate::mail::topmost_received(raw));
    stated.filter(|at| *at <= now).unwrap_or(now)
}
