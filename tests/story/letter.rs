//! A letter as its reader's mail client shows it, and what people write: new mails and replies, as plain clients and
//! Outlook put them. Shares no code with the product.

use crate::world::{AUTHSERV, DESK};
use mail_parser::{HeaderValue, Message, MessageParser, MimeHeaders};
use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

/// What somebody found in their mailbox.
#[derive(Debug, Clone, Default)]
pub struct Letter {
    pub raw: Vec<u8>,
    pub subject: String,
    /// Bare addresses.
    pub from: String,
    pub to: String,
    /// Without angle brackets.
    pub id: String,
    pub in_reply_to: String,
    pub references: Vec<String>,
    pub text: String,
    pub html: String,
    /// File name and content.
    pub attachments: Vec<(String, Vec<u8>)>,
}

impl Letter {
    pub fn of(raw: Vec<u8>) -> Self {
        let message = MessageParser::default().parse(&raw).expect("a letter that can be read");
        let attachments = message.attachments();
        let attachments =
            attachments.map(|part| (part.attachment_name().unwrap_or_default().to_owned(), part.contents().to_vec()));
        Self {
            subject: message.subject().unwrap_or_default().to_owned(),
            from: address(message.from()),
            to: address(message.to()),
            id: message.message_id().unwrap_or_default().to_owned(),
            in_reply_to: ids(message.in_reply_to()).pop().unwrap_or_default(),
            references: ids(message.references()),
            text: message.body_text(0).unwrap_or_default().into_owned(),
            html: message.body_html(0).unwrap_or_default().into_owned(),
            attachments: attachments.collect(),
            raw: raw.clone(),
        }
    }

    /// A header's value as it stands there; None when there is none.
    pub fn header(&self, name: &str) -> Option<String> {
        let message: Message<'_> = MessageParser::default().parse(&self.raw)?;
        Some(message.header_raw(name.to_owned())?.trim().to_owned())
    }

    /// The case's number in the subject.
    pub fn number(&self) -> String {
        let at = self.subject.find("K-").unwrap_or_else(|| panic!("no number in {:?}", self.subject));
        self.subject[at..].chars().take_while(|c| c.is_alphanumeric() || *c == '-').collect()
    }
}

fn address(stated: Option<&mail_parser::Address<'_>>) -> String {
    stated.and_then(|a| a.first()?.address()).unwrap_or_default().to_owned()
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    value.as_text_list().unwrap_or_default().iter().map(ToString::to_string).collect()
}

/// A mail somebody writes to the desk.
#[derive(Debug, Clone)]
pub struct Written {
    pub from: String,
    pub to: String,
    pub cc: String,
    pub subject: String,
    pub text: String,
    /// Instead of the text.
    pub html: Option<String>,
    /// File name and content.
    pub attached: Option<(String, Vec<u8>)>,
    pub id: String,
    pub in_reply_to: String,
    pub references: Vec<String>,
    /// What the company's server found about the sender: its own header, whole.
    pub proof: String,
}

impl Written {
    /// A new mail to the complaints address.
    pub fn new(from: &str, subject: &str, text: &str) -> Self {
        static WRITTEN: AtomicU64 = AtomicU64::new(1);
        let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
        let domain = from.rsplit('@').next().unwrap_or_default().trim_end_matches('>');
        Self {
            from: from.to_owned(),
            to: DESK.to_owned(),
            cc: String::new(),
            subject: subject.to_owned(),
            text: text.to_owned(),
            html: None,
            attached: None,
            id: format!("mail-{number}-{}@{domain}", std::process::id()),
            in_reply_to: String::new(),
            references: Vec::new(),
            proof: format!("Authentication-Results: {AUTHSERV}; dmarc=pass header.from={domain}\r\n"),
        }
    }

    /// Somebody presses Reply in a plain client: the text above the quoted letter.
    pub fn reply(from: &str, letter: &Letter, text: &str) -> Self {
        let quoted: String = letter.text.lines().map(|line| format!("> {line}\r\n")).collect();
        let text = format!("{text}\r\n\r\nOp ma 23 nov. 2026 om 10:12 schreef Voorbeeld Lease <{DESK}>:\r\n{quoted}");
        Self::answering(from, letter, &text)
    }

