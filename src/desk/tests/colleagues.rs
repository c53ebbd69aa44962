//! New mails of colleagues: complaints they took in (§2.1.1, §2.3) and mails they passed on (§2.2). What is not certain
//! is asked, and nobody else is mailed then.

use super::draft::{Done, Problem, Unacknowledged};
use super::*;

const RECEPTIE: &str = "receptie@lease.example";
const FATIMA: &str = "fatima@prive.example";
const COMPLETE: &str = "Klant: Fatima el Amrani\nE-mail: fatima@prive.example\nTelefoon: 06-12345678\n\
                        Ontvangen: gisteren 16:30\nOnderwerp: Kras\n\nEr is schade aan de auto.";

/// A new mail, proven by the mail server.
fn new(from: &str, text: &str) -> Post {
    post(from, text).dmarc("pass")
}

fn opened(decision: &MailDecision) -> &Opened {
    let opened = decision.events.iter().find_map(|event| match &event.what {
        What::Opened(opened) => Some(&**opened),
        _ => None,
    });
    opened.unwrap_or_else(|| panic!("no case: {decision:?}"))
}

/// Nothing was registered and only the sender was asked.
fn asked<'a>(decision: &'a MailDecision, from: &str) -> &'a Problem {
    assert_eq!(sent(decision), [(LetterKind::Question, from)]);
    assert_eq!((kinds(decision), decision.verdict.case), (vec!["mail_filed"], None));
    why(decision)
}

fn registered(decision: &MailDecision) -> &Done {
    let told = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Receipt(receipt) => receipt.done.first(),
        _ => None,
    });
    told.unwrap_or_else(|| panic!("no receipt: {decision:?}"))
}

fn unacknowledged(decision: &MailDecision) -> Option<Unacknowledged> {
    let told = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Notification(notification) => Some(notification.unacknowledged),
        _ => None,
    });
    told.unwrap_or_else(|| panic!("no notification: {decision:?}"))
}

const PIET: &str = "piet@prive.example";
const ABOVE: &str = "Lastige klant, niet meer bieden dan 300 euro.";

fn inline(from: &str, sender: &str, stated: &str) -> Post {
    let text = format!(
        "{ABOVE}\n\n-----Oorspronkelijk bericht-----\nVan: {sender}\nVerzonden: {stated}\nAan: Jan\n\
         Onderwerp: Schade aan mijn auto\n\nEr zit een deuk in het portier."
    );
    new(from, &text).subject("FW: Schade aan mijn auto")
}

fn attached(from: &str, sender: &str, received: &str) -> Post {
    let text = format!(
        "--grens\nContent-Type: text/plain\n\n{ABOVE}\n--grens\nContent-Type: message/rfc822\n\n\
         Received: from a.example by mx.lease.example; {received}\nFrom: {sender}\nTo: {from}\n\
         Subject: Schade aan mijn auto\nContent-Type: text/plain\n\nEr zit een deuk in het portier.\n--grens--\n"
    );
    new(from, &text)
        .subject("FW: Schade aan mijn auto")
        .header("MIME-Version: 1.0")
        .header("Content-Type: multipart/mixed; boundary=\"grens\"")
}

/// Every way in which a customer's mail is passed on, with that sender and received 4 March 09:15 in Amsterdam.
fn passed_on(from: &str, sender: &str) -> [Post; 2] {
    [inline(from, sender, "woensdag 4 maart 2026 09:15"), attached(from, sender, "Wed, 4 Mar 2026 09:15:00 +0100")]
}

#[test]
fn a_call_becomes_the_customers_case_from_when_it_came_in() {
    let company = Company::new();
    let decision = company.decide(&new(JAN, &format!("#telefoon\n{COMPLETE}")).subject("Terugbelverzoek"));
    let case = opened(&decision);
    assert_eq!((case.channel, case.customer.address.clone()), (Channel::Phone, Some(address(FATIMA))));
    assert_eq!(
        (case.customer.name.as_str(), case.customer.phone.as_deref()),
        ("Fatima el Amrani", Some("06-12345678"))
    );
    assert_eq!((case.subject.as_str(), case.text.as_str()), ("Kras", "Er is schade aan de auto."));
    let received_at: Moment = "2026-03-04T15:30:00Z".parse().unwrap();
    assert_eq!((case.received_at, case.due), (received_at, company.rules.due(received_at)));
    assert_eq!(
        sent(&decision),
        [
            (LetterKind::Acknowledgement, FATIMA),
            (LetterKind::Notification, "schade@lease.example"),
            (LetterKind::Receipt, JAN),
        ]
    );
    assert_eq!(kinds(&decision), ["opened", "handler_set"]);
    assert_eq!(decision.events[0].actor, Actor::Staff(address(JAN)));
    let title = "Schade en verzekering".to_owned();
    let acknowledged = Some(address(FATIMA));
    assert_eq!(*registered(&decision), Done::Registered { number: number(8), department_title: title, acknowledged });
}

