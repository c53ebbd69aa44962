//! A mailbox on an IMAP server: what is there now, in order; the raw bytes; filing away; waiting for news. Every UID
//! is accounted for, whatever its flags. Touches the network; knows no MIME, no register, no rules.

mod connect;
mod fetch;
mod file_away;
mod folders;
mod offered;
mod own;
mod reopened;
mod trial;
mod wire;

pub use wire::Deadlines;

use super::error::{MailboxError, Step};
use super::names::quoted;
use super::{Destination, Entry, Fetched, Folder, Listing, Opened, Uid, Woken};
use crate::config::Mailbox as Settings;
use chrono::{DateTime, Utc};
use folders::{Folders, Restored};
use imap_proto::{AttributeValue, MailboxDatum, Response, ResponseCode, Status};
use offered::{Push, Removal, capabilities};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::time::Duration;
use tokio::time::{Instant, sleep_until};
use wire::{Completion, Idled, Wire};

/// The keyword on a mail that is on file, but that this server gives us no safe way to move.
const DONE_KEYWORD: &str = "$KlachtpostDone";
/// The keyword on a mail of our own with which `check` tries filing away.
const TRIAL_KEYWORD: &str = "$KlachtpostTrial";
/// What the keyword begins with that names the register which filed a mail away.
const MARK_PREFIX: &str = "$Klachtpost_";

/// An open connection, with a folder selected.
#[derive(Debug)]
pub struct Imap {
    /// For a new connection in place of one that was lost at a mail.
    settings: Settings,
    wire: Wire,
    folders: Folders,
    removal: Removal,
    /// UIDPLUS (RFC 4315).
    expunges_by_uid: bool,
    push: Push,
    selected: Selected,
    /// The keyword that mails get when they are filed away.
    mark: Option<String>,
    /// How little is asked of each mail when they are listed: a server that hangs up at one mail is asked for less.
    plainness: usize,
    /// UIDVALIDITY and UIDNEXT of the inbox when it was last listed.
    inbox_listed: Option<(i64, Option<i64>)>,
}

/// The folder that is open, and what the server said on opening it.
#[derive(Debug, Clone, Copy)]
struct Selected {
    folder: Folder,
    uid_validity: i64,
    uid_next: Option<i64>,
}

impl Imap {
    /// Connects, logs in, finds or makes the folders, opens the inbox.
    pub(super) async fn open(settings: &Settings, deadlines: Deadlines) -> Result<Self, MailboxError> {
        let mut wire = connect::connect(settings, deadlines).await?;
        let offered = capabilities(&mut wire).await?;
        let (removal, push) = (offered.removal(), if settings.idle { offered.push() } else { Push::Poll });
        let folders = Folders::prepare(&mut wire, settings, offered.naming()).await?;
        let selected = match select(&mut wire, &folders, Folder::Inbox).await {
            // Deleted by somebody: mail can come in again once it is there.
            Err(MailboxError::Server { .. }) if folders.make_inbox(&mut wire).await? == Restored::Made => {
                select(&mut wire, &folders, Folder::Inbox).await?
            }
            opened => opened?,
        };
        let expunges_by_uid = offered.has("UIDPLUS");
        let settings = settings.clone();
        let (mark, plainness, inbox_listed) = (None, 0, None);
        Ok(Self { settings, wire, folders, removal, expunges_by_uid, push, selected, mark, plainness, inbox_listed })
    }

    pub(super) async fn greets(settings: &Settings, within: Duration) -> Result<(), MailboxError> {
        connect::greets(settings, Deadlines { connect: within, ..Deadlines::default() }).await
    }

