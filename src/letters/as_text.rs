//! Blocks as plain text, for who reads no HTML. Pure.

use super::blocks::{Block, Flow, Node, entries};

pub(super) fn draw(flow: &[Node<'_>]) -> String {
    let mut text = String::new();
    for node in flow {
        match node {
            Node::Text(words) => text.push_str(words),
            Node::LineEnd => text.push('\n'),
            Node::Tab => text.push('\t'),
            Node::Block(block, pieces) => text.push_str(&drawn(*block, pieces)),
        }
    }
    text
}

fn drawn(block: Block, pieces: &[Flow<'_>]) -> String {
    match (block, pieces) {
        (Block::Title, [words, number]) => format!("{}\n\n", after(" ", draw(words), number)),
        (Block::Heading, [words]) => draw(words) + "\n",
        (Block::Paragraph | Block::Small, [words]) => one_line(words) + "\n\n",
        (Block::Notice, [words]) => format!("! {}\n\n", one_line(words)),
        (Block::Alarm, [words]) => format!("!! {}\n\n", one_line(words)),
        (Block::Item, [words]) => format!("- {}\n", one_line(words)),
        (Block::Facts | Block::List, [lines]) => packed(lines) + "\n\n",
        (Block::Fact, [label, value, _]) => format!("{}: {}\n", draw(label), draw(value)),
        // Somebody's words in a letter to staff: a mark on each line, so that they cannot pass for ours.
        (Block::Quote, [words]) => prefixed(words) + "\n\n",
        (Block::Typed | Block::Panel | Block::Signature | Block::Rows, [words]) => draw(words) + "\n\n",
        (Block::Framed, [words]) => format!("--------\n{}\n--------\n\n", draw(words)),
        (Block::Mailto, [label, _]) => draw(label),
        (Block::Phone, [_, shown]) => draw(shown),
        (Block::Picture, [_, alt]) => draw(alt) + "\n\n",
        (Block::Tally, [cells]) => {
            let cells = entries(cells).map(|cell| match cell {
                [count, label, note, _] => format!("{} {}", draw(count), after(", ", draw(label), note)),
                _ => String::new(),
            });
            cells.collect::<Vec<_>>().join(" · ") + "\n\n"
        }
        (Block::Row, [number, line, moment, _, below, who, _, marks, _]) => {
            let first = format!("{}  {}\n    {} · ", draw(number), draw(line), draw(moment));
            let marks: String = entries(marks).map(|mark| format!("    {}\n", all(mark))).collect();
            format!("{first}{}\n{marks}\n", after(" · ", draw(below), who))
        }
        (Block::Step, [when, what, by, text, more]) => {
            let first = after(" · ", format!("{}  {}", draw(when), draw(what)), by);
            let said = if text.is_empty() { String::new() } else { prefixed(text) + "\n" };
            format!("{first}\n{said}{}\n\n", draw(more))
        }
        (Block::Table, [columns, rows]) => {
            let columns: Vec<String> = entries(columns).map(all).collect();
            entries(rows).map(|row| table_row(&columns, row)).collect::<String>() + "\n"
        }
        // A press on a button, and what only a page can show.
        (Block::Buttons | Block::OnPage, _) => String::new(),
        _ => all(pieces),
    }
}

fn table_row(columns: &[String], row: &[Flow<'_>]) -> String {
    let [name, below, cells] = row else { return String::new() };
    let cells: Vec<String> =
        columns.iter().zip(entries(cells)).map(|(column, cell)| format!("{column}: {}", all(cell))).collect();
    let below = if below.is_empty() { String::new() } else { format!("    {}\n", draw(below)) };
    format!("{}\n    {}\n{below}\n", draw(name), cells.join(" · "))
}

/// The words, and what stands behind them where there is such.
fn after(between: &str, words: String, more: &Flow<'_>) -> String {
    if more.is_empty() { words } else { words + between + &draw(more) }
}

fn all(pieces: &[Flow<'_>]) -> String {
    pieces.iter().map(|piece| draw(piece)).collect()
}

fn one_line(words: &Flow<'_>) -> String {
    let drawn = draw(words);
    let mut line = String::with_capacity(drawn.len() + 4);
    for word in drawn.split_whitespace() {
        line.push_str(if line.is_empty() { "" } else { " " });
        line.push_str(word);
    }
    line
}

fn packed(lines: &Flow<'_>) -> String {
    let lines = draw(lines);
    lines.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
}

fn prefixed(words: &Flow<'_>) -> String {
    let words = draw(words);
    let mut marked = String::with_capacity(words.len() + words.len() / 8);
    for line in words.lines() {
        marked.push_str(if marked.is_empty() { "> " } else { "\n> " });
        marked.push_str(line);
    }
    marked
}