#[test]
fn letters_and_visits_are_registered_by_their_own_channel() {
    for (verb, channel) in [
        ("#brief", Channel::Letter),
        ("#letter", Channel::Letter),
        ("#balie", Channel::Desk),
        ("#doorgestuurd", Channel::Email),
        ("#phone", Channel::Phone),
    ] {
        let decision = Company::new().decide(&new(JAN, &format!("{verb}\n{COMPLETE}")));
        assert_eq!(opened(&decision).channel, channel, "{verb}");
    }
}

#[test]
fn what_the_form_lacks_is_asked_with_the_rest_filled_in_and_nobody_else_is_mailed() {
    let company = Company::new();
    for (lines, kept) in [
        ("Klant: Fatima\n\nDe auto is stuk.", "Klant: Fatima"),
        ("E-mail: fatima@prive.example\n\nDe auto is stuk.", "E-mail: fatima@prive.example"),
        ("Klant: Fatima\nE-mail: fatima@prive.example", "Klant: Fatima"),
        ("Klant: Fatima\nE-mail: fatima@prive\nTelefoon: 030-1234567\n\nDe auto is stuk.", "Telefoon: 030-1234567"),
        ("Klant: Fatima\nTelefoon: 030-1234567\nOntvangen: ooit\n\nDe auto is stuk.", "De auto is stuk."),
        // Letters about the complaint would come to the desk itself.
        ("Klant: Fatima\nE-mail: klachten@lease.example\nTelefoon: 030-1234567\n\nStuk.", "Telefoon: 030-1234567"),
    ] {
        let decision = company.decide(&new(JAN, &format!("#telefoon\n{lines}")));
        let Problem::FormIncomplete { missing, prefilled } = asked(&decision, JAN) else { panic!("{decision:?}") };
        assert_eq!(missing.len(), 1, "{lines}: {missing:?}");
        assert!(prefilled.starts_with("#telefoon\n") && prefilled.contains(kept), "{prefilled}");
    }
}

#[test]
fn a_customer_without_e_mail_is_registered_and_the_department_hears_that_no_letter_went_out() {
    let decision =
        Company::new().decide(&new(JAN, "#balie\nKlant: Fatima\nTelefoon: 030-1234567\n\nSchade aan de auto."));
    assert_eq!(sent(&decision), [(LetterKind::Notification, "schade@lease.example"), (LetterKind::Receipt, JAN)]);
    assert_eq!(opened(&decision).customer.address, None);
    assert_eq!(unacknowledged(&decision), Some(Unacknowledged::NoAddress));
}

#[test]
fn the_department_named_in_the_form_gets_it_and_an_unknown_one_is_asked_about() {
    let company = Company::new();
    let decision = company.decide(&new(JAN, &format!("#telefoon\nAfdeling: Klantenservice\n{COMPLETE}")));
    assert_eq!((opened(&decision).department.as_str(), &opened(&decision).routing), ("service", &Why::Person));
    assert_eq!(kinds(&decision), ["opened"], "Jan is not of that department");
    let decision = company.decide(&new(JAN, &format!("#telefoon\nAfdeling: inkoop\n{COMPLETE}")));
    assert!(matches!(asked(&decision, JAN), Problem::UnknownDepartment { written, .. } if written == "inkoop"));
}

#[test]
fn nothing_typed_beside_the_verb_is_lost() {
    let company = Company::new();
    let decision = company.decide(&new(JAN, &format!("#telefoon De klant was boos.\n{COMPLETE}")));
    assert!(opened(&decision).text.contains("De klant was boos."), "{:?}", opened(&decision).text);
    // What a second verb would do is not done: so neither is the first.
    for second in ["#intern Vaste klant", "#antwoord Wij betalen.", "#balie"] {
        let decision = company.decide(&new(JAN, &format!("#telefoon\n{second}\n{COMPLETE}")));
        assert!(matches!(asked(&decision, JAN), Problem::TwoTexts { .. }), "{second}");
    }
}

