//! Letters of one's own in the place of ours: one file is one letter in one language, and the rest stays ours. Each is filled in
//! with every sample of its kind before it is used, in every form that it can take. What a letter to a customer must say, ours
//! says: an own one that leaves it out is refused. `written.rs` reads what stands in the file, `said.rs` what the letter says.
//! Pure: the files come in as text.

mod said;
mod written;

use super::language::for_staff;
use super::templates::text_of;
use super::{House, Letters, RenderError, Signed, TemplateError, Templates, mime, on_paper, sample};
use crate::case::{Language, LetterKind, Reader, Token};
use crate::desk::draft::Draft;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use said::Shown;
use std::collections::BTreeMap;
use std::fmt;
use written::{by_its_text, place, unreadable};

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
    let mut mistakes: Vec<Mistake> = own.iter().filter_map(by_its_text).collect();
    if !mistakes.is_empty() {
        return Err(TemplateError::Own(mistakes));
    }
    let ours = Letters::new()?;
    let letters = match Templates::new(own) {
        Ok(templates) => Letters { templates },
        Err(TemplateError::Compile(error)) => return Err(TemplateError::Own(vec![unreadable(own, &error)])),
        Err(other) => return Err(other),
    };
    let samples = sample::drafts();
    for one in own {
        let mut told: Vec<Mistake> = Vec::new();
        for mistake in filled_in(one, &letters, &ours, &samples) {
            if !told.contains(&mistake) {
                told.push(mistake);
            }
        }
        told.truncate(MISTAKES_MAX);
        mistakes.append(&mut told);
    }
    if mistakes.is_empty() { Ok(letters) } else { Err(TemplateError::Own(mistakes)) }
}

impl Letters {
    /// The first sample of each letter of that company, as its reader's mail client would show it. Its picture stands in the page.
    ///
    /// # Errors
    /// A template cannot be filled in.
    pub fn preview(&self, house: &House) -> Result<Vec<Preview>, RenderError> {
        let samples = sample::drafts();
        let mut shown = BTreeMap::new();
        for draft in &samples {
            let name = name_of(draft);
            if !shown.contains_key(&name) {
                let pages = self.shown(draft, house)?;
                let html = match mime::picture(draft, house) {
                    None => pages.html,
                    Some(picture) => {
                        let data = format!("data:{};base64,{}", picture.media_type, STANDARD.encode(picture.content));
                        pages.html.replace(&format!("cid:{}", picture.id), &data)
                    }
                };
                shown.insert(name.clone(), Preview { name, subject: pages.subject, html });
            }
        }
        Ok(list().into_iter().filter_map(|listed| shown.remove(&listed.name)).collect())
    }

    fn shown(&self, draft: &Draft, house: &House) -> Result<super::Pages, RenderError> {
        let keys = sample::keys();
        let token = keys.write(&Token { case: draft.case, side: draft.side, letter: draft.id.clone() });
        let signed = Signed { token: &token, keys: &keys, lacks_characters: false };
        self.pages(draft, &draft.carried, &[], house, signed, sample::now())
    }

    /// What a reader reads in each form that the letter can take, without the page around it.
    fn forms(&self, draft: &Draft, house: &House) -> Result<Vec<(Shown, String)>, RenderError> {
        let [text, page] = self.shown(draft, house)?.bodies;
        let sheet = match sample::paper::of(draft) {
            Some(sheet) => on_paper::body(&sheet, house, &self.templates, &sample::keys(), sample::now())?,
            None => None,
        };
        let sheet = sheet.map(|sheet| (Shown::Paper, sheet));
        Ok([(Shown::Text, text), (Shown::Page, page)].into_iter().chain(sheet).collect())
    }
}

fn name_of(draft: &Draft) -> String {
    let kind = draft.content.kind();
    let language = if kind.is_for_customer() { draft.language } else { for_staff(draft.language) };
    format!("{}/{}.j2", kind.name(), language.tag())
}

/// What filling it in with the samples shows: for a company that has no look of its own, and for one that has; without files that
/// go along, and with one; and with a text that is longer than most.
fn filled_in(own: &Own<'_>, letters: &Letters, ours: &Letters, samples: &[Draft]) -> Vec<Mistake> {
    let plain = samples.iter().filter(|draft| name_of(draft) == own.name);
    let drafts: Vec<Draft> = plain.clone().cloned().chain(plain.filter_map(sample::customers::lengthened)).collect();
    let usual = drafts.iter().map(|draft| (sample::house(), draft.clone()));
    let adorned = drafts.iter().map(|draft| (sample::branded(), sample::with_file(draft)));
    usual.chain(adorned).flat_map(|(house, draft)| tried(own, letters, ours, &draft, &house)).collect()
}

fn tried(own: &Own<'_>, letters: &Letters, ours: &Letters, draft: &Draft, house: &House) -> Vec<Mistake> {
    let mistake = |line, found, next: &str| Mistake { file: own.name.to_owned(), line, found, next: next.to_owned() };
    let forms = match letters.forms(draft, house) {
        Ok(forms) => forms,
        Err(error) => {
            let (line, found) = place(own, &error);
            return vec![mistake(line, found, "`klachtpost templates export` shows what ours prints there")];
        }
    };
    if !draft.content.kind().is_for_customer() {
        return Vec::new();
    }
    let usual = ours.forms(draft, house).unwrap_or_default();
    let left_out = said::left_out(&said::must_say(draft, house, ours), &usual, &forms);
    left_out.into_iter().map(|(found, next)| mistake(None, found, next)).collect()
}

#[cfg(test)]
mod tests;
