//! A mailbox that is a Maildir on this machine (for MTAs that deliver locally, and for the demo). Reads `new/` and
//! `cur/`, files away by rename into Maildir++ subfolders (`.Verwerkt/cur`). Touches these folders only.

use super::error::{MailboxError, Step};
use super::names::modified_utf7;
use super::{Destination, Entry, Fetched, Filed, Folder, Listing, Mark, Opened, START_OF_LARGE_BYTES, Uid, Woken};
use crate::config::Mailbox as Settings;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use tokio::io::AsyncReadExt;
use tokio::time::{Instant, sleep};

/// A Maildir keeps no UIDVALIDITY: its file names are unique for good.
const UID_VALIDITY: i64 = 1;
/// How often `new/` is looked at while waiting; one `stat` each time.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// As much of a file is looked at for its header: an honest one is far shorter.
const HEADER_BYTES_MAX: u64 = 64 * 1024;
/// Most names tried for a file whose name is taken at the destination. Unique names make even one unlikely.
const MAX_NAME_ATTEMPTS: u32 = 100;

/// A Maildir and what was in it when it was last listed.
#[derive(Debug)]
pub struct Maildir {
    root: PathBuf,
    junk: Option<PathBuf>,
    destinations: Destinations,
    folder: Folder,
    /// Where each mail of the last listing lies.
    index: HashMap<Uid, PathBuf>,
    /// When `new/` of the inbox last changed, as of the last listing of it.
    listed_change: Option<SystemTime>,
}

#[derive(Debug)]
struct Destinations {
    processed: PathBuf,
    set_aside: PathBuf,
    unreadable: PathBuf,
}

impl Destinations {
    fn of(&self, destination: Destination) -> &Path {
        match destination {
            Destination::Processed => &self.processed,
            Destination::SetAside => &self.set_aside,
            Destination::Unreadable => &self.unreadable,
        }
    }
}

struct Found {
    entry: Entry,
    path: PathBuf,
    base: OsString,
}

impl Maildir {
    /// Makes what is missing of the Maildir and its subfolders.
    pub(super) async fn open(settings: &Settings) -> Result<Self, MailboxError> {
        let root = settings.path.clone();
        let destinations = Destinations {
            processed: subfolder(&root, "processed", &settings.processed)?,
            set_aside: subfolder(&root, "set_aside", &settings.set_aside)?,
            unreadable: subfolder(&root, "unreadable", &settings.unreadable)?,
        };
        let junk = match settings.junk.as_str() {
            "" => None,
            name => Some(subfolder(&root, "junk", name)?),
        };
        let folders = [&root, &destinations.processed, &destinations.set_aside, &destinations.unreadable];
        let missing: Vec<PathBuf> = folders.into_iter().cloned().collect();
        let step = Step::MakeFolder(root.display().to_string());
        blocking(&root, step, move || missing.iter().try_for_each(|folder| make(folder))).await?;
        Ok(Self { root, junk, destinations, folder: Folder::Inbox, index: HashMap::new(), listed_change: None })
    }

