//! Dutch, English, German, French, or not sure: our letters come in these four. Pure.
//!
//! Frequent small words decide: they make up half of any text, even of a short angry one. Words of the neighbours
//! (Spanish, Italian, Portuguese, Polish) count against, so that a text in one of those is `Unsure` and not taken for
//! French because both say `la`, `me` and `un`.

use super::Language;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// The first thousand words show the language as well as all of them.
const WORDS_MAX: usize = 1_000;
/// Points below which nothing is concluded: two words that only one language has.
const POINTS_MIN: u32 = 4;
/// A word that only one of the languages here has, and one that a neighbour shares.
const OWN: u32 = 2;
const SHARED: u32 = 1;

/// Words that only Dutch has here; then those that English or a neighbour has too.
const DUTCH: &str = "aan al als bij ben bent beste bedankt betaald bel belt dag dan dat deze dit doen door dus een eens er ook geen \
    graag goed groet groeten heb hebben hebt heeft het hij hoe hun iemand ik jaar jij jullie kan klacht kon krijg \
    kunnen kunt maar mag meer meneer met mevrouw mij mijn moet morgen naar nee niet niets niks nog nooit nu of omdat \
    ons onze op over reeds steeds te tegen terug toch tot uit uw vandaag vanaf veel volgens voor vraag waar waarom \
    wanneer want wat weer wel werd wij wil word worden wordt zeer zeg zich zij zijn zo zonder zou antwoord auto fout \
    gebeld gesproken kapot factuur helaas jammer maand vriendelijke schade slecht snel weken week afspraak geld \
    gisteren hierbij alstublieft wacht wachten";
const DUTCH_SHARED: &str = "de en die van was is in we me ja hier om had u ze je";

const ENGLISH: &str = "the and you your i i'm it's don't can't my that this not have has are with for but they from would could should \
    been were there what when why which please thank thanks dear regards it be to at as our us their them he she his \
    her if because about any still again never nobody no yes how who did does do will can am than then out up very \
    after before since already yet hello hi complaint car invoice broken call called answer wrong money today \
    tomorrow yesterday weeks days i've didn't doesn't won't haven't unacceptable waiting refund";
const ENGLISH_SHARED: &str = "is in was we me on of an a so by had or all week over";

/// Frequent words that neither Dutch nor English has, of German, of French, and of the neighbours we do not write in.
const GERMAN_AT: usize = 0;
const FRENCH_AT: usize = 1;
const NEIGHBOURS: [&str; 6] = [
    // German
    "der das und ich nicht ist sie mit für auf ein eine einen einem zu von dem den des wir uns mir mein meine ihr \
        ihre haben habe hat sind bin wird werden wurde auch aber oder wenn dass noch schon sehr bitte danke geehrte \
        grüße grüßen nach bei aus kein keine keinen wie warum seit die im zum zur es \
        er beim vom mein meinem meinen meiner ihnen ihrem ihren ihrer unser unsere unseren jetzt immer wieder mehr nie \
        niemals endlich leider dringend sofort gestern heute woche wochen tage tagen monat monate monaten \
        rechnung falsch beschwerde schlecht werkstatt fahrzeug kaputt antwort warte wartet ruft zurück zurückrufen \
        vertrag schaden reparatur termin kunde guten liebe freundlichen geehrter möchte würde können kann muss \
        soll sollte über durch ohne gegen unverschämt enttäuscht unzufrieden erhalten bekommen gemacht",
    // French
    "le la les une et est vous nous je mon ma mes votre vos pas ne pour que qui dans sur avec ce cette ai avez \
        été mais plus bonjour merci au aux du des il elle sont suis j'ai c'est toujours cordialement un de en n'ai n'est d'une \
        d'un qu'il s'il l'argent ont fait faire être comme quand pourquoi comment notre nos leur leurs ou où si tout très \
        trop rien jamais personne encore depuis semaine semaines jours mois hier aujourd'hui réclamation facture voiture \
        véhicule contrat problème réponse remboursement panne réparation réparée cassé cassée reçu déçu déçue attends \
        attente appelé rappelle rappeler plaît madame monsieur salutations veuillez inacceptable mécontent \
        après avant votre cela ça y",
    // Spanish and Portuguese
    "el los las y que por para con una mi su usted pero está gracias hola muy como del lo o os não uma com meu \
        minha obrigado seu sua mas da do em um de en es no se",
    // Italian
    "il lo gli che di per con non una sono mio mia del della grazie ho ma anche buongiorno e è ci si un",
    // Polish and other Slavic in Latin letters
    "nie jest na się proszę dziękuję w z i że mam moje po dla je mi sam za",
    // Scandinavian
    "og och jeg jag ikke inte det er att at som har til till med på vi hilsen en",
];

/// The language of what somebody wrote. The subject helps only where the text is too short to tell, and only a subject
/// of one's own: that of an answer is in the language of the letter answered.
pub fn of(reply: &str, subject: &str) -> Language {
    conclude(&deciding(reply, subject))
}

