//! A mail passed on as text: finds the first boundary between two mails and decides whether it means "passed on". Pure.

use super::block::{self, Attribution, Block};
use super::lines::{self, Line};
use super::{dates, party};
use crate::mail::words::{self, Prefix, Separator};
use crate::mail::{Forwarded, ForwardedHow, ToldBy};

/// Blank lines between a separator and its block.
const SEPARATOR_GAP_MAX: usize = 5;

/// "Début du message réexpédié :" and its like are shorter than this.
const ANNOUNCEMENT_CHARS_MAX: usize = 60;

/// Label lines of a block in a language that no table has.
const UNKNOWN_LABELS_MAX: usize = 10;

/// A block with a separator above it needs a From and one field more; one that stands alone two more.
const FIELDS_MIN: usize = 2;
const FIELDS_ALONE_MIN: usize = 3;

/// What stands between two mails.
enum Between {
    Block {
        block: Block,
        separator: Option<Separator>,
    },
    /// A separator in words, above a block that can't be read or above none at all.
    Unread {
        separator: Separator,
        depth: usize,
        end: usize,
    },
    Attribution(Attribution),
}

/// The first such thing, and the first line that belongs to it.
struct Boundary {
    start: usize,
    between: Between,
}

impl Boundary {
    fn depth(&self) -> usize {
        match &self.between {
            Between::Block { block, .. } => block.depth,
            Between::Unread { depth, .. } => *depth,
            Between::Attribution(attribution) => attribution.depth,
        }
    }

    fn end(&self) -> usize {
        match &self.between {
            Between::Block { block, .. } => block.end,
            Between::Unread { end, .. } => *end,
            Between::Attribution(attribution) => attribution.end,
        }
    }

    fn says_forward(&self) -> bool {
        match &self.between {
            Between::Block { separator, .. } => *separator == Some(Separator::Forward),
            Between::Unread { separator, .. } => *separator == Separator::Forward,
            Between::Attribution(_) => false,
        }
    }
}

/// How sure it is that a boundary means "passed on".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Forwarded,
    Perhaps,
    Answered,
}

/// What a text passes on; `own_subject` is the subject of the mail that it is the text of.
pub(super) fn of(text: &str, own_subject: &str) -> Option<Forwarded> {
    let (prefix, bare_subject) = words::subject_prefix(own_subject);
    let mut lines = lines::of(text);
    // All of it quoted, with nothing said outside: the client's way of passing on, and no answer to anything.
    let whole = match lines::common_depth(&lines) {
        depth @ 1.. if prefix != Prefix::Reply => lines::text(&lines, depth),
        _ => String::new(),
    };
    if !whole.is_empty() {
        lines = lines::of(&whole);
    }
    // Without a prefix it is the sender's own subject, not the original one.
    let bare_subject = if prefix == Prefix::None { "" } else { bare_subject };
    let Some(boundary) = first(&lines, prefix) else {
        // The subject says so, the text doesn't say what: a person has to look.
        return (prefix == Prefix::Forward).then(|| Forwarded {
            subject: bare_subject.to_owned(),
            body: text.trim().to_owned(),
            ..Forwarded::default()
        });
    };
    match judge(&lines, &boundary, prefix) {
        Verdict::Answered => None,
        verdict => Some(forwarded(&lines, &boundary, bare_subject, verdict)),
    }
}