    pub(super) fn folders(&self) -> &'static [Folder] {
        if self.junk.is_some() { &[Folder::Inbox, Folder::Junk] } else { &[Folder::Inbox] }
    }

    /// All mails, by moment of delivery, then by name.
    pub(super) async fn list(&mut self, folder: Folder) -> Result<Listing, MailboxError> {
        self.folder = folder;
        if folder == Folder::Inbox {
            // Before the scan: what comes in between is news.
            self.listed_change = self.last_change().await;
        }
        let found = self.scan().await?;
        self.index = found.iter().map(|found| (found.entry.uid, found.path.clone())).collect();
        let entries = found.into_iter().map(|found| found.entry).collect();
        Ok(Listing { uid_validity: UID_VALIDITY, uid_next: None, entries, unlisted: 0 })
    }

    pub(super) async fn open_folder(&mut self, folder: Folder) -> Result<Opened, MailboxError> {
        self.folder = folder;
        self.refresh().await?;
        Ok(Opened { uid_validity: UID_VALIDITY, uid_next: None })
    }

    /// Nothing on a file says who filed it.
    pub(super) async fn filed(&mut self) -> Result<Vec<Filed>, MailboxError> {
        let found = self.scan().await?;
        self.index = found.iter().map(|found| (found.entry.uid, found.path.clone())).collect();
        Ok(found.into_iter().map(|found| Filed { entry: found.entry, mark: Mark::None }).collect())
    }

    pub(super) async fn headers(&mut self, uids: &[Uid]) -> Result<HashMap<Uid, Vec<u8>>, MailboxError> {
        let mut headers = HashMap::new();
        for uid in uids {
            let Some(path) = self.index.get(uid) else { continue };
            // One that is gone, or cannot be read, has no header to show.
            if let Ok(Fetched::Whole(bytes) | Fetched::Slice { headers_and_start: bytes, .. }) =
                read(path, HEADER_BYTES_MAX).await
            {
                headers.insert(*uid, header(bytes));
            }
        }
        Ok(headers)
    }

    pub(super) async fn present(&mut self, uids: &[Uid]) -> Result<HashSet<Uid>, MailboxError> {
        self.refresh().await?;
        Ok(uids.iter().copied().filter(|uid| self.index.contains_key(uid)).collect())
    }

    pub(super) async fn fetch(&mut self, uid: Uid, limit: u64) -> Result<Fetched, MailboxError> {
        for lookup in [Lookup::Remembered, Lookup::Fresh] {
            if lookup == Lookup::Fresh {
                self.refresh().await?;
            }
            let Some(path) = self.index.get(&uid) else { continue };
            match read(path, limit).await {
                Ok(fetched) => return Ok(fetched),
                // Another program renames a mail when its flags change.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Ok(Fetched::Withheld { reason: error.to_string() }),
            }
        }
        Ok(Fetched::Vanished)
    }

    pub(super) async fn fetch_many(
        &mut self,
        entries: &[Entry],
        limit: u64,
    ) -> Result<Vec<(Uid, Fetched)>, MailboxError> {
        let mut fetched = Vec::with_capacity(entries.len());
        for entry in entries {
            fetched.push((entry.uid, self.fetch(entry.uid, limit).await?));
        }
        Ok(fetched)
    }

    pub(super) async fn file_away(&mut self, uids: &[Uid], to: Destination) -> Result<Vec<Uid>, MailboxError> {
        self.refresh().await?;
        let destination = self.destinations.of(to).to_owned();
        let moves: Vec<PathBuf> = uids.iter().filter_map(|uid| self.index.remove(uid)).collect();
        blocking(&self.root, Step::MoveMails, move || {
            // It may have been taken away since the start.
            make(&destination)?;
            moves.iter().try_for_each(|path| move_into(path, &destination))
        })
        .await?;
        Ok(uids.to_vec())
    }

    pub(super) async fn remove(&mut self, uids: &[Uid]) -> Result<Vec<Uid>, MailboxError> {
        self.refresh().await?;
        let paths: Vec<PathBuf> = uids.iter().filter_map(|uid| self.index.remove(uid)).collect();
        let remove = |path: &PathBuf| match std::fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
        blocking(&self.root, Step::MoveMails, move || paths.iter().try_for_each(remove)).await?;
        Ok(uids.to_vec())
    }

    pub(super) async fn wait(&mut self, at_most: Duration) -> Result<Woken, MailboxError> {
        let until = Instant::now() + at_most;
        loop {
            if self.listed_change.is_some() && self.last_change().await != self.listed_change {
                return Ok(Woken::News);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(Woken::Timeout);
            }
            sleep(left.min(LOOK_EVERY)).await;
        }
    }

    async fn last_change(&self) -> Option<SystemTime> {
        tokio::fs::metadata(self.root.join("new")).await.ok()?.modified().ok()
    }

    async fn refresh(&mut self) -> Result<(), MailboxError> {
        self.index = self.scan().await?.into_iter().map(|found| (found.entry.uid, found.path)).collect();
        Ok(())
    }

    async fn scan(&self) -> Result<Vec<Found>, MailboxError> {
        let folder = match (self.folder, &self.junk) {
            (Folder::Inbox, _) => self.root.clone(),
            (Folder::Filed(destination), _) => self.destinations.of(destination).to_owned(),
            (Folder::Junk, Some(junk)) => junk.clone(),
            (Folder::Junk, None) => {
                let expected = "the name of the folder to watch too";
                return Err(MailboxError::Setting { key: "junk", expected, found: "none".into() });
            }
        };
        blocking(&self.root, Step::ListMails, move || scan(&folder)).await
    }
}

/// Where the path of a mail is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lookup {
    Remembered,
    Fresh,
}

/// The folder of a Maildir++ name. A name is never a path: it cannot lead out of the Maildir.
fn subfolder(root: &Path, key: &'static str, name: &str) -> Result<PathBuf, MailboxError> {
    let levels_named = name.split('.').all(|level| !level.is_empty());
    if !levels_named || name.chars().any(|c| c == '/' || c.is_control()) {
        let expected = "a folder name without slashes, levels separated by single dots";
        return Err(MailboxError::Setting { key, expected, found: format!("{name:?}") });
    }
    Ok(root.join(format!(".{}", modified_utf7(name))))
}

