//! Reads `[brand]`: how letters to customers look, and how else the company can be reached. Nothing of it is needed. Pure but for
//! the logo's file.

use super::check::{given_url, printed_line};
use super::section::{Section, clipped};
use super::wording::{Wording, keys};
use serde::{Deserialize, Serialize};

/// Bytes of a logo: it goes along in each letter to a customer, and stays on file with each.
const LOGO_BYTES_MAX: u64 = 65_536;
/// Pixels of a side: twice what the sharpest screen shows of it.
const LOGO_PIXELS_MAX: u32 = 2_000;
/// What the first bytes of the two kinds are.
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n";
const JPEG: &[u8] = b"\xff\xd8\xff";
/// Contrast of text against what it stands on (WCAG 2.2, 1.4.3), in tenths.
const CONTRAST_MIN: f64 = 4.5;

/// The company as letters to customers show it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    pub logo: Option<Logo>,
    /// `#rrggbb`, dark enough to be read on white.
    pub colour: Option<String>,
    pub phone: Option<String>,
    pub website: Option<String>,
    pub opening_hours: Option<Wording>,
    /// A line below the company's name, where a letter ends.
    pub signature: Option<Wording>,
}

/// A picture, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logo {
    pub content: Vec<u8>,
    /// `image/png` or `image/jpeg`.
    pub media_type: String,
    /// In pixels.
    pub width: u32,
    pub height: u32,
    /// What is read where it is not shown; None: the company's name.
    pub alt: Option<String>,
}

pub(super) fn brand(s: &mut Section) -> Brand {
    let alt = printed_line(s, "logo_alt");
    let logo = logo(s);
    Brand {
        logo: logo.map(|logo| Logo { alt, ..logo }),
        colour: colour(s),
        phone: printed_line(s, "phone"),
        website: given_url(s, "website"),
        opening_hours: keys!("opening_hours").given(s),
        signature: keys!("signature").given(s),
    }
}

/// The logo, read now: a letter must not fail for a file that is away later.
fn logo(s: &mut Section) -> Option<Logo> {
    let path = s.path("logo")?;
    let content = match read(&path) {
        Ok(content) => content,
        Err(error) => {
            let write = format!("make {} readable, or take it out", path.display());
            s.refuse_for_work("logo", format!("a file that can't be read ({error})"), write);
            return None;
        }
    };
    if content.len() as u64 > LOGO_BYTES_MAX {
        let write = format!("write a picture of at most {LOGO_BYTES_MAX} bytes: it goes along in each letter");
        s.refuse_for_work("logo", format!("a file of more than {LOGO_BYTES_MAX} bytes"), write);
        return None;
    }
    let found = match sized(&content) {
        Some((media_type, width, height))
            if (1..=LOGO_PIXELS_MAX).contains(&width.max(height)) && width.min(height) > 0 =>
        {
            return Some(Logo { content, media_type: media_type.to_owned(), width, height, alt: None });
        }
        Some((_, width, height)) => format!("a picture of {width} by {height} pixels"),
        None => "a file that is no PNG or JPEG picture".to_owned(),
    };
    let write = format!("write a PNG or JPEG of at most {LOGO_PIXELS_MAX} pixels a side; 400 by 120 is plenty");
    s.refuse_for_work("logo", found, write);
    None
}

/// At most one byte more than a logo has.
fn read(path: &std::path::Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut content = Vec::new();
    std::fs::File::open(path)?.take(LOGO_BYTES_MAX + 1).read_to_end(&mut content)?;
    Ok(content)
}

/// What kind of picture it is, and its width and height.
fn sized(content: &[u8]) -> Option<(&'static str, u32, u32)> {
    if content.starts_with(PNG) {
        // The first chunk is IHDR: length and name, then the sides (PNG, 11.2.1).
        let side = |at: usize| Some(u32::from_be_bytes(content.get(at..at + 4)?.try_into().ok()?));
        return Some(("image/png", side(16)?, side(20)?));
    }
    let (width, height) = content.starts_with(JPEG).then(|| jpeg_sides(content))??;
    Some(("image/jpeg", width, height))
}

/// The sides in the frame's header (ITU T.81, B.2.2), behind as many other segments as there are.
fn jpeg_sides(content: &[u8]) -> Option<(u32, u32)> {
    let number = |at: usize| Some(u32::from(u16::from_be_bytes(content.get(at..at + 2)?.try_into().ok()?)));
    let mut at = 2;
    loop {
        let [0xff, marker] = *content.get(at..at + 2)? else { return None };
        // Not the tables of C4 and CC, nor C8, which is nothing yet.
        if matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc) {
            return Some((number(at + 7)?, number(at + 5)?));
        }
        at += 2 + usize::try_from(number(at + 2)?).ok()?;
    }
}

