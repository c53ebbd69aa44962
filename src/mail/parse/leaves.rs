//! The leaves of the MIME tree: transfer encoding undone, text decoded by our own charset ladder from the bytes as
//! received (mail-parser replaces what it cannot decode). Pure.

use super::headers::{self, LENIENT, parameter};
use super::{Header, Leaf, finding, guard};
use crate::mail::limits::{LEAVES_MAX, PART_HEADERS_MAX};
use crate::mail::{Finding, FindingKind, charset};
use base64::Engine;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{ContentType, Encoding, HeaderName, Message, MessagePart, MimeHeaders, PartType};
use std::borrow::Cow;

/// The leaves of a mail, and where in them each part of mail-parser went.
pub(super) struct Leaves {
    pub leaves: Vec<Leaf>,
    /// Index of the leaf, by number of the part; multiparts have none.
    pub of_part: Vec<Option<usize>>,
}

/// All leaves, in the order of the mail, up to the limit.
pub(super) fn of(message: &Message<'_>, raw: &[u8], masked: &[u8], findings: &mut Vec<Finding>) -> Leaves {
    let mut all = Leaves { leaves: Vec::new(), of_part: vec![None; message.parts.len()] };
    let in_digest = members(message, "multipart/digest");
    let alternatives = members(message, "multipart/alternative");
    let hint = message.parts.first().and_then(|root| stated_in(root, raw));
    for (number, part) in message.parts.iter().enumerate() {
        if matches!(part.body, PartType::Multipart(_)) {
            continue;
        }
        if all.leaves.len() == LEAVES_MAX {
            findings.push(finding(FindingKind::TooManyParts, "the rest of the parts was left out"));
            break;
        }
        let mut leaf = one(part, raw, masked, hint, findings);
        let listed = u32::try_from(number).is_ok_and(|n| message.attachments.contains(&n));
        leaf.attachment = listed;
        let is_file = part.content_disposition().is_some_and(ContentType::is_attachment);
        leaf.alternative = alternatives.get(number) == Some(&true) && (!is_file || is_form_of_text(&leaf.media_type));
        if in_digest.get(number) == Some(&true) && part.content_type().is_none() {
            // The default of a digest's members (RFC 2046 §5.1.5), which the mask hid from mail-parser.
            leaf.media_type = "message/rfc822".to_owned();
            leaf.attachment = true;
        }
        if let Some(place) = all.of_part.get_mut(number) {
            *place = Some(all.leaves.len());
        }
        all.leaves.push(leaf);
    }
    all
}

/// Forms in which programs repeat a mail's text beside it.
fn is_form_of_text(media_type: &str) -> bool {
    media_type.starts_with("text/") || matches!(media_type, "application/rtf" | "application/ics" | "application/x-rtf")
}

/// Which parts stand directly in a multipart of that type.
fn members(message: &Message<'_>, container: &str) -> Vec<bool> {
    let mut members = vec![false; message.parts.len()];
    for part in &message.parts {
        if let PartType::Multipart(children) = &part.body
            && media_type(part) == container
        {
            for child in children {
                if let Some(member) = members.get_mut(*child as usize) {
                    *member = true;
                }
            }
        }
    }
    members
}

/// `type/subtype` in lower case, unmasked; empty when none is stated.
pub(super) fn media_type(part: &MessagePart<'_>) -> String {
    let written = |c: &ContentType<'_>| format!("{}/{}", c.ctype(), c.subtype().unwrap_or_default());
    guard::unmask(part.content_type().map_or_else(String::new, written).to_ascii_lowercase())
}

