//! A page beside the plain text: what was typed on it, and what of it was struck out. Pure.

use super::{Fated, NewText, OtherForm, fates, first_sign, is_closing, lines, sign, split};
use crate::mail::html::{Page, STRUCK};
use crate::mail::limits::WORK_STEPS_MAX;
use crate::mail::parse::Parsed;
use crate::mail::work::Work;

/// The other form of a mail's text, read in the same way.
pub(crate) fn other_form(parsed: &Parsed, page: &Page) -> OtherForm {
    let NewText { relayable, cuts, .. } = split(&Parsed {
        headers: parsed.headers.clone(),
        text: page.text.clone(),
        marks: page.marks.clone(),
        struck: page.struck,
        ..Parsed::default()
    });
    OtherForm { text: page.text.clone(), relayable, cuts }
}

/// How many of a page's first lines the sender typed, above a closing ("Met vriendelijke groet"), a signature or a quote.
pub(crate) fn lines_above_closing(parsed: &Parsed, page: &str) -> usize {
    let marks = parsed.other.as_ref().map_or(&parsed.marks, |page| &page.marks);
    let lines = lines::of(page);
    let Fated { mut fates, read, .. } = fates(&lines, marks, &Work::new(WORK_STEPS_MAX));
    sign(&lines, marks, &mut fates);
    let own = first_sign(&lines, &fates, marks);
    let closing = (0..lines.len()).find(|at| is_closing(&lines, &[*at]));
    own.min(read).min(closing.unwrap_or(lines.len()))
}

/// Without the words that were struck out on the page.
pub(super) fn unstruck(text: String) -> String {
    let kept = text.split(STRUCK).step_by(2).collect::<String>();
    kept.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim().to_owned()
}
