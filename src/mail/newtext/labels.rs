//! The labels of a quoted mail's header ("Van:", "Sent:", "Objet :"), in every language we know. Pure.

use super::phrases::{FROM, OTHER_LABELS, SENT, SUBJECT, TO};
use std::collections::HashMap;
use std::sync::LazyLock;

/// What a header line of a quoted mail names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    From,
    Sent,
    To,
    Subject,
    Other,
}

static LABELS: LazyLock<HashMap<&str, Label>> = LazyLock::new(|| {
    let tables = [
        (OTHER_LABELS, Label::Other),
        (TO, Label::To),
        (SUBJECT, Label::Subject),
        (SENT, Label::Sent),
        // Last, because "da" and "de" mean From before anything else.
        (FROM, Label::From),
    ];
    tables.into_iter().flat_map(|(words, label)| words.iter().map(move |word| (*word, label))).collect()
});

/// Bytes of a label at most; longer text before a colon is a sentence.
pub(super) const LABEL_MAX: usize = 40;

/// The label that a folded line begins with.
pub(super) fn of(low: &str) -> Option<Label> {
    let low = low.trim_start_matches(['*', '_', '|', ' ']);
    let end = low.char_indices().take_while(|(at, _)| *at <= LABEL_MAX).find(|(_, c)| matches!(c, ':' | '：'))?;
    LABELS.get(low.get(..end.0)?.trim_matches(['*', '_', ' '])).copied()
}
