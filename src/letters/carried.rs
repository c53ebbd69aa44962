//! Attachments that go along: the stored letter has a placeholder line for each, so that a mail's bytes are not kept
//! twice (invariant 3); when the letter is sent, its base64 takes that line's place. Pure and always the same.

use crate::desk::draft::{Carried, Source};
pub(super) use crate::text::hex;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// Octets encoded per base64 line: 76 characters (RFC 2045 §6.8).
const LINE_OCTETS: usize = 57;
/// What they become.
const LINE_CHARS: usize = 76;
/// Octets of a base64 line with its line end.
const LINE_ENCODED: u64 = 78;
/// Headers and boundary of one attachment, at most: a long file name in RFC 2231 parts included.
const PART_HEADERS: u64 = 2_048;

/// Why a stored letter and its attachments do not go together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AssembleError {
    #[error("{source_of}: expected its place in the letter, found none or another's")]
    Place { source_of: Source },
    #[error("{source_of}: expected the content it had when the letter was written, found another")]
    Changed { source_of: Source },
    #[error("the letter has a place for an attachment that was not given")]
    Missing,
}

/// How a placeholder begins. A line of our letters cannot begin so otherwise: in quoted-printable `=` is followed by two
/// hexadecimal digits or the line's end (RFC 2045 §6.7), and a page in ASCII has it nowhere (`seven_bit.rs`).
pub(super) const PLACEHOLDER: &str = "=klachtpost.carried.";

/// The line that stands in a letter for the attachment at `place` of its list.
pub(super) fn placeholder(place: usize, carried: &Carried) -> String {
    format!("{PLACEHOLDER}{place}.{}", carried.sha256)
}

/// Octets that an attachment takes in a letter.
pub(super) fn encoded_size(size: usize) -> u64 {
    let lines = size.div_ceil(LINE_OCTETS);
    u64::try_from(lines).unwrap_or(u64::MAX).saturating_mul(LINE_ENCODED).saturating_add(PART_HEADERS)
}

/// The letter as it is sent: each placeholder line becomes the content's base64. The contents stand in the order of
/// the letter's own list; without any, the bytes come back as they are.
pub fn assemble(bytes: &[u8], carried: &[(Carried, Vec<u8>)]) -> Result<Vec<u8>, AssembleError> {
    let room: usize = carried.iter().map(|(_, content)| content.len() / LINE_OCTETS * 78 + 80).sum();
    let mut whole = Vec::with_capacity(bytes.len() + room);
    let mut waiting = carried.iter().enumerate();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if !line.starts_with(PLACEHOLDER.as_bytes()) {
            whole.extend_from_slice(line);
            continue;
        }
        let Some((place, (one, content))) = waiting.next() else { return Err(AssembleError::Missing) };
        let Some(line_end) = line.strip_prefix(placeholder(place, one).as_bytes()) else {
            return Err(AssembleError::Place { source_of: one.source.clone() });
        };
        if hex(&Sha256::digest(content)) != one.sha256.to_ascii_lowercase() {
            return Err(AssembleError::Changed { source_of: one.source.clone() });
        }
        encode_lines(content, &mut whole);
        whole.extend_from_slice(line_end);
    }
    match waiting.next() {
        None => Ok(whole),
        Some((_, (one, _))) => Err(AssembleError::Place { source_of: one.source.clone() }),
    }
}

/// Base64 in lines with CRLF between them; the last line ends where the placeholder did.
fn encode_lines(content: &[u8], whole: &mut Vec<u8>) {
    let mut line = String::with_capacity(LINE_CHARS);
    for (number, chunk) in content.chunks(LINE_OCTETS).enumerate() {
        if number > 0 {
            whole.extend_from_slice(b"\r\n");
        }
        line.clear();
        STANDARD.encode_string(chunk, &mut line);
        whole.extend_from_slice(line.as_bytes());
    }
}
