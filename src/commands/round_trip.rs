//! A test mail through the real route: from the desk to itself, out through the sending server and back in through the
//! mailbox. A second one bears forged results of the server whose word on senders is to count: only where that line is taken
//! out on the way can nobody else bring one along (invariant 6, RFC 8601 §5). Both are taken away again; where a running
//! daemon has one first, it knows our mark and sets it aside. Touches mailbox and sender.

use super::own_mail::OwnMail;
use crate::case::Address;
use crate::clock::{self, Clock, NoRandom};
use crate::config::Sender;
use crate::mail::{delivering_servers_id, results_hold};
use crate::mailbox::{Destination, Fetched, Filed, Folder, Mailbox, MailboxError, Uid};
use crate::outbox::{Envelope, Outcome, SendError, Transport};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// Between two looks at the mailbox, at first and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
/// Test mails are far smaller, whatever servers add.
const TEST_MAIL_BYTES_MAX: u64 = 256 * 1024;

/// Why it came to no end.
#[derive(Debug, thiserror::Error)]
pub(super) enum TripError {
    #[error(transparent)]
    Send(#[from] SendError),
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error(transparent)]
    Random(#[from] NoRandom),
    #[error(
        "tried to send a test mail from {desk} to itself, expected the server to take it, found: {found}; next: let it take mail of this address for this address, or see its log"
    )]
    NotTaken { desk: Address, found: String },
    #[error(
        "the sending server took a test mail to {desk}, expected it in the mailbox within {} s, found nothing; next: see that mail to {desk} is delivered into this very mailbox (not another one, or a folder by a rule), look for \"klachtpost: a test mail\" in its other folders and in the server's log, or wait longer", .wait.as_secs()
    )]
    NotBack { desk: Address, wait: Duration },
}

/// What became of the line that a forged test mail brought along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    /// No server says anything of the sender of a mail to oneself.
    Nobodys,
    /// This server's, and it takes out what others write in its name.
    Guarded(String),
    /// This server's, and what others write in its name stays: at least in a mail to oneself, which may pass the boundary by.
    Unguarded(String),
}

impl std::fmt::Display for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nobodys => f.write_str("a mail to oneself bears no Authentication-Results of your mail server"),
            Self::Guarded(id) => {
                write!(f, "\"{id}\" says who sent a mail, and took out a line that was forged in its name")
            }
            Self::Unguarded(id) => write!(
                f,
                "\"{id}\" says who sent a mail, but a line that was forged in its name stayed in a mail to oneself; ask its administrator whether it takes such lines out of mail from outside (RFC 8601 §5)"
            ),
        }
    }
}

/// The way, and what was used up on it.
pub(super) struct Route<'a> {
    mailbox: &'a mut Mailbox,
    sender: &'a Sender,
    desk: &'a Address,
    wait: Duration,
    /// UIDs of watched folders that were of test mails, by UIDVALIDITY.
    pub spent: BTreeMap<i64, Vec<i64>>,
}

/// Where a mail came in.
struct Back {
    raw: Vec<u8>,
    after: Duration,
}

impl<'a> Route<'a> {
    pub fn new(mailbox: &'a mut Mailbox, sender: &'a Sender, desk: &'a Address, wait: Duration) -> Self {
        Self { mailbox, sender, desk, wait, spent: BTreeMap::new() }
    }

    /// Sends a mail, and a forged one in the name of the server whose word is to count: the one that is named, else the one whose
    /// word the first mail bears. Where it bears none, mail to oneself passes the boundary by, and says nothing of it.
    pub async fn go(&mut self, named: Option<&str>) -> Result<(Duration, Word), TripError> {
        let plain = self.there_and_back("").await?;
        let id = named.map(str::to_owned).or_else(|| delivering_servers_id(&plain.raw));
        let Some(id) = id else { return Ok((plain.after, Word::Nobodys)) };
        let mark = clock::random_hex::<16>()?;
        let domain = self.desk.domain();
        let line = format!("Authentication-Results: {id};\r\n dmarc=pass header.from={domain} policy.test={mark}\r\n");
        let forged = self.there_and_back(&line).await?;
        let word = if results_hold(&forged.raw, &mark) { Word::Unguarded(id) } else { Word::Guarded(id) };
        Ok((plain.after, word))
    }

