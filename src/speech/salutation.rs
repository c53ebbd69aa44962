//! How a letter begins: `Beste mevrouw De Wit,`. Pure: a name as mail programs and forms write it comes in.
//!
//! A name that is given with `mevrouw` or `dhr.` is greeted so, by the surname. Without it nobody knows whom it is about, and
//! the whole name stands there. What is no person's name (a company, an address, a message) is never repeated (invariant 11).

mod lists;

use super::clean;
use crate::case::Language;
use crate::languages::{Degrees, Greeting, Names, Title};
use lists::{BEHIND_A_NAME, DEGREES, JOINING, NO_PERSONS, ONLY_BEHIND, PARTICLES};
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// Pieces of a name that commas set apart; with more it is a list.
const PIECES_MAX: usize = 3;

/// How a letter to whoever bears this name begins.
pub(crate) fn salutation(name: &str, language: Language) -> String {
    greet(&language.tongue().greeting, &Titled::read(name, language))
}

/// A person's name as a letter is signed with it: `Anna de Vries`, of whatever way it came in; empty where it is none.
pub(crate) fn full_name(name: &str) -> String {
    Titled::read(name, Language::Dutch).whole
}

/// A name, and what its titles say of it.
#[derive(Debug, Default)]
struct Titled {
    titles: Vec<Title>,
    /// Before the surname; empty where only that is known.
    given: String,
    surname: String,
    /// The name as a whole; empty: none that can be shown.
    whole: String,
}

impl Titled {
    /// As a reader of that language takes it: `Mr` is a man in English, and somebody who studied law in Dutch.
    fn read(name: &str, language: Language) -> Self {
        let name = clean::line(name, clean::NAME_CHARS_MAX);
        let name = bare(&name);
        let pieces: Vec<&str> = name.split(',').map(str::trim).filter(|piece| !piece.is_empty()).collect();
        if pieces.len() > PIECES_MAX || pieces.iter().any(|piece| is_no_person(piece)) {
            return Self::default();
        }
        let mut read = Self::default();
        let mut parts: Vec<Vec<&str>> = Vec::new();
        for (index, piece) in pieces.iter().enumerate() {
            let words = read.take_titles(piece, index > 0, language);
            // `Dhr. Jansen en mevr. de Wit`: no greeting of one is right for both.
            if read.names_another(&words, language) {
                return Self::default();
            }
            if !words.is_empty() {
                parts.push(words);
            }
        }
        match parts.as_slice() {
            [] => {}
            [words] => read.name(words, None),
            // `Vries, Anna de`: the particle goes to the surname.
            [surname, given] => {
                let split = given.iter().rposition(|word| !is_particle(word)).map_or(0, |last| last + 1);
                let (given, particles) = given.split_at(split);
                // `Vries de, Anna`: so does one behind it.
                let split = surname.iter().rposition(|word| !is_particle(word)).map_or(surname.len(), |last| last + 1);
                let (surname, behind) = surname.split_at(split);
                let words: Vec<&str> = given.iter().chain(particles).chain(behind).chain(surname).copied().collect();
                read.name(&words, Some(given.len()));
            }
            _ => return Self::default(),
        }
        read
    }

