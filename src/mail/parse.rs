//! Bytes → headers, parts and attachments, by mail-parser behind a nesting guard; then every other
//! file of the room is asked for its conclusion. The only file that knows mail-parser's types.

use super::{Attachment, Finding, FindingKind, Mail, Party};
use mail_parser::{Address, HeaderValue, Message, MessageParser, MimeHeaders, PartType};

/// More nested messages than this are not taken apart: mail-parser recurses when it drops the tree, and
/// 64 000 levels (31 bytes each) overflow the stack, which aborts the process.
const NESTED_MESSAGES_MAX: usize = 100;

/// One header, in the order of the mail.
#[derive(Debug, Clone)]
pub(crate) struct Header {
    /// In lower case.
    pub name: String,
    /// Unfolded and undecoded.
    pub raw: String,
    /// Encoded words decoded.
    pub text: String,
}

/// A leaf of the MIME tree (a nested message is one leaf, with its own bytes as content).
#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    /// `type/subtype` in lower case.
    pub media_type: String,
    /// File name as sent, not made safe.
    pub name: Option<String>,
    /// The part's own headers.
    pub headers: Vec<Header>,
    /// Transfer encoding undone.
    pub content: Vec<u8>,
    /// Decoded text where the media type is `text/*` or `message/*`.
    pub text: Option<String>,
    pub inline: bool,
    /// Content-Disposition: attachment, or a leaf that is no body text.
    pub attachment: bool,
}

/// A mail taken apart: what the other files of the room draw their conclusions from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parsed {
    pub headers: Vec<Header>,
    /// `type/subtype` of the whole mail, in lower case.
    pub media_type: String,
    /// `report-type` of a multipart/report.
    pub report_type: String,
    pub leaves: Vec<Leaf>,
    /// Readable text of the mail (of HTML-only mail too).
    pub text: String,
    /// The HTML body where there is one.
    pub html: Option<String>,
    pub findings: Vec<Finding>,
}

impl Parsed {
    /// The first header of that (lower-case) name, decoded.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|h| h.name == name).map(|h| h.text.as_str())
    }
}

/// Reads one mail. `trusted_authserv_id` is the host whose Authentication-Results count ("" for none).
pub fn read(raw: &[u8], trusted_authserv_id: &str) -> Mail {
    let parsed = take_apart(raw);
    let mut mail = envelope(&parsed, raw);
    let new_text = super::newtext::split(&parsed);
    mail.reply = new_text.reply;
    mail.relayable = new_text.relayable;
    mail.quoted = new_text.quoted;
    mail.language = super::language::of(&mail.reply, &mail.subject);
    mail.automatic = super::automatic::of(&parsed);
    mail.bounce = super::bounce::of(&parsed);
    mail.forwarded = super::forwarded::of(&parsed);
    mail.proof = super::proof::of(&parsed, trusted_authserv_id);
    mail.findings.extend(parsed.findings.iter().cloned());
    mail.text = parsed.text;
    mail
}

/// Headers and leaves of a mail; never fails.
pub(crate) fn take_apart(raw: &[u8]) -> Parsed {
    let mut parsed = Parsed::default();
    if nested_messages(raw) > NESTED_MESSAGES_MAX {
        parsed.findings.push(finding(FindingKind::NestedTooDeep, "nested messages are not taken apart"));
        return parsed;
    }
    let Some(message) = MessageParser::default().parse(raw) else {
        parsed.findings.push(finding(FindingKind::Unreadable, "no header and no text was recognised"));
        return parsed;
    };
    parsed.headers = headers(&message, 0, raw);
    parsed.media_type = media_type(&message.parts[0]);
    parsed.report_type =
        message.content_type().and_then(|c| c.attribute("report-type")).unwrap_or_default().to_ascii_lowercase();
    parsed.leaves = (0..message.parts.len()).filter_map(|i| leaf(&message, i, raw)).collect();
    parsed.text = (0..message.text_body_count()).filter_map(|i| message.body_text(i)).collect::<Vec<_>>().join("\n");
    parsed.html = message.body_html(0).map(|html| html.into_owned());
    parsed
}

fn nested_messages(raw: &[u8]) -> usize {
    raw.windows(15).filter(|w| w[0] | 32 == b'm' && w.eq_ignore_ascii_case(b"message/rfc822/")).count()
        + raw
            .windows(14)
            .filter(|w| {
                w[0] | 32 == b'm'
                    && (w.eq_ignore_ascii_case(b"message/rfc822") || w.eq_ignore_ascii_case(b"message/global"))
            })
            .count()
}

