//! The way in: raw bytes, UIDs and moments of receipt from a mailbox, in order, and the moving of a mail once it is
//! on file. IMAP or Maildir. Touches the network and the Maildir; knows no MIME, no SQL and decides nothing.
//!
//! Of each folder everything that is there is listed, whatever its flags: what has been taken in already is the
//! register's knowledge. After an error other than [`MailboxError::Server`] or [`MailboxError::Setting`] the mailbox
//! is dropped and opened anew; [`Backoff`] says when.

mod backoff;
mod error;
mod guard;
mod imap;
mod maildir;
mod names;
mod substitute;
mod tidy;
mod tls;
mod waits;
mod words;

pub use backoff::Backoff;
pub use error::{MailboxError, Remedy, Step, Verdict};
pub use imap::{Deadlines, Imap};
pub use maildir::Maildir;
pub use waits::{Loss, Waits};

use crate::config::{Mailbox as Settings, MailboxKind};
use chrono::{DateTime, Utc};
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// How much is kept of a mail over the limit: its headers and the start of its text.
pub const START_OF_LARGE_BYTES: u64 = 1024 * 1024;

/// A folder that is watched for mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Folder {
    Inbox,
    /// Where the server puts what it takes for spam; watched only if the settings name it.
    Junk,
    /// One of our own, where mails lie that are on file.
    Filed(Destination),
}

/// Where a mail goes that is on file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Destination {
    Processed,
    SetAside,
    Unreadable,
}

/// What identifies a mail within a folder and UIDVALIDITY: the IMAP UID (1 to 2³²−1), or for a Maildir 63 bits of a
/// hash of the file's base name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(pub i64);

/// What is in a folder now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// UIDs of another UIDVALIDITY are other mails (RFC 3501 §2.3.1.1). Maildir: always 1.
    pub uid_validity: i64,
    /// The UID the next mail will get, where the server says so.
    pub uid_next: Option<i64>,
    /// All mails, in the order in which they came: ascending UIDs; Maildir: by moment of delivery.
    pub entries: Vec<Entry>,
    /// Mails that the server counts and does not list, however it is asked. They are not gone.
    pub unlisted: usize,
}

/// One mail of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub uid: Uid,
    /// Bytes, as the server states them: near the truth, but some servers count wrong. `None`: it did not say, or over
    /// 4 GiB.
    pub size: Option<u64>,
    /// INTERNALDATE, or the file's time of modification: when the mail server received the mail.
    pub received_at: Option<DateTime<Utc>>,
    /// Carries our keyword: on file, but on a server that gives us no safe way to move it.
    pub marked_done: bool,
}

/// What the server says of a folder on opening it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opened {
    pub uid_validity: i64,
    /// The UID the next mail will get, where the server says so.
    pub uid_next: Option<i64>,
}

/// One mail of an own folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filed {
    pub entry: Entry,
    pub mark: Mark,
}

/// Whose mark a mail bears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// That of the register which signs here.
    Ours,
    /// Another register's.
    Others,
    /// Nobody's: filed by a person or an older version, or in a mailbox that keeps no marks.
    None,
}

/// What became of the fetching of one mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetched {
    /// All of it, at most the limit.
    Whole(Vec<u8>),
    /// Perhaps not all of it: at most [`START_OF_LARGE_BYTES`] of one over the limit, or what the server gives each time of
    /// one that it says is far larger; and its size where the server says it.
    Slice { headers_and_start: Vec<u8>, size: Option<u64> },
    /// It is no longer in the folder.
    Vanished,
    /// The server has it but does not give it: a fault of this mail, not of the connection. Try it again later.
    Withheld { reason: String },
    /// Something came that may not be the mail. Try it again later, and move nothing meanwhile.
    Doubted { raw: Vec<u8>, doubt: Doubt },
}

/// Why what came may not be the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// A text of the mail server's own in its place.
    Substitute,
    /// The server stated another size, in bytes, for it or for its text.
    Size { stated: u64 },
}

impl std::fmt::Display for Doubt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Substitute => f.write_str("it sends a text of its own in the mail's place"),
            Self::Size { stated } => write!(f, "it stated {stated} bytes, and other text came"),
        }
    }
}

