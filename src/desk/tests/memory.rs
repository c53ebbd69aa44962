//! After a restored backup, or beside another register: a letter of ours that is not on file proves no case, whoever
//! answers it, and nothing that came in is lost for that (invariants 1 and 6).

use super::draft::{Problem, Remark};
use super::*;
use crate::case::Adopts;

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
        assert_eq!((decision.case, decision.disposition), (None, Disposition::Staff), "{text}");
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
        assert_eq!((decision.disposition, decision.case), (Disposition::Complaint, Some(number(8))));
        assert_eq!(to_customers(&decision).map(|draft| draft.to.as_str()).collect::<Vec<_>>(), [from]);
        let told = decision.letters.iter().find_map(|draft| match &draft.content {
            Content::Notification(notification) => Some(notification.remarks.as_slice()),
            _ => None,
        });
        assert_eq!(told, Some([Remark::AnswersUnknown(number(7))].as_slice()));
    }
}

#[test]
fn whoever_nobody_proves_is_told_nothing_of_it() {
    let company = restored();
    let mail = post(JAN, "Wij betalen niets.").answering(&company.token(Side::Staff)).dmarc("fail");
    let decision = company.decide(&mail);
    assert_eq!((decision.disposition, decision.letters), (Disposition::SetAside, Vec::new()));
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