#[test]
fn a_mail_passed_on_is_the_customers_case_and_the_words_above_stay_here() {
    let company = Company::new();
    for mail in passed_on(JAN, "Piet Klager <piet@prive.example>") {
        let decision = company.decide(&mail);
        let case = opened(&decision);
        assert_eq!((case.customer.name.as_str(), case.customer.address.clone()), ("Piet Klager", Some(address(PIET))));
        assert_eq!((case.channel, case.text.as_str()), (Channel::Email, "Er zit een deuk in het portier."));
        assert_eq!(case.subject, "Schade aan mijn auto");
        let received_at: Moment = "2026-03-04T08:15:00Z".parse().unwrap();
        assert_eq!((case.received_at, case.due), (received_at, company.rules.due(received_at)));
        assert_eq!(kinds(&decision), ["opened", "handler_set", "noted"]);
        assert_eq!(decision.events[2].what, What::Noted { text: ABOVE.into() });
        assert_eq!(
            sent(&decision),
            [
                (LetterKind::Acknowledgement, PIET),
                (LetterKind::Notification, "schade@lease.example"),
                (LetterKind::Receipt, JAN),
            ]
        );
        for draft in to_customers(&decision) {
            assert!(!format!("{draft:?}").contains(ABOVE), "{draft:?}");
        }
    }
}

#[test]
fn a_moment_that_cannot_be_is_not_believed() {
    let company = Company::new();
    for mail in [
        inline(JAN, PIET, "woensdag 4 maart 2020 09:15"),
        inline(JAN, PIET, "vrijdag 6 maart 2026 09:15"),
        attached(JAN, PIET, "Fri, 6 Mar 2026 09:15:00 +0100"),
    ] {
        assert_eq!(opened(&company.decide(&mail)).received_at, now(), "{mail:?}", mail = mail.text);
    }
}

#[test]
fn who_the_customer_is_is_asked_where_it_is_not_certain() {
    let company = Company::new();
    // Only a name; a name that is another address; a colleague; we ourselves.
    for sender in [
        "Piet Klager",
        "\"baas@bank.example\" <piet@prive.example>",
        "Mia <mia@lease.example>",
        RECEPTIE,
        "klachten@lease.example",
    ] {
        for mail in passed_on(JAN, sender) {
            let decision = company.decide(&mail);
            let Problem::WhoIsTheCustomer { prefilled } = asked(&decision, JAN) else { panic!("{decision:?}") };
            assert!(
                prefilled.starts_with("#doorgestuurd\n") && prefilled.contains("deuk in het portier"),
                "{prefilled}"
            );
            assert!(!prefilled.contains("@lease.example"), "no address that is not the customer's: {prefilled}");
        }
    }
}

#[test]
fn a_mailbox_that_nobody_reads_gets_no_acknowledgement_of_a_mail_passed_on() {
    for mail in passed_on(JAN, "Webformulier <no-reply@formulier.example>") {
        let decision = Company::new().decide(&mail);
        assert_eq!(sent(&decision), [(LetterKind::Notification, "schade@lease.example"), (LetterKind::Receipt, JAN)]);
        assert_eq!(unacknowledged(&decision), Some(Unacknowledged::Automatic));
        assert!(matches!(registered(&decision), Done::Registered { acknowledged: None, .. }));
    }
}

#[test]
fn what_an_outsider_passes_on_or_types_is_his_own_complaint() {
    let company = Company::new();
    for mail in passed_on(KLANT, PIET) {
        let decision = company.decide(&mail);
        assert_eq!(opened(&decision).customer.address, Some(address(KLANT)));
        assert!(decision.letters.iter().all(|draft| draft.to != address(PIET)), "{:?}", sent(&decision));
    }
    let decision = company.decide(&new(KLANT, &format!("#telefoon\n{COMPLETE}")));
    assert_eq!(
        (opened(&decision).channel, opened(&decision).customer.address.clone()),
        (Channel::Email, Some(address(KLANT)))
    );
    assert!(decision.letters.iter().all(|draft| draft.to != address(FATIMA)), "{:?}", sent(&decision));
}

#[test]
fn a_name_is_no_proof_for_registering_or_passing_on() {
    let company = Company::new();
    for from in [JAN, RECEPTIE, "chef@lease.example"] {
        let [inline, attached] = passed_on(from, PIET);
        for mail in [new(from, &format!("#telefoon\n{COMPLETE}")), inline, attached] {
            let without: Vec<String> =
                mail.headers.iter().filter(|line| !line.starts_with("Authentication-Results")).cloned().collect();
            let mail = Post { headers: without, ..mail };
            assert_eq!(*asked(&company.decide(&mail), from), Problem::Unproven);
            let denied = company.decide(&mail.dmarc("fail"));
            assert_eq!((kinds(&denied), denied.verdict.case), (vec!["mail_filed"], None));
            for draft in &denied.letters {
                assert_eq!(company.rules.role(&draft.to), Role::Staff, "{:?}", sent(&denied));
            }
        }
    }
}

