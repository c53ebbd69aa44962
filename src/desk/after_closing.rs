//! What a customer's mail is when the case is closed already (§2.4.2, end): thanks, which reopen nothing; disagreement
//! and any real text, which do. Pure.
//!
//! Thanks is only what consists of nothing but polite words known here: a complaint taken for thanks would be lost to
//! the procedure, thanks taken for a complaint cost somebody a minute. So in doubt it is real text.

mod solved;
mod vocabulary;

pub use solved::{solved_said, solved_typed};

use crate::text::fold;
use vocabulary::{
    ADDED, ASKING, NEGATIONS, NOT_ONLY, OPENING, OPPOSED, POLITE, REFUSING, SETTLED, SIGN_OFFS, THANKFUL_SIGNS,
    THANKING, WITHIN_NAMES, has, phrases,
};

/// What a customer's mail after the closing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterClosing {
    /// Polite words only: filed, reopens nothing.
    Thanks,
    /// A signature, and nothing above it.
    Nothing,
    /// Says that it is not settled, or that the customer does not agree.
    Disagreement,
    /// Anything else.
    RealText,
}

/// Thanks are short; what is longer tells something.
const THANKS_WORDS_MAX: usize = 40;
/// Disagreement is looked for in the first part of a text; whatever the rest says, it is real text already.
const LOOKED_AT_CHARS_MAX: usize = 20_000;
/// A negation denies what follows it within so many words: "niet naar mijn tevredenheid opgelost".
const DENIED_WORDS: usize = 5;
/// "Verzonden vanaf mijn Samsung Galaxy A54 5G" has no more; a longer line says something itself.
const ADDED_WORDS_MAX: usize = 7;
/// "Tel.", "T:", "Mob", "KvK", "|" before a number or an address; a word of a sentence is longer.
const LABEL_CHARS_MAX: usize = 5;
/// A signature has fewer lines; a longer text below a sign-off is one that was gone on with.
const SIGNATURE_LINES_MAX: usize = 15;
/// A person's name below a greeting.
const NAME_WORDS_MAX: usize = 4;

/// What the mail's new text is, quotes taken off. `names` are words that may stand in it beside: the names of the customer
/// and of who handled the case.
#[must_use]
pub fn after_closing(new_text: &str, names: &[&str]) -> AfterClosing {
    if is_thanks(new_text, names) {
        AfterClosing::Thanks
    } else if is_signature_alone(new_text, names) {
        AfterClosing::Nothing
    } else if disagrees(new_text) {
        AfterClosing::Disagreement
    } else {
        AfterClosing::RealText
    }
}

fn is_thanks(text: &str, names: &[&str]) -> bool {
    let names: Vec<String> = names.iter().flat_map(|name| words(name)).collect();
    let (mut thanked, mut counted, mut after_sign_off) = (false, 0, false);
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !is_added(line)) {
        counted += line.split_whitespace().take(THANKS_WORDS_MAX + 1).count();
        if counted > THANKS_WORDS_MAX || !signs_are_friendly(line) {
            return false;
        }
        thanked |= line.contains(is_thankful_sign);
        for sentence in without_greeting(line, &mut after_sign_off).split(['.', '!', ',', ';']) {
            let words = words(sentence);
            let known = |word: &String| has(THANKING, word) || has(POLITE, word) || names.contains(word);
            if words.first().is_some_and(|word| has(ASKING, word)) || !words.iter().all(known) {
                return false;
            }
            thanked |= words.iter().any(|word| has(THANKING, word));
        }
    }
    thanked
}

/// A sign-off or the writer's own name, what stands below it, and nothing said above it.
#[must_use]
pub fn is_signature_alone(text: &str, names: &[&str]) -> bool {
    let names: Vec<String> = names.iter().flat_map(|name| words(name)).collect();
    let mut signed = false;
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !is_added(line)) {
        // RFC 3676 §4.3; its last blank is gone with what some clients send.
        if line == "--" {
            signed = true;
            continue;
        }
        let folded = words(line);
        let is_own_name = !folded.is_empty() && folded.iter().all(|word| names.contains(word));
        let (greeting, name) = line.split_once(',').unwrap_or((line, ""));
        let greeting = words(greeting).join(" ");
        let signs_off =
            phrases(SIGN_OFFS).any(|phrase| phrase == greeting) && (name.trim().is_empty() || is_name(name));
        let opens = folded.first().is_some_and(|word| has(OPENING, word))
            && without_greeting(line, &mut false).trim().is_empty();
        let fits = is_own_name || if signed { is_name(line) || is_reached_at(line) } else { signs_off || opens };
        if !fits {
            return false;
        }
        signed |= is_own_name || signs_off;
    }
    signed
}

