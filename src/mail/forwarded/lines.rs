//! The text of a mail as lines that know how deeply they are quoted. Pure.

use crate::mail::words::is_invisible;

/// Deeper quoting than this is read as this deep.
const QUOTE_DEPTH_MAX: usize = 32;

/// One line, as written and without its quote marks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// As written.
    pub raw: &'a str,
    /// Number of `>` before it.
    pub depth: usize,
    /// Without these and without white space around it.
    pub text: &'a str,
}

impl Line<'_> {
    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }
}

/// Cuts a text into lines at LF, CRLF or CR.
pub(super) fn of(text: &str) -> Vec<Line<'_>> {
    let ends = if text.contains('\n') { '\n' } else { '\r' };
    text.split(ends).map(|raw| line(raw.trim_end_matches('\r'))).collect()
}

fn line(raw: &str) -> Line<'_> {
    let (depth, rest) = unquoted(raw, QUOTE_DEPTH_MAX);
    Line { raw, depth, text: rest.trim_matches(|c: char| c.is_whitespace() || is_invisible(c)) }
}

/// Takes up to `levels` quote marks off a line, each with one blank behind it.
fn unquoted(raw: &str, levels: usize) -> (usize, &str) {
    let mut rest = raw.trim_start_matches(is_invisible);
    let mut depth = 0;
    while depth < levels {
        let Some(behind) = rest.trim_start_matches([' ', '\t', '\u{a0}']).strip_prefix('>') else { break };
        rest = behind.strip_prefix([' ', '\u{a0}']).unwrap_or(behind);
        depth += 1;
    }
    (depth, rest)
}

/// How deeply the whole of a text is quoted: the depth of its least quoted line, blank ones apart.
pub(super) fn common_depth(lines: &[Line<'_>]) -> usize {
    lines.iter().filter(|line| !line.is_blank()).map(|line| line.depth).min().unwrap_or(0)
}

/// The lines as text again, with up to `levels` quote marks taken off each and no blank lines around it.
pub(super) fn text(lines: &[Line<'_>], levels: usize) -> String {
    let blank = |line: &&Line<'_>| line.is_blank() && line.depth <= levels;
    let from = lines.iter().take_while(blank).count();
    let to = lines.len() - lines.iter().rev().take_while(blank).count();
    let lines = lines.get(from..to).unwrap_or_default();
    let text = lines.iter().map(|line| unquoted(line.raw, levels).1.trim_end()).collect::<Vec<_>>().join("\n");
    // A byte order mark at the very start is the client's, not the writer's.
    text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_owned()
}
