//! What stands in the file of a letter of one's own: whether its name and its text alone can be used, and the line that an error
//! is in. Pure.

use super::{Mistake, Own, list, ours};
use crate::letters::RenderError;

/// What its name and its text alone show.
pub(super) fn by_its_text(own: &Own<'_>) -> Option<Mistake> {
    let mistake = |line, found: &str, next: &str| {
        Some(Mistake { file: own.name.to_owned(), line, found: found.to_owned(), next: next.to_owned() })
    };
    if ours(own.name).is_none() {
        return mistake(None, "a letter that there is not", "`klachtpost templates list` has their names");
    }
    let is_for_customer = list().iter().any(|listed| listed.name == own.name && listed.for_customer);
    let squeezed = Squeezed::of(own.text);
    if let Some(line) = UNCLEANED.iter().find_map(|found| squeezed.line_of(found, |_| true)) {
        let found = "`safe`: what a stranger wrote would be printed as it came";
        return mistake(Some(line), found, "print it with `text`, which keeps its lines");
    }
    let hidden = hides(own.text, &squeezed).filter(|_| is_for_customer);
    hidden.and_then(|(found, line)| {
        let found = format!("`{found}`: a letter to a customer says nothing that nobody sees");
        mistake(Some(line), &found, "show it, or leave it out")
    })
}

/// What would print something as it came.
const UNCLEANED: [&str; 4] = ["|safe", "{%autoescape", "{%-autoescape", "{%+autoescape"];
/// What hides a part of a page; a number only where it is nought.
const HIDING: [&str; 6] =
    ["display:none", "visibility:hidden", "visibility:collapse", "mso-hide:all", "font-size:", "opacity:"];

/// What hides a part of the page, and the line where it stands.
fn hides(text: &str, squeezed: &Squeezed) -> Option<(&'static str, usize)> {
    let by_style = HIDING.iter().find_map(|hiding| {
        let number = |rest: &str| rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect::<String>();
        let is_hidden = |rest: &str| !hiding.ends_with(':') || number(rest).parse::<f64>() == Ok(0.0);
        squeezed.line_of(hiding, is_hidden).map(|line| (*hiding, line))
    });
    by_style.or_else(|| hidden_tag(text).map(|line| ("hidden", line)))
}

/// The line of a tag with the attribute `hidden`.
fn hidden_tag(text: &str) -> Option<usize> {
    let tags = text.match_indices('<').map(|(at, _)| (at, &text[at + 1..]));
    let mut tags = tags.filter(|(_, rest)| rest.starts_with(|c: char| c.is_ascii_alphabetic()));
    let (at, _) = tags.find(|(_, rest)| {
        let mut quote = None;
        let mut bare = String::new();
        for c in rest.chars() {
            match (quote, c) {
                (None, '>') => break,
                (None, '"' | '\'') => quote = Some(c),
                (Some(open), c) if c == open => quote = None,
                (None, '=' | '/') => bare.push(' '),
                (None, c) => bare.push(c.to_ascii_lowercase()),
                (Some(_), _) => {}
            }
        }
        bare.split_whitespace().any(|word| word == "hidden")
    })?;
    Some(text[..at].matches('\n').count() + 1)
}

/// A text without its white space and in small letters, so that nothing is missed for a blank or a line end within it.
struct Squeezed {
    text: String,
    /// The line that each octet stood on.
    lines: Vec<usize>,
}

impl Squeezed {
    fn of(text: &str) -> Self {
        let mut squeezed = Self { text: String::new(), lines: Vec::new() };
        for (number, line) in text.lines().enumerate() {
            for c in line.chars().filter(|c| !c.is_whitespace()) {
                squeezed.text.extend(c.to_lowercase());
                squeezed.lines.resize(squeezed.text.len(), number + 1);
            }
        }
        squeezed
    }

    /// The line of the first such place, of those where what follows is like that.
    fn line_of(&self, found: &str, follows: impl Fn(&str) -> bool) -> Option<usize> {
        let mut places = self.text.match_indices(found).filter(|(at, _)| follows(&self.text[at + found.len()..]));
        places.next().and_then(|(at, _)| self.lines.get(at).copied())
    }
}

/// It cannot be read as a template at all.
pub(super) fn unreadable(own: &[Own<'_>], error: &minijinja::Error) -> Mistake {
    let name = error.name().map(file_of).unwrap_or_default();
    let line = error.line();
    let found = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let text = own.iter().find(|own| own.name == name).map_or("", |own| own.text);
    Mistake {
        found: quoted(&found, text, line),
        file: name,
        line,
        next: "docs/letters.md says how one is written".to_owned(),
    }
}

/// `closing/nl.txt` is made of `closing/nl.j2`.
fn file_of(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    format!("{stem}.j2")
}

/// What is wrong, and the line in which it is.
fn quoted(found: &str, text: &str, line: Option<usize>) -> String {
    let shown = line.and_then(|line| text.lines().nth(line.checked_sub(1)?)).map(str::trim);
    shown.map_or_else(|| found.to_owned(), |shown| format!("{found} in `{shown}`"))
}

/// Where an error is, and the line that stands there.
pub(super) fn place(own: &Own<'_>, error: &RenderError) -> (Option<usize>, String) {
    let told = error.to_string();
    let told = told.strip_prefix("tried to fill in a template, found: ").unwrap_or(&told);
    let stem = own.name.trim_end_matches(".j2");
    let at = told.rsplit_once(&format!("(in {stem}.")).and_then(|(found, at)| {
        let line = at.split_once(':')?.1.trim_end_matches(')').parse().ok()?;
        Some((found.trim().to_owned(), line))
    });
    match at {
        Some((found, line)) => (Some(line), quoted(&found, own.text, Some(line))),
        None => (None, told.to_owned()),
    }
}