fn make(folder: &Path) -> io::Result<()> {
    ["tmp", "new", "cur"].iter().try_for_each(|part| std::fs::create_dir_all(folder.join(part)))
}

fn scan(folder: &Path) -> io::Result<Vec<Found>> {
    let mut mails: HashMap<Uid, Found> = HashMap::new();
    for part in ["new", "cur"] {
        for file in std::fs::read_dir(folder.join(part))? {
            let file = file?;
            if let Some(found) = look_at(&file)? {
                mails.insert(found.entry.uid, found);
            }
        }
    }
    let mut mails: Vec<Found> = mails.into_values().collect();
    mails.sort_by(|a, b| (a.entry.received_at, &a.base).cmp(&(b.entry.received_at, &b.base)));
    Ok(mails)
}

/// A mail, if it is one: a regular file (a link could lead anywhere) that is still there.
fn look_at(file: &std::fs::DirEntry) -> io::Result<Option<Found>> {
    let name = file.file_name();
    if name.as_bytes().starts_with(b".") {
        return Ok(None);
    }
    let metadata = match file.metadata() {
        Ok(metadata) if metadata.is_file() => metadata,
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let base = base_name(&name).to_owned();
    let received_at = metadata.modified().ok().map(DateTime::<Utc>::from);
    let entry = Entry { uid: uid_of(&base), size: Some(metadata.len()), received_at, marked_done: false };
    Ok(Some(Found { entry, path: file.path(), base }))
}

/// The part of a file name that stays the same when flags change.
fn base_name(name: &OsStr) -> &OsStr {
    let bytes = name.as_bytes();
    let end = bytes.iter().position(|byte| *byte == b':').unwrap_or(bytes.len());
    OsStr::from_bytes(bytes.get(..end).unwrap_or(bytes))
}

/// A stable number for a mail: 63 bits of a hash of its base name.
fn uid_of(base: &OsStr) -> Uid {
    let hash = Sha256::digest(base.as_bytes());
    let folded = hash.iter().take(8).fold(0u64, |number, byte| (number << 8) | u64::from(*byte));
    Uid(i64::try_from(folded >> 1).unwrap_or(i64::MAX))
}

/// What stands above the text.
fn header(mut bytes: Vec<u8>) -> Vec<u8> {
    let ends = [&b"\r\n\r\n"[..], b"\n\n"]
        .into_iter()
        .filter_map(|end| bytes.windows(end.len()).position(|window| window == end).map(|at| at + end.len()));
    bytes.truncate(ends.min().unwrap_or(bytes.len()));
    bytes
}

async fn read(path: &Path, limit: u64) -> io::Result<Fetched> {
    let mut file = tokio::fs::File::open(path).await?;
    let size = file.metadata().await?.len();
    let wanted = if size > limit { limit.min(START_OF_LARGE_BYTES) } else { limit };
    let mut bytes = Vec::with_capacity(usize::try_from(size.min(wanted)).unwrap_or(0));
    (&mut file).take(wanted).read_to_end(&mut bytes).await?;
    if size > limit {
        return Ok(Fetched::Slice { headers_and_start: bytes, size: Some(size) });
    }
    Ok(Fetched::Whole(bytes))
}

/// Moves a mail into `cur/` of a folder. A file of that name there is kept: the mail gets another name.
fn move_into(path: &Path, folder: &Path) -> io::Result<()> {
    let Some(name) = path.file_name() else { return Ok(()) };
    let base = base_name(name).as_bytes();
    let flags = name.as_bytes().get(base.len()..).filter(|flags| !flags.is_empty()).unwrap_or(b":2,");
    for attempt in 0..MAX_NAME_ATTEMPTS {
        let suffix = if attempt == 0 { String::new() } else { format!("_{attempt}") };
        let target = OsString::from_vec([base, suffix.as_bytes(), flags].concat());
        let target = folder.join("cur").join(target);
        if std::fs::symlink_metadata(&target).is_ok() {
            continue;
        }
        return match std::fs::rename(path, &target) {
            // Somebody else took it: gone it is.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        };
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

async fn blocking<T: Send + 'static>(
    root: &Path,
    step: Step,
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, MailboxError> {
    let done = tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)));
    done.map_err(|source| MailboxError::Files { path: root.to_owned(), step, source })
}

#[cfg(test)]
mod tests;
