//! Which pictures of a mail are no more than its decoration: shown by the page in a signature or a quote, or as small as a
//! sign. A picture that a person put among the words is none, nor is one that no page points to (Apple Mail marks each
//! photo as inline). Pure.

use super::{Leaf, Parsed};
use crate::mail::newtext;

/// Octets below which a picture of a page is a sign or a logo; photos and screenshots have ten times as many.
const SIGN_BYTES_MAX: usize = 20_000;

/// The Content-IDs of the decorations.
pub(super) fn decorations(parsed: &Parsed) -> Vec<String> {
    let (page, pictures) = match &parsed.other {
        Some(page) => (page.text.as_str(), &page.pictures),
        None => (parsed.text.as_str(), &parsed.pictures),
    };
    if pictures.is_empty() {
        return Vec::new();
    }
    let own = newtext::lines_above_closing(parsed, page);
    let size = |id: &str| {
        let of_id = |leaf: &&Leaf| leaf.content_id.as_deref() == Some(id);
        parsed.leaves.iter().find(of_id).map_or(0, |leaf| leaf.content.len())
    };
    // Shown twice, once above: it belongs there.
    let among_words = |id: &str| pictures.iter().any(|(lines, other)| other == id && *lines <= own);
    let is_decoration = |id: &str| !among_words(id) || size(id) <= SIGN_BYTES_MAX;
    pictures.iter().map(|(_, id)| id.clone()).filter(|id| is_decoration(id)).collect()
}
