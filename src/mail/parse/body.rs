//! The readable text of a mail: which leaves are its body, joined, as plain text. Pure.

use super::leaves::Leaves;
use super::{Leaf, Parsed, calendar, finding, flowed};
use crate::mail::FindingKind;
use crate::mail::html::{self, Mark};
use crate::mail::limits::TEXT_BYTES_MAX;
use mail_parser::{ContentType, Message, MimeHeaders};

/// A text, and what the client that made its HTML says about places in it.
#[derive(Default)]
struct Text {
    text: String,
    marks: Vec<(usize, Mark)>,
}

/// Fills `text`, `marks` and `html` of what is parsed.
pub(super) fn fill(parsed: &mut Parsed, message: &Message<'_>, all: &mut Leaves) {
    let mut body = join(message, all, &message.text_body);
    if body.text.trim().is_empty() || is_stub(&body.text, message, all) {
        let html = join(message, all, &message.html_body);
        if !html.text.trim().is_empty() {
            body = html;
        }
    }
    if body.text.trim().is_empty() {
        body = last_resort(&mut all.leaves);
    }
    if body.text.len() > TEXT_BYTES_MAX {
        let end = (0..=TEXT_BYTES_MAX).rev().find(|at| body.text.is_char_boundary(*at)).unwrap_or_default();
        body.text.truncate(end);
        parsed.findings.push(finding(FindingKind::TextTooLong, "the rest of the text was left out"));
    }
    parsed.html =
        leaves(message, all, &message.html_body).find(|l| l.media_type == "text/html").and_then(|l| l.text.clone());
    parsed.text = body.text;
    parsed.marks = body.marks;
}

fn leaves<'a>(_message: &Message<'_>, all: &'a Leaves, parts: &[u32]) -> impl Iterator<Item = &'a Leaf> {
    let found = |part: &u32| all.of_part.get(*part as usize).copied().flatten().and_then(|at| all.leaves.get(at));
    parts.iter().filter_map(found).collect::<Vec<_>>().into_iter()
}

/// The texts of these parts below one another.
fn join(message: &Message<'_>, all: &Leaves, parts: &[u32]) -> Text {
    let mut body = Text::default();
    for part in parts {
        let leaf = all.of_part.get(*part as usize).copied().flatten().and_then(|at| all.leaves.get(at));
        let Some(leaf) = leaf.filter(|l| l.media_type.starts_with("text/")) else { continue };
        let content_type = message.parts.get(*part as usize).and_then(|p| p.content_type());
        append(&mut body, readable(leaf, content_type));
    }
    body
}

fn append(body: &mut Text, next: Text) {
    if !body.text.is_empty() && !body.text.ends_with('\n') {
        body.text.push('\n');
    }
    let above = body.text.matches('\n').count();
    body.marks.extend(next.marks.iter().map(|(line, mark)| (line + above, *mark)));
    body.text.push_str(&next.text);
}

/// One text leaf as plain text with LF line ends and without control characters.
fn readable(leaf: &Leaf, content_type: Option<&ContentType<'_>>) -> Text {
    let source = leaf.text.as_deref().unwrap_or_default();
    if leaf.media_type == "text/html" {
        let page = html::to_text(&plain(source));
        return Text { text: page.text, marks: page.marks };
    }
    let says = |name: &str, value: &str| {
        content_type.and_then(|c| c.attribute(name)).is_some_and(|stated| stated.eq_ignore_ascii_case(value))
    };
    let text = plain(source);
    let text = if says("format", "flowed") { flowed::unflow(&text, says("delsp", "yes")) } else { text };
    let text = if leaf.media_type == "text/calendar" { calendar::in_words(&text) } else { text };
    Text { text, marks: Vec::new() }
}

fn plain(source: &str) -> String {
    let lines = source.replace("\r\n", "\n").replace('\r', "\n");
    lines.chars().filter(|c| (!c.is_control() || matches!(c, '\n' | '\t')) && *c != '\u{FEFF}').collect()
}

/// A plain part that only says that one should look at the other one.
fn is_stub(text: &str, message: &Message<'_>, all: &Leaves) -> bool {
    const SHORT: usize = 300;
    let lower = text.to_ascii_lowercase();
    text.len() < SHORT
        && lower.contains("html")
        && ["view", "client", "support", "display", "version", "weergeven", "ondersteun"]
            .iter()
            .any(|w| lower.contains(w))
        && leaves(message, all, &message.html_body).any(|l| {
            l.media_type == "text/html"
                && !html::to_text(l.text.as_deref().unwrap_or_default()).text.contains(text.trim())
        })
}

fn is_broken_container(leaf: &Leaf) -> bool {
    let stated = leaf.headers.iter().find(|h| h.name == "content-type").map_or("", |h| h.raw.as_str());
    let is_container = stated.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("multipart/"));
    is_container && !leaf.content.trim_ascii().is_empty()
}

/// Mail whose only text is in a part that is no body by its type: a calendar, or text in a container that is broken.
fn last_resort(leaves: &mut [Leaf]) -> Text {
    let unnamed_text = |l: &&mut Leaf| l.name.is_none() && matches!(&*l.media_type, "text/plain" | "text/html");
    if let Some(leaf) = leaves.iter_mut().find(unnamed_text) {
        // A container without parts in it may hold files that only a person can dig out: it stays an attachment too.
        leaf.attachment = is_broken_container(leaf);
        return readable(leaf, None);
    }
    let calendar = leaves.iter().find(|l| l.media_type == "text/calendar" || l.media_type == "application/ics");
    let words = calendar.map(|l| calendar::in_words(&plain(l.text.as_deref().unwrap_or_default())));
    Text { text: words.unwrap_or_default(), marks: Vec::new() }
}
