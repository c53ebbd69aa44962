//! A header block inside a text: label lines in any order and language, one of them From. Also the two other forms
//! in which clients write the same: everything on one line (Yahoo), and an attribution line (Outlook for Mac). Pure.

use super::lines::Line;
use crate::mail::words::{self, Field};

/// A block has no more lines than this, folded recipients included.
const BLOCK_LINES_MAX: usize = 60;

/// A value that runs over lines (many recipients, a long subject) has no more than this.
const CONTINUATION_LINES_MAX: usize = 20;

/// Lines of prose that a stray wrap may put between two labels: a value without a mark of being folded.
const WRAPPED_LINES_MAX: usize = 2;

/// An attribution line is not longer than this, nor wrapped over more lines.
const ATTRIBUTION_CHARS_MAX: usize = 300;
const ATTRIBUTION_LINES_MAX: usize = 3;

/// A line with the whole block in it is not longer than this (recipients included).
const ONE_LINE_CHARS_MAX: usize = 4000;

/// What a block states.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Block {
    pub from: String,
    /// The From label as written, which tells the language.
    pub from_label: String,
    pub subject: Option<String>,
    pub date: String,
    /// How many different fields there are, From included.
    pub fields: usize,
    /// Quote depth of its From line.
    pub depth: usize,
    /// Index of the first line behind it.
    pub end: usize,
}

impl Block {
    fn state(&mut self, seen: &mut Vec<Field>, field: Field, label: &str, value: String) {
        if seen.contains(&field) {
            return;
        }
        seen.push(field);
        match field {
            Field::From => {
                self.from = value;
                self.from_label = label.to_owned();
            }
            Field::Subject => self.subject = Some(value),
            Field::Date => self.date = value,
            Field::To | Field::Cc | Field::Other => {}
        }
        self.fields = seen.iter().filter(|field| **field != Field::Other).count();
    }
}

