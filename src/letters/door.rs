//! The check at the door (invariant 7): the last look at a letter to a customer, by mail or on paper. What is internal and
//! still got in, by whatever road, stops here and is shown to a person. Pure; it reads the final bytes as the customer's
//! client will, and of a letter to staff that brings a sheet of paper what stands on the sheet.

use super::{Letter, MARKER};
use crate::case::{Keys, Language, Side};
use mail_parser::{MessageParser, PartType};

/// A shorter note is said by chance: "Ik bel morgen."
const NOTE_CHARS_MIN: usize = 20;

/// What must not be in a letter to a customer.
pub struct Internal<'a> {
    pub keys: &'a Keys,
    /// The texts of the case's notes.
    pub notes: &'a [String],
}

/// Why a letter is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HeldBecause {
    #[error("expected no reply token of staff in a letter to a customer, found one")]
    StaffToken,
    #[error("expected no marker of a notification in a letter to a customer, found it")]
    Marker,
    #[error("expected no text of an internal note in a letter to a customer, found one")]
    Note,
    #[error("tried to read the letter's own bytes, found no letter in them")]
    Unreadable,
}

impl HeldBecause {
    /// For the person who looks at it.
    pub fn words(self, language: Language) -> &'static str {
        let (dutch, english) = match self {
            Self::StaffToken => ("het kenmerk van een melding aan medewerkers", "the reference of a letter to staff"),
            Self::Marker => ("een stuk van een melding aan medewerkers", "part of a notice to staff"),
            Self::Note => ("de tekst van een interne notitie", "the text of an internal note"),
            Self::Unreadable => ("iets wat niet te controleren is", "something that cannot be checked"),
        };
        match language {
            Language::Dutch => dutch,
            Language::English => english,
        }
    }
}

/// Lets the letter pass, or says why not. Letters to staff always pass, but for a sheet they bring to be printed.
pub fn door(letter: &Letter, internal: &Internal<'_>) -> Result<(), HeldBecause> {
    let for_staff = !letter.kind.is_for_customer() && letter.side == Side::Staff;
    let texts = match &letter.sheet {
        Some(sheet) if for_staff => vec![sheet.to_lowercase()],
        None if for_staff => return Ok(()),
        _ => readable(&letter.bytes).ok_or(HeldBecause::Unreadable)?,
    };
    let is_staffs = |text: &String| internal.keys.find_all(text).any(|token| token.side == Side::Staff);
    if texts.iter().any(is_staffs) {
        return Err(HeldBecause::StaffToken);
    }
    let squeezed: Vec<String> = texts.iter().map(|text| squeeze(text)).collect();
    let has = |wanted: &str| squeezed.iter().any(|text| text.contains(wanted));
    if has(&squeeze(MARKER)) {
        return Err(HeldBecause::Marker);
    }
    let notes = internal.notes.iter().map(|note| squeeze(note)).filter(|note| note.chars().count() >= NOTE_CHARS_MIN);
    if notes.into_iter().any(|note| has(&note)) {
        return Err(HeldBecause::Note);
    }
    Ok(())
}

/// All that the customer's client could show, in lower case: the headers, the texts, and the HTML both as it is
/// written and as it is read.
fn readable(bytes: &[u8]) -> Option<Vec<String>> {
    let message = MessageParser::default().parse(bytes)?;
    let body = usize::try_from(message.root_part().raw_body_offset()).ok()?;
    let mut texts = vec![String::from_utf8_lossy(bytes.get(..body)?).to_lowercase()];
    texts.extend(message.subject().map(str::to_lowercase));
    for part in &message.parts {
        match &part.body {
            PartType::Text(text) => texts.push(text.to_lowercase()),
            PartType::Html(html) => {
                texts.push(html.to_lowercase());
                texts.push(mail_parser::decoders::html::html_to_text(html).to_lowercase());
            }
            _ => {}
        }
    }
    // Only headers and a subject: then there was no text to look at.
    (texts.len() > 2).then_some(texts)
}

