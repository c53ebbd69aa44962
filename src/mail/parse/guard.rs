//! What is done to the bytes before mail-parser sees them, so that no mail can exhaust the stack, the memory or the
//! time: line ends made regular, nested messages masked, headers and parts over a limit cut. Pure.
//!
//! mail-parser recurses when a tree of nested messages is dropped or copied (64 000 levels of 31 bytes overflow
//! the stack, which aborts the process), also inside base64, where no scan of the outside can see the levels. So the
//! media types `message/rfc822`, `message/global` and `multipart/digest` are masked, byte for byte: mail-parser then
//! takes a nested message for one opaque leaf, and whoever wants to read it takes it apart as a mail of its own.

use super::finding;
use crate::mail::limits::{
    CONTENT_HEADER_BYTES_MAX, HEADER_BYTES_MAX, HEADERS_MAX, LEAVES_MAX, PART_HEADERS_MAX, SPLIT_STEPS_MAX,
};
use crate::mail::{Finding, FindingKind};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use memchr::memchr;
use std::borrow::Cow;
use std::sync::LazyLock;

/// Replaces the last byte of a masked media type; `unmask` knows it.
const MASK: u8 = b'~';

/// Lines with `--` in them that may start a part: each part needs one, and a hundred times the parts we take over
/// leaves room for texts full of dashes.
const PART_LINES_MAX: usize = LEAVES_MAX * 100;

/// The bytes of a mail, ready to be parsed. Offsets are the same in both.
pub(super) struct Prepared<'a> {
    /// As received, but with regular line ends and without a leading mbox line: contents are taken from here.
    pub raw: Cow<'a, [u8]>,
    /// What mail-parser is given.
    pub masked: Vec<u8>,
    pub findings: Vec<Finding>,
}

/// Never fails; says with findings what was cut.
pub(super) fn prepare(raw: &[u8]) -> Prepared<'_> {
    let raw = regular(raw);
    let mut prepared = Prepared { masked: raw.to_vec(), raw, findings: Vec::new() };
    cut_headers(&mut prepared);
    mask_nested(&mut prepared);
    prepared
}

/// The media type that a masked one stands for.
pub(super) fn unmask(media_type: String) -> String {
    let whole = [("rfc82", "rfc822"), ("globa", "global"), ("diges", "digest")];
    // Longer types begin with a masked one: `text/rfc822-headers`, `message/global-delivery-status`.
    whole.into_iter().fold(media_type, |name, (cut, whole)| name.replace(&format!("{cut}{}", char::from(MASK)), whole))
}

/// CR-only mail gets LF; a byte order mark, blank lines and an mbox `From ` line in front go; a mail that is only a
/// header gets its end, and one that is only text an empty header.
fn regular(raw: &[u8]) -> Cow<'_, [u8]> {
    let mut start = raw.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(raw);
    while let [b'\r' | b'\n' | b' ' | b'\t', rest @ ..] = start {
        start = rest;
    }
    let mut bytes = Cow::Borrowed(start);
    if !bytes.contains(&b'\n') && bytes.contains(&b'\r') {
        bytes = Cow::Owned(bytes.iter().map(|b| if *b == b'\r' { b'\n' } else { *b }).collect());
    }
    let line_end = bytes.iter().position(|b| *b == b'\n').map_or(bytes.len(), |at| at + 1);
    // "From : Jan <jan@…>", with the blank before the colon that RFC 5322 §4.5 still knows, is a field.
    let is_field = bytes.get(..line_end).is_some_and(is_field_start);
    if !is_field && (bytes.starts_with(b"From ") || bytes.starts_with(b">From ")) {
        bytes = Cow::Owned(bytes.get(line_end..).unwrap_or_default().to_vec());
    }
    let mut lines = bytes.split_inclusive(|b| *b == b'\n');
    let header = lines.by_ref().take_while(|line| !is_blank(line)).any(is_field_start);
    if !header {
        return Cow::Owned([b"\n", bytes.as_ref()].concat());
    }
    let has_body = bytes.split_inclusive(|b| *b == b'\n').any(is_blank);
    if has_body { bytes } else { Cow::Owned([bytes.as_ref(), b"\n\n"].concat()) }
}

fn is_blank(line: &[u8]) -> bool {
    matches!(line, b"\n" | b"\r\n")
}

/// `Name:` of printable characters at the start of a line (RFC 5322 §2.2, with the blank before the colon that
/// some programs write).
fn is_field_start(line: &[u8]) -> bool {
    line.iter().position(|b| *b == b':').is_some_and(|colon| {
        let name = line.get(..colon).unwrap_or_default().trim_ascii_end();
        !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
    })
}

/// A header that is being read: of the mail, or of what may be a part.
struct Zone {
    top: bool,
    fields: usize,
    field_bytes: usize,
    field_max: usize,
}

