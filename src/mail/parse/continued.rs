//! Parameters in pieces (RFC 2231): `filename*0*=utf-8''een%C3; filename*1*=%A9n.pdf`. The pieces are put together as
//! bytes before they are decoded, because many programs cut in the middle of a character. Pure, one pass.

use super::headers::decode_words;
use crate::mail::charset;
use std::collections::BTreeMap;

/// Pieces of one parameter: a name of 255 characters, all escaped, fills some forty lines.
const PIECES_MAX: usize = 200;

/// A piece as written, and whether its escapes mean bytes.
struct Piece {
    bytes: Vec<u8>,
    charset: Option<String>,
}

/// The value of a parameter that is written in pieces or with a charset, in an unfolded field; `None` for a plain one.
pub(super) fn value(field: &str, name: &str) -> Option<String> {
    let mut pieces: BTreeMap<usize, Piece> = BTreeMap::new();
    for (attribute, value) in parameters(field) {
        let Some(rest) = attribute.get(..name.len()).filter(|a| a.eq_ignore_ascii_case(name)) else { continue };
        let Some(number) = attribute.get(rest.len()..).and_then(|rest| rest.strip_prefix('*')) else { continue };
        let (number, is_escaped) = match number.strip_suffix('*') {
            Some(number) => (number, true),
            None => (number, number.is_empty()),
        };
        let Ok(nth) = (if number.is_empty() { "0" } else { number }).parse::<usize>() else { continue };
        if nth < PIECES_MAX {
            pieces.entry(nth).or_insert_with(|| piece(&value, is_escaped, nth == 0));
        }
    }
    let charset = pieces.get(&0)?.charset.clone();
    // What stands behind a missing piece is none of it.
    let whole = pieces.iter().enumerate().take_while(|(at, (nth, _))| at == *nth);
    let bytes: Vec<u8> = whole.flat_map(|(_, (_, piece))| piece.bytes.iter().copied()).collect();
    let text = charset::decode(&bytes, charset.as_deref()).text;
    Some(if text.contains("=?") { decode_words(&text) } else { text })
}

fn piece(value: &str, is_escaped: bool, is_first: bool) -> Piece {
    if !is_escaped {
        return Piece { bytes: value.as_bytes().to_vec(), charset: None };
    }
    let mut parts = value.splitn(3, '\'');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(charset), Some(_), Some(text)) if is_first => {
            Piece { bytes: unescape(text), charset: Some(charset.to_owned()).filter(|c| !c.is_empty()) }
        }
        _ => Piece { bytes: unescape(value), charset: None },
    }
}

fn unescape(text: &str) -> Vec<u8> {
    let (mut out, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    let hex = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    while let Some((byte, tail)) = rest.split_first() {
        rest = match (byte, tail) {
            (b'%', [high, low, after @ ..]) if hex(*high).is_some() && hex(*low).is_some() => {
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

/// Attribute and unquoted value of each parameter.
fn parameters(field: &str) -> Vec<(&str, String)> {
    let (mut found, mut rest) = (Vec::new(), field.split_once(';').map_or("", |(_, rest)| rest));
    while !rest.trim_start().is_empty() {
        let (mut value, mut quoted, mut escaped, mut equals, mut end) = (String::new(), false, false, None, rest.len());
        for (at, c) in rest.char_indices() {
            match c {
                _ if escaped => (escaped, _) = (false, value.push(c)),
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                ';' if !quoted => {
                    end = at;
                    break;
                }
                '=' if equals.is_none() => (equals, value) = (Some(at), String::new()),
                _ => value.push(c),
            }
        }
        if let Some(equals) = equals {
            found.push((rest.get(..equals).unwrap_or_default().trim(), value.trim().to_owned()));
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_put_together_before_they_are_decoded() {
        for (field, name) in [
            ("attachment; filename*0*=utf-8''fact%C3; filename*1*=%BCur%20mei.pdf", "factüur mei.pdf"),
            ("attachment; filename*1*=%A9n.pdf; filename*0*=UTF-8'nl'%C3", "én.pdf"),
            (
                "attachment; filename*0*=utf-8''caf%C3%A9%20; filename*1=\"nota; 1\"; filename*2*=%20x.pdf",
                "café nota; 1 x.pdf",
            ),
            ("attachment; filename*=iso-8859-1'en'caf%E9.txt", "café.txt"),
            ("attachment; filename*0=lange; filename*1=naam.pdf", "langenaam.pdf"),
            ("attachment; filename*0=\"=?utf-8?Q?caf=C3=A9\"; filename*1=\"_nota.pdf?=\"", "café nota.pdf"),
            ("attachment; FILENAME*0*=gb2312''%C4%E3%BA; filename*1*=%C3.doc", "你好.doc"),
            ("attachment; filename*0*=''a%zz; filename*2*=weg", "a%zz"),
        ] {
            assert_eq!(value(field, "filename").as_deref(), Some(name), "{field}");
        }
        for plain in [
            "attachment; filename=x.pdf",
            "attachment",
            "attachment; filename*1*=a",
            "attachment; filenames*0=a",
            "x; ;;=;",
        ] {
            assert_eq!(value(plain, "filename"), None, "{plain}");
        }
    }
}
