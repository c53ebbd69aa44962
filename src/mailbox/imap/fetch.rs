//! Getting the raw bytes of mails, in bounded memory: small ones many at a time, big ones slice by slice, of those
//! over the limit only the start. One mail the server cannot give never stops the others. Touches the network through
//! the wire; looks at no mail text.

use super::super::error::{MailboxError, Step};
use super::super::names::uid_sets;
use super::super::substitute::{
    body_length, has_travelled, is_of_size, is_substitute, may_be_part, may_be_substitute, may_stand_in,
};
use super::super::{Doubt, Entry, Fetched, START_OF_LARGE_BYTES, Uid};
use super::wire::{Completion, Wire};
use super::{imap_uid, uid_of};
use imap_proto::{AttributeValue, BodyStructure, Response};
use std::collections::HashMap;

/// Largest mail that travels with others. Far under the guard's bound, because sizes servers state may be wrong.
const MAX_BATCHED_MAIL_BYTES: u64 = 512 * 1024;
/// Most bytes of one batch; they are all in memory at once.
const MAX_BATCH_BYTES: u64 = 4 * 1024 * 1024;
/// Most mails of one batch, so that one unexpected answer costs little to do again.
const MAX_BATCH_MAILS: usize = 250;
/// Bytes asked for at a time of a mail that travels alone.
const SLICE_BYTES: u64 = 1024 * 1024;

/// What came for one mail.
#[derive(Debug)]
struct Part {
    /// `None`: the server knows the mail and says NIL.
    bytes: Option<Vec<u8>>,
    /// Where the slice starts, as echoed; absent where a server ignores slices and sends everything.
    offset: Option<u32>,
}

/// How many of these mails, from the front, travel together: at least one.
pub(super) fn batch_length(entries: &[Entry], limit: u64) -> usize {
    let mut bytes = 0u64;
    let fitting = entries.iter().take(MAX_BATCH_MAILS).take_while(|entry| {
        let size = entry.size.unwrap_or(u64::MAX);
        bytes = bytes.saturating_add(size);
        size <= MAX_BATCHED_MAIL_BYTES.min(limit) && bytes <= MAX_BATCH_BYTES
    });
    fitting.count().max(1)
}

/// Fetches small mails of the selected folder together, in the order asked. What did not come with the others is
/// asked for alone.
pub(super) async fn batch(wire: &mut Wire, entries: &[Entry], limit: u64) -> Result<Vec<(Uid, Fetched)>, MailboxError> {
    let mut parts = HashMap::new();
    if let [_, _, ..] = entries {
        for set in uid_sets(entries.iter().filter_map(|entry| imap_uid(entry.uid))) {
            // A NO says that some of them are gone or unreadable: those are seen below.
            request(wire, &set.written, "BODY.PEEK[]", &mut parts).await?;
        }
    }
    let mut fetched = Vec::with_capacity(entries.len());
    for entry in entries {
        let whole = imap_uid(entry.uid).and_then(|uid| parts.remove(&uid)).and_then(|part| part.bytes);
        let mail = match whole {
            Some(bytes) if entry.size == Some(bytes.len() as u64) && bytes.len() as u64 <= limit => {
                Fetched::Whole(bytes)
            }
            before => {
                let listed = Listed { size: entry.size, before };
                single(wire, entry.uid, limit, listed).await?
            }
        };
        fetched.push((entry.uid, mail));
    }
    doubt_texts(&mut fetched);
    doubt_structures(wire, &mut fetched).await?;
    Ok(fetched)
}

/// What is known of a mail before it is asked for alone.
#[derive(Debug, Default)]
pub(super) struct Listed {
    /// Bytes, as the listing has it.
    pub size: Option<u64>,
    /// What came for it in answer to an earlier question.
    pub before: Option<Vec<u8>>,
}

/// Fetches one mail of the selected folder, its size asked for first.
pub(super) async fn single(wire: &mut Wire, uid: Uid, limit: u64, listed: Listed) -> Result<Fetched, MailboxError> {
    let Some(number) = imap_uid(uid) else { return Ok(Fetched::Vanished) };
    let size = match presence(wire, number).await? {
        Presence::Gone => return Ok(Fetched::Vanished),
        Presence::There { size } => size,
    };
    let wanted = match size {
        Some(size) if size > limit => limit.min(START_OF_LARGE_BYTES),
        _ => limit,
    };
    let (mut bytes, end) = match slices(wire, number, wanted).await? {
        Ok(collected) => collected,
        Err(withheld) => return Ok(withheld),
    };
    if end == MailEnd::Beyond {
        bytes.truncate(usize::try_from(limit.min(START_OF_LARGE_BYTES)).unwrap_or(usize::MAX));
        bytes.shrink_to_fit();
        return Ok(Fetched::Slice { headers_and_start: bytes, size });
    }
    let came = bytes.len() as u64;
    let Some(stated) = [listed.size, size].into_iter().flatten().find(|stated| *stated != came) else {
        return Ok(Fetched::Whole(bytes));
    };
    let before = match listed.before {
        Some(before) => Some(before),
        None => slices(wire, number, wanted).await?.ok().map(|(again, _)| again),
    };
    let is_same = before.as_ref() == Some(&bytes);
    Ok(of_another_size(uid, bytes, stated, is_same))
}

