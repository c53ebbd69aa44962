//! The writing room: a draft in, the letter's final bytes out, with our own Message-ID and reply token. It adds
//! nothing to what the draft says and sends nothing; clock, secrets and settings come in as arguments.
//!
//! | file | what |
//! |---|---|
//! | `templates.rs` | the templates of `templates/`, compiled at start |
//! | `printing.rs` | how templates print values: every text of a stranger is cleaned |
//! | `blocks.rs` | what letters are written with, between the template and what draws it |
//! | `as_text.rs`, `as_page.rs` | blocks as plain text and as HTML, which is escaped there |
//! | `view/` | what a template can print beside the draft itself |
//! | `subject.rs`, `preheader.rs`, `mailto.rs` | what an inbox shows, buttons |
//! | `calendar_entry.rs` | agenda items for calendar programs |
//! | `mime.rs`, `seven_bit.rs`, `quoted.rs`, `carried.rs` | headers, parts, a page in ASCII, text, files of the letter, attachments that go along |
//! | `on_paper.rs`, `paper/` | what stands on a letter on paper, and the PDF it is printed from |
//! | `slimmer.rs` | an overview without the files that would make it too large |
//! | `lighten.rs` | the same letter without its attachments, for a server that takes less |
//! | `door.rs` | nothing internal leaves the house (invariant 7) |
//! | `own.rs` | letters of one's own in the place of ours: whether they can be used, and how they look |
//! | `sample.rs` | one draft of every kind: for the tests, and to try a letter of one's own with |

mod as_page;
mod as_text;
mod blocks;
mod calendar_entry;
mod carried;
mod door;
mod lighten;
mod mailto;
mod mime;
mod on_paper;
mod own;
pub mod paper;
mod preheader;
mod printing;
mod quoted;
mod sample;
mod seven_bit;
mod slimmer;
mod subject;
mod templates;
mod view;

pub use carried::{AssembleError, assemble};
pub use door::{HeldBecause, Internal, door};
pub use lighten::{Apart, Weight, lighten};
pub use own::{Listed, Mistake, Own, Preview, list, ours};

use crate::case::{
    Address, CaseNumber, Files, Keys, Language, LetterId, LetterKind, Moment, Side, Texts, Token, Unwritable,
};
use crate::desk::draft::{Carried, Draft};
use crate::speech::{clean, language, salutation};
use chrono_tz::Tz;
use printing::Form;
use serde::Serialize;
use std::sync::Arc;
use templates::{ByName, Headed, Templates};

pub use crate::mail::MARKER;

use preheader::FILLER_IN_HTML as PREHEADER_FILLER;

/// Octets kept free of attachments for headers and boundaries of the letter as a whole.
const HEADERS_RESERVE: u64 = 16_384;

/// Attachments that go along to staff; of a mail with thousands the others are listed, because no client shows more.
const CARRIED_MAX: usize = 100;

/// Longest local part of an address (RFC 5321 §4.5.3.1.1).
const LOCAL_PART_MAX: usize = 64;

/// What letters say about the company: plain values of the settings.
#[derive(Debug, Clone)]
pub struct House {
    /// The company's name as customers know it.
    pub company: String,
    /// The complaints address.
    pub desk_address: Address,
    pub zone: Tz,
    /// The mail server delivers `local+token@domain`: replies and bounces come back to such an address.
    pub sub_addressing: bool,
    pub committee: Option<Committee>,
    /// The privacy statement that acknowledgements link.
    pub privacy_url: Option<String>,
    /// The company as it stands on its paper; None: only its name.
    pub letterhead: Option<Letterhead>,
    /// How letters to customers look; None: plain.
    pub brand: Option<Brand>,
    /// Largest letter the sending server takes, in octets, attachments encoded.
    pub max_message_bytes: u64,
}

