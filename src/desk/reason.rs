//! Whether a settlement can say why: who is not put in the right is owed the reason in writing. Pure.

/// Words of a settlement that can hold a reason: fewer only say no.
const REASON_WORDS_MIN: usize = 6;

/// Whether a text is long enough to say why.
pub(super) fn gives_reason(settlement: &str) -> bool {
    settlement.split_whitespace().filter(|word| word.contains(char::is_alphabetic)).count() >= REASON_WORDS_MIN
}
