//! Header fields: unfolded, decoded, and repaired where mail-parser had to give up on the bytes (undeclared 8-bit
//! text, encoded words cut in the middle of a character or by a fold). Pure.

use super::{Header, continued};
use crate::mail::limits::{ADDRESSES_MAX, CONTENT_HEADER_BYTES_MAX, NAME_CHARS_MAX};
use crate::mail::proof::organisation::FIELD as EXCHANGES;
use crate::mail::{Party, charset};
use crate::text::turns_direction;
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use chrono::{DateTime, FixedOffset};
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::parsers::MessageStream;
use mail_parser::{Address, ContentType, HeaderName, HeaderValue};
use std::borrow::Cow;

/// Base64 as people send it: padding or not, and with bits left over.
pub(super) const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The fields of one part. `masked` is what mail-parser read, `raw` the bytes as received.
pub(super) fn of(part: &mail_parser::MessagePart<'_>, raw: &[u8], masked: &[u8], max: usize) -> Vec<Header> {
    part.headers.iter().take(max).map(|field| one(field, raw, masked)).collect()
}

fn one(field: &mail_parser::Header<'_>, raw: &[u8], masked: &[u8]) -> Header {
    let place = field.offset_start as usize..field.offset_end as usize;
    let bytes = match field.name {
        HeaderName::ContentType => {
            let whole = raw.get(place).unwrap_or_default();
            whole.get(..CONTENT_HEADER_BYTES_MAX).unwrap_or(whole)
        }
        _ => masked.get(place).unwrap_or_default(),
    };
    let name = name(field, raw);
    // Of these two it counts what a mail server reads: ASCII. Shift sequences (ISO 2022) would make other text of it.
    let is_ascii_only = matches!(name.as_str(), "from" | "authentication-results") && bytes.contains(&b'\x1b');
    let unfolded = if is_ascii_only { joined(&String::from_utf8_lossy(bytes)) } else { unfold(bytes) };
    let text = match &field.value {
        HeaderValue::Text(text) if is_sound(text) && !has_unpadded_word(&unfolded) => text.to_string(),
        HeaderValue::Text(_) => decode_words(&unfolded),
        _ if unfolded.contains("=?") => decode_words(&unfolded),
        _ => unfolded.clone(),
    };
    Header { name, raw: unfolded, text }
}

/// The field's name in lower case; empty where its bytes are not just that (RFC 5322 §2.2). mail-parser forgives a control
/// in it, a mail server does not: a forged `Authentication-Results` that the server passed over, because to it that was
/// none, must not be one here (invariant 6). Blanks before the colon are an older form, which that field has no use for. Nor
/// has Exchange's, which counts only as Exchange spells it.
fn name(field: &mail_parser::Header<'_>, raw: &[u8]) -> String {
    let written = raw.get(field.offset_field as usize..field.offset_start as usize).unwrap_or_default();
    let written = written.strip_suffix(b":").unwrap_or(written);
    let name = field.name.as_str().to_ascii_lowercase();
    if name.eq_ignore_ascii_case(EXCHANGES) {
        return if written == EXCHANGES.as_bytes() { name } else { String::new() };
    }
    let is = |bytes: &[u8]| bytes.eq_ignore_ascii_case(name.as_bytes());
    let may_have_blanks = name != "authentication-results";
    if is(written) || may_have_blanks && is(written.trim_ascii_end()) { name } else { String::new() }
}

/// On one line, runs of blanks as one blank, as text.
pub(super) fn unfold(bytes: &[u8]) -> String {
    joined(&charset::guess(bytes).text)
}

/// Only what RFC 5322 §3.2.2 calls blank is: no other program takes another sign of Unicode for one.
fn joined(text: &str) -> String {
    text.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Nothing was lost and nothing left undecoded.
fn is_sound(text: &str) -> bool {
    !text.contains(char::REPLACEMENT_CHARACTER) && !text.contains("=?")
}

/// Whether an encoded word in base64 lacks its padding: mail-parser drops the last characters of it.
fn has_unpadded_word(unfolded: &str) -> bool {
    let payloads = unfolded.split("?B?").skip(1).chain(unfolded.split("?b?").skip(1));
    payloads.filter_map(|word| word.split_once("?=")).any(|(payload, _)| payload.len() % 4 != 0)
}

/// Decodes the encoded words (RFC 2047) of an unfolded value.
pub(super) fn decode_words(unfolded: &str) -> String {
    let joined = format!("{}\n", join_words(unfolded));
    match MessageStream::new(joined.as_bytes()).parse_unstructured() {
        HeaderValue::Text(text) => text.into_owned(),
        _ => unfolded.to_owned(),
    }
}

/// One encoded word: `=?charset?encoding?payload?=`.
struct Word<'a> {
    charset: &'a str,
    payload: Vec<u8>,
}

