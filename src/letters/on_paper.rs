//! What stands on a letter on paper (§2.3), in the customer's language: the same template, filled in for a sheet, as PDF for the letter
//! to who prints it, and its text for the door, which reads no PDF (invariant 7). Pure.

use super::blocks::{Block, Flow, LINE, Node};
use super::paper::{self, Labels, PaperLetter, Sender};
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
    around.chain(letter.body.iter().flat_map(paper::Block::lines)).collect::<Vec<_>>().join("\n")
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
    Ok(Some(letter.body.iter().flat_map(paper::Block::lines).collect::<Vec<_>>().join("\n")))
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
    let about = context! { department_title => printing::plain(&paper.department_title) };
    let shown: Vec<Value> = std::iter::once(about).chain(seen.view()).collect();
    let filled = templates.fill_in(paper.sheet.kind(), &templates.filling(&reading, ByName::of(&shown)))?;
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
        body: printable(&filled.flow()?),
        subject: clean::line(&filled.subject.unwrap_or_default(), LINE_CHARS_MAX),
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

/// The blocks that a template made. What stands between them is a paragraph, too.
fn printable(flow: &Flow<'_>) -> Vec<paper::Block> {
    let (mut printed, mut between) = (Vec::new(), Vec::new());
    for node in flow {
        match node {
            Node::Block(block, pieces) if !is_within_a_line(*block) => {
                printed.append(&mut in_lines(std::mem::take(&mut between)));
                printed.append(&mut a_block(*block, pieces));
            }
            _ => between.push(node.clone()),
        }
    }
    printed.append(&mut in_lines(between));
    printed
}

fn is_within_a_line(block: Block) -> bool {
    use Block::{Fact, InText, Item, Link, Mailto, Number, OnPage, Phone, Strong, Verb};
    matches!(block, Strong | Number | Verb | Link | Mailto | Phone | Fact | Item | InText | OnPage)
}

/// White space says nothing of where a line ends.
fn in_lines(words: Flow<'_>) -> Vec<paper::Block> {
    paragraphs(&in_one(&[words]).replace(LINE, "\n"))
}

fn a_block(block: Block, pieces: &[Flow<'_>]) -> Vec<paper::Block> {
    let on_a_line = |words: &Flow<'_>| draw(words).replace(LINE, " ").trim().to_owned();
    match (block, pieces) {
        (Block::Title, [words, number]) if number.is_empty() => vec![paper::Block::Heading(on_a_line(words))],
        (Block::Title, [words, number]) => {
            vec![paper::Block::Heading(format!("{} {}", on_a_line(words), on_a_line(number)))]
        }
        (Block::Heading, [words]) => vec![paper::Block::Heading(on_a_line(words))],
        (Block::Signature, [words]) => {
            let words = draw(words);
            let mut lines = words.split(LINE).map(|line| line.trim().to_owned());
            vec![paper::Block::Signature { greeting: lines.next().unwrap_or_default(), signer: lines.collect() }]
        }
        (Block::Typed | Block::Panel | Block::Quote | Block::Framed, [words]) => {
            paragraphs(&draw(words).replace(LINE, "\n"))
        }
        (block, pieces) => paragraphs(&drawn(block, pieces).replace(LINE, "\n")),
    }
}

/// Its words, with a mark where a line must end: white space says nothing of that.
fn draw(flow: &[Node<'_>]) -> String {
    let mut words = String::new();
    for node in flow {
        match node {
            Node::Text(text) => words.push_str(text),
            Node::LineEnd => words.push(LINE),
            Node::Tab => words.push('\t'),
            Node::Block(block, pieces) => words.push_str(&drawn(*block, pieces)),
        }
    }
    words
}

fn drawn(block: Block, pieces: &[Flow<'_>]) -> String {
    match (block, pieces) {
        (Block::Link, [url]) => format!("{LINE}{}", draw(url)),
        (Block::Fact, [label, value, _]) => format!("{LINE}{}: {}", draw(label), draw(value)),
        (Block::Item, pieces) => format!("{LINE}– {}", in_one(pieces)),
        (Block::Mailto, [label, _]) => draw(label),
        (Block::Phone, [_, shown]) => draw(shown),
        // A press on a button or a link is not to be had on paper.
        (Block::Buttons | Block::OnPage, _) => String::new(),
        (_, pieces) => in_one(pieces),
    }
}

fn in_one(pieces: &[Flow<'_>]) -> String {
    let words: String = pieces.iter().map(|piece| draw(piece)).collect();
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Typed text as paragraphs: blank lines part them.
fn paragraphs(text: &str) -> Vec<paper::Block> {
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
    found.into_iter().filter(|paragraph| !paragraph.is_empty()).map(paper::Block::Paragraph).collect()
}

fn one_line(text: &str) -> String {
    clean::line(text, LINE_CHARS_MAX)
}
