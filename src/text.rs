//! What every room knows of text: how two spellings are compared, which characters nobody sees or turn the direction, and
//! octets as hexadecimal. Pure, and it stands on nothing else.

use memchr::memchr;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The lines of a text, as [`str::lines`] has them and several times faster: a mail is gone through line by line a dozen times.
pub fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(end) = memchr(b'\n', rest.as_bytes()) else { return Some(std::mem::take(&mut rest)) };
        let line = &rest[..end];
        rest = &rest[end + 1..];
        Some(line.strip_suffix('\r').unwrap_or(line))
    })
}

/// Text made comparable, so that what a customer types meets what an operator wrote; it is never shown: decomposed (NFKD), without accents and invisible characters, in lower case, the letters that do not
/// decompose replaced by their plain ones, every run of white space one space, none at the ends.
///
/// Folding twice is folding once.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut rest = text;
    // Nearly all of most texts is plain, and plain letters need no tables. A mark behind one of them belongs to it, but only
    // goes away.
    while !rest.is_empty() {
        let plain = rest.bytes().position(|byte| !byte.is_ascii()).unwrap_or(rest.len());
        let (ascii, behind) = rest.split_at(plain);
        fold_ascii(ascii, &mut folded);
        let other = behind.bytes().position(|byte| byte.is_ascii()).unwrap_or(behind.len());
        let (strange, behind) = behind.split_at(other);
        fold_other(strange, &mut folded);
        rest = behind;
    }
    if folded.ends_with(' ') {
        folded.pop();
    }
    folded.make_ascii_lowercase();
    folded
}

/// In the case that it came in.
fn fold_ascii(text: &str, folded: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(|byte| matches!(byte, b'\t'..=b'\r' | b' ' | b'`')) {
        folded.push_str(&rest[..at]);
        if rest.as_bytes()[at] == b'`' {
            folded.push('\'');
        } else {
            blank(folded);
        }
        rest = &rest[at + 1..];
    }
    folded.push_str(rest);
}

fn blank(folded: &mut String) {
    if !folded.is_empty() && !folded.ends_with(' ') {
        folded.push(' ');
    }
}

fn fold_other(text: &str, folded: &mut String) {
    let plain = text.nfkd().filter(|c| !is_combining_mark(*c) && !is_invisible(*c)).flat_map(char::to_lowercase);
    // Lower case can bring a mark of its own (capital I with a dot does).
    for letter in plain.filter(|c| !is_combining_mark(*c)) {
        match letter {
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            '‘' | '’' | '‛' | 'ʼ' | '`' => folded.push('\''),
            // Hyphens that mail programs put in place of the plain one; NFKD makes the non-breaking one U+2010.
            '\u{2010}' | '\u{2011}' => folded.push('-'),
            space if space.is_whitespace() => blank(folded),
            other => folded.push(other),
        }
    }
}

/// Soft hyphen, zero-width spaces and joiners, direction marks, byte order mark: they stand inside words that look whole.
pub fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}') || turns_direction(c)
}

/// What makes `exe.fdp` read as a PDF: bidirectional overrides, embeddings, isolates and marks (Unicode UAX #9); and the byte
/// order mark, which no text has within it.
pub fn turns_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// How many letters of one word are wrong, missing, too many, or have changed places with the next one, to be the other; None: more
/// than `most`.
#[must_use]
pub fn slips(one: &str, other: &str, most: usize) -> Option<usize> {
    // Each letter too many is a slip; words that long are not looked at.
    if one.chars().count().abs_diff(other.chars().count()) > most {
        return None;
    }
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut next = vec![i + 1];
        for (j, b) in other.iter().enumerate() {
            let replaced = row[j] + usize::from(a != b);
            let mut least = replaced.min(row[j + 1] + 1).min(next[j] + 1);
            if i > 0 && j > 0 && one[i - 1] == *b && other[j - 1] == *a {
                least = least.min(before[j - 1] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().filter(|slips| *slips <= most)
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |half: u8| char::from(DIGITS[usize::from(half)]);
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        text.push(digit(byte >> 4));
        text.push(digit(byte & 15));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{fold, lines, slips};
    use proptest::prelude::*;

    #[test]
    fn what_looks_alike_folds_alike() {
        for (text, folded) in [
            ("Coöperatie", "cooperatie"),
            ("FACTUUR", "factuur"),
            ("scha\u{ad}de\u{200b}formulier", "schadeformulier"),
            ("Geld  terug\r\n\tgraag ", "geld terug graag"),
            ("ﬁnanciën", "financien"),
            ("Ĳmuiden", "ijmuiden"),
            ("Łódź Ørsted Straße Æbelø", "lodz orsted strasse aebelo"),
            ("auto’s", "auto's"),
            ("APK\u{2011}keuring", "apk-keuring"),
            ("e\u{301}e\u{301}n\u{a0}keer", "een keer"),
            ("İSTANBUL", "istanbul"),
            ("", ""),
            (" \u{200b} \n", ""),
            ("你好", "你好"),
        ] {
            assert_eq!(fold(text), folded, "{text:?}");
        }
    }

    #[test]
    fn slips_are_counted_as_people_make_them() {
        for (one, other, count) in [
            ("", "", 0),
            ("host", "host", 0),
            ("hsot", "host", 1),
            ("hos", "host", 1),
            ("hosts", "host", 1),
            ("pasword", "password", 1),
            ("afgehandled", "afgehandeld", 1),
        ] {
            assert_eq!((slips(one, other, 2), slips(other, one, 2)), (Some(count), Some(count)), "{one} {other}");
        }
        assert_eq!((slips("poort", "host", 2), slips("host", "hostname", 3)), (None, None));
        assert_eq!(slips(&"a".repeat(1_000_000), "host", 3), None);
    }

    /// Every character there is, in a word.
    #[test]
    fn folding_any_character_twice_is_folding_it_once() {
        for c in ('\0'..=char::MAX).filter(|c| c.is_alphanumeric() || c.is_whitespace()) {
            let once = fold(&format!("a{c}b"));
            assert_eq!(fold(&once), once, "{:x}", u32::from(c));
        }
    }

    proptest! {
        #[test]
        fn lines_are_those_of_the_standard_library(text in "([aé\r]{0,3}\n?){0,6}") {
            prop_assert_eq!(lines(&text).collect::<Vec<_>>(), text.lines().collect::<Vec<_>>());
        }

        #[test]
        fn folding_twice_is_folding_once(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn capitals_and_the_way_accents_are_coded_do_not_matter(text in "[a-zA-ZÀ-ÖØ-öø-ÿłŁœŒĳĲ '’-]{0,40}") {
            let decomposed: String = unicode_normalization::UnicodeNormalization::nfd(text.as_str()).collect();
            prop_assert_eq!(fold(&text.to_uppercase()), fold(&text));
            prop_assert_eq!(fold(&decomposed), fold(&text));
        }
    }
}
