//! HTML → readable text: links kept, lists and tables readable, hidden text left out, quotes marked with `>`, and the
//! lines noted at which a client says that a quoted mail or a signature begins. One pass without recursion, so a
//! page of any size or depth costs time in proportion to its length. Pure.

use super::limits::{HTML_BYTES_MAX, HTML_DEPTH_MAX};
use mail_parser::decoders::html::add_html_token;
use std::collections::HashMap;
use tokens::{Tag, Token, Tokens};
use writer::Writer;

mod elements;
mod tokens;
mod writer;

/// A page as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub text: String,
    /// Line of the text (from 0), and what a client says about it.
    pub marks: Vec<(usize, Mark)>,
    /// How many lines stand above a picture that came with the mail, its own included, and its Content-ID.
    pub pictures: Vec<(usize, String)>,
    /// Words were struck out: they stand between two [`STRUCK`].
    pub struck: bool,
}

/// Stands before and behind words that were struck out on the page.
pub(crate) const STRUCK: &str = "~~";

/// What a mail client says about a place in a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mark {
    /// All that follows is a quoted mail.
    Rest,
    /// A quote begins here; what the person typed may follow it.
    Sign,
    /// A signature begins here.
    Signature,
    /// The signature's end.
    SignatureEnd,
}

/// Converts a page. Pages over the limit are cut.
pub(crate) fn to_text(page: &str) -> Page {
    let end = (0..=HTML_BYTES_MAX.min(page.len())).rev().find(|at| page.is_char_boundary(*at)).unwrap_or_default();
    let mut walk = Walk::default();
    for token in Tokens::new(page.get(..end).unwrap_or_default()) {
        match token {
            Token::Text(text) if walk.hidden == 0 => walk.text(text),
            Token::Text(_) => {}
            Token::Open(tag) => walk.open(&tag),
            Token::Close(name) => walk.close(&name.to_ascii_lowercase()),
        }
    }
    while let Some(open) = walk.open.pop() {
        walk.leave(open);
    }
    walk.writer.finish()
}

/// An open element and what is undone at its end.
#[derive(Default)]
struct Open {
    name: String,
    hidden: bool,
    quote: bool,
    signature: bool,
    struck: bool,
    /// Target of a link.
    link: Option<String>,
    /// A blank line follows.
    gap_after: bool,
    /// Number of the next item of an ordered list.
    item: Option<usize>,
}

#[derive(Default)]
struct Walk {
    writer: Writer,
    open: Vec<Open>,
    /// How many of each name are open, so that a stray end tag costs nothing.
    names: HashMap<String, usize>,
    /// Elements beyond the depth limit, by name: their end tags close nothing.
    beyond: HashMap<String, usize>,
    hidden: usize,
    /// Text of the innermost link so far.
    link_text: String,
    lists: usize,
}

/// Elements without content.
const VOID: &[&str] =
    &["br", "hr", "img", "input", "meta", "link", "wbr", "area", "base", "col", "embed", "source", "track", "param"];

/// Elements that stand on lines of their own.
const BLOCKS: &[&str] = &[
    "div",
    "tr",
    "table",
    "tbody",
    "thead",
    "tfoot",
    "ul",
    "ol",
    "dl",
    "dt",
    "dd",
    "li",
    "section",
    "article",
    "header",
    "footer",
    "main",
    "nav",
    "aside",
    "address",
    "center",
    "form",
    "fieldset",
    "body",
    "html",
    "blockquote",
    "pre",
    "figure",
    "figcaption",
    "details",
    "summary",
    "caption",
];

/// Elements with a blank line around them.
const PARAGRAPHS: &[&str] = &["p", "h1", "h2", "h3", "h4", "h5", "h6"];

/// Elements that end where one of the same name starts, because their end tag may be left out.
const SELF_CLOSING: &[&str] = &["p", "li", "dt", "dd", "tr", "td", "th", "option"];

impl Walk {
    fn text(&mut self, text: &str) {
        let text = decode_entities(text);
        if self.open.iter().rev().take(8).any(|o| o.link.is_some()) {
            self.link_text.push_str(&text);
        }
        self.writer.text(&text);
    }

