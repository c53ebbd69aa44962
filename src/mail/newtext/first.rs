//! A first mail: all of it is new text, whatever in it looks like a quote. Pure.

use super::lines::Line;
use super::{Fate, MARKER, signature};
use crate::mail::CutSign;
use crate::mail::parse::Parsed;
use crate::mail::words::{self, Prefix};

/// A first mail: it answers nothing, by its headers, by its subject or by what it quotes. There is no mail below it then, and
/// what looks like the head of one (a list "Van: Naar: Datum:", a letter's head, a rule of dashes) is the sender's. That a
/// thread is missing says something only where the headers are whole, as those of a mail that servers passed on.
pub(super) fn opens_a_thread(parsed: &Parsed) -> bool {
    let answers = ["in-reply-to", "references", "thread-index"].iter().any(|name| parsed.header(name).is_some());
    let subject = parsed.header("subject").unwrap_or_default();
    parsed.header("received").is_some()
        && !answers
        && words::subject_prefix(subject).0 == Prefix::None
        && !parsed.text.contains(MARKER)
}

/// Gives a first mail back what was cut by its looks alone. What a client marked as a quote or a signature stays cut.
pub(super) fn own_again(
    lines: &[Line<'_>],
    fates: &mut [Fate],
    rest: Option<(usize, CutSign)>,
) -> Option<(usize, CutSign)> {
    let by_looks = |sign: CutSign| matches!(sign, CutSign::HeaderBlock | CutSign::Separator | CutSign::Attribution);
    let first = fates.iter().position(|fate| *fate == Fate::Signature);
    let signed = first.and_then(|at| lines.get(at)).filter(|line| line.text != "-- ").map(signature::sign);
    if signed == Some(CutSign::SignatureDelimiter) {
        fates.iter_mut().filter(|fate| **fate == Fate::Signature).for_each(|fate| *fate = Fate::Own);
    }
    let Some((start, _)) = rest.filter(|(_, sign)| by_looks(*sign)) else { return rest };
    for (fate, line) in fates.iter_mut().zip(lines).skip(start) {
        *fate = if line.quoted { Fate::Quoted } else { Fate::Own };
    }
    None
}
