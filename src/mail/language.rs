//! Which of the languages of our letters a text is in, or not sure. Pure.
//!
//! Frequent small words decide: they make up half of any text, even of a short angry one. Words of the neighbours
//! (Spanish, Italian, Portuguese, Polish) count against, so that a text in one of those is none of ours and not taken for
//! French because both say `la`, `me` and `un`.

use crate::languages::{Language, others::NEIGHBOURS};
use aho_corasick::AhoCorasick;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The first thousand words show the language as well as all of them.
const WORDS_MAX: usize = 1_000;
/// Points below which nothing is concluded: two words that only one language has.
const POINTS_MIN: u32 = 4;
/// A word that only one of the languages here has, and one that a neighbour shares.
const OWN: u32 = 2;
const SHARED: u32 = 1;
/// Letters of a word that is too long to be an abbreviation.
const GROUPED_LETTERS_MIN: usize = 4;

/// The language of what somebody wrote; None: not sure. The subject helps only where the text is too short to tell, and only a
/// subject of one's own: that of an answer is in the language of the letter answered.
pub fn of(reply: &str, subject: &str) -> Option<Language> {
    conclude(&deciding(reply, subject))
}

/// For a person: what spoke for each language.
pub fn reason(reply: &str, subject: &str) -> String {
    let points = deciding(reply, subject);
    let each = points.each().map(|(language, points)| format!("{} {points}", language.name()));
    let each = each.collect::<Vec<_>>().join(", ");
    format!("{} words; points for {each}, the nearest neighbour {}", points.words, points.nearest_neighbour())
}

/// The points of the text, or of text and subject where the subject may help.
fn deciding(reply: &str, subject: &str) -> Points {
    let of_text = points(reply);
    if conclude(&of_text).is_some() || subject.contains(':') {
        return of_text;
    }
    points(&format!("{reply}\n{subject}"))
}

#[derive(Default)]
struct Points {
    /// In the order of [`Language::ALL`].
    ours: [u32; Language::COUNT],
    neighbours: [u32; NEIGHBOURS.len()],
    words: u32,
}

impl Points {
    fn each(&self) -> impl Iterator<Item = (Language, u32)> {
        Language::ALL.into_iter().zip(self.ours)
    }

    fn nearest_neighbour(&self) -> u32 {
        self.neighbours.into_iter().max().unwrap_or_default()
    }

    fn add(&mut self, other: &Self) {
        let ours = self.ours.iter_mut().zip(other.ours);
        ours.chain(self.neighbours.iter_mut().zip(other.neighbours)).for_each(|(sum, points)| *sum += points);
    }
}

/// What each word of the lists counts.
static WORDS: LazyLock<HashMap<&'static str, Points>> = LazyLock::new(|| {
    let mut words: HashMap<&str, Points> = HashMap::new();
    let mut list = |listed: &'static str, count: &dyn Fn(&mut Points)| {
        // Once, though a list may hold a word twice.
        for word in listed.split_whitespace().collect::<HashSet<_>>() {
            count(words.entry(word).or_default());
        }
    };
    for (at, language) in Language::ALL.into_iter().enumerate() {
        let known_by = &language.tongue().known_by;
        for (listed, counts) in [(known_by.own, OWN), (known_by.shared, SHARED)] {
            list(listed, &|points| points.ours.iter_mut().skip(at).take(1).for_each(|sum| *sum += counts));
        }
    }
    for (at, neighbour) in NEIGHBOURS.into_iter().enumerate() {
        list(neighbour, &|points| points.neighbours.iter_mut().skip(at).take(1).for_each(|sum| *sum += OWN));
    }
    words
});

/// The letter groups of each language, in the order of [`Language::ALL`]; where it has none, nothing is found.
static GROUPS: LazyLock<[Option<AhoCorasick>; Language::COUNT]> =
    LazyLock::new(|| Language::ALL.map(|language| AhoCorasick::new(language.tongue().known_by.groups).ok()));

fn points(text: &str) -> Points {
    let mut points = Points::default();
    let words = text.split(|c: char| !c.is_alphabetic() && c != '\'' && c != '’').filter(|word| !word.is_empty());
    let mut low = String::new();
    for word in words.take(WORDS_MAX) {
        low.clear();
        if word.is_ascii() {
            low.push_str(word);
            low.make_ascii_lowercase();
        } else {
            low.extend(word.chars().flat_map(char::to_lowercase).map(|c| if c == '’' { '\'' } else { c }));
        }
        points.words += 1;
        if low.chars().nth(GROUPED_LETTERS_MIN - 1).is_some() {
            for (sum, groups) in points.ours.iter_mut().zip(GROUPS.iter()) {
                *sum += u32::from(groups.as_ref().is_some_and(|groups| groups.is_match(&low)));
            }
        }
        if let Some(of_word) = WORDS.get(low.as_str()) {
            points.add(of_word);
        }
    }
    points
}

