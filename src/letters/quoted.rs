//! Text in quoted-printable (RFC 2045 §6.7): no line is too long, and no server on the way has anything to convert. The octets are
//! those of lettre's own encoder, which takes several times as long, and a letter's text is a good part of its work. Pure.

use crate::text::lines;
use lettre::message::Body;
use lettre::message::header::ContentTransferEncoding;

/// Octets of an encoded line without its end.
const LINE_OCTETS_MAX: usize = 76;
const LINE_END: &[u8] = b"\r\n";
const HEX: &[u8; 16] = b"0123456789ABCDEF";

/// Lines in CRLF.
pub(super) fn written(text: &str) -> Body {
    let mut quoted = Vec::with_capacity(text.len() + text.len() / 4);
    for line in lines(text) {
        if is_plain(line) {
            fold(line.as_bytes(), &mut quoted)
        } else {
            encode(line.as_bytes(), &mut quoted)
        }
        quoted.extend(LINE_END);
    }
    if !text.ends_with('\n') {
        quoted.truncate(quoted.len().saturating_sub(LINE_END.len()));
    }
    Body::dangerous_pre_encoded(quoted, ContentTransferEncoding::QuotedPrintable)
}

/// Nothing of it has to be encoded. Looked at to its end, whatever is found: so many octets are looked at in one step.
fn is_plain(line: &str) -> bool {
    line.bytes().fold(true, |is_plain, octet| is_plain & stands(octet)) && !line.ends_with(' ')
}

/// Printable, and no `=`.
fn stands(octet: u8) -> bool {
    matches!(octet, b' '..=b'<' | b'>'..=b'~')
}

fn fold(line: &[u8], quoted: &mut Vec<u8>) {
    let mut rest = line;
    while rest.len() > LINE_OCTETS_MAX {
        let (piece, more) = rest.split_at(LINE_OCTETS_MAX - 1);
        quoted.extend(piece);
        quoted.extend(b"=\r\n");
        rest = more;
    }
    quoted.extend(rest);
}

fn encode(line: &[u8], quoted: &mut Vec<u8>) {
    let mut room = LINE_OCTETS_MAX;
    for (at, &octet) in line.iter().enumerate() {
        let is_last = at + 1 == line.len();
        // A blank at a line's end would be lost on the way.
        let is_written = (stands(octet) || octet == b'\t') && !(is_last && octet.is_ascii_whitespace());
        let width = if is_written { 1 } else { 3 };
        // But for the last one, room is left for the `=` of a line that goes on.
        if width > room - usize::from(!is_last) {
            quoted.extend(b"=\r\n");
            room = LINE_OCTETS_MAX;
        }
        room -= width;
        if is_written {
            quoted.push(octet);
        } else {
            let digit = |four: u8| HEX.get(usize::from(four)).copied().unwrap_or_default();
            quoted.extend([b'=', digit(octet >> 4), digit(octet & 0xf)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_what_lettre_writes(text in "([ -~]{0,200}|[ -~é’🚗=\t]{0,100}|[x é]{73,78}[ é=]{0,2}|\n){0,8}") {
            let whole = text.replace('\n', "\r\n").into_bytes();
            let theirs = Body::new_with_encoding(whole, ContentTransferEncoding::QuotedPrintable).unwrap();
            prop_assert_eq!(String::from_utf8(written(&text).into_vec()).unwrap(), String::from_utf8(theirs.into_vec()).unwrap());
        }
    }
}
