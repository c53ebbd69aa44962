//! The desk's language, and how a text is read that can be given in several: `title`, and `title_en`, `title_de` or another
//! beside it. Pure but for what [`Section`] reads.

use super::section::Section;
use crate::case::{Language, Texts, Worded};
use serde::{Deserialize, Serialize};

/// The language of letters to colleagues, and to customers who write in none of `languages`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum DeskLanguage {
    #[default]
    Dutch,
    English,
}

impl DeskLanguage {
    pub fn language(self) -> Language {
        match self {
            Self::Dutch => Language::Dutch,
            Self::English => Language::English,
        }
    }
}

/// The keys of one text: of the desk's language, then those of [`Language::ALL`], in its order.
pub(super) struct Keys {
    own: &'static str,
    others: [&'static str; Language::COUNT],
}

/// The keys of a text by the name of the first.
macro_rules! keys {
    ($own:literal) => {
        $crate::config::wording::Keys::new($own, $crate::languages::keyed!($own))
    };
}
pub(super) use keys;

/// A text as it was written: which language the first is in, `[desk]` says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    pub own: String,
    pub others: Vec<Worded>,
}

impl Wording {
    /// The text of a company whose desk writes in that language.
    pub fn texts(&self, desk: DeskLanguage) -> Texts {
        Texts { others: self.others.clone(), ..Texts::only(desk.language(), self.own.clone()) }
    }
}

impl Keys {
    pub(super) const fn new(own: &'static str, others: [&'static str; Language::COUNT]) -> Self {
        Self { own, others }
    }

    /// What stands beside the desk's own text.
    pub(super) fn others(&self, s: &mut Section) -> Vec<Worded> {
        let given = self.others.iter().zip(Language::ALL);
        let text = |(key, language): (&&'static str, Language)| {
            let text = s.text(key).filter(|text| !text.is_empty())?;
            Some(Worded { language, text })
        };
        given.filter_map(text).collect()
    }

    /// A text that may be left out. In another language alone there is nothing to fall back on.
    pub(super) fn given(&self, s: &mut Section) -> Option<Wording> {
        let own = s.text(self.own).filter(|text| !text.is_empty());
        let others = self.others(s);
        match own {
            Some(own) => Some(Wording { own, others }),
            None => {
                if !others.is_empty() && !s.is_refused(self.own) {
                    let write = "write it in the desk's language too: who reads another one gets that";
                    s.refuse(self.own, "nothing beside what it is in other languages", write);
                }
                None
            }
        }
    }
}
