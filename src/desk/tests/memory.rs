//! After a restored backup, or beside another register: a letter of ours that is not on file proves no case, whoever
//! answers it, and nothing that came in is lost for that (invariants 1 and 6).

use super::draft::{Problem, Remark};
use super::*;
use crate::case::{Adopts, Closed, Stamp};
use chrono::TimeDelta;

/// The register forgot the letters about case 7, and gave its number to somebody else since.
fn restored() -> Company {
    Company { forgotten: vec![letter_id(1)], ..Company::new() }
}

#[test]
fn a_colleagues_answer_to_a_letter_that_is_not_on_file_goes_to_nobody_and_its_sender_is_asked() {
    for text in [
        "Wij betalen 300 euro.",
        "#afgehandeld\nWij betalen 300 euro.",
        "#antwoord\nWij betalen 300 euro.",
        "#intern\nNiet meer dan 300 euro.",
        "#gebeld\nMet haar gesproken.",
        "#toewijzen mia@lease.example",
        "#klacht",
        "#verstuurd",
        "",
    ] {
        let decision = does(&restored(), JAN, text);
        assert_eq!(*asked(&decision, JAN, text), Problem::LetterUnknown { case: Some(number(7)) }, "{text}");
        assert_eq!((decision.verdict.case, decision.verdict.disposition), (None, Disposition::Staff), "{text}");
    }
}

#[test]
fn it_is_asked_by_whatever_the_letter_is_known_and_with_the_customer_in_copy_too() {
    let company = restored();
    let token = company.token(Side::Staff);
    let by_line = post(JAN, &format!("Wij betalen.\n\n> Kenmerk: {token}\n")).dmarc("pass");
    let by_address = post(JAN, "Wij betalen.").to(&format!("klachten+{token}@lease.example")).dmarc("pass");
    let in_copy = reply_of(&company, JAN, "Wij betalen.").to(&format!("klachten@lease.example, {KLANT}"));
    for mail in [by_line, by_address, in_copy] {
        let decision = company.decide(&mail);
        assert_eq!(*asked(&decision, JAN, &mail.text), Problem::LetterUnknown { case: Some(number(7)) });
    }
}

/// The number of a mail put aside is another mail's by now, as that of a case is another case's.
#[test]
fn a_notice_that_is_not_on_file_makes_no_mail_a_complaint() {
    let mut company = restored();
    let notice = company.rules.keys.write(&Token { case: None, side: Side::Staff, letter: letter_id(5) });
    let ask = |company: &Company, text: &str| {
        company.decide(&post("baas@lease.example", text).answering(&notice).dmarc("pass"))
    };
    for text in ["#klacht 3", "#toon 3", "#klacht"] {
        assert_ne!(*why(&ask(&company, text)), Problem::LetterUnknown { case: None }, "{text}: it is on file");
    }
    company.forgotten.push(letter_id(5));
    for text in ["#klacht 3", "#toon 3", "#klacht"] {
        let decision = ask(&company, text);
        assert_eq!(*asked(&decision, "baas@lease.example", text), Problem::LetterUnknown { case: None });
    }
}

