//! Letters of one's own in the place of ours: one file is one letter in one language, and the rest stays ours. Each is filled in
//! with every sample of its kind before it is used. What a letter to a customer must say, ours says: an own one that leaves it
//! out is refused. Pure: the files come in as text.

use super::language::{Words, for_staff};
use super::templates::text_of;
use super::{Letters, RenderError, Signed, TemplateError, Templates, printing, sample, view};
use crate::case::{CaseNumber, Language, LetterKind, Moment, Reader, Token};
use crate::desk::draft::{Content, Draft};
use minijinja::Environment;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

/// Mistakes that are told of one file: who mends a template looks again after the first few.
const MISTAKES_MAX: usize = 5;

/// One letter of one's own.
#[derive(Debug, Clone, Copy)]
pub struct Own<'a> {
    /// Below its folder: `closing/nl.j2`.
    pub name: &'a str,
    pub text: &'a str,
}

/// Something that is wrong with one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    pub file: String,
    /// From 1; None: it is about the whole file.
    pub line: Option<usize>,
    pub found: String,
    pub next: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = self.line.map_or_else(String::new, |line| format!(", line {line}"));
        write!(f, "{}{line}: found {}; next: {}", self.file, self.found, self.next)
    }
}

/// All of them, as an error tells them.
pub(super) fn told(mistakes: &[Mistake]) -> String {
    let lines: Vec<String> = mistakes.iter().map(|mistake| format!("templates: {mistake}")).collect();
    lines.join("\n")
}

/// A letter that there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// `closing/nl.j2`.
    pub name: String,
    pub kind: LetterKind,
    pub language: &'static str,
    pub for_customer: bool,
}

/// A letter as it would look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    pub name: String,
    pub subject: String,
    pub html: String,
}

/// Every letter that can be replaced, in the order of the table of kinds.
pub fn list() -> Vec<Listed> {
    let all = LetterKind::ALL.iter().flat_map(|kind| Language::ALL.map(|language| (*kind, language)));
    let listed = all.map(|(kind, language)| {
        let tag = language.tag();
        let for_customer = kind.row().reader == Reader::Customer;
        Listed { name: format!("{}/{tag}.j2", kind.name()), kind, language: tag, for_customer }
    });
    listed.filter(|listed| text_of(&listed.name).is_some()).collect()
}

/// Our own text of a letter, to begin with.
pub fn ours(name: &str) -> Option<&'static str> {
    list().iter().any(|listed| listed.name == name).then(|| text_of(name)).flatten()
}

