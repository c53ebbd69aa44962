//! What an inbox shows beside the subject: a line that the page hides. It stands before the marker, and is ours wherever a client
//! quotes it (`mail/newtext`), so that it never goes to a customer. The plain text has none: there it could not be hidden, and a
//! reply would carry it above the marker. Pure.

use super::{MARKER, clean};
use crate::case::Token;

/// What clients show of it at most, on a phone and on a desk.
const CHARS_MAX: usize = 110;

/// Behind the line: it keeps what follows out of the inbox, and by it the line is known again ([`crate::mail::FILLER`]).
pub(super) const FILLER_IN_HTML: &str = "&#847;&zwnj;&nbsp;&#847;&zwnj;&nbsp;&#847;&zwnj;&nbsp;";

/// The line that the template says; else how the letter begins, without its title, which the subject says as well.
pub(super) fn line(said: Option<&str>, body: &str) -> String {
    let said = said.map(|said| clean::line(said, CHARS_MAX)).filter(|said| !said.is_empty());
    let line = said.unwrap_or_else(|| {
        let begun = body.split_once("\n\n").map_or(body, |(_, rest)| rest);
        let words = begun.split_whitespace().filter(|word| !matches!(*word, "!" | "!!" | ">" | "-"));
        clean::line(&words.take(CHARS_MAX).collect::<Vec<_>>().join(" "), CHARS_MAX)
    });
    // Nothing above the marker may look like it, nor like a reference: the first that a reply quotes says whose letter it answers.
    let line = line.split(MARKER).next().unwrap_or_default();
    line.split_whitespace().filter(|word| !Token::may_be_in(word)).collect::<Vec<_>>().join(" ")
}
