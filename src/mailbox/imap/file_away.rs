//! Moving mails that are on file out of the watched folder, and saying truthfully which are gone: the server is asked
//! afterwards, because a move may be done in part. Touches the network through the wire.

use super::super::error::{MailboxError, Step};
use super::super::names::{UidSet, quoted, uid_sets};
use super::super::{Destination, Uid};
use super::folders::{Folders, Restored};
use super::offered::Removal;
use super::wire::{Completion, Wire};
use super::{DONE_KEYWORD, bears, imap_uid, uid_of};
use imap_proto::{AttributeValue, Response};
use std::collections::BTreeMap;

/// Whether an earlier attempt, cut off before the end, has copied the mail already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Copied {
    No,
    Yes,
}

/// Where mails go, how, and with whose mark.
pub(super) struct Filing<'a> {
    pub folders: &'a mut Folders,
    pub removal: Removal,
    pub mark: Option<&'a str>,
}

/// Files mails of the selected folder away. Returns those that are no longer there, whoever took them.
pub(super) async fn file_away(
    wire: &mut Wire,
    filing: &mut Filing<'_>,
    uids: &[Uid],
    to: Destination,
) -> Result<Vec<Uid>, MailboxError> {
    let mut gone = Vec::with_capacity(uids.len());
    for set in uid_sets(uids.iter().filter_map(|uid| imap_uid(*uid))) {
        if let Some(mark) = filing.mark.filter(|_| filing.removal != Removal::Keyword) {
            sign(wire, &set.written, mark).await?;
        }
        match filing.removal {
            Removal::Move => transfer(wire, filing.folders, "MOVE", &set, to).await?,
            Removal::CopyAndExpunge => copy_and_expunge(wire, filing.folders, &set, to).await?,
            Removal::Keyword => mark_done(wire, &set.written).await?,
        }
        let left = remaining(wire, &set.written).await?;
        gone.extend(set.uids.iter().filter(|uid| !left.contains_key(uid)).map(|uid| Uid(i64::from(*uid))));
    }
    Ok(gone)
}

async fn copy_and_expunge(
    wire: &mut Wire,
    folders: &mut Folders,
    set: &UidSet,
    to: Destination,
) -> Result<(), MailboxError> {
    let there = remaining(wire, &set.written).await?;
    let to_copy = there.iter().filter(|(_, copied)| **copied == Copied::No).map(|(uid, _)| *uid);
    for copies in uid_sets(to_copy) {
        transfer(wire, folders, "COPY", &copies, to).await?;
        mark_deleted(wire, &copies.written).await?;
    }
    let command = format!("UID EXPUNGE {}", set.written);
    let within = wire.deadlines().command;
    wire.run_ok(Step::MoveMails, &command, within, &mut |_| {}).await
}

/// Takes mails out of the selected folder for good. Where the server cannot expunge by UID they only get `\Deleted`: a plain
/// EXPUNGE could take mails of others with it. Which are gone.
pub(super) async fn remove(wire: &mut Wire, expunges_by_uid: bool, uids: &[Uid]) -> Result<Vec<Uid>, MailboxError> {
    let mut gone = Vec::with_capacity(uids.len());
    for set in uid_sets(uids.iter().filter_map(|uid| imap_uid(*uid))) {
        mark_deleted(wire, &set.written).await?;
        if expunges_by_uid {
            let within = wire.deadlines().command;
            wire.run_ok(Step::MoveMails, &format!("UID EXPUNGE {}", set.written), within, &mut |_| {}).await?;
        }
        let left = remaining(wire, &set.written).await?;
        gone.extend(set.uids.iter().filter(|uid| !left.contains_key(uid)).map(|uid| Uid(i64::from(*uid))));
    }
    Ok(gone)
}

/// MOVE or COPY. A destination that has vanished is made again, and the command tried once more.
async fn transfer(
    wire: &mut Wire,
    folders: &mut Folders,
    verb: &str,
    set: &UidSet,
    to: Destination,
) -> Result<(), MailboxError> {
    let command = |folders: &Folders| format!("UID {verb} {} {}", set.written, quoted(folders.destination(to)));
    let within = wire.deadlines().transfer;
    let denial = match wire.run(Step::MoveMails, &command(folders), within, &mut |_| {}).await? {
        Completion::Ok => return Ok(()),
        Completion::Denied(denial) => denial,
    };
    match folders.restore(wire, to).await? {
        Restored::WasThere => Err(wire.denied(Step::MoveMails, denial)),
        Restored::Made => wire.run_ok(Step::MoveMails, &command(folders), within, &mut |_| {}).await,
    }
}

/// The keyword only helps people and a next attempt; a server that keeps no keywords still gets `\Deleted`.
async fn mark_deleted(wire: &mut Wire, set: &str) -> Result<(), MailboxError> {
    match store(wire, set, &format!("\\Deleted {DONE_KEYWORD}")).await? {
        Completion::Ok => return Ok(()),
        Completion::Denied(_) => {}
    }
    match store(wire, set, "\\Deleted").await? {
        Completion::Ok => Ok(()),
        Completion::Denied(denial) => Err(wire.denied(Step::MarkMails, denial)),
    }
}

/// The mail stays where it is and is accounted for by its UID; without the keyword only people miss a sign.
async fn mark_done(wire: &mut Wire, set: &str) -> Result<(), MailboxError> {
    if let Completion::Denied(denial) = store(wire, set, DONE_KEYWORD).await? {
        tracing::debug!(verdict = %denial.verdict, "this server keeps no keyword on mails that are on file");
    }
    Ok(())
}

/// Names the register that has these mails: a keyword goes along with a move. Without it only people, and a register that
/// forgot them, miss a sign.
async fn sign(wire: &mut Wire, set: &str, mark: &str) -> Result<(), MailboxError> {
    if let Completion::Denied(denial) = store(wire, set, mark).await? {
        tracing::debug!(verdict = %denial.verdict, "this server keeps no mark on mails that are filed away");
    }
    Ok(())
}

async fn store(wire: &mut Wire, set: &str, flags: &str) -> Result<Completion, MailboxError> {
    let command = format!("UID STORE {set} +FLAGS.SILENT ({flags})");
    let within = wire.deadlines().command;
    wire.run(Step::MarkMails, &command, within, &mut |_| {}).await
}

/// Which of these mails are in the folder, and how far each had come.
async fn remaining(wire: &mut Wire, set: &str) -> Result<BTreeMap<u32, Copied>, MailboxError> {
    let mut there = BTreeMap::new();
    let mut on_data = |data: &Response<'_>| {
        if let Response::Fetch(_, items) = data
            && let Some(uid) = uid_of(items)
        {
            there.insert(uid, if is_marked(items) { Copied::Yes } else { Copied::No });
        }
    };
    let within = wire.deadlines().command;
    wire.run_ok(Step::MoveMails, &format!("UID FETCH {set} (UID FLAGS)"), within, &mut on_data).await?;
    Ok(there)
}

/// Both of our marks: either alone may be somebody else's.
fn is_marked(items: &[AttributeValue<'_>]) -> bool {
    bears(items, "\\Deleted") && bears(items, DONE_KEYWORD)
}
