//! Number plates and contract numbers in a text, found by the patterns of `[[reference]]`, so that `#zoek` finds the
//! case by them however they were typed. Pure.
//!
//! A pattern is a regular expression of the `regex` family: its time is linear in the text, whatever the operator
//! writes. Sizes are bounded as well, because both the patterns and the text come from outside.

use crate::case::{Reference, reference_key};
use crate::config::{self, PLATE};
use regex_automata::Input;
use regex_automata::meta::Regex;

/// More kinds of numbers than any company keeps.
const PATTERNS_MAX: usize = 32;
/// Longest pattern, in octets; [`DEFAULT_PLATE`] is the measure.
const PATTERN_OCTETS_MAX: usize = 2_000;
/// Memory that one compiled pattern may take, in octets: a counted repeat of a class can ask for gigabytes.
const COMPILED_OCTETS_MAX: usize = 1 << 20;
/// The part of a text that is searched, in octets: a customer names the car at the top, not after forty pages.
const TEXT_OCTETS_MAX: usize = 256 * 1024;
/// References of one text; a price list with thousands of plates is an attachment in the wrong place.
const FOUND_MAX: usize = 50;
/// Matches of one pattern that are looked at, the same one counted again: each may cost a search to the end of the text.
const MATCHES_MAX: usize = 200;
/// Longest reference, in characters; a pattern that matches whole paragraphs finds nothing to search by.
const REFERENCE_CHARS_MAX: usize = 64;

/// Dutch number plates, sidecodes 1 to 14 (RDW). A plate typed with blanks needs capitals, and the oldest three codes
/// need dashes as well, because `24-11-MA` and `1234 AB` would be dates and postcodes. Codes from 4 on have no vowels,
/// and groups of three letters no M or W, so that `1-MRT-26` and `24-JAN-6` are no plates.
pub const DEFAULT_PLATE: &str = r"(?x)
    (?:^|[^\w-])
    ( [A-HJ-NPR-Z]{2}-\d\d-\d\d | \d\d-\d\d-[A-HJ-NPR-Z]{2} | \d\d-[A-HJ-NPR-Z]{2}-\d\d
    | (?i: [BDFGHJ-NPR-TV-XZ]{2}-\d\d-[BDFGHJ-NPR-TV-XZ]{2} | [BDFGHJ-NPR-TV-XZ]{2}-[BDFGHJ-NPR-TV-XZ]{2}-\d\d
         | \d\d-[BDFGHJ-NPR-TV-XZ]{2}-[BDFGHJ-NPR-TV-XZ]{2} | \d\d-[BDFGHJ-LNPR-TVXZ]{3}-\d
         | \d-[BDFGHJ-LNPR-TVXZ]{3}-\d\d | [BDFGHJ-NPR-TV-XZ]{2}-\d{3}-[BDFGHJ-NPR-TV-XZ]
         | [BDFGHJ-NPR-TV-XZ]-\d{3}-[BDFGHJ-NPR-TV-XZ]{2} | [BDFGHJ-LNPR-TVXZ]{3}-\d\d-[BDFGHJ-NPR-TV-XZ]
         | [BDFGHJ-NPR-TV-XZ]-\d\d-[BDFGHJ-LNPR-TVXZ]{3} | \d-[BDFGHJ-NPR-TV-XZ]{2}-\d{3}
         | \d{3}-[BDFGHJ-NPR-TV-XZ]{2}-\d )
    | [BDFGHJ-NPR-TV-XZ]{2}\ ?\d\d\ ?[BDFGHJ-NPR-TV-XZ]{2} | [BDFGHJ-NPR-TV-XZ]{2}\ ?[BDFGHJ-NPR-TV-XZ]{2}\ ?\d\d
    | \d\d\ ?[BDFGHJ-NPR-TV-XZ]{2}\ ?[BDFGHJ-NPR-TV-XZ]{2} | \d\d\ ?[BDFGHJ-LNPR-TVXZ]{3}\ ?\d
    | \d\ ?[BDFGHJ-LNPR-TVXZ]{3}\ ?\d\d | [BDFGHJ-NPR-TV-XZ]{2}\ ?\d{3}\ ?[BDFGHJ-NPR-TV-XZ]
    | [BDFGHJ-NPR-TV-XZ]\ ?\d{3}\ ?[BDFGHJ-NPR-TV-XZ]{2} | [BDFGHJ-LNPR-TVXZ]{3}\ ?\d\d\ ?[BDFGHJ-NPR-TV-XZ]
    | [BDFGHJ-NPR-TV-XZ]\ ?\d\d\ ?[BDFGHJ-LNPR-TVXZ]{3} | \d\ ?[BDFGHJ-NPR-TV-XZ]{2}\ ?\d{3}
    | \d{3}\ ?[BDFGHJ-NPR-TV-XZ]{2}\ ?\d )
    (?:$|[^\w-])";

