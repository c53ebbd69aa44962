//! A letter of ours as it comes back in a reply: wrapped again, with other bullets and marks, its links written out or
//! left away. Letters and figures in their order are what every client keeps, so these alone are compared. Pure.

use super::lines::Line;
use crate::mail::html;
use crate::mail::parse::take_apart;
use crate::mail::words;
use std::collections::HashSet;

/// A piece of a letter that is no shorter than this is known wherever it stands in it: a shorter one only in its place, or
/// as a line of its own.
const TELLING_MIN: usize = 12;
/// So many letters and figures in a row, typed by a person, are no accident.
const COPIED_MIN: usize = 30;
/// Octets of our letter that are searched for the lines of one mail: a thousand times the longest one in its order costs
/// nothing of it, only what stands elsewhere does (invariant 10).
const SEARCHED_MAX: usize = 64 << 20;
/// A name shorter than this says nothing in a line of a client.
const NAME_MIN: usize = 4;
/// The filler behind a preheader, as our pages have it.
const FILLER_IN_HTML: &str = "&#847;&zwnj;";
/// What stands between the cells of a page's table when it is read as text.
const CELL_GAP: &str = "  ";
/// Letters and figures of a piece of a link that is known wherever it stands: "20%" may be somebody's word, and `%20` is
/// in most links.
const LINK_PIECE_MIN: usize = 8;

/// A letter that a mail answers, as far as it is needed to know it again.
#[derive(Debug, Clone, Default)]
pub struct OurLetter {
    /// The desk's address and name, as a client's lines above the quote name it.
    names: Vec<String>,
    /// Its letters and figures: of the text and of the page, each with its links and without.
    texts: Vec<String>,
    /// The same of each of its lines, and of each label and cell in them: clients put these on lines of their own.
    lines: HashSet<String>,
    /// The same of each link's target.
    links: Vec<String>,
    /// The same of the line that only an inbox shows; empty: there is none.
    preheader: String,
    /// It shows what its reader typed before: only where it certainly begins is a line of it a quote.
    pub(super) repeats: bool,
}

impl OurLetter {
    /// Reads a letter as it was sent by the desk of one of these addresses. Without its bytes (blanked on a lawful request) it is
    /// known by its form alone: by the marker, and by the client's lines that name the desk.
    pub fn read<'a>(bytes: Option<&[u8]>, desks: impl IntoIterator<Item = &'a str>) -> Self {
        let desks: Vec<String> = desks.into_iter().map(key).collect();
        let Some(bytes) = bytes else { return Self { names: desks, ..Self::default() } };
        let parsed = take_apart(bytes);
        let page = parsed.html.as_deref().map(|page| html::to_text(page).text).unwrap_or_default();
        let from = parsed.header("from").unwrap_or_default();
        let name = from.split('<').next().map(key).unwrap_or_default();
        let names = desks.into_iter().chain([name]).filter(|name| name.len() >= NAME_MIN);
        let preheader = parsed.html.as_deref().and_then(preheader).map(|line| key(&line)).unwrap_or_default();
        let texts = [&parsed.text, &page].into_iter().flat_map(|text| [key(&without_links(text)), key(text)]);
        let texts = texts.chain([preheader.clone()]);
        let lines = || parsed.text.lines().chain(page.lines());
        let units = lines().map(|line| key(&without_links(line))).chain(lines().flat_map(labels).map(key));
        Self {
            names: names.collect(),
            texts: texts.filter(|text| !text.is_empty()).collect(),
            lines: units.chain([preheader.clone()]).filter(|unit| !unit.is_empty()).collect(),
            preheader,
            links: lines().flat_map(|line| links(line).1).map(key).collect(),
            repeats: false,
        }
    }

    /// The same letter, which shows what its reader typed before.
    #[must_use]
    pub fn repeating(self, repeats: bool) -> Self {
        Self { repeats, ..self }
    }

    /// Nothing is known of what it says.
    pub(super) fn is_form_only(&self) -> bool {
        self.texts.is_empty()
    }

    /// Whether these lines begin with the one that only an inbox should show, whatever it was wrapped into.
    pub(super) fn is_preheader<'l>(&self, lines: impl Iterator<Item = &'l str>) -> bool {
        let mut rest = self.preheader.as_str();
        for said in lines.map(key) {
            let Some(behind) = rest.strip_prefix(said.as_str()) else { return false };
            rest = behind;
            if rest.is_empty() {
                return self.preheader.len() >= TELLING_MIN;
            }
        }
        false
    }

    /// Whether these lines of a client name the desk.
    pub(super) fn is_named_in(&self, lines: &[Line<'_>]) -> bool {
        let joined: String = lines.iter().map(|line| key(line.text)).collect();
        self.names.iter().any(|name| joined.contains(name.as_str()))
    }

    /// Whether a piece of the letter was copied into this text, however it is wrapped.
    pub(super) fn is_copied_in(&self, text: &str) -> bool {
        let letters: Vec<char> = key(&without_links(text)).chars().collect();
        let mut searched = 0;
        letters.windows(COPIED_MIN).step_by(COPIED_MIN / 3).any(|run| {
            let run: String = run.iter().collect();
            searched += self.texts.iter().map(String::len).sum::<usize>();
            searched > SEARCHED_MAX || self.texts.iter().any(|text| text.contains(&run))
        })
    }
}