/// Sizes may be inexact (Exchange's are), too small, or nothing: what comes twice alike is the mail, though perhaps, where
/// it is far smaller, not all of it. Only a short text without a trace of a way may be a server's own in its place.
fn of_another_size(uid: Uid, raw: Vec<u8>, stated: u64, is_same: bool) -> Fetched {
    if !is_same || may_stand_in(&raw, stated) {
        return Fetched::Doubted { raw, doubt: Doubt::Size { stated } };
    }
    tracing::debug!(
        mail.uid = uid.0,
        stated,
        came = raw.len(),
        "the mail server states a size that is not this mail's"
    );
    if may_be_part(&raw, stated) {
        return Fetched::Slice { headers_and_start: raw, size: Some(stated) };
    }
    Fetched::Whole(raw)
}

/// What reads as a server's own text; and where the same text without a way it came is given for several mails, all.
pub(super) fn doubt_texts(fetched: &mut [(Uid, Fetched)]) {
    let mut alike: HashMap<Vec<u8>, usize> = HashMap::new();
    let texts = fetched.iter().filter_map(|(_, mail)| text_of(mail)).filter(|raw| may_be_substitute(raw));
    for raw in texts {
        *alike.entry(raw.clone()).or_default() += 1;
    }
    for (_, mail) in fetched {
        let doubted = text_of(mail)
            .filter(|raw| is_substitute(raw) || alike.get(raw.as_slice()).is_some_and(|times| *times > 1))
            .map(|raw| Fetched::Doubted { raw: raw.clone(), doubt: Doubt::Substitute });
        if let Some(doubted) = doubted {
            *mail = doubted;
        }
    }
}

fn text_of(mail: &Fetched) -> Option<&Vec<u8>> {
    match mail {
        Fetched::Whole(raw) | Fetched::Doubted { raw, .. } | Fetched::Slice { headers_and_start: raw, .. } => Some(raw),
        _ => None,
    }
}

/// Mails that bear nothing of a way they came are held against what the server says their text is: it acquits one whose
/// size is not that of the list, and is what makes another doubtful.
async fn doubt_structures(wire: &mut Wire, fetched: &mut [(Uid, Fetched)]) -> Result<(), MailboxError> {
    let strange = fetched.iter().filter_map(|(uid, mail)| match mail {
        Fetched::Whole(raw) | Fetched::Doubted { raw, doubt: Doubt::Size { .. } } if !has_travelled(raw) => {
            imap_uid(*uid)
        }
        _ => None,
    });
    let mut texts: HashMap<u32, u64> = HashMap::new();
    for set in uid_sets(strange) {
        let mut on_data = |data: &Response<'_>| {
            if let Response::Fetch(_, items) = data
                && let Some(uid) = uid_of(items)
                && let Some(octets) = items.iter().find_map(octets_of_text)
            {
                texts.insert(uid, octets);
            }
        };
        let within = wire.deadlines().transfer;
        // A server that does not tell is not asked twice: the size has been held against what came.
        let command = format!("UID FETCH {} (UID BODYSTRUCTURE)", set.written);
        wire.run(Step::FetchMails, &command, within, &mut on_data).await?;
    }
    for (uid, mail) in fetched {
        let stated = imap_uid(*uid).and_then(|uid| texts.get(&uid)).copied();
        if let Some(stated) = stated {
            hold_against(mail, stated);
        }
    }
    Ok(())
}

/// Holds a mail against the bytes that its text has by the server's word.
fn hold_against(mail: &mut Fetched, stated: u64) {
    let (Fetched::Whole(raw) | Fetched::Doubted { raw, doubt: Doubt::Size { .. } }) = &*mail else { return };
    let head = raw.len() - body_length(raw);
    let is_right = is_of_size(raw.get(head..).unwrap_or_default(), stated);
    let judged = match &*mail {
        Fetched::Doubted { raw, .. } if is_right => Fetched::Whole(raw.clone()),
        Fetched::Whole(raw) if !is_right && may_stand_in(raw, stated + head as u64) => {
            Fetched::Doubted { raw: raw.clone(), doubt: Doubt::Size { stated } }
        }
        _ => return,
    };
    *mail = judged;
}

/// Bytes of the text of a mail of one part: of several, their sum says nothing about the lines between them.
fn octets_of_text(item: &AttributeValue<'_>) -> Option<u64> {
    match item {
        AttributeValue::BodyStructure(BodyStructure::Text { other, .. } | BodyStructure::Basic { other, .. }) => {
            Some(u64::from(other.octets))
        }
        _ => None,
    }
}

/// Whether the last slice ended the mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MailEnd {
    Reached,
    /// There is more than was wanted.
    Beyond,
}

