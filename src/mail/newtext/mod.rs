//! What this person typed now: the text without quotes and signature, and the part of it that may be relayed. Structure
//! is asked before wording; nothing is thrown away, what is cut is `quoted`. Pure, linear in the length of the text.
//!
//! In doubt `reply` keeps more (a complaint must not lose a word) and `relayable` less (a customer must never
//! see the notification a colleague answered to).

use super::html::Mark;
use super::limits::WORK_STEPS_MAX;
use super::parse::Parsed;
use super::work::Work;
use super::{Cut, CutSign, Finding, FindingKind};
use lines::Line;
pub(crate) use page::{lines_above_closing, other_form};
use std::borrow::Cow;
use std::collections::HashSet;

mod against;
mod attribution;
mod banner;
mod blocks;
mod first;
mod footer;
mod forms;
mod glued;
mod lines;
mod ours;
mod page;
mod phrases;
mod signature;
#[cfg(test)]
mod tests;

pub use against::{Apart, Extent, OwnWords, Place, own_words};
pub use banner::without_banner;
pub use forms::{OtherForm, same_words, stands_in};
pub use ours::OurLetter;

/// The line in our letters above which people are asked to type. What is at or below it is
/// never relayed.
pub const MARKER: &str = "##- klachtpost -##";

/// What stands behind the line of a letter of ours that only an inbox shows, above the marker: characters that nobody sees and
/// that no person types in this order. Some clients quote that line as text.
pub const FILLER: &str = "\u{34f}\u{200c}";

/// Whether a line is one of ours at which a letter to staff begins.
fn begins_ours(line: &str) -> bool {
    line.contains(MARKER) || line.contains(FILLER)
}

/// A quoted line at least this long was wrapped when its end stands unquoted below it.
const WRAPPED_QUOTE_MIN: usize = 60;

/// The text of a mail, taken apart.
pub(crate) struct NewText {
    pub reply: String,
    pub relayable: String,
    pub quoted: String,
    pub cuts: Vec<Cut>,
    /// The budget was spent before the end.
    pub finding: Option<Finding>,
}

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Own,
    /// Between own lines it stays, for what the answers refer to.
    Quoted,
    /// Said by a client about a quote.
    Dropped,
    /// At or below the point from which on all is quoted.
    Below,
    Signature,
    /// A gateway's: nobody's words.
    Banner,
}

/// Takes the text of a mail apart.
pub(crate) fn split(parsed: &Parsed) -> NewText {
    split_within(parsed, &Work::new(WORK_STEPS_MAX))
}

/// As far as the budget reaches.
fn split_within(parsed: &Parsed, work: &Work) -> NewText {
    let text = unarmor(&parsed.text);
    let lines = lines::counted(&text, work);
    let cut = glued::apart(&lines, &parsed.marks);
    let (lines, marks) = match &cut {
        Some((text, marks)) => (lines::counted(text, work), marks),
        None => (lines, &parsed.marks),
    };
    let Fated { mut fates, rest, read } = fates(&lines, marks, work);
    sign(&lines, marks, &mut fates);
    // Whatever is kept on file, what leaves the house ends where anything looks like a quote.
    let stop = first_sign(&lines, &fates, marks);
    let rest = if first::opens_a_thread(parsed) { first::own_again(&lines, &mut fates, rest) } else { rest };
    trim_quotes(&lines, &mut fates);
    let stop = stop.min(first_sign(&lines, &fates, marks)).min(read);
    let kept = |until: usize, fate: &dyn Fn(Fate) -> bool| join(&lines, &fates, until, fate);
    let all = lines.len();
    let quotes = kept(all, &|f| matches!(f, Fate::Below | Fate::Dropped));
    let signature = kept(all, &|f| f == Fate::Signature);
    let relayable = kept(stop, &|f| f == Fate::Own);
    NewText {
        reply: kept(all, &|f| matches!(f, Fate::Own | Fate::Quoted)),
        relayable: if parsed.struck { page::unstruck(relayable) } else { relayable },
        quoted: [quotes, signature].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n"),
        cuts: cuts(&lines, &fates, rest),
        finding: work.is_spent().then(|| read_as_far(read, lines.len())),
    }
}

fn read_as_far(read: usize, all: usize) -> Finding {
    let detail = format!("read as far as line {read} of {all}; what is below was kept as it is, and is not relayed");
    Finding { kind: FindingKind::ReadAsFar, detail }
}

/// What is new in a text that came without headers of its own, and what stands below it.
pub(crate) fn said(text: &str) -> (String, String) {
    let read = split(&Parsed { text: text.to_owned(), ..Parsed::default() });
    (read.reply, read.quoted)
}

/// Whether a text is read as typed, without anything in it that is cut off as a quote or a signature.
pub fn reads_whole(text: &str) -> bool {
    let read = split(&Parsed { text: text.to_owned(), ..Parsed::default() });
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    words(&read.relayable) == words(text)
}

