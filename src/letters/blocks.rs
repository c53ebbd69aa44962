//! What letters are written with: titles, paragraphs, facts, buttons. A template is filled in once; each block that it calls
//! (`k.p`, `k.fact`) leaves its pieces between marks that no text can hold, and [`read`] takes them apart again. How a block looks
//! is said in `as_text.rs`, `as_page.rs` and `on_paper.rs`. Pure.

use super::printing::{Form, dial, lines, printed, reading};
use super::{RenderError, clean};
use minijinja::value::{Kwargs, Object, Value, from_args};
use minijinja::{Error, ErrorKind, State};
use std::sync::Arc;

/// Around a block and between its pieces, where a line ends, and for a tab of a text. All are controls, which neither a cleaned text
/// nor a template holds.
const TAB: char = '\u{1b}';
const OPEN: char = '\u{1c}';
pub(super) const LINE: char = '\u{1d}';
const CLOSE: char = '\u{1e}';
const NEXT: char = '\u{1f}';
/// Behind [`OPEN`] a block is named by its place among all: a control, too.
const FIRST: char = '\u{80}';
/// Blocks within each other: ours are four. What draws them goes down as deep.
const DEPTH_MAX: usize = 64;
/// What most blocks take.
const BLOCK_OCTETS: usize = 256;

/// What a letter is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Block {
    Title,
    Heading,
    Paragraph,
    Small,
    Strong,
    Number,
    Verb,
    Link,
    Mailto,
    Phone,
    Facts,
    Fact,
    List,
    Item,
    Notice,
    Alarm,
    Quote,
    Typed,
    Panel,
    Framed,
    Signature,
    Buttons,
    Tally,
    Rows,
    Row,
    Step,
    Table,
    Picture,
    /// Where only the text says it, or only the page.
    InText,
    OnPage,
    /// One of several within a block: a button, a cell.
    Entry,
}

impl Block {
    /// By the names that templates call them.
    const ALL: [(&str, Self); 31] = [
        ("title", Self::Title),
        ("heading", Self::Heading),
        ("p", Self::Paragraph),
        ("small", Self::Small),
        ("b", Self::Strong),
        ("number", Self::Number),
        ("verb", Self::Verb),
        ("link", Self::Link),
        ("mailto", Self::Mailto),
        ("phone", Self::Phone),
        ("facts", Self::Facts),
        ("fact", Self::Fact),
        ("list", Self::List),
        ("item", Self::Item),
        ("notice", Self::Notice),
        ("alarm", Self::Alarm),
        ("quote", Self::Quote),
        ("typed", Self::Typed),
        ("panel", Self::Panel),
        ("block", Self::Framed),
        ("signature", Self::Signature),
        ("buttons", Self::Buttons),
        ("tally", Self::Tally),
        ("rows", Self::Rows),
        ("row", Self::Row),
        ("step", Self::Step),
        ("table", Self::Table),
        ("picture", Self::Picture),
        ("in_text", Self::InText),
        ("on_page", Self::OnPage),
        ("entry", Self::Entry),
    ];

    fn named(name: &str) -> Option<Self> {
        let known = Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, block)| *block);
        known.filter(|block| *block != Self::Entry)
    }

    /// What only overviews for staff have: none of them is on paper.
    fn is_of_overviews(self) -> bool {
        matches!(self, Self::Rows | Self::Row | Self::Step | Self::Tally | Self::Table | Self::Picture)
    }

    fn mark(self) -> char {
        let place = Self::ALL.iter().position(|(_, block)| *block == self).unwrap_or_default();
        u32::try_from(place).ok().and_then(|place| char::from_u32(u32::from(FIRST) + place)).unwrap_or(FIRST)
    }

    fn marked(mark: char) -> Option<Self> {
        let place = u32::from(mark).checked_sub(u32::from(FIRST))?;
        Self::ALL.get(usize::try_from(place).ok()?).map(|(_, block)| *block)
    }
}

/// The blocks, as templates have them: `k`.
#[derive(Debug)]
pub(super) struct Kit;

