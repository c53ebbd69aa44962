//! The check at the door (invariant 7): the last look at a letter to a customer, by mail or on paper. What is internal and
//! still got in, by whatever road, stops here and is shown to a person. Pure; it reads the final bytes as the customer's
//! client will, and of a letter to staff that brings a sheet of paper what stands on the sheet.

use super::{Letter, MARKER, PREHEADER_FILLER, seven_bit};
use crate::case::{Keys, Side};
use crate::mail::FILLER;
use crate::text;
use mail_parser::{MessageParser, PartType};
use std::collections::HashSet;

/// A shorter note is said by chance: "Ik bel morgen."
const NOTE_CHARS_MIN: usize = 20;
/// Of a longer note a part is enough: so many words in a row that nobody says twice by chance.
const NOTE_WORDS_IN_A_ROW: usize = 12;
/// Words of a signature with the longest of disclaimers. What stands at the end of a note and of a letter both, from the
/// start of a line on, is one.
const SIGNATURE_WORDS_MAX: usize = 100;
/// Words before a signature that are the same by chance.
const SAME_BY_CHANCE: usize = 3;

/// What must not be in a letter to a customer.
pub struct Internal<'a> {
    pub keys: &'a Keys,
    /// The texts of the case's notes.
    pub notes: &'a [String],
    /// What the customer wrote on the case: nothing of it is a secret to the customer, also where a note repeats it.
    pub customers: &'a [String],
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
    /// By what its words stand in `templates/words/`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::StaffToken => "staff_token",
            Self::Marker => "marker",
            Self::Note => "note",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Lets the letter pass, or says why not. Letters to staff always pass, but for a sheet they bring to be printed.
pub fn door(letter: &Letter, internal: &Internal<'_>) -> Result<(), HeldBecause> {
    let for_staff = !letter.kind.is_for_customer() && letter.side == Side::Staff;
    let texts = match &letter.sheet {
        Some(sheet) if for_staff => vec![sheet.to_lowercase()],
        None if for_staff => return Ok(()),
        _ => seen_by_the_customer(letter).ok_or(HeldBecause::Unreadable)?,
    };
    let is_staffs = |text: &String| internal.keys.find_all(text).any(|token| token.side == Side::Staff);
    if texts.iter().any(is_staffs) {
        return Err(HeldBecause::StaffToken);
    }
    let squeezed: Vec<String> = texts.iter().map(|text| squeeze(text)).collect();
    let has = |wanted: &str| squeezed.iter().any(|text| text.contains(wanted));
    // Of the line that only an inbox shows, too: the customer's own is written with entities.
    if has(&squeeze(MARKER)) || texts.iter().any(|text| text.contains(FILLER)) {
        return Err(HeldBecause::Marker);
    }
    if internal.notes.is_empty() {
        return Ok(());
    }
    let theirs: Vec<String> = internal.customers.iter().map(|text| squeeze(text)).collect();
    let (said, known) = (words_of(&squeezed), words_of(&theirs));
    // A word or two beside the customer's own are there by chance.
    let own = NOTE_WORDS_IN_A_ROW - SAME_BY_CHANCE;
    let known: HashSet<&[&str]> = known.iter().flat_map(|words| words.windows(own)).collect();
    let is_theirs = |row: &&[&str]| row.windows(own).any(|part| known.contains(part));
    let rows = said.iter().flat_map(|words| words.windows(NOTE_WORDS_IN_A_ROW)).filter(|row| !is_theirs(row)).collect();
    let is_there = |note: &String| {
        let whole = squeeze(note);
        let is_theirs = theirs.iter().any(|text| text.contains(&whole));
        let is_secret = whole.chars().count() >= NOTE_CHARS_MIN && !is_theirs;
        is_secret && (has(&whole) || has_part(&rows, note))
    };
    if internal.notes.iter().any(is_there) {
        return Err(HeldBecause::Note);
    }
    Ok(())
}

fn words_of(texts: &[String]) -> Vec<Vec<&str>> {
    texts.iter().map(|text| text.split(' ').collect()).collect()
}

/// Whether a part of a note stands in the letter: so many words in a row, and no signature that a note and an answer of one
/// person have in common.
fn has_part(rows: &HashSet<&[&str]>, note: &str) -> bool {
    let lines: Vec<String> = note.lines().map(squeeze).filter(|line| !line.is_empty()).collect();
    let words: Vec<&str> = lines.iter().flat_map(|line| line.split(' ')).collect();
    let found: Vec<bool> = words.windows(NOTE_WORDS_IN_A_ROW).map(|row| rows.contains(row)).collect();
    let begun = found.iter().rposition(|found| !found).map_or(0, |last| last + 1);
    let starts = lines.iter().scan(0, |start, line| {
        let this = *start;
        *start += line.split(' ').count();
        Some(this)
    });
    let signed = starts.skip(1).find(|start| *start >= begun);
    let is_signature = signed.is_some_and(|at| at - begun <= SAME_BY_CHANCE && words.len() - at <= SIGNATURE_WORDS_MAX);
    found.iter().take(if is_signature { begun } else { found.len() }).any(|found| *found)
}