/// White space and quotation marks at line starts make no difference.
fn squeeze(text: &str) -> String {
    let words = text.lines().flat_map(|line| line.trim_start_matches(['>', ' ', '\t']).split_whitespace());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::super::{Letters, sample};
    use super::*;
    use crate::case::Token;
    use crate::desk::draft::{Answer, Content};

    const NOTE: &str = "Klant dreigt met advocaat.\nNiet meer dan € 300 bieden!";

    fn at_the_door(text: &str) -> Result<(), HeldBecause> {
        let content = Content::Answer(Answer { text: text.to_owned() });
        let draft = sample::draft(Language::Dutch, content);
        let letter = Letters::new().unwrap().render(&draft, &sample::house(), &sample::keys(), sample::now()).unwrap();
        door(&letter, &Internal { keys: &sample::keys(), notes: &[NOTE.to_owned(), "Ja.".to_owned()] })
    }

    fn staff_token() -> String {
        let draft = sample::draft(Language::Dutch, Content::Answer(Answer { text: String::new() }));
        sample::keys().write(&Token { case: draft.case, side: Side::Staff, letter: draft.id })
    }

    #[test]
    fn an_ordinary_answer_with_a_signature_passes() {
        let signed = "Beste Jan,\n\nJa. Wij vergoeden de schade.\n\nMet vriendelijke groet,\nPieter de Wit\n\
                      Afdeling Schade, schade@voorbeeld.example, 020-1234567";
        assert_eq!(at_the_door(signed), Ok(()));
    }

    #[test]
    fn a_staff_token_is_held_however_it_is_written() {
        let token = staff_token();
        for text in [
            format!("Kenmerk: {token}"),
            format!("In-Reply-To: <{}@voorbeeld.example>", token.to_uppercase()),
            format!("> > {token}. groet"),
            format!("{}{token}", "x".repeat(70)),
            token.repeat(2),
            format!("{token}-9"),
        ] {
            assert_eq!(at_the_door(&text), Err(HeldBecause::StaffToken), "{text}");
        }
    }

    #[test]
    fn the_marker_is_held_also_when_quoted_or_refolded() {
        for text in ["##- klachtpost -##", "> ##-\n> klachtpost -##", "tekst ##-  KLACHTPOST -## tekst"] {
            assert_eq!(at_the_door(text), Err(HeldBecause::Marker), "{text}");
        }
    }

    #[test]
    fn the_text_of_a_note_is_held_also_when_quoted_or_refolded() {
        for text in
            [NOTE.to_owned(), NOTE.replace(' ', "\n> "), format!("Beste Jan,\n\n{}\n\ngroet", NOTE.to_uppercase())]
        {
            assert_eq!(at_the_door(&text), Err(HeldBecause::Note), "{text}");
        }
        assert_eq!(at_the_door("Wij bieden € 300."), Ok(()));
    }

    #[test]
    fn a_subject_with_something_internal_is_held_too() {
        let Some(Content::Closing(closing)) = sample::drafts()
            .into_iter()
            .map(|draft| draft.content)
            .find(|content| matches!(content, Content::Closing(_)))
        else {
            unreachable!("there is a sample of every kind")
        };
        let leaking = crate::desk::draft::Closing { subject: staff_token(), ..closing };
        let draft = sample::draft(Language::Dutch, Content::Closing(leaking));
        let letter = Letters::new().unwrap().render(&draft, &sample::house(), &sample::keys(), sample::now()).unwrap();
        let internal = Internal { keys: &sample::keys(), notes: &[] };
        assert_eq!(door(&letter, &internal), Err(HeldBecause::StaffToken));
    }

    #[test]
    fn a_letter_to_staff_passes() {
        let mut drafts = sample::drafts().into_iter();
        let draft = drafts.find(|draft| matches!(draft.content, Content::Notification(_))).unwrap();
        let letter = Letters::new().unwrap().render(&draft, &sample::house(), &sample::keys(), sample::now()).unwrap();
        let internal = Internal { keys: &sample::keys(), notes: &[NOTE.to_owned()] };
        assert_eq!(door(&letter, &internal), Ok(()));
    }
}
