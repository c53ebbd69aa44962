//! Signatures: what stands under a mail without being said in it. Cut only where a mark says so (`-- `, the line an app
//! adds, a list's rule, a disclaimer); a greeting and a name are the person's own words and stay. Pure.

use super::blocks::is_rule;
use super::lines::Line;
use super::phrases::{APPS, DISCLAIMER, SENT_FROM};
use crate::mail::CutSign;

/// Lines below a delimiter without its blank (`--`), or below a rule, that are still believed to be a signature. The
/// longest company signatures with a disclaimer have some twenty.
const UNSURE_LINES_MAX: usize = 25;
const RULE_LINES_MAX: usize = 5;
const RULE_LINES_WITH_LINK_MAX: usize = 14;

/// Words of an app's line ("Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet" is one of the longest).
const APP_LINE_WORDS_MAX: usize = 10;

/// The line a phone or webmail puts under a mail ("Verstuurd vanaf mijn iPhone", "Outlook voor Android").
pub(super) fn is_sent_from(line: &Line<'_>) -> bool {
    let low = line.low.trim_start_matches(|c: char| !c.is_alphanumeric());
    // "Please excuse my brevity." may follow.
    let low = low.split(['<', '[', '(']).next().and_then(|low| low.split(". ").next()).unwrap_or_default();
    let low = low.trim_end_matches(|c: char| !c.is_alphanumeric());
    let words = low.split(' ').count();
    words <= APP_LINE_WORDS_MAX
        && SENT_FROM.iter().any(|start| low.starts_with(start))
        && APPS.iter().any(|app| low.contains(app))
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
    disclaimer(lines, above).or(marked.and_then(|nth| said.get(nth).copied()))
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
    if line.text == "-- " || is_sent_from(line) {
        return true;
    }
    let below = said.get(nth + 1..).unwrap_or_default();
    if is_delimiter(line) {
        return below.len() <= UNSURE_LINES_MAX;
    }
    if !(is_odd_delimiter(line) || is_underscores(line)) || below.len() > RULE_LINES_WITH_LINK_MAX {
        return false;
    }
    let below = || line.counting(below.iter()).filter_map(at);
    if line.text.trim() == "---" && !below().all(looks_signed) {
        return false;
    }
    let link = below().any(|l| l.address || l.low.contains("http") || l.low.contains("www."));
    below().count() <= if link { RULE_LINES_WITH_LINK_MAX } else { RULE_LINES_MAX }
}

fn is_underscores(line: &Line<'_>) -> bool {
    is_rule(line) && line.text.trim().chars().all(|c| c == '_')
}

/// Closing paragraphs of a disclaimer; `said` are the lines with something on them.
fn disclaimer(lines: &[&Line<'_>], said: &[usize]) -> Option<usize> {
    let (mut end, mut found) = (said.len(), None);
    loop {
        let last = end.checked_sub(1)?;
        let bottom = lines.get(*said.get(last)?)?;
        // Up to the blank line above.
        let pairs = said.get(..end)?.windows(2).rev();
        let first = last - bottom.counting(pairs).take_while(|pair| matches!(pair, [a, b] if a + 1 == *b)).count();
        let top = *said.get(first)?;
        let is_all = first == 0;
        if !is_all && found.is_none() && first == last && is_rule(bottom) {
            // The line drawn below it.
            end = first;
            continue;
        }
        let words = |l: &&Line<'_>| if l.low.is_empty() { super::lines::fold(l.text) } else { l.low.clone() };
        let paragraph = said.get(first..end)?.iter().filter_map(|at| lines.get(*at));
        let text = paragraph.map(words).collect::<Vec<_>>().join(" ");
        let signs = DISCLAIMER.iter().filter(|sign| text.contains(**sign)).count();
        if is_all || !(signs >= 2 || text.starts_with("disclaimer") || found.is_some() && is_rule(bottom)) {
            return found;
        }
        found = Some(top);
        end = first;
    }
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
}