/// The text without its salutation, and without what stands from the sign-off on but for a postscript.
#[must_use]
pub fn what_it_says(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let end = lines.iter().rposition(|line| signs_off(line)).filter(|at| lines.len() - at <= SIGNATURE_LINES_MAX);
    let (above, below) = lines.split_at(end.unwrap_or(lines.len()));
    let postscript =
        below.iter().skip_while(|line| !words(line).first().is_some_and(|word| word == "ps" || word == "p"));
    let first = above.first().map(|line| without_salutation(line));
    let rest = above.iter().skip(1).chain(postscript).map(|line| without_sign_off(line));
    first.map(without_sign_off).into_iter().chain(rest).collect::<Vec<_>>().join("\n")
}

/// All its words and nothing else: what may stand in [`what_it_says`].
#[must_use]
pub fn bare_words(text: &str) -> String {
    words(text).join(" ")
}

fn signs_off(line: &str) -> bool {
    let (greeting, name) = line.split_once(',').unwrap_or((line, ""));
    let greeting = words(greeting).join(" ");
    phrases(SIGN_OFFS).any(|phrase| phrase == greeting) && (name.trim().is_empty() || is_name(name))
}

/// "Beste mevrouw Brand, …" without whom it speaks to; what is no name is said, also behind "Hallo".
fn without_salutation(line: &str) -> &str {
    let (opening, rest) = line.split_at(line.find([',', '!', '.', ' ']).unwrap_or(line.len()));
    if !has(OPENING, &words(opening).join(" ")) {
        return line;
    }
    let (name, after) = rest.split_once([',', '!']).unwrap_or((rest, ""));
    let is_shouted = !name.chars().any(char::is_lowercase);
    if rest.starts_with(' ') && is_name(name) && !is_shouted { after } else { rest }
}

/// "Thanks and kind regards" in the middle of a line says no more than below the text.
fn without_sign_off(line: &str) -> String {
    let mut said = words(line).join(" ");
    for phrase in phrases(SIGN_OFFS).filter(|phrase| phrase.contains(' ')) {
        said = said.replace(phrase, " ");
    }
    if said.split_whitespace().count() == words(line).len() { line.to_owned() } else { said }
}

/// A telephone number, an address or a page, with a label at most.
fn is_reached_at(line: &str) -> bool {
    let is_where =
        |word: &&str| word.contains('@') || word.contains("www.") || word.chars().any(|c| c.is_ascii_digit());
    let (places, labels): (Vec<&str>, Vec<&str>) = line.split_whitespace().partition(is_where);
    !places.is_empty() && labels.iter().all(|label| label.chars().count() <= LABEL_CHARS_MAX && !has(NEGATIONS, label))
}

/// The line without a salutation or the name below the sign-off; what is no name stays and is judged.
fn without_greeting<'line>(line: &'line str, after_sign_off: &mut bool) -> &'line str {
    let (first, rest) = line.split_once([',', ' ']).unwrap_or((line, ""));
    if has(OPENING, &words(first).join(" ")) {
        let (name, after) = rest.split_once([',', '!']).unwrap_or((rest, ""));
        return if name.trim().is_empty() || is_name(name) { after } else { line };
    }
    let (greeting, name) = line.split_once(',').unwrap_or((line, ""));
    let greeting = words(greeting).join(" ");
    if phrases(SIGN_OFFS).any(|phrase| phrase == greeting) && (name.trim().is_empty() || is_name(name)) {
        *after_sign_off = name.trim().is_empty();
        return "";
    }
    // The name stands right below, and there is one: else capitals would hide a letter.
    if std::mem::take(after_sign_off) && is_name(line) { "" } else { line }
}

/// Up to four words that begin with a capital, or stand within Dutch names, and say nothing themselves.
fn is_name(text: &str) -> bool {
    let pieces: Vec<&str> = text.split_whitespace().collect();
    let letters = |word: &str| word.chars().all(|c| c.is_alphabetic() || "-.'’".contains(c));
    let telling = |word: &str| {
        let folded = words(word).join("");
        [NEGATIONS, REFUSING, SETTLED, OPPOSED, THANKING].into_iter().any(|list| has(list, &folded))
    };
    let name_word = |word: &&str| {
        has(WITHIN_NAMES, word) || (word.starts_with(char::is_uppercase) && letters(word) && !telling(word))
    };
    (1..=NAME_WORDS_MAX).contains(&pieces.len()) && pieces.iter().all(name_word)
}