/// Where a customer can go who still disagrees (procedure, end).
#[derive(Debug, Clone, Serialize)]
pub struct Committee {
    pub name: String,
    pub url: String,
    /// The committee's own address, where that is another one.
    pub own_url: Option<String>,
    pub takes_part: bool,
    pub binding: bool,
    /// What it costs the customer.
    pub fee: Option<Texts>,
    /// The language of its handling.
    pub language: Option<Language>,
    /// For whom it is there: a sentence; may be empty.
    pub applies_to: Texts,
}

/// The company's address block on a letter on paper (§2.3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Letterhead {
    /// Street and number, or post office box; one a line.
    pub address: Vec<String>,
    /// `1234 AB  Plaats`.
    pub postcode_and_place: String,
    pub phone: Option<String>,
    pub website: Option<String>,
}

/// The company as letters to customers show it. Letters to staff stay plain: they are a tool, and the company's colours would
/// stand beside those that say what is late.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brand {
    pub logo: Option<Logo>,
    /// `#rrggbb`, dark enough to be read on white.
    pub colour: Option<String>,
    pub phone: Option<String>,
    pub website: Option<String>,
    pub opening_hours: Option<Texts>,
    /// A line below the company's name, where a letter ends.
    pub signature: Option<Texts>,
}

/// The picture above a letter to a customer; it goes along in the letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    pub content: Vec<u8>,
    pub media_type: String,
    /// In pixels.
    pub width: u32,
    pub height: u32,
    /// What is read where it is not shown; None: the company's name.
    pub alt: Option<String>,
}

/// A letter, final but for the content of its attachments (see [`assemble`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub id: LetterId,
    pub kind: LetterKind,
    pub case: Option<CaseNumber>,
    pub side: Side,
    pub to: Address,
    /// Without angle brackets.
    pub message_id: String,
    /// Where bounces go.
    pub envelope_from: String,
    /// Headers and body in CRLF lines; a placeholder line for each attachment.
    pub bytes: Vec<u8>,
    /// The attachments that go along, in the order of their placeholders. Of a letter to staff those that would
    /// make it too large are listed in its text instead.
    pub carried: Vec<Carried>,
    /// What can be read on the sheet that goes along for the customer: the door looks at it.
    pub sheet: Option<String>,
}

/// Why a template cannot be used; found at start.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("templates: tried to compile them, found: {0}; next: correct the template it names")]
    Compile(#[from] minijinja::Error),
    /// All that is wrong with letters of one's own.
    #[error("{}", own::told(.0))]
    Own(Vec<Mistake>),
}

/// Why a draft cannot become a letter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// Names the template and the line, never a value.
    #[error("tried to fill in a template, found: {0}")]
    Template(String),
    #[error("expected an address a mail server takes, found one it would refuse")]
    Address { address: Address },
    #[error("tried to build the letter's headers and parts, found: {0}")]
    Build(String),
    #[error("expected a letter of at most {max} octets, found {found}; next: leave attachments out")]
    TooLarge { max: u64, found: u64 },
    #[error("tried to print the letter on paper: {0}")]
    Paper(String),
    #[error("expected a secret for the reply token, found none")]
    NoKey,
}

impl RenderError {
    /// What is in the way, by what can be done about it.
    pub fn because(&self) -> Unwritable {
        match self {
            Self::Template(_) => Unwritable::Template,
            Self::Address { .. } => Unwritable::Address,
            Self::TooLarge { .. } => Unwritable::TooLarge,
            Self::Paper(_) => Unwritable::Sheet,
            Self::Build(_) | Self::NoKey => Unwritable::Other,
        }
    }
}

/// The letter's own token, and the secrets for those of its buttons.
#[derive(Clone, Copy)]
struct Signed<'a> {
    token: &'a str,
    keys: &'a Keys,
    /// Of the sheet that goes along.
    lacks_characters: bool,
}

/// What a reader sees of a letter.
struct Pages {
    subject: String,
    text: String,
    html: String,
    /// Text and page without what stands around them.
    bodies: [String; 2],
}

/// The compiled templates.
pub struct Letters {
    templates: Templates,
}

