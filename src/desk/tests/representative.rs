//! `#gemachtigde`: nobody acts for a customer without a ground; who does gets what is written from then on, and nothing from
//! before; and the customer is told, and hears the outcome.

use super::draft::{Done, Problem, RepresentedStage};
use super::*;
use crate::case::{Closed, Ground, Representative, Round};

const LAWYER: &str = "p.visser@kantoor.example";

/// Case 7 with a lawyer, to whom letter 5 went.
fn represented() -> Company {
    let mut company = Company::new();
    let (address, name) = (address(LAWYER), "Pim Visser".to_owned());
    company.after(What::RepresentativeSet(Representative {
        address,
        name,
        ground: Ground::Lawyer,
        thread: Vec::new(),
    }));
    let (letter, message_id) = (letter_id(5), "vijf@lease.example".to_owned());
    let written = What::LetterWritten { letter, letter_kind: LetterKind::Answer, to: LAWYER.into(), message_id };
    company.after(written.clone());
    company.files[0].events.push(Event {
        at: now(),
        case: Some(number(7)),
        actor: Actor::Desk,
        mail: None,
        what: written,
    });
    company
}

fn token(company: &Company, letter: u8) -> String {
    company.rules.keys.write(&Token { case: Some(number(7)), side: Side::Customer, letter: letter_id(letter) })
}

