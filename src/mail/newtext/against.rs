//! A colleague's reply held against the letter of ours that it answers. What the reading cut off is doubted there
//! (invariant 7): it must be our letter, the client's lines above it and a signature, or the sender is asked. So is told,
//! too, what was typed below our letter where it is quoted line by line. Pure.

use super::footer::{Begins, is_footer};
use super::lines::{self, Line};
use super::ours::{Follower, Mark, OurLetter, key};
use super::{attribution, banner, begins_ours, blocks, glued, page, signature};
use crate::mail::limits::WORK_STEPS_MAX;
use crate::mail::words::Field;
use crate::mail::work::Work;
use crate::mail::{Cut, CutSign, Mail};
use serde::Serialize;
use std::ops::Range;

/// Lines of a client above a quote: a header block with folded To lists.
const HEAD_LINES_MAX: usize = 24;
/// Of an attribution that no rule of its own knows.
const ATTRIBUTION_LINES_MAX: usize = 4;
/// Letters and figures of a marked line by which our letter is known again.
const QUOTED_MIN: usize = 4;

/// What a colleague typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnWords {
    /// What may go out: what stands above our letter, or below it where nothing does.
    pub new: String,
    /// All that was typed, with the quoted lines that it answers: for a note.
    pub noted: String,
    /// What else was typed, so that `new` is perhaps not all; nothing of it goes out before the sender was asked.
    pub apart: Option<Apart>,
}

/// Words that stand apart from the new text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Apart {
    pub place: Place,
    pub text: String,
}

/// Where they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// Below the new text, above our letter: they look like a quoted mail.
    Above,
    /// Below our letter.
    Below,
    /// Between lines of our letter.
    Between,
}

/// How much of what stands above our letter is the new text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// As it was read: up to the first sign of a quoted mail.
    AsRead,
    /// All of it: the sender says so.
    All,
}

impl OwnWords {
    /// All that was typed for the reader, put together.
    pub fn whole(&self) -> String {
        let apart = self.apart.as_ref().map_or("", |apart| apart.text.as_str());
        [self.new.as_str(), apart].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
    }
}

/// Reads a colleague's reply to that letter.
pub fn own_words(mail: &Mail, letter: &OurLetter, extent: Extent) -> OwnWords {
    let text = super::unarmor(mail.own_text());
    let work = Work::new(WORK_STEPS_MAX);
    let lines = lines::counted(&text, &work);
    let cut = glued::apart(&lines, &[]);
    let lines = cut.as_ref().map_or(lines, |(text, _)| lines::counted(text, &work));
    let reply = Reply { lines, letter, mail };
    let read = reply.read(extent);
    if work.is_spent() { reply.unread(read) } else { read }
}

struct Reply<'a> {
    lines: Vec<Line<'a>>,
    letter: &'a OurLetter,
    mail: &'a Mail,
}

/// What stands below the first line of our letter.
#[derive(Default)]
struct Below {
    /// Runs of lines that are not our letter's.
    typed: Vec<Range<usize>>,
    /// Up to here it is our letter's, last line included.
    end: usize,
    /// A line of it that stands there without a mark.
    unmarked: bool,
}