fn one(part: &MessagePart<'_>, raw: &[u8], masked: &[u8], hint: Option<&str>, findings: &mut Vec<Finding>) -> Leaf {
    let stated = media_type(part);
    let media_type = match &*stated {
        "" | "/" | "text/" | "text" => "text/plain".to_owned(),
        // A multipart without a boundary in it is what its text says.
        multipart if multipart.starts_with("multipart/") => "text/plain".to_owned(),
        _ => stated,
    };
    let headers = headers::of(part, raw, masked, PART_HEADERS_MAX);
    let sent = raw.get(part.offset_body as usize..part.offset_end as usize).unwrap_or_default();
    let content = match &part.body {
        // Done already, and done again it would cost as much as all the rest.
        PartType::Binary(done) | PartType::InlineBinary(done) if part.encoding == Encoding::Base64 => {
            Cow::Owned(done.to_vec())
        }
        _ => decode_transfer(sent, &headers, findings),
    };
    let content = if matches!(content, Cow::Borrowed(_)) { one_line_end(content) } else { content };
    let text = text(part, &media_type, &content, hint, findings);
    let disposition = part.content_disposition();
    let inline = disposition.is_none_or(|d| !d.is_attachment())
        && (part.content_id().is_some() || disposition.is_some_and(ContentType::is_inline));
    Leaf {
        media_type,
        name: name(part, &headers),
        content: content.into_owned(),
        text,
        inline,
        content_id: part.content_id().map(|id| id.trim_matches(['<', '>', ' ']).to_owned()),
        attachment: false,
        headers,
        ..Leaf::default()
    }
}

/// The content as text, where the media type says that it is some.
fn text(
    part: &MessagePart<'_>,
    media_type: &str,
    content: &[u8],
    hint: Option<&str>,
    findings: &mut Vec<Finding>,
) -> Option<String> {
    if media_type.starts_with("message/") {
        return Some(charset::guess(content).text);
    }
    if !media_type.starts_with("text/") {
        return None;
    }
    let label = part.content_type().and_then(|c| c.attribute("charset"));
    let decoded = charset::decode_hinted(content, label.or_else(|| html_label(media_type, content)), hint);
    if let Some(guess) = decoded.guessed {
        findings.push(finding(FindingKind::CharsetGuessed, guess));
    }
    Some(decoded.text)
}

/// The charset of the first encoded word in the mail's subject or sender (RFC 2047).
fn stated_in<'a>(root: &MessagePart<'_>, raw: &'a [u8]) -> Option<&'a str> {
    let fields = root.headers.iter().filter(|h| matches!(h.name, HeaderName::Subject | HeaderName::From));
    fields.into_iter().find_map(|field| {
        let value = raw.get(field.offset_start as usize..field.offset_end as usize)?;
        let at = value.windows(2).position(|pair| pair == b"=?")? + 2;
        let label = value.get(at..)?.split(|b| matches!(b, b'?' | b'*')).next()?;
        std::str::from_utf8(label).ok()
    })
}

/// File name of the disposition, else the name of the type.
fn name(part: &MessagePart<'_>, headers: &[Header]) -> Option<String> {
    let field = |name: &str| headers.iter().find(|h| h.name == name);
    let disposition = part.content_disposition().and_then(|d| parameter(d, "filename", field("content-disposition")));
    disposition.or_else(|| part.content_type().and_then(|c| parameter(c, "name", field("content-type"))))
}

/// The charset that an HTML page states in its head, for parts whose header states none (RFC 2854 §6).
fn html_label<'a>(media_type: &str, content: &'a [u8]) -> Option<&'a str> {
    if media_type != "text/html" {
        return None;
    }
    let head = content.get(..1024).unwrap_or(content);
    let at = head.windows(8).position(|w| w.eq_ignore_ascii_case(b"charset="))?;
    let value = head.get(at + 8..)?;
    let value = value.strip_prefix(b"\"").unwrap_or(value);
    let end = value.iter().position(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'-' | b'_' | b':'))?;
    std::str::from_utf8(value.get(..end)?).ok().filter(|label| !label.is_empty())
}

/// Unencoded text with LF line ends: the same mail arrives with CRLF over IMAP and with LF from a Maildir, and must be
/// the same content (identity by hash, invariant 2). Binary content never gets here: it is encoded.
fn one_line_end(content: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    if !content.contains(&b'\r') {
        return content;
    }
    let mut out = Vec::with_capacity(content.len());
    for line in content.split_inclusive(|b| *b == b'\n') {
        match line.strip_suffix(b"\r\n") {
            Some(bare) => {
                out.extend_from_slice(bare);
                out.push(b'\n');
            }
            None => out.extend_from_slice(line),
        }
    }
    Cow::Owned(out)
}