impl Zone {
    const TOP: Zone = Zone { top: true, fields: 0, field_bytes: 0, field_max: HEADER_BYTES_MAX };
    const PART: Zone = Zone { top: false, fields: 0, field_bytes: 0, field_max: CONTENT_HEADER_BYTES_MAX };

    /// The kind of the limit that this line is over.
    fn over(&mut self, line: &[u8]) -> Option<FindingKind> {
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            self.fields += 1;
            self.field_bytes = 0;
            let content = line.get(..8).is_some_and(|name| name.eq_ignore_ascii_case(b"content-"));
            self.field_max = if self.top && !content { HEADER_BYTES_MAX } else { CONTENT_HEADER_BYTES_MAX };
        }
        self.field_bytes += line.len();
        if self.fields > if self.top { HEADERS_MAX } else { PART_HEADERS_MAX } {
            return Some(FindingKind::TooManyHeaders);
        }
        (self.field_bytes > self.field_max).then_some(FindingKind::HeaderTooLong)
    }
}

/// Blanks header lines over a limit, and ends the mail before the part lines over theirs. A line that only looks like the
/// start of a part (a rule of dashes in a text) costs nothing: contents come from the untouched bytes.
fn cut_headers(prepared: &mut Prepared<'_>) {
    let mut zone = Some(Zone::TOP);
    let (mut at, mut part_lines, mut over) = (0, 0, [None, None]);
    while at < prepared.masked.len() {
        let rest = prepared.masked.get_mut(at..).unwrap_or_default();
        let length = line_length(rest);
        let (line, _) = rest.split_at_mut(length);
        if is_blank(line) {
            zone = None;
        } else if zone.as_ref().is_none_or(|zone| !zone.top) && has_dashes(line) {
            zone = Some(Zone::PART);
            part_lines += 1;
            if part_lines > PART_LINES_MAX {
                prepared.findings.push(finding(FindingKind::TooManyParts, "the rest was not taken apart"));
                prepared.masked.truncate(at);
                break;
            }
        } else if let Some(zone) = &mut zone
            && let Some(kind) = zone.over(line)
        {
            // A blanked line becomes a fold of the field above it; its newline stays, so that the next field does not.
            let keep = zone.field_max.saturating_sub(zone.field_bytes.saturating_sub(length)).min(length);
            let keep = if kind == FindingKind::TooManyHeaders { 0 } else { keep };
            line.get_mut(keep..length - 1).unwrap_or_default().fill(b' ');
            if zone.top {
                over[usize::from(kind == FindingKind::HeaderTooLong)] = Some(kind);
            }
        }
        at += length;
    }
    let kinds = over.into_iter().flatten();
    prepared.findings.extend(kinds.map(|kind| finding(kind, "the rest of the header was left out")));
}

/// Most lines of a big mail have no dash at all, and that is told fast.
fn has_dashes(line: &[u8]) -> bool {
    line.contains(&b'-') && line.windows(2).any(|w| w == b"--")
}

static MARKS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostFirst)
        // Few words, all bytes of the mail: the fastest kind is still small.
        .kind(Some(AhoCorasickKind::DFA))
        .build(["rfc822", "global", "digest", "multipart"])
        .ok()
});

/// Masks the nesting media types and bounds the work of looking for boundaries.
fn mask_nested(prepared: &mut Prepared<'_>) {
    let Some(marks) = MARKS.as_ref() else { return };
    let allowed = SPLIT_STEPS_MAX / prepared.masked.len().max(1);
    let (mut masks, mut multiparts, mut cut) = (Vec::new(), 0, None);
    for (at, hit) in
        lines_that_may_say(&prepared.masked).flat_map(|(at, line)| marks.find_iter(line).map(move |hit| (at, hit)))
    {
        if hit.pattern().as_usize() == 3 {
            multiparts += 1;
            if multiparts > allowed {
                cut = Some(at + hit.start());
                break;
            }
        } else if follows_type(prepared.masked.get(..at + hit.start()).unwrap_or_default()) {
            masks.push(at + hit.end() - 1);
        }
    }
    for at in masks {
        if let Some(byte) = prepared.masked.get_mut(at) {
            *byte = MASK;
        }
    }
    if let Some(at) = cut {
        prepared.masked.truncate(at);
        prepared.findings.push(finding(FindingKind::TooManyParts, "the rest was not taken apart"));
    }
}

/// Octets of the shortest of what is looked for.
const SHORTEST_MARK: usize = "rfc822".len();

/// The lines in which a media type may stand, each with its place.
fn lines_that_may_say(mail: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    let lines = std::iter::from_fn(move || {
        let rest = mail.get(at..).filter(|rest| !rest.is_empty())?;
        let (line, begun) = (rest.get(..line_length(rest))?, at);
        at += line.len();
        Some((begun, line))
    });
    lines.filter(|(_, line)| line.len() >= SHORTEST_MARK && !is_encoded(line))
}