fn finding(kind: FindingKind, detail: &str) -> Finding {
    Finding { kind, detail: detail.to_owned() }
}

fn headers(message: &Message<'_>, part: usize, raw: &[u8]) -> Vec<Header> {
    let Some(part) = message.parts.get(part) else { return Vec::new() };
    part.headers
        .iter()
        .map(|h| {
            let bytes = raw.get(h.offset_start as usize..h.offset_end as usize).unwrap_or_default();
            let unfolded = String::from_utf8_lossy(bytes).split_whitespace().collect::<Vec<_>>().join(" ");
            let text = match &h.value {
                HeaderValue::Text(text) => text.to_string(),
                _ => unfolded.clone(),
            };
            Header { name: h.name.as_str().to_ascii_lowercase(), raw: unfolded, text }
        })
        .collect()
}

fn media_type(part: &mail_parser::MessagePart<'_>) -> String {
    part.content_type()
        .map_or_else(String::new, |c| format!("{}/{}", c.ctype(), c.subtype().unwrap_or_default()).to_ascii_lowercase())
}

fn leaf(message: &Message<'_>, index: usize, raw: &[u8]) -> Option<Leaf> {
    let part = message.parts.get(index)?;
    let index_u32 = u32::try_from(index).ok()?;
    let (content, text) = match &part.body {
        PartType::Multipart(_) => return None,
        PartType::Text(text) | PartType::Html(text) => (text.as_bytes().to_vec(), Some(text.to_string())),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => (bytes.to_vec(), None),
        PartType::Message(nested) => {
            let bytes = nested.raw_message();
            (bytes.to_vec(), Some(String::from_utf8_lossy(bytes).into_owned()))
        }
    };
    let media_type = match media_type(part) {
        empty if empty.is_empty() => "text/plain".to_owned(),
        stated => stated,
    };
    let text =
        text.or_else(|| media_type.starts_with("message/").then(|| String::from_utf8_lossy(&content).into_owned()));
    Some(Leaf {
        media_type,
        name: part.attachment_name().map(str::to_owned),
        headers: headers(message, index, raw),
        content,
        text,
        inline: matches!(part.body, PartType::InlineBinary(_)),
        attachment: message.attachments.contains(&index_u32),
    })
}

/// Who wrote to whom about what.
fn envelope(parsed: &Parsed, raw: &[u8]) -> Mail {
    let message = MessageParser::default().parse_headers(raw).unwrap_or_default();
    let ids = |value: &HeaderValue<'_>| -> Vec<String> {
        value.as_text_list().map(|l| l.iter().map(|s| s.to_string()).collect()).unwrap_or_default()
    };
    Mail {
        subject: one_line(message.subject().unwrap_or_default()),
        from: parties(message.from()).into_iter().next(),
        reply_to: parties(message.reply_to()),
        to: parties(message.to()),
        cc: parties(message.cc()),
        return_path: parsed.header("return-path").map(|v| v.trim_matches(['<', '>', ' ']).to_owned()),
        date: message.date().filter(|d| d.is_valid()).and_then(|d| DateTimeText(d).to_chrono()),
        message_id: message.message_id().map(str::to_owned),
        in_reply_to: ids(message.in_reply_to()),
        references: ids(message.references()),
        attachments: parsed
            .leaves
            .iter()
            .filter(|l| l.attachment)
            .map(|l| Attachment {
                name: l.name.clone().unwrap_or_else(|| "bijlage".to_owned()),
                media_type: l.media_type.clone(),
                content: l.content.clone(),
                inline: l.inline,
            })
            .collect(),
        ..Mail::default()
    }
}

struct DateTimeText<'a>(&'a mail_parser::DateTime);

impl DateTimeText<'_> {
    fn to_chrono(&self) -> Option<chrono::DateTime<chrono::FixedOffset>> {
        chrono::DateTime::parse_from_rfc3339(&self.0.to_rfc3339()).ok()
    }
}

fn parties(address: Option<&Address<'_>>) -> Vec<Party> {
    address
        .into_iter()
        .flat_map(|a| a.iter())
        .map(|a| Party {
            name: one_line(a.name().unwrap_or_default()),
            address: a.address().unwrap_or_default().to_owned(),
        })
        .collect()
}

fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_control() || c.is_whitespace()).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}