/// Undoes base64 and quoted-printable as far as possible; what can't be undone stays as it was sent.
fn decode_transfer<'a>(sent: &'a [u8], headers: &[Header], findings: &mut Vec<Finding>) -> Cow<'a, [u8]> {
    let field = headers.iter().rfind(|h| h.name == "content-transfer-encoding");
    let encoding = field.map_or("", |h| h.raw.as_str());
    let encoding = encoding.split([';', ' ', '(']).next().unwrap_or_default().trim_matches('"').to_ascii_lowercase();
    let decoded = match &*encoding {
        "base64" => decode_base64(sent),
        "quoted-printable" => Some(quoted_printable_decode(sent).unwrap_or_else(|| decode_quoted_printable(sent))),
        _ => return Cow::Borrowed(sent),
    };
    decoded.map_or_else(
        || {
            findings.push(finding(FindingKind::Unreadable, "a part is said to be base64 and is not"));
            Cow::Borrowed(sent)
        },
        Cow::Owned,
    )
}

/// Base64 with foreign characters in it (RFC 2045 §6.8 says to ignore them) and a missing end. `None` when there is
/// more foreign than base64, which is text with a wrong label.
fn decode_base64(sent: &[u8]) -> Option<Vec<u8>> {
    let is_digit = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let mut packed = Vec::with_capacity(sent.len());
    // A blank between two letters stands in no base64, but in every sentence.
    let between = |w: &&[u8]| matches!(w, [a, b' ', b] if is_digit(a) && is_digit(b));
    let blanks = if sent.contains(&b' ') { sent.windows(3).filter(between).count() } else { 0 };
    let (mut foreign, mut out) = (blanks, Vec::new());
    for run in sent.split(|b| *b == b'=') {
        packed.extend(run.iter().filter(|b| is_digit(b)));
        foreign += run.iter().filter(|b| !is_digit(b) && !b.is_ascii_whitespace()).count();
        // After padding a new sequence starts: some programs glue encoded blocks together.
        let whole = packed.len() - usize::from(packed.len() % 4 == 1);
        out.extend(LENIENT.decode(packed.get(..whole)?).ok()?);
        packed.clear();
    }
    let readable = sent.len() / 20 >= foreign || foreign <= 2;
    (readable && !(out.is_empty() && foreign > 0)).then_some(out)
}

/// Quoted-printable with broken escapes, which stay as they are.
fn decode_quoted_printable(sent: &[u8]) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::with_capacity(sent.len()), sent);
    let hex = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    while let Some((byte, tail)) = rest.split_first() {
        rest = match (byte, tail) {
            (b'=', [b'\r', b'\n', after @ ..] | [b'\n', after @ ..]) => after,
            (b'=', [high, low, after @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
                out.push(hex(*high).unwrap_or_default() << 4 | hex(*low).unwrap_or_default());
                after
            }
            _ => {
                out.push(*byte);
                tail
            }
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn damaged_transfer_encodings_give_what_is_there() {
        assert_eq!(decode_base64(b"Y2Fm\r\n6Q=="), Some(b"caf\xe9".to_vec()));
        assert_eq!(decode_base64(b"Y2Fm!6Q"), Some(b"caf\xe9".to_vec()));
        assert_eq!(decode_base64(b"YQ==YQ=="), Some(b"aa".to_vec()));
        assert_eq!(decode_base64("Geachte heer, dit is géén base64!".as_bytes()), None);
        assert_eq!(decode_quoted_printable(b"caf=E9 =\r\n3 = x=ZZ"), b"caf\xe9 3 = x=ZZ");
    }

    proptest! {
        #[test]
        fn good_base64_is_decoded_exactly(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let sent = base64::engine::general_purpose::STANDARD.encode(&bytes);
            let folded: Vec<u8> = sent.as_bytes().chunks(76).flat_map(|line| [line, b"\r\n"].concat()).collect();
            prop_assert_eq!(decode_base64(&folded), Some(bytes));
        }
    }
}