/// Of the first line, with its end.
fn line_length(rest: &[u8]) -> usize {
    memchr(b'\n', rest).map_or(rest.len(), |end| end + 1)
}

/// A line of a file in base64, most of any big mail. No media type stands in one, however a parser folds its lines: this would
/// all be one word, and longer than any type.
fn is_encoded(line: &[u8]) -> bool {
    const WORD_OCTETS_MIN: usize = 60;
    let word = line.strip_suffix(b"\n").unwrap_or(line);
    let word = word.strip_suffix(b"\r").unwrap_or(word);
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    word.len() >= WORD_OCTETS_MIN && word.iter().fold(true, |all, byte| all & is_base64(byte))
}

/// Whether what stands before a subtype ends in `message/` or `multipart/`, blanks and comments as the parser allows
/// them included. After a comment it is always taken for one: masking too much does no harm.
fn follows_type(before: &[u8]) -> bool {
    match before.trim_ascii_end() {
        [.., b')'] => true,
        [rest @ .., b'/'] => matches!(rest.trim_ascii_end(), [.., b'e' | b'E' | b't' | b'T' | b')']),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(prepared: &Prepared<'_>) -> Vec<FindingKind> {
        prepared.findings.iter().map(|f| f.kind).collect()
    }

    #[test]
    fn line_ends_and_leading_lines_are_made_regular() {
        assert_eq!(regular(b"From x Mon\nA: b\n\nhi").as_ref(), b"A: b\n\nhi");
        assert_eq!(regular(b"\xEF\xBB\xBF\r\n\r\nA: b\r\n\r\nhi").as_ref(), b"A: b\r\n\r\nhi");
        assert_eq!(regular(b"From : x\n\nhi").as_ref(), b"From : x\n\nhi");
        assert_eq!(regular(b"A: b\r\rhi").as_ref(), b"A: b\n\nhi");
        assert_eq!(regular(b"A: b").as_ref(), b"A: b\n\n");
        assert_eq!(regular(b"Only a text\nof two lines").as_ref(), b"\nOnly a text\nof two lines");
        assert_eq!(regular(b"").as_ref(), b"\n");
    }

    #[test]
    fn nesting_types_are_masked_however_they_are_written() {
        for written in ["message/rfc822", "MESSAGE/RFC822", "message / rfc822", "message/(x)rfc822", "message/global"] {
            let raw = format!("Content-Type: {written}\n\nbody");
            let prepared = prepare(raw.as_bytes());
            assert!(prepared.masked.contains(&MASK), "{written}");
            assert_eq!(prepared.masked.len(), raw.len());
            assert_eq!(prepared.raw.as_ref(), raw.as_bytes());
        }
        assert!(!prepare(b"A: b\n\nsee rfc822 and global").masked.contains(&MASK));
        assert_eq!(unmask("message/rfc82~".into()), "message/rfc822");
    }

    #[test]
    fn a_nesting_type_beside_a_file_in_base64_is_masked() {
        let encoded = format!("{}\r\n", "multipart/digest".repeat(5).get(..76).unwrap());
        assert!(is_encoded(encoded.as_bytes()));
        for kept in
            ["message/rfc822\r\n", " message/rfc822\r\n", "Content-Type: message/rfc822\r\n", "message/\r\n rfc822\r\n"]
        {
            let mail = format!("Subject: a\r\n\r\n{encoded}{encoded}{kept}{encoded}");
            let masked = String::from_utf8(prepare(mail.as_bytes()).masked).unwrap();
            assert_eq!(masked, mail.replace("rfc822", "rfc82~"), "{kept}");
        }
    }

    #[test]
    fn too_many_or_too_long_headers_are_cut_and_said_so() {
        let many = format!("Subject: x\n{}\nbody", "A: b\n".repeat(HEADERS_MAX));
        assert_eq!(kinds(&prepare(many.as_bytes())), [FindingKind::TooManyHeaders]);
        let long = format!("Subject: {}\nFrom: a@b.nl\n\nbody", "x".repeat(HEADER_BYTES_MAX));
        let prepared = prepare(long.as_bytes());
        assert_eq!(kinds(&prepared), [FindingKind::HeaderTooLong]);
        assert_eq!(prepared.masked.len(), long.len());
        assert!(kinds(&prepare(b"A: b\n\nbody")).is_empty());
    }

    #[test]
    fn a_flood_of_part_lines_ends_the_mail() {
        let flood = format!("A: b\n\n{}", "--b\n\n".repeat(PART_LINES_MAX + 1));
        assert_eq!(kinds(&prepare(flood.as_bytes())), [FindingKind::TooManyParts]);
    }
}
