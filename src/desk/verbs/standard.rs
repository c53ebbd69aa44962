//! The lines that ask for a sentence of the company's own: `#tekst uitstel`. Unlike other verbs they stay where they stand, because
//! the sentence comes there. Pure.

use super::{Verb, visible};

/// The name behind such a verb, maybe empty; None: the line is none.
pub fn standard_text(line: &str) -> Option<String> {
    let (word, value) = super::verb_line(&visible(line))?;
    let is_one = Verb::named(&word) == Some(Verb::StandardText);
    is_one.then(|| value.trim_end_matches([':', '.', ',', ';']).to_owned())
}

/// Such lines above the words, and the rest.
pub fn leading(text: &str) -> (Vec<&str>, String) {
    let is_above = |line: &&str| standard_text(line).is_some() || visible(line).is_empty();
    let above = text.lines().take_while(is_above).count();
    let asked = text.lines().take(above).filter(|line| standard_text(line).is_some());
    (asked.map(str::trim).collect(), text.lines().skip(above).collect::<Vec<_>>().join("\n"))
}

/// The text with `what` in the place of each such line; where that gives nothing, without it.
///
/// # Errors
/// Those of `what`.
pub fn with_standard_texts<E>(text: &str, mut what: impl FnMut(&str) -> Result<String, E>) -> Result<String, E> {
    let mut lines = Vec::new();
    for line in text.lines() {
        match standard_text(line) {
            Some(name) => lines.push(what(&name)?),
            None => lines.push(line.to_owned()),
        }
    }
    Ok(lines.join("\n").trim().to_owned())
}