/// What came of trying to file a mail of our own away.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Trial {
    /// What does not work, each with the next step.
    pub hindrances: Vec<String>,
    pub tried: Tried,
    /// The UIDs of the inbox that the trial used up, of that UIDVALIDITY.
    pub spent: Vec<Uid>,
    pub uid_validity: i64,
}

/// How far the trial went.
#[derive(Debug, Default, PartialEq, Eq)]
pub enum Tried {
    /// Not to its end: a hindrance says why.
    #[default]
    Hindered,
    /// A mail of our own was moved out of the inbox, and taken away again.
    Moved,
    /// The move could not be tried, for this reason; it may work all the same.
    Not(String),
}

impl Trial {
    fn spend(&mut self, uids: impl Iterator<Item = Uid>) {
        let new: Vec<Uid> = uids.filter(|uid| !self.spent.contains(uid)).collect();
        self.spent.extend(new);
    }

    /// A refusal is a finding; after anything else the connection is spent.
    fn hindered_by(&mut self, error: MailboxError) -> Result<(), MailboxError> {
        match error {
            MailboxError::Server { .. } => self.hindrances.push(error.to_string()),
            error => return Err(error),
        }
        Ok(())
    }
}

/// Why a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Woken {
    /// Something came in: list the folder.
    News,
    Timeout,
}

/// A mailbox that is open.
#[derive(Debug)]
pub enum Mailbox {
    Imap(Box<Imap>),
    Maildir(Box<Maildir>),
}

impl Mailbox {
    /// Connects and logs in, finds or makes the folders, opens the inbox.
    pub async fn open(settings: &Settings) -> Result<Self, MailboxError> {
        Self::open_within(settings, Deadlines::default()).await
    }

    /// As [`Mailbox::open`], with other deadlines than the usual ones.
    pub async fn open_within(settings: &Settings, deadlines: Deadlines) -> Result<Self, MailboxError> {
        Ok(match settings.kind {
            MailboxKind::Imap => Self::Imap(Box::new(Imap::open(settings, deadlines).await?)),
            MailboxKind::Maildir => Self::Maildir(Box::new(Maildir::open(settings).await?)),
        })
    }

    /// Whether an IMAP server of this name and protection is there: up to its greeting, without a login.
    pub async fn greets(settings: &Settings, within: Duration) -> Result<(), MailboxError> {
        Imap::greets(settings, within).await
    }

