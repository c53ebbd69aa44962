//! Own words in front of the client's line about a quote, on one line with it: "Dank, maar nee. Op ma 23 nov. 2026 om
//! 10:12 schreef …:". Clients leave the caret there, and who types at it types in front of that line. The line is cut in
//! two, so that what was typed is the person's own and the rest is read as what it is. Pure.

use super::lines::{self, Line};
use super::{attribution, blocks};
use crate::mail::html::Mark;
use crate::mail::words::{self, Field};

/// A client's line is not longer than this, so that it begins in this end of a line.
const TAIL_BYTES_MAX: usize = 400;

/// Lines below that are looked at: over four an attribution is wrapped, and a quote may follow.
const BELOW_MAX: usize = 8;

/// Lines of a mail that are tried. One person types in front of one such line; more is no mail but an attack.
const TRIED_MAX: usize = 200;

/// Words within which a date follows the word that leads to it ("Op ma 23 nov.", "Il giorno lun 23", "W dniu pon., 23").
const DATE_WORDS_MAX: usize = 4;

/// Words of a name between a sentence and an address.
const NAME_WORDS_MAX: usize = 6;

/// Letters of an abbreviation in front of a name ("Mevr.", "Prof."): a sentence of one word is longer.
const ABBREVIATION_MAX: usize = 5;