/// Why the patterns cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("expected at most {PATTERNS_MAX} [[reference]] entries, found {found}; next: join patterns with `|`")]
    TooMany { found: usize },
    #[error("reference `{name}`: expected a pattern of at most {PATTERN_OCTETS_MAX} octets, found {found}")]
    TooLong { name: String, found: usize },
    #[error("reference `{name}`: tried to compile its pattern, found: {found}; next: correct it, or repeat less")]
    Invalid { name: String, found: String },
    #[error("reference `{name}`: its pattern matches the empty text; next: let it ask for at least one character")]
    Empty { name: String },
}

/// The compiled patterns.
#[derive(Debug, Clone)]
pub struct References {
    patterns: Vec<(String, Regex)>,
}

impl References {
    /// # Errors
    /// A pattern that is no regular expression, matches nothing, or is too large, and too many of them.
    pub fn compile(patterns: &[config::Reference]) -> Result<Self, PatternError> {
        if patterns.len() > PATTERNS_MAX {
            return Err(PatternError::TooMany { found: patterns.len() });
        }
        let compiled = patterns.iter().map(|entry| Ok((entry.name.clone(), compile(entry)?)));
        Ok(Self { patterns: compiled.collect::<Result<_, _>>()? })
    }

    /// The references in `text`, each once, those of the first pattern first.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<Reference> {
        let text = text.get(..text.floor_char_boundary(TEXT_OCTETS_MAX)).unwrap_or_default();
        let mut found: Vec<Reference> = Vec::new();
        for (name, regex) in &self.patterns {
            for written in matches(regex, text).take(MATCHES_MAX) {
                let key = reference_key(written);
                let fits = !key.is_empty() && written.chars().nth(REFERENCE_CHARS_MAX).is_none();
                if fits && found.len() < FOUND_MAX && !found.iter().any(|one| one.name == *name && one.key() == key) {
                    found.push(Reference { name: name.clone(), written: written.to_owned() });
                }
            }
        }
        found
    }
}

fn compile(entry: &config::Reference) -> Result<Regex, PatternError> {
    let name = || entry.name.clone();
    let built_in = entry.pattern.is_empty() && entry.name == PLATE;
    let pattern = if built_in { DEFAULT_PLATE } else { entry.pattern.as_str() };
    if pattern.len() > PATTERN_OCTETS_MAX {
        return Err(PatternError::TooLong { name: name(), found: pattern.len() });
    }
    let limits = Regex::config().nfa_size_limit(Some(COMPILED_OCTETS_MAX));
    let regex = Regex::builder()
        .configure(limits)
        .build(pattern)
        .map_err(|error| PatternError::Invalid { name: name(), found: innermost(&error) })?;
    if regex.is_match("") { Err(PatternError::Empty { name: name() }) } else { Ok(regex) }
}

/// The error that says what is wrong; those around it say only that something is.
fn innermost(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), innermost)
}

