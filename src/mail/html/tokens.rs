//! HTML cut into tags and texts, in one pass over the input. Errs on the side of text: what is no tag is shown. Pure.

/// A piece of a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    Text(&'a str),
    Open(Tag<'a>),
    /// The name as written.
    Close(&'a str),
}

/// An opening tag.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub(super) struct Tag<'a> {
    /// As written.
    pub name: &'a str,
    /// Everything between the name and the `>`.
    attributes: &'a str,
}

impl<'a> Tag<'a> {
    /// The value of an attribute (lower-case name), without its quotes; entities are not decoded.
    pub fn attribute(&self, wanted: &str) -> Option<&'a str> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            let name_end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '/')).unwrap_or(rest.len());
            // A stray `=` is skipped, so that the loop always advances.
            let (name, after) = rest.split_at(if name_end == 0 { rest.chars().next()?.len_utf8() } else { name_end });
            let (value, after) = value(after.trim_start());
            if name.eq_ignore_ascii_case(wanted) {
                return Some(value);
            }
            rest = after;
        }
    }
}

/// The value at the start of what follows an attribute's name, and what comes after it.
fn value(after: &str) -> (&str, &str) {
    let Some(value) = after.strip_prefix('=').map(str::trim_start) else { return ("", after) };
    for quote in ['"', '\''] {
        if let Some(quoted) = value.strip_prefix(quote) {
            return quoted.split_once(quote).unwrap_or((quoted, ""));
        }
    }
    value.split_at(value.find(char::is_whitespace).unwrap_or(value.len()))
}

/// Elements whose content is no text of the page.
const RAW: &[&str] = &["script", "style", "title", "xml", "template", "noembed", "noframes", "iframe", "svg", "math"];

/// Cuts a page into tokens.
pub(super) struct Tokens<'a> {
    rest: &'a str,
    /// Needles that are known not to come any more: each is searched for in vain only once, which keeps a page of
    /// unclosed tags linear.
    gone: Vec<&'static str>,
}

impl<'a> Tokens<'a> {
    pub fn new(page: &'a str) -> Self {
        Tokens { rest: page, gone: Vec::new() }
    }

    /// Where `needle` comes next in `text`, which is the rest of the page from some point on.
    fn find(&mut self, text: &str, needle: &'static str) -> Option<usize> {
        if self.gone.contains(&needle) {
            return None;
        }
        let found = text.find(needle);
        if found.is_none() {
            self.gone.push(needle);
        }
        found
    }

    /// Takes `bytes` from the front.
    fn take(&mut self, bytes: usize) -> &'a str {
        let (front, rest) = self.rest.split_at(bytes);
        self.rest = rest;
        front
    }

    /// The length of the tag at the front, up to and with its `>`; quoted values may hold a `>` themselves.
    fn tag_length(&mut self) -> Option<usize> {
        let page = self.rest;
        let mut at = 1;
        loop {
            let text = page.get(at..)?;
            let stop = text.find(['>', '=', '<'])?;
            at += stop + 1;
            match text.as_bytes().get(stop)? {
                b'>' => return Some(at),
                // A new tag before the end of this one: this one was never closed.
                b'<' => return Some(at - 1),
                _ => {
                    let value = page.get(at..)?;
                    let trimmed = value.trim_start();
                    at += value.len() - trimmed.len();
                    let quote = match trimmed.as_bytes().first() {
                        Some(b'"') => "\"",
                        Some(b'\'') => "'",
                        _ => continue,
                    };
                    if let Some(end) = self.find(page.get(at + 1..)?, quote) {
                        at += end + 2;
                    }
                }
            }
        }
    }

    fn comment(&mut self) -> Option<()> {
        let end = if self.rest.starts_with("<!--") {
            // `<!-->` is a whole comment (HTML standard, 13.2.5.43).
            let body = self.rest.get(2..)?;
            self.find(body, "-->").map(|end| end + 5)
        } else {
            let page = self.rest;
            self.find(page, ">").map(|end| end + 1)
        };
        let length = end.unwrap_or(self.rest.len());
        self.take(length);
        Some(())
    }

    /// Skips to behind the end tag of a raw element.
    fn skip_raw(&mut self, name: &str) {
        let page = self.rest;
        let mut from = 0;
        while let Some(at) = page.get(from..).and_then(|rest| self.find(rest, "</")) {
            let start = from + at + 2;
            if page.get(start..start + name.len()).is_some_and(|n| n.eq_ignore_ascii_case(name)) {
                let end = page.get(start..).and_then(|rest| rest.find('>')).map_or(page.len(), |end| start + end + 1);
                self.take(end);
                return;
            }
            from = start;
        }
        self.rest = "";
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            if self.rest.is_empty() {
                return None;
            }
            let text_end = self.rest.find('<').unwrap_or(self.rest.len());
            if text_end > 0 {
                return Some(Token::Text(self.take(text_end)));
            }
            let kind = self.rest.as_bytes().get(1).copied().unwrap_or_default();
            if matches!(kind, b'!' | b'?') {
                self.comment()?;
                continue;
            }
            let is_tag = kind.is_ascii_alphabetic() || kind == b'/';
            let Some(length) = is_tag.then(|| self.tag_length()).flatten() else {
                return Some(Token::Text(self.take(1)));
            };
            let inside = self.take(length).trim_start_matches('<').trim_end_matches('>');
            if let Some(name) = inside.strip_prefix('/') {
                return Some(Token::Close(name.trim()));
            }
            let name_end = inside.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(inside.len());
            let (name, attributes) = inside.split_at(name_end);
            if RAW.iter().any(|raw| raw.eq_ignore_ascii_case(name)) {
                if !attributes.ends_with('/') {
                    self.skip_raw(name);
                }
                continue;
            }
            return Some(Token::Open(Tag { name, attributes }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(page: &str) -> String {
        let show = |token| match token {
            Token::Text(text) => text.to_owned(),
            Token::Open(tag) => format!("[{}]", tag.name),
            Token::Close(name) => format!("[/{name}]"),
        };
        Tokens::new(page).map(show).collect()
    }

    #[test]
    fn tags_texts_and_what_only_looks_like_a_tag() {
        assert_eq!(shown("a<b>c</b>d"), "a[b]c[/b]d");
        assert_eq!(shown("1 < 2 <3 &lt;"), "1 < 2 <3 &lt;");
        assert_eq!(shown("x<br/>y<a href='>'>z"), "x[br]y[a]z");
        assert_eq!(shown("a<style>p{}</STYLE>b<!-- c > d -->e<!doctype x>f<![if x]>g"), "abefg");
        assert_eq!(shown("a<style>never closed"), "a");
    }

    #[test]
    fn attributes_are_found_however_they_are_quoted() {
        let Some(Token::Open(tag)) = Tokens::new(r#"<div ID=x class="a b" style='c:d' hidden = "h">"#).next() else {
            panic!()
        };
        let found = ["id", "class", "style", "hidden", "none"].map(|name| tag.attribute(name));
        assert_eq!(found, [Some("x"), Some("a b"), Some("c:d"), Some("h"), None]);
    }
}
