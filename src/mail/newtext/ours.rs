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

/// A letter that a mail answers, as far as it is needed to know it again.
#[derive(Debug, Clone, Default)]
pub struct OurLetter {
    /// The desk's address and name, as a client's lines above the quote name it.
    names: Vec<String>,
    /// Its letters and figures: of the text and of the page, each with its links and without.
    texts: Vec<String>,
    /// The same of each of its lines.
    lines: HashSet<String>,
    /// It shows what its reader typed before: only where it certainly begins is a line of it a quote.
    pub(super) repeats: bool,
}

impl OurLetter {
    /// Reads a letter as it was sent by the desk of that address. Without its bytes (blanked on a lawful request) it is
    /// known by its form alone: by the marker, and by the client's lines that name the desk.
    pub fn read(bytes: Option<&[u8]>, desk: &str) -> Self {
        let Some(bytes) = bytes else { return Self { names: vec![key(desk)], ..Self::default() } };
        let parsed = take_apart(bytes);
        let page = parsed.html.as_deref().map(|page| html::to_text(page).text).unwrap_or_default();
        let from = parsed.header("from").unwrap_or_default();
        let name = from.split('<').next().map(key).unwrap_or_default();
        let names = [key(desk), name].into_iter().filter(|name| name.len() >= NAME_MIN);
        let texts = [&parsed.text, &page].into_iter().flat_map(|text| [key(&without_links(text)), key(text)]);
        let lines = parsed.text.lines().chain(page.lines()).map(|line| key(&without_links(line)));
        Self {
            names: names.collect(),
            texts: texts.filter(|text| !text.is_empty()).collect(),
            lines: lines.filter(|line| !line.is_empty()).collect(),
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

/// Goes through a quoted letter line by line.
pub(super) struct Follower<'a> {
    letter: &'a OurLetter,
    /// How far each of its texts was followed.
    at: Vec<usize>,
    searched: usize,
}

impl<'a> Follower<'a> {
    pub fn of(letter: &'a OurLetter) -> Self {
        Self { letter, at: vec![0; letter.texts.len()], searched: 0 }
    }

    /// Whether this line, without marks of quotation, is the letter's.
    pub fn knows(&mut self, line: &str) -> bool {
        let (bare, whole) = (key(&without_links(line)), key(line));
        if bare.is_empty() || is_piece_of_link(line) {
            return true;
        }
        let goes_on = self.goes_on(&bare) || self.goes_on(&whole);
        goes_on || self.letter.lines.contains(&bare) || self.stands_in(&bare) || self.stands_in(&whole)
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

    fn stands_in(&mut self, key: &str) -> bool {
        let mut found = false;
        for (text, at) in self.letter.texts.iter().zip(&mut self.at) {
            if key.len() < TELLING_MIN || self.searched > SEARCHED_MAX {
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
}

/// Letters and figures, folded.
pub(super) fn key(text: &str) -> String {
    words::fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Without the targets of links, which every client writes in its own way.
pub(super) fn without_links(text: &str) -> String {
    const SCHEMES: [&str; 3] = ["mailto:", "https://", "http://"];
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = SCHEMES.iter().filter_map(|scheme| rest.find(scheme)).min() {
        kept.push_str(rest.get(..start).unwrap_or_default());
        let link = rest.get(start..).unwrap_or_default();
        let end = link.find(|c: char| c.is_whitespace() || matches!(c, '>' | ')' | ']' | '"')).unwrap_or(link.len());
        rest = link.get(end..).unwrap_or_default();
    }
    kept.push_str(rest);
    kept
}

/// A long link that a client broke over lines.
fn is_piece_of_link(line: &str) -> bool {
    const PIECE_MIN: usize = 20;
    let line = line.trim();
    line.len() >= PIECE_MIN && line.contains('%') && !line.contains(char::is_whitespace)
}