/// Why something was cut: where the quoted rest begins, else the first quote, and the signature.
fn cuts(lines: &[Line<'_>], fates: &[Fate], rest: Option<(usize, CutSign)>) -> Vec<Cut> {
    const SHOWN_CHARS_MAX: usize = 80;
    let first = |wanted: Fate, is: fn(&Line<'_>) -> bool| {
        lines.iter().zip(fates).position(|(line, fate)| *fate == wanted && is(line))
    };
    let attributed = || first(Fate::Dropped, |l| !l.is_blank()).map(|at| (at, CutSign::Attribution));
    let marked = || first(Fate::Below, |l| l.quoted).map(|at| (at, CutSign::QuoteMarks));
    let quote = rest.or_else(attributed).or_else(marked);
    let signature = first(Fate::Signature, |l| !l.is_blank());
    let signature = signature.and_then(|at| Some((at, signature::sign(lines.get(at)?))));
    let banner = first(Fate::Banner, |l| !l.is_blank()).map(|at| (at, CutSign::Banner));
    let shown = |at: usize| lines.get(at).map_or("", |l| l.text.trim()).chars().take(SHOWN_CHARS_MAX).collect();
    [banner, quote, signature].into_iter().flatten().map(|(at, sign)| Cut { sign, line: shown(at) }).collect()
}

/// The lines of these fates above a line. Where something was cut out, the blank lines around it become one.
fn join(lines: &[Line<'_>], fates: &[Fate], until: usize, fate: &dyn Fn(Fate) -> bool) -> String {
    let (mut out, mut cut, mut blank) = (Vec::new(), false, true);
    for (line, own) in lines.iter().zip(fates).take(until) {
        if !fate(*own) {
            cut = true;
        } else if !(cut && blank && line.is_blank()) {
            (cut, blank) = (false, line.is_blank());
            out.push(line.text);
        }
    }
    out.join("\n").trim().to_owned()
}

/// The text inside a clear-signed OpenPGP message (RFC 9580 §7), without armour and dash escapes.
fn unarmor(text: &str) -> Cow<'_, str> {
    const BEGIN: &str = "-----BEGIN PGP SIGNED MESSAGE-----";
    const SIGNATURE: &str = "-----BEGIN PGP SIGNATURE-----";
    let Some((before, signed)) = text.split_once(BEGIN) else { return Cow::Borrowed(text) };
    let Some((headers, body)) = signed.split_once("\n\n") else { return Cow::Borrowed(text) };
    if headers.lines().count() > 4 {
        return Cow::Borrowed(text);
    }
    let body = body.split(SIGNATURE).next().unwrap_or_default();
    let plain: Vec<&str> = body.lines().map(|line| line.strip_prefix("- ").unwrap_or(line)).collect();
    Cow::Owned(format!("{before}{}", plain.join("\n")))
}

/// What became of the lines.
struct Fated {
    fates: Vec<Fate>,
    /// Where all that is below is quoted, and by which sign.
    rest: Option<(usize, CutSign)>,
    /// As many lines were looked at.
    read: usize,
}

/// Goes through the lines once, from the top.
fn fates(lines: &[Line<'_>], marks: &[(usize, Mark)], work: &Work) -> Fated {
    let is_rest = |(at, mark): &(usize, Mark)| (*mark == Mark::Rest).then_some(*at);
    let rests: HashSet<usize> = marks.iter().filter_map(is_rest).collect();
    let mut fates: Vec<Fate> = vec![Fate::Own; lines.len()];
    let attributions = attribution::find(lines);
    let banners = banner::find(lines);
    let mut next_attribution = attributions.iter().peekable();
    let (mut own_above, mut rest) = (false, None);
    let (mut at, mut read) = (0, lines.len());
    while let Some(line) = lines.get(at) {
        if work.is_spent() {
            read = at;
            break;
        }
        while next_attribution.peek().is_some_and(|a| a.start < at) {
            next_attribution.next();
        }
        if let Some(span) = banners.iter().find(|span| span.start == at) {
            set(&mut fates, span.clone(), Fate::Banner);
            at = span.end;
            continue;
        }
        if let Some(span) = next_attribution.next_if(|a| a.start == at) {
            if own_above && !is_quote(lines, next_text(lines, span.end)) {
                rest = Some((at, CutSign::Attribution));
                break;
            }
            set(&mut fates, span.clone(), Fate::Dropped);
            at = mark_piped(lines, span.end, &mut fates);
            continue;
        }
        if let Some(sign) = cut_sign(lines, &rests, at, own_above) {
            if let Some(end) = blocks::end_above_answered_quote(lines, at).filter(|_| !own_above) {
                set(&mut fates, at..end, Fate::Dropped);
                at = end;
                continue;
            }
            rest = Some((at, sign));
            break;
        }
        if !own_above && blocks::is_rule(line) && is_quote(lines, next_text(lines, at + 1)) {
            set(&mut fates, at..at + 1, Fate::Dropped);
        } else if line.quoted || continues_quote(lines, &fates, at) {
            set(&mut fates, at..at + 1, Fate::Quoted);
        } else if signature::is_sent_from(line) && !own_above {
            set(&mut fates, at..at + 1, Fate::Signature);
        } else {
            own_above |= !line.is_blank();
        }
        at += 1;
    }
    if let Some((start, _)) = rest {
        set(&mut fates, start..lines.len(), Fate::Below);
    }
    drop_between_mark_and_quote(lines, marks, &mut fates);
    Fated { fates, rest, read }
}

fn set(fates: &mut [Fate], range: std::ops::Range<usize>, fate: Fate) {
    if let Some(part) = fates.get_mut(range) {
        part.fill(fate);
    }
}

fn next_text(lines: &[Line<'_>], from: usize) -> usize {
    lines::from(lines, from).position(|l| !l.is_blank()).map_or(lines.len(), |skip| from + skip)
}

fn is_quote(lines: &[Line<'_>], at: usize) -> bool {
    lines.get(at).is_some_and(|l| l.quoted || l.text.starts_with("| "))
}

/// Some clients quote with a bar; only below an attribution, elsewhere it is somebody's table.
fn mark_piped(lines: &[Line<'_>], from: usize, fates: &mut [Fate]) -> usize {
    let start = next_text(lines, from);
    let piped = lines::from(lines, start).take_while(|l| l.text.starts_with('|')).count();
    set(fates, start..start + piped, Fate::Quoted);
    if piped > 0 { start + piped } else { from }
}

/// The sign that from this line on everything is quoted, if there is one.
fn cut_sign(lines: &[Line<'_>], rests: &HashSet<usize>, at: usize, own_above: bool) -> Option<CutSign> {
    let line = lines.get(at)?;
    // A marker behind quote marks cuts nothing off the register, because the marks tell more exactly what was typed
    // between them; nor does one with nothing above it, because then somebody answered below. Relaying stops at both.
    if own_above && (blocks::is_foreign_marker(line) || !line.quoted && begins_ours(line.text)) {
        return Some(CutSign::Marker);
    }
    if blocks::announces_block(lines, at) {
        return Some(CutSign::HeaderBlock);
    }
    if line.quoted {
        return None;
    }
    if rests.contains(&at) && blocks::looks_quoted_below(lines, at) {
        return Some(CutSign::ClientMark);
    }
    if blocks::is_separator(lines, at) {
        return Some(CutSign::Separator);
    }
    let head = blocks::is_header_block(lines, at) || own_above && blocks::is_notes_head(lines, at);
    head.then_some(CutSign::HeaderBlock)
}

/// The unquoted end of a quoted line that a mail client wrapped.
fn continues_quote(lines: &[Line<'_>], fates: &[Fate], at: usize) -> bool {
    let (Some(above_at), Some(line)) = (at.checked_sub(1), lines.get(at)) else { return false };
    let Some(above) = lines.get(above_at).filter(|l| !l.is_blank()) else { return false };
    if !above.quoted && fates.get(above_at) != Some(&Fate::Quoted) {
        return false;
    }
    let below = lines.get(at + 1);
    let goes_on = below.is_some_and(|l| l.quoted);
    let long = above.text.chars().count() >= WRAPPED_QUOTE_MIN;
    let link = line.low.trim_start_matches(['(', '<', '[']).starts_with("http");
    goes_on && (above.quoted && (link || long && line.text.starts_with(char::is_lowercase)))
        || continues_link(above, line) && below.is_none_or(|l| l.quoted || l.is_blank() || continues_link(line, l))
}

/// The rest of an address of a page, which has no blank in it: the line above ends within one.
fn continues_link(above: &Line<'_>, line: &Line<'_>) -> bool {
    let text = line.text.trim();
    let last = above.text.trim_end().rsplit(char::is_whitespace).next().unwrap_or_default();
    // Unquoted itself, the line above is a piece of the address already.
    let opens = last.contains("://") || last.ends_with('<') || last.starts_with('<') && !last.contains('>');
    let opens = opens || !above.quoted && last == above.text.trim();
    let is_rest = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%<>".contains(c);
    let looks =
        text.starts_with("http") || text.starts_with("<http") || text.contains(['/', '%', '=', '&', '?', '_', '>']);
    opens && looks && !text.is_empty() && text.chars().all(is_rest)
}

/// Where a client says that a quote begins, what stands between and the quote itself is its attribution, in
/// whatever language.
fn drop_between_mark_and_quote(lines: &[Line<'_>], marks: &[(usize, Mark)], fates: &mut [Fate]) {
    const ATTRIBUTION_LINES_MAX: usize = 4;
    for (at, _) in marks.iter().filter(|(_, mark)| *mark == Mark::Sign) {
        let gap = lines::from(lines, *at).take(ATTRIBUTION_LINES_MAX + 1).position(|l| l.quoted);
        if let Some(gap) = gap
            && lines.get(at + gap.saturating_sub(1)).is_some_and(|l| l.colon || l.is_blank() || l.address)
        {
            set(fates, *at..at + gap, Fate::Dropped);
        }
    }
}

/// Finds the signature among the own lines, by marks of the client and by what it looks like.
fn sign(lines: &[Line<'_>], marks: &[(usize, Mark)], fates: &mut [Fate]) {
    let own: Vec<usize> = (0..lines.len()).filter(|at| fates.get(*at) == Some(&Fate::Own)).collect();
    let shown: Vec<&Line<'_>> = own.iter().filter_map(|at| lines.get(*at)).collect();
    if let Some(start) = signature::start(&shown) {
        for at in own.iter().skip(start) {
            set(fates, *at..at + 1, Fate::Signature);
        }
    }
    let said = shown.iter().position(|line| !line.is_blank()).and_then(|nth| own.get(nth)).copied();
    let mut spans = marks.iter().filter(|(_, mark)| matches!(mark, Mark::Signature | Mark::SignatureEnd));
    while let (Some((start, Mark::Signature)), Some((end, Mark::SignatureEnd))) = (spans.next(), spans.next()) {
        for at in (*start..*end).filter(|_| said.is_some_and(|said| said < *start)) {
            if fates.get(at) == Some(&Fate::Own) {
                set(fates, at..at + 1, Fate::Signature);
            }
        }
    }
}

/// Quotes above the first and below the last own line are no part of the new text, nor are the rules drawn there, nor
/// a quote that has only a closing under it.
fn trim_quotes(lines: &[Line<'_>], fates: &mut [Fate]) {
    let is_own = |at: &usize| fates.get(*at) == Some(&Fate::Own) && lines.get(*at).is_some_and(|l| !l.is_blank());
    let own: Vec<usize> = (0..lines.len()).filter(is_own).collect();
    let is_rule = |at: &usize| lines.get(*at).is_some_and(|l| blocks::is_rule(l) || blocks::is_dashed_title(l));
    let kept = own.iter().rposition(|at| !is_rule(at)).map_or(0, |last| last + 1);
    for rule in own.iter().skip(kept) {
        set(fates, *rule..rule + 1, Fate::Below);
    }
    let first = own.first().copied().filter(|_| kept > 0).unwrap_or(lines.len());
    let mut last = kept.checked_sub(1).and_then(|at| own.get(at)).copied().unwrap_or_default();
    let answered = fates.iter().take(last).rposition(|f| *f == Fate::Quoted).unwrap_or_default();
    let below: Vec<usize> = own.iter().take(kept).copied().filter(|at| *at > answered).collect();
    if answered > first && is_closing(lines, &below) && fates.contains(&Fate::Dropped) {
        last = first;
    }
    for at in (0..first).chain(last + 1..lines.len()) {
        if fates.get(at) == Some(&Fate::Quoted) {
            set(fates, at..at + 1, Fate::Below);
        }
    }
}

/// Nothing but a greeting and a name.
fn is_closing(lines: &[Line<'_>], below: &[usize]) -> bool {
    const CLOSING_LINES_MAX: usize = 5;
    let first = below.first().and_then(|at| lines.get(*at)).map_or("", |l| l.low.as_str());
    let starts =
        |phrase: &&str| first.strip_prefix(*phrase).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
    below.len() <= CLOSING_LINES_MAX && first.len() <= 60 && phrases::CLOSINGS.iter().any(starts)
}

/// The first line that has anything of a quoted mail about it: relaying stops above it.
fn first_sign(lines: &[Line<'_>], fates: &[Fate], marks: &[(usize, Mark)]) -> usize {
    let cut = fates.iter().position(|f| !matches!(f, Fate::Own | Fate::Banner));
    let marked = marks.iter().filter(|(_, mark)| *mark != Mark::SignatureEnd).map(|(at, _)| *at).min();
    let doubtful = lines.iter().zip(fates).position(|(l, fate)| {
        *fate != Fate::Banner
            && (begins_ours(l.text)
                || l.quoted
                || l.text.starts_with("| ")
                || blocks::is_dashed_title(l)
                || blocks::names_sender(l)
                || blocks::is_rule(l) && l.text.trim().len() >= 10
                || l.wrote && (l.date || l.address)
                || l.colon && l.address && (l.date || l.time || l.low.contains('<')))
    });
    [cut, marked, doubtful].into_iter().flatten().min().unwrap_or(lines.len())
}
