//! A letter's bytes: headers and MIME parts by lettre's builder. Pure; the moment comes in as an argument, boundaries
//! come from the letter's id, so that the same letter is the same bytes.

use super::carried::placeholder;
use super::clean::{self, NAME_CHARS_MAX};
use super::language::Words;
use super::{House, RenderError, quoted, seven_bit};
use crate::case::{Address, LetterKind, Moment, Origin, Silence};
use crate::desk::draft::{Carried, Content, Draft, Enclosed};
use lettre::address::Envelope;
use lettre::message::header::{
    self, ContentDisposition, ContentId, ContentTransferEncoding, ContentType, HeaderName, HeaderValue,
};
use lettre::message::{Body, Mailbox, Mailboxes, MessageBuilder, MultiPart, MultiPartBuilder, SinglePart};

/// Ids in References: the first and this many of the last, because relays refuse endless headers.
const REFERENCES_MAX: usize = 12;
/// A longer id is no id: with its brackets and the folding it must fit a header line (RFC 5322 §2.1.1).
const ID_OCTETS_MAX: usize = 250;
/// A file name longer than this is cut before its extension is lost: file systems take 255 octets.
const FILE_NAME_CHARS_MAX: usize = 120;

/// What the bytes are made of, besides the draft.
pub(super) struct Parts<'a> {
    pub subject: &'a str,
    /// What all letters of a case to staff have in common in their subjects.
    pub topic: Option<&'a str>,
    /// By what name the desk writes.
    pub desk_name: &'a str,
    pub text: String,
    pub html: String,
    /// What is really carried: the draft's attachments that fit.
    pub carried: &'a [Carried],
    /// With angle brackets.
    pub message_id: &'a str,
    /// Where replies and bounces come back to.
    pub reply_address: &'a Address,
}

/// Headers and body; lines end in CRLF.
pub(super) fn build(
    draft: &Draft,
    parts: Parts<'_>,
    house: &House,
    words: Words,
    now: Moment,
) -> Result<Vec<u8>, RenderError> {
    let desk_name = parts.desk_name;
    // lettre asks the clock where there is no date; ours replaces this one below, because lettre's is always UTC.
    let (from, to) = (mailbox(desk_name, &house.desk_address)?, mailbox(&recipient_name(draft), &draft.to)?);
    // Named here, because it would read the addresses from the headers again; where the letter goes, the outbox says.
    let envelope = Envelope::new(Some(from.email.clone()), vec![to.email.clone()]);
    let mut builder = lettre::Message::builder()
        .envelope(envelope.map_err(|error| RenderError::Build(error.to_string()))?)
        .date(now.into())
        .header(header::From::from(Mailboxes::from(from)))
        .header(header::To::from(Mailboxes::from(to)))
        .subject(parts.subject)
        .message_id(Some(parts.message_id.to_owned()));
    if let Some(topic) = parts.topic {
        // Outlook puts together what has one topic (MS-OXCMAIL 2.2.1.4), whatever stands before it in the subject.
        builder =
            builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Thread-Topic"), topic.to_owned()));
    }
    if house.sub_addressing {
        builder = builder.header(header::ReplyTo::from(Mailboxes::from(mailbox(desk_name, parts.reply_address)?)));
    }
    builder = marks(thread(builder, draft), draft.content.kind(), house, words);
    let mut message =
        builder.multipart(body(draft, &parts, house)).map_err(|error| RenderError::Build(error.to_string()))?;
    message.headers_mut().insert_raw(ascii_header("Date", words.local(now).to_rfc2822()));
    Ok(message.formatted())
}

/// In-Reply-To and References (RFC 5322 §3.6.4), one id a line.
fn thread(mut builder: MessageBuilder, draft: &Draft) -> MessageBuilder {
    let answered = draft.in_reply_to.as_deref().and_then(message_id);
    let mut ids: Vec<String> = Vec::new();
    for id in draft.references.iter().filter_map(|id| message_id(id)).chain(answered.clone()) {
        ids.retain(|known| *known != id);
        ids.push(id);
    }
    if ids.len() > REFERENCES_MAX {
        ids.drain(1..ids.len() - (REFERENCES_MAX - 1));
    }
    if let Some(id) = answered {
        builder = builder.raw_header(ascii_header("In-Reply-To", id));
    }
    if !ids.is_empty() {
        builder = builder.raw_header(ascii_header("References", ids.join("\r\n ")));
    }
    builder
}

