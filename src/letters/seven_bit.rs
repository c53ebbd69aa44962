//! A page in ASCII, so that it goes as it is: nothing on the way has anything to convert, it is smaller than in quoted-printable
//! (each `=` of a tag would be three octets), and its source can be read. Pure.

use std::borrow::Cow;
use std::fmt::Write;

/// Octets of a line without its end (RFC 5322 §2.1.1).
const LINE_OCTETS_MAX: usize = 998;
/// What our marks begin with; in boundaries behind dashes.
const MARK: char = '=';
/// What keeps its white space begins so.
const VERBATIM: &str = "<pre";

/// Lines in CRLF; what is beyond ASCII stands in it by its number (a character reference, HTML §13.1.4). So does what could pass for
/// a mark of ours: of what takes an attachment's place (`carried.rs`), or of a part's end, which some look for within lines, too.
/// None: a line is longer than all servers take, and cannot be folded.
pub(super) fn written(page: &str) -> Option<Vec<u8>> {
    let mut ascii = String::with_capacity(page.len() + page.len() / 8);
    let page = if page.contains("--=") { Cow::Owned(page.replace("--=", "--&#x3d;")) } else { Cow::Borrowed(page) };
    for line in page.lines() {
        let begun = ascii.len();
        let words = line.strip_prefix(MARK).unwrap_or(line);
        if words.len() < line.len() {
            by_number(MARK, &mut ascii);
        }
        if words.is_ascii() {
            ascii.push_str(words);
        } else {
            words.chars().for_each(|c| if c.is_ascii() { ascii.push(c) } else { by_number(c, &mut ascii) });
        }
        if ascii.len() - begun > LINE_OCTETS_MAX {
            let above = &page[..line.as_ptr().addr() - page.as_ptr().addr()];
            if is_open(above) || line.contains(VERBATIM) || !is_folded(&mut ascii, begun) {
                return None;
            }
        }
        ascii.push_str("\r\n");
    }
    Some(ascii.into_bytes())
}

/// Whether what follows stands in what keeps its white space.
fn is_open(above: &str) -> bool {
    above.rfind(VERBATIM).is_some_and(|at| !above[at..].contains("</pre>"))
}

/// A line ends where a blank was, which is the same to whoever reads the page. False: there is no such place.
fn is_folded(ascii: &mut String, mut begun: usize) -> bool {
    while ascii.len() - begun > LINE_OCTETS_MAX {
        let octets = ascii.as_bytes();
        // What follows begins a line, then.
        let is_place = |at: &usize| octets[*at] == b' ' && octets[*at + 1] != b'=';
        let Some(at) = (begun + 1..begun + LINE_OCTETS_MAX).rev().find(is_place) else { return false };
        ascii.replace_range(at..=at, "\r\n");
        begun = at + 2;
    }
    true
}

/// In hexadecimal: the page's own references are names and decimals.
fn by_number(c: char, ascii: &mut String) {
    let _ = write!(ascii, "&#x{:x};", u32::from(c));
}

/// The page as it was before [`written`], but for its line ends.
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
            (!c.is_ascii() || c == MARK).then_some((c, rest))
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
        let page = "<p>één · twee 🚗</p>\n=klachtpost.carried.0.00\n--=_klachtpost-a-1--\n-- \n.page { }\n\nmidden = --=_x in\n";
        let expected = "<p>&#xe9;&#xe9;n &#xb7; twee &#x1f697;</p>\r\n&#x3d;klachtpost.carried.0.00\r\n\
            --&#x3d;_klachtpost-a-1--\r\n-- \r\n.page { }\r\n\r\nmidden = --&#x3d;_x in\r\n";
        assert_eq!(String::from_utf8(written(page).unwrap()).unwrap(), expected);
    }

    #[test]
    fn a_line_too_long_for_a_server_is_folded_where_a_blank_is() {
        let words = format!("<p>{}</p>\n", "woorden =x é ".repeat(300));
        let ascii = String::from_utf8(written(&words).unwrap()).unwrap();
        assert!(ascii.split("\r\n").all(|line| line.len() <= LINE_OCTETS_MAX && !line.starts_with('=')), "{ascii}");
        assert_eq!(read(&ascii).replace("\r\n", " ").trim_end(), words.trim_end());
    }

    #[test]
    fn what_cannot_be_folded_is_not_written_so() {
        assert!(written(&"x".repeat(LINE_OCTETS_MAX)).is_some());
        let long = "x ".repeat(LINE_OCTETS_MAX);
        for page in [
            "x".repeat(LINE_OCTETS_MAX + 1),
            "é".repeat(LINE_OCTETS_MAX / 6 + 1),
            " =x".repeat(LINE_OCTETS_MAX),
            format!("<pre>{long}</pre>"),
            format!("<pre>\n{long}\n</pre>"),
        ] {
            assert_eq!(written(&page), None, "{page}");
        }
        assert!(written(&format!("<pre>\n</pre>\n{long}")).is_some());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(page in "(=?[ -~é’🚗]{0,20}(--=)?[ -~é’🚗]{0,20}\n){0,8}") {
            prop_assume!(!page.contains("&#x"));
            let ascii = String::from_utf8(written(&page).unwrap()).unwrap();
            prop_assert!(ascii.is_ascii() && !ascii.contains("--=") && ascii.lines().all(|line| !line.starts_with('=')));
            prop_assert_eq!(read(&ascii).replace("\r\n", "\n"), page);
        }

        #[test]
        fn whatever_comes_can_be_read(page in any::<String>()) {
            read(&page);
        }
    }
}
