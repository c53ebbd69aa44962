//! Blocks as plain text, for who reads no HTML. Pure.

use super::blocks::{Block, Flow, Node, entries};
use crate::text::lines;

/// What most letters take.
const TEXT_OCTETS: usize = 4_096;

pub(super) fn draw(flow: &[Node<'_>]) -> String {
    let mut text = Text(String::with_capacity(TEXT_OCTETS));
    text.flow(flow);
    text.0
}

struct Text(String);

impl Text {
    fn put(&mut self, words: &str) {
        self.0.push_str(words);
    }

    fn flow(&mut self, flow: &[Node<'_>]) {
        for node in flow {
            match node {
                Node::Text(words) => self.put(words),
                Node::LineEnd => self.0.push('\n'),
                Node::Tab => self.0.push('\t'),
                Node::Block(block, pieces) => self.block(*block, pieces),
            }
        }
    }

    fn around(&mut self, before: &str, flow: &[Node<'_>], after: &str) {
        self.put(before);
        self.flow(flow);
        self.put(after);
    }

    fn all(&mut self, pieces: &[Flow<'_>]) {
        pieces.iter().for_each(|piece| self.flow(piece));
    }

    fn block(&mut self, block: Block, pieces: &[Flow<'_>]) {
        match (block, pieces) {
            (Block::Title, [words, number]) => {
                self.flow(words);
                self.perhaps(" ", number);
                self.put("\n\n");
            }
            (Block::Heading, [words]) => self.around("", words, "\n"),
            (Block::Paragraph | Block::Small, [words]) => self.in_one_line("", words, "\n\n"),
            (Block::Notice, [words]) => self.in_one_line("! ", words, "\n\n"),
            (Block::Alarm, [words]) => self.in_one_line("!! ", words, "\n\n"),
            (Block::Item, [words]) => self.in_one_line("- ", words, "\n"),
            (Block::Facts | Block::List, [lines]) => self.packed(lines),
            (Block::Fact, [label, value, _]) => {
                self.around("", label, ": ");
                self.around("", value, "\n");
            }
            // Somebody's words in a letter to staff: a mark on each line, so that they cannot pass for ours.
            (Block::Quote, [words]) => self.prefixed(words, "\n\n"),
            (Block::Typed | Block::Panel | Block::Signature | Block::Rows, [words]) => self.around("", words, "\n\n"),
            (Block::Framed, [words]) => self.around("--------\n", words, "\n--------\n\n"),
            (Block::Mailto, [shown, _]) | (Block::Phone, [_, shown]) => self.flow(shown),
            (Block::Picture, [_, alt]) => self.around("", alt, "\n\n"),
            (Block::Tally, [cells]) => self.tally(cells),
            (Block::Row, [number, line, moment, _, below, who, _, marks, _]) => {
                self.around("", number, "  ");
                self.around("", line, "\n    ");
                self.around("", moment, " · ");
                self.flow(below);
                self.perhaps(" · ", who);
                self.put("\n");
                for mark in entries(marks) {
                    self.put("    ");
                    self.all(mark);
                    self.put("\n");
                }
                self.put("\n");
            }
            (Block::Step, [when, what, by, text, more]) => {
                self.around("", when, "  ");
                self.flow(what);
                self.perhaps(" · ", by);
                self.put("\n");
                if !text.is_empty() {
                    self.prefixed(text, "\n");
                }
                self.around("", more, "\n\n");
            }
            (Block::Table, [columns, rows]) => {
                entries(rows).for_each(|row| self.table_row(columns, row));
                self.put("\n");
            }
            // A press on a button, and what only a page can show.
            (Block::Buttons | Block::OnPage, _) => {}
            _ => self.all(pieces),
        }
    }

    /// Where there is such.
    fn perhaps(&mut self, before: &str, more: &Flow<'_>) {
        if !more.is_empty() {
            self.around(before, more, "");
        }
    }

    fn tally(&mut self, cells: &Flow<'_>) {
        for (place, cell) in entries(cells).enumerate() {
            let [count, label, note, _] = cell else { continue };
            self.around(if place > 0 { " · " } else { "" }, count, " ");
            self.flow(label);
            self.perhaps(", ", note);
        }
        self.put("\n\n");
    }

    fn table_row(&mut self, columns: &Flow<'_>, row: &[Flow<'_>]) {
        let [name, below, cells] = row else { return };
        self.around("", name, "\n    ");
        for (place, (column, cell)) in entries(columns).zip(entries(cells)).enumerate() {
            self.put(if place > 0 { " · " } else { "" });
            self.all(column);
            self.put(": ");
            self.all(cell);
        }
        self.put("\n");
        if !below.is_empty() {
            self.around("    ", below, "\n");
        }
        self.put("\n");
    }

    /// What the words came to, to be put in another way.
    fn apart(&mut self, words: &Flow<'_>) -> String {
        let begun = self.0.len();
        self.flow(words);
        self.0.split_off(begun)
    }

    fn in_one_line(&mut self, before: &str, words: &Flow<'_>, after: &str) {
        let drawn = self.apart(words);
        self.put(before);
        for (place, word) in drawn.split_whitespace().enumerate() {
            self.put(if place > 0 { " " } else { "" });
            self.put(word);
        }
        self.put(after);
    }

    fn packed(&mut self, each: &Flow<'_>) {
        let drawn = self.apart(each);
        for (place, line) in lines(&drawn).filter(|line| !line.trim().is_empty()).enumerate() {
            self.put(if place > 0 { "\n" } else { "" });
            self.put(line);
        }
        self.put("\n\n");
    }

    fn prefixed(&mut self, words: &Flow<'_>, after: &str) {
        let drawn = self.apart(words);
        for (place, line) in lines(&drawn).enumerate() {
            self.put(if place > 0 { "\n> " } else { "> " });
            self.put(line);
        }
        self.put(after);
    }
}