    /// The same in Outlook: HTML only, the letter below a line with its headers.
    pub fn outlook_reply(from: &str, letter: &Letter, paragraphs: &[&str]) -> Self {
        let typed: String = paragraphs.iter().map(|p| format!("<p class=MsoNormal>{p}<o:p></o:p></p>\r\n")).collect();
        let html = format!(
            "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head><meta http-equiv=Content-Type \
             content=\"text/html; charset=utf-8\"></head><body lang=NL><div class=WordSection1>\r\n{typed}\
             <p class=MsoNormal><o:p>&nbsp;</o:p></p>\r\n<div><div style='border:none;border-top:solid #E1E1E1 1.0pt;\
             padding:3.0pt 0cm 0cm 0cm'><p class=MsoNormal><b>Van:</b> Voorbeeld Lease – klachten &lt;{DESK}&gt; <br>\
             <b>Verzonden:</b> maandag 23 november 2026 10:12<br><b>Aan:</b> {from}<br>\
             <b>Onderwerp:</b> {}<o:p></o:p></p></div></div>\r\n{}</div></body></html>",
            letter.subject, letter.html
        );
        Self { html: Some(html), ..Self::answering(from, letter, "") }
    }

    fn answering(from: &str, letter: &Letter, text: &str) -> Self {
        Self {
            in_reply_to: letter.id.clone(),
            references: letter.references.iter().chain([&letter.id]).cloned().collect(),
            ..Self::new(from, &format!("Re: {}", letter.subject), text)
        }
    }

    /// As it arrives, lines ending in CRLF.
    pub fn bytes(&self) -> Vec<u8> {
        let mut head = format!(
            "Return-Path: <{}>\r\n{}From: {}\r\nTo: {}\r\n",
            self.from.rsplit('<').next().unwrap_or_default().trim_end_matches('>'),
            self.proof,
            self.from,
            self.to
        );
        for (name, value) in [("Cc", &self.cc), ("In-Reply-To", &bracketed(std::slice::from_ref(&self.in_reply_to)))] {
            if !value.is_empty() {
                let _ = write!(head, "{name}: {value}\r\n");
            }
        }
        if !self.references.is_empty() {
            let _ = write!(head, "References: {}\r\n", bracketed(&self.references));
        }
        let subject = encode_word(&self.subject);
        let _ = write!(
            head,
            "Subject: {subject}\r\nDate: Mon, 23 Nov 2026 10:12:00 +0100\r\nMessage-ID: <{}>\r\nMIME-Version: 1.0\r\n",
            self.id
        );
        let (kind, words) = match &self.html {
            Some(html) => ("text/html", html),
            None => ("text/plain", &self.text),
        };
        let words = words.replace("\r\n", "\n").replace('\n', "\r\n");
        let body = format!("Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{words}\r\n");
        match &self.attached {
            None => head + &body,
            Some((name, content)) => format!(
                "{head}Content-Type: multipart/mixed; boundary=\"grens\"\r\n\r\n--grens\r\n{body}--grens\r\n\
                 Content-Type: application/octet-stream; name=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\
                 Content-Disposition: attachment; filename=\"{name}\"\r\n\r\n{}--grens--\r\n",
                base64_lines(content)
            ),
        }
        .into_bytes()
    }
}

fn bracketed(ids: &[String]) -> String {
    ids.iter().filter(|id| !id.is_empty()).map(|id| format!("<{id}>")).collect::<Vec<_>>().join("\r\n ")
}

fn encode_word(text: &str) -> String {
    use base64::Engine;
    if text.is_ascii() {
        return text.to_owned();
    }
    format!("=?utf-8?b?{}?=", base64::engine::general_purpose::STANDARD.encode(text))
}

/// Base64 in lines of 76.
pub fn base64_lines(content: &[u8]) -> String {
    use base64::Engine;
    let encoded = base64::engine::general_purpose::STANDARD.encode(content);
    encoded.as_bytes().chunks(76).map(|line| format!("{}\r\n", String::from_utf8_lossy(line))).collect()
}