    fn open(&mut self, tag: &Tag<'_>) {
        let name = tag.name.to_ascii_lowercase();
        if SELF_CLOSING.contains(&&*name) && self.open.last().is_some_and(|top| top.name == name) {
            self.close(&name);
        }
        if VOID.contains(&&*name) {
            self.void(&name, tag);
            return;
        }
        if self.open.len() >= HTML_DEPTH_MAX {
            *self.beyond.entry(name).or_default() += 1;
            return;
        }
        let mut open = Open { hidden: elements::is_hidden(tag), ..Open::default() };
        self.hidden += usize::from(open.hidden);
        if self.hidden == 0 {
            self.enter(&name, tag, &mut open);
        }
        *self.names.entry(name.clone()).or_default() += 1;
        self.open.push(Open { name, ..open });
    }

    /// What an opening tag does to the text.
    fn enter(&mut self, name: &str, tag: &Tag<'_>, open: &mut Open) {
        if PARAGRAPHS.contains(&name) {
            // Outlook's paragraphs have no margin: each is a line.
            let tight = tag.attribute("class").is_some_and(|c| c.contains("MsoNormal") || c.contains("MsoPlainText"));
            open.gap_after = !tight;
            if tight { self.writer.end_line() } else { self.writer.end_paragraph() }
        } else if BLOCKS.contains(&name) {
            self.writer.end_line();
        }
        if let Some(mark) = elements::mark(tag) {
            self.writer.end_line();
            self.writer.mark(mark);
            open.signature = mark == Mark::Signature;
        }
        if elements::strikes(tag) {
            self.writer.strike();
            open.struck = true;
        }
        match name {
            "blockquote" if elements::quotes(tag) => {
                self.writer.quotes += 1;
                open.quote = true;
            }
            "pre" => self.writer.preformatted += 1,
            "td" | "th" => self.writer.separate(),
            "ul" => self.lists += 1,
            "ol" => {
                self.lists += 1;
                open.item = Some(1);
            }
            "li" => self.item(),
            "a" => {
                self.link_text.clear();
                open.link = tag.attribute("href").map(|href| decode_entities(href).into_owned());
            }
            _ => {}
        }
    }

    /// A list's bullet or number, indented by depth.
    fn item(&mut self) {
        let list = self.open.iter_mut().rev().take(8).find(|o| o.name == "ol" || o.name == "ul");
        let sign = match list.and_then(|list| list.item.as_mut()) {
            Some(number) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            None => "- ".to_owned(),
        };
        self.writer.bullet = Some(format!("{}{sign}", "  ".repeat(self.lists.clamp(1, 6) - 1)));
    }

    fn void(&mut self, name: &str, tag: &Tag<'_>) {
        if self.hidden > 0 {
            return;
        }
        match name {
            "br" => self.writer.new_line(),
            "hr" => {
                self.writer.end_line();
                match elements::mark(tag) {
                    Some(mark) => self.writer.mark(mark),
                    None => {
                        self.writer.text("----------");
                        self.writer.end_line();
                    }
                }
            }
            // Emoji are sent as pictures; other pictures say nothing that belongs in a text.
            "img" => {
                let alt = decode_entities(tag.attribute("alt").unwrap_or_default()).into_owned();
                if !alt.is_ascii() && alt.chars().count() <= 4 {
                    self.writer.text(&alt);
                }
                let source = decode_entities(tag.attribute("src").unwrap_or_default()).trim().to_owned();
                if source.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("cid:")) {
                    self.writer.picture(source.get(4..).unwrap_or_default());
                }
            }
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if let Some(beyond) = self.beyond.get_mut(name).filter(|n| **n > 0) {
            *beyond -= 1;
            return;
        }
        if name == "br" || name == "p" && self.names.get(name).is_none_or(|n| *n == 0) {
            self.writer.new_line();
            return;
        }
        if self.names.get(name).is_none_or(|n| *n == 0) {
            return;
        }
        while let Some(open) = self.open.pop() {
            let found = open.name == name;
            self.leave(open);
            if found {
                break;
            }
        }
    }

