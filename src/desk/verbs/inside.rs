//! Words by which a colleague says, without a verb, that a text stays in the house ("Alleen intern: …", "Niet naar klant"). Pure.

use super::fold_word;

/// Words that begin an internal note with the `#` forgotten.
pub(super) const NOTE_WORDS: [&str; 3] = ["intern", "internal", "notitie"];
/// What people write around such a word where it says for whom the text is ("Alleen intern", "Voor intern gebruik:").
const AROUND_NOTE: [&str; 14] = [
    "alleen", "only", "strikt", "strictly", "puur", "voor", "for", "gebruik", "use", "niet", "not", "klant",
    "customer", "een",
];
/// Words that keep a text from somebody, or for somebody, and those it is kept from or for.
const DENIALS: [&str; 5] = ["niet", "not", "nooit", "never", "geen"];
const OUTSIDERS: [&str; 5] = ["klant", "klanten", "customer", "customers", "client"];
const LIMITS: [&str; 5] = ["alleen", "only", "enkel", "uitsluitend", "slechts"];
const INSIDERS: [&str; 6] = ["collega", "collegas", "colleague", "colleagues", "team", "afdeling"];
/// What else stands in a head of such words ("NIET DOORSTUREN AAN KLANT", "Alleen voor collega's").
const AROUND_LIMIT: [&str; 26] = [
    "aan",
    "naar",
    "voor",
    "de",
    "het",
    "ons",
    "onze",
    "deze",
    "dit",
    "doorsturen",
    "sturen",
    "versturen",
    "mailen",
    "delen",
    "met",
    "to",
    "for",
    "the",
    "our",
    "this",
    "with",
    "send",
    "share",
    "forward",
    "do",
    "bestemd",
];
/// Words of a head of that kind.
const HEAD_WORDS_MAX: usize = 4;
const LIMIT_WORDS_MAX: usize = 8;
/// "Alleen intern: …", "Voor intern gebruik": a head of few words, one of which says that the text stays here; and the colon
/// behind it, or no other word but such as belong to it. "Dit is intern besproken." is neither.
/// Also behind another head: "Let op: alleen intern".
pub(super) fn says_internal(plain: &str) -> bool {
    let (head, colon) = plain.split_once(':').map_or((plain, false), |(head, _)| (head, true));
    let behind = plain.split_once(':').map(|(_, behind)| behind.split(':').next().unwrap_or_default());
    is_internal_head(head, colon)
        || keeps_in_the_house(head)
        || behind.is_some_and(|behind| is_internal_head(behind, false) || keeps_in_the_house(behind))
}

/// "Niet naar klant", "Alleen voor collega's": nothing but for whom the text is.
fn keeps_in_the_house(head: &str) -> bool {
    let words: Vec<String> = head
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’'))
        .map(fold_word)
        .filter(|word| !word.is_empty())
        .collect();
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let belongs = |word: &String| {
        [DENIALS.as_slice(), &OUTSIDERS, &LIMITS, &INSIDERS, &AROUND_LIMIT]
            .iter()
            .any(|list| list.contains(&word.as_str()))
    };
    let says = has(&DENIALS) && has(&OUTSIDERS) || has(&LIMITS) && has(&INSIDERS);
    says && words.len() <= LIMIT_WORDS_MAX && words.iter().all(belongs)
}

fn is_internal_head(head: &str, colon: bool) -> bool {
    let words: Vec<String> =
        head.split(|c: char| !c.is_alphanumeric()).map(fold_word).filter(|w| !w.is_empty()).collect();
    let is_note = |word: &String| NOTE_WORDS.contains(&word.as_str());
    let belongs = |word: &String| is_note(word) || AROUND_NOTE.contains(&word.as_str());
    words.len() <= HEAD_WORDS_MAX
        && words.iter().any(is_note)
        && (colon || words.len() > 1 && words.iter().all(belongs))
}