fn conclude(points: &Points) -> Option<Language> {
    let clearly = |(language, mine): &(Language, u32)| {
        let others = points.each().filter(|(other, _)| other != language).map(|(_, points)| points);
        let mut rivals = others.chain([points.nearest_neighbour()]);
        *mine >= POINTS_MIN && *mine * 5 >= points.words && rivals.all(|rival| *mine * 2 >= rival * 3)
    };
    points.each().find(clearly).map(|(language, _)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_complaints_are_told_apart() {
        for text in [
            "Mijn auto is kapot en niemand belt terug.",
            "Ik wacht al drie weken op antwoord!",
            "Waarom krijg ik een boete? Dit klopt niet.",
            "Beste, bedankt voor uw bericht. Groet, Jan",
            "De schade is nog steeds niet hersteld, slechte service.",
            "Geen reactie ontvangen, graag bellen",
        ] {
            assert_eq!(of(text, ""), Some(Language::Dutch), "{text}");
        }
        for text in [
            "My car is broken and nobody calls me back.",
            "I have been waiting for three weeks!",
            "Why do I get a fine? This is wrong.",
            "Dear all, thanks for your message. Regards, John",
            "Still not repaired. I want my money back",
        ] {
            assert_eq!(of(text, ""), Some(Language::English), "{text}");
        }
        for text in [
            "Mein Auto ist kaputt und niemand ruft zurück. Ich warte seit drei Wochen auf eine Antwort.",
            "Die Rechnung ist falsch.",
            "Wann bekomme ich mein Geld zurück?",
            "Ich bin sehr enttäuscht, keine Antwort seit Wochen!",
            "Guten Tag, anbei die Rechnung der Werkstatt. Freundliche Grüße, Karin Vogel",
            "Bitte rufen Sie mich an, es ist dringend.",
            "Der Schaden wurde nicht repariert, sehr schlechter Service.",
        ] {
            assert_eq!(of(text, ""), Some(Language::German), "{text}");
        }
        for text in [
            "Ma voiture est en panne et personne ne me rappelle. Je suis très déçu de votre service.",
            "La facture n'est pas correcte.",
            "J'attends toujours une réponse !",
            "Bonjour, merci de me rappeler. Cordialement, Luc",
            "Quand est-ce que je serai remboursé ?",
            "Toujours pas de nouvelles depuis trois semaines, c'est inacceptable.",
            "Le véhicule n’a pas été réparé.",
        ] {
            assert_eq!(of(text, ""), Some(Language::French), "{text}");
        }
    }

    #[test]
    fn a_word_of_a_neighbour_does_not_make_a_dutch_or_english_mail_german_or_french() {
        for text in [
            "De monteur van de Werkstatt in Aken was er weer niet.",
            "Ik wacht nog steeds op de reparatie door garage La Voiture, merci!",
            "De afspraak in Café de la Paix ging niet door.",
            "Mijn Volkswagen maakt weer geluid, bitte, doe er iets aan.",
        ] {
            assert_eq!(of(text, ""), Some(Language::Dutch), "{text}");
        }
        for text in
            ["My Volkswagen was not repaired. Danke for nothing.", "The garage Le Mans in Lille never called me."]
        {
            assert_eq!(of(text, ""), Some(Language::English), "{text}");
        }
    }

    #[test]
    fn other_languages_and_too_little_text_are_unsure() {
        for (tag, text) in [
            ("es", "Mi coche está roto y nadie me llama. Es una vergüenza, la verdad."),
            ("it", "La mia auto è rotta e nessuno mi richiama, non va bene."),
            ("da", "Min bil er i stykker og ingen ringer tilbage. Det er ikke i orden."),
            ("pl", "Mój samochód jest zepsuty i nikt nie dzwoni."),
            ("ru", "Моя машина сломана"),
            ("", "OK"),
            ("", ""),
            ("", "12345 AB-123-C"),
        ] {
            // One that letters are in by now is told from the others by its own row.
            if !Language::ALL.iter().any(|language| language.tag() == tag) {
                assert_eq!(of(text, ""), None, "{text}");
            }
        }
    }

    #[test]
    fn only_a_subject_of_ones_own_helps() {
        assert_eq!(of("zie bijlage", "Klacht over mijn factuur"), Some(Language::Dutch));
        assert_eq!(of("see attachment", "Re: Klacht over mijn factuur"), None);
    }
}
