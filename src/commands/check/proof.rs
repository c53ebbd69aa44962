//! The part of `klachtpost check` that is about who proves staff: whether the mail that comes in bears that server's word.
//! Where it does not, every reply of staff is asked about, and nothing else would say why (invariant 6).

use crate::config::{self, StaffProof};
use crate::mail::{self, Witness, WrittenAs, authserv_id, written_as};
use crate::mailbox::{Destination, Filed, Folder, Mailbox, MailboxError, Uid};
use std::collections::{BTreeMap, BTreeSet};

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
    #[error(
        "looked at the last {mails} mails for X-MS-Exchange-Organization-AuthAs, found {seen}; next: {next}, see docs/microsoft365.md"
    )]
    NotExchanges { mails: usize, seen: String, next: &'static str },
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
}

/// What was seen, and what else is good to know about it.
pub(super) struct Seen {
    pub found: String,
    pub note: Option<String>,
}

/// What the newest mails of the inbox and of those that were dealt with bear; None: there is none to look at, or nothing to
/// look for.
pub(super) async fn look(mailbox: &mut Mailbox, settings: &config::Mailbox) -> Result<Option<Seen>, NoProof> {
    let headers = headers(mailbox).await?;
    match &settings.staff_proof {
        _ if headers.is_empty() => Ok(None),
        StaffProof::Nothing => Ok(None),
        StaffProof::Results(trusted) => by_results(&headers, trusted.trim()).map(Some),
        StaffProof::Microsoft365 => by_exchange(&headers).map(Some),
    }
}

/// The id that the newest mails bear most often: probably the company's own server's.
pub(in crate::commands) async fn likely(mailbox: &mut Mailbox) -> Result<Option<String>, MailboxError> {
    let seen = results(&headers(mailbox).await?);
    let ids = seen.into_iter().filter_map(|(id, count)| Some((count, id?)));
    Ok(ids.max().map(|(_, id)| id))
}

async fn headers(mailbox: &mut Mailbox) -> Result<Vec<Vec<u8>>, MailboxError> {
    let mut headers = Vec::new();
    for folder in [Folder::Inbox, Folder::Filed(Destination::Processed)] {
        let newest = newest(mailbox, folder, LOOKED_AT - headers.len()).await?;
        headers.extend(mailbox.headers(&newest).await?.into_values());
    }
    Ok(headers)
}

/// The ids that stand uppermost, and in how many mails each does.
fn results(headers: &[Vec<u8>]) -> BTreeMap<Option<String>, usize> {
    let mut seen: BTreeMap<Option<String>, usize> = BTreeMap::new();
    for header in headers {
        *seen.entry(authserv_id(header).map(|id| id.to_lowercase())).or_default() += 1;
    }
    seen
}

fn by_results(headers: &[Vec<u8>], trusted: &str) -> Result<Seen, NoProof> {
    let (seen, mails) = (results(headers), headers.len());
    match seen.get(&Some(trusted.to_lowercase())) {
        Some(count) => {
            let found = format!("{count} of the last {mails} mails bear results of {trusted}");
            Ok(Seen { found, note: None })
        }
        None => Err(NoProof::NotSeen { trusted: trusted.to_owned(), mails, seen: told(&seen) }),
    }
}

/// Exchange says something of each mail that it delivers, once.
fn by_exchange(headers: &[Vec<u8>]) -> Result<Seen, NoProof> {
    let (mut counts, mut inside) = (BTreeMap::new(), BTreeSet::new());
    for header in headers {
        let as_whom = written_as(header);
        let from = mail::read(header, Witness::Microsoft365).from.filter(|_| as_whom == WrittenAs::Internal);
        inside.extend(from.and_then(|from| Some(from.address.rsplit_once('@')?.1.to_lowercase())));
        *counts.entry(as_whom).or_default() += 1;
    }
    let (mails, seen) = (headers.len(), named(&counts));
    let says = |as_whom: &WrittenAs| !matches!(as_whom, WrittenAs::Unsaid | WrittenAs::Several);
    let next = match counts.keys().any(says) {
        _ if counts.contains_key(&WrittenAs::Several) => "find out who adds a second one: such mails prove nobody",
        false => "take staff_proof out where the mailbox is not of Exchange Online",
        true => {
            let domains = inside.into_iter().take(NAMED_MAX).collect::<Vec<_>>().join(", ");
            let note = (!domains.is_empty()).then(|| {
                format!("\"Internal\" was of {domains}; whatever of these is not your own, a connector lets in as if it were: see docs/microsoft365.md")
            });
            return Ok(Seen { found: format!("Exchange says of the last {mails} mails: {seen}"), note });
        }
    };
    Err(NoProof::NotExchanges { mails, seen, next })
}

fn named(counts: &BTreeMap<WrittenAs, usize>) -> String {
    let one = |(as_whom, count): (&WrittenAs, &usize)| match as_whom {
        WrittenAs::Internal => format!("\"Internal\" in {count}"),
        WrittenAs::Other(value) => format!("\"{value}\" in {count}"),
        WrittenAs::Several => format!("more than one in {count}"),
        WrittenAs::Unsaid => format!("none at all in {count}"),
    };
    counts.iter().take(NAMED_MAX).map(one).collect::<Vec<_>>().join(", ")
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

    fn mail(from: &str, says: &[&str]) -> Vec<u8> {
        let fields = says.iter().map(|says| format!("X-MS-Exchange-Organization-AuthAs: {says}\r\n"));
        format!("From: {from}\r\n{}\r\n", fields.collect::<String>()).into_bytes()
    }

    /// What the operator reads.
    #[test]
    fn what_exchange_says_of_the_last_mails_is_told() {
        let say = |mails: &[Vec<u8>]| match by_exchange(mails) {
            Ok(Seen { found, note }) => format!("ok: {found}\nnote: {}", note.unwrap_or_default()),
            Err(error) => format!("PROBLEM: {error}"),
        };
        let (inside, outside) = (mail("jan@lease.example", &["Internal"]), mail("k@klant.example", &["Anonymous"]));
        let all = [
            say(&[inside.clone(), outside.clone(), outside.clone()]),
            say(std::slice::from_ref(&outside)),
            say(&[inside.clone(), mail("k@klant.example", &["Internal"])]),
            say(&[outside, mail("jan@lease.example", &["Anonymous", "Internal"])]),
            say(&[mail("jan@lease.example", &[])]),
        ];
        insta::assert_snapshot!(all.join("\n\n"));
    }
}
