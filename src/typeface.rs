//! The typeface of letters on paper and of pictures: Open Sans, part of the program, so that a letter looks the same
//! on every machine and names like Şahin and Łukasz are printed right (base-14 fonts of PDF stop at Western Europe).
//! Measures text and gives outlines. Pure.

use crate::text;
use ttf_parser::{Face, GlyphId, OutlineBuilder};
use unicode_normalization::UnicodeNormalization;

const REGULAR: &[u8] = include_bytes!("../assets/fonts/OpenSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("../assets/fonts/OpenSans-Bold.ttf");

/// Stands where a character has no glyph: seen by the reader, unlike a character that is left out.
pub const REPLACEMENT: char = '\u{FFFD}';

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    Regular,
    Bold,
}

/// One weight of the typeface, ready to measure with.
pub struct Typeface {
    face: Face<'static>,
    weight: Weight,
}

/// The typeface that is part of the program cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("tried to read the built-in typeface ({weight:?}), found: {source}; next: build the program anew")]
pub struct TypefaceError {
    weight: Weight,
    source: ttf_parser::FaceParsingError,
}

/// Sizes of the whole face, in thousandths of the font size (as PDF counts).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Metrics {
    pub ascent: f32,
    pub descent: f32,
    pub cap_height: f32,
    /// Left, bottom, right, top of a box around all glyphs.
    pub bounds: [f32; 4],
}

impl Typeface {
    pub fn load(weight: Weight) -> Result<Self, TypefaceError> {
        let face = Face::parse(bytes(weight), 0).map_err(|source| TypefaceError { weight, source })?;
        Ok(Self { face, weight })
    }

    pub fn weight(&self) -> Weight {
        self.weight
    }

    /// The whole font file.
    pub fn bytes(&self) -> &'static [u8] {
        bytes(self.weight)
    }

    /// The glyph of a character; that of [`REPLACEMENT`] where there is none.
    pub fn glyph(&self, shown: char) -> GlyphId {
        self.face.glyph_index(shown).or_else(|| self.face.glyph_index(REPLACEMENT)).unwrap_or(GlyphId(0))
    }

    /// How far a glyph moves the pen, in units of the font size.
    pub fn advance(&self, glyph: GlyphId) -> f32 {
        f32::from(self.face.glyph_hor_advance(glyph).unwrap_or(0)) / self.units_per_em()
    }

    /// The width of a line of text, in the unit of `size`.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|shown| self.advance(self.glyph(shown))).sum::<f32>() * size
    }

    /// Draws a glyph's outline; its coordinates divided by [`Typeface::units_per_em`] are units of the font size.
    pub fn outline(&self, glyph: GlyphId, pen: &mut impl OutlineBuilder) {
        // A glyph without an outline (a space) draws nothing.
        let _bounds = self.face.outline_glyph(glyph, pen);
    }

    pub fn units_per_em(&self) -> f32 {
        f32::from(self.face.units_per_em())
    }

    pub fn metrics(&self) -> Metrics {
        let scale = 1000.0 / self.units_per_em();
        let bounds = self.face.global_bounding_box();
        Metrics {
            ascent: f32::from(self.face.ascender()) * scale,
            descent: f32::from(self.face.descender()) * scale,
            cap_height: f32::from(self.face.capital_height().unwrap_or_else(|| self.face.ascender())) * scale,
            bounds: [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(|edge| f32::from(edge) * scale),
        }
    }

    /// The text as it can be printed: composed (NFC), white space other than line ends as plain spaces, invisible
    /// characters left out, and each run of characters without a glyph as one [`REPLACEMENT`].
    pub fn printable(&self, text: &str) -> String {
        let mut shown = String::with_capacity(text.len());
        // Left out first: what stood on either side of them may belong together.
        for found in text.chars().filter(|found| !is_invisible(*found)).nfc() {
            let has_glyph = self.face.glyph_index(found).is_some_and(|glyph| glyph.0 != 0);
            match found {
                '\n' | '\u{A0}' => shown.push(found),
                _ if found.is_whitespace() => shown.push(' '),
                _ if has_glyph && !found.is_control() => shown.push(found),
                _ if shown.ends_with(REPLACEMENT) => {}
                _ => shown.push(REPLACEMENT),
            }
        }
        shown
    }
}

fn bytes(weight: Weight) -> &'static [u8] {
    match weight {
        Weight::Regular => REGULAR,
        Weight::Bold => BOLD,
    }
}

/// What has no shape of its own: soft hyphen, joiners, marks of direction, byte order mark, variation selectors, and
/// the carriage return of a CRLF line end.
fn is_invisible(found: char) -> bool {
    text::is_invisible(found) || matches!(found, '\r' | '\u{FE00}'..='\u{FE0F}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn regular() -> Typeface {
        Typeface::load(Weight::Regular).unwrap()
    }

    #[test]
    fn names_of_customers_are_printed_as_they_are() {
        let name = "Özgür Şahin, Łukasz Żółć, Zoë d’Être, Čapek, Ğı İ, Ĳsbrand, Ελένη, Жанна “€ 12,50” – …";
        assert_eq!(regular().printable(name), name);
        assert_eq!(Typeface::load(Weight::Bold).unwrap().printable(name), name);
    }

    #[test]
    fn what_has_no_glyph_is_replaced_visibly_and_what_is_invisible_left_out() {
        let printable = |text: &str| regular().printable(text);
        assert_eq!(printable("Top 👍🏽👍!"), "Top \u{FFFD}!");
        assert_eq!(printable("日本 x\u{1}y"), "\u{FFFD} x\u{FFFD}y");
        assert_eq!(printable("schade\u{AD}formulier\u{200B}"), "schadeformulier");
        assert_eq!(printable("e\u{301}e\u{308}n\tregel\r\ntwee"), "éën regel\ntwee");
    }

    #[test]
    fn a_line_is_as_wide_as_its_characters() {
        let face = regular();
        // 1171 of 2048 units: the digits' advance in the font's own table.
        assert!((face.width("2026", 2048.0) - 4.0 * 1171.0).abs() < 0.5);
        assert!(face.width("Geachte", 10.0) < Typeface::load(Weight::Bold).unwrap().width("Geachte", 10.0));
    }

    proptest! {
        #[test]
        fn any_text_becomes_printable_and_stays_so(text in ".{0,200}") {
            let face = regular();
            let once = face.printable(&text);
            prop_assert!(once.chars().all(|shown| shown == '\n' || !shown.is_control()));
            prop_assert_eq!(face.printable(&once), once);
        }
    }
}