/// The text of these lines with such lines cut in two, and the marks at the lines they are on now; None where there are none.
pub(super) fn apart(lines: &[Line<'_>], marks: &[(usize, Mark)]) -> Option<(String, Vec<(usize, Mark)>)> {
    let cuts = cuts(lines);
    if cuts.is_empty() {
        return None;
    }
    let mut out = String::new();
    let mut next = cuts.iter().peekable();
    for (nth, line) in lines.iter().map(|line| line.text).enumerate() {
        let (typed, rest) = next.next_if(|(at, _)| *at == nth).map_or((line, ""), |(_, place)| line.split_at(*place));
        out.push_str(typed);
        out.push('\n');
        if !rest.is_empty() {
            out.push_str(rest);
            out.push('\n');
        }
    }
    // What a client says about a line with its quote, it says about the part that is the client's.
    let about_rest = |mark: Mark| usize::from(!matches!(mark, Mark::Sign | Mark::Rest));
    let moved =
        |(at, mark): &(usize, Mark)| (at + cuts.partition_point(|(cut, _)| cut + about_rest(*mark) <= *at), *mark);
    Some((out, marks.iter().map(moved).collect()))
}

/// The lines to cut, and where.
fn cuts(lines: &[Line<'_>]) -> Vec<(usize, usize)> {
    let mut tried = 0;
    let mut found = Vec::new();
    for (at, line) in lines::from(lines, 0).enumerate() {
        if tried == TRIED_MAX {
            break;
        }
        if line.quoted || line.is_blank() || !may_hold_one(lines, at) {
            continue;
        }
        tried += 1;
        found.extend(place(lines, at).map(|place| (at, place)));
    }
    found
}

/// Cheap signs without which there is nothing to cut here.
fn may_hold_one(lines: &[Line<'_>], at: usize) -> bool {
    const NEAR: usize = 4;
    lines::from(lines, at).take(NEAR).any(|l| l.colon || l.wrote || l.label.is_some() || l.low.is_empty())
        || lines.get(at).is_some_and(|l| l.text.ends_with("--") || l.text.ends_with("__"))
}

/// Where in this line the client's part begins, if there is something in front of it.
fn place(lines: &[Line<'_>], at: usize) -> Option<usize> {
    let line = lines.get(at)?.text;
    let from = (line.len().saturating_sub(TAIL_BYTES_MAX)..=line.len()).find(|i| line.is_char_boundary(*i))?;
    let words = words_of(line, from);
    let typed = |start: usize| line.get(..start).is_some_and(|s| s.contains(char::is_alphanumeric));
    let below = below(lines, at);
    let reads = |start: &usize| typed(*start) && reads_as_clients(line, *start, &below);
    // The last one: a sentence in front of it may begin with a date as well.
    let led = (0..words.len()).rev().filter(|nth| leads_to_date(line, &words, *nth));
    let led = led.filter_map(|nth| words.get(nth).copied()).find(reads);
    let plain = || rule_at(line, from).into_iter().chain(labels(line, &words, &below)).find(reads);
    if let Some(start) = led.or_else(plain) {
        return Some(start);
    }
    // Where the line itself begins with a date, the attribution may be all of it: "man. 23. nov. 2026 kl. 10:12 skrev …".
    let is_dated = begins_with_date(line);
    let ends = |start: &usize| ends_sentence(line, *start) && (!is_dated || says_something(line.get(..*start)));
    let sentences: Vec<usize> = words.iter().copied().filter(ends).collect();
    let dated = sentences.iter().copied().filter(|start| line.get(*start..).is_some_and(begins_with_date)).find(reads);
    dated.or_else(|| sentences.iter().rev().copied().filter(|start| is_named(line, *start)).find(reads))
}

/// Where the words in this end of a line begin; in scripts without blanks, behind the end of a sentence.
fn words_of(line: &str, from: usize) -> Vec<usize> {
    let mut before = line.get(..from).and_then(|s| s.chars().next_back());
    let begins = |(at, c): (usize, char)| {
        let starts = before.is_none_or(|b| b.is_whitespace() || matches!(b, '。' | '！' | '？'));
        before = Some(c);
        (starts && !c.is_whitespace()).then_some(from + at)
    };
    line.get(from..).unwrap_or_default().char_indices().filter_map(begins).collect()
}

/// The lines below that may be looked at.
fn below<'a>(lines: &[Line<'a>], at: usize) -> Vec<&'a str> {
    let next = lines::from(lines, at + 1).take(BELOW_MAX);
    next.map(|l| l.text).take_while(|text| text.len() <= TAIL_BYTES_MAX).collect()
}

/// The part of a line from here, with what is below, is what clients write above a quote.
fn reads_as_clients(line: &str, start: usize, below: &[&str]) -> bool {
    let part = line.get(start..).unwrap_or_default();
    let text = std::iter::once(part).chain(below.iter().copied()).collect::<Vec<_>>().join("\n");
    let lines = lines::of(&text);
    attribution::find(&lines).first().is_some_and(|found| found.start == 0)
        || attribution::may_be(&lines)
        || blocks::is_header_block(&lines, 0)
        || lines.first().is_some_and(blocks::is_rule) && blocks::is_header_block(&lines, 1)
        || words::names_message(part) && blocks::is_separator(&lines, 0)
}

/// A capitalised word that leads to a date, and the date: in the middle of a line that is no sentence of a person's.
fn leads_to_date(line: &str, words: &[usize], nth: usize) -> bool {
    let word = |nth: usize| words.get(nth).and_then(|at| line.get(*at..)).unwrap_or_default();
    let first = word(nth).split_whitespace().next().unwrap_or_default();
    let is_title = first.starts_with(char::is_uppercase) && !first.chars().skip(1).any(char::is_uppercase);
    is_title
        && attribution::is_lead(&first.to_lowercase())
        && (1..=DATE_WORDS_MAX).any(|more| word(nth + more).starts_with(|c: char| c.is_ascii_digit()))
}

/// Where dashes or underscores begin that a client draws.
fn rule_at(line: &str, from: usize) -> Option<usize> {
    let tail = line.get(from..)?;
    ["-----", "__________"].iter().filter_map(|drawn| tail.find(drawn)).min().map(|at| from + at)
}

/// Where labels for a sender stand, with the next label on the line below.
fn labels<'a>(line: &'a str, words: &'a [usize], below: &[&str]) -> impl Iterator<Item = usize> + use<'a> {
    let next = below.iter().find(|text| !text.trim().is_empty());
    let goes_on = next.is_some_and(|text| words::label_line(text).is_some_and(|(field, _)| field != Field::From));
    let names = |start: &usize| {
        let part = line.get(*start..).unwrap_or_default();
        part.starts_with(|c: char| c.is_uppercase() || c == '*')
            && words::label_line(part).is_some_and(|(field, _)| field == Field::From)
    };
    words.iter().copied().filter(move |start| goes_on && names(start))
}

/// A sentence ends in front of this place.
fn ends_sentence(line: &str, start: usize) -> bool {
    let before = line.get(..start).unwrap_or_default().trim_end();
    before.ends_with(['.', '!', '?', '…', '。', '！', '？', ')'])
}

/// What begins with a date goes on as a sentence.
fn says_something(text: Option<&str>) -> bool {
    const WORDS_MIN: usize = 3;
    let text = text.unwrap_or_default();
    !lines::look(text).date && text.split_whitespace().filter(|word| is_plain(word)).count() >= WORDS_MIN
}

/// A word of a sentence, and no particle of a name.
fn is_plain(word: &str) -> bool {
    const PARTICLES: &[&str] =
        &["van", "de", "der", "den", "von", "zu", "la", "le", "di", "da", "el", "ten", "ter", "bin", "al"];
    word.starts_with(char::is_lowercase) && !PARTICLES.contains(&word)
}

/// Begins as dates do where nothing leads to them: "23-11-2026 10:12", "pon., 23 lis 2026", "man. 23. nov.".
fn begins_with_date(text: &str) -> bool {
    let mut words = text.split_whitespace().map(|word| word.trim_matches(['"', '*', '_']));
    // Neither a year nor a time of day: those stand within a date.
    let is_year = |word: &str| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit());
    let figures = |word: &str| word.starts_with(|c: char| c.is_ascii_digit()) && !is_year(word) && !word.contains(':');
    let first = words.next().unwrap_or_default();
    let is_day = first.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | ','));
    figures(first)
        || first.starts_with(['在', '于', '於'])
        || is_day
            && (words.next().is_some_and(figures)
                || attribution::is_lead(&first.to_lowercase()) && words.take(2).any(figures))
}

