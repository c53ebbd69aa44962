//! Breaks text into lines of a width, by the measures of the typeface. Pure.

use crate::typeface::Typeface;

/// The lines of a text that are at most `width` wide in the unit of `size`. A line ends where the text ends one; else
/// between words, behind a hyphen, and within a word only where the word alone is wider than a line. No text is lost
/// but the blanks at which lines end. An empty text is one empty line.
pub fn wrap(text: &str, face: &Typeface, size: f32, width: f32) -> Vec<String> {
    let printable = face.printable(text);
    let mut lines = Vec::new();
    for line in printable.split('\n') {
        fill(line.trim_end_matches(' '), face, size, width, &mut lines);
    }
    lines
}

fn fill(text: &str, face: &Typeface, size: f32, width: f32, lines: &mut Vec<String>) {
    let mut line = String::new();
    let mut used = 0.0;
    for piece in pieces(text) {
        let piece_width = face.width(piece.trim_end_matches(' '), size);
        if used + piece_width > width && !line.is_empty() {
            lines.push(take_line(&mut line));
            used = 0.0;
        }
        if piece_width <= width {
            line.push_str(piece);
            used += face.width(piece, size);
            continue;
        }
        for shown in piece.chars() {
            let advance = face.advance(face.glyph(shown)) * size;
            if used + advance > width && !line.is_empty() && shown != ' ' {
                lines.push(take_line(&mut line));
                used = 0.0;
            }
            line.push(shown);
            used += advance;
        }
    }
    lines.push(take_line(&mut line));
}

/// What may not be broken, each with the blanks behind it: words, and parts of words up to a hyphen between letters.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (piece, after) = rest.split_at(piece_end(rest));
        rest = after;
        Some(piece)
    })
}

fn piece_end(text: &str) -> usize {
    let (mut before, mut last_letter) = (' ', ' ');
    for (at, shown) in text.char_indices() {
        // An amount stays with its currency.
        let behind_word = before == ' ' && at > 0 && last_letter != '€';
        let behind_hyphen = before == '-' && at > 1 && shown.is_alphabetic();
        if shown != ' ' && (behind_word || behind_hyphen) {
            return at;
        }
        before = shown;
        if shown != ' ' {
            last_letter = shown;
        }
    }
    text.len()
}

fn take_line(line: &mut String) -> String {
    let taken = std::mem::take(line);
    taken.trim_end_matches(' ').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typeface::Weight;
    use proptest::prelude::*;

    fn face() -> Typeface {
        Typeface::load(Weight::Regular).unwrap()
    }

    #[test]
    fn lines_end_between_words_behind_hyphens_and_where_the_text_says() {
        let face = face();
        let width = face.width("Geachte mevrouw De-", 10.0) + 0.1;
        assert_eq!(
            wrap("Geachte mevrouw De-Vries  Jansen,\n\nwij schrijven", &face, 10.0, width),
            ["Geachte mevrouw De-", "Vries  Jansen,", "", "wij schrijven"]
        );
        assert_eq!(wrap("", &face, 10.0, width), [""]);
        // A case number, a minus and an amount stay whole.
        let narrow = face.width("zie K-2026-000", 10.0);
        assert_eq!(wrap("zie K-2026-000123 en -5", &face, 10.0, narrow + 2.0), ["zie", "K-2026-000123", "en -5"]);
        assert_eq!(wrap("een bedrag van € 487,50", &face, 10.0, width), ["een bedrag van", "€ 487,50"]);
    }

    #[test]
    fn a_word_wider_than_the_line_is_broken_and_nothing_of_it_lost() {
        let face = face();
        let long = "https://voorbeeld.nl/".to_owned() + &"x".repeat(300);
        let lines = wrap(&format!("Zie {long} daar"), &face, 10.0, 200.0);
        assert!(lines.len() > 5, "{lines:?}");
        assert_eq!(lines.concat().replace(' ', ""), format!("Zie{long}daar"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_line_is_too_wide_and_no_letter_lost(text in "[a-zé€ \u{A0}\n-]{0,400}", width in 30.0f32..400.0) {
            let face = face();
            let lines = wrap(&text, &face, 10.0, width);
            for line in &lines {
                prop_assert!(face.width(line, 10.0) <= width + 0.01 || line.chars().count() == 1, "{line:?}");
            }
            let letters = |text: &str| text.chars().filter(|c| !matches!(c, ' ' | '\n')).collect::<String>();
            prop_assert_eq!(letters(&lines.concat()), letters(&text));
        }
    }
}