    /// The words of a piece that are none of its titles; the titles are kept.
    fn take_titles<'a>(&mut self, piece: &'a str, behind_comma: bool, language: Language) -> Vec<&'a str> {
        let mut words: Vec<&str> = piece.split([' ', '/']).filter(|word| !word.is_empty()).collect();
        loop {
            let article = matches!(words.as_slice(), ["de" | "De" | "den" | "Den", heer, ..]
                if heer.starts_with('h') || (*heer == "Heer" && words.len() > 2));
            let joined = !self.titles.is_empty() && words.first().is_some_and(|word| joins(word));
            let at = usize::from(article || (joined && words.len() > 1));
            let title = words.get(at).and_then(|word| title(word, behind_comma, language));
            match title {
                Some(title) => {
                    self.titles.push(title);
                    words.drain(..=at);
                }
                None => break,
            }
        }
        while let [before @ .., last] = words.as_slice() {
            if before.is_empty() {
                break;
            }
            match title(last, behind_comma || is_degree(before, last), language) {
                Some(title @ Title::Silent) => self.titles.push(title),
                _ => break,
            }
            words.pop();
        }
        words
    }

    /// Whether a title stands among the words behind those at the start. `de Heer` at the end is a surname.
    fn names_another(&self, words: &[&str], language: Language) -> bool {
        let joined = |at: usize| at.checked_sub(2).is_some_and(|at| joins(words[at]));
        words.iter().enumerate().any(|(at, word)| match title(word, false, language) {
            Some(Title::Sir) => folded(word) != "heer" || at + 1 < words.len() || joined(at),
            Some(Title::Madam | Title::Doctor | Title::Professor) => true,
            Some(Title::Family) => !self.titles.is_empty(),
            Some(Title::Silent) | None => false,
        })
    }

    /// `given` words stand before the surname, where a comma said so.
    fn name(&mut self, words: &[&str], given: Option<usize>) {
        let shaped: Vec<String> = words.iter().enumerate().map(|(index, word)| shaped(word, index == 0)).collect();
        let is_van_name = matches!(words, [_, "van" | "von", "de" | "der" | "den" | "het" | "'t", _]);
        let is_name =
            clean::person(&words.join(" ")).or_else(|| is_van_name.then(|| clean::person(&shaped.join(" ")))?);
        let (Some(_), Some(whole)) = (is_name, clean::person(&shaped.join(" "))) else { return };
        let shaped: Vec<&str> = whole.split(' ').collect();
        let given = given.filter(|given| *given < shaped.len()).unwrap_or_else(|| given_words(&shaped));
        self.given = shaped[..given].join(" ");
        self.surname = shaped[given..].join(" ");
        self.whole = whole;
    }

    fn has(&self, title: Title) -> bool {
        self.titles.contains(&title)
    }
}

/// The greeting itself.
fn greet(greeting: &Greeting, person: &Titled) -> String {
    let (madam, sir) = (person.has(Title::Madam), person.has(Title::Sir));
    if person.whole.is_empty() {
        let unnamed = match (madam, sir) {
            (true, false) => greeting.unnamed_madam,
            (false, true) => greeting.unnamed_sir,
            _ => greeting.unnamed,
        };
        return unnamed.to_owned();
    }
    let degree = match (person.has(Title::Professor), person.has(Title::Doctor)) {
        (true, _) => Some(greeting.professor),
        (false, true) => Some(greeting.doctor),
        (false, false) => None,
    };
    let by_title = match (madam, sir) {
        (true, true) => Some(greeting.couple),
        (true, false) => Some(greeting.madam),
        (false, true) => Some(greeting.sir),
        (false, false) => person.has(Title::Family).then_some(greeting.family),
    };
    let surname = surname(greeting, person);
    let (wording, name) = match (by_title, degree, greeting.degrees) {
        (Some(by_title), Some(_), Degrees::Beside { doctor, professor }) => {
            let degree = if person.has(Title::Professor) { professor } else { doctor };
            (by_title, format!("{degree}{surname}"))
        }
        (Some(by_title), None, _) | (Some(by_title), Some(_), Degrees::Otherwise) => (by_title, surname),
        (_, Some(degree), _) => (degree, surname),
        // A title that is left out told at least that this is a surname.
        (None, None, _) if person.given.is_empty() && !person.titles.is_empty() => (greeting.either, surname),
        (None, None, _) => (greeting.plain, person.whole.clone()),
    };
    wording.replace("{}", &name)
}

/// The surname as it stands behind a title.
fn surname(greeting: &Greeting, person: &Titled) -> String {
    // `'t Hooft` has no letter to make large.
    let particle = person.surname.split(' ').next().filter(|word| is_particle(word) && !word.starts_with('\''));
    match particle {
        Some(_) if greeting.large_particle => large(&person.surname),
        Some(particle) if person.given.is_empty() => {
            format!("{}{}", particle.to_lowercase(), &person.surname[particle.len()..])
        }
        _ => person.surname.clone(),
    }
}

/// Without what mail programs put around a name or behind it.
fn bare(name: &str) -> String {
    let name = name.split(['(', '[', '<', '|']).next().unwrap_or(name);
    let name = name.split(" via ").next().unwrap_or(name).replace('’', "'").replace(" - ", "-");
    let is_quote = |c: char| matches!(c, '"' | '“' | '”' | '„' | '‘' | ' ' | '-' | ',');
    let name = name.trim_matches(is_quote);
    // `'Anna de Wit'` is quoted, `'t Hooft` is a name.
    name.strip_prefix('\'').and_then(|name| name.strip_suffix('\'')).unwrap_or(name).trim().to_owned()
}

fn folded(word: &str) -> String {
    word.chars().filter(|c| *c != '.').collect::<String>().to_lowercase()
}