    /// What an end does to the text.
    fn leave(&mut self, open: Open) {
        if let Some(count) = self.names.get_mut(&open.name) {
            *count = count.saturating_sub(1);
        }
        if open.hidden {
            self.hidden -= 1;
            return;
        }
        if self.hidden > 0 {
            return;
        }
        if let Some(href) = &open.link {
            self.link_end(href);
        }
        if open.struck {
            self.writer.strike_end();
        }
        if open.gap_after {
            self.writer.end_paragraph();
        } else if BLOCKS.contains(&&*open.name) || PARAGRAPHS.contains(&&*open.name) {
            self.writer.end_line();
        }
        match &*open.name {
            "ul" | "ol" => self.lists = self.lists.saturating_sub(1),
            "pre" => self.writer.preformatted = self.writer.preformatted.saturating_sub(1),
            _ => {}
        }
        if open.quote {
            self.writer.quotes = self.writer.quotes.saturating_sub(1);
        }
        if open.signature {
            self.writer.mark_end(Mark::SignatureEnd);
        }
    }

    /// The target of a link behind its text, unless the text says it already.
    fn link_end(&mut self, href: &str) {
        let text = std::mem::take(&mut self.link_text);
        let bare = |s: &str| {
            let s = s.trim().trim_end_matches('/').to_ascii_lowercase();
            let s = s.strip_prefix("mailto:").unwrap_or(&s);
            let s = s.split_once("://").map_or(s, |(_, rest)| rest);
            s.strip_prefix("www.").unwrap_or(s).to_owned()
        };
        let (target, shown) = (bare(href), bare(&text));
        let scheme = href.trim_start().to_ascii_lowercase();
        let useful = ["http://", "https://", "mailto:", "tel:", "ftp://"].iter().any(|s| scheme.starts_with(s));
        if useful && !target.is_empty() && !shown.is_empty() && target != shown && !shown.contains(&target) {
            self.writer.text(&format!(" <{}>", href.trim()));
        }
    }
}

/// Named and numbered characters decoded; what is none stays as it is.
fn decode_entities(text: &str) -> std::borrow::Cow<'_, str> {
    /// The longest named entity has 31 characters.
    const LONGEST: usize = 33;
    if !text.contains('&') {
        return text.into();
    }
    let (mut out, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('&') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let end = from.bytes().take(LONGEST).position(|b| b == b';');
        let Some(entity) = end.and_then(|end| from.get(..=end)) else {
            // The five that are also written without a semicolon.
            let short = [("&nbsp", "\u{a0}"), ("&amp", "&"), ("&lt", "<"), ("&gt", ">"), ("&quot", "\"")];
            let known = short.iter().find(|(name, _)| from.starts_with(name));
            let (name, character) = known.copied().unwrap_or(("&", "&"));
            out.push_str(character);
            rest = from.get(name.len()..).unwrap_or_default();
            continue;
        };
        let inner = &entity[1..entity.len() - 1];
        if inner.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#') && !inner.is_empty() {
            out.push_str(&character(entity));
            rest = from.get(entity.len()..).unwrap_or_default();
        } else {
            out.push('&');
            rest = from.get(1..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out.into()
}

/// One entity. Numbers 128 to 159 mean windows-1252 (HTML standard, 13.2.5.80); control characters mean nothing.
fn character(entity: &str) -> String {
    let mut decoded = String::new();
    add_html_token(&mut decoded, entity.as_bytes(), false);
    let mut chars = decoded.chars();
    match (chars.next(), chars.next()) {
        (Some(c @ '\u{80}'..='\u{9f}'), None) => {
            let byte = u8::try_from(u32::from(c)).unwrap_or(b'?');
            encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.into_owned()
        }
        (Some(c), None) if c.is_control() && !matches!(c, '\n' | '\t' | '\r') => String::new(),
        _ => decoded,
    }
}

#[cfg(test)]
mod tests;