/// Plain punctuation and friendly signs only: no question mark, no figures, no sad face.
fn signs_are_friendly(line: &str) -> bool {
    let modifier = |c: char| matches!(c, '\u{fe0e}' | '\u{fe0f}' | '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}');
    let punctuation = |c: char| ".,!;:-–—'’‘\"“”()*_~…\u{a0}\u{200b}\u{feff}".contains(c);
    let sad = [":(", ":-(", ":'("].iter().any(|face| line.contains(face));
    let plain = |c: char| c.is_alphabetic() || c.is_whitespace() || punctuation(c);
    !sad && line.chars().all(|c| plain(c) || modifier(c) || is_thankful_sign(c))
}

fn is_thankful_sign(c: char) -> bool {
    THANKFUL_SIGNS.contains(c)
}

fn is_added(line: &str) -> bool {
    let fits = line.split_whitespace().nth(ADDED_WORDS_MAX).is_none() && !line.contains(['.', '!', '?', ',']);
    let start = if fits { words(line).join(" ") } else { String::new() };
    phrases(ADDED).any(|added| start.starts_with(added))
}

fn disagrees(text: &str) -> bool {
    let text: String = text.chars().take(LOOKED_AT_CHARS_MAX).collect();
    text.split(['.', '!', '?', ';', '\n']).any(|sentence| {
        let words = words(sentence);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        (0..words.len()).any(|at| says_no(&words, at))
    })
}

/// Whether the word at this place says no: it opposes and is not denied, or it settles and is.
fn says_no(words: &[&str], at: usize) -> bool {
    let Some((before, [word, after @ ..])) = words.split_at_checked(at) else { return false };
    let near = before.get(before.len().saturating_sub(DENIED_WORDS)..).unwrap_or_default();
    let denial = near.iter().rposition(|word| has(NEGATIONS, word));
    // "Niet alleen" and "niet eens" deny something else.
    let next = denial.and_then(|index| near.get(index + 1));
    let denied = denial.is_some() && !next.is_some_and(|next| has(NOT_ONLY, next));
    // No other language has its word for agreement in two.
    let agrees = *word == "eens" && (before.last() == Some(&"mee") || after.first() == Some(&"met"));
    (has(OPPOSED, word) && denial.is_none()) || ((has(SETTLED, word) || agrees) && denied)
}

