//! What letters say about a language, in whichever they are themselves.

use super::*;
use crate::case::Texts;

#[test]
fn colleagues_read_which_language_a_customer_writes() {
    let kinds = [LetterKind::Notification, LetterKind::FollowUp, LetterKind::Escalation];
    for ((reader, _), kind) in LANGUAGES.into_iter().flat_map(|reader| kinds.map(|kind| (reader, kind))) {
        for customer in Language::ALL.into_iter().filter(|customer| *customer != reader) {
            let draft = Draft { customer_language: Some(customer), ..first(kind, reader) };
            let label = reader.pick("Taal", "Language");
            assert!(read(&draft).text.contains(label), "{kind:?} in {reader:?} of {customer:?}");
        }
    }
}

/// What the committee costs is said in the language of the settings: a sentence in each.
#[test]
fn the_committees_fee_can_be_given_in_each_language() {
    for given in Language::ALL {
        let mut house = sample::house();
        house.committee.as_mut().unwrap().fee = Some(Texts::only(given, "€ 12,34"));
        for reader in Language::ALL {
            let letter = write_for(&first(LetterKind::Closing, reader), &house);
            let text = parsed(&letter.bytes).body_text(0).unwrap().into_owned();
            assert!(text.contains("€ 12,34"), "{given:?} for {reader:?}: {text}");
        }
    }
}
