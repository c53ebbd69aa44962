//! Places a letter's text on A4 sheets, in points from the top left corner. Pure.
//!
//! The address must show through the left window (90 × 45 mm, 20 mm from the left and the bottom edge) of an EA5/6
//! (110 × 220 mm) and a C5/6 (114 × 229 mm) envelope, however the sheet, folded to 99 mm, slides in it. What both
//! show in any case are 20 to 91 mm from the left and 49 to 79 mm from the top.

use super::lines::wrap;
use super::{Block, Faces, PAGES_MAX, PaperError, PaperLetter};
use crate::speech::Words;
use crate::typeface::Weight;

/// Points in a millimetre.
const MM: f32 = 72.0 / 25.4;
pub const PAGE_WIDTH: f32 = 210.0 * MM;
pub const PAGE_HEIGHT: f32 = 297.0 * MM;

const LEFT: f32 = 25.0 * MM;
const RIGHT: f32 = 185.0 * MM;
const TEXT_WIDTH: f32 = RIGHT - LEFT;
/// Where the company's details stand in the head, and the last column of the reference line.
const DETAILS_LEFT: f32 = 135.0 * MM;
const REFERENCE_LEFT: f32 = 80.0 * MM;

const WINDOW_RIGHT: f32 = 91.0 * MM;
const WINDOW_BOTTOM: f32 = 79.0 * MM;
const RETURN_BASELINE: f32 = 52.0 * MM;
/// Sizes the return address is tried in; smaller ones cannot be read.
const RETURN_SIZES: [f32; 2] = [6.5, 5.5];
/// First baseline of the address.
const ADDRESS_BASELINE: f32 = 58.5 * MM;
/// Sizes the address is tried in, and the distance of its lines.
const ADDRESS_SIZES: [(f32, f32); 3] = [(10.5, 13.5), (9.5, 11.5), (8.0, 9.5)];

const REFERENCE_BASELINE: f32 = 102.0 * MM;
const SUBJECT_BASELINE: f32 = 120.0 * MM;
/// First baseline of the text on a sheet that follows.
const NEXT_TOP: f32 = 38.0 * MM;
/// No baseline of the text is lower.
const BOTTOM: f32 = 268.0 * MM;
const FOOT_BASELINE: f32 = 284.0 * MM;
/// Where the sheet is folded, for the marks at its left edge.
const FOLDS: [f32; 2] = [99.0 * MM, 198.0 * MM];

const SIZE: f32 = 10.5;
const LEADING: f32 = 15.0;
const PARAGRAPH_GAP: f32 = 8.0;
const HEADING_GAP: f32 = 14.0;
const BELOW_HEADING_GAP: f32 = 2.0;
const SMALL: f32 = 8.0;
const SMALL_LEADING: f32 = 11.0;
/// A subject is a line or two; one that is longer is a text of its own, and is cut visibly.
const SUBJECT_LINES_MAX: usize = 4;
/// Lines left open for a pen.
const PEN_LINES: usize = 3;
/// A paragraph that goes on over the sheet's end leaves and takes along at least this many lines.
const TOGETHER: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    Black,
    Grey,
}

/// A piece of text; `y` is its baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    pub x: f32,
    pub y: f32,
    pub size: f32,
    pub weight: Weight,
    pub ink: Ink,
    pub shown: String,
}

/// A horizontal line.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    pub from: f32,
    pub to: f32,
    pub y: f32,
}

/// One sheet, printed on one side.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    pub texts: Vec<Text>,
    pub rules: Vec<Rule>,
}

/// The letter's sheets, at least one.
pub fn pages(letter: &PaperLetter, faces: &Faces) -> Result<Vec<Page>, PaperError> {
    let setter = Setter { letter, faces, words: Words { language: letter.language, zone: letter.zone } };
    let mut first = Page::default();
    setter.head(&mut first);
    setter.address(&mut first)?;
    setter.references(&mut first);
    let below_subject = setter.subject(&mut first);
    let mut pages = setter.body(first, below_subject)?;
    let count = pages.len();
    for (index, page) in pages.iter_mut().enumerate() {
        setter.foot(page, index + 1, count);
        if index > 0 {
            setter.head_of_next(page);
        }
    }
    Ok(pages)
}