/// The block that starts at this line, if one does: label lines with a From among them.
pub(super) fn read(lines: &[Line<'_>], start: usize) -> Option<Block> {
    let first = lines.get(start)?;
    // A rare label first would make every line of a long list the start of another attempt.
    words::label_line(first.text).filter(|(field, _)| *field != Field::Other)?;
    let mut block = Block { depth: first.depth, ..Block::default() };
    let mut seen = Vec::new();
    let mut spaced = None;
    let mut at = start;
    let stop = lines.len().min(start + BLOCK_LINES_MAX);
    while at < stop {
        let Some(line) = lines.get(at) else { break };
        let Some((field, value)) = label(lines, at).filter(|_| line.depth == block.depth) else { break };
        let (value, next) = value_from(lines, at, field, value, &seen, stop);
        let label = words::split_label(line.text).map_or("", |(label, _)| label);
        block.state(&mut seen, field, label, value);
        block.end = next;
        let Some(following) = next_label(lines, next, block.depth, &seen, &mut spaced) else { break };
        at = following;
    }
    (!block.from.is_empty()).then_some(block)
}

/// Where the next label line is: at once, or behind one blank line where all labels so far stood apart so.
fn next_label(lines: &[Line<'_>], at: usize, depth: usize, seen: &[Field], spaced: &mut Option<bool>) -> Option<usize> {
    let is_blank = lines.get(at)?.is_blank();
    if *spaced.get_or_insert(is_blank) != is_blank {
        return None;
    }
    let next = if is_blank { at + 1 } else { at };
    is_new_label(lines, next, depth, seen).then_some(next)
}

fn is_new_label(lines: &[Line<'_>], at: usize, depth: usize, seen: &[Field]) -> bool {
    let is_new = |(field, _)| field == Field::Other || !seen.contains(&field);
    lines.get(at).is_some_and(|line| line.depth == depth) && label(lines, at).is_some_and(is_new)
}

/// What a line of a block states. A label in no table counts where people stand behind it and the block goes on or
/// ends right below: that is how a copy looks in a language that we lack.
fn label<'a>(lines: &[Line<'a>], at: usize) -> Option<(Field, &'a str)> {
    let line = lines.get(at)?;
    words::label_line(line.text).or_else(|| {
        let (_, value) = words::split_label(line.text)?;
        let names_people = value.contains('@') && (value.ends_with(['>', ';', ',']) || !value.contains(' '));
        let below = lines.get(at + 1)?;
        let fits = names_people && (below.is_blank() || words::label_line(below.text).is_some());
        fits.then_some((Field::Other, value))
    })
}

/// The value of a label with the lines it runs over, and the index behind it.
fn value_from(
    lines: &[Line<'_>],
    at: usize,
    field: Field,
    value: &str,
    seen: &[Field],
    stop: usize,
) -> (String, usize) {
    let depth = lines.get(at).map_or(0, |line| line.depth);
    let mut seen: Vec<Field> = seen.to_vec();
    seen.push(field);
    let mut whole = value.to_owned();
    let mut next = at + 1;
    let limit = stop.min(at + 1 + CONTINUATION_LINES_MAX);
    while next < limit {
        let Some(line) = lines.get(next).filter(|line| line.depth == depth && !line.is_blank()) else { break };
        if words::label_line(line.text).is_some() {
            break;
        }
        if !(continues(&whole, field, line) || wrapped(lines, next, depth, &seen)) {
            break;
        }
        whole.push(' ');
        whole.push_str(line.text);
        next += 1;
    }
    (whole.trim().to_owned(), next)
}

/// A line that by its own looks belongs to the value above it.
fn continues(whole: &str, field: Field, line: &Line<'_>) -> bool {
    if whole.is_empty() {
        // An HTML table turned to text: the label on one line, its value on the next.
        return true;
    }
    if field == Field::Other && line.raw.starts_with([' ', '\t']) {
        // A folded header of a mail's source.
        return true;
    }
    let people = matches!(field, Field::From | Field::To | Field::Cc | Field::Other);
    let more_follow = whole.ends_with([',', ';']);
    let is_address = line.text.starts_with('<') || (line.text.contains('@') && line.text.ends_with(['>', ';', ',']));
    people && (more_follow || is_address)
}

/// A line without any mark, but with a label that this block lacks right below it: a value wrapped by the client.
fn wrapped(lines: &[Line<'_>], at: usize, depth: usize, seen: &[Field]) -> bool {
    // Wrapping cannot be told from a text that begins at once when only rare labels follow.
    let rest = lines.get(at + 1..).unwrap_or_default();
    let prose = rest
        .iter()
        .take(WRAPPED_LINES_MAX)
        .take_while(|line| !line.is_blank() && line.depth == depth && words::label_line(line.text).is_none())
        .count();
    prose < WRAPPED_LINES_MAX && is_new_label(lines, at + 1 + prose, depth, seen)
}

/// A block in one line: `From: A <a@b>To: …Sent: …Subject: …`, labels even glued to the value before.
pub(super) fn read_one_line(text: &str) -> Option<Block> {
    if text.len() > ONE_LINE_CHARS_MAX || words::label_line(text)?.0 != Field::From {
        return None;
    }
    let labels = words::labels_within(text);
    let (first, _, field) = *labels.first()?;
    if labels.len() < 3 || field != Field::From || !text.get(..first)?.trim().is_empty() {
        return None;
    }
    let mut block = Block::default();
    let mut seen = Vec::new();
    for (i, (start, behind, field)) in labels.iter().enumerate() {
        // The subject is the last thing such a line holds; a colon in it is no label.
        if seen.contains(&Field::Subject) {
            break;
        }
        let is_last = *field == Field::Subject;
        let end = labels.get(i + 1).filter(|_| !is_last).map_or(text.len(), |(start, _, _)| *start);
        let label = text.get(*start..*behind)?.trim_end_matches([':', '：']).trim_end();
        block.state(&mut seen, *field, label, text.get(*behind..end)?.trim().to_owned());
    }
    (!block.from.is_empty() && block.fields >= 3).then_some(block)
}

/// "Op 28-10-2021 12:46 schreef Jan <jan@x.nl>:", as Outlook for Mac puts above a mail that it passes on and every
/// client above one that it answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attribution {
    /// The whole line, unwrapped.
    pub text: String,
    pub depth: usize,
    /// Index of the first line behind it.
    pub end: usize,
}

/// The attribution line that starts here, if one does.
pub(super) fn attribution(lines: &[Line<'_>], start: usize) -> Option<Attribution> {
    let first = lines.get(start)?;
    if !first.text.contains(|c: char| c.is_ascii_digit()) && !first.text.contains('@') {
        return None;
    }
    let mut text = String::new();
    for (i, line) in lines.iter().enumerate().skip(start).take(ATTRIBUTION_LINES_MAX) {
        if line.is_blank() || line.depth != first.depth || text.len() + line.text.len() > ATTRIBUTION_CHARS_MAX {
            return None;
        }
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(line.text);
        if line.text.ends_with([':', '：']) {
            return is_attribution(&text).then(|| Attribution { text, depth: first.depth, end: i + 1 });
        }
        // A sentence that ends is prose, whatever follows it.
        if line.text.ends_with(['.', '!', '?']) {
            return None;
        }
    }
    None
}

/// A date, and either a word for "wrote" or an address in brackets with a time of day.
fn is_attribution(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits < 3 {
        return false;
    }
    let addressed = text.contains('@') && text.contains('<') && text.contains('>');
    words::says_wrote(&text.to_lowercase()) || (addressed && has_clock(text))
}

/// Two numbers with a colon or a dot between them.
fn has_clock(text: &str) -> bool {
    text.as_bytes().windows(3).any(|w| w[0].is_ascii_digit() && matches!(w[1], b':' | b'.') && w[2].is_ascii_digit())
}

/// What an attribution says: the sender (name and address), and the date, which stands before or behind it.
pub(super) fn attribution_parts(text: &str) -> (String, String) {
    let (before, address, behind) = match text.find('<') {
        Some(open) => {
            let (before, rest) = text.split_at(open);
            let close = rest.find('>').map_or(rest.len(), |at| at + 1);
            let (address, behind) = rest.split_at(close);
            (before, address, behind)
        }
        None => {
            let address = super::party::addresses(text).first().map(|(_, address)| *address).unwrap_or_default();
            (text, address, "")
        }
    };
    let name = name_before(before.trim_end());
    let has_digit = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    let date = before.trim_end().strip_suffix(name).filter(|date| has_digit(date)).unwrap_or(behind);
    let date = date.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ':')).to_owned();
    // Without brackets nothing tells a name from the words around it.
    let sender = if before == text { address.to_owned() } else { format!("{name} {address}") };
    (sender, date)
}

/// The name at the end of "Am 28/10/2021, 12:46 schrieb "Jan"": quoted, or the words behind the last number.
fn name_before(before: &str) -> &str {
    let closing = ['"', '”', '“', '»', '’', '\''];
    if let Some(inner) = before.strip_suffix(closing) {
        let opening = inner.rfind(['"', '„', '“', '«', '‘', '\'', '”']);
        if let Some(at) = opening {
            return before.get(at..).unwrap_or_default();
        }
    }
    let behind_date = before.rfind(|c: char| c.is_ascii_digit() || matches!(c, ',' | ';' | ':'));
    let rest = before.get(behind_date.map_or(0, |at| at + 1)..).unwrap_or_default();
    // An ending on the figures ("10:12-kor", "23-án", "10:12h") is no part of the name.
    let on_figures =
        behind_date.is_some_and(|at| before.get(at..=at).is_some_and(|c| c.as_bytes()[0].is_ascii_digit()));
    let rest = if on_figures { rest.trim_start_matches(|c: char| !c.is_whitespace()) } else { rest };
    without_connectives(rest.trim_start())
}

/// Words between the time and the name ("Uhr schrieb", "heeft", "GMT+1") that belong to neither.
#[rustfmt::skip]
const CONNECTIVES: &[&str] = &[
    "schreef", "heeft", "schrieb", "skrev", "uhr", "użytkownik", "uzytkownik", "пользователь", "користувач",
    "időpontban", "uur", "am", "pm", "a.m.", "p.m.", "gmt", "utc", "cet", "cest", "est", "edt", "pst", "pdt", "h",
    "корисник", "потребител", "používateľ", "uživatel", "utilizatorul", "felhasználó", "kasutaja", "korisnik", "je",
    "г.", "р.", "r.", "ο", "ο/η",
];

fn without_connectives(mut rest: &str) -> &str {
    while let Some((word, behind)) = rest.split_once(char::is_whitespace) {
        if !CONNECTIVES.iter().any(|c| words::fold(c) == words::fold(word)) {
            break;
        }
        rest = behind.trim_start();
    }
    rest
}