impl Reply<'_> {
    fn read(&self, extent: Extent) -> OwnWords {
        let above = self.end_of(&self.mail.relayable);
        let start = if extent == Extent::All { 0 } else { above };
        let (head, first) = self.letter_from(start, extent);
        let below = self.below(first);
        let (mut typed, after): (Vec<_>, Vec<_>) =
            below.typed.iter().cloned().partition(|run| run.start < below.end || !self.is_footer(run, Begins::Unsaid));
        if extent == Extent::All {
            let new = self.text(0..head);
            return OwnWords { noted: new.clone(), apart: self.apart(&typed, &below), new };
        }
        drop(after);
        let zone = above..head;
        let zone_is_said = !self.is_footer(&zone, self.begins(&zone));
        let new = self.without_preheader(&self.mail.relayable, above);
        let noted = self.noted(above, &zone, zone_is_said, &typed);
        if zone_is_said {
            typed.insert(0, zone);
            let text = self.texts(&typed);
            return OwnWords { new, noted, apart: Some(Apart { place: Place::Above, text }) };
        }
        if new.is_empty()
            && let [run] = typed.as_slice()
            && !below.unmarked
            && !self.in_run(run).into_iter().any(is_marked)
        {
            let words = self.unsigned(run);
            if !self.letter.is_copied_in(&words) {
                return OwnWords { new: words, noted, apart: None };
            }
        }
        OwnWords { apart: self.apart(&typed, &below), new, noted }
    }

    /// Without the line of our letter that only an inbox should show, where a client put it above the marker, wrapped as it
    /// likes, and left nothing of what hides it. `above` is the line behind the new text.
    fn without_preheader(&self, new: &str, above: usize) -> String {
        let new = new.trim();
        let Some(start) = (0..above).find(|at| self.letter.is_preheader(self.lines.iter().skip(*at).map(unmarked)))
        else {
            return new.to_owned();
        };
        let ours = self.lines.get(start..above).unwrap_or_default().iter().filter(|line| !line.is_blank()).count();
        let mut kept: Vec<&str> = new.lines().collect();
        for _ in 0..ours {
            while kept.pop().is_some_and(|line| line.trim().is_empty()) {}
        }
        kept.join("\n").trim().to_owned()
    }

    /// The budget was spent before the end: nobody can say what else was typed (invariant 10).
    fn unread(&self, read: OwnWords) -> OwnWords {
        const SHOWN_LINES_MAX: usize = 200;
        let above = self.end_of(&self.mail.relayable);
        let text = self.text(above..(above + SHOWN_LINES_MAX).min(self.lines.len()));
        OwnWords { apart: Some(Apart { place: Place::Above, text }), ..read }
    }

    fn apart(&self, typed: &[Range<usize>], below: &Below) -> Option<Apart> {
        let place = if typed.iter().any(|run| run.start < below.end) { Place::Between } else { Place::Below };
        (!typed.is_empty()).then(|| Apart { place, text: self.texts(typed) })
    }

    /// Below the last line of this text, which stands at the top of the mail.
    fn end_of(&self, read: &str) -> usize {
        let mut wanted = read.lines().map(str::trim).filter(|line| !line.is_empty()).peekable();
        let mut end = 0;
        for (at, line) in self.lines.iter().enumerate() {
            // What was struck out is not relayed.
            let said = page::unstruck(line.text.trim().to_owned());
            if wanted.next_if(|next| line.text.trim() == *next || said.trim() == *next).is_some() {
                end = at + 1;
            }
        }
        end
    }

    /// Where our letter begins at or below a line: with the client's lines above it, and itself.
    fn letter_from(&self, from: usize, extent: Extent) -> (usize, usize) {
        let attributions = attribution::find(&self.lines);
        let mut follower = Follower::of(self.letter);
        for at in from..self.lines.len() {
            let Some(line) = self.lines.get(at).filter(|line| !line.is_blank()) else { continue };
            let first = if begins_ours(line.text) {
                Some(at)
            } else if let Some(end) = self.head_end(at, &attributions) {
                Some(self.next(end))
            } else {
                let certain = extent == Extent::AsRead && !self.letter.repeats && !self.letter.is_form_only();
                let bare = unmarked(line);
                let says = is_marked(line) && key(bare).len() >= QUOTED_MIN;
                Some(at).filter(|_| certain && says && follower.knows(bare, Mark::AsTheQuote))
            };
            if let Some(first) = first {
                return (self.head(from, at.min(first), &attributions), first);
            }
        }
        (self.lines.len(), self.lines.len())
    }

    /// Below the client's lines that begin here and name the desk.
    fn head_end(&self, at: usize, attributions: &[Range<usize>]) -> Option<usize> {
        if let Some(span) =
            attributions.binary_search_by_key(&at, |span| span.start).ok().and_then(|found| attributions.get(found))
        {
            let lines = self.lines.get(span.clone())?;
            let names_other = lines.iter().any(|line| line.address) && !self.letter.is_named_in(lines);
            let quotes = self
                .lines
                .get(self.next(span.end))
                .is_none_or(|next| is_marked(next) || self.letter.is_named_in(lines));
            return (!names_other && quotes).then_some(span.end);
        }
        let line = self.lines.get(at)?;
        if is_marked(line) {
            return self.marked_head_end(at);
        }
        let headed = line.label == Some(Field::From) && self.letter.is_named_in(self.lines.get(at..at + 1)?);
        if headed {
            return Some(self.block_end(at));
        }
        // In a language that no table has: right above the quote, and naming the desk.
        let end = at
            + self
                .lines
                .iter()
                .skip(at)
                .take(ATTRIBUTION_LINES_MAX)
                .take_while(|l| !l.is_blank() && !is_marked(l))
                .count();
        let quotes = self.lines.get(self.next(end)).is_some_and(is_marked);
        let named =
            (end > at).then(|| self.lines.get(at..end)).flatten().is_some_and(|lines| self.letter.is_named_in(lines));
        (quotes && named && self.lines.get(end.checked_sub(1)?)?.colon).then_some(end)
    }

    /// The same where the client put its own lines behind the marks, as Apple Mail does.
    fn marked_head_end(&self, at: usize) -> Option<usize> {
        let marked = self.lines.get(at..)?.iter().take(ATTRIBUTION_LINES_MAX);
        let count = marked.take_while(|line| is_marked(line) && !unmarked(line).is_empty()).count();
        let named = |count: &usize| {
            let lines = self.lines.get(at..at + count).unwrap_or_default();
            // The page's own end of the quote may have come up to this line.
            let asks = |line: &Line<'_>| line.colon || line.text.trim_end_matches([' ', '>']).ends_with(':');
            lines.last().is_some_and(asks) && self.letter.is_named_in(lines)
        };
        (1..=count).find(named).map(|count| at + count)
    }

    /// Below a header block: labels, folded values, and blank lines between labels only.
    fn block_end(&self, at: usize) -> usize {
        let (mut end, mut strange) = (at + 1, 0);
        for below in at + 1..(at + HEAD_LINES_MAX).min(self.lines.len()) {
            match self.lines.get(below) {
                Some(line) if line.label.is_some() && !begins_ours(line.text) => (end, strange) = (below + 1, 0),
                Some(line) if line.is_blank() => {}
                Some(line) if below == end && strange < 2 && line.address => (end, strange) = (below + 1, strange + 1),
                _ => break,
            }
        }
        end
    }

    /// Upwards from there, what a client draws and says above a quote.
    fn head(&self, from: usize, at: usize, attributions: &[Range<usize>]) -> usize {
        let mut first = at;
        let mut said = false;
        while let Some(above) = (from..first).rev().find(|above| self.lines.get(*above).is_some_and(|l| !l.is_blank()))
        {
            let Some(line) = self.lines.get(above) else { break };
            let names = |span: &&Range<usize>| {
                let lines = self.lines.get((*span).clone()).unwrap_or_default();
                self.letter.is_named_in(lines) || !lines.iter().any(|line| line.address)
            };
            let span = attributions.iter().find(|span| span.end == above + 1 && span.start >= from).filter(names);
            let labelled =
                above + 1 == first && line.label.is_some() && self.lines.get(first).is_some_and(|l| l.label.is_some());
            if blocks::is_rule(line)
                || blocks::is_dashed_title(line)
                || blocks::is_separator(&self.lines, above)
                || labelled
            {
                first = above;
            } else if let Some(span) = span.filter(|_| !said) {
                (first, said) = (span.start, true);
            } else {
                break;
            }
        }
        first
    }

    fn next(&self, from: usize) -> usize {
        super::next_text(&self.lines, from)
    }

    /// Goes through our letter from its first line.
    fn below(&self, first: usize) -> Below {
        let mut follower = Follower::of(self.letter);
        let by_form = self.letter.is_form_only();
        let quoted = self.lines.iter().skip(first).find(|l| !l.is_blank()).is_some_and(is_marked);
        let mut found = Below { end: first, ..Below::default() };
        let banners = self.banners_from(first);
        let mut open = false;
        for (at, line) in self.lines.iter().enumerate().skip(first).filter(|(_, line)| !line.is_blank()) {
            let bare = unmarked(line);
            // A rule, or the dashes above a signature, are nobody's.
            if !is_marked(line) && key(bare).is_empty() {
                found.typed.last_mut().filter(|_| open).into_iter().for_each(|run| run.end = at + 1);
                continue;
            }
            let known = is_reference(bare) || begins_ours(line.text) || is_shown(bare);
            let mark = if quoted && !is_marked(line) { Mark::Missing } else { Mark::AsTheQuote };
            let known = known || if by_form { mark == Mark::AsTheQuote } else { follower.knows(bare, mark) };
            // Behind the marks of a quote people type too: in the middle of a line of ours, or with a mark of their own.
            if known || banners.iter().any(|banner| banner.contains(&at)) {
                open = false;
                found.end = at + 1;
                let unmarked = !is_marked(line) && !super::continues_quote(&self.lines, &[], at);
                found.unmarked |= unmarked;
            } else if let Some(run) = found.typed.last_mut().filter(|_| open) {
                run.end = at + 1;
            } else {
                found.typed.push(at..at + 1);
                open = true;
            }
        }
        found
    }

    /// What a gateway wrote above our letter when it came in, behind the quote's marks now.
    fn banners_from(&self, first: usize) -> Vec<Range<usize>> {
        let bare: Vec<&str> = self.lines.iter().skip(first).map(unmarked).collect();
        let found = banner::find(&lines::of(&bare.join("\n")));
        found.into_iter().map(|span| span.start + first..span.end + first).collect()
    }

    fn is_footer(&self, run: &Range<usize>, begins: Begins) -> bool {
        let from = self.mail.from.as_ref();
        let local = from.and_then(|party| party.address.split('@').next()).unwrap_or_default();
        let sender = [from.map_or("", |party| party.name.as_str()), local];
        is_footer(&self.in_run(run), begins, &sender)
    }

    /// By what the reading knew a signature that begins there.
    fn begins(&self, zone: &Range<usize>) -> Begins {
        let Some(first) = self.in_run(zone).into_iter().find(|line| !line.is_blank()) else { return Begins::Unsaid };
        let told = |cut: &&Cut| !cut.line.is_empty() && first.text.trim().starts_with(cut.line.as_str());
        match self.mail.cuts.iter().find(told).map(|cut| cut.sign) {
            Some(CutSign::SignatureDelimiter) if first.text == "-- " => Begins::Marked,
            Some(CutSign::ClientMark) => Begins::Marked,
            Some(CutSign::SignatureDelimiter) => Begins::Drawn,
            _ => Begins::Unsaid,
        }
    }

    fn in_run(&self, run: &Range<usize>) -> Vec<&Line<'_>> {
        self.lines.get(run.clone()).unwrap_or_default().iter().collect()
    }

    fn text(&self, run: Range<usize>) -> String {
        let lines = self.lines.get(run).unwrap_or_default().iter().map(|line| line.text);
        lines.collect::<Vec<_>>().join("\n").trim().to_owned()
    }

    fn texts(&self, runs: &[Range<usize>]) -> String {
        runs.iter().map(|run| self.text(run.clone())).collect::<Vec<_>>().join("\n\n")
    }

    /// Without the signature under it.
    fn unsigned(&self, run: &Range<usize>) -> String {
        let end = signature::start(&self.in_run(run)).map_or(run.end, |start| run.start + start);
        self.text(run.start..end)
    }

    /// The new text, and what else was typed, with the marked lines between.
    fn noted(&self, above: usize, zone: &Range<usize>, zone_is_said: bool, typed: &[Range<usize>]) -> String {
        let is_typed =
            |at: usize| at < above || zone_is_said && zone.contains(&at) || typed.iter().any(|run| run.contains(&at));
        let last = (0..self.lines.len()).rev().find(|at| is_typed(*at)).unwrap_or_default();
        let begun = above > 0 || zone_is_said;
        let kept = |at: &usize| {
            is_typed(*at) || begun && self.lines.get(*at).is_some_and(|line| line.quoted || line.is_blank())
        };
        let banners = banner::find(&self.lines);
        let no_banner = |at: &usize| banners.iter().all(|banner| !banner.contains(at));
        let lines = (0..=last).filter(kept).filter(no_banner).filter_map(|at| self.lines.get(at)).map(|line| line.text);
        lines.collect::<Vec<_>>().join("\n").trim().to_owned()
    }
}