#[test]
fn a_customers_answer_to_a_letter_that_is_not_on_file_is_a_case_of_its_own_marked_for_staff() {
    for from in [KLANT, "partner@prive.example"] {
        let company = restored();
        let decision = company.decide(&post(from, "Ik wacht nog steeds.").answering(&company.token(Side::Customer)));
        assert_eq!((decision.verdict.disposition, decision.verdict.case), (Disposition::Complaint, Some(number(8))));
        assert_eq!(to_customers(&decision).map(|draft| draft.to.as_str()).collect::<Vec<_>>(), [from]);
        let told = decision.letters.iter().find_map(|draft| match &draft.content {
            Content::Notification(notification) => Some(notification.remarks.as_slice()),
            _ => None,
        });
        assert_eq!(told, Some([Remark::AnswersForgotten(number(7))].as_slice()), "there is a case of that number");
    }
    // No case goes by that number.
    let mut company = restored();
    company.files.clear();
    let decision = company.decide(&post(KLANT, "Ik wacht nog steeds.").answering(&company.token(Side::Customer)));
    let remarks = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Notification(told) => Some(told.remarks.as_slice()),
        _ => None,
    });
    assert_eq!(remarks, Some([Remark::AnswersUnknown(number(7))].as_slice()));
    // It names the customer's own case, and is filed there: marked all the same.
    let company = restored();
    let named = post(KLANT, "Ik wacht nog steeds.").subject("Re: [K-2026-000007] Kras").dmarc("pass");
    let decision = company.decide(&named.answering(&company.token(Side::Customer)));
    assert_eq!(kinds(&decision), ["followed_up"]);
    let Content::FollowUp(told) = &decision.letters[0].content else { panic!("{decision:?}") };
    assert_eq!(told.remarks, [Remark::AnswersForgotten(number(7))]);
}

/// The backup is older than what colleagues answered: their mails lie in our own folders, and the customer has them.
#[test]
fn what_colleagues_answered_before_the_register_forgot_it_is_not_sent_again_and_its_sender_is_asked() {
    let company = Company::new();
    for text in [
        "Wij betalen 300 euro.",
        "#afgehandeld\nWij betalen 300 euro.",
        "#overnemen\n#antwoord\nWij betalen 300 euro.",
        "#gebeld Gesproken.\n#afgehandeld\nWij betalen 300 euro.",
        "#afgehandelt\nWij betalen 300 euro.",
        "#klant nieuw@prive.example",
    ] {
        let mail = reply_of(&company, JAN, text);
        let decision = company.takes_in(&mail);
        assert_eq!(sent(&decision), [(LetterKind::Question, JAN)], "{text}");
        assert_eq!(kinds(&decision), ["answer_to_confirm"], "{text}: no clock is stopped by it, and nothing is closed");
        assert!(matches!(why(&decision), Problem::HandledBefore { case: Some(case), .. } if *case == number(7)));
    }
    // What stays in the house is put on file.
    let decision = company.takes_in(&reply_of(&company, JAN, "#intern Bel haar."));
    assert_eq!((kinds(&decision), to_customers(&decision).count()), (vec!["noted"], 0));
    // Whoever is not certain to be a colleague, or may not act, is no better off.
    let forged = reply_of(&company, JAN, "Wij betalen.").dmarc("fail");
    assert_eq!(to_customers(&company.takes_in(&forged)).count(), 0);
    // The answered letter is forgotten too.
    let decision = restored().takes_in(&reply_of(&company, JAN, "Wij betalen."));
    assert!(matches!(asked(&decision, JAN, ""), Problem::HandledBefore { case: None, .. }));
}

#[test]
fn a_word_of_its_sender_puts_such_an_answer_on_file_at_its_true_receipt_and_the_customer_gets_nothing() {
    let mut company = Company::new();
    let decision = company.takes_in(&reply_of(&company, JAN, "#afgehandeld\nWij betalen 300 euro."));
    let question = decision.letters[0].id.clone();
    company.files[0].events.extend(decision.events);
    let token = company.rules.keys.write(&Token { case: Some(number(7)), side: Side::Staff, letter: question });
    company.letter_kind = Some(LetterKind::Question);
    let decision = company.decide(&post(JAN, "#verstuurd").answering(&token).dmarc("pass"));
    assert_eq!((kinds(&decision), to_customers(&decision).count()), (vec!["handler_set", "answered_directly"], 0));
    let What::AnsweredDirectly(answer) = &decision.events[1].what else { panic!("{decision:?}") };
    assert_eq!((answer.text.as_str(), answer.received_at), ("Wij betalen 300 euro.", now() - TimeDelta::days(2)));
}

