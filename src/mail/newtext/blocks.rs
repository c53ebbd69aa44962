//! Places from which on everything is a quoted mail: a header block ("Van: / Verzonden: / Aan: / Onderwerp:"), or a
//! line such as "-----Oorspronkelijk bericht-----". Pure.

use super::labels::{LABEL_MAX, Label};
use super::lines::Line;
use super::phrases::{BEGINS, SEPARATORS};

/// Lines of a header block that are looked at: five labels, folded To lists and blank lines between.
const BLOCK_LINES_MAX: usize = 24;

/// A quoted mail begins at this line with a separator.
pub(super) fn is_separator(line: &Line<'_>) -> bool {
    let low = line.low.as_str();
    let inner = low.trim_matches(|c: char| matches!(c, '-' | '—' | '–' | '=' | '_' | '*' | '~' | ' ' | '|' | ':'));
    let dashed = low.starts_with("--") || low.starts_with("==") || low.starts_with("—") || low.starts_with("__");
    (dashed && SEPARATORS.iter().any(|phrase| inner.starts_with(phrase) && inner.len() <= phrase.len() + LABEL_MAX))
        || (low.ends_with(':') && BEGINS.contains(&inner))
}

/// Only dashes, underscores or the like: what clients draw above a quote.
pub(super) fn is_rule(line: &Line<'_>) -> bool {
    let bare = line.text.trim();
    // The single one is what a mail tracker for Gmail leaves behind.
    bare == "ᐧ"
        || bare.len() >= 3 && bare.chars().all(|c| matches!(c, '-' | '_' | '=' | '*' | '—' | '–' | '~' | '#' | '+'))
}

/// Dashes around words: a separator in whatever language.
pub(super) fn is_dashed_title(line: &Line<'_>) -> bool {
    let low = line.low.as_str();
    low.starts_with("---") && low.ends_with("---") && low.chars().any(char::is_alphabetic) && low.len() <= 80
}

/// A line that names a sender with an address: enough to stop relaying at.
pub(super) fn names_sender(line: &Line<'_>) -> bool {
    line.address && line.label == Some(Label::From)
}

/// What was seen of a header block so far.
#[derive(Default)]
struct Seen {
    from: bool,
    from_address: bool,
    sent: bool,
    sent_date: bool,
    to: bool,
    to_address: bool,
    subject: bool,
}

impl Seen {
    fn add(&mut self, label: Label, line: &Line<'_>) {
        match label {
            Label::From => (self.from, self.from_address) = (true, self.from_address | line.address),
            Label::Sent => (self.sent, self.sent_date) = (true, self.sent_date | line.date | line.time),
            Label::To => (self.to, self.to_address) = (true, self.to_address | line.address),
            Label::Subject => self.subject = true,
            Label::Other => {}
        }
    }

    /// A letter has a date and a subject, and a web form a sender and a subject: neither is a quoted mail.
    fn is_block(&self) -> bool {
        let kinds = [self.from, self.sent, self.to, self.subject].into_iter().filter(|k| *k).count();
        let addressed = self.to && (self.from_address || self.to_address);
        let by_sender = self.from && (kinds >= 3 || self.sent_date || addressed);
        by_sender || (self.sent_date && self.to_address)
    }
}

/// Whether the header block of a quoted mail begins at this line.
pub(super) fn is_header_block(lines: &[Line<'_>], at: usize) -> bool {
    let first = lines.get(at).and_then(|l| l.label);
    if !matches!(first, Some(Label::From | Label::Sent | Label::Subject)) {
        return false;
    }
    let (mut seen, mut strange, mut blank) = (Seen::default(), 0, 0);
    for line in lines.iter().skip(at).take(BLOCK_LINES_MAX) {
        match line.label {
            Some(label) if !line.quoted => {
                // The blank lines between were those of a converted page, not the end of the block.
                seen.add(label, line);
                (strange, blank) = (0, 0);
            }
            _ if line.is_blank() => blank += 1,
            _ => {
                // A folded value, or an address on a line of its own.
                strange += 1;
                seen.from_address |= line.address && seen.from && !seen.to;
            }
        }
        if seen.is_block() {
            return true;
        }
        if blank > 1 || strange > 2 || (blank > 0 && strange > 0) {
            return false;
        }
    }
    false
}

/// Within the next lines stands a label or an attribution: the client's mark is about a quoted mail indeed.
pub(super) fn looks_quoted_below(lines: &[Line<'_>], at: usize) -> bool {
    const NEAR: usize = 4;
    let near = lines.iter().skip(at).filter(|l| !l.is_blank() && !is_rule(l)).take(NEAR);
    near.into_iter().any(|l| {
        let labelled =
            l.low.split_once([':', '：']).is_some_and(|(name, _)| !name.is_empty() && name.len() <= LABEL_MAX);
        labelled || l.quoted || l.wrote
    })
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn block(text: &str) -> bool {
        is_header_block(&lines::of(text), 0)
    }

    #[test]
    fn header_blocks_in_many_languages() {
        for text in [
            "Van: Jan <jan@x.nl>\nVerzonden: maandag 23 november 2026 10:12\nAan: Piet\nOnderwerp: klacht",
            "*From:* Jan\n*Sent:* Monday, November 23, 2026 10:12 AM\n*To:* Piet",
            "De : Jan [mailto:jan@x.nl]\nEnvoyé : lundi 23 novembre 2026 10:12",
            "Von: Jan\n\nGesendet: Montag, 23. November 2026 10:12\n\nAn: Piet",
            "От: Jan <jan@x.nl>\nДата: 23 ноября 2026\nКому: Piet",
            "From: Een Hele Lange Naam\n<jan@x.nl>\nSent: Monday, November 23, 2026\nTo: Piet",
            "Date: Mon, 23 Nov 2026 10:12:00 +0100\nTo: piet@x.nl",
        ] {
            assert!(block(text), "{text}");
        }
    }

    #[test]
    fn letters_forms_and_routes_are_no_quoted_mail() {
        for text in [
            "Datum: 12 mei 2026\nOnderwerp: klacht over de auto",
            "Naam: Jan\nE-mail: jan@x.nl\nOnderwerp: klacht",
            "Van: Amsterdam\nNaar: Utrecht",
            "Van: Jan <jan@x.nl>\nOnderwerp: formulier\n\nBericht: de auto is stuk",
            "Van: 10:00\nTot: 12:00",
        ] {
            assert!(!block(text), "{text}");
        }
    }

    #[test]
    fn separators() {
        let is = |text: &str| is_separator(&lines::of(text)[0]);
        assert!(is("-----Oorspronkelijk bericht-----") && is("-------- Original Message --------"));
        assert!(is("---------- Forwarded message ---------") && is("Begin doorgestuurd bericht:"));
        assert!(!is("Het oorspronkelijke bericht is weg") && !is("----") && !is("--- mijn punten ---"));
    }
}
