//! Text in quoted-printable (RFC 2045 §6.7): no line is too long, and no server on the way has anything to convert. It is lettre's;
//! lines that have nothing to encode, nearly all of a letter's, are only folded. Pure.

use crate::text::lines;
use lettre::message::Body;
use lettre::message::header::ContentTransferEncoding;

/// Octets of an encoded line without its end.
const LINE_OCTETS_MAX: usize = 76;

const LINE_END: &[u8] = b"\r\n";

/// Lines in CRLF.
pub(super) fn written(text: &str) -> Body {
    let mut quoted = Vec::with_capacity(text.len() + text.len() / 4);
    for line in lines(text) {
        if is_plain(line) {
            fold(line.as_bytes(), &mut quoted)
        } else {
            quoted.extend(encoded(line))
        }
        quoted.extend(LINE_END);
    }
    if !text.ends_with('\n') {
        quoted.truncate(quoted.len().saturating_sub(LINE_END.len()));
    }
    Body::dangerous_pre_encoded(quoted, ContentTransferEncoding::QuotedPrintable)
}

/// Nothing of it has to be encoded: printable, no `=`, no blank at the end. Looked at to its end, whatever is found: so many
/// octets are looked at in one step.
fn is_plain(line: &str) -> bool {
    let stands = |byte: u8| matches!(byte, b' '..=b'<' | b'>'..=b'~');
    line.bytes().fold(true, |is_plain, byte| is_plain & stands(byte)) && !line.ends_with(' ')
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

fn encoded(line: &str) -> Vec<u8> {
    // As octets: of a string it would look at each character for its line ends.
    let encoding = ContentTransferEncoding::QuotedPrintable;
    Body::new_with_encoding(line.as_bytes().to_vec(), encoding).unwrap_or_else(Body::new).into_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_what_lettre_writes_of_the_whole(text in "([ -~]{0,200}|[ -~é’🚗=\t]{0,100}|x{74,78} ?|\n){0,8}") {
            let whole = text.replace('\n', "\r\n");
            prop_assert_eq!(String::from_utf8(written(&text).into_vec()).unwrap(), String::from_utf8(encoded(&whole)).unwrap());
        }
    }
}