/// Whether a line is marked like the quote that it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    AsTheQuote,
    /// None, in a quote whose lines have one.
    Missing,
}

/// Goes through a quoted letter line by line.
pub(super) struct Follower<'a> {
    letter: &'a OurLetter,
    /// How far each of its texts was followed.
    at: Vec<usize>,
    /// The end of the line before, if that was the letter's.
    above: String,
    /// A link of the letter began behind a `<` and has not ended.
    in_link: bool,
    searched: usize,
}

impl<'a> Follower<'a> {
    pub fn of(letter: &'a OurLetter) -> Self {
        Self { letter, at: vec![0; letter.texts.len()], above: String::new(), in_link: false, searched: 0 }
    }

    /// Whether this line, without marks of quotation, is the letter's. One that should have such a mark and has none may be
    /// a word that somebody typed: that it is also a label of the letter ("Antwoord") says nothing.
    pub fn knows(&mut self, line: &str, mark: Mark) -> bool {
        let shown = without_links(&self.without_our_links(line));
        let (bare, whole) = (key(&shown), key(line));
        // No link goes on below an empty line, or one with nothing but its bracket.
        self.in_link &= !whole.is_empty();
        if bare.is_empty() || is_piece_of_link(line) {
            return true;
        }
        // A verb that is typed below the quote is also a word of the letter, or the beginning of one.
        let is_typed = mark == Mark::Missing && line.trim_start().starts_with('#') && bare.len() < TELLING_MIN;
        let known = !is_typed && [&bare, &whole].into_iter().any(|key| self.goes_on(key))
            || [&bare, &whole].into_iter().any(|key| self.stands_in(key, key.len() >= TELLING_MIN))
            || !is_typed && self.wraps(&bare)
            || mark == Mark::AsTheQuote && self.is_unit(&bare);
        self.above = if known { tail(&bare).to_owned() } else { String::new() };
        known
    }

    fn goes_on(&mut self, key: &str) -> bool {
        let mut found = false;
        for (text, at) in self.letter.texts.iter().zip(&mut self.at) {
            if text.get(*at..).is_some_and(|rest| rest.starts_with(key)) {
                *at += key.len();
                found = true;
            }
        }
        found
    }

    fn stands_in(&mut self, key: &str, is_telling: bool) -> bool {
        let mut found = false;
        for (text, at) in self.letter.texts.iter().zip(&mut self.at) {
            if !is_telling || self.searched > SEARCHED_MAX {
                continue;
            }
            let ahead = text.get(*at..).and_then(|rest| rest.find(key)).map(|from| *at + from);
            let place = ahead.or_else(|| text.find(key));
            self.searched += place.map_or(text.len(), |place| place.saturating_sub(*at));
            if let Some(place) = place {
                *at = place + key.len();
                found = true;
            }
        }
        found
    }