/// Quoted line by line: by a mark, or by the tab of mailx.
fn is_marked(line: &Line<'_>) -> bool {
    line.quoted || line.text.starts_with(['\t', '|'])
}

fn unmarked<'a>(line: &Line<'a>) -> &'a str {
    let initials = if line.quoted && !line.text.trim_start().starts_with('>') { line.text.find('>') } else { None };
    let text = initials.and_then(|at| line.text.get(at..)).unwrap_or(line.text);
    text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '>' | '|'))
}

/// The line of our letters that holds its token; a button's has that of the case it is about.
fn is_reference(bare: &str) -> bool {
    // The last one is what earlier letters in French had.
    let names = ["Kenmerk:", "Reference:", "Zeichen:", "Référence :", "Référence:"];
    let named = names.iter().find_map(|name| bare.strip_prefix(name));
    named.is_some_and(|token| token.trim_start().starts_with("kp."))
}

/// A picture that a client shows as words.
fn is_shown(bare: &str) -> bool {
    let bare = bare.trim();
    let bracketed = bare.starts_with(['[', '<']) && bare.ends_with([']', '>']);
    bracketed && ["cid:", "image", "inline"].iter().any(|sign| bare.to_ascii_lowercase().contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_with_the_token_is_known_in_each_language() {
        for name in ["Kenmerk", "Reference", "Zeichen", "Référence ", "Référence"] {
            assert!(is_reference(&format!("{name}: kp.2026-7.c.x")), "{name}");
        }
        assert!(!is_reference("Référence : 2026-7"));
    }
}