/// Lines of one kind that belong together.
struct Chunk {
    lines: Vec<String>,
    weight: Weight,
    gap_before: f32,
    breaks: Breaks,
}

/// Where a chunk may go on on the next sheet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Breaks {
    Inside,
    /// Nowhere, and as many lines of the next chunk stand below it.
    Never {
        followed_by: usize,
    },
}

struct Setter<'a> {
    letter: &'a PaperLetter,
    faces: &'a Faces,
    words: Words,
}

impl Setter<'_> {
    fn text(&self, x: f32, y: f32, size: f32, weight: Weight, shown: &str) -> Text {
        Text { x, y, size, weight, ink: Ink::Black, shown: self.faces.of(weight).printable(shown).replace('\n', " ") }
    }

    fn grey(&self, x: f32, y: f32, shown: &str) -> Text {
        Text { ink: Ink::Grey, ..self.text(x, y, SMALL, Weight::Regular, shown) }
    }

    /// The company's name, its address and how to reach it.
    fn head(&self, page: &mut Page) {
        let sender = &self.letter.sender;
        let name = self.wrapped(&sender.name, Weight::Bold, 16.0, DETAILS_LEFT - LEFT - 5.0 * MM);
        for (row, line) in (0u8..).zip(name.iter().take(2)) {
            page.texts.push(self.text(LEFT, 21.0 * MM + f32::from(row) * 19.0, 16.0, Weight::Bold, line));
        }
        let lines = sender.address.iter().chain([&sender.postcode_and_place]);
        let lines = lines.chain(&sender.phone).chain(&sender.website).filter(|line| !line.trim().is_empty());
        let lines = lines.flat_map(|line| self.wrapped(line, Weight::Regular, SMALL, RIGHT - DETAILS_LEFT));
        // What does not end above the window would show in it.
        for (row, line) in (0u8..).zip(lines.take(7)) {
            page.texts.push(self.grey(DETAILS_LEFT, 17.0 * MM + f32::from(row) * SMALL_LEADING, &line));
        }
        page.rules.extend(FOLDS.map(|y| Rule { from: 5.0 * MM, to: 9.0 * MM, y }));
    }

    /// Where it goes and, small above it, where it comes back to.
    fn address(&self, page: &mut Page) -> Result<(), PaperError> {
        let sender = &self.letter.sender;
        let back = sender.address.iter().chain([&sender.postcode_and_place]).map(String::as_str);
        let back: Vec<&str> = back.filter(|line| !line.is_empty()).collect();
        let has_address = !back.is_empty();
        let label = format!("{}: ", self.letter.labels.return_to);
        let width = WINDOW_RIGHT - LEFT;
        // One line, because a second would push the address out of the window; the head has it in any case.
        let back = self.faces.regular.printable(&(label + &back.join(", ")));
        let fits = |size: &f32| self.faces.regular.width(&back, *size) <= width;
        let fitting = RETURN_SIZES.into_iter().filter(|_| has_address).find(fits);
        if let Some(size) = fitting {
            page.texts.push(Text { size, ..self.grey(LEFT, RETURN_BASELINE, &back) });
        }
        let filled: Vec<&String> = self.letter.recipient.iter().filter(|line| !line.trim().is_empty()).collect();
        let mut max = 0;
        for (size, leading) in ADDRESS_SIZES {
            let wrapped = filled.iter().flat_map(|line| self.wrapped(line, Weight::Regular, size, width));
            let lines: Vec<String> = wrapped.collect();
            max = ((WINDOW_BOTTOM - ADDRESS_BASELINE) / leading) as usize + 1;
            if lines.len() <= max {
                self.address_lines(page, &lines, size, leading);
                return Ok(());
            }
        }
        let [.., (size, leading)] = ADDRESS_SIZES;
        if filled.len() > max {
            return Err(PaperError::Address { max, found: filled.len() });
        }
        let cut: Vec<String> = filled.iter().map(|line| self.cut(line, size, width)).collect();
        self.address_lines(page, &cut, size, leading);
        Ok(())
    }

    fn address_lines(&self, page: &mut Page, lines: &[String], size: f32, leading: f32) {
        for (row, line) in (0u8..).zip(lines) {
            let y = ADDRESS_BASELINE + f32::from(row) * leading;
            page.texts.push(self.text(LEFT, y, size, Weight::Regular, line));
        }
    }

    /// A line that is as wide as the window at most; what is cut off is seen to be missing by who prints it.
    fn cut(&self, line: &str, size: f32, width: f32) -> String {
        let face = &self.faces.regular;
        let line = face.printable(line).replace('\n', " ");
        if face.width(&line, size) <= width {
            return line;
        }
        let mut kept = line;
        while !kept.is_empty() && face.width(&kept, size) + face.width("…", size) > width {
            kept.pop();
        }
        kept.trim_end().to_owned() + "…"
    }

    /// Date, case number and who handles it: a small label, the value below it.
    fn references(&self, page: &mut Page) {
        let day = self.words.day(self.words.local(self.letter.written_at).date_naive());
        let date = day.split_once(' ').map_or(day.as_str(), |(_weekday, date)| date).to_owned();
        let columns = [
            (LEFT, &self.letter.labels.date, Some(date)),
            (REFERENCE_LEFT, &self.letter.labels.reference, Some(self.letter.number.to_string())),
            (DETAILS_LEFT, &self.letter.labels.handled_by, self.letter.handled_by.clone()),
        ];
        for (x, label, value) in columns {
            let Some(value) = value.filter(|value| !value.trim().is_empty()) else { continue };
            page.texts.push(self.grey(x, REFERENCE_BASELINE, label));
            let lines = self.wrapped(&value, Weight::Regular, SIZE, RIGHT - DETAILS_LEFT);
            for (row, line) in (0u8..).zip(lines.iter().take(2)) {
                let y = REFERENCE_BASELINE + 13.5 + f32::from(row) * 12.5;
                page.texts.push(self.text(x, y, SIZE, Weight::Regular, line));
            }
        }
    }

    /// The subject; gives the baseline of the text below it.
    fn subject(&self, page: &mut Page) -> f32 {
        let label = format!("{}: ", self.letter.labels.subject);
        let subject = label + &self.letter.subject.replace('\n', " ");
        // A little narrower, for the sign that it goes on.
        let lines = self.wrapped(&subject, Weight::Bold, SIZE, TEXT_WIDTH - 5.0 * MM);
        let mut y = SUBJECT_BASELINE;
        for (index, line) in lines.iter().take(SUBJECT_LINES_MAX).enumerate() {
            let goes_on = index + 1 == SUBJECT_LINES_MAX && lines.len() > SUBJECT_LINES_MAX;
            let line = if goes_on { format!("{line} …") } else { line.clone() };
            page.texts.push(self.text(LEFT, y, SIZE, Weight::Bold, &line));
            y += LEADING;
        }
        y + LEADING
    }

    fn chunks(&self) -> Vec<Chunk> {
        let paragraph = |text: &str| Chunk {
            lines: self.wrapped(text.trim(), Weight::Regular, SIZE, TEXT_WIDTH),
            weight: Weight::Regular,
            gap_before: PARAGRAPH_GAP,
            breaks: Breaks::Inside,
        };
        let chunk = |block: &Block| match block {
            Block::Paragraph(text) => paragraph(text),
            Block::Heading(text) => Chunk {
                lines: self.wrapped(text.trim(), Weight::Bold, SIZE, TEXT_WIDTH),
                weight: Weight::Bold,
                gap_before: HEADING_GAP,
                // And a line for the gap between them.
                breaks: Breaks::Never { followed_by: TOGETHER + 1 },
            },
            Block::Signature { greeting, signer } => {
                let mut lines = self.wrapped(greeting, Weight::Regular, SIZE, TEXT_WIDTH);
                lines.extend(std::iter::repeat_n(String::new(), PEN_LINES));
                lines.extend(signer.iter().flat_map(|line| self.wrapped(line, Weight::Regular, SIZE, TEXT_WIDTH)));
                Chunk { lines, breaks: Breaks::Never { followed_by: 0 }, ..paragraph("") }
            }
        };
        let mut chunks: Vec<Chunk> = self.letter.body.iter().map(chunk).collect();
        keep_with_signature(&mut chunks, &self.letter.body);
        let mut is_below_heading = false;
        for chunk in &mut chunks {
            if is_below_heading {
                chunk.gap_before = BELOW_HEADING_GAP;
            }
            is_below_heading = chunk.weight == Weight::Bold;
        }
        chunks
    }

    /// Fills sheet after sheet; the first has room from the baseline `top` on.
    fn body(&self, first: Page, top: f32) -> Result<Vec<Page>, PaperError> {
        let (mut pages, mut page, mut y, mut is_fresh) = (Vec::new(), first, top, true);
        for chunk in self.chunks() {
            let mut rest = chunk.lines.as_slice();
            while !rest.is_empty() {
                let start = if is_fresh { y } else { y + chunk.gap_before };
                let room = if start > BOTTOM { 0 } else { ((BOTTOM - start) / LEADING) as usize + 1 };
                let mut count = taken(room, rest.len(), chunk.breaks);
                if count == 0 && is_fresh {
                    count = room.clamp(1, rest.len());
                }
                let (placed, after) = rest.split_at(count);
                for (row, line) in (0u16..).zip(placed) {
                    let at = start + f32::from(row) * LEADING;
                    page.texts.push(self.text(LEFT, at, SIZE, chunk.weight, line));
                    y = at + LEADING;
                }
                rest = after;
                is_fresh &= placed.is_empty();
                if !rest.is_empty() {
                    pages.push(std::mem::take(&mut page));
                    if pages.len() == PAGES_MAX {
                        return Err(PaperError::TooLong);
                    }
                    (y, is_fresh) = (NEXT_TOP, true);
                }
            }
        }
        pages.push(page);
        Ok(pages)
    }

    /// Whose letter it is, should the sheets come apart.
    fn head_of_next(&self, page: &mut Page) {
        page.texts.push(self.grey(LEFT, 21.0 * MM, &self.letter.sender.name));
        page.rules.push(Rule { from: LEFT, to: RIGHT, y: 24.0 * MM });
    }

    fn foot(&self, page: &mut Page, number: usize, count: usize) {
        let label = &self.letter.labels.reference;
        page.texts.push(self.grey(LEFT, FOOT_BASELINE, &format!("{label} {}", self.letter.number)));
        let of = format!("{} {number} {} {count}", self.letter.labels.page, self.letter.labels.of);
        let x = RIGHT - self.faces.regular.width(&of, SMALL);
        page.texts.push(self.grey(x, FOOT_BASELINE, &of));
        page.rules.push(Rule { from: LEFT, to: RIGHT, y: FOOT_BASELINE - 4.5 * MM });
    }

    fn wrapped(&self, text: &str, weight: Weight, size: f32, width: f32) -> Vec<String> {
        wrap(text, self.faces.of(weight), size, width)
    }
}

/// A signature alone on a sheet belongs to nothing: a few last words above it go along.
fn keep_with_signature(chunks: &mut [Chunk], body: &[Block]) {
    let Some(at) = body.iter().position(|block| matches!(block, Block::Signature { .. })) else { return };
    // And a line for the gap between them.
    let followed_by = chunks.get(at).map_or(0, |signature| signature.lines.len() + 1);
    let above = at.checked_sub(1).and_then(|above| chunks.get_mut(above));
    if let Some(above) = above.filter(|above| above.lines.len() <= TOGETHER) {
        above.breaks = Breaks::Never { followed_by };
    }
}

/// How many of `left` lines go on a sheet with room for `room`; 0: start on the next one.
fn taken(room: usize, left: usize, breaks: Breaks) -> usize {
    match breaks {
        Breaks::Never { followed_by } if room < left + followed_by => 0,
        Breaks::Never { .. } => left,
        Breaks::Inside if left <= room => left,
        Breaks::Inside => {
            let count = room.min(left.saturating_sub(TOGETHER));
            if count < TOGETHER { 0 } else { count }
        }
    }
}