impl Letters {
    /// Compiles every template. They are part of the program: that each can be filled in, the tests show for every kind and
    /// language.
    pub fn new() -> Result<Self, TemplateError> {
        Ok(Self { templates: Templates::new(&[])? })
    }

    /// The same with letters of one's own in the place of ours. Each is filled in with samples, so that a mistake is found before
    /// it matters.
    ///
    /// # Errors
    /// What is wrong with any of them, with file, line and what is missing.
    pub fn with(own: &[Own<'_>]) -> Result<Self, TemplateError> {
        own::checked(own)
    }

    /// The same with letters of one's own that were checked when they were read.
    ///
    /// # Errors
    /// One of them cannot be compiled.
    pub fn checked_before(own: &[Own<'_>]) -> Result<Self, TemplateError> {
        Ok(Self { templates: Templates::new(own)? })
    }

    /// Why a letter is held at the door, for the person who looks at it.
    pub fn held_words(&self, because: HeldBecause, language: Language) -> String {
        let vocabulary = self.templates.vocabulary(language::Words { language, zone: chrono_tz::UTC });
        printing::word(&vocabulary, "held", because.name())
    }

    /// The letter that the draft asks for. An overview that would be too large goes without its files, and says so.
    pub fn render(&self, draft: &Draft, house: &House, keys: &Keys, now: Moment) -> Result<Letter, RenderError> {
        match self.render_whole(draft, house, keys, now) {
            Err(error @ RenderError::TooLarge { .. }) => match slimmer::slimmer(draft) {
                Some(slimmer) => self.render(&slimmer, house, keys, now),
                None => Err(error),
            },
            done => done,
        }
    }

    fn render_whole(&self, draft: &Draft, house: &House, keys: &Keys, now: Moment) -> Result<Letter, RenderError> {
        let token = keys.write(&Token { case: draft.case, side: draft.side, letter: draft.id.clone() });
        if token.is_empty() {
            return Err(RenderError::NoKey);
        }
        let sheet = on_paper::print(draft, house, &self.templates, keys, now)?;
        let lacks_characters = sheet.as_ref().is_some_and(|sheet| sheet.lacks_characters);
        let (sheet, file) = sheet.map(|sheet| (sheet.text, sheet.file)).unzip();
        let with_file = calendar_entry::enclosed(draft, house, now).or(file).map(|file| {
            let mut draft = draft.clone();
            draft.enclosed.push(file);
            draft
        });
        let draft = with_file.as_ref().unwrap_or(draft);
        let signed = Signed { token: &token, keys, lacks_characters };
        // Nearly always all of it fits, and is written once.
        let whole = self.write(draft, &draft.carried, &[], house, signed, now)?;
        let (kept, bytes) = match kept(draft, &whole, house) {
            Ok(kept) if kept.len() == draft.carried.len() => (kept, whole),
            _ => self.write_what_fits(draft, house, signed, now)?,
        };
        Ok(Letter {
            id: draft.id.clone(),
            kind: draft.content.kind(),
            case: draft.case,
            side: draft.side,
            to: draft.to.clone(),
            message_id: format!("{token}@{}", house.desk_address.domain()),
            envelope_from: house.reply_address(&token).to_string(),
            bytes,
            carried: kept.to_vec(),
            sheet,
        })
    }

    /// The attachments that go along, and the bytes with the others listed in the text.
    fn write_what_fits<'a>(
        &self,
        draft: &'a Draft,
        house: &House,
        signed: Signed<'_>,
        now: Moment,
    ) -> Result<(&'a [Carried], Vec<u8>), RenderError> {
        let bare = self.write(draft, &[], &draft.carried, house, signed, now)?;
        let kept = kept(draft, &bare, house)?;
        let (carried, left_out) = draft.carried.split_at(kept.len());
        let bytes = if kept.is_empty() { bare } else { self.write(draft, carried, left_out, house, signed, now)? };
        Ok((kept, bytes))
    }

    /// The bytes with `carried` going along and `left_out` listed in the text.
    fn write(
        &self,
        draft: &Draft,
        carried: &[Carried],
        left_out: &[Carried],
        house: &House,
        signed: Signed<'_>,
        now: Moment,
    ) -> Result<Vec<u8>, RenderError> {
        let token = signed.token;
        let words = view::words(draft, house);
        let vocabulary = self.templates.vocabulary(words);
        let kind = draft.content.kind();
        let Pages { subject, text, html, .. } = self.pages(draft, carried, left_out, house, signed, now)?;
        let reply_address = house.reply_address(token);
        let topic = subject::case_line(draft, &vocabulary);
        let desk_name = format!("{} – {}", house.company, printing::said(&vocabulary, "complaints"));
        let message_id = format!("<{token}@{}>", house.desk_address.domain());
        let parts = mime::Parts {
            subject: &subject,
            topic: draft.case.filter(|_| !kind.is_for_customer()).map(|_| topic.as_str()),
            desk_name: &desk_name,
            text,
            html,
            carried,
            message_id: &message_id,
            reply_address: &reply_address,
        };
        mime::build(draft, parts, house, words, now)
    }

    /// What a reader sees.
    fn pages(
        &self,
        draft: &Draft,
        carried: &[Carried],
        left_out: &[Carried],
        house: &House,
        signed: Signed<'_>,
        now: Moment,
    ) -> Result<Pages, RenderError> {
        let vocabulary = self.templates.vocabulary(view::words(draft, house));
        let kind = draft.content.kind();
        let reading = Arc::new(view::reading(draft, house, signed.token, vocabulary.clone(), Form::Mail, now));
        let seen = view::Seen { draft, carried, left_out, house, signed, reading: &reading };
        let filling = self.templates.filling(&reading, ByName::of(&seen.view()));
        let filled = self.templates.fill_in(kind, &filling)?;
        let bodies = templates::drawn(&filled.flow()?, seen.look());
        let subject = subject::subject(draft, filled.subject, &vocabulary);
        let preheader = preheader::line(filled.preheader.as_deref(), &bodies[0]);
        let headed = Headed { subject: &subject, preheader: &preheader };
        let text = self.templates.text(&bodies[0], &filling)?;
        let html = self.templates.page(&bodies[1], headed, &filling)?;
        Ok(Pages { subject, text, html, bodies })
    }
}

/// The attachments that fit, in order: as many of the first ones as the sending server takes beside the letter's own
/// bytes, files made for it included. A letter that has no list for the others carries all or is an error: what staff
/// sent to a customer must not go half.
fn kept<'a>(draft: &'a Draft, bare: &[u8], house: &House) -> Result<&'a [Carried], RenderError> {
    let max = house.max_message_bytes;
    let own = u64::try_from(bare.len()).unwrap_or(u64::MAX).saturating_add(HEADERS_RESERVE);
    let sizes = draft.carried.iter().scan(own, |sum, one| {
        *sum = sum.saturating_add(carried::encoded_size(one.size));
        Some(*sum)
    });
    let whole = sizes.clone().last().unwrap_or(own);
    let may_list = draft.content.kind().row().files == Files::Listed;
    let most = if may_list { CARRIED_MAX } else { usize::MAX };
    let count = sizes.take(most).take_while(|size| *size <= max).count();
    if own > max || (count < draft.carried.len() && !may_list) {
        return Err(RenderError::TooLarge { max, found: whole });
    }
    Ok(&draft.carried[..count])
}

impl House {
    /// Where a reply to the letter with this token goes.
    pub fn reply_address(&self, token: &str) -> Address {
        if !self.sub_addressing {
            return self.desk_address.clone();
        }
        let (local, domain) = (self.desk_address.local(), self.desk_address.domain());
        // Too long together (RFC 5321 §4.5.3.1): the token in Message-ID and text must do.
        let plus = format!("{local}+{token}");
        if plus.len() > LOCAL_PART_MAX {
            return self.desk_address.clone();
        }
        Address::parse(&format!("{plus}@{domain}")).unwrap_or_else(|_| self.desk_address.clone())
    }
}

#[cfg(test)]
mod tests;
