//! Labels inside a line: some clients write the whole header block of a quoted mail on one line, even with the labels
//! glued to the values ("From: A <a@b>To: c@d"), and with a colon lost. Pure.

use super::{Field, LABEL_CHARS_MAX, field};

/// Words behind a label without its colon within which a date has its first figure ("Sent Monday, November 23").
const DATE_WORDS_MAX: usize = 4;

/// Every label in a line: where it starts, where its value starts, and what it is.
pub(crate) fn labels_within(text: &str) -> Vec<(usize, usize, Field)> {
    let mut found: Vec<(usize, usize, Field)> = Vec::new();
    for (at, colon) in text.char_indices().filter(|(_, c)| matches!(c, ':' | '：')) {
        let from = found.last().map_or(0, |(_, behind, _)| *behind);
        let before = text.get(from..at).unwrap_or_default().trim_end();
        let starts = before.char_indices().rev().take(LABEL_CHARS_MAX).filter(|(i, _)| begins_word(before, *i));
        // The longest label that ends here: "Gesendet am", not "am".
        let longest = starts.filter_map(|(i, _)| Some((i, field(before.get(i..)?)?))).last();
        if let Some((i, field)) = longest {
            if !found.is_empty() {
                found.extend(without_colon(text, from, from + i));
            }
            found.push((from + i, at + colon.len_utf8(), field));
        }
    }
    found
}

/// Whether a word may begin here: a capital behind anything but capitals, or before a small letter ("CETEmne").
fn begins_word(text: &str, at: usize) -> bool {
    let Some((before, behind)) = text.split_at_checked(at) else { return false };
    let mut chars = behind.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() && !c.is_lowercase())
        && (chars.next().is_some_and(char::is_lowercase) || !before.ends_with(char::is_uppercase))
}

/// A label whose colon was lost, between two that have theirs: what it names must stand behind it.
fn without_colon(text: &str, from: usize, until: usize) -> Option<(usize, usize, Field)> {
    let part = text.get(from..until)?;
    let starts = part.char_indices().filter(|(at, _)| begins_word(part, *at)).map(|(at, _)| at);
    starts.into_iter().find_map(|at| {
        let rest = part.get(at..)?;
        let (label, value) = rest.split_once(' ').filter(|(label, _)| label.chars().count() > 1)?;
        let has_figure =
            || value.split_whitespace().take(DATE_WORDS_MAX).any(|w| w.starts_with(|c: char| c.is_ascii_digit()));
        let found = match field(label)? {
            Field::Date if has_figure() => Field::Date,
            people @ (Field::To | Field::Cc) if value.split_whitespace().next()?.contains('@') => people,
            _ => return None,
        };
        (at > 0).then_some((from + at, from + at + label.len(), found))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Vec<Field> {
        labels_within(text).into_iter().map(|(_, _, field)| field).collect()
    }

    #[test]
    fn labels_are_found_glued_and_with_a_colon_lost() {
        use Field::{Date, From, Subject, To};
        for line in [
            "From: A <a@b.nl> Sent: Monday, November 23, 2026 To: c@d.nl Subject: x",
            "From: A <a@b.nl>Sent: 23-11-2026 10:12To: c@d.nlSubject: x",
            "From: A <a@b.nl> Sent Monday, November 23, 2026 10:12 AM To: c@d.nl Subject: x",
            "Van: A <a@b.nl> Verzonden maandag 23 november 2026 Aan: c@d.nl Onderwerp: x",
        ] {
            assert_eq!(fields(line), [From, Date, To, Subject], "{line}");
        }
        assert_eq!(fields("From: A Date <a@b.nl> Subject: x"), [From, Subject]);
        assert_eq!(fields("geen enkele"), []);
    }
}