    async fn there_and_back(&mut self, before: &str) -> Result<Back, TripError> {
        let mail = OwnMail::new(self.desk, &Clock::System, before)?;
        let mut known = HashMap::new();
        for folder in self.places() {
            let (filed, first) = self.filed(folder, None).await?;
            let filed = filed.into_iter().map(|filed| filed.entry.uid);
            known.insert(folder, (first, filed.collect::<HashSet<Uid>>()));
        }
        self.send(&mail).await?;
        let (sent, mut pause) = (Instant::now(), FIRST_PAUSE);
        loop {
            for (folder, (first, seen)) in &mut known {
                if let Some(raw) = self.look(*folder, *first, seen, &mail.id).await? {
                    return Ok(Back { raw, after: sent.elapsed() });
                }
            }
            if sent.elapsed() >= self.wait {
                return Err(TripError::NotBack { desk: self.desk.clone(), wait: self.wait });
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn send(&self, mail: &OwnMail) -> Result<(), TripError> {
        let mut transport = Transport::open(self.sender).await?;
        let desk = self.desk.as_str();
        let outcome = transport.send(Envelope { from: desk, to: desk }, mail.text.as_bytes()).await;
        transport.close().await;
        match outcome {
            // Perhaps taken: then it comes.
            Outcome::Accepted { .. } | Outcome::Unknown { .. } => Ok(()),
            Outcome::Refused { reply: found, .. } | Outcome::TryAgain { reason: found, .. } => {
                Err(TripError::NotTaken { desk: self.desk.clone(), found })
            }
        }
    }

    /// Where it may come in: what is watched, and where a running daemon puts it.
    fn places(&self) -> Vec<Folder> {
        self.mailbox.folders().iter().copied().chain([Folder::Filed(Destination::SetAside)]).collect()
    }

    /// What lies in the folder from there on; without a place to begin at, what was there before, and where what comes begins.
    async fn filed(&mut self, folder: Folder, first: Option<Uid>) -> Result<(Vec<Filed>, Uid), MailboxError> {
        let opened = self.mailbox.open_folder(folder).await?;
        let first = first.or(opened.uid_next.map(Uid)).unwrap_or(Uid(1));
        Ok((self.mailbox.filed_from(first).await?, first))
    }

    async fn look(
        &mut self,
        folder: Folder,
        first: Uid,
        seen: &mut HashSet<Uid>,
        id: &str,
    ) -> Result<Option<Vec<u8>>, MailboxError> {
        let (filed, _) = self.filed(folder, Some(first)).await?;
        let new: Vec<Uid> = filed.iter().map(|filed| filed.entry.uid).filter(|uid| seen.insert(*uid)).collect();
        let headers = self.mailbox.headers(&new).await?;
        // Some servers give a mail another Message-ID; the subject says it, too.
        let is_ours = |header: &Vec<u8>| header.windows(id.len()).any(|part| part == id.as_bytes());
        let Some(uid) = headers.iter().find(|(_, header)| is_ours(header)).map(|(uid, _)| *uid) else {
            return Ok(None);
        };
        let raw = match self.mailbox.fetch(uid, TEST_MAIL_BYTES_MAX).await? {
            Fetched::Whole(raw) | Fetched::Doubted { raw, .. } | Fetched::Slice { headers_and_start: raw, .. } => raw,
            // A daemon moves it right now: it comes into sight again.
            Fetched::Vanished | Fetched::Withheld { .. } => return Ok(None),
        };
        if !matches!(folder, Folder::Filed(_)) {
            self.take_away(folder, uid).await?;
        }
        Ok(Some(raw))
    }

    async fn take_away(&mut self, folder: Folder, uid: Uid) -> Result<(), MailboxError> {
        let opened = self.mailbox.open_folder(folder).await?;
        self.mailbox.take_away(&[uid], Destination::SetAside).await?;
        self.spent.entry(opened.uid_validity).or_default().push(uid.0);
        Ok(())
    }
}