/// What stands in the letter, and over the files that go along.
fn seen_by_the_customer(letter: &Letter) -> Option<Vec<String>> {
    let files = letter.carried.iter().flat_map(|file| [&file.name, &file.media_type]);
    let files: Vec<String> = files.map(|text| text.to_lowercase()).collect();
    Some(readable(&letter.bytes)?.into_iter().chain(files).collect())
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
                texts.push(seven_bit::read(html).to_lowercase());
                texts.push(mail_parser::decoders::html::html_to_text(&without_preheader(html)).to_lowercase());
            }
            _ => {}
        }
    }
    // Only headers and a subject: then there was no text to look at.
    (texts.len() > 2).then_some(texts)
}

/// Without our own preheader, which repeats what the letter says below.
fn without_preheader(html: &str) -> String {
    let Some((above, below)) = html.split_once(PREHEADER_FILLER) else { return html.to_owned() };
    let begun = above.rfind('>').map_or(above, |end| &above[..=end]);
    format!("{begun}{below}")
}

/// White space, quotation marks at line starts and what mail programs do to marks of punctuation make no difference.
fn squeeze(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    plain.extend(text.chars().filter(|c| !text::is_invisible(*c)).map(straight));
    let words = text::lines(&plain).flat_map(|line| line.trim_start_matches(['>', '|', ' ', '\t']).split_whitespace());
    words.collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Typographic quotes and dashes as they were typed.
fn straight(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201a}' => '\'',
        '\u{201c}'..='\u{201e}' => '"',
        '\u{2010}'..='\u{2014}' => '-',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Letters, sample};
    use super::*;
    use crate::case::{Language, Token};
    use crate::desk::draft::{Answer, Content};
    use std::sync::LazyLock;

    static LETTERS: LazyLock<Letters> = LazyLock::new(|| Letters::new().unwrap());
    const NOTE: &str = "Klant dreigt met advocaat.\nNiet meer dan € 300 bieden!";

    fn at_the_door(text: &str) -> Result<(), HeldBecause> {
        let content = Content::Answer(Answer { text: text.to_owned(), signed_by: None });
        let draft = sample::draft(Language::Dutch, content);
        let letter = LETTERS.render(&draft, &sample::house(), &sample::keys(), sample::now()).unwrap();
        door(&letter, &Internal { keys: &sample::keys(), notes: &[NOTE.to_owned(), "Ja.".to_owned()], customers: &[] })
    }

    fn staff_token() -> String {
        let draft = sample::draft(Language::Dutch, Content::Answer(Answer { text: String::new(), signed_by: None }));
        sample::keys().write(&Token { case: draft.case, side: Side::Staff, letter: draft.id })
    }

    #[test]
    fn an_ordinary_answer_with_a_signature_passes() {
        let signed = "Beste Jan,\n\nJa. Wij vergoeden de schade.\n\nMet vriendelijke groet,\nPieter de Wit\n\
                      Afdeling Schade, schade@voorbeeld.example, 020-1234567";
        assert_eq!(at_the_door(signed), Ok(()));
    }

    #[test]
    fn a_line_that_only_staffs_inbox_shows_is_held() {
        let line = format!("Antwoord uiterlijk di 24 nov, 10.12{}", FILLER.repeat(3));
        assert_eq!(at_the_door(&format!("Ja.\n\n{line}")), Err(HeldBecause::Marker));
    }

    #[test]
    fn what_stands_over_a_file_that_goes_along_is_looked_at_too() {
        use crate::desk::draft::{Carried, Source};
        let file = |name: &str, media_type: &str| Carried {
            source: Source::Mail(1),
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            size: 3,
            sha256: String::new(),
        };
        let token = staff_token();
        for (name, media_type, expected) in [
            ("foto.jpg", "image/jpeg", Ok(())),
            (&*format!("melding {token}.pdf"), "application/pdf", Err(HeldBecause::StaffToken)),
            ("foto.jpg", &*format!("image/{token}"), Err(HeldBecause::StaffToken)),
        ] {
            let content = Content::Answer(Answer { text: "Ja.".to_owned(), signed_by: None });
            let draft = crate::desk::draft::Draft {
                carried: vec![file(name, media_type)],
                ..sample::draft(Language::Dutch, content)
            };
            let letter = LETTERS.render(&draft, &sample::house(), &sample::keys(), sample::now()).unwrap();
            let internal = Internal { keys: &sample::keys(), notes: &[], customers: &[] };
            assert_eq!(door(&letter, &internal), expected, "{name} {media_type}");
        }
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
    fn the_text_of_a_note_is_held_whatever_a_mail_program_made_of_its_characters() {
        for text in [
            NOTE.replace(' ', "\u{a0}"),
            NOTE.replace("advocaat", "advo\u{ad}caat").replace("bieden", "bie\u{200b}den"),
            NOTE.replace('\n', "\n| "),
            NOTE.replace(' ', "\t\t"),
        ] {
            assert_eq!(at_the_door(&text), Err(HeldBecause::Note), "{text:?}");
        }
        assert_eq!(held("“Nee”, zegt zij – en dat blijft zo.", "Zie: \"nee\", zegt zij - en dat blijft zo."), NOTED);
    }

    const LONG: &str = "Gesproken met de garage: de kras zat er al toen de auto werd ingeleverd, zegt de monteur. Wij \
                        houden het op coulance en gaan tot 300 euro, daarna moet de chef erover beslissen.\n\n\
                        Met vriendelijke groet,\nPieter de Wit, medewerker Schade en verzekering bij Voorbeeld Lease,\n\
                        telefoon 020-1234567, bereikbaar op werkdagen van negen tot vijf uur";
    const NOTED: Result<(), HeldBecause> = Err(HeldBecause::Note);

    /// What becomes of a letter with this text, on a case with this note.
    fn held(note: &str, text: &str) -> Result<(), HeldBecause> {
        held_of(note, text, &[])
    }

    /// The same, where the customer wrote this.
    fn held_of(note: &str, text: &str, customers: &[String]) -> Result<(), HeldBecause> {
        let draft = sample::draft(Language::Dutch, Content::Answer(Answer { text: text.to_owned(), signed_by: None }));
        let letter = LETTERS.render(&draft, &sample::house(), &sample::keys(), sample::now()).unwrap();
        door(&letter, &Internal { keys: &sample::keys(), notes: &[note.to_owned()], customers })
    }

    #[test]
    fn a_customers_own_words_are_held_in_no_letter_though_a_note_repeats_them() {
        let theirs = "Ik heb de auto op 3 mei gebracht en pas op 20 mei teruggekregen, met een kras op de linkerdeur.";
        let note = format!(
            "Klant schrijft: {theirs} Dat klopt niet, de garage zegt iets heel anders over die kras en de klant overdrijft vaker."
        );
        let answer = format!("U schreef:\n> {theirs}\n\nDat zoeken wij uit.");
        assert_eq!(held_of(&note, &answer, &[]), NOTED);
        assert_eq!(held_of(&note, &answer, &[theirs.to_owned()]), Ok(()));
        assert_eq!(held_of(theirs, &answer, &[format!("Beste,\n{theirs}\nGroet")]), Ok(()));
        let leak = format!("{answer} De garage zegt iets heel anders over die kras en de klant overdrijft vaker.");
        assert_eq!(held_of(&note, &leak, &[theirs.to_owned()]), NOTED, "what staff added is held all the same");
    }

    #[test]
    fn a_part_of_a_note_is_held_and_the_signature_under_both_is_not() {
        let words: Vec<&str> = LONG.split_whitespace().collect();
        for start in [0, 5, 20] {
            let part = words[start..start + NOTE_WORDS_IN_A_ROW].join("\n> ");
            assert_eq!(held(LONG, &format!("Beste Jan,\n\n> {part}\n\ngroet")), NOTED, "{part}");
            let shorter = words[start..start + NOTE_WORDS_IN_A_ROW - 1].join(" ");
            assert_eq!(held(LONG, &shorter), Ok(()), "{shorter}");
        }
        let (_, signature) = LONG.split_once("\n\n").unwrap();
        assert_eq!(held(LONG, &format!("Beste Jan, wij betalen.\n\n{signature}")), Ok(()));
        let leaking = format!("{}\n\n{signature}", words[3..20].join(" "));
        assert_eq!(held(LONG, &leaking), NOTED, "the signature hides nothing");
        assert_eq!(held(LONG, &words[2..].join(" ")), NOTED, "all but its first words is no signature");
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
        let letter = LETTERS.render(&draft, &sample::house(), &sample::keys(), sample::now()).unwrap();
        let internal = Internal { keys: &sample::keys(), notes: &[], customers: &[] };
        assert_eq!(door(&letter, &internal), Err(HeldBecause::StaffToken));
    }

    #[test]
    fn a_letter_to_staff_passes() {
        let mut drafts = sample::drafts().into_iter();
        let draft = drafts.find(|draft| matches!(draft.content, Content::Notification(_))).unwrap();
        let letter = LETTERS.render(&draft, &sample::house(), &sample::keys(), sample::now()).unwrap();
        let internal = Internal { keys: &sample::keys(), notes: &[NOTE.to_owned()], customers: &[] };
        assert_eq!(door(&letter, &internal), Ok(()));
    }
}
