//! A letter on paper, as PDF (A4): for a customer without an e-mail address (§2.3). Pure: text, addresses and the
//! moment come in, bytes come out, the same bytes for the same letter.
//!
//! The sheet follows NEN 1026 with the window at the left: folded in three it fits the usual Dutch envelopes.
//! `lines.rs` breaks text, `layout.rs` places it, `pdf.rs` writes it down.

mod layout;
mod lines;
mod pdf;
#[cfg(test)]
pub(in crate::letters) mod tests;

use crate::case::{CaseNumber, Language, Moment};
use crate::typeface::{Typeface, TypefaceError, Weight};
use chrono_tz::Tz;

/// A letter has at most this many sheets: more would not go into an envelope, and is no letter.
pub const PAGES_MAX: usize = 30;

/// The company as it stands on its paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    pub name: String,
    /// Street and number, or post office box; one a line.
    pub address: Vec<String>,
    /// `1234 AB Plaats`.
    pub postcode_and_place: String,
    pub phone: Option<String>,
    pub website: Option<String>,
}

/// One part of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// A few bold words above what follows.
    Heading(String),
    /// Lines end where the text says so, and where the paper ends.
    Paragraph(String),
    /// `Met vriendelijke groet,`, room for a pen, and who signs; kept together on one sheet.
    Signature { greeting: String, signer: Vec<String> },
}

impl Block {
    /// What of it is read, piece by piece.
    pub fn lines(&self) -> Vec<&str> {
        match self {
            Self::Heading(text) | Self::Paragraph(text) => vec![text],
            Self::Signature { greeting, signer } => {
                std::iter::once(greeting).chain(signer).map(String::as_str).collect()
            }
        }
    }
}

/// The words on a sheet that are no part of what the letter says, in its language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    pub return_to: String,
    pub date: String,
    pub reference: String,
    pub handled_by: String,
    pub subject: String,
    pub page: String,
    /// `Pagina 1 van 2`.
    pub of: String,
}

/// A letter to be printed, put in an envelope and posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperLetter {
    pub sender: Sender,
    /// The customer: name, street and number, postcode and place; one a line.
    pub recipient: Vec<String>,
    /// When it was written: its date in the desk's zone, and the PDF's creation date.
    pub written_at: Moment,
    pub zone: Tz,
    pub language: Language,
    pub labels: Labels,
    /// Our reference.
    pub number: CaseNumber,
    /// Who can be asked for by name.
    pub handled_by: Option<String>,
    pub subject: String,
    pub body: Vec<Block>,
}

/// A letter as PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    pub bytes: Vec<u8>,
    pub pages: usize,
}

/// Why a letter cannot be printed.
#[derive(Debug, thiserror::Error)]
pub enum PaperError {
    #[error("tried to place the address in the window, expected at most {max} lines, found {found}; next: shorten it")]
    Address { max: usize, found: usize },
    #[error("expected a letter of at most {PAGES_MAX} sheets, found more; next: send the text as an attachment")]
    TooLong,
    #[error(transparent)]
    Typeface(#[from] TypefaceError),
    #[error("tried to put the letter's characters into the PDF, found: {0}")]
    Subset(#[from] subsetter::Error),
}

/// The two weights that a letter is set in.
struct Faces {
    regular: Typeface,
    bold: Typeface,
}

impl Faces {
    fn load() -> Result<Self, TypefaceError> {
        Ok(Self { regular: Typeface::load(Weight::Regular)?, bold: Typeface::load(Weight::Bold)? })
    }

    fn of(&self, weight: Weight) -> &Typeface {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
        }
    }
}

/// The letter as PDF.
pub fn print(letter: &PaperLetter) -> Result<Printed, PaperError> {
    let faces = Faces::load()?;
    let pages = layout::pages(letter, &faces)?;
    let bytes = pdf::write(letter, &pages, &faces)?;
    Ok(Printed { bytes, pages: pages.len() })
}