impl Object for Kit {
    fn call_method(self: &Arc<Self>, state: &mut State<'_, '_>, method: &str, args: &[Value]) -> Result<Value, Error> {
        let on_paper = |state| reading(state).is_ok_and(|reading| reading.form == Form::Paper);
        let block = Block::named(method).filter(|block| !(block.is_of_overviews() && on_paper(state)));
        let block = block.ok_or_else(|| Error::from(ErrorKind::UnknownMethod))?;
        let mut made = Made::begun(block);
        match block {
            Block::Title => {
                let (words, number, named): (&Value, Option<Value>, Kwargs) = from_args(args)?;
                made.printed(words)?;
                made.perhaps(number.or(named.get("number")?).unwrap_or_else(|| Value::from("")))?;
                named.assert_all_used()?;
            }
            Block::Fact => {
                let (label, value, strong, named): (&Value, &Value, Option<bool>, Kwargs) = from_args(args)?;
                made.printed(label)?;
                made.printed(value)?;
                made.whether(strong.or(named.get("strong")?) == Some(true));
                named.assert_all_used()?;
            }
            Block::Quote => {
                let (words, max, named): (&Value, Option<usize>, Kwargs) = from_args(args)?;
                made.lines(words, max.or(named.get("max")?))?;
                named.assert_all_used()?;
            }
            Block::Signature => {
                let (greeting, names): (&Value, &Value) = from_args(args)?;
                made.signature(greeting, names)?;
            }
            Block::Step => {
                let (step, max, more): (&Value, usize, Option<Value>) = from_args(args)?;
                made.step(step, max, more)?;
            }
            Block::Table => {
                let (columns, rows): (&Value, &Value) = from_args(args)?;
                made.table(columns, rows)?;
            }
            Block::Paragraph
            | Block::Small
            | Block::Facts
            | Block::List
            | Block::Item
            | Block::Notice
            | Block::Alarm
            | Block::Rows
            | Block::InText
            | Block::OnPage => {
                let (named,): (Kwargs,) = from_args(args)?;
                let within: Value = named.get("caller")?;
                named.assert_all_used()?;
                made.printed(&within.call(state, &[])?)?;
            }
            _ => {
                let (one,): (&Value,) = from_args(args)?;
                made.of_one(block, one)?;
            }
        }
        Ok(made.done())
    }
}

/// A block that is being made.
struct Made(String);

impl Made {
    fn begun(block: Block) -> Self {
        let mut made = String::with_capacity(BLOCK_OCTETS);
        made.extend([OPEN, block.mark()]);
        Self(made)
    }

    fn done(mut self) -> Value {
        self.0.push(CLOSE);
        Value::from_safe_string(self.0)
    }

    /// A block that has all it says in one value.
    fn of_one(&mut self, block: Block, one: &Value) -> Result<(), Error> {
        match block {
            Block::Typed | Block::Panel | Block::Framed => self.lines(one, None),
            Block::Mailto => self.button(one),
            Block::Phone => {
                let number = printed(one)?;
                let dialled = dial(&number);
                self.piece(&if dialled.is_empty() { dialled } else { format!("tel:{dialled}") });
                self.piece(&clean::line(&number, clean::NAME_CHARS_MAX));
                Ok(())
            }
            Block::Buttons => {
                self.entries(
                    one,
                    |made, button| if button.is_true() { made.entry(|made| made.button(button)) } else { Ok(()) },
                )
            }
            Block::Tally => self.entries(one, |made, cell| made.entry(|made| made.cell(cell))),
            Block::Row => self.row(one),
            Block::Picture => {
                self.perhaps(field(one, "id")?)?;
                self.printed(&field(one, "alt")?)
            }
            _ => self.printed(one),
        }
    }

    /// What is clean already.
    fn piece(&mut self, clean: &str) {
        self.0.push(NEXT);
        self.0.push_str(clean);
    }

