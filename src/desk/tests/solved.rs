//! "Was it solved?": who is asked, and what "yes" and "no" do. Only where the company wants to know, and only by the customer's
//! own letter.

use super::*;
use crate::case::{Closed, Outcome, Solved};
use crate::desk::after_closing::solved_typed;

const REASON: &str = "Wij keren niets uit, omdat de kras er al zat toen u de auto kreeg.";

fn asking() -> Company {
    let mut company = Company::new();
    company.rules.closing.ask = true;
    company
}

fn asks(company: &Company, typed: &str) -> bool {
    let decision = company.decide(&reply_of(company, JAN, typed));
    let asks = to_customers(&decision).find_map(|draft| match &draft.content {
        Content::Closing(closing) => Some(closing.asks),
        _ => None,
    });
    asks.unwrap_or_else(|| panic!("{decision:?}"))
}

#[test]
fn it_is_asked_where_the_company_wants_to_know_and_nobody_was_told_no() {
    let close = format!("#afgehandeld\n{REASON}");
    assert!(!asks(&Company::new(), &close), "off by default");
    assert!(asks(&asking(), &close) && asks(&asking(), &format!("#deels\n{close}")));
    for typed in [format!("#ongegrond\n{close}"), format!("#afgehandeld {REASON}\n#ongegrond")] {
        assert!(!asks(&asking(), &typed), "{typed}");
    }
    let mut disputed = asking();
    disputed.after(What::Disputed { text: String::new(), last_day: None });
    assert!(!asks(&disputed, &close));
    let mut judged = asking();
    judged.after(What::Judged(crate::case::Judgement { outcome: Some(Outcome::Unfounded), ..Default::default() }));
    assert!(!asks(&judged, &close));
    // In a language that is not named, a German letter by default.
    let mut elsewhere = asking();
    elsewhere.rules.closing.ask_languages = vec!["en".into()];
    assert!(!asks(&elsewhere, &close));
}

fn closed(ask: bool) -> Company {
    let mut company = Company::new();
    company.rules.closing.ask = ask;
    company.after(What::Closed(Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
    company.letter_kind = Some(LetterKind::Closing);
    company
}

/// A link of the letter opens a new mail, with the letter's reference below.
fn pressed(company: &Company, from: &str, typed: &str) -> MailDecision {
    company.decide(&post(from, &format!("{typed}\n\n\nKenmerk: {}\n", company.token(Side::Customer))))
}

fn said(decision: &MailDecision) -> Vec<Solved> {
    let solved = |event: &Event| if let What::SolvedSaid { solved } = event.what { Some(solved) } else { None };
    decision.events.iter().filter_map(solved).collect()
}

#[test]
fn yes_is_filed_and_nothing_is_sent() {
    let company = closed(true);
    let yes = solved_typed(Solved::Yes, Language::Dutch);
    for decision in [
        pressed(&company, KLANT, yes),
        company.decide(&post(KLANT, "Ja, opgelost. Bedankt!").answering(&company.token(Side::Customer))),
    ] {
        assert_eq!((kinds(&decision), sent(&decision)), (vec!["followed_up", "solved_said"], vec![]));
        assert_eq!(said(&decision), [Solved::Yes]);
        let What::FollowedUp { text, .. } = &decision.events[0].what else { panic!("{decision:?}") };
        assert!(!text.contains("Kenmerk"), "{text}");
    }
}

#[test]
fn no_and_words_that_are_no_thanks_are_the_disagreement_as_ever() {
    let company = closed(true);
    let no = pressed(&company, KLANT, &format!("{}\nDe kras zit er nog.", solved_typed(Solved::No, Language::Dutch)));
    assert_eq!(kinds(&no), ["followed_up", "solved_said", "reopened"]);
    assert_eq!((said(&no).as_slice(), sent(&no).len()), (&[Solved::No][..], 3));
    let more = pressed(&company, KLANT, "Ja, mijn klacht is opgelost. Maar nu is de deur stuk.");
    assert_eq!(kinds(&more), ["followed_up", "reopened"]);
}

#[test]
fn it_counts_only_in_answer_to_the_customers_own_closing() {
    let yes = solved_typed(Solved::Yes, Language::Dutch);
    // Not asked, so it is a text like any other.
    let unasked = pressed(&closed(false), KLANT, yes);
    assert_eq!(kinds(&unasked), ["followed_up", "reopened"]);
    // From elsewhere, with a letter that was passed on.
    let other = pressed(&closed(true), "x@elders.example", yes);
    assert!(said(&other).is_empty() && !kinds(&other).contains(&"reopened"), "{other:?}");
    // In answer to another letter, and with a number alone.
    let mut notified = closed(true);
    notified.letter_kind = Some(LetterKind::Answer);
    assert!(said(&pressed(&notified, KLANT, yes)).is_empty());
    let named = closed(true).decide(&post(KLANT, &format!("{yes}\nK-2026-000007")));
    assert!(said(&named).is_empty());
}

#[test]
fn the_line_with_the_token_is_no_part_of_what_a_customer_says_in_french() {
    let company = closed(true);
    let yes = solved_typed(Solved::Yes, Language::French);
    let token = company.token(Side::Customer);
    let decision = company.decide(&post(KLANT, &format!("{yes}\n\n\nRéférence : {token}\n")));
    assert_eq!(said(&decision), [Solved::Yes]);
    let What::FollowedUp { text, .. } = &decision.events[0].what else { panic!("{decision:?}") };
    assert!(!text.contains("Référence"), "{text}");
}

/// Below a closing without the question "ja" answers something else: "is there still something wrong?" (invariant 9).
#[test]
fn yes_below_a_closing_that_did_not_ask_is_a_text_like_any_other() {
    let mut refused = closed(true);
    refused.after(What::Judged(crate::case::Judgement { outcome: Some(Outcome::Unfounded), ..Default::default() }));
    let mut elsewhere = closed(true);
    elsewhere.rules.closing.ask_languages = vec!["en".into()];
    for company in [refused, elsewhere] {
        let decision = company.decide(&post(KLANT, "Ja").answering(&company.token(Side::Customer)));
        assert_eq!(kinds(&decision), ["followed_up", "reopened"], "{decision:?}");
    }
}

#[test]
fn what_is_said_below_the_name_is_said() {
    let company = closed(true);
    let more =
        "Ja, mijn klacht is opgelost.\nGroeten,\nKarin Klant\n\nMaar nu is de deur stuk en ik wil dat u die ook maakt.";
    assert_eq!(kinds(&pressed(&company, KLANT, more)), ["followed_up", "reopened"]);
}

/// A client that makes one line of the new mail's text, and a person who quotes the reference in a sentence.
#[test]
fn only_the_reference_is_taken_out_of_a_line() {
    let company = closed(true);
    let token = company.token(Side::Customer);
    let filed = |decision: &MailDecision| match &decision.events[0].what {
        What::FollowedUp { text, .. } => text.clone(),
        other => panic!("{other:?}"),
    };
    let yes = solved_typed(Solved::Yes, Language::Dutch);
    let flat = company.decide(&post(KLANT, &format!("{yes} Kenmerk: {token}")));
    assert_eq!((filed(&flat), said(&flat)), (yes.to_owned(), vec![Solved::Yes]));
    let no = "Nee, mijn klacht is niet opgelost. De 240 euro is nooit gekomen.";
    for reference in ["Kenmerk:", "kenmerk :", "Référence :"] {
        let told = company.decide(&post(KLANT, &format!("{no} {reference} {token}")));
        assert_eq!(filed(&told), no, "{reference}");
        assert_eq!(kinds(&told).last(), Some(&"reopened"));
    }
}
