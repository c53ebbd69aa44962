//! A letter on paper (§2.3): what stands on the sheet for the customer, and what the colleague who prints it must know.
//! Plain values.

use super::{Acknowledgement, Answer, Closing, Content, Interim};
use crate::case::{Customer, Language, LetterKind, Moment, Worded};
use serde::Serialize;

/// To who prints, signs and posts it: the sheet goes along as PDF.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Paper {
    pub sheet: Sheet,
    /// The sheet's language is the customer's; the colleague's is the draft's.
    pub language: Language,
    pub customer: Customer,
    /// In the customer's language, where there is such a title.
    pub department_title: Worded,
    /// The clock it stops has this last moment; None: it stops none that still runs.
    pub due: Option<Moment>,
}

/// What the customer reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Sheet {
    Acknowledgement(Acknowledgement),
    /// What staff typed, and nothing else (invariant 7).
    Answer(Answer),
    Interim(Interim),
    Closing(Closing),
}

impl Sheet {
    /// What it would be as a mail.
    pub fn content(&self) -> Content {
        match self {
            Self::Acknowledgement(letter) => Content::Acknowledgement(letter.clone()),
            Self::Answer(letter) => Content::Answer(letter.clone()),
            Self::Interim(letter) => Content::Interim(letter.clone()),
            Self::Closing(letter) => Content::Closing(letter.clone()),
        }
    }

    /// The kind of letter it would be as a mail.
    pub fn kind(&self) -> LetterKind {
        match self {
            Self::Acknowledgement(_) => LetterKind::Acknowledgement,
            Self::Answer(_) => LetterKind::Answer,
            Self::Interim(_) => LetterKind::Interim,
            Self::Closing(_) => LetterKind::Closing,
        }
    }
}

/// A letter on paper that waits to be posted, as a warning names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Waiting {
    pub kind: LetterKind,
    pub written_at: Moment,
}