/// For a person: what spoke for each language.
pub fn reason(reply: &str, subject: &str) -> String {
    let points = deciding(reply, subject);
    let other = points.neighbours.iter().skip(FRENCH_AT + 1).copied().max().unwrap_or_default();
    let (dutch, english, words) = (points.dutch, points.english, points.words);
    let of = |at: usize| points.neighbours.get(at).copied().unwrap_or_default();
    let (german, french) = (of(GERMAN_AT), of(FRENCH_AT));
    format!(
        "{words} words; points for Dutch {dutch}, English {english}, German {german}, French {french}, the nearest neighbour {other}"
    )
}

/// The points of the text, or of text and subject where the subject may help.
fn deciding(reply: &str, subject: &str) -> Points {
    let of_text = points(reply);
    if conclude(&of_text) != Language::Unsure || subject.contains(':') {
        return of_text;
    }
    points(&format!("{reply}\n{subject}"))
}

#[derive(Default)]
struct Points {
    dutch: u32,
    english: u32,
    neighbours: [u32; 6],
    words: u32,
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
    list(DUTCH, &|points| points.dutch += OWN);
    list(DUTCH_SHARED, &|points| points.dutch += SHARED);
    list(ENGLISH, &|points| points.english += OWN);
    list(ENGLISH_SHARED, &|points| points.english += SHARED);
    for (at, neighbour) in NEIGHBOURS.into_iter().enumerate() {
        list(neighbour, &|points| points.neighbours.iter_mut().skip(at).take(1).for_each(|sum| *sum += OWN));
    }
    words
});

fn points(text: &str) -> Points {
    let mut points = Points::default();
    let words = text.split(|c: char| !c.is_alphabetic() && c != '\'' && c != '’').filter(|word| !word.is_empty());
    let mut low = String::new();
    for word in words.take(WORDS_MAX) {
        low.clear();
        low.extend(word.chars().flat_map(char::to_lowercase).map(|c| if c == '’' { '\'' } else { c }));
        let word = low.as_str();
        points.words += 1;
        points.dutch += u32::from(looks_dutch(word));
        let Some(of_word) = WORDS.get(word) else { continue };
        points.dutch += of_word.dutch;
        points.english += of_word.english;
        for (sum, of_word) in points.neighbours.iter_mut().zip(of_word.neighbours) {
            *sum += of_word;
        }
    }
    points
}

/// Letter groups that Dutch has and the others have not, in words too long to be an abbreviation.
fn looks_dutch(word: &str) -> bool {
    const GROUPS: [&str; 7] = ["ij", "aa", "uu", "oe", "ui", "eeu", "sch"];
    word.chars().count() >= 4 && GROUPS.iter().any(|group| word.contains(group))
}

fn conclude(points: &Points) -> Language {
    let of = |at: usize| points.neighbours.get(at).copied().unwrap_or_default();
    let (german, french) = (of(GERMAN_AT), of(FRENCH_AT));
    let strangers = points.neighbours.iter().skip(FRENCH_AT + 1).copied().max().unwrap_or_default();
    let all = [(points.dutch, Language::Dutch), (points.english, Language::English), (german, Language::German)];
    let all = all.into_iter().chain([(french, Language::French)]);
    let clearly = |(mine, language): &(u32, Language)| {
        let mut rivals =
            all.clone().filter(|(_, other)| other != language).map(|(points, _)| points).chain([strangers]);
        *mine >= POINTS_MIN && *mine * 5 >= points.words && rivals.all(|rival| *mine * 2 >= rival * 3)
    };
    all.clone().find(clearly).map_or(Language::Unsure, |(_, language)| language)
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
            assert_eq!(of(text, ""), Language::Dutch, "{text}");
        }
        for text in [
            "My car is broken and nobody calls me back.",
            "I have been waiting for three weeks!",
            "Why do I get a fine? This is wrong.",
            "Dear all, thanks for your message. Regards, John",
            "Still not repaired. I want my money back",
        ] {
            assert_eq!(of(text, ""), Language::English, "{text}");
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
            assert_eq!(of(text, ""), Language::German, "{text}");
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
            assert_eq!(of(text, ""), Language::French, "{text}");
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
            assert_eq!(of(text, ""), Language::Dutch, "{text}");
        }
        for text in
            ["My Volkswagen was not repaired. Danke for nothing.", "The garage Le Mans in Lille never called me."]
        {
            assert_eq!(of(text, ""), Language::English, "{text}");
        }
    }

    #[test]
    fn other_languages_and_too_little_text_are_unsure() {
        for text in [
            "Mi coche está roto y nadie me llama. Es una vergüenza, la verdad.",
            "La mia auto è rotta e nessuno mi richiama, non va bene.",
            "Min bil er i stykker og ingen ringer tilbage. Det er ikke i orden.",
            "Mój samochód jest zepsuty i nikt nie dzwoni.",
            "Моя машина сломана",
            "OK",
            "",
            "12345 AB-123-C",
        ] {
            assert_eq!(of(text, ""), Language::Unsure, "{text}");
        }
    }

    #[test]
    fn only_a_subject_of_ones_own_helps() {
        assert_eq!(of("zie bijlage", "Klacht over mijn factuur"), Language::Dutch);
        assert_eq!(of("see attachment", "Re: Klacht over mijn factuur"), Language::Unsure);
    }
}
