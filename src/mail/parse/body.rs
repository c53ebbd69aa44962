//! The readable text of a mail: which leaves are its body, joined, as plain text. Pure.

use super::leaves::Leaves;
use super::{Leaf, Parsed, calendar, finding, flowed};
use crate::mail::FindingKind;
use crate::mail::html::{self, Mark, Page};
use crate::mail::limits::TEXT_BYTES_MAX;
use crate::text::lines;
use mail_parser::{ContentType, Message, MimeHeaders};
use std::collections::HashSet;

/// Fills `text`, `marks`, `html` and `other` of what is parsed.
pub(super) fn fill(parsed: &mut Parsed, message: &Message<'_>, all: &mut Leaves) {
    let mut body = join(message, all, &message.text_body);
    if message.html_body != message.text_body {
        let page = join(message, all, &message.html_body);
        let is_page = leaves(message, all, &message.html_body).any(|l| l.media_type == "text/html");
        if body.text.trim().is_empty() {
            body = page;
        } else if is_page && !page.text.trim().is_empty() {
            // What was struck out on the page stands in the plain text as if it were meant.
            let page_counts = page.struck || is_stub(&body.text, &page.text);
            let (taken, other) = if page_counts { (page, body) } else { (body, page) };
            let says_no_more = page_counts || letters(&taken.text) == letters(&other.text);
            parsed.stub = Some(&other).filter(|other| page_counts && !taken.struck && !says_html(&other.text)).cloned();
            parsed.other = Some(other).filter(|_| !says_no_more);
            body = taken;
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
    parsed.struck = body.struck;
    parsed.pictures = body.pictures;
}

fn leaves<'a>(_message: &Message<'_>, all: &'a Leaves, parts: &[u32]) -> impl Iterator<Item = &'a Leaf> {
    let found = |part: &u32| all.of_part.get(*part as usize).copied().flatten().and_then(|at| all.leaves.get(at));
    parts.iter().filter_map(found).collect::<Vec<_>>().into_iter()
}

/// The texts of these parts below one another.
fn join(message: &Message<'_>, all: &Leaves, parts: &[u32]) -> Page {
    let mut body = Page::default();
    for part in parts {
        let leaf = all.of_part.get(*part as usize).copied().flatten().and_then(|at| all.leaves.get(at));
        let Some(leaf) = leaf.filter(|l| l.media_type.starts_with("text/")) else { continue };
        let content_type = message.parts.get(*part as usize).and_then(|p| p.content_type());
        append(&mut body, readable(leaf, content_type));
    }
    body
}

fn append(body: &mut Page, next: Page) {
    let above = append_lines(&mut body.text, &mut body.marks, &next.text, &next.marks);
    body.pictures.extend(next.pictures.into_iter().map(|(line, id)| (line.saturating_add(above), id)));
    body.struck |= next.struck;
}

/// Puts one text below another; gives the number of lines above it.
pub(super) fn append_lines(
    text: &mut String,
    marks: &mut Vec<(usize, Mark)>,
    next: &str,
    next_marks: &[(usize, Mark)],
) -> usize {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    let above = text.matches('\n').count();
    marks.extend(next_marks.iter().map(|(line, mark)| (line + above, *mark)));
    text.push_str(next);
    above
}

/// Letters and figures of a text, without links: two forms of one text differ in all else.
fn letters(text: &str) -> String {
    let is_link = |word: &str| word.contains(':') && (word.contains("://") || word.contains("cid:"));
    let mut letters = String::with_capacity(text.len());
    for word in text.split_whitespace().filter(|word| !is_link(word)) {
        if word.is_ascii() {
            letters.extend(word.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()));
        } else {
            letters.extend(word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase));
        }
    }
    letters
}

/// Whether one of the two texts says all that the other does.
pub(super) fn says_the_same(one: &str, other: &str) -> bool {
    let (one, other) = (letters(one), letters(other));
    one.contains(&other) || other.contains(&one)
}

/// A text leaf as plain text.
pub(super) fn as_text(leaf: &Leaf) -> String {
    readable(leaf, None).text
}

/// One text leaf as plain text with LF line ends and without control characters.
fn readable(leaf: &Leaf, content_type: Option<&ContentType<'_>>) -> Page {
    let source = leaf.text.as_deref().unwrap_or_default();
    if leaf.media_type == "text/html" {
        return html::to_text(&plain(source));
    }
    let says = |name: &str, value: &str| {
        content_type.and_then(|c| c.attribute(name)).is_some_and(|stated| stated.eq_ignore_ascii_case(value))
    };
    let text = plain(source);
    let text = if says("format", "flowed") { flowed::unflow(&text, says("delsp", "yes")) } else { text };
    let text = if leaf.media_type == "text/calendar" { calendar::in_words(&text) } else { text };
    Page { text, ..Page::default() }
}

/// With LF line ends and without control characters.
pub(super) fn plain(source: &str) -> String {
    let mut plain = String::with_capacity(source.len() + 1);
    for line in lines(source) {
        plain.push_str(line);
        plain.push('\n');
    }
    if !source.ends_with('\n') {
        plain.pop();
    }
    if plain.contains('\r') {
        plain = plain.replace('\r', "\n");
    }
    // The octets that what is taken out begins with, looked for many in one step.
    let may_begin_one = |found, byte| found | matches!(byte, 0..b'\t' | 0x0b..b' ' | 0x7f | 0xc2 | 0xef);
    if plain.bytes().fold(false, may_begin_one) {
        plain.retain(|c| (!c.is_control() || matches!(c, '\n' | '\t')) && c != '\u{FEFF}');
    }
    plain
}

/// A plain part that only says that one should look at the other one, in whatever words: it is short, and the two have hardly
/// any word in common.
fn is_stub(text: &str, page: &str) -> bool {
    const SHORT: usize = 500;
    if text.len() > SHORT {
        return false;
    }
    let words = |text: &str| -> HashSet<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let (own, shown) = (words(text), words(page));
    let shared = own.intersection(&shown).count();
    let differs = if says_html(text) { shared < own.len() } else { shared * 2 < own.len() };
    differs && shared * 2 < shown.len()
}

/// A person who has something to say does not speak of it.
fn says_html(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case("html"))
}

fn is_broken_container(leaf: &Leaf) -> bool {
    let stated = leaf.headers.iter().find(|h| h.name == "content-type").map_or("", |h| h.raw.as_str());
    let is_container = stated.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("multipart/"));
    is_container && !leaf.content.trim_ascii().is_empty()
}

/// Mail whose only text is in a part that is no body by its type: a calendar, or text in a container that is broken.
fn last_resort(leaves: &mut [Leaf]) -> Page {
    let unnamed_text = |l: &&mut Leaf| l.name.is_none() && matches!(&*l.media_type, "text/plain" | "text/html");
    if let Some(leaf) = leaves.iter_mut().find(unnamed_text) {
        // A container without parts in it may hold files that only a person can dig out: it stays an attachment too.
        leaf.attachment = is_broken_container(leaf);
        return readable(leaf, None);
    }
    let calendar = leaves.iter().find(|l| l.media_type == "text/calendar" || l.media_type == "application/ics");
    let words = calendar.map(|l| calendar::in_words(&plain(l.text.as_deref().unwrap_or_default())));
    Page { text: words.unwrap_or_default(), ..Page::default() }
}
