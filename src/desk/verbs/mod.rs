//! Staff verbs: lines at the top of a reply, `#verb value`, one a line (design: "Staff verbs"). Forgiving in
//! case, accents and punctuation; what is nearly a verb is never relayed but asked about. Pure.

mod table;

pub use table::{Row, TABLE, Taken, TextGoes, Value, Verb};

/// Two slips of the finger still point at the verb that was meant.
const SLIPS_MAX: usize = 2;
/// More verb lines than this are no instruction but a text that looks like one.
const VERB_LINES_MAX: usize = 20;

/// One verb line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub verb: Verb,
    /// As typed, for `explain`.
    pub written: String,
    pub value: String,
}

/// A reply of staff, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instruction {
    pub lines: Vec<Line>,
    /// The text without the verb lines.
    pub text: String,
}

/// Why a text is no instruction; nothing of it may be relayed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mistake {
    Unknown { written: String, nearest: Option<String> },
    LowerDown { written: String },
}

/// Reads the new text of a staff mail.
///
/// # Errors
/// A `#word` at the top that is no verb; a verb, or nearly one, lower down.
pub fn parse(new_text: &str) -> Result<Instruction, Mistake> {
    let mut lines = Vec::new();
    let mut rest = Vec::new();
    for line in new_text.lines() {
        let plain = visible(line);
        let at_top = rest.iter().all(|above: &&str| visible(above).is_empty());
        match (verb_line(&plain), at_top && lines.len() < VERB_LINES_MAX) {
            (Some((word, value)), true) => lines.push(read_line(&plain, &word, value)?),
            (Some((word, _)), false) if is_near_verb(&word) => return Err(Mistake::LowerDown { written: plain }),
            (None, true) if is_bare_verb(&plain) => {
                return Err(Mistake::Unknown { written: plain.clone(), nearest: nearest(&fold_word(&plain)) });
            }
            _ if names_verb_within(&plain) => return Err(Mistake::LowerDown { written: plain }),
            _ => rest.push(line),
        }
    }
    Ok(Instruction { lines, text: rest.join("\n").trim().to_owned() })
}

fn read_line(plain: &str, word: &str, value: String) -> Result<Line, Mistake> {
    let verb =
        Verb::named(word).ok_or_else(|| Mistake::Unknown { written: plain.to_owned(), nearest: nearest(word) })?;
    Ok(Line { verb, written: plain.split_whitespace().next().unwrap_or_default().to_owned(), value })
}

/// Trimmed, without the marks that mail clients slip in (byte order mark, no-break and zero-width spaces).
fn visible(line: &str) -> String {
    let kept = |c: char| !matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{202a}'..='\u{202e}');
    line.chars().filter(|c| kept(*c)).map(|c| if c == '\u{a0}' { ' ' } else { c }).collect::<String>().trim().to_owned()
}

/// `#word: value` as (folded word, value); None when the line does not begin with `#` and a letter.
fn verb_line(plain: &str) -> Option<(String, String)> {
    let after = plain.trim_start_matches(['*', '_', ' ']).strip_prefix(['#', '＃'])?.trim_start();
    let end = after.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).unwrap_or(after.len());
    let (word, value) = after.split_at(end);
    let folded = fold_word(word);
    let begins_with_letter = folded.chars().next().is_some_and(char::is_alphabetic);
    begins_with_letter
        .then(|| (folded, value.trim_matches(|c: char| c.is_whitespace() || "*_:.,;".contains(c)).to_owned()))
}

/// A verb's name alone on its line, with the `#` forgotten or another mark in its place.
fn is_bare_verb(plain: &str) -> bool {
    let word = plain.trim_matches(|c: char| !c.is_alphanumeric());
    !word.is_empty() && all_names().any(|name| name == fold_word(word)) && !word.contains(char::is_whitespace)
}

/// A `#verb` in the middle of a line.
fn names_verb_within(plain: &str) -> bool {
    plain.match_indices('#').any(|(at, _)| {
        let after = &plain[at + 1..];
        let end = after.find(|c: char| !c.is_alphanumeric()).unwrap_or(after.len());
        all_names().any(|name| name == fold_word(&after[..end]))
    })
}

fn fold_word(word: &str) -> String {
    super::fold::fold(word).chars().filter(|c| c.is_alphanumeric()).collect()
}

fn all_names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().flat_map(Row::names)
}

fn is_near_verb(word: &str) -> bool {
    nearest(word).is_some()
}

/// The verb that was probably meant.
fn nearest(word: &str) -> Option<String> {
    all_names()
        .map(|name| (slips(word, name), name))
        .filter(|(slips, name)| *slips <= SLIPS_MAX.min(name.len() / 3))
        .min()
        .map(|(_, name)| format!("#{name}"))
}

/// Edit distance of two short words; words much longer than any verb count as far away.
fn slips(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(40).collect(), b.chars().collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(text: &str, value: &str) -> Instruction {
        let line = Line { verb: Verb::Close, written: "#afgehandeld".into(), value: value.into() };
        Instruction { lines: vec![line], text: text.into() }
    }

    #[test]
    fn a_verb_at_the_top_is_read_however_it_is_typed() {
        for typed in
            ["#afgehandeld", "# Afgehandeld", "\u{feff}#AFGEHANDELD:", "\u{a0}#áfgehandeld.", "\n\n  #afgehandeld  "]
        {
            let read = parse(&format!("{typed}\nWij vergoeden de band.")).unwrap();
            assert_eq!((read.lines[0].verb, read.text.as_str()), (Verb::Close, "Wij vergoeden de band."), "{typed}");
        }
        assert_eq!(parse("#afgehandeld: Betaald").unwrap(), close("", "Betaald"));
    }

    #[test]
    fn a_slip_names_the_verb_that_was_meant() {
        let mistake = parse("#afgehandelt\nBetaald").unwrap_err();
        assert_eq!(mistake, Mistake::Unknown { written: "#afgehandelt".into(), nearest: Some("#afgehandeld".into()) });
        assert!(matches!(parse("#vakantie").unwrap_err(), Mistake::Unknown { nearest: None, .. }));
    }

    #[test]
    fn a_verb_lower_down_stops_the_mail() {
        for text in ["Beste klant,\n#intern", "Dag,\n\n#interm nog bellen", "Dag, zie #intern hieronder"] {
            assert!(matches!(parse(text), Err(Mistake::LowerDown { .. })), "{text}");
        }
    }

    #[test]
    fn a_verb_without_its_mark_at_the_top_is_asked_about() {
        assert!(matches!(parse("intern\nde klant overdrijft"), Err(Mistake::Unknown { .. })));
        assert!(matches!(parse("@afgehandeld\nbetaald"), Err(Mistake::Unknown { .. })));
    }

    #[test]
    fn an_ordinary_answer_is_left_alone() {
        let text =
            "Beste mevrouw,\n\nUw auto staat klaar op plek #12.\n#1 prioriteit voor ons.\n\nDit is intern besproken.";
        assert_eq!(parse(text).unwrap(), Instruction { lines: vec![], text: text.into() });
    }

    proptest! {
        #[test]
        fn no_verb_line_is_ever_left_in_the_text(text in "(#intern|#Afgehandeld|hallo|\n| |#|é){0,12}") {
            if let Ok(read) = parse(&text) {
                let left = read.text.to_lowercase();
                prop_assert!(!left.contains("#intern") && !left.contains("#afgehandeld"), "{:?}", left);
            }
        }

        #[test]
        fn any_text_is_read_without_harm(text in "\\PC{0,300}") {
            let _ = parse(&text);
        }
    }
}
