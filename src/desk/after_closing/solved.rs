//! What a customer answers to the question below the closing: the words that its links type, and what people type themselves, by
//! the table of languages. Pure.

use super::{AfterClosing, after_closing, bare_words, is_signature_alone, what_it_says};
use crate::case::{Language, Solved};

/// What is said in that language: what the link types, first of all.
fn said_in(solved: Solved, language: Language) -> &'static [&'static str] {
    let solving = &language.tongue().solving;
    match solved {
        Solved::Yes => solving.yes,
        Solved::No => solving.no,
    }
}

/// What the link types.
pub fn solved_typed(solved: Solved, language: Language) -> &'static str {
    said_in(solved, language).first().copied().unwrap_or_default()
}

/// The answer, where the text is one: "yes" with nothing beside it but thanks and a signature, "no" with whatever follows it.
/// `names` are words that may stand beside it, as in [`after_closing`].
pub fn solved_said(text: &str, names: &[&str]) -> Option<Solved> {
    let said = what_it_says(text);
    let words = bare_words(&said);
    let is = |wanted: Solved, fits: &dyn Fn(&str) -> bool| {
        let of = Language::ALL.into_iter().flat_map(|language| said_in(wanted, language));
        of.map(|said| bare_words(said)).any(|said| fits(&said))
    };
    let thanks_follow = |said: &str| {
        let rest = words.strip_prefix(said).map(str::trim);
        rest.is_some_and(|rest| rest.is_empty() || after_closing(rest, names) == AfterClosing::Thanks)
    };
    if is(Solved::Yes, &thanks_follow) {
        return is_signed_off(text, &said, names).then_some(Solved::Yes);
    }
    let first = bare_words(said.lines().next().unwrap_or_default());
    is(Solved::No, &|said| first == said).then_some(Solved::No)
}

/// Whether what stands below the last line of what was said is a signature or nothing: a sentence behind the name may be the
/// next complaint.
fn is_signed_off(text: &str, said: &str, names: &[&str]) -> bool {
    let last = bare_words(said.lines().last().unwrap_or_default());
    let lines: Vec<&str> = text.lines().collect();
    let end = lines.iter().rposition(|line| bare_words(line).contains(&last)).map_or(0, |at| at + 1);
    let below = lines.get(end..).unwrap_or_default().join("\n");
    below.trim().is_empty() || is_signature_alone(&below, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Option<Solved> {
        solved_said(text, &["Jan Jansen"])
    }

    #[test]
    fn what_a_link_types_is_the_answer_also_with_a_signature() {
        for language in Language::ALL {
            for solved in [Solved::Yes, Solved::No] {
                let typed = solved_typed(solved, language);
                assert_eq!(said(typed), Some(solved));
                assert_eq!(said(&format!("{typed}\n\nMet vriendelijke groet,\nJan Jansen\n06-12345678")), Some(solved));
            }
        }
    }

    #[test]
    fn people_say_it_in_few_words() {
        for text in [
            "ja",
            "Oui",
            "Ja, gelöst",
            "Ja, erledigt",
            "Ja, meine Beschwerde ist gelöst.",
            "Ja!",
            "Ja, opgelost. Bedankt voor de snelle hulp!",
            "Yes, thank you",
            "Beste Petra,\nJa, opgelost",
        ] {
            assert_eq!(said(text), Some(Solved::Yes), "{text}");
        }
        for text in [
            "Nee",
            "Nee, niet opgelost!\nDe kras zit er nog.",
            "No",
            "Nein",
            "Nein, meine Beschwerde ist nicht gelöst.",
            "Non, pas résolue",
        ] {
            assert_eq!(said(text), Some(Solved::No), "{text}");
        }
    }

    #[test]
    fn anything_else_is_read_as_ever() {
        for text in [
            "",
            "Bedankt!",
            "Ja, maar de kras zit er nog.",
            "Ja, mijn klacht is opgelost. Maar nu is de deur stuk.",
            "Ja hoor, geweldig, weer niets",
            "Nee hoor, alles is goed",
            "Is het opgelost?",
            "Ja, mijn klacht is opgelost.\nGroeten,\nJan Jansen\n\nMaar nu is de deur stuk en ik wil dat u die ook maakt.",
            "Ja\n\nMet vriendelijke groet,\nJan Jansen\n\nNog iets: de rekening klopt niet.",
        ] {
            assert_eq!(said(text), None, "{text}");
        }
    }
}
