//! Which department a complaint goes to, and why (§2.1.2): keywords over the subject and the new text. Pure.
//!
//! A keyword is a whole word, or several: `schade`, `eigen risico`. A star at an end leaves that end of the word open:
//! `schade*` meets "schadeformulier", `*factuur` "eindfactuur", `*schade*` both ways. Capitals, accents, soft
//! hyphens and line breaks do not matter (see `fold.rs`).
//!
//! `subject:`, `from:` or `to:` before it says where alone it is looked for. Of a group (`niet … terugbetaald`) the words
//! stand in that order, near each other, in one sentence. A dash before it (`-verzekering`) excludes: where it is met, its
//! department does not get the complaint by its keywords.

use crate::case::{Match, Place, Why};
use crate::config::{Department, Effect, Keyword as Grammar, KeywordPlace};
use crate::text::fold;
use aho_corasick::{AhoCorasick, BuildError};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

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
/// Words between two of a group: what belongs together stands near each other.
const GROUP_GAP_MAX: usize = 8;
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

/// What keywords are looked for in: a mail, as far as routing reads it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Written<'a> {
    pub subject: &'a str,
    /// What the customer wrote, without what was quoted.
    pub text: &'a str,
    /// Name and address of who wrote.
    pub from: &'a str,
    /// All it went to.
    pub to: &'a str,
}

/// One keyword, ready to be looked for.
#[derive(Debug, Clone)]
struct Keyword {
    /// Index in [`Routes::names`].
    department: usize,
    written: String,
    effect: Effect,
    place: Option<KeywordPlace>,
    /// How many patterns it has: of a group several.
    parts: usize,
}

impl Keyword {
    fn is_looked_for(&self, place: Place) -> bool {
        match self.place {
            None => matches!(place, Place::Subject | Place::Text),
            Some(KeywordPlace::Subject) => place == Place::Subject,
            Some(KeywordPlace::From) => place == Place::From,
            Some(KeywordPlace::To) => place == Place::To,
        }
    }
}

/// One pattern of the search: a keyword, or a part of a group.
#[derive(Debug, Clone, Copy)]
struct Pattern {
    /// Index in [`Routes::keywords`].
    keyword: usize,
    part: usize,
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
    patterns: Vec<Pattern>,
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
        let (mut keywords, mut patterns, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        for (department, written) in written {
            let Grammar { effect, place, parts } = Grammar::read(written);
            let keyword = keywords.len();
            let read = parts.iter().enumerate().map(|(part, text)| Pattern::read(keyword, part, text));
            let (own, folded): (Vec<Pattern>, Vec<String>) = read.unzip();
            if folded.iter().any(String::is_empty) {
                continue;
            }
            keywords.push(Keyword { department, written: written.clone(), effect, place, parts: own.len() });
            patterns.extend(own);
            texts.extend(folded);
        }
        // The standard kind reports overlapping hits: of two keywords that begin alike the longer must not hide the
        // shorter, because only afterwards is known which of them ends with the word.
        let search = AhoCorasick::new(&texts)?;
        Ok(Self { names, fallback, keywords, patterns, search })
    }

    /// Routes a complaint by its subject and the text the customer wrote (without what was quoted).
    #[must_use]
    pub fn route(&self, subject: &str, text: &str) -> Routing {
        self.route_all(Written { subject, text, ..Written::default() })
    }

    /// Routes a complaint by all that keywords are looked for in.
    #[must_use]
    pub fn route_all(&self, written: Written<'_>) -> Routing {
        let met = self.look_everywhere(written);
        let mut scores = vec![0_u32; self.names.len()];
        for (place, hits) in &met {
            let (counted, points) =
                if *place == Place::Text { (TEXT_COUNTED, TEXT_POINTS) } else { (SUBJECT_COUNTED, SUBJECT_POINTS) };
            self.count(hits, counted, points, &mut scores);
        }
        for department in met.iter().flat_map(|(_, hits)| self.excluded_by(hits)) {
            scores[department] = 0;
        }

        let best = scores.iter().copied().max().unwrap_or(0);
        let mut winners =
            self.names.iter().enumerate().zip(&scores).filter(|(_, s)| **s == best && best > 0).map(|(d, _)| d);
        let Some((chosen, name)) = winners.next() else {
            let department = self.names.get(self.fallback).cloned().unwrap_or_default();
            return Routing { department, why: Why::Fallback };
        };
        let others: Vec<String> = winners.map(|(_, name)| name.clone()).collect();
        let matched = met.iter().flat_map(|(place, hits)| self.matches(chosen, hits, *place)).collect();
        let why = if others.is_empty() { Why::Keywords { matched } } else { Why::Tie { matched, others } };
        Routing { department: name.clone(), why }
    }

    /// Which keywords are met, by their places in the settings.
    pub fn fired(&self, written: Written<'_>) -> BTreeSet<usize> {
        self.look_everywhere(written).into_iter().flat_map(|(_, hits)| hits.into_keys()).collect()
    }

    /// Department and keyword of all but these.
    pub fn keywords_but(&self, places: &BTreeSet<usize>) -> Vec<(String, String)> {
        let others = self.keywords.iter().enumerate().filter(|(place, _)| !places.contains(place));
        let name = |keyword: &Keyword| self.names.get(keyword.department).cloned().unwrap_or_default();
        others.map(|(_, keyword)| (name(keyword), keyword.written.clone())).collect()
    }