    /// A short end of a line that a client broke: it goes on where the line above ended, wherever that is.
    fn wraps(&mut self, key: &str) -> bool {
        let joined = format!("{}{key}", self.above);
        self.stands_in(&joined, !self.above.is_empty() && joined.len() >= TELLING_MIN)
    }

    /// A whole line of it, a label or a cell: the next one follows there.
    fn is_unit(&mut self, key: &str) -> bool {
        let is_unit = self.letter.lines.contains(key);
        self.stands_in(key, is_unit);
        is_unit
    }

    /// Without the links of the letter, whole or broken over lines, with the name of their scheme or without.
    fn without_our_links(&mut self, line: &str) -> String {
        let mut kept = String::with_capacity(line.len());
        for part in line.split_inclusive(|c: char| c.is_whitespace() || matches!(c, '<' | '>')) {
            let token = part.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '<' | '>'));
            let opened = kept.ends_with('<');
            if !token.is_empty() {
                let is_ours = self.is_of_link(token, opened);
                self.in_link = is_ours && (opened || self.in_link);
                kept.push_str(if is_ours { "" } else { token });
            }
            self.in_link &= !part.ends_with(['<', '>']);
            kept.push_str(part.get(token.len()..).unwrap_or_default());
        }
        kept
    }

    fn is_of_link(&mut self, token: &str, opened: bool) -> bool {
        let key = key(token);
        let telling = key.len() >= LINK_PIECE_MIN && (opened || token.contains(['%', '=', '?', '&']));
        if key.is_empty() || !(telling || self.in_link) || self.searched > SEARCHED_MAX {
            return false;
        }
        // A mail to the desk with its subject: clients cut the rest, or write it in their own way.
        if opened && token.contains('?') && self.letter.names.iter().any(|name| key.starts_with(name.as_str())) {
            return true;
        }
        self.searched += self.letter.links.iter().map(String::len).sum::<usize>();
        self.letter.links.iter().any(|link| link.contains(&key))
    }
}

/// The line of a page of ours that only an inbox shows: what stands before the filler, to the end of its tag.
fn preheader(page: &str) -> Option<String> {
    let end = page.find(FILLER_IN_HTML)?;
    let begun = page.get(..end)?.rfind('>')? + 1;
    Some(html::to_text(page.get(begun..end)?).text)
}

/// The end of a line, as much as tells where it stands.
fn tail(key: &str) -> &str {
    let from = key.char_indices().rev().nth(COPIED_MIN - 1).map_or(0, |(at, _)| at);
    key.get(from..).unwrap_or_default()
}

/// What stands between the links of a line, and in its cells.
fn labels(line: &str) -> Vec<&str> {
    let (between, _) = links(line);
    between.into_iter().flat_map(|part| part.split(['|', '\t'])).flat_map(|part| part.split(CELL_GAP)).collect()
}

/// Letters and figures, folded.
pub(super) fn key(text: &str) -> String {
    words::fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Without the targets of links, which every client writes in its own way.
pub(super) fn without_links(text: &str) -> String {
    links(text).0.concat()
}

/// What stands around the targets of links, and these.
fn links(text: &str) -> (Vec<&str>, Vec<&str>) {
    const SCHEMES: [&str; 3] = ["mailto:", "https://", "http://"];
    let (mut around, mut found) = (Vec::new(), Vec::new());
    let mut rest = text;
    while let Some(start) = SCHEMES.iter().filter_map(|scheme| rest.find(scheme)).min() {
        around.push(rest.get(..start).unwrap_or_default());
        let link = rest.get(start..).unwrap_or_default();
        let end = link.find(|c: char| c.is_whitespace() || matches!(c, '>' | ')' | ']' | '"')).unwrap_or(link.len());
        found.push(link.get(..end).unwrap_or_default());
        rest = link.get(end..).unwrap_or_default();
    }
    around.push(rest);
    (around, found)
}

/// A long link that a client broke over lines.
fn is_piece_of_link(line: &str) -> bool {
    const PIECE_MIN: usize = 20;
    let line = line.trim();
    line.len() >= PIECE_MIN && line.contains('%') && !line.contains(char::is_whitespace)
}