fn is_no_person(piece: &str) -> bool {
    static NONE: LazyLock<HashSet<&str>> = LazyLock::new(|| in_any_language(&NO_PERSONS, |names| names.no_persons));
    piece.split([' ', '-']).any(|word| NONE.contains(folded(word).as_str()))
}

/// Whether the word joins two people.
fn joins(word: &str) -> bool {
    static JOIN: LazyLock<HashSet<&str>> = LazyLock::new(|| in_any_language(&JOINING, |names| names.joining));
    JOIN.contains(word)
}

fn in_any_language(everywhere: &[&'static str], of: fn(&Names) -> &'static str) -> HashSet<&'static str> {
    let own = Language::ALL.iter().flat_map(|language| of(&language.tongue().names).split_whitespace());
    everywhere.iter().copied().chain(own).collect()
}

fn is_particle(word: &str) -> bool {
    PARTICLES.contains(&word.to_lowercase().as_str())
}

/// What the word says as a title: in the language first, then as a degree, then in any other.
fn title(word: &str, behind_comma: bool, language: Language) -> Option<Title> {
    let folded = folded(word);
    let said = TITLES.get(folded.as_str()).map(Vec::as_slice).unwrap_or_default();
    if let Some((_, title)) = said.iter().find(|(of, _)| *of == language) {
        return Some(*title);
    }
    if DEGREES.contains(&folded.as_str()) {
        return (behind_comma || !ONLY_BEHIND.contains(&folded.as_str())).then_some(Title::Silent);
    }
    said.first().map(|(_, title)| *title)
}

/// What a word says as a title, and in which language; those of a language in the order of its table.
static TITLES: LazyLock<HashMap<&str, Vec<(Language, Title)>>> = LazyLock::new(|| {
    let mut titles: HashMap<&str, Vec<(Language, Title)>> = HashMap::new();
    for language in Language::ALL {
        for (words, title) in language.tongue().names.titles {
            for word in words.split_whitespace() {
                titles.entry(word).or_default().push((language, *title));
            }
        }
    }
    titles
});

/// Whether it is a degree although no comma stands before it: `Jansen jr.`, and `P. Koning MA` beside what is not shouted.
fn is_degree(before: &[&str], word: &str) -> bool {
    let is_shouted = |word: &str| word == word.to_uppercase();
    BEHIND_A_NAME.contains(&folded(word).as_str())
        || (before.len() > 1 && is_shouted(word) && before.iter().any(|word| !is_shouted(word)))
}

/// How many words stand before the surname: initials, or all before a particle, or the first of two words. Of three and more
/// without either nobody can tell, and all are shown.
fn given_words(words: &[&str]) -> usize {
    let initials = words.iter().take_while(|word| word.ends_with('.')).count();
    let joined = |word: &str| word.rsplit_once('-').is_some_and(|(_, last)| is_particle(last));
    match words.iter().position(|word| is_particle(word) || joined(word)) {
        _ if initials > 0 && initials < words.len() => initials,
        Some(at) => at,
        None if words.len() == 2 => 1,
        None => 0,
    }
}

/// A word of a name as it is written: `DE WIT` and `de wit` are `de Wit`; what has its own large letters keeps them.
fn shaped(word: &str, first: bool) -> String {
    let (lower, upper) = (word.to_lowercase(), word.to_uppercase());
    let has_vowel = lower.chars().any(|c| "aeiouyáéíóúàèëïöüäâêîôû".contains(c));
    if is_particle(word) && (word == lower || word == upper) {
        return lower;
    }
    if word == lower && lower == "en" && !first {
        return lower;
    }
    // `JP` stays: letters without a vowel are initials.
    let shouted = word == upper && word.chars().filter(|c| c.is_alphabetic()).count() > 1 && has_vowel;
    if word == lower || (shouted && !word.contains('.')) {
        return lower
            .split('-')
            .map(|part| if is_particle(part) { part.to_owned() } else { large(part) })
            .collect::<Vec<_>>()
            .join("-");
    }
    word.to_owned()
}

/// With a large first letter: `IJsbrand`, `O'Brien`, `J.P.`.
fn large(word: &str) -> String {
    if let Some(rest) = word.strip_prefix("ij") {
        return format!("IJ{rest}");
    }
    let mut begins = true;
    let mut written = String::with_capacity(word.len());
    for (at, c) in word.char_indices() {
        if begins {
            written.extend(c.to_uppercase());
        } else {
            written.push(c);
        }
        // Behind an initial, and behind `O'` and `d'`.
        begins = c == '.' || (c == '\'' && at <= 1);
    }
    written
}

#[cfg(test)]
mod tests;
