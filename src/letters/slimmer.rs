//! An overview that is too large for the sending server, with one file less: first without its spreadsheet, then without
//! its picture, whose words stay. The letter says what is missing. Pure.

use crate::desk::draft::{Content, Draft};
use crate::digest::{Digest, Goes};

/// The same overview with one file less; None where there is nothing left to leave out, or it is another letter.
pub(super) fn slimmer(draft: &Draft) -> Option<Draft> {
    let mut slimmer = draft.clone();
    match &mut slimmer.content {
        Content::Digest(digest) if draft.enclosed.is_empty() => without_picture(digest)?,
        Content::Digest(digest) => digest.sheet = Goes::LeftOut,
        Content::Month(month) if !draft.enclosed.is_empty() => month.sheet = Goes::LeftOut,
        _ => return None,
    }
    slimmer.enclosed.clear();
    Some(slimmer)
}

fn without_picture(digest: &mut Digest) -> Option<()> {
    digest.picture.as_mut()?.png.take().map(drop)
}
