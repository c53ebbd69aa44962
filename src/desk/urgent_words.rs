//! The words of `[urgent]`, compiled once, and which of them stand in what somebody says. Pure.

use super::after_closing::what_it_says;
use super::routing::{RoutesError, WordList};
use crate::case::Language;
use crate::config;
use crate::mail::language_of;
use crate::speech::language::FOR_STAFF;
use crate::text::fold;
use aho_corasick::AhoCorasick;

/// Words that are named: a reader sees by one of them what it is about.
const NAMED_MAX: usize = 5;

/// The words, by the language in which they are urgent: "brand" is a fire in Dutch only. One that has none of its own is left out,
/// but for those that the desk itself is in: there it was meant so.
#[derive(Debug, Clone)]
pub struct UrgentWords {
    lists: Vec<(Language, WordList)>,
    /// How each of their words begins, letters and digits alone.
    beginnings: AhoCorasick,
}

impl UrgentWords {
    /// # Errors
    /// More words than a search table holds.
    pub fn compile(settings: &config::Urgent) -> Result<Self, RoutesError> {
        let counts = |(language, words): &&(Language, Vec<String>)| !words.is_empty() || FOR_STAFF.contains(language);
        let compile = |(language, words): &(Language, Vec<String>)| Ok((*language, WordList::compile(words)?));
        let lists = settings.keywords.iter().filter(counts).map(compile).collect::<Result<_, RoutesError>>()?;
        let words = settings.keywords.iter().flat_map(|(_, words)| words);
        let beginnings = words.flat_map(|word| config::Keyword::read(word).parts).map(|part| beginning(&part));
        Ok(Self { lists, beginnings: AhoCorasick::new(beginnings)? })
    }

    /// Those that stand in what somebody says, greeting and signature left away. Of a text whose language is not sure, or has no words
    /// of its own in the settings, all count: too early is better than too late.
    pub(super) fn found(&self, subject: &str, text: &str) -> Vec<String> {
        // Hardly any mail has one of them: what each says, and in which language, is asked only of those that may.
        if !self.may_stand_in(subject) && !self.may_stand_in(text) {
            return Vec::new();
        }
        let said = what_it_says(text);
        let written_in = language_of(text, subject);
        let own = self.lists.iter().find(|(language, _)| Some(*language) == written_in);
        let lists = own.map_or(self.lists.as_slice(), std::slice::from_ref);
        let mut words: Vec<String> = Vec::new();
        for word in lists.iter().flat_map(|(_, list)| list.found(subject, &said)) {
            if words.len() < NAMED_MAX && !words.contains(&word) {
                words.push(word);
            }
        }
        words
    }

    /// Whatever is left away of a text, and of the signs in it: a word that is found in the rest begins here.
    fn may_stand_in(&self, text: &str) -> bool {
        self.beginnings.is_match(&letters(&fold(text)))
    }
}

/// The first word: of several, what stands between them may be left away.
fn beginning(part: &str) -> String {
    let folded = fold(part);
    let word = folded.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
    word.unwrap_or_default().to_owned()
}

fn letters(folded: &str) -> String {
    folded.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words() -> UrgentWords {
        let keywords = ["levensgevaar", "auto's in brand", "advocaat … rechter", "*letsel*", "@krant.example"];
        let settings = config::Urgent { keywords: vec![(Language::Dutch, keywords.map(str::to_owned).to_vec())] };
        UrgentWords::compile(&settings).unwrap()
    }

    #[test]
    fn a_word_is_found_however_it_is_written() {
        for said in
            ["Lévensgevaar!", "er staan auto’s  in\nbrand", "mijn advocaat gaat naar de rechter", "hersenletsel."]
        {
            assert_eq!(words().found("", said).len(), 1, "{said}");
        }
        assert!(words().found("", "De auto rijdt niet.").is_empty());
    }

    proptest! {
        /// What is asked first lets through whatever would be found in what a text says.
        #[test]
        fn nothing_that_would_be_found_is_passed_over(
            pieces in proptest::collection::vec(
                prop_oneof![
                    Just("levens"), Just("gevaar"), Just("auto's"), Just("auto’s"), Just("in brand"), Just("advocaat"), Just("rechter"),
                    Just("let"), Just("sel"), Just("@krant.example"), Just(" "), Just("\n"), Just(", "), Just("-"), Just("'"),
                    Just("Met vriendelijke groet"), Just("Beste mevrouw Brand"), Just("é"), Just("\u{ad}"),
                ],
                0..12,
            )
        ) {
            let (words, text) = (words(), pieces.concat());
            let is_found = words.lists.iter().any(|(_, list)| !list.found("", &what_it_says(&text)).is_empty());
            prop_assert!(!is_found || words.may_stand_in(&text), "{text:?}");
        }
    }
}
