//! Letters on a page, side by side, each shown as its reader's mail client would: for `demo` and `digest --html`. Plain
//! rendering.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_parser::{MessageParser, MimeHeaders};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f3f4f6;color:#1f2937}\
header{padding:24px;background:#fff;border-bottom:1px solid #d1d5db}section{padding:16px 24px}\
details{background:#fff;border:1px solid #d1d5db;border-radius:8px;margin:8px 0;max-width:720px}\
summary{padding:12px 16px;cursor:pointer}summary small{color:#6b7280}\
iframe{width:100%;height:640px;border:0;border-top:1px solid #e5e7eb}";

/// What stands above the letters.
pub(super) struct Head {
    pub title: String,
    pub lead: String,
}

/// One reader's letters.
pub(super) struct Reader {
    pub address: String,
    pub letters: Vec<Shown>,
}

/// A letter as it is shown.
pub(super) struct Shown {
    pub subject: String,
    pub date: String,
    pub html: String,
}

/// One HTML page without scripts; letters are shown in sandboxed frames.
pub(super) fn render(head: &Head, readers: &[Reader]) -> String {
    let sections: String = readers.iter().map(section).collect();
    let (title, lead) = (escape(&head.title), escape(&head.lead));
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style><header><h1>{title}</h1><p>{lead}</p></header>{sections}</html>\n"
    )
}

fn section(reader: &Reader) -> String {
    let open = if reader.letters.len() == 1 { " open" } else { "" };
    let letters: String = reader.letters.iter().map(|letter| shown(letter, open)).collect();
    format!("<section><h2>{}</h2>{letters}</section>", escape(&reader.address))
}

fn shown(letter: &Shown, open: &str) -> String {
    format!(
        "<details{open}><summary>{} <small>{}</small></summary><iframe sandbox srcdoc=\"{}\"></iframe></details>",
        escape(&letter.subject),
        escape(&letter.date),
        escape(&letter.html)
    )
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The page of a letter, with the pictures that it carries in it; empty where it has none.
pub(super) fn html_of(raw: &[u8]) -> String {
    let Some(message) = MessageParser::default().parse(raw) else { return String::new() };
    let page = message.body_html(0).map(std::borrow::Cow::into_owned).unwrap_or_default();
    let pictures = message.parts.iter().filter_map(|part| {
        let kind = part.content_type().filter(|kind| kind.ctype() == "image")?;
        let kind = kind.subtype().unwrap_or("png");
        Some((part.content_id()?, format!("data:image/{kind};base64,{}", STANDARD.encode(part.contents()))))
    });
    pictures.fold(page, |page, (id, data)| page.replace(&format!("cid:{id}"), &data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_a_letter_carries_stands_in_its_page() {
        let raw = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=b\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n\
                   <img src=\"cid:chart@desk\">\r\n--b\r\nContent-Type: image/png\r\nContent-ID: <chart@desk>\r\n\
                   Content-Transfer-Encoding: base64\r\n\r\nAQID\r\n--b--\r\n";
        assert_eq!(html_of(raw.as_bytes()).trim(), "<img src=\"data:image/png;base64,AQID\">");
    }
}
