//! Writes placed text as PDF 1.7: the glyphs used are embedded, so that it prints the same everywhere, with a table
//! back to characters, so that it can be searched and read aloud. The same pages give the same bytes. Pure.

use super::layout::{Ink, PAGE_HEIGHT, PAGE_WIDTH, Page};
use super::{Faces, PaperError, PaperLetter};
use crate::case::Moment;
use crate::typeface::{Typeface, Weight};
use chrono::{Datelike, Timelike};
use miniz_oxide::deflate::compress_to_vec_zlib;
use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Date, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use subsetter::GlyphRemapper;

/// zlib's usual balance of size and time.
const COMPRESSION: u8 = 6;
/// Grey that a fax or a poor printer still shows (contrast 7:1).
const GREY: f32 = 0.34;
const RULE_WIDTH: f32 = 0.5;
/// Thickness of the upright strokes, which PDF wants and no font table has: 0.1 em is usual, bold twice that.
const STEM: [f32; 2] = [90.0, 180.0];
const SYSTEM: SystemInfo<'_> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// The PDF of these pages.
pub fn write(letter: &PaperLetter, pages: &[Page], faces: &Faces) -> Result<Vec<u8>, PaperError> {
    let mut file = Pdf::new();
    file.set_version(1, 7);
    let mut next = Ref::new(1);
    let (catalog, tree, info) = (next.bump(), next.bump(), next.bump());
    let mut fonts = [Used::new(&faces.regular, &mut next), Used::new(&faces.bold, &mut next)];
    let sheets: Vec<(Ref, Ref)> = pages.iter().map(|_| (next.bump(), next.bump())).collect();

    file.catalog(catalog)
        .pages(tree)
        .lang(TextStr(letter.language.tongue().document_tag))
        .viewer_preferences()
        .display_doc_title(true);
    describe(&mut file, info, letter);
    let count = i32::try_from(sheets.len()).unwrap_or(i32::MAX);
    file.pages(tree).kids(sheets.iter().map(|(page, _)| *page)).count(count);
    for (page, (page_ref, content_ref)) in pages.iter().zip(&sheets) {
        let content = compress_to_vec_zlib(&draw(page, &mut fonts), COMPRESSION);
        file.stream(*content_ref, &content).filter(Filter::FlateDecode);
        let mut entry = file.page(*page_ref);
        entry.parent(tree).media_box(Rect::new(0.0, 0.0, PAGE_WIDTH, PAGE_HEIGHT)).contents(*content_ref);
        let mut resources = entry.resources();
        let mut named = resources.fonts();
        for font in &fonts {
            named.pair(Name(font.name()), font.font);
        }
    }
    for font in &fonts {
        font.write(&mut file)?;
    }
    Ok(file.finish())
}

/// What a file manager and a screen reader show of it.
fn describe(file: &mut Pdf, info: Ref, letter: &PaperLetter) {
    let title = format!("{} · {}", letter.subject, letter.number);
    let mut entry = file.document_info(info);
    entry.title(TextStr(&title)).author(TextStr(&letter.sender.name)).producer(TextStr("klachtpost"));
    entry.creation_date(date(letter.written_at));
}

fn date(at: Moment) -> Date {
    // All parts but the year are below 60.
    let part = |number: u32| u8::try_from(number).unwrap_or(0);
    let day = Date::new(u16::try_from(at.year()).unwrap_or(0)).month(part(at.month())).day(part(at.day()));
    day.hour(part(at.hour()))
        .minute(part(at.minute()))
        .second(part(at.second()))
        .utc_offset_hour(0)
        .utc_offset_minute(0)
}

fn draw(page: &Page, fonts: &mut [Used<'_>; 2]) -> Vec<u8> {
    let mut content = Content::new();
    content.set_stroke_gray(GREY).set_line_width(RULE_WIDTH);
    for rule in &page.rules {
        let y = PAGE_HEIGHT - rule.y;
        content.move_to(rule.from, y).line_to(rule.to, y).stroke();
    }
    content.begin_text();
    for text in &page.texts {
        let [regular, bold] = &mut *fonts;
        let font = match text.weight {
            Weight::Regular => regular,
            Weight::Bold => bold,
        };
        let glyphs = font.encode(&text.shown);
        content.set_fill_gray(match text.ink {
            Ink::Black => 0.0,
            Ink::Grey => GREY,
        });
        content.set_font(Name(font.name()), text.size);
        content.set_text_matrix([1.0, 0.0, 0.0, 1.0, text.x, PAGE_HEIGHT - text.y]).show(Str(&glyphs));
    }
    content.end_text();
    content.finish().to_vec()
}

/// A weight, and the glyphs of it that the letter uses.
struct Used<'a> {
    face: &'a Typeface,
    glyphs: GlyphRemapper,
    /// The new number of each glyph, the first character it stood for, and its width in thousandths.
    shown: BTreeMap<u16, (char, f32)>,
    font: Ref,
    descendant: Ref,
    descriptor: Ref,
    file: Ref,
    characters: Ref,
}