fn set(decision: &MailDecision) -> &Representative {
    let found = decision.events.iter().find_map(|event| match &event.what {
        What::RepresentativeSet(acts) => Some(acts),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("{decision:?}"))
}

#[test]
fn a_ground_is_one_of_three_and_is_kept() {
    let day = "2026-03-03".parse().unwrap();
    for (typed, name, ground) in [
        ("advocaat", "", Ground::Lawyer),
        ("mr. P. Visser, advocaat", "mr. P. Visser", Ground::Lawyer),
        ("volmacht van 3-3-2026", "", Ground::Authorisation(day)),
        ("Els Klant volmacht dd 3 maart 2026", "Els Klant", Ground::Authorisation(day)),
        ("klant schreef het zelf", "", Ground::Customer),
        ("Els, customer wrote it", "Els", Ground::Customer),
    ] {
        let decision = does(&Company::new(), JAN, &format!("#gemachtigde {LAWYER} {typed}"));
        assert_eq!((set(&decision).name.as_str(), set(&decision).ground), (name, ground), "{typed}");
        assert_eq!(set(&decision).address, address(LAWYER));
    }
    for typed in ["", "zegt hij", "volmacht", "volmacht van gisteren of zo 12", "klant", "volmacht van 1-1-2099"] {
        let decision = does(&Company::new(), JAN, &format!("#gemachtigde {LAWYER} {typed}"));
        assert!(matches!(asked(&decision, JAN, typed), Problem::NoGround { .. }), "{typed}: {decision:?}");
    }
    for wrong in [KLANT, JAN, "klachten@lease.example", "mr Visser", "noreply@kantoor.example"] {
        let decision = does(&Company::new(), JAN, &format!("#gemachtigde {wrong} advocaat"));
        assert!(matches!(asked(&decision, JAN, wrong), Problem::NoRepresentative { .. }), "{wrong}");
    }
}

#[test]
fn both_are_told_and_nothing_from_before_goes_along() {
    let mut company = Company::new();
    company.case().customer_thread.push("ons-antwoord@lease.example".into());
    let decision = does(&company, JAN, &format!("#gemachtigde {LAWYER} Pim Visser advocaat\nStuurde een brief."));
    assert_eq!(kinds(&decision), ["representative_set", "noted"]);
    let letters = [(LetterKind::Represented, KLANT), (LetterKind::Represented, LAWYER), (LetterKind::Receipt, JAN)];
    assert_eq!(sent(&decision), letters);
    let told = decision.letters.iter().find(|draft| draft.to.as_str() == LAWYER).unwrap();
    assert!(told.references.is_empty() && told.in_reply_to.is_none() && told.carried.is_empty());
    assert!(!format!("{told:?}").contains("Er zit een kras"), "but the complaint's number");
    let Content::Represented(letter) = &told.content else { panic!("{told:?}") };
    assert_eq!(letter.stage, RepresentedStage::RepresentativeBegins);
    let mut by_post = Company::new();
    by_post.case().customer.address = None;
    let decision = does(&by_post, JAN, &format!("#gemachtigde {LAWYER} advocaat"));
    assert!(matches!(done(&decision)[0], Done::RepresentativeSet { told: None, .. }), "staff tell it themselves");
}

#[test]
fn letters_go_to_who_acts_and_the_outcome_to_both() {
    let company = represented();
    let answered = does(&company, JAN, "Wij komen kijken.");
    assert_eq!(sent(&answered)[0], (LetterKind::Answer, LAWYER));
    let letter = &answered.letters[0];
    assert_eq!(
        (letter.references.as_slice(), letter.to_name.as_str()),
        (&["vijf@lease.example".to_owned()][..], "Pim Visser")
    );
    let closed = does(&company, JAN, "#afgehandeld\nWij betalen 200 euro.");
    assert_eq!(
        sent(&closed),
        [(LetterKind::Closing, LAWYER), (LetterKind::Closing, KLANT), (LetterKind::Receipt, JAN)]
    );
    let names = closed.letters.iter().filter_map(|draft| match &draft.content {
        Content::Closing(closing) => Some(closing.customer_name.as_str()),
        _ => None,
    });
    assert_eq!(names.collect::<Vec<_>>(), ["Pim Visser", "Karin Klant"]);
}

#[test]
fn the_own_token_acts_as_the_customers_and_no_other_does() {
    let closed = || {
        let mut company = represented();
        company.after(What::Closed(Closed { settlement: "Niets".into(), letter: letter_id(9) }));
        company
    };
    let says = |company: &Company, letter: u8| {
        company.decide(&post(LAWYER, "Mijn cliënt is het er niet mee eens.").answering(&token(company, letter)))
    };
    assert_eq!(kinds(&says(&closed(), 5)), ["followed_up", "reopened"]);
    // The customer's own letter in the lawyer's hands; a stranger with the lawyer's; the lawyer when it is over.
    assert_eq!(kinds(&says(&closed(), 1)), ["other_wrote"]);
    let company = closed();
    let stranger = post("x@kantoor.example", "Betaal.").answering(&token(&company, 5));
    assert_eq!(kinds(&company.decide(&stranger)), ["other_wrote"]);
    let mut over = closed();
    over.after(What::RepresentativeEnded);
    assert_eq!(kinds(&says(&over, 5)), ["other_wrote"]);
    let customer = company.decide(&post(KLANT, "Niet eens.").answering(&token(&company, 1)));
    assert_eq!(kinds(&customer), ["followed_up", "reopened"], "the customer can always write");
}

#[test]
fn what_they_are_told_stops_no_clock_and_the_threads_stay_apart() {
    let mut company = represented();
    let (letter, kind, to) = (letter_id(6), LetterKind::Represented, KLANT.to_owned());
    company.after(What::LetterWritten {
        letter: letter.clone(),
        letter_kind: kind,
        to: to.clone(),
        message_id: "zes@lease.example".into(),
    });
    let fate = crate::case::LetterFate::Accepted { server: "mx".into(), reply: "250".into() };
    company.after(What::LetterFate { letter: letter.clone(), letter_kind: kind, to, fate });
    let case = company.case().clone();
    assert!(case.first_response_at().is_none() && case.letters.iter().all(|known| known.letter != letter));
    assert!(case.letters.iter().all(|known| known.round == Round::Present));
    assert!(!case.customer_thread.contains(&"vijf@lease.example".to_owned()));
    assert_eq!(case.representative.unwrap().thread, ["vijf@lease.example"]);
}

#[test]
fn it_ends_by_the_verb_and_with_another_customer() {
    let mut company = represented();
    let decision = does(&company, JAN, "#gemachtigde geen");
    assert_eq!(kinds(&decision), ["representative_ended"]);
    assert_eq!(sent(&decision)[..2], [(LetterKind::Represented, LAWYER), (LetterKind::Represented, KLANT)]);
    assert_eq!(
        *asked(&does(&Company::new(), JAN, "#gemachtigde geen"), JAN, ""),
        Problem::NotNow { verb: "#gemachtigde".into() }
    );
    let set = does(&company, JAN, "#klant ander@prive.example");
    set.events.iter().for_each(|event| company.files[0].case.apply(event));
    assert!(company.case().representative.is_none());
}

#[test]
fn a_word_in_the_meantime_goes_to_who_acts() {
    let mut company = represented();
    let typed = "#tussenbericht vr\nDe garage wacht op een portier.";
    assert_eq!(sent(&does(&company, JAN, typed))[0], (LetterKind::Interim, LAWYER));
    company.case().customer.address = None;
    assert_eq!(sent(&does(&company, JAN, typed))[0], (LetterKind::Interim, LAWYER), "also of who has no address");
    company.case().committee.owed_since = Some(now());
    company.after(What::Closed(Closed { settlement: "Niets".into(), letter: letter_id(9) }));
    assert!(company.case().committee_guarded_since().is_some(), "it can be written");
}

#[test]
fn who_can_only_be_reached_by_post_gets_the_outcome_by_post() {
    let mut company = represented();
    let postal = vec!["Hof 12-b".to_owned(), "3512 JK Utrecht".to_owned()];
    company.case().customer = Customer { address: None, postal, ..company.files[0].case.customer.clone() };
    let closed = does(&company, JAN, "#afgehandeld\nWij betalen 200 euro.");
    let letters = [(LetterKind::Closing, LAWYER), (LetterKind::Paper, JAN), (LetterKind::Receipt, JAN)];
    assert_eq!(sent(&closed), letters);
    assert!(kinds(&closed).contains(&"paper_written"));
    assert!(done(&closed).iter().any(|done| matches!(done, Done::ClosedOnPaper { .. })));
}

#[test]
fn with_another_customer_who_acted_is_told() {
    let company = represented();
    let set = does(&company, JAN, "#klant ander@prive.example");
    assert!(sent(&set).contains(&(LetterKind::Represented, LAWYER)), "{set:?}");
    assert!(done(&set).contains(&Done::RepresentativeEnded { was: address(LAWYER), told: None }));
    let same = does(&company, JAN, &format!("#klant {KLANT} Karin de Klant"));
    assert!(!sent(&same).contains(&(LetterKind::Represented, LAWYER)), "the same customer");
}

#[test]
fn of_the_outcome_to_both_the_one_copy_says_nothing_of_the_other() {
    let mut company = represented();
    company.after(What::Closed(Closed { settlement: "Niets".into(), letter: letter_id(11) }));
    let (kind, to_lawyer, to_customer) = (LetterKind::Closing, (letter_id(11), LAWYER), (letter_id(12), KLANT));
    for (letter, to) in [&to_lawyer, &to_customer] {
        let (letter, message_id) = (letter.clone(), String::new());
        company.after(What::LetterWritten { letter, letter_kind: kind, to: (*to).to_owned(), message_id });
    }
    let mut fate = |(letter, to): (LetterId, &str), fate| {
        company.after(What::LetterFate { letter, letter_kind: kind, to: to.to_owned(), fate });
    };
    fate(to_lawyer.clone(), crate::case::LetterFate::Refused { reply: "550".into() });
    fate(to_customer, crate::case::LetterFate::Accepted { server: "mx".into(), reply: "250".into() });
    assert_eq!(company.case().failed_letters, [to_lawyer.0]);
    let again = does(&company, JAN, "#afgehandeld\nWij betalen 200 euro.");
    assert_eq!(sent(&again)[0], (LetterKind::Closing, LAWYER), "it can be put right");
}

#[test]
fn opened_again_by_who_acts_the_acknowledgement_speaks_to_that_one() {
    let mut company = represented();
    company.after(What::Closed(Closed { settlement: "Niets".into(), letter: letter_id(9) }));
    let mail = post(LAWYER, "Mijn cliënt is het er niet mee eens.").answering(&token(&company, 5)).dmarc("pass");
    let decision = company.decide(&mail);
    let names = decision.letters.iter().filter_map(|draft| match &draft.content {
        Content::Acknowledgement(letter) => Some((draft.to.as_str(), letter.customer_name.as_str())),
        _ => None,
    });
    assert_eq!(names.collect::<Vec<_>>(), [(LAWYER, "Pim Visser")]);
}