    /// The folders to list: the inbox, and the junk folder where it is watched.
    pub fn folders(&self) -> &'static [Folder] {
        match self {
            Self::Imap(imap) => imap.folders(),
            Self::Maildir(maildir) => maildir.folders(),
        }
    }

    /// Lists all that is in the folder now. The calls below are about the folder that was listed last (the inbox, before
    /// the first).
    pub async fn list(&mut self, folder: Folder) -> Result<Listing, MailboxError> {
        match self {
            Self::Imap(imap) => imap.list(folder).await,
            Self::Maildir(maildir) => maildir.list(folder).await,
        }
    }

    /// From now on mails that are filed away bear this mark, where the mailbox keeps marks: it names the register that has
    /// them.
    pub fn sign(&mut self, mark: &str) {
        match self {
            Self::Imap(imap) => imap.sign(mark),
            Self::Maildir(_) => {}
        }
    }

    /// Opens a folder for the calls below, without listing it.
    pub async fn open_folder(&mut self, folder: Folder) -> Result<Opened, MailboxError> {
        match self {
            Self::Imap(imap) => imap.open_folder(folder).await,
            Self::Maildir(maildir) => maildir.open_folder(folder).await,
        }
    }

    /// The mails of the open folder from that UID on; of a Maildir, whose numbers have no order, all.
    pub async fn filed_from(&mut self, first: Uid) -> Result<Vec<Filed>, MailboxError> {
        match self {
            Self::Imap(imap) => imap.filed_from(first).await,
            Self::Maildir(maildir) => maildir.filed().await,
        }
    }

    /// The header fields that tell which mail it is and whose, of mails of the open folder. What is gone is left out.
    pub async fn headers(&mut self, uids: &[Uid]) -> Result<HashMap<Uid, Vec<u8>>, MailboxError> {
        match self {
            Self::Imap(imap) => imap.headers(uids).await,
            Self::Maildir(maildir) => maildir.headers(uids).await,
        }
    }

    /// Which of these mails are in the open folder.
    pub async fn present(&mut self, uids: &[Uid]) -> Result<HashSet<Uid>, MailboxError> {
        match self {
            Self::Imap(imap) => imap.present(uids).await,
            Self::Maildir(maildir) => maildir.present(uids).await,
        }
    }

    /// Fetches one mail, or its start if it has more than `limit` bytes. Memory: about the mail's size, at most `limit`.
    pub async fn fetch(&mut self, uid: Uid, limit: u64) -> Result<Fetched, MailboxError> {
        match self {
            Self::Imap(imap) => imap.fetch(uid, limit).await,
            Self::Maildir(maildir) => maildir.fetch(uid, limit).await,
        }
    }

    /// Fetches these mails, in the same order; small ones travel together. All are in memory at the end, so the caller
    /// bounds what it asks for: a mail of unknown size may have `limit` bytes.
    pub async fn fetch_many(&mut self, entries: &[Entry], limit: u64) -> Result<Vec<(Uid, Fetched)>, MailboxError> {
        match self {
            Self::Imap(imap) => imap.fetch_many(entries, limit).await,
            Self::Maildir(maildir) => maildir.fetch_many(entries, limit).await,
        }
    }

    /// Moves mails that are on file. Returns those that are no longer in the folder, whoever took them; the others stay
    /// (on a server that can neither move nor expunge by UID all do, with our keyword). After an error some may be gone.
    pub async fn file_away(&mut self, uids: &[Uid], to: Destination) -> Result<Vec<Uid>, MailboxError> {
        match self {
            Self::Imap(imap) => imap.file_away(uids, to).await,
            Self::Maildir(maildir) => maildir.file_away(uids, to).await,
        }
    }

    /// Takes mails out of the open folder for good, at a person's word. Which are gone; a server that cannot expunge single
    /// mails only marks them as deleted.
    pub async fn remove(&mut self, uids: &[Uid]) -> Result<Vec<Uid>, MailboxError> {
        match self {
            Self::Imap(imap) => imap.remove(uids).await,
            Self::Maildir(maildir) => maildir.remove(uids).await,
        }
    }

    /// Tries what filing away needs, with this mail of our own (ASCII, CR LF line ends); it is taken away again, and no
    /// other mail is touched. Nothing is tried in a Maildir, which is read and written at each opening.
    pub async fn try_filing(&mut self, mail: &str) -> Result<Trial, MailboxError> {
        match self {
            Self::Imap(imap) => imap.try_filing(mail).await,
            Self::Maildir(_) => Ok(Trial { tried: Tried::Moved, ..Trial::default() }),
        }
    }

    /// Takes test mails of our own, which are nobody's, out of the open folder: for good where single mails can be removed,
    /// else there. No other mail is touched. Which are gone.
    pub async fn take_away(&mut self, uids: &[Uid], else_to: Destination) -> Result<Vec<Uid>, MailboxError> {
        match self {
            Self::Imap(imap) => imap.take_away(uids, else_to).await,
            Self::Maildir(maildir) => maildir.remove(uids).await,
        }
    }

    /// Waits until mail comes into the inbox, at most this long: by IDLE, or just waiting where the server or the
    /// settings rule that out. May be dropped at any moment; the other calls may not, or the connection is spent.
    pub async fn wait(&mut self, at_most: Duration) -> Result<Woken, MailboxError> {
        match self {
            Self::Imap(imap) => imap.wait(at_most).await,
            Self::Maildir(maildir) => maildir.wait(at_most).await,
        }
    }

    /// Takes leave of the server; what is on file does not depend on it.
    pub async fn close(self) {
        match self {
            Self::Imap(imap) => imap.close().await,
            Self::Maildir(_) => {}
        }
    }
}