    pub(super) fn folders(&self) -> &'static [Folder] {
        if self.folders.has_junk() { &[Folder::Inbox, Folder::Junk] } else { &[Folder::Inbox] }
    }

    /// The folder is opened anew each time, so that UIDVALIDITY and the count are the present ones.
    pub(super) async fn list(&mut self, folder: Folder) -> Result<Listing, MailboxError> {
        self.selected = select(&mut self.wire, &self.folders, folder).await?;
        let (entries, unlisted) = match self.wire.exists() {
            // FETCH on an empty folder is an error on some servers.
            None | Some(0) => (Vec::new(), 0),
            Some(_) => self.entries().await?,
        };
        let Selected { uid_validity, uid_next, .. } = self.selected;
        if folder == Folder::Inbox {
            self.inbox_listed = Some((uid_validity, uid_next));
        }
        Ok(Listing { uid_validity, uid_next, entries, unlisted })
    }

    fn counted(&self) -> usize {
        self.wire.exists().unwrap_or_default() as usize
    }

    async fn add_to(&mut self, found: &mut Found, command: &str) -> Result<Listed, MailboxError> {
        let mut on_data = |data: &Response<'_>| {
            if let Response::Fetch(_, items) = data {
                found.note(items);
            }
        };
        let within = self.wire.deadlines().transfer;
        let completion = self.wire.run(Step::ListMails, command, within, &mut on_data).await?;
        // Expunged meanwhile: listed, but no longer counted. Come meanwhile: counted, perhaps not yet listed.
        let complete = found.entries.len() >= self.counted() || self.wire.has_news();
        Ok(match completion {
            Completion::Ok if complete => Listed::All,
            Completion::Ok => Listed::Part,
            Completion::Denied(_) => Listed::Denied,
        })
    }

    /// A mail that FETCH leaves out may still be found by SEARCH: with its UID it can be asked for.
    async fn add_by_search(&mut self, found: &mut Found) -> Result<(), MailboxError> {
        let mut on_data = |data: &Response<'_>| {
            if let Response::MailboxData(MailboxDatum::Search(uids)) = data {
                for uid in uids {
                    found.entries.entry(*uid).or_insert(unknown(*uid));
                }
            }
        };
        let within = self.wire.deadlines().transfer;
        self.wire.run(Step::ListMails, "UID SEARCH ALL", within, &mut on_data).await?;
        Ok(())
    }

    pub(super) fn sign(&mut self, mark: &str) {
        self.mark = Some(format!("{MARK_PREFIX}{mark}"));
    }

    pub(super) async fn open_folder(&mut self, folder: Folder) -> Result<Opened, MailboxError> {
        self.selected = select(&mut self.wire, &self.folders, folder).await?;
        let Selected { uid_validity, uid_next, .. } = self.selected;
        Ok(Opened { uid_validity, uid_next })
    }

    pub(super) async fn present(&mut self, uids: &[Uid]) -> Result<HashSet<Uid>, MailboxError> {
        own::present(&mut self.wire, uids).await
    }

    pub(super) async fn fetch(&mut self, uid: Uid, limit: u64) -> Result<Fetched, MailboxError> {
        let mail = fetch::single(&mut self.wire, uid, limit, fetch::Listed::default()).await?;
        let mut one = [(uid, mail)];
        fetch::doubt_texts(&mut one);
        let [(_, mail)] = one;
        Ok(mail)
    }

    pub(super) async fn file_away(&mut self, uids: &[Uid], to: Destination) -> Result<Vec<Uid>, MailboxError> {
        let mut filing =
            file_away::Filing { folders: &mut self.folders, removal: self.removal, mark: self.mark.as_deref() };
        file_away::file_away(&mut self.wire, &mut filing, uids, to).await
    }

    pub(super) async fn remove(&mut self, uids: &[Uid]) -> Result<Vec<Uid>, MailboxError> {
        file_away::remove(&mut self.wire, self.expunges_by_uid, uids).await
    }

    pub(super) async fn take_away(&mut self, uids: &[Uid], else_to: Destination) -> Result<Vec<Uid>, MailboxError> {
        if self.expunges_by_uid { self.remove(uids).await } else { self.file_away(uids, else_to).await }
    }

    pub(super) async fn wait(&mut self, at_most: Duration) -> Result<Woken, MailboxError> {
        let until = Instant::now() + at_most;
        if self.selected.folder != Folder::Inbox {
            self.selected = select(&mut self.wire, &self.folders, Folder::Inbox).await?;
        }
        // Mail may have come while another folder was open.
        let now = (self.selected.uid_validity, self.selected.uid_next);
        if self.wire.has_news() || self.inbox_listed.is_some_and(|listed| listed != now) {
            return Ok(Woken::News);
        }
        while self.push == Push::Idle {
            let now = Instant::now();
            if now >= until {
                return Ok(Woken::Timeout);
            }
            match self.wire.idle(until.min(now + self.wire.deadlines().idle)).await? {
                Idled::News => return Ok(Woken::News),
                Idled::Quiet => {}
                Idled::Denied => self.push = Push::Poll,
            }
        }
        self.wait_by_asking(until).await
    }

    /// A line that is quiet for too long is cut by some firewalls and proxies.
    async fn wait_by_asking(&mut self, until: Instant) -> Result<Woken, MailboxError> {
        loop {
            let next = Instant::now() + self.wire.deadlines().idle;
            sleep_until(until.min(next)).await;
            if Instant::now() >= until {
                return Ok(Woken::Timeout);
            }
            let within = self.wire.deadlines().command;
            self.wire.run(Step::Wait, "NOOP", within, &mut |_| {}).await?;
            if self.wire.has_news() {
                return Ok(Woken::News);
            }
        }
    }

    /// Says goodbye if the server still listens; nothing depends on it, and it takes no longer than its deadline.
    pub(super) async fn close(self) {
        self.wire.goodbye().await;
    }
}

