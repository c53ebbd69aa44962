//! Signatures: what stands under a mail without being said in it. Cut only where a mark says so (`-- `, the line an app
//! adds, a list's rule, a disclaimer); a greeting and a name are the person's own words and stay. Pure.

use super::blocks::is_rule;
use super::lines::Line;
use super::phrases::{APPS, DISCLAIMER, DISCLAIMER_OPENS, EXCUSES, FOOTERS, SENT_FROM};
use crate::mail::CutSign;
use aho_corasick::{AhoCorasick, Anchored, Input, StartKind};
use std::sync::LazyLock;

/// Lines below a delimiter without its blank (`--`), or below a rule, that are still believed to be a signature. The
/// longest company signatures with a disclaimer have some twenty.
const UNSURE_LINES_MAX: usize = 25;
const RULE_LINES_MAX: usize = 5;
const RULE_LINES_WITH_LINK_MAX: usize = 14;

/// Words of a sentence below a drawn line that make it more than a motto.
const SAID_BELOW_RULE_MIN: usize = 5;

/// Words of an app's line ("Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet" is one of the longest).
const APP_LINE_WORDS_MAX: usize = 10;

/// Each line of every mail is asked for one of them.
static SENT_FROM_INDEX: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::builder().start_kind(StartKind::Anchored).build(SENT_FROM).ok());

/// The line a phone or webmail puts under a mail ("Verstuurd vanaf mijn iPhone", "Outlook voor Android").
pub(super) fn is_sent_from(line: &Line<'_>) -> bool {
    let low = line.low.trim_start_matches(|c: char| !c.is_alphanumeric());
    let begins_so =
        |low| SENT_FROM_INDEX.as_ref().is_some_and(|all| all.is_match(Input::new(low).anchored(Anchored::Yes)));
    // Hardly any line does, and each of every mail is asked.
    if !begins_so(low) {
        return false;
    }
    // "Please excuse my brevity." may follow.
    let low = low.split(['<', '[', '(']).next().and_then(|low| low.split(". ").next()).unwrap_or_default();
    let low = low.trim_end_matches(|c: char| !c.is_alphanumeric());
    let words = low.split(' ').count();
    words <= APP_LINE_WORDS_MAX && begins_so(low) && APPS.iter().any(|app| low.contains(app))
}

/// `-- ` (RFC 3676 §4.3), or the same with its blank lost on the way.
fn is_delimiter(line: &Line<'_>) -> bool {
    matches!(line.text.trim_end_matches('\r'), "-- " | "--" | "--\u{a0}")
}

/// Dashes that some people and programs write instead.
fn is_odd_delimiter(line: &Line<'_>) -> bool {
    matches!(line.text.trim(), "---" | "__")
}

/// A name, a role, a number: short, and no sentence.
fn looks_signed(line: &Line<'_>) -> bool {
    const SHORT: usize = 60;
    line.text.chars().count() <= SHORT && !line.text.trim_end().ends_with(['.', '!', '?', ':', ',', ';'])
}

