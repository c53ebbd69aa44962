//! What stands on a letter on paper (§2.3), in the customer's language: the third form of the same template, as PDF for the letter
//! to who prints it, and its text for the door, which reads no PDF (invariant 7). Pure.

use super::paper::{self, Block, Labels, PaperLetter, Sender};
use super::printing::{self, Form};
use super::templates::{ByName, Templates};
use super::{House, RenderError, Signed, clean, view};
use crate::case::{CaseNumber, Keys, Moment, Side};
use crate::desk::draft::{Content, Draft, Enclosed, Paper};
use crate::typeface::{Typeface, Weight};
use minijinja::context;
use minijinja::value::Value;
use std::sync::Arc;

/// A line of an address or a name; what is longer is none.
const LINE_CHARS_MAX: usize = 200;
/// Before each block that a template makes, between its kind and its text, and where a line must end. Cleaned text holds none.
const BLOCK: char = '\u{1e}';
const KIND: char = '\u{1f}';
pub(super) const LINE: &str = "\u{1d}";

/// A sheet, ready to be printed.
pub(super) struct OnPaper {
    pub file: Enclosed,
    /// All that can be read on it: as it was written, and as it is printed.
    pub text: String,
    /// The typeface lacks characters of it: they are seen to be missing.
    pub lacks_characters: bool,
}

/// The sheet of a letter that brings one.
///
/// # Errors
/// It cannot be printed: the address or the text is too long.
pub(super) fn print(
    draft: &Draft,
    house: &House,
    templates: &Templates,
    keys: &Keys,
    now: Moment,
) -> Result<Option<OnPaper>, RenderError> {
    let (Content::Paper(content), Some(number)) = (&draft.content, draft.case) else { return Ok(None) };
    let letter = letter(draft, content, house, number, Press { templates, keys, now })?;
    let unprintable = |error: &dyn std::error::Error| RenderError::Paper(error.to_string());
    let printed = paper::print(&letter).map_err(|error| unprintable(&error))?;
    let text = text_of(&letter);
    let face = Typeface::load(Weight::Regular).map_err(|error| unprintable(&error))?;
    let shown = face.printable(&text);
    let words = templates.vocabulary(view::words(draft, house));
    let name = printing::word(&words, "sheets", content.sheet.kind().name());
    Ok(Some(OnPaper {
        file: Enclosed {
            name: format!("{number} {name}.pdf"),
            media_type: "application/pdf".to_owned(),
            content: printed.bytes,
        },
        lacks_characters: shown.contains(crate::typeface::REPLACEMENT),
        text: format!("{text}\n{shown}"),
    }))
}

/// Everything a reader can read, a piece on a line of its own.
fn text_of(letter: &PaperLetter) -> String {
    let around = letter.recipient.iter().chain([&letter.subject]).chain(&letter.handled_by).map(String::as_str);
    around.chain(letter.body.iter().flat_map(Block::lines)).collect::<Vec<_>>().join("\n")
}

/// The text of the sheet alone, for who tries a template; None: this letter brings none.
///
/// # Errors
/// The template cannot be filled in.
pub(super) fn body(
    draft: &Draft,
    house: &House,
    templates: &Templates,
    keys: &Keys,
    now: Moment,
) -> Result<Option<String>, RenderError> {
    let (Content::Paper(content), Some(number)) = (&draft.content, draft.case) else { return Ok(None) };
    let letter = letter(draft, content, house, number, Press { templates, keys, now })?;
    Ok(Some(letter.body.iter().flat_map(Block::lines).collect::<Vec<_>>().join("\n")))
}

/// What a sheet is made with.
struct Press<'a> {
    templates: &'a Templates,
    keys: &'a Keys,
    now: Moment,
}

fn letter(
    draft: &Draft,
    paper: &Paper,
    house: &House,
    number: CaseNumber,
    Press { templates, keys, now }: Press<'_>,
) -> Result<PaperLetter, RenderError> {
    // A template finds on a sheet what it finds in the mail; but for the token, which is not the customer's.
    let as_mail =
        Draft { content: paper.sheet.content(), language: paper.language, side: Side::Customer, ..draft.clone() };
    let vocabulary = templates.vocabulary(view::words(&as_mail, house));
    let reading = Arc::new(view::reading(&as_mail, house, "", vocabulary.clone(), Form::Paper, now));
    let signed = Signed { token: "", keys, lacks_characters: false };
    let (carried, left_out) = (as_mail.carried.as_slice(), &[][..]);
    let seen = view::Seen { draft: &as_mail, carried, left_out, house, signed, reading: &reading };
    let shown = context! { department_title => printing::plain(&paper.department_title), ..seen.view() };
    let filled = templates.body(paper.sheet.kind(), &templates.filling(&reading, &ByName::of(&shown)))?;
    let head = house.letterhead.clone().unwrap_or_default();
    let lines = std::iter::once(&paper.customer.name).chain(&paper.customer.postal).map(|line| one_line(line));
    Ok(PaperLetter {
        sender: Sender {
            name: house.company.clone(),
            address: head.address,
            postcode_and_place: head.postcode_and_place,
            phone: head.phone,
            website: head.website,
        },
        recipient: lines.filter(|line| !line.is_empty()).collect(),
        written_at: now,
        zone: house.zone,
        language: paper.language,
        labels: labels(&vocabulary),
        number,
        handled_by: Some(one_line(&paper.department_title.text)),
        subject: clean::line(&filled.subject.unwrap_or_default(), LINE_CHARS_MAX),
        body: blocks(&filled.body),
    })
}

/// What stands around the text of a sheet.
pub(super) fn labels(vocabulary: &Value) -> Labels {
    let label = |name: &str| printing::word(vocabulary, "paper", name);
    Labels {
        return_to: label("return_to"),
        date: label("date"),
        reference: label("reference"),
        handled_by: label("handled_by"),
        subject: label("subject"),
        page: label("page"),
        of: label("of"),
    }
}

/// A block as templates make it: what it is, and its text.
pub(super) fn block(kind: &str, text: &str) -> String {
    format!("{BLOCK}{kind}{KIND}{text}")
}

/// The blocks that a template made.
fn blocks(body: &str) -> Vec<Block> {
    let made = body.split(BLOCK).filter_map(|block| block.split_once(KIND));
    made.flat_map(|(kind, text)| {
        let text = text.trim().replace(LINE, "\n");
        match kind {
            "heading" => vec![Block::Heading(text)],
            "signature" => {
                let mut lines = text.lines().map(|line| line.trim().to_owned());
                vec![Block::Signature { greeting: lines.next().unwrap_or_default(), signer: lines.collect() }]
            }
            _ => paragraphs(&text),
        }
    })
    .collect()
}

/// Typed text as paragraphs: blank lines part them.
fn paragraphs(text: &str) -> Vec<Block> {
    let mut found: Vec<String> = vec![String::new()];
    for line in text.lines() {
        match found.last_mut() {
            Some(last) if !line.trim().is_empty() => {
                if !last.is_empty() {
                    last.push('\n');
                }
                last.push_str(line);
            }
            _ => found.push(String::new()),
        }
    }
    found.into_iter().filter(|paragraph| !paragraph.is_empty()).map(Block::Paragraph).collect()
}

fn one_line(text: &str) -> String {
    clean::line(text, LINE_CHARS_MAX)
}