/// The boundary that counts: the first one, save that lines like "op 12 oktober schreef ik u:" may be the sender's own
/// words, and only count where nothing plainer follows outside a quote.
fn first(lines: &[Line<'_>], prefix: Prefix) -> Option<Boundary> {
    let first = find(lines, 0)?;
    let Between::Attribution(attribution) = &first.between else { return Some(first) };
    if attribution.text.contains('@') {
        return Some(first);
    }
    let later = find_forward(lines, attribution.end, prefix).filter(|later| later.depth() == 0);
    Some(later.unwrap_or(first))
}

/// The next boundary that is no attribution line and may mean "passed on".
fn find_forward(lines: &[Line<'_>], start: usize, prefix: Prefix) -> Option<Boundary> {
    let mut at = start;
    while let Some(boundary) = find(lines, at) {
        let is_block = matches!(boundary.between, Between::Block { .. });
        if boundary.says_forward() || (is_block && prefix == Prefix::Forward) {
            return Some(boundary);
        }
        at = boundary.end();
    }
    None
}

/// The first boundary at or behind a line.
fn find(lines: &[Line<'_>], start: usize) -> Option<Boundary> {
    (start..lines.len()).find_map(|at| boundary_at(lines, at))
}

fn boundary_at(lines: &[Line<'_>], at: usize) -> Option<Boundary> {
    let line = lines.get(at).filter(|line| !line.is_blank())?;
    if let Some((kind, rest)) = words::separator(line.text) {
        return below_separator(lines, at, kind, rest);
    }
    if let Some(block) = block_at(lines, at).filter(|block| block.fields >= FIELDS_ALONE_MIN) {
        let announced = announcement_above(lines, at).filter(|_| block.depth > 0);
        let separator = announced.map(|_| Separator::Forward);
        return Some(Boundary { start: announced.unwrap_or(at), between: Between::Block { block, separator } });
    }
    let attribution = block::attribution(lines, at)?;
    Some(Boundary { start: at, between: Between::Attribution(attribution) })
}

/// "Begin forwarded message:" in a language that no table has: alone above a block, and quoted with it.
fn announcement_above(lines: &[Line<'_>], at: usize) -> Option<usize> {
    let depth = lines.get(at)?.depth;
    let above = lines.get(..at)?.iter().rev().take(SEPARATOR_GAP_MAX);
    let gap = above.take_while(|line| line.is_blank() && line.depth == depth).count();
    let line_at = at.checked_sub(gap + 1)?;
    let line = lines.get(line_at).filter(|line| line.depth == depth)?;
    let is_short = line.text.chars().nth(ANNOUNCEMENT_CHARS_MAX).is_none();
    let is_first = line_at.checked_sub(1).and_then(|i| lines.get(i)).is_none_or(|line| line.is_blank());
    (gap > 0 && is_short && is_first && line.text.ends_with([':', '：']) && !line.text.contains('@')).then_some(line_at)
}

/// A block over several lines, or one in one line.
fn block_at(lines: &[Line<'_>], at: usize) -> Option<Block> {
    let line = lines.get(at)?;
    one_line(line.text, at, line.depth).or_else(|| block::read(lines, at))
}

fn one_line(text: &str, at: usize, depth: usize) -> Option<Block> {
    block::read_one_line(text).map(|block| Block { depth, end: at + 1, ..block })
}

/// What a separator stands above. Drawn lines may follow each other; prose below a drawn line makes it none.
fn below_separator(lines: &[Line<'_>], at: usize, kind: Separator, rest: &str) -> Option<Boundary> {
    let line = lines.get(at)?;
    if let Some(block) = one_line(rest, at, line.depth) {
        return Some(Boundary { start: at, between: Between::Block { block, separator: Some(kind) } });
    }
    let gap = lines.iter().skip(at + 1).take(SEPARATOR_GAP_MAX).take_while(|line| line.is_blank()).count();
    let below = at + 1 + gap;
    if let Some(block) = block_at(lines, below).filter(|block| block.fields >= FIELDS_MIN) {
        return Some(Boundary { start: at, between: Between::Block { block, separator: Some(kind) } });
    }
    // Two separators in a row: the lower one decides, but both are the client's.
    if let Some((lower, rest)) = lines.get(below).and_then(|line| words::separator(line.text))
        && lower == Separator::Forward
        && kind != Separator::Forward
    {
        return below_separator(lines, below, lower, rest).map(|boundary| Boundary { start: at, ..boundary });
    }
    let is_drawn = line.text.starts_with(|c| words::is_rule(c) || c == '*');
    (kind != Separator::Rule && is_drawn).then(|| {
        let end = behind_labels(lines, below);
        Boundary { start: at, between: Between::Unread { separator: kind, depth: line.depth, end } }
    })
}

/// The line behind a run of `label: value` lines whose labels are in no table.
fn behind_labels(lines: &[Line<'_>], start: usize) -> usize {
    let has_label = |line: &&Line<'_>| !line.is_blank() && words::split_label(line.text).is_some();
    start + lines.iter().skip(start).take(UNKNOWN_LABELS_MAX).take_while(has_label).count()
}

/// Passed on or answered: by the words of the separator, the subject's prefix, and what stands above in the same quote.
fn judge(lines: &[Line<'_>], boundary: &Boundary, prefix: Prefix) -> Verdict {
    let is_quoted = boundary.depth() > 0 && quotes_more(lines, boundary.start);
    let prefix = match (prefix, &boundary.between) {
        (Prefix::ForwardOrReply, Between::Block { block, .. }) if words::vs_is_reply(&block.from_label) => {
            Prefix::Reply
        }
        (Prefix::ForwardOrReply, Between::Attribution(attribution)) if words::vs_is_reply_verb(&attribution.text) => {
            Prefix::Reply
        }
        (Prefix::ForwardOrReply, _) => Prefix::Forward,
        (prefix, _) => prefix,
    };
    match (prefix, boundary.says_forward()) {
        (Prefix::Forward, _) if is_quoted => Verdict::Perhaps,
        (Prefix::Forward, _) => Verdict::Forwarded,
        (_, false) if !matches!(boundary.between, Between::Block { .. }) => Verdict::Answered,
        _ if is_quoted => Verdict::Answered,
        (Prefix::Reply, true) if boundary.depth() == 0 => Verdict::Perhaps,
        (Prefix::Reply, _) => Verdict::Answered,
        (_, true) => Verdict::Forwarded,
        (_, false) => Verdict::Perhaps,
    }
}

/// Whether the quote that a boundary stands in holds text above it: then all of it was quoted, and nothing passed on.
fn quotes_more(lines: &[Line<'_>], start: usize) -> bool {
    lines.iter().take(start).rev().take_while(|line| line.depth > 0).any(|line| !line.is_blank())
}

/// What the boundary and the texts around it say.
fn forwarded(lines: &[Line<'_>], boundary: &Boundary, bare_subject: &str, verdict: Verdict) -> Forwarded {
    let above = lines.get(..boundary.start).unwrap_or_default();
    let (body, behind) = up_to_end_line(lines.get(boundary.end()..).unwrap_or_default());
    let (from, stated_subject, date) = match &boundary.between {
        Between::Block { block, .. } => (party::read(&block.from), block.subject.clone(), block.date.clone()),
        Between::Unread { .. } => (party::Named::default(), None, String::new()),
        Between::Attribution(attribution) => {
            let (sender, date) = block::attribution_parts(&attribution.text);
            (party::read(&sender), None, date)
        }
    };
    let is_whole = !matches!(&boundary.between, Between::Block { block, .. } if block.fields < FIELDS_ALONE_MIN);
    let subject = stated_subject.filter(|subject| !subject.is_empty()).unwrap_or_else(|| bare_subject.to_owned());
    let stated = dates::read(&date);
    Forwarded {
        from: from.party,
        // Some clients quote the mail, but not the block above it.
        body: lines::text(body, boundary.depth().max(lines::common_depth(body))),
        above: [lines::text(above, 0), lines::text(behind, 0)].join("\n\n").trim().to_owned(),
        received: stated.moment,
        stated_local: stated.local,
        told_by: ToldBy::Date,
        date,
        how: ForwardedHow::Inline,
        certain: verdict == Verdict::Forwarded && from.certain && is_whole && !holds_another(lines, boundary, &subject),
        subject,
        ..Forwarded::default()
    }
}

/// What is passed on, and what stands behind the line that ends it ("-----Einde doorgestuurd bericht-----"): the forwarder's
/// own again, as a signature. The line itself is nobody's words.
fn up_to_end_line<'a, 'b>(body: &'a [Line<'b>]) -> (&'a [Line<'b>], &'a [Line<'b>]) {
    match body.iter().rposition(|line| words::ends_forward(line.text)) {
        Some(at) => (body.get(..at).unwrap_or_default(), body.get(at + 1..).unwrap_or_default()),
        None => (body, &[]),
    }
}

/// Whether the mail passed on was itself passed on, so that its sender may not be the one who is meant. What an
/// answer quotes is only its history.
fn holds_another(lines: &[Line<'_>], boundary: &Boundary, subject: &str) -> bool {
    let Some(inner) = find(lines, boundary.end()) else { return false };
    match words::subject_prefix(subject).0 {
        _ if inner.says_forward() => true,
        Prefix::Reply => false,
        Prefix::Forward | Prefix::ForwardOrReply => true,
        Prefix::None => matches!(inner.between, Between::Block { .. }),
    }
}