/// The first line of a signature in `lines`, which are all the person's own; `None` when there is none.
pub(super) fn start(lines: &[&Line<'_>]) -> Option<usize> {
    // Blank lines are looked at here and no more: between two delimiters there may be thousands.
    let said: Vec<usize> = (0..lines.len()).filter(|at| lines.get(*at).is_some_and(|l| !l.is_blank())).collect();
    let marked = (1..said.len()).find(|nth| begins(lines, &said, *nth));
    let above = said.get(..marked.unwrap_or(said.len())).unwrap_or_default();
    let marked = marked.map(|nth| if has_name_above(lines, &said, nth) { nth - 1 } else { nth });
    footer(lines, above).or(marked.and_then(|nth| said.get(nth).copied()))
}

/// A phone writes its owner's name right above its own line, in a paragraph of the two; below a greeting it was typed.
fn has_name_above(lines: &[&Line<'_>], said: &[usize], nth: usize) -> bool {
    let at = |nth: usize| said.get(nth).copied();
    let line = |nth: usize| at(nth).and_then(|at| lines.get(at)).copied();
    let (Some(two_above), Some(above)) = (nth.checked_sub(2), nth.checked_sub(1)) else { return false };
    let is_pair = at(above).map(|a| a + 1) == at(nth) && at(two_above).map(|a| a + 1) < at(above);
    is_pair && line(nth).is_some_and(is_sent_from) && line(above).is_some_and(|name| is_name(name.text))
}

/// Two to four words of letters, each with a capital.
fn is_name(text: &str) -> bool {
    let words = || text.split_whitespace();
    let capital = |word: &str| {
        word.starts_with(char::is_uppercase) && word.chars().all(|c| c.is_alphabetic() || matches!(c, '.' | '-' | '\''))
    };
    (2..=4).contains(&words().count()) && words().all(capital)
}

/// What a signature that begins with this line was told by.
pub(super) fn sign(line: &Line<'_>) -> CutSign {
    let has_disclaimer = DISCLAIMER.iter().any(|sign| line.low.contains(sign)) || line.low.is_empty();
    match line {
        _ if is_delimiter(line) || is_odd_delimiter(line) || is_underscores(line) => CutSign::SignatureDelimiter,
        _ if is_sent_from(line) => CutSign::AppLine,
        _ if has_disclaimer || is_rule(line) => CutSign::Disclaimer,
        _ => CutSign::ClientMark,
    }
}

/// One begins at the `nth` of the lines with something on them.
fn begins(lines: &[&Line<'_>], said: &[usize], nth: usize) -> bool {
    let at = |nth: &usize| lines.get(*nth).copied();
    let Some(line) = said.get(nth).and_then(at) else { return false };
    if line.text == "-- " {
        return true;
    }
    let below = said.get(nth + 1..).unwrap_or_default();
    let lines_below = || below.first().and_then(|first| lines.get(*first..)).unwrap_or_default();
    if is_sent_from(line) {
        return below.len() > UNSURE_LINES_MAX || !goes_on_below(lines_below(), 0);
    }
    if is_delimiter(line) {
        return below.len() <= UNSURE_LINES_MAX && !goes_on_below(lines_below(), 0);
    }
    if !(is_odd_delimiter(line) || is_underscores(line)) || below.len() > RULE_LINES_WITH_LINK_MAX {
        return false;
    }
    let below = || line.counting(below.iter()).filter_map(at);
    if line.text.trim() == "---" && !below().all(looks_signed) {
        return false;
    }
    // "And here is my signature." stands below some rules.
    if goes_on_below(lines_below(), SAID_BELOW_RULE_MIN) {
        return false;
    }
    let link = below().any(|l| l.address || l.low.contains("http") || l.low.contains("www."));
    below().count() <= if link { RULE_LINES_WITH_LINK_MAX } else { RULE_LINES_MAX }
}

fn is_underscores(line: &Line<'_>) -> bool {
    is_rule(line) && line.text.trim().chars().all(|c| c == '_')
}

/// The paragraphs of a disclaimer at the end, and what a company puts between and below them: its address, its pages, a
/// line drawn. `said` are the lines with something on them.
fn footer(lines: &[&Line<'_>], said: &[usize]) -> Option<usize> {
    let (mut end, mut found, mut between) = (said.len(), None, 0);
    loop {
        let Some(last) = end.checked_sub(1) else { return found };
        let bottom = lines.get(*said.get(last)?)?;
        // Up to the blank line above.
        let pairs = said.get(..end)?.windows(2).rev();
        let first = last - bottom.counting(pairs).take_while(|pair| matches!(pair, [a, b] if a + 1 == *b)).count();
        if first == 0 {
            return found;
        }
        let paragraph: Vec<&Line<'_>> = said.get(first..end)?.iter().filter_map(|at| lines.get(*at).copied()).collect();
        end = first;
        let disclaimer = disclaimer_from(&paragraph);
        if let Some(below @ 1..) = disclaimer {
            // What stands above it in the same paragraph was said.
            return said.get(first + below).copied();
        }
        if disclaimer.is_some() || found.is_some() && between == 0 && is_rule(bottom) {
            found = said.get(first).copied();
            between = 0;
        } else if between < BETWEEN_MAX && is_card(&paragraph) {
            between += 1;
        } else {
            return found;
        }
    }
}

/// Paragraphs that are no disclaimer between two that are, or below the last.
const BETWEEN_MAX: usize = 3;

/// The line of a paragraph at which a disclaimer begins; it goes on to the paragraph's end. What somebody typed right above
/// it, in the same paragraph or before it on the same line, is no part of it.
pub(super) fn disclaimer_from(paragraph: &[&Line<'_>]) -> Option<usize> {
    let folded = |l: &Line<'_>| if l.low.is_empty() { super::lines::fold(l.text) } else { l.low.clone() };
    let signs = |text: &str| DISCLAIMER.iter().filter(|sign| text.contains(**sign)).count();
    let opens = |text: &str| {
        let said = text.trim_start_matches(|c: char| !c.is_alphanumeric());
        DISCLAIMER_OPENS.iter().any(|start| said.starts_with(start))
    };
    let texts: Vec<String> = paragraph.iter().map(|line| folded(line)).collect();
    let first = texts.iter().position(|text| signs(text) > 0 || opens(text) && text.contains("disclaimer"))?;
    // A client broke its first sentence over two lines.
    let wrapped = first.checked_sub(1).filter(|above| texts.get(*above).is_some_and(|text| opens(text)));
    let first = wrapped.unwrap_or(first);
    let text = texts.get(first..)?.join(" ");
    let sentence = text.split(". ").next().unwrap_or_default();
    let begins_so = opens(&text) || signs(sentence) > 0;
    (begins_so && (signs(&text) >= 2 || opens(&text))).then_some(first)
}

/// Whether somebody goes on below it: a sentence that is no disclaimer. Phones excuse typing errors.
fn goes_on_below(below: &[&Line<'_>], words_min: usize) -> bool {
    let excuses = |line: &Line<'_>| EXCUSES.iter().any(|words| line.low.contains(words));
    let paragraphs = below.split(|line| line.is_blank()).filter(|paragraph| !paragraph.is_empty());
    paragraphs.filter(|paragraph| disclaimer_from(paragraph) != Some(0)).flatten().any(|line| {
        line.text.split_whitespace().count() >= words_min
            && super::footer::is_sentence(line)
            && !excuses(line)
            && !line.low.contains("http")
            && !line.address
    })
}

/// A company's address or pages, or a line drawn: short lines without a sentence, more than a person's name and greeting.
fn is_card(paragraph: &[&Line<'_>]) -> bool {
    let names_page = |l: &&Line<'_>| {
        l.low.contains("www.") || l.low.contains("http") || FOOTERS.iter().any(|word| l.low.contains(word))
    };
    paragraph.iter().all(|l| is_rule(l))
        || paragraph.iter().all(|l| looks_signed(l) || names_page(l)) && paragraph.iter().any(names_page)
}

#[cfg(test)]
mod tests {
    use super::super::lines;
    use super::*;

    fn at(text: &str) -> Option<usize> {
        let lines = lines::of(text);
        start(&lines.iter().collect::<Vec<_>>())
    }

    #[test]
    fn delimiters_and_lines_of_apps() {
        assert_eq!(at("De auto is stuk.\n-- \nJan Jansen"), Some(1));
        assert_eq!(at("De auto is stuk.\n\n--\nJan"), Some(2));
        for line in ["Verstuurd vanaf mijn iPhone", "Sent from my Galaxy", "Outlook voor Android downloaden<https://x>"]
        {
            assert_eq!(at(&format!("Kapot.\n\n{line}")), Some(2), "{line}");
        }
    }

    #[test]
    fn own_words_are_no_signature() {
        assert_eq!(at("Punten:\n-- een\n-- twee"), None);
        assert_eq!(at("Dank u.\n\nMet vriendelijke groet,\nJan Jansen\n06-12345678"), None);
        assert_eq!(at("Verstuurd vanaf mijn iPhone"), None);
        assert_eq!(at("Het pakket is verstuurd vanaf mijn adres."), None);
    }

    #[test]
    fn a_disclaimer_at_the_end_is_one() {
        let text = "Kapot.\n\nGroet, Jan\n\nDit bericht is vertrouwelijk en alleen bestemd voor de geadresseerde.";
        assert_eq!(at(text), Some(4));
        assert_eq!(at("Mijn dossier is vertrouwelijk behandeld, dacht ik."), None);
    }

    #[test]
    fn a_companys_footer_of_several_paragraphs_is_one() {
        let text = "Kapot.\n\nGroet, Jan\n\n";
        for footer in [
            "Dit bericht is vertrouwelijk en alleen bestemd voor de geadresseerde.\n\nwww.bedrijf.nl\n\nKvK 12345678",
            "This email is confidential and intended only for the addressee.\n\nRegistered office: 1 Street, London\n\nThis email was scanned for viruses by the security system.\n\n____________________",
            "Diese E-Mail ist vertraulich und nur für den Adressaten bestimmt. Unbefugte Weitergabe ist untersagt.\n\nFirma GmbH, Sitz der Gesellschaft: Köln\nAmtsgericht Köln HRB 1",
            "Ce message est confidentiel et destiné au seul destinataire. En cas d'erreur, toute divulgation est interdite.\n\nPensez à l'environnement avant d'imprimer ce message électronique.",
        ] {
            assert_eq!(at(&format!("{text}{footer}")), Some(4), "{footer}");
        }
        // What a person says below stays, and so does what he says in between.
        assert_eq!(at(&format!("{text}Vertrouwelijk, alleen bestemd voor u.\n\nIk wacht op uw antwoord.")), None);
        let between = format!(
            "{text}Vertrouwelijk, alleen bestemd voor u.\n\nBel mij maar.\n\nDit is vertrouwelijk voor de geadresseerde."
        );
        assert_eq!(at(&between), Some(8));
    }

    #[test]
    fn the_name_that_a_phone_adds_goes_with_its_line() {
        assert_eq!(at("Kapot.\n\nJan de Vries\nVerstuurd vanaf mijn iPhone"), Some(3));
        assert_eq!(at("Kapot.\n\nJan Vries\nVerstuurd vanaf mijn iPhone"), Some(2));
        assert_eq!(at("Kapot.\n\nGroet,\nJan Vries\nVerstuurd vanaf mijn iPhone"), Some(4));
        assert_eq!(at("Kapot.\nJan Vries\nSent from my iPhone"), Some(2));
        assert_eq!(at("Jan Vries\nSent from my iPhone"), Some(1));
    }
}