/// The letters with these in the place of ours.
///
/// # Errors
/// All that is wrong with them.
pub(super) fn checked(own: &[Own<'_>]) -> Result<Letters, TemplateError> {
    if own.is_empty() {
        return Letters::new();
    }
    let ours = Letters::new()?;
    let mut mistakes: Vec<Mistake> = own.iter().filter_map(|own| by_its_text(own)).collect();
    if !mistakes.is_empty() {
        return Err(TemplateError::Own(mistakes));
    }
    let letters = match Templates::new(own) {
        Ok(templates) => Letters { templates },
        Err(TemplateError::Compile(error)) => return Err(TemplateError::Own(vec![unreadable(own, &error)])),
        Err(other) => return Err(other),
    };
    let samples = sample::drafts();
    for one in own {
        let mut found = filled_in(one, &letters, &ours, &samples);
        found.dedup();
        found.truncate(MISTAKES_MAX);
        mistakes.append(&mut found);
    }
    if mistakes.is_empty() { Ok(letters) } else { Err(TemplateError::Own(mistakes)) }
}

impl Letters {
    /// The first sample of each letter, as its reader's mail client would show it.
    ///
    /// # Errors
    /// A template cannot be filled in.
    pub fn preview(&self) -> Result<Vec<Preview>, RenderError> {
        let samples = sample::drafts();
        let mut shown = BTreeMap::new();
        for draft in &samples {
            let name = name_of(draft);
            if !shown.contains_key(&name) {
                let pages = self.shown(draft)?;
                shown.insert(name.clone(), Preview { name, subject: pages.subject, html: pages.html });
            }
        }
        Ok(list().into_iter().filter_map(|listed| shown.remove(&listed.name)).collect())
    }

    fn shown(&self, draft: &Draft) -> Result<super::Pages, RenderError> {
        let keys = sample::keys();
        let token = keys.write(&Token { case: draft.case, side: draft.side, letter: draft.id.clone() });
        let signed = Signed { token: &token, keys: &keys, lacks_characters: false };
        self.pages(draft, &draft.carried, &[], &sample::house(), signed, sample::now())
    }
}

fn name_of(draft: &Draft) -> String {
    let kind = draft.content.kind();
    let language = if kind.is_for_customer() { draft.language } else { for_staff(draft.language) };
    format!("{}/{}.j2", kind.name(), language.tag())
}

/// What its name and its text alone show.
fn by_its_text(own: &Own<'_>) -> Option<Mistake> {
    let mistake = |line, found: &str, next: &str| {
        Some(Mistake { file: own.name.to_owned(), line, found: found.to_owned(), next: next.to_owned() })
    };
    if ours(own.name).is_none() {
        return mistake(None, "a letter that there is not", "`klachtpost templates list` has their names");
    }
    for (number, line) in own.text.lines().enumerate() {
        let unblanked: String = line.split_whitespace().collect();
        let turns_off =
            unblanked.contains("|safe") || unblanked.contains("{%autoescape") || unblanked.contains("{%-autoescape");
        if turns_off {
            let found = "`safe`: what a stranger wrote would be printed as it came";
            return mistake(Some(number + 1), found, "print it with `text`, which keeps its lines");
        }
    }
    None
}

/// It cannot be read as a template at all.
fn unreadable(own: &[Own<'_>], error: &minijinja::Error) -> Mistake {
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

/// What filling it in with the samples shows.
fn filled_in(own: &Own<'_>, letters: &Letters, ours: &Letters, samples: &[Draft]) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for draft in samples.iter().filter(|draft| name_of(draft) == own.name) {
        let mistake =
            |line, found, next: &str| Mistake { file: own.name.to_owned(), line, found, next: next.to_owned() };
        match (letters.shown(draft), ours.shown(draft)) {
            (Err(error), _) => {
                let (line, found) = place(own, &error);
                mistakes.push(mistake(line, found, "`klachtpost templates export` shows what ours prints there"));
            }
            (Ok(shown), Ok(usual)) if draft.content.kind().is_for_customer() => {
                let says = |body: &str, said: &str| one_line(body).contains(&one_line(said));
                let left_out = must_say(draft, ours)
                    .into_iter()
                    .filter(|said| says(&usual.bodies[0], said) && shown.bodies.iter().any(|body| !says(body, said)));
                mistakes.extend(left_out.map(|said| {
                    mistake(
                        None,
                        format!("no `{said}`"),
                        "a letter to a customer says it, as text and as a page: add it",
                    )
                }));
            }
            _ => {}
        }
    }
    mistakes
}

/// Where an error is, and the line that stands there.
fn place(own: &Own<'_>, error: &RenderError) -> (Option<usize>, String) {
    let told = error.to_string();
    let told = told.strip_prefix("tried to fill in a template, found: ").unwrap_or(&told);
    let stem = own.name.trim_end_matches(".j2");
    let at = told.rsplit_once(&format!("(in {stem}.")).and_then(|(found, at)| {
        let line = at.split_once(':')?.1.trim_end_matches(')').parse().ok()?;
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

/// A name that none of our letters has, and its line: given to a building block it is an error only there.
fn unknown_name(own: &Own<'_>) -> Option<(usize, String)> {
    let known: BTreeSet<String> = list().iter().filter_map(|one| text_of(&one.name)).flat_map(names).collect();
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

/// What such a letter says for the customer's sake: its number, its terms, and what the law wants said of the committee.
fn must_say(draft: &Draft, ours: &Letters) -> Vec<String> {
    let house = sample::house();
    let words = Words { language: draft.language, zone: house.zone };
    let number = |number: CaseNumber| number.to_string();
    let moment = |at: Moment| words.moment(at);
    let own = draft.case.into_iter().filter(|_| draft.content.kind() != LetterKind::Acknowledgements).map(number);
    let said: Vec<String> = match &draft.content {
        Content::Acknowledgement(letter) => [letter.due.first_response, letter.due.resolve].map(moment).into(),
        Content::Acknowledgements(letter) => {
            let due = letter.due.iter().flat_map(|due| [due.first_response, due.resolve]).map(moment);
            letter.complaints.iter().map(|one| number(one.number)).chain(due).collect()
        }
        Content::Interim(letter) => letter.promised.into_iter().map(moment).chain(committee(draft, ours)).collect(),
        Content::Closing(letter) => [letter.settlement.lines().next().unwrap_or_default().to_owned()]
            .into_iter()
            .chain(committee(draft, ours))
            .collect(),
        Content::Answer(letter) => letter.text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    own.chain(said).collect()
}

/// The sentences about the committee, each with its links.
fn committee(draft: &Draft, ours: &Letters) -> Vec<String> {
    let (house, keys) = (sample::house(), sample::keys());
    let vocabulary = ours.templates.vocabulary(view::words(draft, &house));
    let form = printing::Form::Text;
    let reading = Arc::new(view::reading(draft, &house, "", vocabulary, form, sample::now()));
    let signed = Signed { token: "", keys: &keys, lacks_characters: false };
    let seen = view::Seen { draft, carried: &[], left_out: &[], house: &house, signed, reading: &reading };
    let said = ours.templates.committee(&reading, &seen.view()).unwrap_or_default();
    let around = |line: &str| line.split("https://").next().unwrap_or_default().trim().to_owned();
    let links = said.split_whitespace().filter(|word| word.starts_with("https://")).map(str::to_owned);
    said.lines().map(around).filter(|line| !line.is_empty()).chain(links).collect()
}

/// As it is compared: whatever wraps it, and without the tags within a sentence.
fn one_line(page: &str) -> String {
    let mut bare = String::with_capacity(page.len());
    let mut in_tag = false;
    for c in page.chars() {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => bare.push(c),
            _ => {}
        }
    }
    let bare = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&amp;", "&")]
        .iter()
        .fold(bare, |bare, (entity, c)| bare.replace(entity, c));
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(name: &str, text: &str) -> Vec<Mistake> {
        match Letters::with(&[Own { name, text }]) {
            Ok(_) => Vec::new(),
            Err(TemplateError::Own(mistakes)) => mistakes,
            Err(other) => panic!("{other}"),
        }
    }

    fn changed(name: &str, from: &str, to: &str) -> Vec<Mistake> {
        let text = ours(name).unwrap();
        assert!(text.contains(from), "{from} in {name}");
        mistakes(name, &text.replace(from, to))
    }

    #[test]
    fn every_letter_of_ours_can_be_ones_own_and_is_used() {
        let own: Vec<Own<'_>> = list()
            .iter()
            .filter_map(|listed| text_of(&listed.name).map(|text| (listed.name.clone(), text)))
            .map(|(name, text)| Own { name: Box::leak(name.into_boxed_str()), text })
            .collect();
        assert_eq!(own.len(), list().len());
        Letters::with(&own).unwrap();
        let text = ours("closing/nl.j2").unwrap().replace("Dank dat u het ons", "Fijn dat u het ons");
        let letters = Letters::with(&[Own { name: "closing/nl.j2", text: &text }]).unwrap();
        let preview = letters.preview().unwrap();
        let html = |name: &str| preview.iter().find(|one| one.name == name).unwrap().html.clone();
        assert!(html("closing/nl.j2").contains("Fijn dat u het ons") && html("closing/en.j2").contains("Thank you"));
        assert_eq!(preview.len(), own.len());
    }

    #[test]
    fn a_mistake_is_told_with_its_file_its_line_and_what_stands_there() {
        let found = changed("closing/nl.j2", "customer_name|salutation", "custmer_name|salutation");
        assert!(found[0].line.is_some() && found[0].found.contains("custmer_name"), "{found:?}");
        assert_eq!(found[0].file, "closing/nl.j2");
        let found = changed("notification/en.j2", "{{ show_remarks(remarks) }}", "{% if remarks %}");
        assert!(found[0].line.is_some() && found[0].file == "notification/en.j2", "{found:?}");
        // A building block only finds that it was given nothing.
        let found = changed("closing/nl.j2", "k.panel(settlement)", "k.panel(setlement)");
        assert!(found[0].line.is_some() && found[0].found.contains("`setlement`"), "{found:?}");
        assert!(mistakes("closng/nl.j2", "x")[0].to_string().contains("klachtpost templates list"));
    }

    #[test]
    fn a_customers_letter_says_what_it_must() {
        for (name, from, to, missing) in [
            ("closing/nl.j2", "{{ k.b(number) }}", "", "K-2026-000123"),
            ("closing/nl.j2", "{{ about(house.committee, committee_last_day) }}", "", "Geschillencommissie"),
            ("closing/nl.j2", "{{ k.panel(settlement) }}", "", "€ 240"),
            ("acknowledgement/en.j2", "k.b(due.resolve|moment)", "k.b(\"soon\")", "2026"),
            ("answer/nl.j2", "{{ k.typed(text) }}", "Dank u.", "Vervelend"),
        ] {
            let found = changed(name, from, to);
            assert!(found.iter().any(|mistake| mistake.found.contains(missing)), "{missing}: {found:?}");
        }
        for switched_off in ["{{ subject|safe }}", "{{ subject | safe }}", "{% autoescape false %}"] {
            let found = changed(
                "closing/nl.j2",
                "{{ k.panel(settlement) }}",
                &format!("{{{{ k.panel(settlement) }}}}\n{switched_off}"),
            );
            assert!(found[0].found.contains("`safe`") && found[0].line.is_some(), "{found:?}");
        }
    }
}