/// What tells machines that a machine wrote it (invariant 5), and people's clients in which language.
fn marks(mut builder: MessageBuilder, kind: LetterKind, house: &House, words: Words) -> MessageBuilder {
    builder =
        builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("X-Loop"), house.desk_address.to_string()));
    let row = kind.row();
    let origin = match row.origin {
        Origin::Person => None,
        Origin::Replied => Some("auto-replied"),
        Origin::Generated => Some("auto-generated"),
    };
    let silence = match row.silence {
        Silence::All => "All",
        Silence::ButAbsence => "DR, RN, NRN, AutoReply",
    };
    if let Some(origin) = origin {
        builder = builder
            .raw_header(ascii_header("Auto-Submitted", origin.to_owned()))
            .raw_header(ascii_header("X-Auto-Response-Suppress", silence.to_owned()));
    }
    builder.raw_header(ascii_header("Content-Language", words.tag().to_owned()))
}

/// Text and HTML, then the files. An invitation stands in the letter twice, as the calendars themselves send it: as an
/// alternative of the text (RFC 6047 §2.4), by which Outlook, Apple Mail and Gmail know it, and as a file, for whoever
/// has to open it. The file has another type, so that no client counts two invitations. A picture stands beside the HTML
/// that shows it (RFC 2387), so that clients show it there and not as a file.
fn body(draft: &Draft, parts: &Parts<'_>, house: &House) -> MultiPart {
    let text = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(quoted::written(&parts.text));
    let html = page(&parts.html);
    let both = multipart("alternative", draft, "a").singlepart(text);
    let both = match picture(draft, house) {
        None => both.singlepart(html),
        Some(picture) => {
            let related = multipart("related", draft, "r").singlepart(html);
            both.multipart(related.singlepart(inline(&picture)))
        }
    };
    let invitations = draft.enclosed.iter().filter(|file| is_invitation(file));
    let all = invitations.fold(both, |all, file| {
        all.singlepart(SinglePart::builder().header(enclosed_type(&file.media_type)).body(encoded(file)))
    });
    if parts.carried.is_empty() && draft.enclosed.is_empty() {
        return all;
    }
    let mixed = multipart("mixed", draft, "m").multipart(all);
    let mixed = draft.enclosed.iter().fold(mixed, |mixed, file| mixed.singlepart(enclosure(file)));
    parts.carried.iter().enumerate().fold(mixed, |mixed, (place, carried)| mixed.singlepart(attachment(place, carried)))
}

/// A picture that goes along in the page.
pub(super) struct Picture<'a> {
    /// By what the page names it.
    pub id: String,
    pub media_type: &'a str,
    pub content: &'a [u8],
    name: &'static str,
}

/// The picture that the page shows: a chart for staff, the company's logo for customers.
pub(super) fn picture<'a>(draft: &'a Draft, house: &'a House) -> Option<Picture<'a>> {
    if let Content::Digest(digest) = &draft.content {
        let content = digest.picture.as_ref()?.png.as_deref()?;
        return Some(Picture { id: picture_id(draft, house), media_type: "image/png", content, name: "klachten.png" });
    }
    let logo = house.brand.as_ref()?.logo.as_ref().filter(|_| draft.content.kind().is_for_customer())?;
    let name = if logo.media_type == "image/png" { "logo.png" } else { "logo.jpg" };
    Some(Picture { id: logo_id(draft, house), media_type: &logo.media_type, content: &logo.content, name })
}

/// By what the HTML names the picture (RFC 2392), without angle brackets.
pub(super) fn picture_id(draft: &Draft, house: &House) -> String {
    format!("chart.{}@{}", draft.id, house.desk_address.domain())
}

/// By what a letter to a customer names the logo.
pub(super) fn logo_id(draft: &Draft, house: &House) -> String {
    format!("logo.{}@{}", draft.id, house.desk_address.domain())
}

fn inline(picture: &Picture<'_>) -> SinglePart {
    let encoding = ContentTransferEncoding::Base64;
    let content = Body::new_with_encoding(picture.content.to_vec(), encoding).unwrap_or_else(Body::new);
    SinglePart::builder()
        .header(enclosed_type(picture.media_type))
        .header(ContentId::from(format!("<{}>", picture.id)))
        .header(ContentDisposition::inline_with_name(picture.name))
        .body(content)
}

/// A calendar entry that asks the reader's calendar for something (RFC 5546 §1.4).
fn is_invitation(file: &Enclosed) -> bool {
    let stated = file.media_type.to_ascii_lowercase();
    let mut pieces = stated.split(';').map(str::trim);
    pieces.next() == Some("text/calendar") && pieces.any(|piece| piece.starts_with("method="))
}

/// A file made for this letter; its content stands in the letter's bytes.
fn enclosure(file: &Enclosed) -> SinglePart {
    let stated = if is_invitation(file) { "application/ics" } else { file.media_type.as_str() };
    SinglePart::builder()
        .header(enclosed_type(stated))
        .header(ContentDisposition::attachment(&file_name(&file.name)))
        .body(encoded(file))
}

