//! Blocks as HTML. Classic Outlook draws with Word: there padding, width, borders and backgrounds hold on tables and cells only, so
//! that nothing else carries the layout. Styles stand in the tags, because many mail clients drop style sheets; the classes are
//! only there for the dark mode of `base.html`. All text is escaped here, whoever wrote it. Pure.

use super::blocks::{Block, Flow, Node, entries};
use super::printing::escape_to;

/// The colours of a link, and of the line beside what is quoted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Look<'a> {
    pub ink: &'a str,
    pub line: &'a str,
}

pub(super) fn draw(flow: &[Node<'_>], look: Look<'_>) -> String {
    let mut page = Page { html: String::with_capacity(PAGE_OCTETS), look };
    page.flow(flow);
    page.html
}

/// What most letters take.
const PAGE_OCTETS: usize = 16_384;

struct Page<'a> {
    html: String,
    look: Look<'a>,
}

impl Page<'_> {
    fn flow(&mut self, flow: &[Node<'_>]) {
        for node in flow {
            match node {
                Node::Text(text) => self.text(text),
                Node::LineEnd => self.html.push_str("<br>\n"),
                Node::Tab => self.html.push_str("&emsp;"),
                Node::Block(block, pieces) => self.block(*block, pieces),
            }
        }
    }

    /// White space between blocks makes no blank lines.
    fn text(&mut self, text: &str) {
        for line in text.split_inclusive('\n') {
            if !(self.begins_a_line() && line.trim_ascii().is_empty()) {
                escape_to(line, &mut self.html);
            }
        }
    }

    fn put(&mut self, html: &str) {
        let html = html.strip_prefix('\n').filter(|_| self.begins_a_line()).unwrap_or(html);
        self.html.push_str(html);
    }

    fn begins_a_line(&self) -> bool {
        self.html.is_empty() || self.html.ends_with('\n')
    }

    /// Words only: what stands in an attribute is no markup.
    fn attribute(&mut self, before: &str, words: &[Node<'_>], after: &str) {
        self.put(before);
        self.words(words);
        self.put(after);
    }

    fn words(&mut self, words: &[Node<'_>]) {
        for node in words {
            match node {
                Node::Text(text) => escape_to(text, &mut self.html),
                Node::LineEnd | Node::Tab => self.html.push(' '),
                Node::Block(_, pieces) => pieces.iter().for_each(|piece| self.words(piece)),
            }
        }
    }

    fn around(&mut self, before: &str, flow: &[Node<'_>], after: &str) {
        self.put(before);
        self.flow(flow);
        self.put(after);
    }

    fn block(&mut self, block: Block, pieces: &[Flow<'_>]) {
        match (block, pieces) {
            (Block::Title, [words, number]) => self.title(words, number),
            (Block::Heading, [words]) => self.around(
                r#"<h2 style="margin:24px 0 8px;font-size:16px;line-height:1.4;font-weight:600">"#,
                words,
                "</h2>\n",
            ),
            (Block::Paragraph, [words]) => self.around(r#"<p style="margin:0 0 16px">"#, words, "</p>\n"),
            (Block::Small, [words]) => self.around(
                r#"<p class="muted" style="margin:0 0 12px;font-size:13px;line-height:1.45;color:#5b6673;overflow-wrap:anywhere">"#,
                words,
                "</p>\n",
            ),
            (Block::List, [items]) => {
                self.around("<ul style=\"margin:0 0 16px 22px;padding:0\">\n", items, "\n</ul>\n");
            }
            (Block::Item, [words]) => self.around(r#"<li style="margin:0 0 6px">"#, words, "</li>\n"),
            (Block::Facts, [facts]) => self.around(
                "<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"width:100%;margin:0 0 16px;border-collapse:collapse\">\n",
                facts,
                "\n</table>\n",
            ),
            (Block::Fact, [label, value, strong]) => self.fact(label, value, !strong.is_empty()),
            (Block::Typed | Block::Signature, [words]) => self.around(
                r#"<div style="margin:0 0 16px;overflow-wrap:anywhere;word-break:break-word">"#,
                words,
                "</div>\n",
            ),
            (Block::Strong | Block::Number | Block::Verb | Block::Link | Block::Mailto | Block::Phone, _) => {
                self.within_a_line(block, pieces);
            }
            (Block::Notice | Block::Alarm | Block::Quote | Block::Panel | Block::Framed, [words]) => {
                self.boxed(block, words);
            }
            (Block::Buttons, [all]) => {
                self.put("<div style=\"margin:0 0 10px -3px;font-weight:600\">\n");
                self.entries(all, Self::button_in_row);
                self.put("</div>\n");
            }
            (Block::Tally, [cells]) => self.tally(cells),
            (Block::Rows, [rows]) => {
                self.around(
                    "<table role=\"presentation\" cellspacing=\"0\" width=\"100%\" style=\"overflow-wrap:anywhere\">\n",
                    rows,
                    "\n</table>\n",
                );
                self.gap();
            }
            (Block::Row, [number, line, moment, late, below, who, url, marks, buttons]) => {
                self.row(line, moment, !late.is_empty(), marks);
                self.below_row(number, below, who, url, buttons);
            }
            (Block::Step, [when, what, by, text, more]) => self.step(when, what, by, text, more),
            (Block::Table, [columns, rows]) => self.table(columns, rows),
            (Block::Picture, [id, alt]) => self.picture(id, alt),
            (Block::InText, _) => {}
            _ => pieces.iter().for_each(|piece| self.flow(piece)),
        }
    }

    fn title(&mut self, words: &[Node<'_>], number: &[Node<'_>]) {
        self.put(r#"<h1 style="margin:0 0 12px;font-size:20px;line-height:1.3;font-weight:600">"#);
        self.flow(words);
        if !number.is_empty() {
            self.around(r#" <span style="white-space:nowrap">"#, number, "</span>");
        }
        self.put("</h1>\n");
    }

    fn within_a_line(&mut self, block: Block, pieces: &[Flow<'_>]) {
        match (block, pieces) {
            (Block::Strong, [words]) => self.around(r#"<strong style="font-weight:600">"#, words, "</strong>"),
            (Block::Number, [one]) => {
                self.around(r#"<strong style="font-weight:600;white-space:nowrap">"#, one, "</strong>");
            }
            (Block::Verb, [words]) => self.around(
                r#"<code class="verb" style="font-family:ui-monospace,Menlo,Consolas,monospace;font-size:94%;background:#eef1f5">"#,
                words,
                "</code>",
            ),
            (Block::Link, [url]) => self.link(url, ";overflow-wrap:anywhere", url),
            (Block::Mailto, [label, url]) => self.link(url, "", label),
            (Block::Phone, [url, shown]) if !url.is_empty() => self.link(url, "", shown),
            (_, pieces) => pieces.last().into_iter().for_each(|shown| self.flow(shown)),
        }
    }

    fn link(&mut self, url: &[Node<'_>], style: &str, words: &[Node<'_>]) {
        self.attribute(r#"<a class="link" href=""#, url, r#"" style="color:"#);
        self.put(self.look.ink);
        self.put(style);
        self.around("\">", words, "</a>");
    }

    fn fact(&mut self, label: &[Node<'_>], value: &[Node<'_>], is_strong: bool) {
        self.around(
            r#"<tr><td class="muted" style="width:108px;padding:4px 12px 4px 0;vertical-align:top;color:#5b6673">"#,
            label,
            r#"</td><td style="padding:4px 0;vertical-align:top;overflow-wrap:anywhere"#,
        );
        self.put(if is_strong { ";font-weight:600" } else { "" });
        self.around("\">", value, "</td></tr>\n");
    }

    fn gap(&mut self) {
        self.put("<div style=\"font-size:1px;line-height:16px\">&nbsp;</div>\n");
    }

    fn boxed(&mut self, block: Block, words: &[Node<'_>]) {
        let (class, style) = match block {
            Block::Notice => ("notice", "padding:10px 14px;border-left:4px solid #d97706;background:#fff5e5"),
            Block::Alarm => (
                "cell late",
                "padding:10px 14px;border-left:4px solid #a3180c;background:#fdecea;color:#a3180c;font-weight:600",
            ),
            Block::Framed => ("quote", "padding:12px 16px;border:1px dashed #8593a5;background:#f5f7fa"),
            _ => ("quote", "padding:12px 16px;border-left:4px solid "),
        };
        self.put(r#"<table role="presentation" cellspacing="0" width="100%"><tr><td class=""#);
        self.put(class);
        self.put(r#"" style="overflow-wrap:anywhere;"#);
        self.put(style);
        if matches!(block, Block::Quote | Block::Panel) {
            self.put(self.look.line);
            self.put(";background:#f5f7fa;word-break:break-word");
        }
        self.put("\">\n");
        if block == Block::Framed {
            self.verbatim(words)
        } else {
            self.flow(words)
        }
        self.put("\n</td></tr></table>\n");
        self.gap();
    }

    /// To be copied as it stands.
    fn verbatim(&mut self, words: &[Node<'_>]) {
        self.put(r#"<pre style="margin:0;font-family:ui-monospace,Menlo,Consolas,monospace;font-size:15px;line-height:1.5;white-space:pre-wrap;overflow-wrap:anywhere">"#);
        let mut before = None;
        for node in words {
            match node {
                Node::Text(text) => escape_to(text, &mut self.html),
                // The page is left without blank lines: one of the text would be lost.
                Node::LineEnd if before == Some(&Node::LineEnd) => self.html.push_str("<br>"),
                Node::LineEnd => self.html.push('\n'),
                Node::Tab => self.html.push('\t'),
                Node::Block(block, pieces) => self.block(*block, pieces),
            }
            before = Some(node);
        }
        self.put("</pre>");
    }

    fn entries(&mut self, all: &[Node<'_>], each: impl Fn(&mut Self, usize, &[Flow<'_>])) {
        for (index, pieces) in entries(all).enumerate() {
            each(self, index, pieces);
        }
    }

    fn button_in_row(&mut self, index: usize, button: &[Flow<'_>]) {
        if index == 0 {
            self.button(button, "button", ("background:#0b57a4", "#ffffff"), "42");
        } else {
            self.button(button, "quiet", ("background:#ffffff", "#0b57a4"), "42");
        }
    }

    fn button(&mut self, button: &[Flow<'_>], class: &str, (style, ink): (&str, &str), height: &str) {
        let [label, url] = button else { return };
        self.put(r#"<table role="presentation" cellspacing="3" style="display:inline-table"><tr><td class=""#);
        self.put(class);
        self.put(r#"" style="padding:0 13px;border:1px solid #0b57a4;border-radius:8px;"#);
        self.put(style);
        self.put(r#""><a class=""#);
        self.put(class);
        self.attribute(r#"" href=""#, url, r#"" style="display:block;color:"#);
        self.put(ink);
        self.put(";line-height:");
        self.put(height);
        self.around(r#"px;text-decoration:none">"#, label, "</a></td></tr></table>\n");
    }

    fn tally(&mut self, cells: &[Node<'_>]) {
        self.put("<table role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" width=\"100%\" style=\"width:100%;border-collapse:separate\"><tr>\n");
        self.entries(cells, Self::cell);
        self.put("</tr></table>\n");
        self.gap();
    }

    fn cell(&mut self, index: usize, cell: &[Flow<'_>]) {
        let [count, label, note, late] = cell else { return };
        if index > 0 {
            self.put(r#"<td width="1%" style="width:1%;padding:0 3px;font-size:1px">&nbsp;</td>"#);
        }
        let (class, ground, ink) =
            if late.is_empty() { ("cell", "#f5f7fa", "") } else { ("cell late", "#fdecea", "color:#a3180c;") };
        self.put(r#"<td class=""#);
        self.put(class);
        self.put(r#"" width="24%" style="width:24%;padding:10px 4px;text-align:center;vertical-align:top;border-radius:8px;background:"#);
        self.put(ground);
        self.put(";");
        self.put(ink);
        self.around(r#""><div style="font-size:24px;line-height:1.2;font-weight:600">"#, count, "</div>");
        self.around(r#"<div style="font-size:13px;line-height:1.3">"#, label, "");
        if !note.is_empty() {
            self.around("<br>", note, "");
        }
        self.put("</div></td>\n");
    }

    fn row(&mut self, line: &Flow<'_>, moment: &Flow<'_>, is_late: bool, marks: &Flow<'_>) {
        self.put("<tr><td class=\"row\" style=\"padding:9px 0;border-top:1px solid #e1e6ec;font-size:14px\">\n");
        self.around(r#"<div style="font-size:16px;font-weight:600">"#, line, "</div>\n");
        self.put(if is_late { r#"<div class="latetext" style="color:#a3180c;font-weight:600""# } else { "<div " });
        self.around(">", moment, "</div>\n");
        self.entries(marks, |page, _, mark| {
            page.put("<div>");
            mark.iter().for_each(|piece| page.flow(piece));
            page.put("</div>\n");
        });
    }

    fn below_row(&mut self, number: &Flow<'_>, below: &Flow<'_>, who: &Flow<'_>, url: &Flow<'_>, buttons: &Flow<'_>) {
        self.around(r#"<div class="muted" style="color:#5b6673">"#, number, " · ");
        self.flow(below);
        if !who.is_empty() {
            self.attribute(r#" · <a class="link" href=""#, url, r#"" style="color:#0b57a4">"#);
            self.around("", who, "</a>");
        }
        self.put("</div>\n");
        if !buttons.is_empty() {
            self.put("<div style=\"margin:4px 0 0 -3px\">\n");
            self.entries(buttons, |page, _, button| page.button(button, "quiet", ("font-size:14px", "#0b57a4"), "32"));
            self.put("</div>\n");
        }
        self.put("</td></tr>\n");
    }

    fn step(&mut self, when: &Flow<'_>, what: &Flow<'_>, by: &Flow<'_>, text: &Flow<'_>, more: &Flow<'_>) {
        self.put("<tr><td class=\"row\" style=\"padding:9px 0;border-top:1px solid #e1e6ec\">\n");
        self.around(r#"<div class="muted" style="font-size:14px;color:#5b6673">"#, when, "");
        if !by.is_empty() {
            self.around(" · ", by, "");
        }
        self.around("</div>\n<div style=\"font-weight:600\">", what, "</div>\n");
        if !text.is_empty() {
            self.around(r#"<div style="margin:2px 0 0;word-break:break-word">"#, text, "</div>");
        }
        self.around("\n", more, "\n</td></tr>\n");
    }

    fn table(&mut self, columns: &[Node<'_>], rows: &[Node<'_>]) {
        const HEAD: &str = r#"<th scope="col" class="muted" style="padding:0 0 4px 6px;text-align:right;vertical-align:bottom;font-size:12px;font-weight:400;color:#5b6673">"#;
        self.put("<table data-table=\"\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" style=\"width:100%;margin:0 0 12px;border-collapse:collapse;font-size:14px;line-height:1.35\">\n<tr><td></td>");
        self.entries(columns, |page, _, column| {
            page.put(HEAD);
            column.iter().for_each(|piece| page.flow(piece));
            page.put("</th>");
        });
        self.put("</tr>\n");
        let across = (entries(columns).count() + 1).to_string();
        self.entries(rows, |page, _, row| page.table_row(row, &across));
        self.put("</table>\n");
    }

    fn table_row(&mut self, row: &[Flow<'_>], across: &str) {
        let [name, below, cells] = row else { return };
        self.put(r#"<tr class="row"><th scope="row" class="row" colspan=""#);
        self.put(across);
        self.around(
            r#"" style="padding:8px 0 0;border-top:1px solid #e1e6ec;text-align:left;font-weight:600;overflow-wrap:anywhere">"#,
            name,
            "</th></tr>\n<tr><td></td>",
        );
        let room = if below.is_empty() { "8" } else { "2" };
        self.entries(cells, |page, _, cell| {
            page.put(r#"<td style="width:19%;padding:2px 0 "#);
            page.put(room);
            page.put(r#"px 6px;text-align:right;white-space:nowrap">"#);
            cell.iter().for_each(|piece| page.flow(piece));
            page.put("</td>");
        });
        self.put("</tr>\n");
        if !below.is_empty() {
            self.put(r#"<tr><td class="muted" colspan=""#);
            self.put(across);
            self.around(
                r#"" style="padding:0 0 8px;text-align:right;font-size:13px;color:#5b6673">"#,
                below,
                "</td></tr>\n",
            );
        }
    }

    fn picture(&mut self, id: &[Node<'_>], alt: &[Node<'_>]) {
        if id.is_empty() {
            return self.around(
                r#"<div style="margin:0 0 16px;overflow-wrap:anywhere;word-break:break-word">"#,
                alt,
                "</div>\n",
            );
        }
        self.attribute(r#"<div style="margin:0 0 12px"><img src="cid:"#, id, r#"" alt=""#);
        self.attribute(
            "",
            alt,
            "\" width=\"560\" style=\"display:block;width:100%;max-width:560px;height:auto;border:0\"></div>\n",
        );
    }
}
