//! What stands in the file of a letter of one's own: whether its name and its text alone can be used, and the line that an error
//! is in. Pure.

use super::{Mistake, Own, list, ours};
use crate::letters::RenderError;
use minijinja::Environment;
use std::collections::BTreeSet;

/// What its name and its text alone show.
pub(super) fn by_its_text(own: &Own<'_>) -> Option<Mistake> {
    let mistake = |line, found: &str, next: &str| {
        Some(Mistake { file: own.name.to_owned(), line, found: found.to_owned(), next: next.to_owned() })
    };
    if ours(own.name).is_none() {
        return mistake(None, "a letter that there is not", "`klachtpost templates list` has their names");
    }
    let squeezed = Squeezed::of(own.text);
    if let Some(line) = UNCLEANED.iter().find_map(|found| squeezed.line_of(found)) {
        let found = "`safe`: what a stranger wrote would be printed as it came";
        return mistake(Some(line), found, "print it with `text`, which keeps its lines");
    }
    if let Some(line) = NO_FORMS.iter().find_map(|found| squeezed.line_of(found)) {
        let next = "what only one of text and page says stands in `k.in_text` or `k.on_page`";
        return mistake(Some(line), "a form that there is not: `form` is `mail` or `paper`", next);
    }
    if let Some(line) = line_with(own.text, |line| line.contains(|c: char| c.is_control() && c != '\t')) {
        return mistake(Some(line), "a control character, which nobody sees", "delete it");
    }
    let line = line_with(&words_of(own.text), has_markup)?;
    mistake(
        Some(line),
        "a tag or an entity: it would be printed as it is written",
        "use the blocks: `k.b`, `k.link`, `k.p`",
    )
}

/// Forms that letters are not filled in for.
const NO_FORMS: [&str; 4] = ["form==\"txt\"", "form!=\"txt\"", "form==\"html\"", "form!=\"html\""];

/// The number of the first such line, from 1.
fn line_with(text: &str, is_such: impl Fn(&str) -> bool) -> Option<usize> {
    text.lines().position(is_such).map(|at| at + 1)
}

/// Its own words, without what the engine reads; its lines stay.
fn words_of(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("{{").into_iter().chain(rest.find("{%")).chain(rest.find("{#")).min() {
        let (before, read) = rest.split_at(at);
        words.push_str(before);
        let end = match read.as_bytes().get(1) {
            Some(b'{') => "}}",
            Some(b'%') => "%}",
            _ => "#}",
        };
        let (inside, after) = read.split_once(end).unwrap_or((read, ""));
        words.extend(inside.chars().filter(|c| *c == '\n'));
        rest = after;
    }
    words + rest
}

/// Whether it would be HTML in a page: `<b`, `</b`, `<!`, `&nbsp;`.
fn has_markup(line: &str) -> bool {
    let begins_tag = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!'));
    let is_entity = |rest: &str| {
        let name = rest.split_once(';').map_or("", |(name, _)| name);
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '#')
    };
    line.split('<').skip(1).any(begins_tag) || line.split('&').skip(1).any(is_entity)
}

/// What would print something as it came.
const UNCLEANED: [&str; 4] = ["|safe", "{%autoescape", "{%-autoescape", "{%+autoescape"];

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

    /// The line of the first such place.
    fn line_of(&self, found: &str) -> Option<usize> {
        self.lines.get(self.text.find(found)?).copied()
    }
}

/// It cannot be read as a template at all.
pub(super) fn unreadable(own: &[Own<'_>], error: &minijinja::Error) -> Mistake {
    let name = error.name().unwrap_or_default();
    let line = error.line();
    let found = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let text = own.iter().find(|own| own.name == name).map_or("", |own| own.text);
    Mistake {
        found: quoted(&found, text, line),
        file: name.to_owned(),
        line,
        next: "docs/letters.md says how one is written".to_owned(),
    }
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
    let at = told.rsplit_once(&format!("(in {}:", own.name)).and_then(|(found, at)| {
        let line = at.trim_end_matches(')').parse().ok()?;
        Some((found.trim().to_owned(), line))
    });
    match at {
        Some((found, line)) => (Some(line), quoted(&found, own.text, Some(line))),
        None => match unknown_name(own) {
            Some((line, name)) => (Some(line), quoted(&format!("`{name}`, which there is not,"), own.text, Some(line))),
            None => (None, told.to_owned()),
        },
    }
}

/// A name that none of our letters has, and its line: given to what letters share (`case.j2`) it is an error only there.
fn unknown_name(own: &Own<'_>) -> Option<(usize, String)> {
    let known: BTreeSet<String> = list().iter().filter_map(|one| ours(&one.name)).flat_map(names).collect();
    let stands_in =
        |line: &str, name: &str| line.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|w| w == name);
    names(own.text).into_iter().filter(|name| !known.contains(name)).find_map(|name| {
        let at = own.text.lines().position(|line| stands_in(line, &name))?;
        Some((at + 1, name))
    })
}

/// What a letter takes from outside: its variables, and the functions that it calls.
fn names(text: &str) -> BTreeSet<String> {
    let engine = Environment::new();
    engine
        .template_from_str(text)
        .map(|letter| letter.undeclared_variables(false).into_iter().collect())
        .unwrap_or_default()
}
