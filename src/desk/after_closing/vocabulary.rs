//! The lists of words by which a customer's mail after the closing is judged: those of all languages together, folded. Pure.

use crate::languages::{Language, Reaction, others};

/// A list, as each language has one.
pub(super) type List = fn(&Reaction) -> &'static str;

pub(super) const THANKING: List = |of| of.thanking;
pub(super) const POLITE: List = |of| of.polite;
pub(super) const ASKING: List = |of| of.asking;
pub(super) const OPENING: List = |of| of.opening;
pub(super) const WITHIN_NAMES: List = |of| of.within_names;
pub(super) const NEGATIONS: List = |of| of.negations;
pub(super) const NOT_ONLY: List = |of| of.not_only;
pub(super) const REFUSING: List = |of| of.refusing;
pub(super) const SETTLED: List = |of| of.settled;
pub(super) const OPPOSED: List = |of| of.opposed;
pub(super) const SIGN_OFFS: List = |of| of.sign_offs;
pub(super) const ADDED: List = |of| of.added;

/// Signs that are thanks by themselves.
pub(super) const THANKFUL_SIGNS: &str = "👍🙏😊🙂😀😃😄😁☺❤💐🎉👌🤗👏";

fn each(list: List) -> impl Iterator<Item = &'static str> {
    Language::ALL.into_iter().map(|language| &language.tongue().reaction).chain([&others::REACTION]).map(list)
}

/// The words of a list.
pub(super) fn listed(list: List) -> impl Iterator<Item = &'static str> {
    each(list).flat_map(str::split_whitespace)
}

/// Whether the folded word stands in the list.
pub(super) fn has(list: List, word: &str) -> bool {
    listed(list).any(|listed| listed == word)
}

/// The phrases of a list.
pub(super) fn phrases(list: List) -> impl Iterator<Item = &'static str> {
    each(list).flat_map(|phrases| phrases.split(',')).map(str::trim).filter(|phrase| !phrase.is_empty())
}
