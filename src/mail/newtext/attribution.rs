//! Lines that say who wrote what follows: "Op ma 23 nov. 2026 om 10:12 schreef Jan <jan@…>:". Told by what they are
//! made of (a date, a time, an address, a colon at the end) and a word for "wrote" in any language; wrapped over up to
//! four lines. Pure.

use super::lines::{self, Line};
use crate::mail::words::{self, Field};
use std::ops::Range;

/// Lines over which clients wrap one: long names and addresses in mail of 72 columns.
const WRAPPED_MAX: usize = 4;

/// Words with which such a line begins, where it does not begin with the date or the name.
const LEADS: &[&str] = &[
    "on",
    "op",
    "am",
    "um",
    "le",
    "el",
    "il",
    "em",
    "en",
    "in",
    "den",
    "dne",
    "dnia",
    "w",
    "på",
    "pe",
    "în",
    "в",
    "у",
    "na",
    "at",
    "vào",
    "pada",
    "kl.",
    "a",
    "la",
    "az",
    "στις",
    "בתאריך",
    "في",
    "在",
    "于",
    "於",
];

/// All attribution lines, in order.
pub(super) fn find(lines: &[Line<'_>]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    for (end, _) in lines::from(lines, 0).enumerate() {
        let above = found.last().map_or(0, |last| last.end);
        if let Some(start) = start_of(lines, above, end) {
            found.push(start..end + 1);
        }
    }
    found
}