/// What the first group matched, or everything. The search goes on right behind it, so that the blank between two
/// plates can end one and begin the other.
fn matches<'r, 't: 'r>(regex: &'r Regex, text: &'t str) -> impl Iterator<Item = &'t str> + 'r {
    let mut captures = regex.create_captures();
    let mut from = 0;
    std::iter::from_fn(move || {
        if from > text.len() {
            return None;
        }
        regex.search_captures(&Input::new(text).range(from..), &mut captures);
        let span = captures.get_group(1).or_else(|| captures.get_group(0))?;
        let ahead = text.ceil_char_boundary(from + 1);
        from = span.end.max(ahead);
        text.get(span.range())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    /// Compiled once: in a debug build that takes longer than all the searches.
    static PLATES: LazyLock<References> = LazyLock::new(|| References::compile(&[config::Reference::plate()]).unwrap());

    fn pattern(name: &str, pattern: &str) -> config::Reference {
        config::Reference { name: name.to_owned(), pattern: pattern.to_owned() }
    }

    fn keys(text: &str) -> Vec<String> {
        PLATES.find(text).into_iter().map(|one| one.key()).collect()
    }

    /// One plate of each sidecode, in order.
    const SIDECODES: [&str; 14] = [
        "AR-12-34", "12-34-AR", "12-AR-34", "BD-12-FG", "BD-FG-12", "12-BD-FG", "12-GBB-1", "1-KBB-12", "GB-001-B",
        "G-001-BB", "GBB-01-G", "G-01-GBB", "1-GB-001", "001-GB-1",
    ];

    #[test]
    fn every_sidecode_is_found_within_a_sentence() {
        for plate in SIDECODES {
            let plain = plate.replace('-', "");
            for text in [plate.to_owned(), format!("Mijn auto ({plate}) is stuk."), format!("kenteken:{plate},\n")] {
                assert_eq!(keys(&text), [plain.as_str()], "{text}");
            }
        }
        for plate in &SIDECODES[3..] {
            let plain = plate.replace('-', "");
            for typed in [plate.to_lowercase(), plate.replace('-', " "), plain.clone()] {
                assert_eq!(keys(&format!("auto {typed} stuk")), [plain.as_str()], "{typed}");
            }
        }
    }

    #[test]
    fn dates_telephone_numbers_and_postcodes_are_no_plates() {
        for text in [
            "24-11-2026",
            "24-11-26",
            "24-nov-26",
            "1-MRT-26",
            "24-JAN-6",
            "1 mei 26",
            "06-12345678",
            "06 12 34 56 78",
            "030-1234567",
            "1234 AB Utrecht",
            "1234AB",
            "NL12 RABO 0123 4567 89",
            "NL12RABO0123456789",
            "K-2026-000123",
            "12.50 euro",
            "100 km",
            "14:00",
            "factuur 2026-11-24",
            "<a.12-GBB-12@x.nl>",
            "A-12-GBB-1-77",
            "24-11-ma",
        ] {
            assert_eq!(keys(text), [] as [String; 0], "{text}");
        }
    }

    #[test]
    fn plates_side_by_side_are_all_found_and_each_once() {
        assert_eq!(keys(&("GB-001-B ".repeat(FOUND_MAX) + "1-KBB-12")), ["GB001B", "1KBB12"]);
        assert_eq!(keys("GB-001-B G-001-BB gb-001-b\nGB001B 1-KBB-12"), ["GB001B", "G001BB", "1KBB12"]);
    }

    #[test]
    fn a_contract_number_is_what_the_group_matches() {
        let contract = pattern("contract", r"(?i)contract(?:nummer)?[ :.]*(\d{6,8})\b");
        let references = References::compile(&[contract, pattern("los", r"DL\d{4}")]).unwrap();
        let found = references.find("Contractnummer: 00123456 en DL0042, zie contract 00123456");
        let found: Vec<_> = found.iter().map(|one| (one.name.as_str(), one.key())).collect();
        assert_eq!(found, [("contract", "00123456".to_owned()), ("los", "DL0042".to_owned())]);
    }

    #[test]
    fn a_pattern_that_cannot_be_used_is_named() {
        let problem = |text: &str| References::compile(&[pattern("x", text)]).unwrap_err().to_string();
        assert!(problem("(").starts_with("reference `x`: tried to compile its pattern, found: regex parse error"));
        assert!(problem(r"(?:\pL{1000}){1000}").contains("next: correct it, or repeat less"));
        assert!(problem(r"\d*").contains("matches the empty text"));
        assert!(problem(&"a".repeat(PATTERN_OCTETS_MAX + 1)).contains("found 2001"));
        let many = vec![pattern("x", "x"); PATTERNS_MAX + 1];
        assert_eq!(References::compile(&many).unwrap_err(), PatternError::TooMany { found: 33 });
    }

    #[test]
    fn a_text_of_nothing_but_plates_gives_so_many_and_no_more() {
        let text: String = (0..1000).map(|n| format!("GB-{n:03}-B ")).collect();
        assert_eq!(keys(&text).len(), FOUND_MAX);
        assert_eq!(keys(&("é".repeat(TEXT_OCTETS_MAX) + " GB-001-B")), [] as [String; 0]);
    }

    proptest! {
        #[test]
        fn whatever_the_text_its_references_stand_in_it(text in any::<String>(), greedy in "[a-z.+?|]{1,8}") {
            let own = References::compile(&[pattern("own", &greedy)]);
            let found = PLATES.find(&text).into_iter().chain(own.iter().flat_map(|own| own.find(&text)));
            for one in found {
                prop_assert!(text.contains(&one.written) && one.key() == reference_key(&one.written), "{:?}", one);
            }
        }

        #[test]
        fn a_plate_is_found_wherever_it_stands(
            plate in prop::sample::select(SIDECODES.to_vec()), before in "([a-z]{1,8} ){0,9}", after in "( [a-z]{1,8}){0,9}",
        ) {
            let text = format!("{before}{plate}{after}");
            prop_assert!(keys(&text).contains(&plate.replace('-', "")), "{}", text);
        }
    }
}
