//! What a colleague typed, to be typed again: the verbs at the top, and the text so that no slip in it stops it once more. Pure.

use super::{
    Line, NOTE_WORDS, Verb, is_near_verb, read_line, standard_text, telling_names, verb_line, verb_without_mark,
    visible,
};

/// A staff mail taken apart without judging it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Again {
    pub lines: Vec<Line>,
    /// Below the verbs, free of what only looks like one; the company's own sentences are asked for where they stand.
    pub text: String,
    /// The line that is no verb, or stands too low: what it would be about, the mark and its first word left away.
    pub mistaken: Option<String>,
}

/// Takes what was typed apart: `mistaken` begins the line that stopped it.
pub fn again(typed: &str, mistaken: Option<&str>) -> Again {
    let mut again = Again::default();
    let (mut above, mut rest) = (Vec::new(), Vec::new());
    for line in typed.lines() {
        let plain = visible(line);
        let read = verb_line(&plain)
            .filter(|_| rest.is_empty())
            .and_then(|(word, value)| read_line(&plain, &word, value).ok());
        match read {
            Some(Line { verb: Verb::StandardText, .. }) => above.push(line.trim().to_owned()),
            Some(read) => again.lines.push(read),
            None if plain.is_empty() && rest.is_empty() => {}
            None if again.mistaken.is_none()
                && begins_with_verb(&plain)
                && mistaken.is_some_and(|start| !start.is_empty() && plain.starts_with(start)) =>
            {
                let value =
                    plain.trim_start_matches(|c: char| !c.is_alphanumeric()).trim_start_matches(char::is_alphanumeric);
                again.mistaken = Some(super::own_words(value));
            }
            None => rest.push(line),
        }
    }
    above.push(harmless_but_texts(&rest.join("\n")));
    again.text = above.join("\n").trim().to_owned();
    again
}

/// Whether the slip is the line's first word; in the middle of one all of it was said.
fn begins_with_verb(plain: &str) -> bool {
    let named = plain.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = named.find(|c: char| !c.is_alphanumeric()).unwrap_or(named.len());
    named.len() < plain.len() || is_near_verb(&super::fold_word(named.get(..end).unwrap_or_default()))
}

/// The same words without the marks that make a line of them a verb, or nearly one.
pub fn harmless(text: &str) -> String {
    freed(text, |_| false)
}

/// The same for who sends it to the customer: the company's own sentences are still asked for.
pub fn harmless_but_texts(text: &str) -> String {
    freed(text, |line| standard_text(line).is_some_and(|name| !name.is_empty()))
}

fn freed(text: &str, stays: impl Fn(&str) -> bool) -> String {
    let lines = text.lines().filter_map(|line| {
        if stays(line) {
            return Some(line.to_owned());
        }
        let plain = visible(line);
        let unmarked = without_marks(line);
        let is_name = |word: &str| Verb::named(word).is_some();
        let alone = verb_line(&plain).is_some_and(|(word, value)| value.is_empty() && is_name(&word));
        Some(unmarked).filter(|line| !alone && (!line.is_empty() || plain.is_empty()))
    });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn without_marks(line: &str) -> String {
    let mut kept = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.find(['#', '＃']) {
        let (before, marked) = rest.split_at(at);
        kept.push_str(before);
        let after = marked.get(marked.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default();
        let named = after.trim_start();
        let end = named.find(|c: char| !c.is_alphanumeric()).unwrap_or(named.len());
        let word = super::fold_word(named.get(..end).unwrap_or_default());
        let begins_line = kept.trim_matches(|c: char| c.is_whitespace() || matches!(c, '*' | '_')).is_empty();
        let is_word = word.chars().next().is_some_and(char::is_alphabetic);
        if is_near_verb(&word) || begins_line && is_word {
            kept.truncate(kept.trim_end_matches(['#', '＃']).len());
        } else {
            kept.push_str(marked.get(..marked.len() - after.len()).unwrap_or_default());
        }
        rest = after;
    }
    kept.push_str(rest);
    let line = unannounced(&kept);
    // Letters that are read as others may still make a verb of it: then without any mark.
    if super::parse(&line).is_ok_and(|read| read.lines.is_empty()) && super::parse(&format!("x\n{line}")).is_ok() {
        line
    } else {
        unannounced(&line.replace(['#', '＃'], ""))
    }
}

/// A line without what makes it the beginning of a note: "Intern: …", "Alleen intern: …", "hashtag intern".
fn unannounced(line: &str) -> String {
    let line = without_name(line);
    let plain = visible(&line);
    if super::named_mark(&plain).is_some() {
        let (_, said) = plain.trim_start().split_once(char::is_whitespace).unwrap_or_default();
        return unannounced(said);
    }
    match plain.split_once(':') {
        _ if !super::says_internal(&plain) => line,
        Some((head, said)) => unannounced(&format!("{},{said}", head.trim_end())),
        None => String::new(),
    }
}

/// The same for a verb's own name.
fn without_name(line: &str) -> String {
    let plain = visible(line);
    let named = plain.trim_start_matches(|c: char| !c.is_alphanumeric());
    let end = named.find(|c: char| !c.is_alphanumeric()).unwrap_or(named.len());
    let word = super::fold_word(named.get(..end).unwrap_or_default());
    let begins = NOTE_WORDS.contains(&word.as_str()) || telling_names().any(|name| name == word);
    if !begins || verb_without_mark(&plain).is_none() && !super::stands_alone(&plain) {
        return line.to_owned();
    }
    let said = named.get(end..).unwrap_or_default().trim_start_matches([':', ' ']);
    // In the middle of a sentence it announces nothing; alone it says nothing.
    let word = named.get(..end).unwrap_or_default();
    if said.contains(char::is_alphanumeric) { format!("{word}, {said}") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_verbs_and_the_words_are_told_apart_and_a_slip_is_left_out() {
        let read = again("#overnemen\n#afgehandelt Betaald\nWij betalen.", Some("#afgehandelt Betaald"));
        assert_eq!(
            (read.lines.len(), read.text.as_str(), read.mistaken.as_deref()),
            (1, "Wij betalen.", Some("Betaald"))
        );
        assert_eq!(
            harmless("Beste Karin,\n#intern zij overdrijft\nIntern: niet bellen"),
            "Beste Karin,\nintern zij overdrijft\nIntern, niet bellen"
        );
        assert_eq!(harmless("Plek #12, #1 prioriteit"), "Plek #12, #1 prioriteit");
    }

    proptest! {
        #[test]
        fn nothing_in_it_is_taken_for_a_verb_any_more(text in "(#intern|#Afgehandelt|＃ intern:|@intern|- Notitie:|intern|hallo|\n| |#|é|: |\\*){0,12}") {
            let left = harmless(&text);
            prop_assert!(parse(&left).is_ok_and(|read| read.lines.is_empty()), "{left:?}");
            prop_assert!(parse(&format!("#antwoord\n{left}")).is_ok_and(|read| read.lines.len() == 1), "{left:?}");
        }
    }
}
