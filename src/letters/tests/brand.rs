//! The company's own look: in letters to customers alone, and nothing of it where the settings have none.

use super::*;
use crate::letters::{Brand, Logo};
use mail_parser::MimeHeaders;

/// A pixel of PNG.
const PIXEL: &[u8] = &[
    0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, b'I', b'H', b'D', b'R', 0, 0, 0, 1, 0, 0, 0, 1, 8,
    6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0x0d, b'I', b'D', b'A', b'T', 0x78, 0x9c, 0x63, 0xf8, 0xcf, 0xc0,
    0xf0, 0x1f, 0, 5, 0, 1, 0xff, 0x89, 0x99, 0x3d, 0x1d, 0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xae, 0x42, 0x60, 0x82,
];

fn branded() -> House {
    let said = |dutch: &str, german: &str| {
        let german = Worded { language: Language::German, text: german.to_owned() };
        Texts { others: vec![german], ..Texts::only(Language::Dutch, dutch) }
    };
    House {
        brand: Some(Brand {
            logo: Some(Logo {
                content: PIXEL.to_vec(),
                media_type: "image/png".to_owned(),
                width: 400,
                height: 200,
                alt: None,
            }),
            colour: Some("#7a1f5c".to_owned()),
            phone: Some("033 123 45 67".to_owned()),
            website: Some("https://www.voorbeeldlease.example/".to_owned()),
            opening_hours: Some(said("Op werkdagen van 9 tot 17 uur", "Werktags von 9 bis 17 Uhr")),
            signature: Some(said("Team klachten", "Ihr Team für Beschwerden")),
        }),
        ..sample::house()
    }
}

fn read_for(draft: &Draft, house: &House) -> (String, String) {
    let letter = write_for(draft, house);
    let message = parsed(&letter.bytes);
    (message.body_text(0).unwrap().into_owned(), message.body_html(0).unwrap().into_owned())
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
    for draft in sample::drafts().iter().filter(|draft| !draft.content.kind().is_for_customer()) {
        // A sheet for a customer is signed with the line, and is no letter to staff.
        if draft.content.kind() == LetterKind::Paper {
            continue;
        }
        assert_eq!(write_for(draft, &branded()).bytes, write(draft).bytes, "{:?}", draft.content.kind());
    }
}

#[test]
fn a_letter_to_a_customer_bears_it_and_passes_the_door() {
    for draft in sample::drafts().iter().filter(|draft| draft.content.kind().is_for_customer()) {
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
