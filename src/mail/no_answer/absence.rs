//! Is a text the notice of an absence from end to end? Pure.
//!
//! Words that occur in such notices say nothing: customers write "afwezig" of a mechanic and "op vakantie" of a broken
//! car. So each sentence must consist of words known here, names and numbers; one of them must say that the *writer* is
//! away; and whatever denies something else, asks, or brings one word more makes the text a person's.

use super::absence_words::{
    AWAY, AWAY_DENIED, COLLEAGUE, FIRST, GREETING, KNOWN, MAIL, NEGATIONS, PHRASES, SECOND, TELLING,
};
use super::absence_words::{FRENCH, OPENING, has};
use unicode_normalization::UnicodeNormalization;

/// Notices are short; what is longer tells something.
const WORDS_MAX: usize = 160;
/// A name with its title: "mevrouw A. van der Berg".
const NAME_WORDS_MAX: usize = 5;

/// One word of a sentence.
struct Word {
    /// In lower case.
    folded: String,
    capital: bool,
    /// A number, an address, a link: says nothing by itself.
    is_figure: bool,
}

/// Whether nothing but an absence is told, by the one who is absent.
pub(super) fn is_throughout(text: &str) -> bool {
    if text.contains(['?', '？']) || text.split_whitespace().nth(WORDS_MAX).is_some() {
        return false;
    }
    let (mut told, mut closing) = (false, false);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let line: String = line.nfc().collect();
        for sentence in sentences(&line) {
            let words = words(sentence);
            if words.is_empty() {
                continue;
            }
            match judge(&words, closing) {
                Part::Absence => told = true,
                Part::Beside => {}
                Part::SignOff => closing = true,
                Part::Other => return false,
            }
        }
    }
    told
}

/// What a sentence is in such a notice.
enum Part {
    /// "I am away".
    Absence,
    /// What goes along with it: thanks, who stands in, what becomes of the mail, a name.
    Beside,
    /// Below it stands who writes.
    SignOff,
    Other,
}

fn judge(words: &[Word], closing: bool) -> Part {
    let any = |list: &str| words.iter().any(|word| has(list, &word.folded));
    if any(TELLING) {
        return Part::Other;
    }
    if words.iter().all(|word| has(GREETING, &word.folded) || word.is_figure) && any(GREETING) {
        return Part::SignOff;
    }
    let opens = words.first().is_some_and(|word| has(OPENING, &word.folded));
    let is_named =
        |rest: &[Word]| rest.len() <= NAME_WORDS_MAX && rest.iter().all(|word| word.is_figure || is_name(word));
    if (closing && words.iter().all(|word| word.is_figure || is_name(word)))
        || is_named(words)
        || (opens && is_named(words.get(1..).unwrap_or_default()))
    {
        return Part::Beside;
    }
    if !all_known(words) {
        return Part::Other;
    }
    let denies = any(NEGATIONS);
    let is_french = any(FRENCH);
    let reader = |word: &Word| has(SECOND, &word.folded) && !(is_french && has("je du", &word.folded));
    let to_reader = words.iter().any(reader);
    let of_mail = any(MAIL);
    let is_away = any(AWAY) || (denies && any(AWAY_DENIED));
    let by_writer = any(FIRST) || words.first().is_some_and(|word| has(AWAY, &word.folded));
    match (is_away, by_writer, to_reader, denies) {
        // "I cannot reach you at the office" is no absence; "I cannot read your mail" is part of one.
        (true, true, second, _) if !second || of_mail => Part::Absence,
        (_, _, second, true) if !(second && of_mail) => Part::Other,
        (true, false, ..) => Part::Other,
        _ => Part::Beside,
    }
}

/// Each word is known, or a name behind somebody who stands in.
fn all_known(words: &[Word]) -> bool {
    let mut names_left = 0;
    words.iter().all(|word| {
        let known = word.is_figure || [KNOWN, AWAY, AWAY_DENIED, OPENING].iter().any(|list| has(list, &word.folded));
        if has(COLLEAGUE, &word.folded) {
            names_left = NAME_WORDS_MAX;
        } else if !known {
            let is_left = names_left > 0 && is_name(word);
            names_left = usize::from(is_left) * names_left.saturating_sub(1);
            return is_left;
        }
        true
    })
}

fn is_name(word: &Word) -> bool {
    const WITHIN: &str = "van de der den het ten ter el von zu da dos di la le du";
    word.capital && !has(NEGATIONS, &word.folded) || has(WITHIN, &word.folded)
}

/// A full stop ends a sentence behind a word of letters; behind a number it belongs to a date.
fn sentences(line: &str) -> impl Iterator<Item = &str> {
    let (mut rest, mut is_last) = (line, false);
    std::iter::from_fn(move || {
        let mut before = ' ';
        let mut ahead = rest.char_indices().peekable();
        while let Some((at, c)) = ahead.next() {
            let next = ahead.peek().map(|(_, next)| *next);
            let ends = matches!(c, '!' | ';' | '。' | ':')
                || (c == '.' && before.is_alphabetic() && next.is_none_or(char::is_whitespace))
                || (c == ',' && next.is_none());
            if ends {
                let (sentence, behind) = rest.split_at(at);
                rest = &behind[c.len_utf8()..];
                return Some(sentence);
            }
            before = c;
        }
        (!std::mem::replace(&mut is_last, true)).then_some(rest)
    })
}

fn words(sentence: &str) -> Vec<Word> {
    let lower = sentence.to_lowercase();
    // A phrase that denies, and yet belongs to every such notice, counts as nothing.
    let spoken = PHRASES.iter().fold(lower, |text, phrase| text.replace(phrase, " "));
    let is_capital = |piece: &str| sentence.contains(&capitalised(piece));
    let mut words = Vec::new();
    for token in spoken.split_whitespace() {
        if token.contains('@') || token.starts_with("http") || token.starts_with("www.") || is_number(token) {
            words.push(Word { folded: token.to_owned(), capital: false, is_figure: true });
            continue;
        }
        for piece in token.split(|c: char| !c.is_alphanumeric()).filter(|piece| !piece.is_empty()) {
            let is_figure = piece.chars().all(|c| c.is_ascii_digit());
            words.push(Word { folded: piece.to_owned(), capital: is_capital(piece), is_figure });
        }
    }
    words
}

/// The word as it stands at the head of a name.
fn capitalised(piece: &str) -> String {
    let mut letters = piece.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn is_number(token: &str) -> bool {
    let figures = token.chars().filter(char::is_ascii_digit).count();
    figures > 0 && token.chars().all(|c| c.is_ascii_digit() || "+-./():,'–u".contains(c))
}