    fn printed(&mut self, value: &Value) -> Result<(), Error> {
        self.piece(&printed(value)?);
        Ok(())
    }

    /// An empty piece where there is nothing to say.
    fn perhaps(&mut self, value: Value) -> Result<(), Error> {
        if value.is_true() {
            return self.printed(&value);
        }
        self.piece("");
        Ok(())
    }

    /// A piece that is not empty where it is so.
    fn whether(&mut self, is_so: bool) {
        self.piece(if is_so { "1" } else { "" });
    }

    fn lines(&mut self, words: &Value, max: Option<usize>) -> Result<(), Error> {
        self.piece(lines(words, max)?.as_str().unwrap_or_default());
        Ok(())
    }

    fn button(&mut self, one: &Value) -> Result<(), Error> {
        self.printed(&field(one, "label")?)?;
        self.printed(&field(one, "url")?)
    }

    fn cell(&mut self, cell: &Value) -> Result<(), Error> {
        self.printed(&field(cell, "count")?)?;
        self.printed(&field(cell, "label")?)?;
        let note = cell.get_attr("note")?;
        self.printed(&if note.is_undefined() { Value::from("") } else { note })?;
        self.whether(field(cell, "late")?.is_true());
        Ok(())
    }

    fn entry(&mut self, within: impl FnOnce(&mut Self) -> Result<(), Error>) -> Result<(), Error> {
        self.0.extend([OPEN, Block::Entry.mark()]);
        within(self)?;
        self.0.push(CLOSE);
        Ok(())
    }

    /// One piece that holds several entries.
    fn entries(&mut self, all: &Value, each: impl Fn(&mut Self, &Value) -> Result<(), Error>) -> Result<(), Error> {
        self.piece("");
        for one in there(all)?.try_iter()? {
            each(self, &one)?;
        }
        Ok(())
    }

    fn all_printed(&mut self, all: &Value) -> Result<(), Error> {
        self.entries(all, |made, one| made.entry(|made| made.printed(one)))
    }

    fn signature(&mut self, greeting: &Value, names: &Value) -> Result<(), Error> {
        self.printed(greeting)?;
        for name in there(names)?.try_iter()? {
            self.0.push(LINE);
            self.0.push_str(&printed(&name)?);
        }
        Ok(())
    }

    fn row(&mut self, row: &Value) -> Result<(), Error> {
        for name in ["number", "line", "moment"] {
            self.printed(&field(row, name)?)?;
        }
        self.whether(field(row, "late")?.is_true());
        self.printed(&field(row, "below")?)?;
        let who = field(row, "who")?;
        let url = if who.is_true() { field(row, "url")? } else { Value::from("") };
        self.perhaps(who)?;
        self.printed(&url)?;
        self.all_printed(&field(row, "marks")?)?;
        self.entries(&field(row, "buttons")?, |made, button| made.entry(|made| made.button(button)))
    }

    fn step(&mut self, step: &Value, max: usize, more: Option<Value>) -> Result<(), Error> {
        self.printed(&field(step, "when")?)?;
        self.printed(&field(step, "what")?)?;
        self.perhaps(field(step, "by")?)?;
        self.lines(&field(step, "text")?, Some(max))?;
        self.perhaps(more.unwrap_or_else(|| Value::from("")))
    }

    fn table(&mut self, columns: &Value, rows: &Value) -> Result<(), Error> {
        self.all_printed(columns)?;
        self.entries(rows, |made, row| {
            let cells = field(row, "cells")?;
            if cells.len() != columns.len() {
                return Err(Error::new(ErrorKind::InvalidOperation, "expected a cell for each column"));
            }
            made.entry(|made| {
                made.printed(&field(row, "name")?)?;
                made.perhaps(field(row, "below")?)?;
                made.all_printed(&cells)
            })
        })
    }
}

/// What a block cannot do without: a slip in a name shows nothing, and nobody would see that.
fn there(value: &Value) -> Result<&Value, Error> {
    if value.is_undefined() { Err(Error::from(ErrorKind::UndefinedError)) } else { Ok(value) }
}

