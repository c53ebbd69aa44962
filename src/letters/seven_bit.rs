//! A page in ASCII, so that it goes as it is: nothing on the way has anything to convert, it is mostly smaller than in
//! quoted-printable (each `=` of a tag would be three octets), and its source can be read. Pure.

use super::carried::PLACEHOLDER;
use crate::text::lines;
use std::borrow::Cow;
use std::fmt::Write;

/// Octets of a line without its end (RFC 5322 §2.1.1).
const LINE_OCTETS_MAX: usize = 998;
/// How our boundaries begin.
const BOUNDARY: &str = "--=";
/// Around what keeps its white space.
const OPENED: &str = "<pre";
const CLOSED: &str = "</pre>";

/// Lines in CRLF; what is beyond ASCII stands in it by its number (a character reference, HTML §13.1.4). So does the `=` of what
/// could pass for a mark of ours wherever it stands: of an attachment's place (`carried.rs`), or of a part's end.
/// None: a line is longer than all servers take, and cannot be folded.
pub(super) fn written(page: &str) -> Option<Vec<u8>> {
    let page = without(PLACEHOLDER, without(BOUNDARY, page.into()));
    let mut ascii = String::with_capacity(page.len() + page.len() / 8);
    let (has_verbatim, mut is_verbatim) = (page.contains(OPENED), false);
    for line in lines(&page) {
        let begun = ascii.len();
        let mut rest = line;
        while let Some((before, c)) = beyond(rest) {
            ascii.push_str(before);
            by_number(c, &mut ascii);
            rest = &rest[before.len() + c.len_utf8()..];
        }
        ascii.push_str(rest);
        let keeps_blanks = has_verbatim && (is_verbatim || line.contains(OPENED));
        if keeps_blanks {
            let closed = line.rfind(CLOSED);
            is_verbatim = closed.is_none() || line.rfind(OPENED) > closed;
        }
        if ascii.len() - begun > LINE_OCTETS_MAX {
            if keeps_blanks {
                return None;
            }
            let long = ascii.split_off(begun);
            fold(&long, &mut ascii)?;
        }
        ascii.push_str("\r\n");
    }
    Some(ascii.into_bytes())
}

fn without<'a>(mark: &str, page: Cow<'a, str>) -> Cow<'a, str> {
    if page.contains(mark) { page.replace(mark, &mark.replace('=', "&#x3d;")).into() } else { page }
}

/// The first character beyond ASCII, and what stands before it.
fn beyond(text: &str) -> Option<(&str, char)> {
    if text.is_ascii() {
        return None;
    }
    let (at, c) = text.char_indices().find(|(_, c)| !c.is_ascii())?;
    Some((&text[..at], c))
}

fn by_number(c: char, ascii: &mut String) {
    let _ = write!(ascii, "&#x{:x};", u32::from(c));
}

/// Lines end where a blank was, which is the same to whoever reads the page. None: there is no such place.
fn fold(ascii: &str, folded: &mut String) -> Option<()> {
    let mut rest = ascii;
    while rest.len() > LINE_OCTETS_MAX {
        let at = rest[1..=LINE_OCTETS_MAX].rfind(' ')? + 1;
        folded.push_str(&rest[..at]);
        folded.push_str("\r\n");
        rest = &rest[at + 1..];
    }
    folded.push_str(rest);
    Some(())
}

/// The page as its reader has it: what [`written`] wrote by number as it was, lines where they were folded.
pub(super) fn read(page: &str) -> Cow<'_, str> {
    let mut pieces = page.split("&#x");
    let first = pieces.next().unwrap_or_default();
    if first.len() == page.len() {
        return Cow::Borrowed(page);
    }
    let mut whole = String::with_capacity(page.len());
    whole.push_str(first);
    for piece in pieces {
        let number = piece.split_once(';').filter(|(digits, _)| digits.len() <= 6);
        let found = number.and_then(|(digits, rest)| {
            let c = char::from_u32(u32::from_str_radix(digits, 16).ok()?)?;
            (!c.is_ascii() || c == '=').then_some((c, rest))
        });
        match found {
            Some((c, rest)) => {
                whole.push(c);
                whole.push_str(rest);
            }
            None => {
                whole.push_str("&#x");
                whole.push_str(piece);
            }
        }
    }
    Cow::Owned(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_in_it_passes_for_a_mark_of_ours() {
        let page = "<p>één · twee 🚗</p>\n=klachtpost.carried.0.00\nhallo =klachtpost.carried.0.00\n--=_klachtpost-a-1--\n-- \n\
            .page { }\n\nmidden = --=_x in\n";
        let expected = "<p>&#xe9;&#xe9;n &#xb7; twee &#x1f697;</p>\r\n&#x3d;klachtpost.carried.0.00\r\n\
            hallo &#x3d;klachtpost.carried.0.00\r\n--&#x3d;_klachtpost-a-1--\r\n-- \r\n\
            .page { }\r\n\r\nmidden = --&#x3d;_x in\r\n";
        assert_eq!(String::from_utf8(written(page).unwrap()).unwrap(), expected);
    }

    #[test]
    fn a_line_too_long_for_a_server_is_folded_where_a_blank_is() {
        let words = format!("<p>{}</p>\n", "woorden =x é ".repeat(300));
        let ascii = String::from_utf8(written(&words).unwrap()).unwrap();
        assert!(ascii.split("\r\n").all(|line| line.len() <= LINE_OCTETS_MAX), "{ascii}");
        assert_eq!(read(&ascii).replace("\r\n", " ").trim_end(), words.trim_end());
        let widest = format!("{} {}", "x".repeat(LINE_OCTETS_MAX), "y".repeat(LINE_OCTETS_MAX));
        assert_eq!(written(&widest).unwrap(), (widest.replace(' ', "\r\n") + "\r\n").into_bytes());
    }

    #[test]
    fn what_cannot_be_folded_is_not_written_so() {
        assert!(written(&"x".repeat(LINE_OCTETS_MAX)).is_some());
        let long = "x ".repeat(LINE_OCTETS_MAX);
        for page in [
            "x".repeat(LINE_OCTETS_MAX + 1),
            "é".repeat(LINE_OCTETS_MAX / 6 + 1),
            format!("<pre>{long}</pre>"),
            format!("<pre>\n{long}\n</pre>"),
            format!("<pre></pre><pre>\n{long}\n</pre>"),
            format!("<pre>\n</pre>{long}"),
        ] {
            assert_eq!(written(&page), None, "{page}");
        }
        assert!(written(&format!("<pre>\n</pre>\n{long}")).is_some());
        assert!(written(&format!("<pre></pre>\n{long}")).is_some());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(page in "(=klachtpost.carried.|[ -~é’🚗]{0,20}(--=)?[ -~é’🚗]{0,20}\n){0,8}") {
            prop_assume!(!page.contains("&#x"));
            let ascii = String::from_utf8(written(&page).unwrap()).unwrap();
            prop_assert!(ascii.is_ascii() && !ascii.contains(BOUNDARY) && !ascii.contains(PLACEHOLDER));
            let end = if page.is_empty() || page.ends_with('\n') { "" } else { "\n" };
            prop_assert_eq!(read(&ascii).replace("\r\n", "\n"), page + end);
        }

        #[test]
        fn whatever_comes_can_be_read(page in any::<String>()) {
            read(&page);
        }
    }
}
