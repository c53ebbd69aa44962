//! Makes text of strangers fit to stand in a letter: no controls, no direction tricks, no endless lines. Pure.
//! Escaping for HTML is the work of what draws a page, and not done here.

use crate::text::turns_direction;
use std::borrow::Cow;

/// A subject line is cut here: lettre folds at blanks only, and a header line may not exceed 998 octets
/// (RFC 5322 §2.1.1).
pub(crate) const SUBJECT_CHARS_MAX: usize = 200;
/// A name beside an address; longer ones are no names.
pub(crate) const NAME_CHARS_MAX: usize = 100;
/// The salutation shows a name up to here (invariant 11: no text of a stranger in an acknowledgement).
const PERSON_CHARS_MAX: usize = 60;
const PERSON_WORDS_MAX: usize = 6;
/// Up to so many words a name may be in lower case; with more it would read as a sentence.
const PERSON_PLAIN_WORDS_MAX: usize = 3;
/// Lower-case words within names.
const PARTICLES: [&str; 28] = [
    "van", "den", "der", "het", "ten", "ter", "te", "op", "'t", "'s", "in", "von", "zu", "la", "le", "du", "da", "di",
    "dos", "de", "los", "las", "el", "al", "bin", "ibn", "und", "en",
];

/// Controls and the characters that change the direction of text: a name with them can pretend to be another.
fn is_trick(c: char) -> bool {
    c.is_control() || turns_direction(c) || matches!(c, '\u{2028}' | '\u{2029}' | '\u{e0000}'..='\u{e007f}')
}

/// One line for a header or a list: tricks out, white space collapsed, at most `chars_max` characters, and no
/// start of an encoded word (RFC 2047), which the reader's client would decode to what was just taken out.
pub(crate) fn line(text: &str, chars_max: usize) -> String {
    // Most of what is printed is short and has nothing to take out.
    if text.len() <= chars_max && is_clean(text) {
        return text.trim_matches(' ').to_owned();
    }
    collapsed(text, chars_max)
}

fn collapsed(text: &str, chars_max: usize) -> String {
    // Nothing is looked at beyond what could be shown: a subject of megabytes costs no more than a short one.
    let glance = end_of(text, chars_max.saturating_mul(4)).unwrap_or(text.len());
    let words = text[..glance].split(|c: char| c.is_whitespace() || is_trick(c)).filter(|word| !word.is_empty());
    cut(&words.collect::<Vec<_>>().join(" ").replace("=?", "= ?"), chars_max)
}

/// The same for what is printed within a line of ours: a blank at either end stays, because words go on beside it.
pub(crate) fn within_line(text: &str, chars_max: usize) -> Cow<'_, str> {
    if text.len() <= chars_max && is_clean(text) {
        return Cow::Borrowed(text);
    }
    let edge = |is_there: bool| if is_there { " " } else { "" };
    let clean = line(text, chars_max);
    let end = edge(text.ends_with(' ') && !clean.is_empty());
    Cow::Owned(format!("{}{clean}{end}", edge(text.starts_with(' '))))
}

/// Whether nothing of it is a trick or has to be collapsed.
fn is_clean(text: &str) -> bool {
    let mut before = 'x';
    text.chars().all(|c| {
        let is_fine = match c {
            ' ' => before != ' ',
            '?' => before != '=',
            '!'..='~' => true,
            _ => !is_trick(c) && !c.is_whitespace(),
        };
        before = c;
        is_fine
    })
}

/// Running text of several lines: line ends become `\n`, tricks go, trailing blanks and more than two blank lines too.
pub(crate) fn text(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let (mut blank, mut is_first) = (0, true);
    for line in lines(text) {
        let before = clean.len();
        if !std::mem::take(&mut is_first) {
            clean.push('\n');
        }
        let begun = clean.len();
        let stays = |c: char| c == '\t' || !is_trick(c);
        if is_plain(line) || line.chars().all(stays) {
            clean.push_str(line);
        } else {
            clean.extend(line.chars().filter(|c| stays(*c)));
        }
        clean.truncate(begun + clean[begun..].trim_end().len());
        blank = if clean.len() == begun { blank + 1 } else { 0 };
        if blank > 2 {
            clean.truncate(before);
        }
    }
    clean.trim_matches('\n').to_owned()
}

/// Printable ASCII and tabs. Looked at to its end, whatever is found: so many octets are looked at in one step.
fn is_plain(line: &str) -> bool {
    line.bytes().fold(true, |is_plain, byte| is_plain & matches!(byte, b'\t' | b' '..=b'~'))
}

/// Whatever ends them: `\r\n`, `\n` or `\r` alone.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    crate::text::lines(text).flat_map(|line| line.split('\r'))
}

/// Text shortened to `chars_max` characters, and whether something was left out.
pub(crate) fn shortened(whole: &str, chars_max: usize) -> (String, bool) {
    match end_of(whole, chars_max) {
        None => (text(whole), false),
        Some(end) => (text(&whole[..end]) + " …", true),
    }
}

/// Where its first `chars_max` characters end; None: it has no more than those.
pub(crate) fn end_of(text: &str, chars_max: usize) -> Option<usize> {
    // A character is an octet at least: most texts need not be counted.
    if text.len() <= chars_max { None } else { text.char_indices().nth(chars_max).map(|(end, _)| end) }
}

fn cut(text: &str, chars_max: usize) -> String {
    match end_of(text, chars_max) {
        None => text.to_owned(),
        Some(_) => text.chars().take(chars_max.saturating_sub(1)).collect::<String>().trim_end().to_owned() + "…",
    }
}

