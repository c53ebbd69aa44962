//! Attachments that go along: the stored letter has a placeholder line for each, so that a mail's bytes are not kept
//! twice (invariant 3); when the letter is sent, its base64 takes that line's place. Pure and always the same.

use crate::desk::draft::Carried;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Octets encoded per base64 line: 76 characters (RFC 2045 §6.8).
const LINE_OCTETS: usize = 57;
/// Octets of a base64 line with its line end.
const LINE_ENCODED: u64 = 78;
/// Headers and boundary of one attachment, at most: a long file name in RFC 2231 parts included.
const PART_HEADERS: u64 = 2_048;

/// Why a stored letter and its attachments do not go together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssembleError {
    #[error("attachment {index} of mail {mail}: the letter should have one place for it, found {found}")]
    Place { mail: i64, index: usize, found: usize },
    #[error(
        "attachment {index} of mail {mail}: expected the content it had when the letter was written, found another"
    )]
    Changed { mail: i64, index: usize },
    #[error("the letter has a place for an attachment that was not given")]
    Missing,
}

/// How a placeholder begins. A line of our letters cannot begin so otherwise: texts are quoted-printable, where `=` is
/// followed by two hexadecimal digits or the line's end (RFC 2045 §6.7).
const PLACEHOLDER: &str = "=klachtpost.carried.";

/// The line that stands in a letter for the attachment at `place` of its list.
pub(super) fn placeholder(place: usize, carried: &Carried) -> String {
    format!("{PLACEHOLDER}{place}.{}", carried.sha256)
}

/// Octets that an attachment takes in a letter.
pub(super) fn encoded_size(size: usize) -> u64 {
    let lines = size.div_ceil(LINE_OCTETS);
    u64::try_from(lines).unwrap_or(u64::MAX).saturating_mul(LINE_ENCODED).saturating_add(PART_HEADERS)
}

/// The letter as it is sent: each placeholder becomes the content's base64. The contents stand in the order of the
/// letter's own list; without any, the bytes come back as they are.
pub fn assemble(bytes: &[u8], carried: &[(Carried, Vec<u8>)]) -> Result<Vec<u8>, AssembleError> {
    let mut places = Vec::with_capacity(carried.len());
    for (place, (one, content)) in carried.iter().enumerate() {
        let (mail, index) = (one.mail, one.index);
        if hex(&Sha256::digest(content)) != one.sha256.to_ascii_lowercase() {
            return Err(AssembleError::Changed { mail, index });
        }
        let line = placeholder(place, one);
        match find_all(bytes, line.as_bytes()).as_slice() {
            [start] => places.push((*start, line.len(), content)),
            found => return Err(AssembleError::Place { mail, index, found: found.len() }),
        }
    }
    if find_all(bytes, PLACEHOLDER.as_bytes()).len() != places.len() {
        return Err(AssembleError::Missing);
    }
    places.sort_by_key(|(start, ..)| *start);
    let room: usize = places.iter().map(|(.., content)| content.len() / LINE_OCTETS * 78 + 80).sum();
    let mut whole = Vec::with_capacity(bytes.len() + room);
    let mut rest = 0;
    for (start, length, content) in places {
        whole.extend_from_slice(&bytes[rest..start]);
        encode_lines(content, &mut whole);
        rest = start + length;
    }
    whole.extend_from_slice(&bytes[rest..]);
    Ok(whole)
}

/// Base64 in lines with CRLF between them; the last line ends where the placeholder did.
fn encode_lines(content: &[u8], whole: &mut Vec<u8>) {
    for (number, chunk) in content.chunks(LINE_OCTETS).enumerate() {
        if number > 0 {
            whole.extend_from_slice(b"\r\n");
        }
        whole.extend_from_slice(STANDARD.encode(chunk).as_bytes());
    }
}

fn find_all(bytes: &[u8], wanted: &[u8]) -> Vec<usize> {
    // A placeholder stands at the start of a line, so that only line starts are looked at.
    let starts = std::iter::once(0).chain(bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(at, _)| at + 1));
    starts.filter(|start| bytes[*start..].starts_with(wanted)).collect()
}

/// Lower-case hexadecimal.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
