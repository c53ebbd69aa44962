//! Which department a complaint goes to, and why (§2.1.2): keywords over the subject and the new text. Pure.
//!
//! A keyword is a whole word, or several: `schade`, `eigen risico`. A star at an end leaves that end of the word open:
//! `schade*` meets "schadeformulier", `*factuur` "eindfactuur", `*schade*` both ways. Capitals, accents, soft
//! hyphens and line breaks do not matter (see `fold.rs`).

use super::fold::fold;
use crate::case::{Match, Place, Why};
use crate::config::Department;
use aho_corasick::{AhoCorasick, BuildError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Points of a keyword in the subject: what the customer calls the complaint. It weighs as much as one that comes
/// back [`TEXT_COUNTED`] times in the text.
const SUBJECT_POINTS: u32 = 3;
/// Points of a keyword in the text, each time it is counted.
const TEXT_POINTS: u32 = 1;
/// A keyword is counted once in the subject …
const SUBJECT_COUNTED: u32 = 1;
/// … and at most this often in the text, so that a customer's favourite word does not decide alone.
const TEXT_COUNTED: u32 = 3;
/// Characters of the subject that are read; mail programs show less.
const MAX_SUBJECT_CHARS: usize = 1_000;
/// Characters of the text that are read: some thirty pages, read in well under a tenth of a second.
const MAX_TEXT_CHARS: usize = 100_000;
/// Characters of the found word that are kept for the explanation.
const MAX_FOUND_CHARS: usize = 60;

/// Where a complaint goes and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Routing {
    /// The department's name in the settings.
    pub department: String,
    pub why: Why,
}

/// Why the departments can't be routed to. Settings that loaded never give one.
#[derive(Debug, thiserror::Error)]
pub enum RoutesError {
    #[error("no department is the fallback; write `fallback = true` in the one that gets what no keyword meets")]
    NoFallback,
    #[error("the departments' keywords do not fit in one search table; write fewer or shorter ones")]
    TooManyKeywords(#[from] BuildError),
}

/// One keyword, ready to be looked for.
#[derive(Debug, Clone)]
struct Keyword {
    /// Index in [`Routes::names`].
    department: usize,
    written: String,
    start: End,
    end: End,
}

/// What may stand next to a keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// The word must end there.
    Closed,
    /// The word may go on (a star).
    Open,
}

impl End {
    fn allows(self, neighbour: Option<char>) -> bool {
        self == Self::Open || !neighbour.is_some_and(char::is_alphanumeric)
    }
}

/// All departments' keywords, compiled once.
#[derive(Debug, Clone)]
pub struct Routes {
    names: Vec<String>,
    fallback: usize,
    keywords: Vec<Keyword>,
    search: AhoCorasick,
}

/// How often each keyword was met in one place, and the first word it met. By index in [`Routes::keywords`], so in
/// the order of the settings.
type Hits = BTreeMap<usize, (u32, String)>;

impl Routes {
    /// Compiles the keywords of `departments`.
    ///
    /// # Errors
    /// No department is the fallback, or there are more keywords than a search table holds.
    pub fn compile(departments: &[Department]) -> Result<Self, RoutesError> {
        let fallback = departments.iter().position(|d| d.fallback).ok_or(RoutesError::NoFallback)?;
        let written = departments
            .iter()
            .enumerate()
            .flat_map(|(index, department)| department.keywords.iter().map(move |keyword| (index, keyword)));
        Self::of(departments.iter().map(|d| d.name.clone()).collect(), fallback, written)
    }

    fn of<'a>(
        names: Vec<String>,
        fallback: usize,
        written: impl Iterator<Item = (usize, &'a String)>,
    ) -> Result<Self, RoutesError> {
        let (keywords, patterns): (Vec<_>, Vec<_>) =
            written.map(|(index, keyword)| Keyword::read(index, keyword)).filter(|(_, p)| !p.is_empty()).unzip();
        // The standard kind reports overlapping hits: of two keywords that begin alike the longer must not hide the
        // shorter, because only afterwards is known which of them ends with the word.
        let search = AhoCorasick::new(&patterns)?;
        Ok(Self { names, fallback, keywords, search })
    }