/// Reads up to `wanted` bytes. A short slice ends the mail; the stated size is not relied on, servers get it wrong.
/// The inner error is what to say of a mail the server has, but does not give.
async fn slices(wire: &mut Wire, uid: u32, wanted: u64) -> Result<Result<(Vec<u8>, MailEnd), Fetched>, MailboxError> {
    let mut bytes: Vec<u8> = Vec::new();
    loop {
        let offset = bytes.len() as u64;
        let mut parts = HashMap::new();
        let item = format!("BODY.PEEK[]<{offset}.{SLICE_BYTES}>");
        let completion = request(wire, &uid.to_string(), &item, &mut parts).await?;
        let part = match (parts.remove(&uid), completion) {
            (Some(part), Completion::Ok) => part,
            (_, Completion::Denied(denial)) => {
                return Ok(Err(Fetched::Withheld { reason: format!("{}: {}", denial.verdict, denial.text) }));
            }
            (None, Completion::Ok) => {
                return Ok(Err(Fetched::Withheld { reason: "listed, but no text was sent".into() }));
            }
        };
        // A slice that is longer than what was asked for is all of it, whatever is said of where it starts.
        let longer = part.bytes.as_ref().is_some_and(|bytes| offset == 0 && bytes.len() as u64 > SLICE_BYTES);
        let whole_sent = part.offset.is_none() || longer;
        let Some(slice) = part.bytes else {
            if offset > 0 {
                return Ok(Ok((bytes, MailEnd::Reached)));
            }
            return Ok(Err(Fetched::Withheld { reason: "listed, but its text is NIL".into() }));
        };
        let short = (slice.len() as u64) < SLICE_BYTES;
        if whole_sent && offset > 0 {
            return Err(wire.protocol(Step::FetchMails, "a slice of a mail that does not say where it starts"));
        }
        bytes.extend_from_slice(&slice);
        if bytes.len() as u64 > wanted {
            return Ok(Ok((bytes, MailEnd::Beyond)));
        }
        if short || whole_sent {
            return Ok(Ok((bytes, MailEnd::Reached)));
        }
    }
}

/// What the server says of one UID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Gone,
    There { size: Option<u64> },
}

async fn presence(wire: &mut Wire, uid: u32) -> Result<Presence, MailboxError> {
    let mut presence = Presence::Gone;
    let mut on_data = |data: &Response<'_>| {
        if let Response::Fetch(_, items) = data
            && uid_of(items) == Some(uid)
        {
            let size = items.iter().find_map(|item| match item {
                AttributeValue::Rfc822Size(size) => Some(u64::from(*size)),
                _ => None,
            });
            presence = Presence::There { size };
        }
    };
    let within = wire.deadlines().command;
    let command = format!("UID FETCH {uid} (UID RFC822.SIZE)");
    match wire.run(Step::FetchMails, &command, within, &mut on_data).await? {
        Completion::Ok => Ok(presence),
        // The size cannot be told: the slices will show what there is.
        Completion::Denied(_) => Ok(Presence::There { size: None }),
    }
}

/// Asks for one item of some mails, and collects what comes by UID.
async fn request(
    wire: &mut Wire,
    set: &str,
    item: &str,
    parts: &mut HashMap<u32, Part>,
) -> Result<Completion, MailboxError> {
    let mut on_data = |data: &Response<'_>| {
        if let Response::Fetch(_, items) = data
            && let Some(uid) = uid_of(items)
            && let Some(part) = part_of(items)
        {
            parts.insert(uid, part);
        }
    };
    let within = wire.deadlines().transfer;
    wire.run(Step::FetchMails, &format!("UID FETCH {set} (UID {item})"), within, &mut on_data).await
}

fn part_of(items: &[AttributeValue<'_>]) -> Option<Part> {
    items.iter().find_map(|item| match item {
        AttributeValue::BodySection { section: None, index, data } => {
            Some(Part { bytes: data.as_ref().map(|bytes| bytes.to_vec()), offset: *index })
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(uid: i64, size: Option<u64>) -> Entry {
        Entry { uid: Uid(uid), size, received_at: None, marked_done: false }
    }

    #[test]
    fn small_mails_travel_together_within_bounds() {
        let many: Vec<Entry> = (1..=1000).map(|uid| entry(uid, Some(1_000))).collect();
        assert_eq!(batch_length(&many, u64::MAX), MAX_BATCH_MAILS);
        let half_megabytes: Vec<Entry> = (1..=100).map(|uid| entry(uid, Some(MAX_BATCHED_MAIL_BYTES))).collect();
        assert_eq!(batch_length(&half_megabytes, u64::MAX), 8);
    }

    #[test]
    fn a_mail_that_is_big_or_of_unknown_size_travels_alone() {
        let mails = [entry(1, Some(10)), entry(2, None), entry(3, Some(10))];
        assert_eq!(batch_length(&mails, u64::MAX), 1);
        assert_eq!(batch_length(&mails[1..], u64::MAX), 1);
        assert_eq!(batch_length(&[entry(1, Some(100)), entry(2, Some(100))], 50), 1);
    }
}
