//! Looking into our own folders: what lies there, who filed it, and which mail each is. Few commands, whatever the number of
//! mails. Touches the network through the wire.

use super::super::error::{MailboxError, Step};
use super::super::names::uid_sets;
use super::super::{Filed, Mark, Uid};
use super::wire::{Completion, Wire};
use super::{MARK_PREFIX, TRIAL_KEYWORD, bears, imap_uid, note_in, uid_of, unknown};
use imap_proto::{AttributeValue, Response};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The header fields that tell one mail from another, whose it is, what a server found about that, and which letters of ours
/// it answers.
const FIELDS: &str = "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID IN-REPLY-TO REFERENCES FROM SUBJECT AUTHENTICATION-RESULTS \
                      X-MS-Exchange-Organization-AuthAs)]";

/// The mails of the selected folder from that UID on; `None` where the server does not list them with these items.
pub(super) async fn filed_from(
    wire: &mut Wire,
    mark: Option<&str>,
    first: Uid,
    items: &str,
) -> Result<Option<Vec<Filed>>, MailboxError> {
    let mut filed = BTreeMap::new();
    let first = imap_uid(first).unwrap_or(1);
    let mut on_data = |data: &Response<'_>| {
        if let Response::Fetch(_, items) = data {
            note(&mut filed, mark, items);
        }
    };
    let within = wire.deadlines().transfer;
    let command = format!("UID FETCH {first}:* ({items})");
    if let Completion::Denied(_) = wire.run(Step::ListMails, &command, within, &mut on_data).await? {
        return Ok(None);
    }
    // `n:*` names the last mail too, where n is beyond it (RFC 3501 §6.4.8).
    Ok(Some(filed.into_iter().filter(|(uid, _)| *uid >= first).map(|(_, filed)| filed).collect()))
}

fn note(filed: &mut BTreeMap<u32, Filed>, mark: Option<&str>, items: &[AttributeValue<'_>]) {
    let Some(number) = uid_of(items).filter(|_| !bears(items, TRIAL_KEYWORD)) else { return };
    let one = filed.entry(number).or_insert(Filed { entry: unknown(number), mark: Mark::None });
    note_in(&mut one.entry, items);
    for item in items {
        if let AttributeValue::Flags(flags) = item {
            one.mark = mark_of(flags.iter().map(AsRef::as_ref), mark);
        }
    }
}

/// A mail that passed through two registers' hands counts as ours: we had it.
fn mark_of<'a>(flags: impl Iterator<Item = &'a str>, ours: Option<&str>) -> Mark {
    let mut mark = Mark::None;
    for flag in flags {
        let begins = flag.get(..MARK_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(MARK_PREFIX));
        if begins && ours.is_some_and(|ours| ours.eq_ignore_ascii_case(flag)) {
            return Mark::Ours;
        }
        if begins {
            mark = Mark::Others;
        }
    }
    mark
}

/// The fields of these mails; what is gone is left out.
pub(super) async fn headers(wire: &mut Wire, uids: &[Uid]) -> Result<HashMap<Uid, Vec<u8>>, MailboxError> {
    let mut found = HashMap::new();
    for set in uid_sets(uids.iter().filter_map(|uid| imap_uid(*uid))) {
        let mut on_data = |data: &Response<'_>| {
            if let Response::Fetch(_, items) = data
                && let Some(uid) = uid_of(items)
                && let Some(header) = header_of(items)
            {
                found.insert(Uid(i64::from(uid)), header);
            }
        };
        let within = wire.deadlines().transfer;
        let command = format!("UID FETCH {} (UID {FIELDS})", set.written);
        wire.run_ok(Step::ListMails, &command, within, &mut on_data).await?;
    }
    Ok(found)
}

fn header_of(items: &[AttributeValue<'_>]) -> Option<Vec<u8>> {
    items.iter().find_map(|item| match item {
        AttributeValue::BodySection { section: Some(_), data, .. } => data.as_ref().map(|bytes| bytes.to_vec()),
        _ => None,
    })
}

/// Which of these mails are in the selected folder.
pub(super) async fn present(wire: &mut Wire, uids: &[Uid]) -> Result<HashSet<Uid>, MailboxError> {
    let mut there = HashSet::new();
    for set in uid_sets(uids.iter().filter_map(|uid| imap_uid(*uid))) {
        let mut on_data = |data: &Response<'_>| {
            if let Response::Fetch(_, items) = data
                && let Some(uid) = uid_of(items)
            {
                there.insert(Uid(i64::from(uid)));
            }
        };
        let within = wire.deadlines().command;
        wire.run_ok(Step::ListMails, &format!("UID FETCH {} (UID)", set.written), within, &mut on_data).await?;
    }
    Ok(there)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_says_whose_a_mail_is() {
        let of = |flags: &[&'static str]| mark_of(flags.iter().copied(), Some("$Klachtpost_0a1b"));
        assert_eq!(of(&["\\Seen", "$KlachtpostDone", "$Label1"]), Mark::None);
        assert_eq!(of(&["\\Seen", "$klachtpost_0A1B"]), Mark::Ours);
        assert_eq!(of(&["$Klachtpost_ffff"]), Mark::Others);
        assert_eq!(of(&["$Klachtpost_ffff", "$Klachtpost_0a1b"]), Mark::Ours);
        assert_eq!(mark_of(["$Klachtpost_0a1b"].into_iter(), None), Mark::Others);
    }
}
