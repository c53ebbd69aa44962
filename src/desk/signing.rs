//! Whether what a colleague typed for a customer ends with who wrote it. Pure.

use super::Rules;
use super::draft::SignedBy;
use crate::case::Address;
use crate::text::fold;

/// Lines at the end in which a text is signed: a greeting, a name, and what a signature says below it.
const ENDING_LINES: usize = 8;
/// Words of a line that is a name: with more it is a sentence that somebody's name stands in.
const NAME_WORDS_MAX: usize = 5;
/// Letters of a name that is recognised alone.
const NAME_LETTERS_MIN: usize = 2;

/// How the last lines of a letter begin, in the languages that customers are written to in; folded.
const GREETINGS: [&str; 31] = [
    "met vriendelijke",
    "met hartelijke",
    "met beleefde",
    "vriendelijke groet",
    "hartelijke groet",
    "hoogachtend",
    "groet",
    "groeten",
    "groetjes",
    "mvg",
    "m.v.g",
    "kind regards",
    "best regards",
    "warm regards",
    "with kind",
    "regards",
    "sincerely",
    "yours",
    "best wishes",
    "all the best",
    "mit freundlich",
    "freundliche gru",
    "viele gru",
    "beste gru",
    "mfg",
    "cordialement",
    "bien cordialement",
    "bien a vous",
    "meilleures salutations",
    "sinceres salutations",
    "veuillez agreer",
];

/// Who typed it, for a customer who would not know. Of a shared mailbox nobody can tell.
pub(super) fn unsigned(text: &str, from: &Address, name: &str, rules: &Rules) -> Option<SignedBy> {
    let is_shared = rules.departments.iter().any(|department| department.address == *from);
    signed_by(text, name).filter(|_| !is_shared)
}

/// Who signs it, where the text does not end with a name: by the name that the colleague's own mail program shows. A name of one
/// word may be a department's, and is left away.
fn signed_by(text: &str, name: &str) -> Option<SignedBy> {
    let name = name.trim();
    if name.split_whitespace().count() < 2 {
        return None;
    }
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let ending = &lines[lines.len().saturating_sub(ENDING_LINES)..];
    if ending.iter().any(|line| names(line, name)) {
        return None;
    }
    let greeted = ending.iter().rposition(|line| is_greeting(line));
    match greeted {
        Some(at) if at + 1 < ending.len() || ending.get(at).is_some_and(|line| bears_a_name(line, name)) => None,
        greeted => Some(SignedBy { name: name.to_owned(), greeted: greeted.is_some() }),
    }
}

fn is_greeting(line: &str) -> bool {
    let line = fold(line);
    GREETINGS.iter().any(|greeting| line.starts_with(greeting))
}

/// `Groeten, Jan`: whoever it is, it is signed.
fn bears_a_name(greeting: &str, name: &str) -> bool {
    let behind_comma = greeting.split_once(',').is_some_and(|(_, behind)| !behind.trim().is_empty());
    let (greeting, name) = (fold(greeting), fold(name));
    let words: Vec<&str> = greeting.split(|c: char| !c.is_alphanumeric()).collect();
    let is_named = |word: &str| word.chars().count() >= NAME_LETTERS_MIN && words.contains(&word);
    behind_comma || name.split_whitespace().any(is_named)
}

/// Whether the line is that name, or a part of it: `Anna`, `A. de Vries`.
fn names(line: &str, name: &str) -> bool {
    let words = |text: &str| -> Vec<String> {
        let folded = fold(text);
        folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    };
    let (line, name) = (words(line), words(name));
    let is_of_name = |word: &&String| word.chars().count() >= NAME_LETTERS_MIN && name.contains(word);
    line.len() <= NAME_WORDS_MAX && line.iter().any(|word| is_of_name(&word)) && {
        let own = line.iter().filter(|word| name.contains(word) || word.chars().count() == 1).count();
        own == line.len() || line.windows(name.len().max(1)).any(|run| run == name.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<bool> {
        signed_by(text, "Anna de Vries").map(|by| by.greeted)
    }

    #[test]
    fn who_signed_is_not_signed_for() {
        for signed in [
            "De garage belt u.\n\nMet vriendelijke groet,\nAnna de Vries",
            "De garage belt u.\n\nAnna",
            "De garage belt u.\nA. de Vries\nVoorbeeld Lease",
            "The garage will call you.\n\nKind regards,\nTeam Damage",
            "Die Werkstatt ruft an.\nMit freundlichen Grüßen\nA.V.",
            "Le garage vous appelle.\nCordialement,\nService sinistres\n033 123 45 67",
            "De garage belt u. Groeten\n\nAnna de Vries (schade)",
            "De garage belt u.\nGroeten, Team Schade",
            "De garage belt u.\nGroetjes Anna",
        ] {
            assert_eq!(told(signed), None, "{signed}");
        }
    }

    #[test]
    fn who_did_not_gets_the_name_and_a_greeting_where_there_is_none() {
        assert_eq!(told("De garage belt u."), Some(false));
        assert_eq!(told("De garage belt u.\n\nMet vriendelijke groet,"), Some(true));
        // A sentence that names her is no signature.
        assert_eq!(told("Ik heb u gisteren gebeld, dat deed Anna de Vries ook al eens."), Some(false));
        assert_eq!(told("Groet u de garage van mij? Daar werkt Anna.\nDe auto is klaar."), None);
        assert_eq!(told(""), Some(false));
    }

    #[test]
    fn a_name_of_one_word_may_be_a_departments() {
        assert_eq!(signed_by("Ja.", "Schade"), None);
        assert_eq!(signed_by("Ja.", ""), None);
    }
}