impl<'a> Used<'a> {
    fn new(face: &'a Typeface, next: &mut Ref) -> Self {
        Self {
            face,
            glyphs: GlyphRemapper::new(),
            shown: BTreeMap::new(),
            font: next.bump(),
            descendant: next.bump(),
            descriptor: next.bump(),
            file: next.bump(),
            characters: next.bump(),
        }
    }

    fn name(&self) -> &'static [u8] {
        match self.face.weight() {
            Weight::Regular => b"R",
            Weight::Bold => b"B",
        }
    }

    /// Two octets a glyph (Identity-H).
    fn encode(&mut self, text: &str) -> Vec<u8> {
        let mut encoded = Vec::with_capacity(text.len() * 2);
        for shown in text.chars() {
            let glyph = self.face.glyph(shown);
            let new = self.glyphs.remap(glyph.0);
            self.shown.entry(new).or_insert_with(|| (shown, self.face.advance(glyph) * 1000.0));
            encoded.extend(new.to_be_bytes());
        }
        encoded
    }

    fn write(&self, file: &mut Pdf) -> Result<(), PaperError> {
        let subset = subsetter::subset(self.face.bytes(), 0, &self.glyphs)?;
        let family = match self.face.weight() {
            Weight::Regular => "OpenSans",
            Weight::Bold => "OpenSans-Bold",
        };
        let name = format!("{}+{family}", tag(&subset));
        let name = Name(name.as_bytes());
        let packed = compress_to_vec_zlib(&subset, COMPRESSION);
        let length = i32::try_from(subset.len()).unwrap_or(i32::MAX);
        file.stream(self.file, &packed).filter(Filter::FlateDecode).pair(Name(b"Length1"), length);
        let mut font = file.type0_font(self.font);
        font.base_font(name).encoding_predefined(Name(b"Identity-H"));
        font.descendant_font(self.descendant).to_unicode(self.characters);
        font.finish();
        self.write_descendant(file, name);
        self.write_descriptor(file, name);
        let mut map = UnicodeCmap::new(Name(b"Custom"), SYSTEM);
        for (glyph, (shown, _)) in &self.shown {
            map.pair(*glyph, *shown);
        }
        let map = compress_to_vec_zlib(map.finish().as_slice(), COMPRESSION);
        file.stream(self.characters, &map).filter(Filter::FlateDecode);
        Ok(())
    }

    fn write_descendant(&self, file: &mut Pdf, name: Name<'_>) {
        let mut font = file.cid_font(self.descendant);
        font.subtype(CidFontType::Type2).base_font(name).system_info(SYSTEM);
        font.font_descriptor(self.descriptor).default_width(0.0).cid_to_gid_map_predefined(Name(b"Identity"));
        let mut widths = font.widths();
        for (glyph, (_, width)) in &self.shown {
            widths.consecutive(*glyph, [*width]);
        }
    }

    fn write_descriptor(&self, file: &mut Pdf, name: Name<'_>) {
        let metrics = self.face.metrics();
        let [left, bottom, right, top] = metrics.bounds;
        let [regular, bold] = STEM;
        let mut font = file.font_descriptor(self.descriptor);
        font.name(name).flags(FontFlags::NON_SYMBOLIC).bbox(Rect::new(left, bottom, right, top));
        font.italic_angle(0.0).ascent(metrics.ascent).descent(metrics.descent).cap_height(metrics.cap_height);
        font.stem_v(if self.face.weight() == Weight::Bold { bold } else { regular }).font_file2(self.file);
    }
}

/// Six capitals that differ where the subsets differ, so that merged letters keep their own glyphs
/// (ISO 32000-1 §9.6.4).
fn tag(subset: &[u8]) -> String {
    Sha256::digest(subset).iter().take(6).map(|octet| char::from(b'A' + octet % 26)).collect()
}
