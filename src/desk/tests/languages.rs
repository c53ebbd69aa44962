//! In which language customers are written to, and what is said to them in it.

use super::*;
use crate::case::Worded;

const GERMAN: &str = "Mein Auto ist kaputt und niemand ruft zurück. Ich warte seit drei Wochen auf eine Antwort.";
const FRENCH: &str = "Ma voiture est en panne et personne ne me rappelle.";

fn acknowledged(company: &Company, text: &str) -> (Language, Worded) {
    let decision = company.decide(&post("karin@prive.example", text));
    let found = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Acknowledgement(letter) => Some((draft.language, letter.department_title.clone())),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no acknowledgement: {decision:?}"))
}

#[test]
fn a_customer_is_written_to_as_the_customer_writes() {
    let company = Company::new();
    for (text, language) in [
        (GERMAN, Language::German),
        (FRENCH, Language::French),
        ("My car is broken and nobody calls me back.", Language::English),
        ("Mijn auto is kapot en niemand belt terug.", Language::Dutch),
        ("Моя машина сломана, и никто не звонит.", Language::Dutch),
    ] {
        assert_eq!(acknowledged(&company, text).0, language, "{text}");
    }
}

#[test]
fn colleagues_read_their_own_and_see_which_the_customer_writes() {
    let decision = Company::new().decide(&post("karin@prive.example", GERMAN));
    let notification = decision.letters.iter().find(|draft| draft.content.kind() == LetterKind::Notification).unwrap();
    assert_eq!((notification.language, notification.customer_language), (Language::Dutch, Some(Language::German)));
}

#[test]
fn a_language_that_the_company_does_not_write_is_answered_in_the_desks_own() {
    let settings = SETTINGS.replace("[mailbox]", "languages = [\"nl\", \"en\"]\n[mailbox]");
    assert_eq!(acknowledged(&Company::of(&settings), GERMAN).0, Language::Dutch);
    let settings = SETTINGS.replace("[mailbox]", "language = \"en\"\nlanguages = [\"fr\"]\n[mailbox]");
    let company = Company::of(&settings);
    assert_eq!(acknowledged(&company, GERMAN).0, Language::English);
    assert_eq!(acknowledged(&company, FRENCH).0, Language::French);
}

#[test]
fn a_department_is_called_by_its_title_in_the_customers_language() {
    let settings =
        SETTINGS.replace("title = \"Klantenservice\"", "title = \"Klantenservice\"\ntitle_de = \"Kundendienst\"");
    let company = Company::of(&settings);
    let (_, title) = acknowledged(&company, GERMAN);
    assert_eq!((title.language, title.text.as_str()), (Language::German, "Kundendienst"));
    let (_, title) = acknowledged(&company, FRENCH);
    assert_eq!((title.language, title.text.as_str()), (Language::Dutch, "Klantenservice"));
}

#[test]
fn an_answer_that_nobody_signed_bears_the_colleagues_name() {
    let company = Company::new();
    let signed = |from: &str, text: &str| {
        let decision = company.decide(&reply_of(&company, JAN, text).named(from));
        decision.letters.into_iter().find_map(|draft| match draft.content {
            Content::Answer(answer) => Some(answer.signed_by.map(|by| by.name)),
            _ => None,
        })
    };
    let text = "De garage belt u morgen.";
    assert_eq!(signed("Jan de Boer", text), Some(Some("Jan de Boer".to_owned())));
    assert_eq!(signed("Jan de Boer", "De garage belt u morgen.\n\nGroeten, Jan"), Some(None));
    assert_eq!(signed("Jan", text), Some(None), "it may be a department's name");
}