/// The name, when it looks like a person's: else it may be a message to whoever reads our letter.
/// A full stop is kept apart from what follows, so that no client takes `a.nl` for a link.
pub(crate) fn person(name: &str) -> Option<String> {
    let name = line(name, NAME_CHARS_MAX);
    let name = name.trim_matches(|c: char| matches!(c, '"' | ' '));
    // `'Anna de Wit'` is quoted, `'t Hooft` is a name.
    let name = name.strip_prefix('\'').and_then(|name| name.strip_suffix('\'')).unwrap_or(name).trim();
    let words: Vec<&str> = name.split(' ').collect();
    let letters_only = name.chars().all(|c| c.is_alphabetic() || matches!(c, ' ' | '.' | '-' | '\'' | '’'));
    let fits = name.chars().count() <= PERSON_CHARS_MAX && words.len() <= PERSON_WORDS_MAX;
    let reads_as_name = words.len() <= PERSON_PLAIN_WORDS_MAX || words.iter().all(|word| is_name_word(word));
    if !(letters_only && fits && reads_as_name && name.chars().any(char::is_alphabetic)) {
        return None;
    }
    let words: Option<Vec<String>> = words.into_iter().map(spaced_initials).collect();
    words.map(|words| words.join(" "))
}

fn is_name_word(word: &str) -> bool {
    PARTICLES.contains(&word) || word.trim_start_matches(['\'', '’']).starts_with(char::is_uppercase)
}

/// `J.P.` stays, `J.Jansen` becomes `J. Jansen`, `www.evil.nl` is no name.
fn spaced_initials(word: &str) -> Option<String> {
    let pieces: Vec<&str> = word.split('.').collect();
    let mut spaced = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        let (long, last) = (piece.chars().count() > 1, index + 1 == pieces.len());
        let more_follows = pieces.iter().skip(index + 1).any(|later| !later.is_empty());
        if (long && more_follows) || (piece.is_empty() && !last) {
            return None;
        }
        if long && index > 0 {
            spaced.push(' ');
        }
        spaced.push_str(piece);
        if !last {
            spaced.push('.');
        }
    }
    Some(spaced)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_of_a_person_is_shown() {
        for (written, shown) in [
            ("Jan Jansen", "Jan Jansen"),
            ("  'Fatima  el Amrani' ", "Fatima el Amrani"),
            ("J.P. van der Berg-Ünal", "J.P. van der Berg-Ünal"),
            ("mr. dr. A.Visser", "mr. dr. A. Visser"),
            ("jan jansen", "jan jansen"),
            ("Maria de los Ángeles 't Hooft", "Maria de los Ángeles 't Hooft"),
        ] {
            assert_eq!(person(written).as_deref(), Some(shown), "{written}");
        }
    }

    #[test]
    fn a_message_in_the_place_of_a_name_is_not_shown() {
        for written in [
            "",
            "-- ' .",
            "Klik www.evil.nl nu",
            "evil.nl",
            "bel 0900 1234",
            "<b>Jan</b>",
            "{{ 7 * 7 }}",
            "Uw rekening is geblokkeerd bel ons",
            "Jan\r\nBcc: x@y.nl",
            "een twee drie vier vijf zes zeven",
            "jan@x.nl",
            "Jan ☎",
        ] {
            assert_eq!(person(written), None, "{written:?}");
        }
        assert_eq!(person(&"Jan ".repeat(100_000)), None);
    }

    #[test]
    fn a_line_has_no_tricks_and_an_end() {
        assert_eq!(line("a\r\nBcc: b@x.nl\u{202e}txt.exe\0", 200), "a Bcc: b@x.nl txt.exe");
        assert_eq!(line("=?utf-8?q?=0A?=", 200), "= ?utf-8?q?=0A?=");
        let long = line(&"é".repeat(300_000), SUBJECT_CHARS_MAX);
        assert_eq!((long.chars().count(), long.ends_with('…')), (SUBJECT_CHARS_MAX, true));
    }

    #[test]
    fn text_keeps_its_lines() {
        assert_eq!(text("\r\n een\r\ntwee  \r\r\r\r\r\n\u{0}drie\u{202e}\n\n"), " een\ntwee\n\n\ndrie");
        assert_eq!(text("a\r"), "a");
        assert_eq!(text("\n\n\n\na\n\n\n\n\nb\t\n"), "a\n\n\nb");
        assert_eq!(shortened("abcdef", 3), ("abc …".to_owned(), true));
        assert_eq!(shortened("abc", 3), ("abc".to_owned(), false));
    }

    proptest! {
        #[test]
        fn what_needs_no_cleaning_is_left_as_cleaning_would_leave_it(text in "( ?[a=?é’🚗\t\u{a0}\u{202e}\u{e0041}]){0,8} ?") {
            prop_assert_eq!(line(&text, 100), collapsed(&text, 100));
        }

        #[test]
        fn whatever_stands_in_a_name_stays_one_short_line(name in any::<String>()) {
            let clean = line(&name, SUBJECT_CHARS_MAX);
            prop_assert!(clean.chars().count() <= SUBJECT_CHARS_MAX && !clean.chars().any(is_trick));
            if let Some(shown) = person(&name) {
                prop_assert!(shown.chars().all(|c| c.is_alphabetic() || " .-'’".contains(c)), "{}", shown);
            }
        }
    }
}
