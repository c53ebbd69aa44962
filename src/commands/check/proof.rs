//! The part of `klachtpost check` that is about `trusted_authserv_id`: whether the mail that comes in bears that server's
//! word. Where it does not, every reply of staff is asked about, and nothing else would say why (invariant 6).

use crate::config;
use crate::mail::authserv_id;
use crate::mailbox::{Destination, Filed, Folder, Mailbox, MailboxError, Uid};
use std::collections::BTreeMap;

/// Mails that are looked at, the newest: a day's or a week's.
const LOOKED_AT: usize = 20;
/// UIDs back from the newest in which they are looked for first; in a folder with many gaps, in all of it.
const LOOKED_BACK: i64 = 500;
/// Different ids that are named.
const NAMED_MAX: usize = 5;

/// Why nothing is proven.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoProof {
    #[error(
        "looked at the last {mails} mails for results of \"{trusted}\", found {seen}; next: write as mailbox.trusted_authserv_id the one that your own mail server adds (not one that came with a mail); where it adds none, take it out and see accept_unproven_staff"
    )]
    NotSeen { trusted: String, mails: usize, seen: String },
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
}

/// What the newest mails of the inbox and of those that were dealt with bear; None: there is none to look at.
pub(super) async fn look(mailbox: &mut Mailbox, settings: &config::Mailbox) -> Result<Option<String>, NoProof> {
    let trusted = settings.trusted_authserv_id.trim();
    let seen = seen(mailbox).await?;
    let mails: usize = seen.values().sum();
    if mails == 0 {
        return Ok(None);
    }
    match seen.get(&Some(trusted.to_lowercase())) {
        Some(count) => Ok(Some(format!("{count} of the last {mails} mails bear results of {trusted}"))),
        None => Err(NoProof::NotSeen { trusted: trusted.to_owned(), mails, seen: told(&seen) }),
    }
}

/// The id that the newest mails bear most often: probably the company's own server's.
pub(in crate::commands) async fn likely(mailbox: &mut Mailbox) -> Result<Option<String>, MailboxError> {
    let seen = seen(mailbox).await?;
    let ids = seen.into_iter().filter_map(|(id, count)| Some((count, id?)));
    Ok(ids.max().map(|(_, id)| id))
}

/// The ids that stand uppermost in the newest mails, and in how many each does.
async fn seen(mailbox: &mut Mailbox) -> Result<BTreeMap<Option<String>, usize>, MailboxError> {
    let mut seen: BTreeMap<Option<String>, usize> = BTreeMap::new();
    let mut mails = 0;
    for folder in [Folder::Inbox, Folder::Filed(Destination::Processed)] {
        let newest = newest(mailbox, folder, LOOKED_AT - mails).await?;
        for header in mailbox.headers(&newest).await?.into_values() {
            mails += 1;
            *seen.entry(authserv_id(&header).map(|id| id.to_lowercase())).or_default() += 1;
        }
    }
    Ok(seen)
}

async fn newest(mailbox: &mut Mailbox, folder: Folder, count: usize) -> Result<Vec<Uid>, MailboxError> {
    let opened = mailbox.open_folder(folder).await?;
    let first = opened.uid_next.map_or(1, |next| (next - LOOKED_BACK).max(1));
    let mut filed: Vec<Filed> = mailbox.filed_from(Uid(first)).await?;
    if filed.len() < count && first > 1 {
        filed = mailbox.filed_from(Uid(1)).await?;
    }
    let newest = filed.iter().rev().take(count);
    Ok(newest.map(|filed| filed.entry.uid).collect())
}

/// The ids and how often each stands there, the most frequent first.
fn told(seen: &BTreeMap<Option<String>, usize>) -> String {
    let mut ids: Vec<(&str, usize)> = seen.iter().filter_map(|(id, count)| Some((id.as_deref()?, *count))).collect();
    ids.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let named: Vec<String> = ids.iter().take(NAMED_MAX).map(|(id, count)| format!("\"{id}\" in {count}")).collect();
    let none = seen.get(&None).map(|count| format!("none at all in {count}"));
    named.into_iter().chain(none).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_told_with_the_most_frequent_first() {
        let seen = [(None, 3), (Some("a.example".to_owned()), 2), (Some("b.example".to_owned()), 15)];
        assert_eq!(told(&seen.into()), "\"b.example\" in 15, \"a.example\" in 2, none at all in 3");
    }
}