/// Joins neighbouring encoded words of one charset into one, because many programs cut in the middle of a character,
/// which RFC 2047 §5 forbids; also closes up words that a fold was put into.
fn join_words(unfolded: &str) -> Cow<'_, str> {
    let (mut out, mut rest, mut pending) = (String::new(), unfolded, None::<Word<'_>>);
    if !rest.contains("=?") {
        return Cow::Borrowed(unfolded);
    }
    while let Some(start) = rest.find("=?") {
        let (before, from_word) = rest.split_at(start);
        let Some((word, after)) = read_word(from_word) else {
            flush(&mut out, &mut pending);
            out.push_str(before);
            out.push_str("=?");
            rest = from_word.get(2..).unwrap_or_default();
            continue;
        };
        match &mut pending {
            Some(open) if before.trim().is_empty() && open.charset.eq_ignore_ascii_case(word.charset) => {
                open.payload.extend_from_slice(&word.payload);
            }
            _ => {
                let gap = pending.is_some() && before.trim().is_empty();
                flush(&mut out, &mut pending);
                out.push_str(if gap { " " } else { before });
                pending = Some(word);
            }
        }
        rest = after;
    }
    flush(&mut out, &mut pending);
    out.push_str(rest);
    Cow::Owned(out)
}

fn flush(out: &mut String, pending: &mut Option<Word<'_>>) {
    if let Some(word) = pending.take() {
        // Decoded here, because mail-parser knows no windows-1252 for bytes that the stated charset cannot be.
        let text = charset::decode(&word.payload, Some(word.charset)).text;
        out.push_str(&format!("=?utf-8?B?{}?=", LENIENT.encode(text.as_bytes())));
    }
}

/// The encoded word at the start of `text`, and what follows it.
fn read_word(text: &str) -> Option<(Word<'_>, &str)> {
    let (charset, rest) = text.strip_prefix("=?")?.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    // The end is the first `?=`, but in Q a payload may itself start with `=`.
    let end = rest.find("?=")?;
    let (payload, after) = (rest.get(..end)?, rest.get(end + 2..)?);
    let charset = charset.split('*').next().filter(|c| !c.is_empty() && !c.contains(' '))?;
    let payload = match encoding {
        "B" | "b" => {
            let packed: Vec<u8> = payload.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=').collect();
            LENIENT.decode(&packed).ok().or_else(|| {
                let whole = packed.len() - packed.len() % 4;
                LENIENT.decode(packed.get(..whole)?).ok()
            })?
        }
        "Q" | "q" => quoted_printable_decode(payload.replace('_', " ").as_bytes())?,
        _ => return None,
    };
    Some((Word { charset, payload }, after))
}

/// The people of an address field (RFC 5322 §3.4, groups flattened).
pub(super) fn parties(field: &Header) -> Vec<Party> {
    let joined = format!("{}\n", join_words(&field.raw));
    match MessageStream::new(joined.as_bytes()).parse_address() {
        HeaderValue::Address(address) => people(&address),
        _ => Vec::new(),
    }
}

fn people(address: &Address<'_>) -> Vec<Party> {
    let party = |a: &mail_parser::Addr<'_>| Party {
        name: clean(a.name().unwrap_or_default(), NAME_CHARS_MAX),
        address: bare(&clean(a.address().unwrap_or_default(), NAME_CHARS_MAX * 3)),
    };
    address.iter().take(ADDRESSES_MAX).map(party).collect()
}

