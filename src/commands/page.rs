//! Letters on a page, each shown as its reader's mail client would: by reader for `digest --html`, and as a story for `demo`.
//! Plain rendering.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_parser::{MessageParser, MimeHeaders};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f3f4f6;color:#1f2937}\
header{padding:24px;background:#fff;border-bottom:1px solid #d1d5db}section{padding:16px 24px}\
details{background:#fff;border:1px solid #d1d5db;border-radius:8px;margin:8px 0;max-width:720px}\
summary{padding:12px 16px;cursor:pointer}summary small{color:#6b7280}\
iframe{width:100%;height:640px;border:0;border-top:1px solid #e5e7eb}";
/// Two columns, one for the customers and one for the company; on a phone one below the other.
const STORY_STYLE: &str = "main{display:grid;grid-template-columns:1fr 1fr;gap:8px 24px;padding:8px 24px 48px;max-width:1400px}\
h2{grid-column:1/-1;margin:24px 0 0;font-size:18px}h2 small{color:#6b7280;font-weight:400}h3{margin:0;font-size:16px;color:#6b7280}\
.customers{grid-column:1}.company{grid-column:2}.side{display:flex;flex-direction:column}.side details{max-width:none;width:100%}\
blockquote{margin:8px 0;padding:12px 16px;background:#fff7ed;border:1px solid #fdba74;border-radius:8px;white-space:pre-wrap}\
.company blockquote{background:#eff6ff;border-color:#93c5fd}blockquote b{display:block}.side iframe{height:500px}.overview iframe{height:1660px}\
@media(max-width:800px){main{display:block}}";

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
#[derive(Clone)]
pub(super) struct Shown {
    pub subject: String,
    pub date: String,
    pub html: String,
}

/// Whose mailbox or words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Party {
    Customers,
    Company,
}

/// One thing that happened, and what everybody found in the mailbox because of it.
pub(super) struct Happening {
    pub when: String,
    pub told: String,
    /// The mail that somebody wrote.
    pub wrote: Option<(Party, Wrote)>,
    /// Letters with their readers' addresses.
    pub letters: Vec<(Party, String, Shown)>,
}

/// A mail to the complaints address.
pub(super) struct Wrote {
    pub who: String,
    pub subject: String,
    pub text: String,
}

/// One HTML page without scripts; letters are shown in sandboxed frames.
pub(super) fn render(head: &Head, readers: &[Reader]) -> String {
    let sections: String = readers.iter().map(section).collect();
    whole(head, "", &sections)
}

/// Letters below each other, each as wide as a phone and as a desk shows it.
pub(super) fn widths(head: &Head, letters: &[Shown]) -> String {
    const STYLE: &str = ".widths{display:flex;flex-wrap:wrap;gap:16px;padding:0 24px 24px}.widths iframe{border:1px solid #d1d5db;\
        background:#fff;height:720px}.phone{width:390px}.desk{width:1000px}h2{padding:16px 24px 0;margin:0;font-size:18px}\
        h2 small{color:#6b7280;font-weight:400}";
    let letter = |letter: &Shown| {
        let page = escape(&letter.html);
        let frame =
            |class: &str| format!("<iframe class=\"{class}\" sandbox loading=\"lazy\" srcdoc=\"{page}\"></iframe>");
        let (subject, name) = (escape(&letter.subject), escape(&letter.date));
        let frames = [frame("phone"), frame("desk")].concat();
        format!("<h2>{subject} <small>{name}</small></h2><div class=\"widths\">{frames}</div>")
    };
    whole(head, STYLE, &letters.iter().map(letter).collect::<String>())
}

/// What happened, in the order of time: customers on the left, the company on the right. `overview`: the letter that stands
/// open above all.
pub(super) fn story(head: &Head, overview: Option<&Shown>, happenings: &[Happening]) -> String {
    let overview = overview
        .map_or_else(String::new, |letter| format!("<section class=\"overview\">{}</section>", shown(letter, " open")));
    let rows: String = happenings.iter().map(happening).collect();
    let sides = "<h3 class=\"customers\">Customers</h3><h3 class=\"company\">The company</h3>";
    whole(head, STORY_STYLE, &format!("{overview}<main>{sides}{rows}</main>"))
}

fn whole(head: &Head, style: &str, body: &str) -> String {
    let (title, lead) = (escape(&head.title), escape(&head.lead));
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}{style}</style><header><h1>{title}</h1><p>{lead}</p></header>{body}</html>\n"
    )
}

fn happening(happening: &Happening) -> String {
    let title = format!("<h2><small>{}</small> {}</h2>", escape(&happening.when), escape(&happening.told));
    [(Party::Customers, "customers"), (Party::Company, "company")].iter().fold(title, |html, (party, class)| {
        format!("{html}<div class=\"side {class}\">{}</div>", side(happening, *party))
    })
}

/// What one of the two wrote and got. One letter stands open; of more, customers' do: they are what it is about.
fn side(happening: &Happening, party: Party) -> String {
    let wrote = happening.wrote.iter().filter(|(whose, _)| *whose == party).map(|(_, mail)| {
        let (who, subject, text) = (escape(&mail.who), escape(&mail.subject), escape(&mail.text));
        format!("<blockquote><b>{who}: {subject}</b>{text}</blockquote>")
    });
    let its = || happening.letters.iter().filter(|(whose, ..)| *whose == party);
    let open = if party == Party::Customers || its().count() == 1 { " open" } else { "" };
    let letters = its().map(|(_, to, letter)| {
        let subject = format!("{to}: {}", letter.subject);
        shown(&Shown { subject, date: letter.date.clone(), html: letter.html.clone() }, open)
    });
    wrote.chain(letters).collect()
}

fn section(reader: &Reader) -> String {
    let open = if reader.letters.len() == 1 { " open" } else { "" };
    let letters: String = reader.letters.iter().map(|letter| shown(letter, open)).collect();
    format!("<section><h2>{}</h2>{letters}</section>", escape(&reader.address))
}

fn shown(letter: &Shown, open: &str) -> String {
    format!(
        "<details{open}><summary>{} <small>{}</small></summary><iframe sandbox loading=\"lazy\" srcdoc=\"{}\"></iframe></details>",
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
