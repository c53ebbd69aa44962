//! What belongs together where no letter of ours is answered: numbers, ids of mails on file, the same words twice; and
//! that none of it gives anything to anybody but the case's own customer (invariant 6).

use super::draft::Remark;
use super::*;
use crate::case::{Closed, Tie};

const ELS: &str = "els@prive.example";
/// Of the mail that opened case 7.
const FIRST: &str = "In-Reply-To: <eerste@prive.example>";

/// The ways to name case 7 without a letter of ours.
fn naming(from: &str) -> [Post; 5] {
    let plain = post(from, "Vergeten: het kenteken is 12-GBB-1.");
    let text = Post { text: "Bij mijn klacht (k-2026-000007): het kenteken is 12-GBB-1.".into(), ..plain.clone() };
    [
        plain.clone().subject("Aanvulling op K-2026-000007"),
        text,
        plain.clone().header(FIRST),
        plain.clone().header("References: <eerste@prive.example> <elders@prive.example>"),
        plain.header("References: <elders@prive.example> <eerste@prive.example>").header("In-Reply-To: <>"),
    ]
}

fn closed() -> Company {
    let mut company = Company::new();
    company.after(What::Closed(Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
    company
}

fn remarks(decision: &MailDecision) -> &[Remark] {
    let found = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Notification(notification) => Some(notification.remarks.as_slice()),
        Content::FollowUp(follow_up) => Some(follow_up.remarks.as_slice()),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no letter to staff: {decision:?}"))
}

fn tie(decision: &MailDecision) -> Option<Tie> {
    decision.events.iter().find_map(|event| match &event.what {
        What::FollowedUp { tie, .. } => Some(*tie),
        _ => None,
    })
}

/// A case of its own, linked with case 7; case 7 itself is as it was.
fn is_apart(decision: &MailDecision, what: &str) {
    assert_eq!(
        (decision.verdict.disposition, decision.verdict.case),
        (Disposition::Complaint, Some(number(8))),
        "{what}"
    );
    assert!(decision.events.iter().all(|event| event.case == Some(number(8))), "{what}: {:?}", decision.events);
    assert!(decision.events.iter().any(|event| event.what == What::Linked { other: number(7) }), "{what}");
    assert!(remarks(decision).contains(&Remark::MayBelongTo(number(7))), "{what}");
}

#[test]
fn the_customers_own_number_or_mail_puts_a_mail_on_the_open_case() {
    for proof in ["pass", "none", "fail"] {
        for mail in naming(KLANT) {
            let what = format!("{proof} {mail:?}");
            let decision = Company::new().decide(&mail.dmarc(proof));
            assert_eq!(
                (decision.verdict.disposition, decision.verdict.case),
                (Disposition::FollowUp, Some(number(7))),
                "{what}"
            );
            assert_eq!(kinds(&decision), ["followed_up"], "{what}");
            assert_eq!(sent(&decision), [(LetterKind::FollowUp, "schade@lease.example")], "{what}");
            let (expected, marks): (Tie, &[Remark]) = match proof {
                "pass" => (Tie::Named, &[]),
                "none" => (Tie::NamedUnproven, &[Remark::SenderUnproven]),
                _ => (Tie::NamedUnproven, &[Remark::SenderDisowned]),
            };
            assert_eq!((tie(&decision), remarks(&decision)), (Some(expected), marks), "{what}");
        }
    }
}

#[test]
fn in_the_customers_name_alone_nothing_is_reopened() {
    for proof in ["none", "fail"] {
        for mail in naming(KLANT) {
            is_apart(&closed().decide(&mail.clone().dmarc(proof)), &format!("{proof} {mail:?}"));
        }
    }
    // A machine in a proven mailbox is not the customer either.
    let machine = naming(KLANT)[2].clone().dmarc("pass").header("Auto-Submitted: auto-generated");
    is_apart(&closed().decide(&machine), "machine");
}

#[test]
fn a_proven_customer_reopens_without_a_letter_of_ours() {
    for mail in naming(KLANT) {
        let decision = closed().decide(&mail.clone().dmarc("pass"));
        assert_eq!(
            (decision.verdict.case, kinds(&decision)),
            (Some(number(7)), vec!["followed_up", "reopened"]),
            "{mail:?}"
        );
        let thanks = Post { text: "Bedankt!".into(), ..mail }.dmarc("pass").subject("Re: K-2026-000007");
        assert_eq!(kinds(&closed().decide(&thanks)), ["followed_up"], "{thanks:?}");
    }
}

#[test]
fn whoever_else_names_a_case_gets_one_of_their_own() {
    for from in ["vreemde@elders.example", ELS, "klant@prive.example.elders.example"] {
        for proof in ["pass", "none"] {
            for mail in naming(from) {
                let what = format!("{from} {proof} {mail:?}");
                let decision = Company::new().decide(&mail.dmarc(proof));
                is_apart(&decision, &what);
                let told = format!("{:?}", to_customers(&decision).map(|draft| &draft.content).collect::<Vec<_>>());
                assert!(!told.contains("Karin") && !told.contains("serial: 7"), "{what}: {told}");
                assert!(to_customers(&decision).all(|draft| draft.to == address(from)), "{what}");
            }
        }
    }
}

#[test]
fn who_answers_a_mail_on_file_is_read_by_the_department_of_its_case() {
    let company = Company::new();
    // Nothing in it would bring it there by itself.
    let partner = post(ELS, "Ook de verzekering wacht.").header("Cc: klant@prive.example").header(FIRST);
    let decision = company.decide(&partner);
    is_apart(&decision, "partner");
    let letters = [(LetterKind::Acknowledgement, ELS), (LetterKind::Notification, "schade@lease.example")];
    assert_eq!(sent(&decision), letters);
    // For a number it would tell a stranger whether there is such a case.
    let guessed = company.decide(&post(ELS, "Hoe staat het?").subject("K-2026-000007"));
    assert_eq!(sent(&guessed)[1], (LetterKind::Notification, "service@lease.example"));
}

#[test]
fn the_button_joins_a_partners_case_and_only_the_customer_gets_letters() {
    let mut company = Company::new();
    let decision = company.decide(&post(ELS, "Ook de verzekering wacht.").header(FIRST));
    let mut theirs = CaseFile::of(replayed(&decision));
    // Whatever the clocks say, the case that was named stays.
    theirs.case.lodged_at -= chrono::TimeDelta::hours(3);
    company.files.push(theirs);
    let joined = does(&company, JAN, "#samenvoegen K-2026-000008\n#antwoord\nWij bellen u morgen.");
    assert_eq!(joined.verdict.case, Some(number(7)));
    let expected = draft::Done::Merged {
        stays: number(7),
        gone: number(8),
        state: CaseState::Open,
        told: vec![address("schade@lease.example")],
        not_told: Some(address(ELS)),
    };
    assert_eq!(done(&joined)[0], expected);
    assert!(to_customers(&joined).all(|draft| draft.to == address(KLANT)), "{:?}", sent(&joined));
    // And from the letter about the partner's case.
    company.letter_department = Some("schade".into());
    let token = company.rules.keys.write(&Token { case: Some(number(8)), side: Side::Staff, letter: letter_id(3) });
    let typed = post(JAN, "#samenvoegen K-2026-000007").answering(&token).dmarc("pass");
    let joined = company.decide(&typed);
    assert!(matches!(done(&joined)[0], draft::Done::Merged { stays, .. } if stays == number(7)), "{joined:?}");
}

fn replayed(decision: &MailDecision) -> Case {
    Case::replay(&decision.events).unwrap_or_else(|| panic!("{decision:?}"))
}

/// An empty id once met every mail that had none, and all of them fell into one case.
#[test]
fn an_empty_id_answers_nothing() {
    let mut company = Company::new();
    company.case().customer_thread.push(String::new());
    for header in ["In-Reply-To: <>", "In-Reply-To: ", "In-Reply-To: < >", "References: <> <>", "References: <\t>"] {
        for from in [KLANT, ELS] {
            let mail = post(from, "Er is schade.").header(header);
            assert_eq!(
                lookup(&mail::read(&mail.raw(), ""), &company.rules, now()).answered,
                [] as [String; 0],
                "{header}"
            );
            let decision = company.decide(&mail);
            assert_eq!((decision.verdict.case, kinds(&decision)), (Some(number(8)), vec!["opened"]), "{header} {from}");
        }
    }
    // Whatever reading makes of such a header.
    let (in_reply_to, references) = (vec![String::new()], vec![" ".to_owned(), String::new()]);
    let empty = Mail { in_reply_to, references, ..Mail::default() };
    assert_eq!(lookup(&empty, &company.rules, now()).answered, [] as [String; 0]);
}

#[test]
fn the_nearest_of_the_customers_own_cases_counts() {
    let mut company = Company::new();
    let mut second = company.files[0].clone();
    second.case.number = number(6);
    second.case.customer_thread = vec!["zesde@prive.example".into()];
    company.files.push(second);
    let mail = |text: &str| post(KLANT, text).dmarc("pass");
    let answered = mail("Zie ook K-2026-000006.").header(FIRST);
    assert_eq!(company.decide(&answered).verdict.case, Some(number(7)));
    let threaded = mail("Hier nog iets.").header("References: <eerste@prive.example> <zesde@prive.example>");
    assert_eq!(company.decide(&threaded).verdict.case, Some(number(6)));
    // A stranger's case that is named first is passed over.
    company.case().customer.address = Some(address(ELS));
    assert_eq!(company.decide(&answered).verdict.case, Some(number(6)));
}

/// Case 7 as it was opened: by the first copy.
fn copy(from: &str) -> Post {
    post(from, "Er zit een kras op de deur.")
}

#[test]
fn the_same_words_from_the_same_address_are_one_complaint() {
    let company = Company::new();
    for again in [copy(KLANT), copy("Karin Klant <KLANT@prive.example>"), copy(KLANT).subject(" Kras op  de deur ")] {
        let decision = company.decide(&again);
        assert_eq!(
            (decision.verdict.disposition, decision.verdict.case),
            (Disposition::Duplicate, Some(number(7))),
            "{again:?}"
        );
        assert_eq!((kinds(&decision), sent(&decision)), (vec!["mail_filed"], vec![]), "{again:?}");
    }
    // Who says it again after the decision says that it is not settled.
    assert_eq!(closed().decide(&copy(KLANT)).verdict.disposition, Disposition::Complaint);
}

#[test]
fn what_differs_is_a_complaint_of_its_own() {
    let company = Company::new();
    let plain = copy(KLANT);
    for other in [
        copy(ELS),
        plain.clone().subject("Kras op de motorkap"),
        Post { text: "Er zit een kras op de motorkap.".into(), ..plain.clone() },
        // Two customers who leave the same words with one web form.
        plain.clone().header("Reply-To: piet@prive.example"),
        plain.clone().header("Auto-Submitted: auto-generated"),
    ] {
        assert_eq!(company.decide(&other).verdict.disposition, Disposition::Complaint, "{other:?}");
    }
    let mut form = Company::new();
    form.case().customer.address = Some(address("noreply@site.example"));
    assert_eq!(form.decide(&copy("noreply@site.example")).verdict.disposition, Disposition::Complaint);
    let mut silent = Company::new();
    silent.case().text = String::new();
    assert_eq!(
        silent.decide(&post(KLANT, "")).verdict.disposition,
        Disposition::Complaint,
        "nothing is said in either"
    );
}

#[test]
fn the_same_words_with_a_file_are_shown_to_the_handler() {
    let text = "--b\nContent-Type: text/plain\n\nEr zit een kras op de deur.\n--b\nContent-Type: image/png; name=foto.png\n\
                Content-Disposition: attachment; filename=foto.png\n\nPNG\n--b--\n";
    let mail = post(KLANT, text).header("Content-Type: multipart/mixed; boundary=b");
    let decision = Company::new().decide(&mail);
    assert_eq!((decision.verdict.case, kinds(&decision)), (Some(number(7)), vec!["followed_up"]));
    assert_eq!(sent(&decision), [(LetterKind::FollowUp, "schade@lease.example")]);
    assert_eq!(decision.letters[0].carried.len(), 1);
}

#[test]
fn a_recall_lands_on_the_case_it_is_about_and_is_acknowledged_by_nobody() {
    let recall = |from: &str, subject: &str| {
        post(from, "Karin Klant wil het bericht 'Kras op de deur' intrekken.").subject(subject)
    };
    for mail in [recall(KLANT, "Intrekken: Kras op de deur"), recall(KLANT, "Intrekken: Iets anders").header(FIRST)] {
        let decision = Company::new().decide(&mail);
        assert_eq!(
            (decision.verdict.disposition, decision.verdict.case),
            (Disposition::FollowUp, Some(number(7))),
            "{mail:?}"
        );
        assert_eq!(to_customers(&decision).count(), 0, "{mail:?}");
        let after = closed().decide(&mail);
        assert!(after.events.iter().all(|event| !matches!(event.what, What::Reopened(_))), "{mail:?}");
    }
    for other in [recall(ELS, "Intrekken: Kras op de deur"), recall(KLANT, "Intrekken: Kras op de motorkap")] {
        assert_ne!(Company::new().decide(&other).verdict.case, Some(number(7)), "{other:?}");
    }
}