    /// Routes a complaint by its subject and the text the customer wrote (without what was quoted).
    #[must_use]
    pub fn route(&self, subject: &str, text: &str) -> Routing {
        let in_subject = self.look_for(&bounded(subject, MAX_SUBJECT_CHARS));
        let in_text = self.look_for(&bounded(text, MAX_TEXT_CHARS));
        let mut scores = vec![0_u32; self.names.len()];
        self.count(&in_subject, SUBJECT_COUNTED, SUBJECT_POINTS, &mut scores);
        self.count(&in_text, TEXT_COUNTED, TEXT_POINTS, &mut scores);

        let best = scores.iter().copied().max().unwrap_or(0);
        let mut winners =
            self.names.iter().enumerate().zip(&scores).filter(|(_, s)| **s == best && best > 0).map(|(d, _)| d);
        let Some((chosen, name)) = winners.next() else {
            let department = self.names.get(self.fallback).cloned().unwrap_or_default();
            return Routing { department, why: Why::Fallback };
        };
        let others: Vec<String> = winners.map(|(_, name)| name.clone()).collect();
        let mut matched = self.matches(chosen, &in_subject, Place::Subject);
        matched.extend(self.matches(chosen, &in_text, Place::Text));
        let why = if others.is_empty() { Why::Keywords { matched } } else { Why::Tie { matched, others } };
        Routing { department: name.clone(), why }
    }

    /// Every keyword met in folded `text` as a word of its own, or as far as its stars allow.
    fn look_for(&self, text: &str) -> Hits {
        let mut hits = Hits::new();
        for hit in self.search.find_overlapping_iter(text) {
            let index = hit.pattern().as_usize();
            let (Some(keyword), Some(before), Some(met), Some(after)) =
                (self.keywords.get(index), text.get(..hit.start()), text.get(hit.range()), text.get(hit.end()..))
            else {
                continue;
            };
            if keyword.start.allows(before.chars().next_back()) && keyword.end.allows(after.chars().next()) {
                hits.entry(index).or_insert_with(|| (0, whole_words(before, met, after))).0 += 1;
            }
        }
        hits
    }

    fn count(&self, hits: &Hits, counted: u32, points: u32, scores: &mut [u32]) {
        for (index, (times, _)) in hits {
            let department = self.keywords.get(*index).map(|keyword| keyword.department);
            if let Some(score) = department.and_then(|department| scores.get_mut(department)) {
                *score += points * (*times).min(counted);
            }
        }
    }

    fn matches(&self, department: usize, hits: &Hits, place: Place) -> Vec<Match> {
        let of_department = |(index, (_, found)): (&usize, &(u32, String))| {
            let keyword = self.keywords.get(*index).filter(|keyword| keyword.department == department)?;
            Some(Match { keyword: keyword.written.clone(), place, found: found.clone() })
        };
        hits.iter().filter_map(of_department).collect()
    }
}

/// Words that are looked for as keywords are, and lead to no department.
#[derive(Debug, Clone)]
pub struct WordList(Routes);

impl WordList {
    /// # Errors
    /// More words than a search table holds.
    pub fn compile(words: &[String]) -> Result<Self, RoutesError> {
        Ok(Self(Routes::of(vec![String::new()], 0, words.iter().map(|word| (0, word)))?))
    }

    /// The words that were met, as they stand there, in the order of the settings.
    pub fn found(&self, subject: &str, text: &str) -> Vec<String> {
        self.0.route(subject, text).why.matched().iter().map(|met| met.found.clone()).collect()
    }
}

impl Keyword {
    /// The keyword and the folded pattern that is looked for.
    fn read(department: usize, written: &str) -> (Self, String) {
        let trimmed = written.trim();
        let end_of = |star: bool| if star { End::Open } else { End::Closed };
        let (start, end) = (end_of(trimmed.starts_with('*')), end_of(trimmed.ends_with('*')));
        let pattern = fold(trimmed.trim_matches('*'));
        (Self { department, written: written.to_owned(), start, end }, pattern)
    }
}

fn bounded(text: &str, chars: usize) -> String {
    let end = text.char_indices().nth(chars).map_or(text.len(), |(at, _)| at);
    fold(text.get(..end).unwrap_or(text))
}

/// The hit with the rest of the words it stands in.
fn whole_words(before: &str, hit: &str, after: &str) -> String {
    let start =
        before.char_indices().rev().take_while(|(_, c)| c.is_alphanumeric()).last().map_or("", |(at, _)| &before[at..]);
    let end = after.find(|c: char| !c.is_alphanumeric()).map_or(after, |at| &after[..at]);
    start.chars().chain(hit.chars()).chain(end.chars()).take(MAX_FOUND_CHARS).collect()
}

#[cfg(test)]
mod tests;
