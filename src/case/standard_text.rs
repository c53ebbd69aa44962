//! A sentence of the company's own (`[[text]]`), which staff put into an answer by its name (`#tekst`): the words in each
//! language, and the blanks in them, `{{ number }}`, that are filled in with what is known of the complaint. Plain values.

use super::Language;
use serde::{Deserialize, Serialize};

/// What can be filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blank {
    /// How a letter to the customer begins: `Beste mevrouw De Wit,`.
    Salutation,
    /// The customer's name.
    Name,
    /// The complaint's number.
    Number,
    /// The day on which the complaint was received.
    Received,
    /// The day of the answer.
    Today,
    /// When we answer at the latest (§1).
    AnswerBy,
    /// When it is solved at the latest (§1).
    SolveBy,
    /// When the customer was promised to hear more.
    Promised,
}

impl Blank {
    pub const ALL: [Self; 8] = [
        Self::Salutation,
        Self::Name,
        Self::Number,
        Self::Received,
        Self::Today,
        Self::AnswerBy,
        Self::SolveBy,
        Self::Promised,
    ];

    /// As it is written between `{{` and `}}`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Salutation => "salutation",
            Self::Name => "name",
            Self::Number => "number",
            Self::Received => "received",
            Self::Today => "today",
            Self::AnswerBy => "answer_by",
            Self::SolveBy => "solve_by",
            Self::Promised => "promised",
        }
    }
}

/// Words, or what is filled in between them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Piece {
    Words(String),
    Blank(Blank),
}

/// Such a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandardText {
    /// What is typed behind `#tekst`.
    pub name: String,
    /// Whose it is; None: the desk's own company's.
    pub company: Option<String>,
    pub wordings: Vec<(Language, Vec<Piece>)>,
}

/// What stands between `{{` and `}}` and is nothing that could be filled in; all from there on where nothing ends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownBlank(pub String);

impl StandardText {
    /// The words for a reader of that language; of the desk's own where there are none in theirs.
    pub fn for_reader(&self, reader: Language, desk: Language) -> Option<(Language, &[Piece])> {
        let of = |wanted| self.wordings.iter().find(|(language, _)| *language == wanted);
        let found = of(reader).or_else(|| of(desk));
        found.map(|(language, pieces)| (*language, pieces.as_slice()))
    }
}

/// Takes a text apart.
///
/// # Errors
/// Something in double braces that is no [`Blank`].
pub fn pieces(text: &str) -> Result<Vec<Piece>, UnknownBlank> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, behind) = after.split_once("}}").ok_or_else(|| UnknownBlank(after.to_owned()))?;
        let known = Blank::ALL.into_iter().find(|blank| blank.name() == name.trim());
        let blank = known.ok_or_else(|| UnknownBlank(name.trim().to_owned()))?;
        if !before.is_empty() {
            pieces.push(Piece::Words(before.to_owned()));
        }
        pieces.push(Piece::Blank(blank));
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest.to_owned()));
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_blanks_are_told_apart() {
        let words = |text: &str| Piece::Words(text.to_owned());
        let read = pieces("{{ salutation }}\n\nKlacht {{number}}.").unwrap();
        let blanks = [Piece::Blank(Blank::Salutation), words("\n\nKlacht "), Piece::Blank(Blank::Number), words(".")];
        assert_eq!(read, blanks);
        assert_eq!(pieces("Zonder { iets } erin"), Ok(vec![words("Zonder { iets } erin")]));
        assert_eq!(pieces(""), Ok(Vec::new()));
    }

    #[test]
    fn what_is_no_blank_is_named() {
        for (text, found) in [("{{ naam }}", "naam"), ("{{}}", ""), ("a {{ number", " number"), ("{{ Name }}", "Name")]
        {
            assert_eq!(pieces(text), Err(UnknownBlank(found.to_owned())), "{text}");
        }
    }

    #[test]
    fn who_reads_another_language_gets_the_desks() {
        let wordings = [(Language::Dutch, "Hallo"), (Language::German, "Guten Tag")];
        let wordings = wordings.map(|(language, text)| (language, pieces(text).unwrap())).to_vec();
        let text = StandardText { name: "groet".into(), company: None, wordings };
        let read = |reader| text.for_reader(reader, Language::Dutch).map(|(language, _)| language);
        assert_eq!(read(Language::German), Some(Language::German));
        assert_eq!(read(Language::French), Some(Language::Dutch));
        assert_eq!(text.for_reader(Language::French, Language::English), None);
    }
}
