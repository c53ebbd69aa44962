//! `#klant`: who the customer is, what they are owed, and who hears that a letter was not theirs.

use super::draft::{Done, Owed, Problem};
use super::*;
use crate::case::{Clock, Closed, Customer, LetterFate};

const PIET: &str = "piet@klant.example";
const SECRET: &str = "Wij betalen Karin de kras van 300 euro";

/// Something that happened on case 7, in its file too.
fn happened(company: &mut Company, what: What) {
    let event = Event { at: now(), case: Some(number(7)), actor: Actor::Desk, mail: None, what };
    company.files[0].case.apply(&event);
    company.files[0].events.push(event);
}

fn letter(company: &mut Company, n: u8, letter_kind: LetterKind, fate: Option<LetterFate>) {
    let (letter, to) = (letter_id(n), KLANT.to_owned());
    let message_id = format!("{n}@lease.example");
    happened(company, What::LetterWritten { letter: letter.clone(), letter_kind, to: to.clone(), message_id });
    if let Some(fate) = fate {
        happened(company, What::LetterFate { letter, letter_kind, to, fate });
    }
}

fn accepted() -> Option<LetterFate> {
    Some(LetterFate::Accepted { server: "mx".into(), reply: "250".into() })
}

/// Case 7 with an acknowledgement, and an answer, that went to Karin.
fn answered() -> Company {
    let mut company = Company::new();
    letter(&mut company, 5, LetterKind::Acknowledgement, accepted());
    happened(&mut company, What::Answered { letter: letter_id(6), text: SECRET.into() });
    letter(&mut company, 6, LetterKind::Answer, accepted());
    company
}

/// Of a web form: nobody knows whose it is.
fn nobodys() -> Company {
    let mut company = Company::new();
    company.case().customer = Customer::default();
    company
}

fn record(company: &mut Company, decision: &MailDecision) {
    decision.events.iter().for_each(|event| {
        company.files[0].case.apply(event);
        company.files[0].events.push(event.clone());
    });
}

