//! Places from which on everything is a quoted mail: a header block ("Van: / Verzonden: / Aan: / Onderwerp:"), or a
//! line such as "-----Oorspronkelijk bericht-----". Pure.

use super::lines::{self, Line};
use super::phrases::TYPE_ABOVE;
use crate::mail::words::{self, Field, LABEL_CHARS_MAX, Separator};

/// Lines of a header block that are looked at: five labels, folded To lists and blank lines between.
const BLOCK_LINES_MAX: usize = 24;

/// A quoted mail begins at this line with a separator: a drawn one that names a message, or one with a quoted mail's
/// first lines right below it. Words alone ("Hierbij de doorgestuurde mail:") may be the person's own.
pub(super) fn is_separator(lines: &[Line<'_>], at: usize) -> bool {
    let Some(line) = lines.get(at).filter(|l| !l.low.is_empty()) else { return false };
    let Some((kind, _)) = words::separator(line.text) else { return false };
    // A bold one, as text: "*---- Original Message ----*".
    let drawn = line.low.trim_start_matches('*').starts_with(words::is_rule);
    if kind == Separator::Rule {
        // "---- Jan schreef ----", as phones of Samsung draw it.
        return line.wrote && is_dashed_title(line);
    }
    if drawn && (words::names_message(&line.low) || line.date || line.address) {
        return true;
    }
    let below = lines::from(lines, at + 1).take(BLOCK_LINES_MAX).find(|l| !l.is_blank());
    below.is_some_and(|l| l.label.is_some() || l.quoted || drawn && l.wrote)
}

/// What other desks, and GroupWise, put above what they quote: "##- type your reply above this line -##",
/// ">>> Jan <jan@…> 23-11-2026 10:12 >>>".
pub(super) fn is_foreign_marker(line: &Line<'_>) -> bool {
    const SHORT: usize = 100;
    let low = line.low.as_str();
    let groupwise = low.starts_with(">>> ") && low.ends_with(" >>>") && (line.date || line.address);
    let drawn = low.starts_with(['#', '-', '=', '*', '_']);
    groupwise || drawn && low.len() <= SHORT && TYPE_ABOVE.iter().any(|phrase| low.contains(phrase))
}

/// The head of a mail quoted by Notes begins at this line: sender and date, then labels without colons, in a column of
/// their own or a line each; or the sender and who sent it for him.
pub(super) fn is_notes_head(lines: &[Line<'_>], at: usize) -> bool {
    const HEAD_LINES_MAX: usize = 20;
    let starts = lines.get(at).is_some_and(|l| !l.is_blank() && !l.quoted)
        && at.checked_sub(1).and_then(|above| lines.get(above)).is_none_or(Line::is_blank);
    if !starts {
        return false;
    }
    let head = || lines::from(lines, at).take(HEAD_LINES_MAX);
    // The sender stands in its first lines, and costs the least to look for.
    let address = head().take_while(|l| !l.is_blank()).any(|l| l.text.contains('@'));
    let (mut date, mut to, mut by) = (false, false, false);
    for (nth, line) in head().enumerate().filter(|_| address) {
        date |= line.date && line.time;
        by |= (1..=2).contains(&nth)
            && ["sent by:", "verzonden door:", "gesendet von:"].iter().any(|s| line.low.starts_with(s));
        match bare_label(line) {
            Some(Field::To) => to = true,
            Some(Field::Subject) if to && date => return true,
            _ => {}
        }
        if by && date {
            return true;
        }
    }
    false
}

/// A label at the end of a line, apart from what stands before it; or one in a cell of the frame that Notes drew.
fn bare_label(line: &Line<'_>) -> Option<Field> {
    let framed = line.text.trim_start().starts_with('|') && line.text.trim_end().ends_with('|');
    if framed {
        return line.label;
    }
    words::field(line.text.trim_end().rsplit("  ").next()?.trim())
}

/// Where the separator or header block that begins at this line ends, if a quote with marks follows and text below that:
/// somebody answered below the quote, so that not all that is below is quoted.
pub(super) fn end_above_answered_quote(lines: &[Line<'_>], at: usize) -> Option<usize> {
    let says_forward = |l: &&Line<'_>| matches!(words::separator(l.text), Some((Separator::Forward, _)));
    lines.get(at).filter(|l| !says_forward(l))?;
    let belongs = |l: &Line<'_>| l.is_blank() || l.label.is_some() || l.wrote || l.address || is_rule(l);
    let head = lines::from(lines, at + 1).take(BLOCK_LINES_MAX);
    let end = at + 1 + head.take_while(|l| !l.quoted && belongs(l)).count();
    let quoted = lines::from(lines, end).take_while(|l| l.quoted || l.is_blank()).count();
    let has_quote = lines.get(end).is_some_and(|l| l.quoted);
    (has_quote && lines.get(end + quoted).is_some()).then_some(end)
}

/// Only dashes, underscores or the like: what clients draw above a quote.
pub(super) fn is_rule(line: &Line<'_>) -> bool {
    const MIN: usize = 3;
    let drawn = |c: char| matches!(c, '-' | '_' | '=' | '*' | '—' | '–' | '~' | '#' | '+');
    let bare = line.text.trim();
    // The single one is what a mail tracker for Gmail leaves behind.
    bare == "ᐧ"
        || bare.chars().all(|c| drawn(c) || c.is_whitespace()) && bare.chars().filter(|c| drawn(*c)).count() >= MIN
}

/// Dashes around words: a separator in whatever language.
pub(super) fn is_dashed_title(line: &Line<'_>) -> bool {
    let low = line.low.as_str();
    low.starts_with("---") && low.ends_with("---") && low.chars().any(char::is_alphabetic) && low.len() <= 80
}

/// A line that names a sender with an address: enough to stop relaying at.
pub(super) fn names_sender(line: &Line<'_>) -> bool {
    line.address && line.label == Some(Field::From)
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
    fn add(&mut self, label: Field, line: &Line<'_>) {
        match label {
            Field::From => (self.from, self.from_address) = (true, self.from_address | line.address),
            Field::Date => (self.sent, self.sent_date) = (true, self.sent_date | line.date | line.time),
            Field::To | Field::Cc => (self.to, self.to_address) = (true, self.to_address | line.address),
            Field::Subject => self.subject = true,
            Field::Other => {}
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
    if first == Some(Field::From) && lines.get(at).is_some_and(|l| !l.quoted && is_one_line_block(l.text)) {
        return true;
    }
    if !matches!(first, Some(Field::From | Field::Date | Field::Subject)) {
        return false;
    }
    let (mut seen, mut strange, mut blank) = (Seen::default(), 0, 0);
    for line in lines::from(lines, at).take(BLOCK_LINES_MAX) {
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

/// The whole block on one line, as some webmails write it.
fn is_one_line_block(text: &str) -> bool {
    let mut fields: Vec<Field> = words::labels_within(text).into_iter().map(|(_, _, field)| field).collect();
    fields.dedup();
    let has = |wanted: &[Field]| fields.iter().any(|field| wanted.contains(field));
    has(&[Field::To, Field::Cc]) && has(&[Field::Date, Field::Subject])
}

/// "Message du 23/11/2026 10:12", as French webmails write above the block, often in a quote of its own.
pub(super) fn announces_block(lines: &[Line<'_>], at: usize) -> bool {
    const SAYS: &[&str] = &[
        "message du ",
        "message de ",
        "mensaje del ",
        "mensaje de ",
        "messaggio del ",
        "mensagem de ",
        "nachricht vom ",
        "bericht van ",
    ];
    let bare = |text: &str| text.trim_start_matches(['>', ' ', '\t', '*']).to_owned();
    let Some(line) = lines.get(at).filter(|l| l.date && !l.low.is_empty()) else { return false };
    if !SAYS.iter().any(|says| bare(&line.low).starts_with(says)) {
        return false;
    }
    let below = lines::from(lines, at + 1).take(BLOCK_LINES_MAX).map(|l| bare(l.text));
    let below = below.skip_while(|text| text.trim().is_empty()).collect::<Vec<_>>().join("\n");
    is_header_block(&lines::of(&below), 0)
}

/// Within the next lines stands a label or an attribution: the client's mark is about a quoted mail indeed.
pub(super) fn looks_quoted_below(lines: &[Line<'_>], at: usize) -> bool {
    const NEAR: usize = 4;
    let near = lines::from(lines, at).take(BLOCK_LINES_MAX).filter(|l| !l.is_blank() && !is_rule(l)).take(NEAR);
    near.into_iter().any(|l| {
        let labelled = l
            .low
            .split_once([':', '：'])
            .is_some_and(|(name, _)| !name.is_empty() && name.chars().count() <= LABEL_CHARS_MAX);
        labelled || l.quoted || l.wrote
    })
}

#[cfg(test)]
mod tests {
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
        let is = |text: &str| is_separator(&lines::of(text), 0);
        assert!(is("-----Oorspronkelijk bericht-----") && is("-------- Original Message --------"));
        assert!(is("---------- Forwarded message ---------") && is("Begin doorgestuurd bericht:\n\nVan: Jan"));
        assert!(
            !is("Het oorspronkelijke bericht is weg")
                && !is("----")
                && !is("--- mijn punten ---")
                && !is("--- originele factuur ---")
        );
    }
}