/// A name and an address in brackets, behind something that is a sentence and not the name's abbreviated beginning.
fn is_named(line: &str, start: usize) -> bool {
    let Some((before, rest)) = line.split_at_checked(start) else { return false };
    let name = rest.split(['<', '[', '(']).next().unwrap_or_default();
    let fits = name.len() < rest.len()
        && !name.contains(|c: char| c.is_ascii_digit())
        && name.split_whitespace().count() <= NAME_WORDS_MAX;
    let letters = |word: &str| word.chars().filter(|c| c.is_alphabetic()).count();
    let said = before.split_whitespace().any(is_plain)
        || before.split_whitespace().next_back().is_some_and(|word| letters(word) > ABBREVIATION_MAX);
    fits && said && name.starts_with(|c: char| c.is_uppercase() || matches!(c, '"' | '\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands in front, and what was cut from it.
    fn cut(text: &str) -> Vec<(String, String)> {
        let lines = lines::of(text);
        let part = |(at, place): (usize, usize)| {
            let (typed, rest) = lines.get(at).unwrap().text.split_at(place);
            (typed.trim().to_owned(), rest.to_owned())
        };
        cuts(&lines).into_iter().map(part).collect()
    }

    #[test]
    fn words_in_front_of_an_attribution_are_told_from_it() {
        for line in [
            "Op ma 23 nov. 2026 om 10:12 schreef Jan <jan@x.nl>:",
            "On Mon, Nov 23, 2026 at 10:12 AM Jan Jansen <jan@x.nl> wrote:",
            "On Nov 23, 2026, at 10:12, Jan <jan@x.nl> wrote:",
            "Am 23.11.2026 um 10:12 schrieb Jan Jansen <jan@x.nl>:",
            "Am Mo., 23. Nov. 2026 um 10:12 Uhr schrieb Jan <jan@x.nl>:",
            "Le lun. 23 nov. 2026 à 10:12, Jan <jan@x.nl> a écrit :",
            "El lun, 23 nov 2026 a las 10:12, Jan (<jan@x.nl>) escribió:",
            "Il giorno lun 23 nov 2026 alle ore 10:12 Jan <jan@x.nl> ha scritto:",
            "Em seg., 23 de nov. de 2026 às 10:12, Jan <jan@x.nl> escreveu:",
            "Den mån 23 nov. 2026 kl 10:12 skrev Jan <jan@x.nl>:",
            "W dniu pon., 23.11.2026 o 10:12 Jan <jan@x.nl> napisał(a):",
            "pon., 23 lis 2026 o 10:12 Jan <jan@x.nl> napisał(a):",
            "man. 23. nov. 2026 kl. 10:12 skrev Jan <jan@x.nl>:",
            "ma 23. marrask. 2026 klo 10.12 Jan (jan@x.nl) kirjoitti:",
            "пн, 23 нояб. 2026 г. в 10:12, Jan <jan@x.nl>:",
            "2026-11-23 10:12 GMT+01:00 Jan <jan@x.nl>:",
            "23.11.2026 10:12, Jan пишет:\n> ja",
            "Jan Jansen <jan@x.nl> schreef op ma 23 nov. 2026 10:12:",
            "Klachten Lease <k@x.nl> wrote:",
            "在 2026年11月23日，Jan <jan@x.nl> 写道：",
            "-----Oorspronkelijk bericht-----",
            "________________________________\nVan: K <k@x.nl>\nVerzonden: 23-11-2026 10:12\nAan: Jan",
            "Van: Klachten <k@x.nl>\nVerzonden: maandag 23 november 2026 10:12\nAan: Jan\nOnderwerp: x",
        ] {
            let first = line.lines().next().unwrap();
            for typed in ["Dank, maar nee.", "Op 3 mei is gebeld. Groet, A.", "Hallo allemaal!"] {
                assert_eq!(cut(&format!("{typed} {line}")), [(typed.to_owned(), first.to_owned())], "{typed} {line}");
            }
            assert_eq!(cut(line), [], "{line}");
        }
    }

    #[test]
    fn no_end_of_a_sentence_is_needed_where_a_capital_leads_to_the_date() {
        for typed in ["#afgehandeld geld terug", "Akkoord", "Groet Anna", "ok"] {
            let line = "Op ma 23 nov. 2026 om 10:12 schreef Jan <jan@x.nl>:";
            assert_eq!(cut(&format!("{typed} {line}")), [(typed.to_owned(), line.to_owned())]);
        }
        let wrapped = "Groet, A. Op ma 23 nov. 2026 om 10:12 schreef Jan van der\nLange Naam <jan@x.nl>:";
        assert_eq!(cut(wrapped), [("Groet, A.".into(), "Op ma 23 nov. 2026 om 10:12 schreef Jan van der".into())]);
        let long = format!("{} Op 23-11-2026 om 10:12 schreef Jan <jan@x.nl>:", "Dat is zo. ".repeat(90).trim());
        assert_eq!(cut(&long).len(), 1);
    }

    #[test]
    fn sentences_and_whole_attributions_are_left_in_one() {
        for line in [
            "Ik ben het niet eens met wat u op 3 mei om 10:12 schreef:\n> ja",
            "De brief van Op 3 mei is zoek. Dat is alles.",
            "Dhr. J. Jansen <jan@x.nl> schreef op ma 23 nov. 2026 10:12:",
            "Van Dijk, J. <jan@x.nl> wrote:",
            "Op ma 23\nnov. 2026 om 10:12 schreef Jan <jan@x.nl>:",
            "On Mon, Nov 23, 2026 at 10:12 AM 3M Service <jan@x.nl> wrote:",
            "> Ja. Op 23-11-2026 om 10:12 schreef Jan <jan@x.nl>:",
            "Kom Op 23 november langs. Bel 06-12345678.",
        ] {
            assert_eq!(cut(line), [], "{line}");
        }
    }

    #[test]
    fn marks_stay_with_the_clients_part() {
        let text = "Beste,\n\nDank. Op 23-11-2026 om 10:12 schreef Jan <jan@x.nl>:\n> ja\nx";
        let marks = [(1, Mark::Signature), (2, Mark::Sign), (2, Mark::Signature), (4, Mark::Rest)];
        let (apart, moved) = apart(&lines::of(text), &marks).unwrap();
        assert!(apart.contains("Dank. \nOp 23"));
        assert_eq!(moved, [(1, Mark::Signature), (3, Mark::Sign), (2, Mark::Signature), (5, Mark::Rest)]);
    }
}