fn set(decision: &MailDecision) -> (&str, &str, &[Owed], Option<&str>) {
    let found = done(decision).iter().find_map(|done| match done {
        Done::CustomerSet { to, name, owed, told } => {
            Some((to.as_str(), name.as_str(), owed.as_slice(), told.as_ref().map(Address::as_str)))
        }
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{:?}", done(decision)))
}

#[test]
fn the_customer_of_a_web_form_gets_the_acknowledgement() {
    for typed in [
        "#klant piet@klant.example Piet de Boer",
        "#klant Piet de Boer <piet@klant.example>",
        "#Klant: piet@klant.example <mailto:piet@klant.example> Piet de Boer",
        "#customer Piet de Boer, piet@klant.example",
    ] {
        let mut company = nobodys();
        let decision = does(&company, JAN, typed);
        assert_eq!(kinds(&decision), ["customer_set"], "{typed}");
        assert_eq!(sent(&decision), [(LetterKind::Acknowledgement, PIET), (LetterKind::Receipt, JAN)], "{typed}");
        assert_eq!(set(&decision), (PIET, "Piet de Boer", &[Owed::Acknowledgement][..], None), "{typed}");
        record(&mut company, &decision);
        assert_eq!(company.case().customer.address, Some(address(PIET)));
        assert_eq!(company.case().handler, None, "who puts it right need not handle it");
        assert_eq!(answer(&does(&company, JAN, "Wij komen kijken.")), Some("Wij komen kijken."));
    }
}

#[test]
fn until_then_nothing_goes_out_and_no_clock_stops() {
    let mut website = Company::new();
    website.case().customer.address = Some(address("noreply@www.lease.example"));
    for company in [nobodys(), website] {
        for typed in ["Wij komen kijken.", "#antwoord Wij komen kijken."] {
            assert_eq!(*asked(&does(&company, JAN, typed), JAN, typed), Problem::NoCustomerAddress);
        }
        let closed = does(&company, JAN, "#afgehandeld\nVergoed.");
        assert_eq!(to_customers(&closed).count(), 0, "{:?}", sent(&closed));
    }
}

#[test]
fn an_answer_beside_it_goes_to_the_new_customer_whichever_stands_first() {
    for typed in
        ["#klant piet@klant.example\n#antwoord\nWij komen.", "#antwoord\n#klant piet@klant.example\nWij komen."]
    {
        let decision = does(&nobodys(), JAN, typed);
        assert_eq!(answer(&decision), Some("Wij komen."), "{typed}");
        assert!(to_customers(&decision).all(|draft| draft.to == address(PIET)), "{typed}: {:?}", sent(&decision));
    }
    let noted = does(&nobodys(), JAN, "#klant piet@klant.example\nGezien op de foto.");
    assert_eq!((kinds(&noted), answer(&noted)), (vec!["customer_set", "noted"], None));
}

#[test]
fn who_had_a_persons_letter_is_told_and_nothing_earlier_goes_along() {
    let mut company = answered();
    assert!(company.case().first_response_at().is_some());
    let decision = does(&company, JAN, "#klant piet@klant.example Piet");
    let letters = [(LetterKind::Acknowledgement, PIET), (LetterKind::Misdirected, KLANT), (LetterKind::Receipt, JAN)];
    assert_eq!(sent(&decision), letters);
    assert_eq!(set(&decision), (PIET, "Piet", &[Owed::Acknowledgement, Owed::Answer][..], Some(KLANT)));
    let to = |kind| decision.letters.iter().find(|draft| draft.content.kind() == kind).unwrap();
    let new = format!("{:?}", to(LetterKind::Acknowledgement));
    for old in ["Karin", KLANT, SECRET, "eerste@prive.example", "5@lease.example", "6@lease.example"] {
        assert!(!new.contains(old), "{old} goes along: {new}");
    }
    let old = to(LetterKind::Misdirected);
    assert_eq!((old.to_name.as_str(), old.in_reply_to.as_deref()), ("Karin Klant", Some("6@lease.example")));
    assert!(!format!("{:?}", old.content).contains("Piet"), "{old:?}");
    record(&mut company, &decision);
    let due = company.rules.due(now());
    let case = company.case();
    assert_eq!(case.clock(Clock::FirstResponse), (due.first_response, None), "to its original last moment");
    assert_eq!(case.acknowledged_at(), None);
    assert_eq!(case.customer, Customer { name: "Piet".into(), address: Some(address(PIET)), ..Customer::default() });
}

#[test]
fn who_had_nothing_of_a_person_hears_nothing() {
    // A typing error in the address: the acknowledgement came back, and the name is the customer's own.
    let mut company = Company::new();
    let bounced = Some(LetterFate::Bounced { permanent: true, status: "5.1.1".into() });
    letter(&mut company, 5, LetterKind::Acknowledgement, bounced.clone());
    letter(&mut company, 6, LetterKind::Answer, bounced);
    let decision = does(&company, JAN, "#klant piet@klant.example");
    assert_eq!(sent(&decision), [(LetterKind::Acknowledgement, PIET), (LetterKind::Receipt, JAN)]);
    assert_eq!(set(&decision), (PIET, "Karin Klant", &[Owed::Acknowledgement][..], None));
    record(&mut company, &decision);
    assert_eq!(company.case().failed_letters, []);
    // Again changes nothing.
    let again = does(&company, JAN, "#klant piet@klant.example");
    record(&mut company, &again);
    assert!(again.events.iter().all(|event| !matches!(event.what, What::CustomerSet { .. })), "{:?}", kinds(&again));
}

#[test]
fn the_old_address_is_somebody_else_from_then_on() {
    let mut company = answered();
    let decision = does(&company, JAN, "#klant piet@klant.example Piet");
    record(&mut company, &decision);
    let token = company.token(Side::Customer);
    let old = company.decide(&post(KLANT, "En mijn 300 euro?").answering(&token).dmarc("pass"));
    assert_eq!(kinds(&old), ["other_wrote"]);
    let by_number = company.decide(&post(KLANT, "En mijn geld?").subject("K-2026-000007").dmarc("pass"));
    assert_eq!(by_number.verdict.case, Some(number(8)));
    let new = company.decide(&post(PIET, "Dank.").answering(&token));
    assert_eq!(kinds(&new), ["followed_up"]);
    // A letter that was under way to the old one stops nothing, and its failing is nobody's loss.
    letter(&mut company, 6, LetterKind::Answer, accepted());
    assert_eq!(company.case().first_response_at(), None);
    let bounced = Some(LetterFate::Bounced { permanent: true, status: "5.1.1".into() });
    letter(&mut company, 6, LetterKind::Answer, bounced);
    letter(&mut company, 9, LetterKind::Misdirected, accepted());
    let case = company.case();
    assert_eq!((case.first_response_at(), case.failed_letters.len()), (None, 0));
    assert!(case.customer_thread.iter().all(|id| id != "9@lease.example"));
}

#[test]
fn a_settlement_that_went_to_somebody_else_is_owed_again() {
    let mut company = answered();
    happened(&mut company, What::Closed(Closed { settlement: SECRET.into(), letter: letter_id(7) }));
    letter(&mut company, 7, LetterKind::Closing, accepted());
    assert!(!company.case().owes_confirmation());
    let decision = does(&company, JAN, "#klant piet@klant.example");
    assert_eq!(sent(&decision), [(LetterKind::Misdirected, KLANT), (LetterKind::Receipt, JAN)]);
    assert_eq!(set(&decision), (PIET, "", &[Owed::Confirmation][..], Some(KLANT)));
    record(&mut company, &decision);
    assert!(company.case().owes_confirmation());
    let closed = does(&company, JAN, "#afgehandeld\nWij vergoeden uw kras.");
    assert_eq!(sent(&closed)[0], (LetterKind::Closing, PIET));
}

#[test]
fn what_is_no_customer_is_asked_about() {
    let company = answered();
    for typed in [
        "#klant",
        "#klant Piet de Boer",
        "#klant piet@klant.example els@klant.example",
        "#klant jan@lease.example",
        "#klant receptie@lease.example",
        "#klant klachten@lease.example",
        "#klant noreply@www.lease.example",
    ] {
        assert!(matches!(asked(&does(&company, JAN, typed), JAN, typed), Problem::NotACustomer { .. }), "{typed}");
    }
    let mut dismissed = Company::new();
    dismissed.case().state = CaseState::Dismissed;
    assert!(matches!(why(&does(&dismissed, JAN, "#klant piet@klant.example")), Problem::NotNow { .. }));
}

#[test]
fn nobody_but_its_department_puts_the_customer_right() {
    let company = answered();
    let typed = "#klant dief@elders.example";
    for from in ["fien@lease.example", KLANT, "dief@elders.example"] {
        let decision = does(&company, from, typed);
        assert!(!kinds(&decision).contains(&"customer_set"), "{from}");
    }
    let forged = company.decide(&post(JAN, typed).answering(&company.token(Side::Staff)).dmarc("none"));
    assert!(!kinds(&forged).contains(&"customer_set"));
    let by_customers = company.decide(&post(JAN, typed).answering(&company.token(Side::Customer)).dmarc("pass"));
    assert!(!kinds(&by_customers).contains(&"customer_set"));
}