/// Base64, so that the line ends of a calendar entry arrive as they are.
fn encoded(file: &Enclosed) -> Body {
    let encoding = ContentTransferEncoding::Base64;
    Body::new_with_encoding(file.content.clone(), encoding).unwrap_or_else(Body::new)
}

/// Our own types, with their parameters.
fn enclosed_type(stated: &str) -> ContentType {
    ContentType::parse(stated).unwrap_or_else(|_| unknown_type())
}

fn unknown_type() -> ContentType {
    ContentType::parse("application/octet-stream").unwrap_or(ContentType::TEXT_PLAIN)
}

/// In ASCII, unless one of its lines is too long for that.
fn page(html: &str) -> SinglePart {
    let ascii = seven_bit::written(html);
    let body = ascii.map(|ascii| Body::dangerous_pre_encoded(ascii, ContentTransferEncoding::SevenBit));
    SinglePart::builder().header(ContentType::TEXT_HTML).body(body.unwrap_or_else(|| quoted::written(html)))
}

/// Its content is put in when the letter is sent.
fn attachment(place: usize, carried: &Carried) -> SinglePart {
    let media_type = media_type(&carried.media_type).unwrap_or_else(unknown_type);
    let content =
        Body::dangerous_pre_encoded(placeholder(place, carried).into_bytes(), ContentTransferEncoding::Base64);
    SinglePart::builder()
        .header(media_type)
        .header(ContentDisposition::attachment(&file_name(&carried.name)))
        .body(content)
}

/// The type where it is one that may be base64: parts that are mails or multiparts themselves may not (RFC 2045
/// §6.4), and go as files.
fn media_type(stated: &str) -> Option<ContentType> {
    let plain = |part: &str| {
        !part.is_empty() && part.len() <= 80 && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"-+._".contains(&b))
    };
    let (kind, subtype) = stated.split_once('/')?;
    let may_be_encoded = !kind.eq_ignore_ascii_case("multipart") && !kind.eq_ignore_ascii_case("message");
    if may_be_encoded && plain(kind) && plain(subtype) { ContentType::parse(stated).ok() } else { None }
}

/// Without path, controls and direction tricks; long ones lose their middle, so that the extension stays.
pub(super) fn file_name(name: &str) -> String {
    let name = clean::line(name, FILE_NAME_CHARS_MAX * 2);
    let name: String = name.chars().map(|c| if matches!(c, '/' | '\\' | '"') { '_' } else { c }).collect();
    let name = name.trim_start_matches('.');
    if name.is_empty() {
        return "bijlage".to_owned();
    }
    let chars: Vec<char> = name.chars().collect();
    if chars.len() <= FILE_NAME_CHARS_MAX {
        return name.to_owned();
    }
    let (start, end) = (&chars[..FILE_NAME_CHARS_MAX - 21], &chars[chars.len() - 20..]);
    start.iter().chain(std::iter::once(&'…')).chain(end).collect()
}

/// Named at once: lettre's own builder makes a boundary first, to be replaced by ours.
fn multipart(kind: &str, draft: &Draft, part: &str) -> MultiPartBuilder {
    let stated = format!("multipart/{kind}; boundary=\"=_klachtpost-{part}-{}\"", draft.id);
    MultiPart::builder().header(enclosed_type(&stated))
}

/// A name is shown as sent to staff; to a customer only where it looks like a person's (invariant 11).
fn recipient_name(draft: &Draft) -> String {
    if draft.content.kind().is_for_customer() {
        clean::person(&draft.to_name).unwrap_or_default()
    } else {
        clean::line(&draft.to_name, NAME_CHARS_MAX)
    }
}

fn mailbox(name: &str, address: &Address) -> Result<Mailbox, RenderError> {
    let refused = |_| RenderError::Address { address: address.clone() };
    let address = lettre::Address::new(address.local(), address.domain()).map_err(refused)?;
    // lettre's builder panics on a line break in a name: this takes all controls out.
    let name = clean::line(name, NAME_CHARS_MAX);
    Ok(Mailbox::new(Some(name).filter(|name| !name.is_empty()), address))
}

/// `<id>`; None for what would break a header or is no id.
fn message_id(id: &str) -> Option<String> {
    let id = id.trim().trim_start_matches('<').trim_end_matches('>');
    let usable = id.bytes().all(|b| b.is_ascii_graphic() && b != b'<' && b != b'>');
    if usable && !id.is_empty() && id.len() <= ID_OCTETS_MAX { Some(format!("<{id}>")) } else { None }
}

/// A header whose value we made ourselves: printable ASCII, folded where it is long.
fn ascii_header(name: &'static str, value: String) -> HeaderValue {
    HeaderValue::dangerous_new_pre_encoded(HeaderName::new_from_ascii_str(name), value.clone(), value)
}