/// Folded words, apostrophes within them kept.
fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let pieces = folded.split(|c: char| !(c.is_alphanumeric() || c == '\''));
    pieces.map(|word| word.trim_matches('\'').to_owned()).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::vocabulary::{List, listed};
    use super::*;
    use proptest::prelude::*;

    fn judge(text: &str) -> AfterClosing {
        after_closing(text, &["Jan Jansen", "Petra"])
    }

    #[test]
    fn thanks_are_thanks() {
        for text in [
            "Bedankt!",
            "Dank u wel voor uw snelle reactie.",
            "Hartelijk dank voor de goede hulp en een fijne dag",
            "Beste Petra,\n\nHeel erg bedankt, fijn dat het nu is opgelost!\n\nMet vriendelijke groet,\nJan Jansen",
            "Geachte mevrouw De Vries,\nDank voor uw antwoord.\nHoogachtend,\nA. van der Berg",
            "Top, bedankt Petra",
            "👍",
            "🙏🏽❤️",
            "Thanks a lot for your quick help!\n\nKind regards,\nAnn Lee",
            "Thank you very much :-)\n\nSent from my iPhone",
            "Bedankt\n\nVerzonden vanaf mijn Galaxy",
            "Prima, ik ben tevreden.",
            "Ik ben blij met de oplossing, dank",
            "Groeten, Jan\nBedankt",
            "Vielen Dank für die schnelle Bearbeitung!\n\nMit freundlichen Grüßen\nKarin Vogel",
            "Danke, alles bestens.",
            "Guten Tag Frau Müller,\nherzlichen Dank für Ihre Hilfe",
            "Merci beaucoup pour votre réponse rapide !\nCordialement,\nLuc Martin",
            "Merci à vous, bonne journée",
        ] {
            assert_eq!(judge(text), AfterClosing::Thanks, "{text}");
        }
    }

    #[test]
    fn disagreement_is_disagreement() {
        for text in [
            "bedankt maar het is nog niet opgelost",
            "Ik ben het er niet mee eens.",
            "Ik ben het niet eens met uw besluit",
            "Hier ga ik niet mee akkoord!",
            "Niet akkoord",
            "oneens",
            "Het probleem is nog steeds niet naar tevredenheid verholpen.",
            "Ik ben zeer ontevreden over de afhandeling",
            "Ik maak bezwaar.",
            "Kunt u de klacht heropenen?",
            "Dan stap ik naar de Geschillencommissie",
            "Dit is geen oplossing",
            "I do not agree with this.",
            "I don’t accept this",
            "Thanks, but it is not fixed",
            "This is unacceptable",
            "Dit is niet alleen vervelend. Het is ook niet geregeld.",
            "Danke, aber das Problem ist noch nicht gelöst.",
            "Damit bin ich nicht einverstanden.",
            "Ich bin sehr unzufrieden",
            "Merci, mais le problème n'est pas résolu.",
            "Je ne suis pas satisfait de la réponse",
            "C'est inacceptable !",
        ] {
            assert_eq!(judge(text), AfterClosing::Disagreement, "{text}");
        }
    }

    #[test]
    fn in_doubt_it_is_real_text() {
        for text in [
            "",
            "   \n",
            "Bedankt?",
            "Bedankt voor niets",
            "Thanks for nothing",
            "Alvast bedankt",
            "Bedankt, wanneer krijg ik mijn geld",
            "Is het opgelost, bedankt",
            "is dit de oplossing",
            "Bedankt :(",
            "👎",
            "😡 bedankt",
            "bedankt, 06-12345678",
            "Bedankt, zie https://x.nl",
            "Bedankt\nwaardeloos",
            "Groeten,\nOplichters en boeven dat zijn jullie",
            "Groeten\nNiet Tevreden\nBedankt",
            "Mijn auto staat nog bij de garage",
            "Ik heb niet eens antwoord gehad",
            "Ik heb geen bezwaar",
            "I am not unhappy",
            "Het is opgelost",
            "Bedankt\n#afgehandeld",
            "Bedankt\nVerzonden met spoed want de auto is stuk",
            "Thanks\nSent from my iPhone, still broken",
            "Groeten\nBedankt\nNiets Gehoord",
            "Bedankt & tot ziens @ de rechtbank",
            "谢谢",
            "Danke für nichts",
            "Danke, wann bekomme ich mein Geld",
            "Merci pour rien",
            "Merci de me rappeler",
            "Est-ce réglé, merci",
        ] {
            assert_ne!(judge(text), AfterClosing::Thanks, "{text}");
        }
        for text in
            ["Ik heb niet eens antwoord gehad", "Ik heb geen bezwaar", "Bedankt voor niets", "Alvast bedankt", ""]
        {
            assert_eq!(judge(text), AfterClosing::RealText, "{text}");
        }
        assert_eq!(judge(&"bedankt ".repeat(THANKS_WORDS_MAX)), AfterClosing::Thanks);
        assert_eq!(judge(&"bedankt ".repeat(THANKS_WORDS_MAX + 1)), AfterClosing::RealText);
    }

    fn all(lists: [List; 2]) -> Vec<&'static str> {
        lists.into_iter().flat_map(listed).collect()
    }

    #[test]
    fn no_word_that_denies_or_opposes_is_polite() {
        for word in all([NEGATIONS, OPPOSED]) {
            assert!(!has(POLITE, word) && !has(THANKING, word), "{word}");
        }
    }

    #[test]
    fn every_listed_word_is_folded_so_that_it_can_be_met() {
        for word in [all([THANKING, POLITE]), all([NEGATIONS, OPPOSED]), all([SETTLED, OPENING])].concat() {
            assert_eq!(words(word), [word]);
        }
        for phrase in phrases(SIGN_OFFS).chain(phrases(ADDED)) {
            assert_eq!(words(phrase).join(" "), phrase);
        }
    }

    fn polite() -> impl Strategy<Value = String> {
        prop::collection::vec(prop::sample::select(all([THANKING, POLITE])), 1..12).prop_map(|words| words.join(" "))
    }

    proptest! {
        #[test]
        fn one_unknown_word_anywhere_makes_it_real(before in polite(), word in "[a-z]{3,12}", after in polite()) {
            prop_assume!(!has(THANKING, &word) && !has(POLITE, &word));
            let text = format!("bedankt {before} {word} {after}");
            prop_assert_ne!(after_closing(&text, &[]), AfterClosing::Thanks);
        }

        #[test]
        fn a_denial_or_a_question_is_never_thanks(
            before in polite(), no in prop::sample::select(all([NEGATIONS, OPPOSED])), after in polite(),
        ) {
            for text in [format!("{before} {no} {after}"), format!("bedankt {before}? {after}"), format!("bedankt\n{no}")] {
                prop_assert_ne!(judge(&text), AfterClosing::Thanks, "{}", text);
            }
        }

        #[test]
        fn of_whatever_text_it_says_the_same_in_capitals(text in polite()) {
            prop_assert_eq!(judge(&text), judge(&text.to_uppercase()));
        }

        #[test]
        fn strangers_texts_never_break_it(text in any::<String>(), name in any::<String>()) {
            let judged = after_closing(&text, &[&name]);
            prop_assert!(judged != AfterClosing::Thanks || !text.contains('?'));
        }
    }
}
