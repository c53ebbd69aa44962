//! Going on after a server broke off at one mail. Some hang up where they cannot open a mail, also when they only list it
//! (Dovecot says BYE where a file cannot be read): then no mail behind it would ever come in. So the connection is made
//! anew, and what led to the end is asked in smaller pieces, until the one mail is found. Touches the network.

use super::super::error::{MailboxError, Step};
use super::super::{Entry, Fetched, Filed, Folder, Uid};
use super::{Found, Imap, Listed, fetch, own, select};
use std::collections::HashMap;

/// What a list asks of each mail, the most telling first: for a size a server may have to open the mail.
const LISTS: [&str; 3] = ["UID RFC822.SIZE INTERNALDATE FLAGS", "UID INTERNALDATE FLAGS", "UID FLAGS"];
/// Connections in a row that end without a mail in between, after which it is the server and not a mail.
const BREAKS_MAX: usize = 5;

/// Whether the server hung up at this step.
fn is_lost(error: &MailboxError, at: &Step) -> bool {
    matches!(error, MailboxError::Unreachable { step, .. } if step == at)
}

impl Imap {
    /// A new connection, with the same folder open.
    async fn reopen(&mut self) -> Result<(), MailboxError> {
        let folder = self.selected.folder;
        let fresh = Self::open(&self.settings, self.wire.deadlines()).await?;
        *self = Self { mark: self.mark.take(), inbox_listed: self.inbox_listed, plainness: self.plainness, ..fresh };
        if folder != Folder::Inbox {
            self.selected = select(&mut self.wire, &self.folders, folder).await?;
        }
        Ok(())
    }

    /// A list that is shorter than what the server says is there is asked for again in other ways. What is listed is
    /// taken in then, and the rest is counted: one mail of which the server says nothing hides no other, and where it is
    /// alone the connection is as good as ever. A list that was turned down is none.
    pub(super) async fn entries(&mut self) -> Result<(Vec<Entry>, usize), MailboxError> {
        let (mut found, mut plainness, mut denials) = (Found::default(), self.plainness, 0);
        while let Some(items) = LISTS.get(plainness) {
            match self.add_to(&mut found, &format!("UID FETCH 1:* ({items})")).await {
                Ok(Listed::All) => return Ok((found.mails(), 0)),
                Ok(Listed::Part) => {}
                Ok(Listed::Denied) => denials += 1,
                Err(error) if is_lost(&error, &Step::ListMails) && plainness + 1 < LISTS.len() => {
                    self.plainness = plainness + 1;
                    self.reopen().await?;
                    found = Found::default();
                }
                Err(error) => return Err(error),
            }
            plainness += 1;
        }
        self.add_by_search(&mut found).await?;
        let unlisted = self.counted().saturating_sub(found.entries.len());
        if found.entries.is_empty() && denials > 0 {
            return Err(self.wire.protocol(Step::ListMails, "none of the mails listed that the server says are there"));
        }
        Ok((found.mails(), unlisted))
    }

    pub(in super::super) async fn fetch_many(
        &mut self,
        entries: &[Entry],
        limit: u64,
    ) -> Result<Vec<(Uid, Fetched)>, MailboxError> {
        let mut fetched = Vec::with_capacity(entries.len());
        while let Some(rest) = entries.get(fetched.len()..).filter(|rest| !rest.is_empty()) {
            let front = rest.get(..fetch::batch_length(rest, limit)).unwrap_or(rest);
            match fetch::batch(&mut self.wire, front, limit).await {
                Ok(some) => fetched.extend(some),
                Err(error) if is_lost(&error, &Step::FetchMails) => {
                    fetched.extend(self.fetch_one_by_one(front, limit).await?);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(fetched)
    }

    /// After the server hung up at one of these: the one at which it does so again, alone, is withheld. Where it does so at
    /// each of several, it is no mail's fault.
    async fn fetch_one_by_one(&mut self, front: &[Entry], limit: u64) -> Result<Vec<(Uid, Fetched)>, MailboxError> {
        let (mut fetched, mut breaks, mut came) = (Vec::with_capacity(front.len()), 1, 0);
        self.reopen().await?;
        for entry in front {
            match fetch::batch(&mut self.wire, std::slice::from_ref(entry), limit).await {
                Ok(some) => {
                    fetched.extend(some);
                    (breaks, came) = (0, came + 1);
                }
                Err(error) if is_lost(&error, &Step::FetchMails) && breaks + 1 < BREAKS_MAX => {
                    breaks += 1;
                    let is_last = fetched.len() + 1 == front.len();
                    if is_last && came == 0 && front.len() > 1 {
                        return Err(error);
                    }
                    self.reopen().await?;
                    fetched.push((entry.uid, Fetched::Withheld { reason: error.to_string() }));
                }
                Err(error) => return Err(error),
            }
        }
        // The same text for several of them is found out only when they are seen together.
        fetch::doubt_texts(&mut fetched);
        Ok(fetched)
    }

    pub(in super::super) async fn filed_from(&mut self, first: Uid) -> Result<Vec<Filed>, MailboxError> {
        let is_past = self.selected.uid_next.is_some_and(|next| next <= first.0);
        if self.counted() == 0 || is_past {
            return Ok(Vec::new());
        }
        for items in LISTS {
            match own::filed_from(&mut self.wire, self.mark.as_deref(), first, items).await {
                Ok(Some(filed)) => return Ok(filed),
                Ok(None) => {}
                Err(error) if is_lost(&error, &Step::ListMails) && Some(&items) != LISTS.last() => {
                    self.reopen().await?;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(Vec::new())
    }

    /// What the server cannot open is left out, as what is gone.
    pub(in super::super) async fn headers(&mut self, uids: &[Uid]) -> Result<HashMap<Uid, Vec<u8>>, MailboxError> {
        let (mut found, mut breaks) = (HashMap::new(), 0);
        let mut pieces: Vec<&[Uid]> = vec![uids];
        while let Some(piece) = pieces.pop() {
            match own::headers(&mut self.wire, piece).await {
                Ok(some) => {
                    found.extend(some);
                    breaks = 0;
                }
                Err(error)
                    if is_lost(&error, &Step::ListMails) && breaks < BREAKS_MAX + piece.len().ilog2() as usize =>
                {
                    breaks += 1;
                    self.reopen().await?;
                    let (near, far) = piece.split_at(piece.len() / 2);
                    pieces.extend([far, near].into_iter().filter(|half| !half.is_empty() && piece.len() > 1));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(found)
    }
}