    fn look_everywhere(&self, written: Written<'_>) -> [(Place, Hits); 4] {
        let Written { subject, text, from, to } = written;
        [(Place::Subject, subject), (Place::Text, text), (Place::From, from), (Place::To, to)].map(|(place, words)| {
            let chars = if place == Place::Text { MAX_TEXT_CHARS } else { MAX_SUBJECT_CHARS };
            (place, self.look_for(&bounded(words, chars), place))
        })
    }

    /// Every keyword met in folded `text` as a word of its own, or as far as its stars allow.
    fn look_for(&self, text: &str, place: Place) -> Hits {
        let (mut hits, mut of_groups) = (Hits::new(), BTreeMap::<usize, Vec<(usize, Range<usize>)>>::new());
        if text.is_empty() {
            return hits;
        }
        for hit in self.search.find_overlapping_iter(text) {
            let Some(pattern) = self.patterns.get(hit.pattern().as_usize()) else { continue };
            let (Some(keyword), Some(before), Some(met), Some(after)) = (
                self.keywords.get(pattern.keyword),
                text.get(..hit.start()),
                text.get(hit.range()),
                text.get(hit.end()..),
            ) else {
                continue;
            };
            let is_word = pattern.start.allows(before.chars().next_back()) && pattern.end.allows(after.chars().next());
            if !is_word || !keyword.is_looked_for(place) {
                continue;
            }
            if keyword.parts == 1 {
                hits.entry(pattern.keyword).or_insert_with(|| (0, whole_words(before, met, after))).0 += 1;
            } else {
                of_groups.entry(pattern.keyword).or_default().push((pattern.part, hit.range()));
            }
        }
        for (index, parts) in of_groups {
            let wanted = self.keywords.get(index).map_or(usize::MAX, |keyword| keyword.parts);
            let met = groups(text, wanted, parts);
            if let Some(first) = met.first() {
                let words = first.iter().map(|at| whole_words(&text[..at.start], &text[at.clone()], &text[at.end..]));
                let found = words.collect::<Vec<_>>().join(" … ").chars().take(MAX_FOUND_CHARS).collect();
                hits.insert(index, (u32::try_from(met.len()).unwrap_or(u32::MAX), found));
            }
        }
        hits
    }

    fn counting(&self, index: usize) -> Option<&Keyword> {
        self.keywords.get(index).filter(|keyword| keyword.effect == Effect::Counts)
    }

    fn count(&self, hits: &Hits, counted: u32, points: u32, scores: &mut [u32]) {
        for (index, (times, _)) in hits {
            let department = self.counting(*index).map(|keyword| keyword.department);
            if let Some(score) = department.and_then(|department| scores.get_mut(department)) {
                *score += points * (*times).min(counted);
            }
        }
    }

    fn excluded_by(&self, hits: &Hits) -> impl Iterator<Item = usize> {
        let excluding = hits.keys().filter_map(|index| self.keywords.get(*index));
        excluding.filter(|keyword| keyword.effect == Effect::Excludes).map(|keyword| keyword.department)
    }

    fn matches(&self, department: usize, hits: &Hits, place: Place) -> Vec<Match> {
        let of_department = |(index, (_, found)): (&usize, &(u32, String))| {
            let keyword = self.counting(*index).filter(|keyword| keyword.department == department)?;
            Some(Match { keyword: keyword.written.clone(), place, found: found.clone() })
        };
        hits.iter().filter_map(of_department).collect()
    }
}

/// Where the parts of a group stand in their order, near each other and in one sentence.
fn groups(text: &str, wanted: usize, mut parts: Vec<(usize, Range<usize>)>) -> Vec<Vec<Range<usize>>> {
    parts.sort_by_key(|(part, at)| (at.start, *part));
    let (mut met, mut begun): (Vec<Vec<Range<usize>>>, Vec<Range<usize>>) = (Vec::new(), Vec::new());
    for (part, at) in parts {
        let follows = begun.last().is_some_and(|last| at.start >= last.end && is_near(&text[last.end..at.start]));
        if part == begun.len() && (part == 0 || follows) {
            begun.push(at);
        } else if part == 0 {
            // The last word that begins it is the nearest.
            begun = vec![at];
        }
        if begun.len() == wanted {
            met.push(std::mem::take(&mut begun));
        }
    }
    met
}

fn is_near(between: &str) -> bool {
    let ends = [". ", "! ", "? "].iter().any(|end| between.contains(end));
    !ends && between.split_whitespace().count() <= GROUP_GAP_MAX
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

impl Pattern {
    /// The pattern and its folded text. What begins with a sign (`@garage.example`) begins anywhere.
    fn read(keyword: usize, part: usize, written: &str) -> (Self, String) {
        let end_of = |star: bool| if star { End::Open } else { End::Closed };
        let begins_anywhere = written.starts_with('*') || written.starts_with('@');
        let (start, end) = (end_of(begins_anywhere), end_of(written.ends_with('*')));
        (Self { keyword, part, start, end }, fold(written.trim_matches('*')))
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