/// An address without what old and careless programs put around it: a route (`@hop1,@hop2:`, RFC 5322 §4.4), `mailto:`, a
/// second bracket, blanks around the dots.
fn bare(address: &str) -> String {
    let inner = address.trim_matches(['<', '>', ' ']);
    let inner = inner.strip_prefix("mailto:").unwrap_or(inner);
    let inner = if inner.starts_with('@') { inner.split_once(':').map_or(inner, |(_, behind)| behind) } else { inner };
    if inner.contains('"') {
        return inner.to_owned();
    }
    let mut out = String::with_capacity(inner.len());
    for word in inner.split(' ') {
        let joins = |c: Option<char>| matches!(c, Some('.' | '@'));
        if !out.is_empty() && !joins(out.chars().last()) && !joins(word.chars().next()) {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// The Message-IDs of a field, without angle brackets. Programs that leave the brackets off are understood where a word
/// looks like an id; the free text that old clients wrote into In-Reply-To is not taken for one.
pub(super) fn ids(field: &Header) -> Vec<String> {
    let line = format!("{}\n", field.raw);
    let found: Vec<String> = match MessageStream::new(line.as_bytes()).parse_id() {
        HeaderValue::TextList(ids) => ids.iter().map(|id| clean(id, usize::MAX)).collect(),
        HeaderValue::Text(id) if field.raw.contains('<') => vec![clean(&id, usize::MAX)],
        HeaderValue::Text(bare) => {
            let words = bare.split([' ', ',', ';']).filter(|word| word.contains('@'));
            words.map(|word| clean(word, usize::MAX)).collect()
        }
        _ => Vec::new(),
    };
    found.into_iter().filter(|id| !id.is_empty()).collect()
}

/// The moment that a Date field (or the end of a Received field) states, if there is such a moment.
pub(super) fn moment(text: &str) -> Option<DateTime<FixedOffset>> {
    let stated = mail_parser::DateTime::parse_rfc822(&format!("{text}\n")).filter(mail_parser::DateTime::is_valid)?;
    DateTime::parse_from_rfc3339(&stated.to_rfc3339()).ok()
}

/// A parameter of a Content-Type or Content-Disposition, read again where it is in pieces (mail-parser decodes each on its
/// own) or where mail-parser lost undeclared bytes.
pub(super) fn parameter(content: &ContentType<'_>, name: &str, header: Option<&Header>) -> Option<String> {
    if let Some(value) = header.and_then(|header| continued::value(&header.raw, name)) {
        return Some(value);
    }
    let value = content.attribute(name)?;
    if is_sound(value) {
        return Some(value.to_owned());
    }
    let joined = format!("{}\n", join_words(&header?.raw));
    match MessageStream::new(joined.as_bytes()).parse_content_type() {
        HeaderValue::ContentType(again) => again.attribute(name).map(str::to_owned),
        _ => Some(value.to_owned()),
    }
}

/// On one line, without control characters and the marks that turn the writing direction (which make
/// `exe.fdp` read as a PDF), at most `max` characters.
pub(crate) fn clean(text: &str, max: usize) -> String {
    let words = text.split(|c: char| c.is_control() || c.is_whitespace()).filter(|w| !w.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !turns_direction(*c)).take(max).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_cut_over_two_encoded_words_is_put_together() {
        assert_eq!(decode_words("=?utf-8?B?Y2Fmww==?= =?utf-8?B?qSBkaWNodA==?="), "café dicht");
        assert_eq!(decode_words("=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?= dicht"), "café dicht");
        assert_eq!(decode_words("=?utf-8?B?Y2Fmw?= =?UTF-8?B?w6k=?="), "café");
        assert_eq!(decode_words("=?utf-8?B?SGFsbG8?="), "Hallo");
        assert!(has_unpadded_word("=?utf-8?B?SGFsbG8?=") && !has_unpadded_word("=?utf-8?B?SGFsbG8=?="));
    }

    #[test]
    fn words_of_two_charsets_and_text_between_stay_apart() {
        assert_eq!(decode_words("=?iso-8859-1?Q?=E9=E9n?= en =?utf-8?Q?twee?="), "één en twee");
        assert_eq!(decode_words("a =?broken b"), "a =?broken b");
        assert_eq!(decode_words("=?us-ascii?Q?caf=E9?="), "café");
    }

    #[test]
    fn addresses_lose_what_is_no_part_of_them() {
        for (written, address) in [
            ("jan@x.nl", "jan@x.nl"),
            ("@a.nl,@b.nl:jan@x.nl", "jan@x.nl"),
            ("mailto:jan@x.nl", "jan@x.nl"),
            ("<jan@x.nl", "jan@x.nl"),
            ("jan @ x . nl", "jan@x.nl"),
            ("\"jan de\"@x.nl", "\"jan de\"@x.nl"),
            ("jan vries@x.nl", "jan vries@x.nl"),
            ("@", "@"),
            ("", ""),
        ] {
            assert_eq!(bare(written), address, "{written}");
        }
    }

    #[test]
    fn what_is_shown_on_a_line_stays_on_it() {
        assert_eq!(clean("a\r\nBcc: b\u{0}c\u{202E}d", 99), "a Bcc: b cd");
        assert_eq!(clean("abcdef", 3), "abc");
    }
}