#[test]
fn a_case_keeps_so_much_of_a_long_mail_by_whatever_way_it_came() {
    let long = "o".repeat(100_001);
    let written = new(JAN, &format!("#brief\n{COMPLETE}\nKlacht: {long}"));
    let [inline, _] = passed_on(JAN, PIET);
    let inline = Post { text: format!("{}\n{long}", inline.text), ..inline };
    for mail in [written, inline] {
        assert_eq!(opened(&Company::new().decide(&mail)).text.chars().count(), 100_000);
    }
}

#[test]
fn reception_registers_and_passes_on_but_handles_nothing() {
    let company = Company::new();
    let [inline, attached] = passed_on(RECEPTIE, PIET);
    for mail in [new(RECEPTIE, &format!("#telefoon\n{COMPLETE}")), inline, attached] {
        let decision = company.decide(&mail);
        assert!(!kinds(&decision).contains(&"handler_set"), "{:?}", kinds(&decision));
        assert_eq!(sent(&decision).last(), Some(&(LetterKind::Receipt, RECEPTIE)));
        assert_eq!(sent(&decision)[0].0, LetterKind::Acknowledgement);
    }
    for typed in ["Wij betalen.", "#antwoord\nWij betalen.", "#afgehandeld\nWij betalen.", "#intern Let op"] {
        assert_eq!(*asked(&company.decide(&new(RECEPTIE, typed)), RECEPTIE), Problem::NoCase, "{typed}");
    }
    let help = company.decide(&new(RECEPTIE, "#hulp"));
    assert_eq!((sent(&help), registered(&help)), (vec![(LetterKind::Receipt, RECEPTIE)], &Done::Help));
}

/// §2.2: "by the colleague who receives the complaint".
#[test]
fn where_no_keyword_meets_it_stays_with_the_department_of_who_received_it() {
    let company = Company::new();
    let form = "#telefoon\nKlant: Fatima el Amrani\nE-mail: fatima@prive.example\n\nNiemand belt mij terug.";
    for from in [JAN, CHEF, "schade@lease.example"] {
        let decision = company.decide(&new(from, form));
        assert_eq!(
            (opened(&decision).department.as_str(), &opened(&decision).routing),
            ("schade", &Why::Receiver),
            "{from}"
        );
    }
    for from in [RECEPTIE, "fien@lease.example", "directie@lease.example"] {
        let decision = company.decide(&new(from, form));
        assert_eq!(
            (opened(&decision).department.as_str(), &opened(&decision).routing),
            ("service", &Why::Fallback),
            "{from}"
        );
    }
    let forwarded = company.decide(
        &new(JAN, "-----Oorspronkelijk bericht-----\nVan: Piet Puk <piet@prive.example>\nVerzonden: woensdag 4 maart 2026 09:00\nAan: Jan\nOnderwerp: Ontevreden\n\nNiemand belt mij terug.")
            .subject("FW: Ontevreden"),
    );
    assert_eq!(opened(&forwarded).department, "schade");
    assert!(kinds(&forwarded).contains(&"handler_set"), "and Jan handles it");
    // A keyword says whose it is, whoever received it.
    let keyword = company.decide(&new("fien@lease.example", &form.replace("Niemand belt", "Schade: niemand belt")));
    assert!(matches!(opened(&keyword).routing, Why::Keywords { .. }) && opened(&keyword).department == "schade");
}

/// A letter of three weeks ago: the notification says that its terms are over, and one notice tells the supervisor.
#[test]
fn what_is_registered_too_late_sends_one_notice_and_not_one_for_each_term() {
    let company = Company::new();
    let form = "#brief\nKlant: Piet Puk\nE-mail: piet@prive.example\nOntvangen: 12-02-2026 10:00\n\nEr is schade aan mijn auto.";
    let decision = company.decide(&new(JAN, form));
    let terms: Vec<&Draft> =
        decision.letters.iter().filter(|draft| matches!(draft.content, Content::Term(_))).collect();
    let [term] = terms.as_slice() else { panic!("{decision:?}") };
    assert_eq!(term.to.as_str(), CHEF);
    let mut case = Case::replay(&decision.events).unwrap();
    // The clock tells of none of it again, also where the acknowledgement is not accepted yet.
    let later = on_terms(&case, &company.rules, now() + chrono::TimeDelta::minutes(1), &mut Fresh::new([3; 32]));
    assert_eq!(later, None);
    // One that came in yesterday is guarded as ever.
    let fresh = company.decide(&new(JAN, &form.replace("12-02-2026", "05-03-2026")));
    assert!(fresh.letters.iter().all(|draft| !matches!(draft.content, Content::Term(_))));
    case.told.clear();
    assert!(on_terms(&case, &company.rules, now(), &mut Fresh::new([3; 32])).is_some());
}