fn field(of: &Value, name: &str) -> Result<Value, Error> {
    let value = of.get_attr(name)?;
    there(&value)?;
    Ok(value)
}

/// What stands one after the other.
pub(super) type Flow<'a> = Vec<Node<'a>>;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node<'a> {
    /// Clean; its white space is the template's, and says nothing.
    Text(&'a str),
    /// A line ends here.
    LineEnd,
    Tab,
    Block(Block, Vec<Flow<'a>>),
}

/// The pieces of each entry of a block.
pub(super) fn entries<'a, 'b>(flow: &'b [Node<'a>]) -> impl Iterator<Item = &'b [Flow<'a>]> {
    flow.iter().filter_map(|node| match node {
        Node::Block(Block::Entry, pieces) => Some(pieces.as_slice()),
        _ => None,
    })
}

/// A cleaned text of several lines, as it stands in a flow.
pub(super) fn marked_lines(text: &str) -> String {
    let marked = text.replace('\n', LINE.encode_utf8(&mut [0; 4]));
    if marked.contains('\t') { marked.replace('\t', TAB.encode_utf8(&mut [0; 4])) } else { marked }
}

/// A piece on a line of its own.
pub(super) fn below(line: &str) -> String {
    format!("{LINE}{line}")
}

/// What a template made.
///
/// # Errors
/// More blocks within each other than can be drawn.
pub(super) fn read(filled: &str) -> Result<Flow<'_>, RenderError> {
    // The blocks that are open, each with its pieces so far; the last piece is the one that grows.
    let mut open: Vec<(Block, Vec<Flow<'_>>)> = vec![(Block::Entry, vec![Vec::new()])];
    let mut rest = filled;
    while let Some(at) = next_mark(rest.as_bytes()) {
        let (text, marked) = rest.split_at(at);
        put(&mut open, Node::Text(text));
        let mut marks = marked.chars();
        match marks.next() {
            Some(OPEN) => open.extend(marks.next().and_then(Block::marked).map(|block| (block, Vec::new()))),
            Some(NEXT) => open.last_mut().into_iter().for_each(|(_, pieces)| pieces.push(Vec::new())),
            Some(LINE) => put(&mut open, Node::LineEnd),
            Some(TAB) => put(&mut open, Node::Tab),
            _ if open.len() > 1 => close(&mut open),
            _ => {}
        }
        // The outermost is none of the template's.
        if open.len() > DEPTH_MAX + 1 {
            return Err(RenderError::Template(format!("blocks within blocks, more than {DEPTH_MAX} deep")));
        }
        rest = marks.as_str();
    }
    put(&mut open, Node::Text(rest));
    while open.len() > 1 {
        close(&mut open);
    }
    Ok(open.pop().into_iter().flat_map(|(_, pieces)| pieces).flatten().collect())
}

/// Where the next mark stands. Looked for some octets at a time, which is many times faster: most of a letter is words.
fn next_mark(filled: &[u8]) -> Option<usize> {
    const AT_ONCE: usize = 32;
    let is_mark = |octet: &u8| (0x1b..=0x1f).contains(octet);
    let (whole, _) = filled.as_chunks::<AT_ONCE>();
    let without =
        whole.iter().take_while(|some| !some.iter().fold(false, |found, octet| found | is_mark(octet))).count();
    let begun = without * AT_ONCE;
    filled[begun..].iter().position(is_mark).map(|at| begun + at)
}

fn put<'a>(open: &mut [(Block, Vec<Flow<'a>>)], node: Node<'a>) {
    let growing = open.last_mut().and_then(|(_, pieces)| pieces.last_mut());
    if let Some(piece) = growing.filter(|_| node != Node::Text("")) {
        piece.push(node);
    }
}

fn close(open: &mut Vec<(Block, Vec<Flow<'_>>)>) {
    if let Some((block, pieces)) = open.pop() {
        put(open, Node::Block(block, pieces));
    }
}

#[cfg(test)]
mod tests;
