//! What the verbs of a colleague's mail ask the register for, so that it is looked up before the mail is decided on.
//! Only for a registered staff address that the mail server does not disown (invariant 6): a stranger's subject looks
//! nothing up. Pure.

use super::Rules;
use super::verbs::{Line, Verb};
use crate::case::{Address, CaseNumber, reference_key};
use crate::text::fold;

/// Characters of a search that are read: a sentence; what is longer was pasted by accident.
const SEARCHED_CHARS_MAX: usize = 400;
/// Words of a search: each is one pass over the texts, and eight find one case among all.
const WORDS_MAX: usize = 8;
/// Characters of one word: the longest Dutch compounds and addresses.
const WORD_CHARS_MAX: usize = 64;
/// A shorter piece of a plate or contract number would be part of most of them.
const KEY_CHARS_MIN: usize = 4;

/// Something to look up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Want {
    /// A case beside that of the answered letter. Whether the sender may see it is judged afterwards.
    Case(CaseNumber),
    /// Cases that match (`#zoek`).
    Search(Search),
    /// Open cases that somebody handles, or that wait for a handler (`#stand`).
    Standing(Standing),
}

/// Which cases somebody may see. Departments by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    All,
    Only(Vec<String>),
    /// For the fallback department's people: theirs are also the cases of departments that are no longer there.
    AllBut(Vec<String>),
}

/// What is searched for, newest case first. All of it must match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    pub scope: Scope,
    /// Who asks: a confidential case is found by its readers alone.
    pub reader: Address,
    /// A case number alone: then nothing else counts.
    pub number: Option<CaseNumber>,
    pub words: Vec<Word>,
}

/// One word of a search.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Word {
    /// Folded: a part of the customer's name or address, the subject, the text.
    pub folded: String,
    /// As a plate or contract number is kept; empty where the word can be none.
    pub key: String,
}

/// Whose open cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub scope: Scope,
    pub handler: Address,
}

/// What a verb line asks the register for.
pub(super) fn want(line: &Line, below: &str, from: &Address, rules: &Rules) -> Option<Want> {
    match line.verb {
        Verb::Dossier | Verb::Merge => line.value.parse().ok().map(Want::Case),
        Verb::Search => Some(Want::Search(search(searched(line, below), from, rules))),
        Verb::Standing => Some(Want::Standing(Standing { scope: scope(from, rules), handler: from.clone() })),
        _ => None,
    }
}

/// What stands behind `#zoek`, or on the first line below it.
fn searched<'a>(line: &'a Line, below: &'a str) -> &'a str {
    if line.value.is_empty() { below.lines().next().unwrap_or_default() } else { &line.value }
}

/// Takes what somebody searches for apart. A case number says all; other words must all occur.
fn search(typed: &str, reader: &Address, rules: &Rules) -> Search {
    let typed: String = typed.chars().take(SEARCHED_CHARS_MAX).collect();
    let number = typed.parse().ok().or_else(|| CaseNumber::find_all(&typed).first().copied());
    let mut words: Vec<Word> = Vec::new();
    let folded = fold(&typed);
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).chars().take(WORD_CHARS_MAX).collect();
    for word in folded.split(' ').map(bare).map(word_of).filter(|word| !word.folded.is_empty()) {
        if words.len() < WORDS_MAX && !words.contains(&word) {
            words.push(word);
        }
    }
    Search { scope: scope(reader, rules), reader: reader.clone(), number, words }
}

fn word_of(folded: String) -> Word {
    let key = reference_key(&folded);
    Word { key: if key.chars().count() < KEY_CHARS_MIN { String::new() } else { key }, folded }
}

/// Which cases this address may see: staff those of their departments, supervisors theirs, `digest.recipients` all.
pub(super) fn scope(address: &Address, rules: &Rules) -> Scope {
    if rules.digest_recipients.contains(address) {
        return Scope::All;
    }
    let (own, others): (Vec<_>, Vec<_>) = rules.departments.iter().partition(|d| d.binds(address));
    let names = |list: Vec<&super::Department>| list.into_iter().map(|d| d.name.clone()).collect();
    if own.iter().any(|d| d.fallback) { Scope::AllBut(names(others)) } else { Scope::Only(names(own)) }
}