/// The colour of links and of the line below the logo.
fn colour(s: &mut Section) -> Option<String> {
    let text = s.text("colour").filter(|text| !text.is_empty())?;
    let Some(parts) = parts(&text) else {
        let write = "write it as # and six figures, e.g. `colour = \"#0b57a4\"`";
        s.refuse("colour", format!("\"{}\"", clipped(&text)), write);
        return None;
    };
    let contrast = contrast_with_white(parts);
    if contrast < CONTRAST_MIN {
        // Rounded down: 4.49 is not enough, and must not be told as 4.5.
        let found = format!("\"{text}\", whose contrast against white is {:.1}:1", (contrast * 10.0).floor() / 10.0);
        s.refuse(
            "colour",
            found,
            format!("write a darker one: to be read it must be {CONTRAST_MIN}:1 (WCAG 2.2, 1.4.3)"),
        );
    }
    Some(text.to_lowercase())
}

fn parts(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    Some([part(0)?, part(2)?, part(4)?])
}

/// From 1 (white itself) to 21 (black), by the relative luminance of WCAG 2.2.
fn contrast_with_white(parts: [u8; 3]) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    let [red, green, blue] = parts.map(linear);
    1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Language;
    use crate::config::tests::{LEAST, refused};
    use crate::config::{Config, from_toml};

    fn with(brand: &str) -> Config {
        from_toml(&format!("{LEAST}[brand]\n{brand}\n"), "k.toml").unwrap()
    }

    fn told(brand: &str) -> String {
        refused(&format!("{LEAST}[brand]\n{brand}\n"))
    }

    #[test]
    fn a_colour_is_taken_where_it_can_be_read_on_white() {
        assert_eq!(with("colour = \"#0B57A4\"").brand.unwrap().colour.unwrap(), "#0b57a4");
        assert!((contrast_with_white([0, 0, 0]) - 21.0).abs() < 1e-9);
        // #767676 is the lightest grey of 4.5:1.
        assert_eq!(with("colour = \"#767676\"").brand.unwrap().colour.unwrap(), "#767676");
        let light = told("colour = \"#777777\"");
        assert!(light.contains("contrast against white is 4.4:1") && light.contains("4.5:1 (WCAG"), "{light}");
        for none in ["blauw", "#fff", "#12345g", "0b57a4", "#+b57a4"] {
            assert!(told(&format!("colour = \"{none}\"")).contains("brand.colour"), "{none}");
        }
    }

    #[test]
    fn a_logo_is_a_small_picture() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("logo");
        let written = |content: &[u8]| {
            std::fs::write(&file, content).unwrap();
            format!("logo = \"{}\"", file.display())
        };
        let png = |width: u32, height: u32| {
            [PNG, b"\0\0\0\rIHDR", &width.to_be_bytes(), &height.to_be_bytes(), b"\x08\x06\0\0\0"].concat()
        };
        let logo = with(&written(&png(400, 120))).brand.unwrap().logo.unwrap();
        assert_eq!((logo.media_type.as_str(), logo.width, logo.height), ("image/png", 400, 120));
        let jpeg = [JPEG, b"\xe0\0\x04ab\xff\xc2\0\x11\x08\0\x50\0\xf0\x03"].concat();
        let logo = with(&written(&jpeg)).brand.unwrap().logo.unwrap();
        assert_eq!((logo.media_type.as_str(), logo.width, logo.height), ("image/jpeg", 240, 80));
        for (content, found) in [
            (png(4_000, 120), "a picture of 4000 by 120 pixels"),
            (png(0, 120), "a picture of 0 by 120 pixels"),
            (b"<svg/>".to_vec(), "no PNG or JPEG"),
            (png(4, 1)[..18].to_vec(), "no PNG or JPEG"),
            ([png(400, 120), vec![0; 65_536]].concat(), "more than 65536 bytes"),
        ] {
            let told = told(&written(&content));
            assert!(told.contains("brand.logo") && told.contains(found), "{told}");
        }
        assert!(told("logo = \"/nowhere/logo.png\"").contains("a file that can't be read"));
    }

    #[test]
    fn a_line_can_be_said_in_each_language_and_one_of_them_is_the_desks() {
        let brand = with("signature = \"Team klachten\"\nsignature_de = \"Ihr Team\"").brand.unwrap();
        let said = brand.signature.unwrap().texts(crate::config::DeskLanguage::Dutch);
        assert_eq!(said.for_reader(Language::German).text, "Ihr Team");
        assert_eq!(said.for_reader(Language::French).text, "Team klachten");
        assert!(told("opening_hours_fr = \"9 h à 17 h\"").contains("brand.opening_hours: found nothing beside"));
        assert!(told("website = \"www.lease.example\"").contains("brand.website"));
    }
}
