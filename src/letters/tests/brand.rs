//! The company's own look: in letters to customers alone, and nothing of it where the settings have none.

use super::*;
use crate::letters::sample::{PIXEL, branded};
use mail_parser::MimeHeaders;

fn read_for(draft: &Draft, house: &House) -> (String, String) {
    let letter = write_for(draft, house);
    let message = parsed(&letter.bytes);
    let page = message.body_html(0).unwrap();
    (message.body_text(0).unwrap().into_owned(), seven_bit::read(&page).into_owned())
}

#[test]
fn a_brands_letter_in_each_language() {
    let letters = Language::ALL.map(|language| {
        let (text, html) = read_for(&first(LetterKind::Acknowledgement, language), &branded());
        format!("{text}\n{html}")
    });
    insta::assert_snapshot!("branded", letters.join("\n==========\n"));
}

#[test]
fn the_logo_goes_along_where_the_page_shows_it() {
    let letter = write_for(&first(LetterKind::Closing, Language::Dutch), &branded());
    let message = parsed(&letter.bytes);
    let logo = message.parts.iter().find(|part| part.is_content_type("image", "png")).unwrap();
    let id = logo.content_id().unwrap();
    assert_eq!(logo.contents(), PIXEL);
    assert!(logo.content_disposition().unwrap().is_inline());
    let html = message.body_html(0).unwrap();
    let shown = format!("<img src=\"cid:{id}\" alt=\"Voorbeeld Lease\" width=\"120\" height=\"60\"");
    assert!(html.contains(&shown), "{shown} in {html}");
    let whole = String::from_utf8_lossy(&letter.bytes);
    assert!(whole.contains("multipart/related"));
    assert_eq!(write_for(&first(LetterKind::Closing, Language::Dutch), &branded()).bytes, letter.bytes);
}

#[test]
fn a_letter_to_staff_stays_plain() {
    for draft in DRAFTS.iter().filter(|draft| !draft.content.kind().is_for_customer()) {
        // A sheet for a customer is signed with the line, and is no letter to staff.
        if draft.content.kind() == LetterKind::Paper {
            continue;
        }
        assert_eq!(write_for(draft, &branded()).bytes, write(draft).bytes, "{:?}", draft.content.kind());
    }
}

#[test]
fn a_letter_to_a_customer_bears_it_and_passes_the_door() {
    for draft in DRAFTS.iter().filter(|draft| draft.content.kind().is_for_customer()) {
        let letter = write_for(draft, &branded());
        let (text, html) = read_for(draft, &branded());
        for body in [&text, &html] {
            assert!(body.contains("033 123 45 67") && body.contains("https://www.voorbeeldlease.example/"), "{body}");
            assert_eq!(body.contains("Werktags von 9 bis 17 Uhr"), draft.language == Language::German);
        }
        assert!(html.contains("#7a1f5c") && !html.contains("#0b57a4\""));
        let internal = Internal { keys: &sample::keys(), notes: &[], customers: &[] };
        assert_eq!(door(&letter, &internal), Ok(()));
    }
}