async fn select(wire: &mut Wire, folders: &Folders, folder: Folder) -> Result<Selected, MailboxError> {
    let name = folders.watched(folder)?.to_owned();
    let (mut uid_validity, mut uid_next) = (None, None);
    let mut on_data = |data: &Response<'_>| {
        if let Response::Data { status: Status::Ok, outcome } = data {
            match outcome.code {
                Some(ResponseCode::UidValidity(value)) => uid_validity = Some(i64::from(value)),
                Some(ResponseCode::UidNext(value)) => uid_next = Some(i64::from(value)),
                _ => {}
            }
        }
    };
    let within = wire.deadlines().command;
    let step = Step::OpenFolder(name.clone());
    wire.forget_count();
    wire.run_ok(step.clone(), &format!("SELECT {}", quoted(&name)), within, &mut on_data).await?;
    wire.start_counting();
    if wire.exists().is_none() {
        return Err(wire.protocol(step, "a folder without a count of its mails"));
    }
    match uid_validity {
        Some(uid_validity) => Ok(Selected { folder, uid_validity, uid_next }),
        None => Err(wire.protocol(step, "a folder without UIDVALIDITY")),
    }
}

/// What came of asking for a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Listed {
    All,
    /// Fewer than the server counts.
    Part,
    Denied,
}

/// What a list has so far.
#[derive(Default)]
struct Found {
    entries: BTreeMap<u32, Entry>,
    /// Our own, of a trial: nobody's mail.
    trials: BTreeSet<u32>,
}

impl Found {
    /// Adds what one FETCH response says to what is known of that mail.
    fn note(&mut self, items: &[AttributeValue<'_>]) {
        let Some(number) = uid_of(items) else { return };
        note_in(self.entries.entry(number).or_insert(unknown(number)), items);
        if bears(items, TRIAL_KEYWORD) {
            self.trials.insert(number);
        }
    }

    fn mails(self) -> Vec<Entry> {
        self.entries.into_iter().filter(|(uid, _)| !self.trials.contains(uid)).map(|(_, entry)| entry).collect()
    }
}

fn bears(items: &[AttributeValue<'_>], keyword: &str) -> bool {
    items.iter().any(|item| {
        matches!(item, AttributeValue::Flags(flags) if flags.iter().any(|flag| flag.eq_ignore_ascii_case(keyword)))
    })
}

/// A mail of which nothing is known yet.
fn unknown(number: u32) -> Entry {
    Entry { uid: Uid(i64::from(number)), size: None, received_at: None, marked_done: false }
}

fn note_in(entry: &mut Entry, items: &[AttributeValue<'_>]) {
    for item in items {
        match item {
            AttributeValue::Rfc822Size(size) => entry.size = Some(u64::from(*size)),
            AttributeValue::InternalDate(date) => entry.received_at = internal_date(date),
            AttributeValue::Flags(flags) if flags.iter().any(|flag| flag.eq_ignore_ascii_case(DONE_KEYWORD)) => {
                entry.marked_done = true;
            }
            _ => {}
        }
    }
}

/// An INTERNALDATE, e.g. ` 7-Jul-2026 02:44:25 +0200` (RFC 3501 `date-time`); `None` where it is not one.
fn internal_date(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_str(text.trim(), "%d-%b-%Y %H:%M:%S %z").ok().map(|moment| moment.to_utc())
}

fn uid_of(items: &[AttributeValue<'_>]) -> Option<u32> {
    items.iter().find_map(|item| match item {
        AttributeValue::Uid(uid) => Some(*uid),
        _ => None,
    })
}

/// The number on the wire; `None` for one no server gives out.
fn imap_uid(uid: Uid) -> Option<u32> {
    u32::try_from(uid.0).ok().filter(|uid| *uid > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn internal_dates_keep_the_moment() {
        let moment = internal_date(" 7-Jul-2026 02:44:25 +0200").unwrap();
        assert_eq!(moment.to_rfc3339(), "2026-07-07T00:44:25+00:00");
        assert_eq!(internal_date("17-Jul-1996 02:44:25 -0700").unwrap().timestamp(), 837_596_665);
        assert_eq!(internal_date("yesterday"), None);
    }

    #[test]
    fn only_numbers_of_imap_are_asked_for() {
        assert_eq!(imap_uid(Uid(7)), Some(7));
        assert_eq!(imap_uid(Uid(0)), None);
        assert_eq!(imap_uid(Uid(i64::MAX)), None);
    }
}