/// Where the attribution begins that ends at this line, if one does.
fn start_of(lines: &[Line<'_>], above: usize, end: usize) -> Option<usize> {
    let last = lines.get(end).filter(|l| !l.low.is_empty())?;
    let bare = last.low.trim_end_matches([' ', '*', '_', '-', '=']);
    let named = last.label == Some(Field::From) && last.address;
    let closes = last.colon || last.wrote || named || bare.ends_with('>') && last.date;
    // A wrapped address leaves its closing bracket in front of the last line, where it looks like a quote.
    let tail = last.quoted && last.colon && last.low.len() <= 40;
    if !closes || last.quoted && !tail {
        return None;
    }
    let starts: Vec<usize> = starts(lines, above, end).collect();
    let followed = follows_quote(lines, end);
    // The nearest start that reads as one: by date first, then by name, then by nothing but the quote below.
    [begins_with_date, begins_with_name, stands_above_quote].into_iter().find_map(|reads: Reading| {
        let fits = |start: &usize| reads(&Span::of(lines.get(*start..=end).unwrap_or_default(), followed));
        starts.iter().copied().find(|start| fits(start))
    })
}

/// A way in which lines can read as an attribution.
type Reading = fn(&Span<'_>) -> bool;

/// The line itself and those above it that a client may have wrapped it from, nearest first. A blank line is crossed
/// only where the address alone was put on lines of its own.
fn starts<'a>(lines: &'a [Line<'_>], above: usize, end: usize) -> impl Iterator<Item = usize> + 'a {
    let (mut taken, mut at, mut done) = (0, end, false);
    std::iter::from_fn(move || {
        if done || taken == WRAPPED_MAX {
            return None;
        }
        let found = at;
        taken += 1;
        let bracket = lines.get(at).is_some_and(|l| l.low.starts_with('<'));
        let mut next = at;
        done = loop {
            if next <= above {
                break true;
            }
            next -= 1;
            let Some(line) = lines.get(next) else { break true };
            if line.is_blank() && bracket && next + 1 == at {
                continue;
            }
            break line.is_blank() || line.quoted || line.low.is_empty();
        };
        at = next;
        Some(found)
    })
}

/// The next line with anything on it is a quote.
fn follows_quote(lines: &[Line<'_>], end: usize) -> bool {
    let next = lines::from(lines, end + 1).take(WRAPPED_MAX).find(|l| !l.is_blank());
    next.is_some_and(|l| l.quoted || l.low.starts_with("| "))
}

/// Lines that may together be an attribution, and what they have.
struct Span<'a> {
    lines: &'a [Line<'a>],
    wrote: bool,
    address: bool,
    date: bool,
    time: bool,
    /// An address in brackets.
    angle: bool,
    colon: bool,
    /// A quote follows.
    followed: bool,
}

impl<'a> Span<'a> {
    fn of(lines: &'a [Line<'a>], followed: bool) -> Self {
        let has = |what: fn(&Line<'_>) -> bool| lines.iter().any(what);
        let address = has(|l| l.address);
        let mut span = Span {
            lines,
            wrote: has(|l| l.wrote),
            address,
            date: has(|l| l.date),
            time: has(|l| l.time),
            angle: address && has(|l| l.low.contains(['<', '[', '('])),
            colon: lines.last().is_some_and(|l| l.colon),
            followed,
        };
        // "I wrote you" is a sentence; a client says it only with an address or above the quote itself.
        span.wrote &= followed || span.angle || !has(|l| is_own(&l.low));
        span
    }

    fn is_own_sentence(&self) -> bool {
        let clients = self.followed || self.wrote && self.angle;
        !clients && self.lines.iter().any(|l| is_own(&l.low))
    }
}

fn begins_with_date(span: &Span<'_>) -> bool {
    let (Some(first), Some(last)) = (span.lines.first(), span.lines.last()) else { return false };
    if !leads(first) || span.is_own_sentence() {
        return false;
    }
    if span.colon {
        // Without an address or a quote below it is how people begin to tell what somebody wrote them.
        let wrote = span.wrote && (span.date || span.time) && (span.address || span.followed);
        return wrote || span.date && span.address && (span.angle || span.time || span.followed);
    }
    let dashed = last.low.ends_with("--") && first.low.starts_with("--");
    let full = span.wrote && span.date && span.time && (span.address || dashed) && ends_with_verb(last);
    full || span.date && span.angle && span.followed && span.lines.len() == 1
}

fn begins_with_name(span: &Span<'_>) -> bool {
    let named = |l: &Line<'_>| l.low.starts_with(|c: char| c.is_alphabetic() || matches!(c, '"' | '\''));
    span.colon && span.wrote && span.angle && span.lines.first().is_some_and(named) && balanced(span.lines)
}

fn stands_above_quote(span: &Span<'_>) -> bool {
    const SHORT: usize = 100;
    let single = span.lines.len() == 1 && span.lines.first().is_some_and(|l| l.low.len() <= SHORT);
    let Some(line) = span.lines.last() else { return false };
    let by_client = span.angle || !is_own(&line.low) && !is_sentence(line.text);
    let says = span.address || span.date && span.time || span.wrote;
    let named = line.colon || line.label == Some(Field::From) || ends_with_verb(line);
    span.followed && single && says && named && by_client
}

/// In front of the word for "wrote" stand words as in a sentence, not a name: "wat de monteur op 3 mei schreef:".
fn is_sentence(text: &str) -> bool {
    const WORDS_MIN: usize = 4;
    let plain = |word: &&str| word.chars().all(char::is_lowercase) && word.chars().count() > 1;
    let said = text.split(' ').take_while(|word| !words::says_wrote(&word.to_lowercase()));
    said.filter(plain).count() >= WORDS_MIN
}

/// A word for "wrote" is the last thing on the line.
fn ends_with_verb(line: &Line<'_>) -> bool {
    let bare = line.low.trim_end_matches([' ', '*', '_', '-', '=']);
    let word = bare.rsplit(' ').next().unwrap_or_default();
    line.wrote && words::says_wrote(word)
}

/// Begins with a date or time, or with a weekday or lead word and has one.
fn leads(line: &Line<'_>) -> bool {
    let bare = line.low.trim_start_matches(['-', '*', '_', '=', ' ', '|']);
    let first = bare.split(' ').next().unwrap_or_default();
    let named = is_lead(first) || LEADS.iter().any(|lead| !lead.is_ascii() && bare.starts_with(lead));
    // A weekday's date is near ("pon., 23 lis", "Monday, November 23"); what else has a comma behind it is a person's.
    let near = || bare.split(' ').skip(1).take(2).any(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    (line.date || line.time || line.low.bytes().any(|b| b.is_ascii_digit()))
        && (named || bare.starts_with(|c: char| c.is_ascii_digit()) || first.ends_with([',', '.']) && near())
}

/// A word (in lower case) with which an attribution begins.
pub(super) fn is_lead(word: &str) -> bool {
    LEADS.contains(&word)
}

/// The first lines have all that an attribution has but an address: enough to doubt, not to cut.
pub(super) fn may_be(lines: &[Line<'_>]) -> bool {
    let end = lines.iter().take(WRAPPED_MAX).take_while(|l| !l.is_blank() && !l.quoted).position(|l| l.colon);
    let span = end.and_then(|end| lines.get(..=end)).unwrap_or_default();
    let has = |what: fn(&Line<'_>) -> bool| span.iter().any(what);
    has(|l| l.wrote) && has(|l| l.date) && has(|l| l.time) && span.first().is_some_and(leads)
}

/// Each bracket that closes was opened: otherwise the line goes on from the one above.
fn balanced(span: &[Line<'_>]) -> bool {
    let count = |c: char| span.iter().map(|l| l.low.matches(c).count()).sum::<usize>();
    count('<') >= count('>')
}

/// Says "I", "we" or "you": a sentence of the person's own, not of a client.
fn is_own(low: &str) -> bool {
    const OWN: &[&str] = &[
        "ik", "wij", "we", "mij", "mijn", "ons", "u", "uw", "jullie", "i", "me", "my", "our", "you", "your", "ich",
        "wir", "mir", "mich", "ihr", "ihre", "ihrer", "ihrem", "je", "j'ai", "nous", "vous", "votre", "me", "usted",
        "su", "mio", "lei",
    ];
    let words = low.split(' ').map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
    words.into_iter().any(|word| OWN.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First and last line of each.
    fn found(text: &str) -> Vec<(usize, usize)> {
        find(&lines::of(text)).into_iter().map(|span| (span.start, span.end - 1)).collect()
    }

    #[test]
    fn attribution_lines_of_many_clients_and_languages() {
        for line in [
            "Op ma 23 nov. 2026 om 10:12 schreef Jan <jan@x.nl>:",
            "On Mon, 23 Nov 2026 at 10:12, Jan Jansen <jan@x.nl> wrote:",
            "Am 23.11.2026 um 10:12 schrieb Jan Jansen (jan@x.nl):",
            "Le lun. 23 nov. 2026 à 10:12, Jan <jan@x.nl> a écrit :",
            "El lun, 23 nov 2026 a las 10:12, Jan (<jan@x.nl>) escribió:",
            "Il giorno lun 23 nov 2026 alle ore 10:12 Jan <jan@x.nl> ha scritto:",
            "Em seg., 23 de nov. de 2026 às 10:12, Jan <jan@x.nl> escreveu:",
            "pon., 23 lis 2026 o 10:12 Jan <jan@x.nl> napisał(a):",
            "man. 23. nov. 2026 kl. 10:12 skrev Jan <jan@x.nl>:",
            "пн, 23 нояб. 2026 г. в 10:12, Jan <jan@x.nl>:",
            "Jan Jansen <jan@x.nl> schreef op ma 23 nov. 2026 10:12:",
            "2026-11-23 10:12 GMT+01:00 Jan <jan@x.nl>:",
            "Jan Jansen <jan@x.nl> wrote:",
            "On Mon, 23 Nov 2026 10:12:00 +0100 Jan <jan@x.nl> wrote",
        ] {
            assert_eq!(found(line), [(0, 0)], "{line}");
        }
    }

    #[test]
    fn wrapped_over_lines_but_not_over_the_text_above() {
        assert_eq!(found("Dank u.\nOp ma 23 nov. 2026 om 10:12 schreef Jan <\njan@x.nl>:"), [(1, 2)]);
        assert_eq!(found("Op ma 23 nov. 2026 om 10:12 schreef\nJan van der Lange Naam\n<jan@x.nl\n>:"), [(0, 3)]);
        assert_eq!(found("Ja\n\nOn Mon, 23 Nov 2026 at 10:12 Jan\n\n<\nmailto:Jan <jan@x.nl>\n> wrote:"), [(2, 6)]);
    }

    #[test]
    fn sentences_of_ones_own_are_none() {
        for line in [
            "Op 3 mei 2026 om 10:15 schreef ik u het volgende:",
            "On the other hand, we should be careful:",
            "Mijn antwoorden op uw mail van 3-5-2026:",
            "Op 12-05-2026 heb ik gemaild naar info@x.nl:",
            "Zoals afgesproken op 3 mei 2026:",
            "De monteur schreef het volgende:",
            "Op 3 mei 2026 om 10:15 schreef uw medewerker:",
        ] {
            assert!(found(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn an_unknown_language_is_told_by_the_quote_below() {
        assert_eq!(found("Jan <jan@x.nl> blabla 23-11-2026:\n> hallo"), [(0, 0)]);
        assert_eq!(found("2026/11/23 Jan <jan@x.nl>\n\n> hallo"), [(0, 0)]);
    }
}