#[test]
fn a_customers_mail_that_was_forgotten_is_received_when_it_was_and_acknowledged_where_that_is_owed() {
    let mut company = Company::new();
    let new = company.takes_in(&post(KLANT, "Er is schade."));
    let opened = new.events.iter().find_map(|event| match &event.what {
        What::Opened(opened) => Some(opened.received_at),
        _ => None,
    });
    assert_eq!(opened, Some(now() - TimeDelta::days(2)));
    assert_eq!(to_customers(&new).count(), 1, "its number is new to the customer");
    // On a case that is on file, and was acknowledged: nothing is owed.
    company.case().acknowledged = Some(Stamp { letter: None, at: now() - TimeDelta::days(5) });
    company.after(What::Closed(Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
    let answer = post(KLANT, "Ik ben het er niet mee eens.").answering(&company.token(Side::Customer));
    let decision = company.takes_in(&answer);
    assert_eq!((kinds(&decision), to_customers(&decision).count()), (vec!["followed_up", "reopened"], 0));
    assert_eq!(to_customers(&company.decide(&answer)).count(), 1);
}

#[test]
fn whoever_nobody_proves_is_told_nothing_of_it() {
    let company = restored();
    let mail = post(JAN, "Wij betalen niets.").answering(&company.token(Side::Staff)).dmarc("fail");
    let decision = company.decide(&mail);
    assert_eq!((decision.verdict.disposition, decision.letters), (Disposition::SetAside, Vec::new()));
}

#[test]
fn every_number_that_a_token_of_ours_names_is_noted() {
    let company = Company::new();
    let of = |serial, side| company.rules.keys.write(&Token { case: Some(number(serial)), side, letter: letter_id(9) });
    let strange = Keys::new(b"een ander geheim, ook lang genoeg", []);
    let forged = strange.write(&Token { case: Some(number(900)), side: Side::Staff, letter: letter_id(9) });
    let mail = post(KLANT, &format!("Zie onder.\n\n> Kenmerk: {}\n> Kenmerk: {forged}\n", of(131, Side::Customer)))
        .header(&format!("References: <{}@lease.example> <{}@lease.example>", of(12, Side::Customer), forged))
        .answering(&of(44, Side::Customer));
    let seen = lookup(&mail::read(&mail.raw(), "mx.lease.example"), &company.rules, now()).numbers;
    assert_eq!(seen, [number(12), number(44), number(131)]);
}

#[test]
fn who_is_told_of_missing_mails_may_have_them_taken_in_and_nobody_else() {
    let company = Company { to_adopt: 20, ..Company::new() };
    let told = company.rules.keys.write(&Token { case: None, side: Side::Staff, letter: letter_id(5) });
    let ask = |from: &str, result: &str| company.decide(&post(from, "#opnemen").answering(&told).dmarc(result));
    for from in ["baas@lease.example", "directie@lease.example"] {
        let decision = ask(from, "pass");
        assert_eq!(done(&decision), [draft::Done::AdoptionAsked { mails: 20 }], "{from}");
        let what = What::AdoptionAsked { adopts: Adopts::ToldIn(letter_id(5)), mails: 20 };
        assert!(decision.events.iter().any(|event| event.what == what), "{:?}", decision.events);
    }
    for from in [JAN, CHEF, "fien@lease.example"] {
        let decision = ask(from, "pass");
        assert_eq!(*asked(&decision, from, "#opnemen"), Problem::NothingToAdopt, "{from}");
    }
    let unproven = ask("baas@lease.example", "none");
    assert_eq!((why(&unproven), kinds(&unproven)), (&Problem::Unproven, vec!["mail_filed"]));
    let stranger = post("x@prive.example", "#opnemen").answering(&told);
    assert!(!kinds(&company.decide(&stranger)).contains(&"adoption_asked"));
    let not_answering = company.decide(&post("baas@lease.example", "#opnemen").dmarc("pass"));
    assert_eq!(*why(&not_answering), Problem::NothingToAdopt);
    let on_a_case = does(&company, CHEF, "#opnemen");
    assert_eq!(*why(&on_a_case), Problem::NothingToAdopt);
}
