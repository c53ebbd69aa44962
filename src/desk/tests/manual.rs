//! The manuals of staff (docs/), held against the desk: each example does what it says, and no verb is left out.

use super::*;
use crate::desk::verbs::TABLE;

const DUTCH: &str = include_str!("../../../docs/handleiding.md");
const ENGLISH: &str = include_str!("../../../docs/manual-staff.md");

/// The examples of a manual with that word behind the fence.
fn examples<'a>(manual: &'a str, word: &'a str) -> impl Iterator<Item = &'a str> {
    manual.split("\n```").filter_map(move |part| part.strip_prefix(word)?.strip_prefix('\n'))
}

#[test]
fn every_example_of_the_manual_is_carried_out_and_nothing_is_asked() {
    let company = Company::new();
    let replies = examples(DUTCH, "reply").map(|text| (text, does(&company, JAN, text)));
    let new = examples(DUTCH, "new").map(|text| (text, company.decide(&post(JAN, text).dmarc("pass"))));
    let mut number = 0;
    for (text, decision) in replies.chain(new) {
        number += 1;
        let question = decision.letters.iter().any(|draft| draft.content.kind() == LetterKind::Question);
        assert!(!question, "{text}\nis asked about: {:?}", why(&decision));
        assert!(!done(&decision).is_empty(), "{text}\ndoes nothing");
        let leaves = ["Beste", "#telefoon"].iter().any(|word| text.contains(word));
        assert_eq!(to_customers(&decision).next().is_some(), leaves, "{text}");
    }
    assert!(number > 10, "{number} examples were found");
}

#[test]
fn the_manuals_have_every_verb() {
    for row in TABLE {
        assert!(DUTCH.contains(&format!("| `{}` | ", row.dutch)), "{} in Dutch", row.dutch);
        for name in [row.dutch, row.english] {
            assert!(ENGLISH.contains(&format!("`{name}")), "{name} in English");
        }
    }
}
