//! What became of a letter: who hears of it, and which clock runs again (invariants 4 and 9).

use super::draft::AlarmAbout;
use super::*;
use crate::case::{Clock, LetterFate, Stamp, Unwritable};
use crate::desk::caps::Cap;

fn fated(kind: LetterKind, to: &str, fate: LetterFate) -> Fated {
    Fated { letter: letter_id(1), kind, to: address(to), fate, text: String::new(), bundled: Vec::new() }
}

fn refused() -> LetterFate {
    LetterFate::Refused { reply: "550 no such user".into() }
}

fn settle(company: &mut Company, fated: &Fated) -> Decision {
    let case = company.case().clone();
    on_fate(fated, Some(&case), &company.rules, now(), &mut Fresh::new([1; 32]))
}

/// A delivery report (RFC 3464) on the letter with that token.
fn report(token: &str, action: &str) -> Post {
    let status = if action == "failed" { "5.1.1" } else { "4.4.1" };
    let body = format!(
        "--grens\nContent-Type: text/plain\n\nNiet bezorgd.\n--grens\nContent-Type: message/delivery-status\n\n\
         Reporting-MTA: dns; mx.elders.example\n\nFinal-Recipient: rfc822; {KLANT}\nAction: {action}\nStatus: {status}\n\n\
         --grens\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{token}@lease.example>\nSubject: Uw klacht\n\n--grens--\n"
    );
    post("MAILER-DAEMON@mx.elders.example", &body)
        .header("Return-Path: <>")
        .header("MIME-Version: 1.0")
        .header("Content-Type: multipart/report; report-type=delivery-status; boundary=\"grens\"")
}

#[test]
fn an_accepted_letter_is_noted_and_nobody_is_bothered() {
    let accepted = LetterFate::Accepted { server: "mx".into(), reply: "250 ok".into() };
    let decision = settle(&mut Company::new(), &fated(LetterKind::Answer, KLANT, accepted));
    assert_eq!((kinds(&decision), sent(&decision)), (vec!["letter_fate"], vec![]));
}

#[test]
fn what_was_typed_in_a_letter_is_known_by_its_events() {
    let typed =
        |what| typed_in(&letter_id(1), &[Event { at: now(), case: None, actor: Actor::Desk, mail: None, what }]);
    assert_eq!(typed(What::Answered { letter: letter_id(1), text: "Wij komen.".into() }), "Wij komen.");
    let closed = crate::case::Closed { settlement: "Betaald.".into(), letter: letter_id(1) };
    assert_eq!(typed(What::Closed(closed)), "Betaald.");
    assert_eq!(typed(What::Answered { letter: letter_id(2), text: "Iets anders.".into() }), "");
}

#[test]
fn a_refused_letter_to_the_customer_is_told_to_the_handler_with_the_clock_that_runs_again() {
    let mut company = Company::new();
    for (kind, clock) in [(LetterKind::Acknowledgement, Clock::Acknowledge), (LetterKind::Answer, Clock::FirstResponse)]
    {
        let decision = settle(&mut company, &fated(kind, KLANT, refused()));
        assert_eq!(sent(&decision), [(LetterKind::DeliveryFailed, "schade@lease.example")]);
        let Content::DeliveryFailed(failed) = &decision.letters[0].content else { panic!("{decision:?}") };
        assert_eq!(failed.runs_again.map(|(clock, _)| clock), Some(clock));
        assert_eq!(failed.how, draft::Undelivered::Refused);
    }
    // Another letter stopped the clocks: they do not run again.
    let other = Stamp { letter: Some(letter_id(2)), at: now() };
    company.case().acknowledged = Some(other.clone());
    company.case().responses = vec![other];
    for kind in [LetterKind::Acknowledgement, LetterKind::Answer] {
        let decision = settle(&mut company, &fated(kind, KLANT, refused()));
        assert!(matches!(&decision.letters[0].content, Content::DeliveryFailed(f) if f.runs_again.is_none()));
    }
}

#[test]
fn a_refused_letter_to_staff_goes_up_step_by_step_and_ends_at_the_last() {
    let mut company = Company::new();
    let decision = settle(&mut company, &fated(LetterKind::Notification, "schade@lease.example", refused()));
    assert_eq!(
        sent(&decision),
        [(LetterKind::Alarm, "chef@lease.example"), (LetterKind::Notification, "chef@lease.example")]
    );
    let decision = settle(&mut company, &fated(LetterKind::FollowUp, "chef@lease.example", refused()));
    assert_eq!(decision.letters[0].to.as_str(), "baas@lease.example");
    // Alarms too; without an operator the fallback's supervisor is last.
    for kind in [LetterKind::Alarm, LetterKind::Term, LetterKind::Away] {
        let decision = settle(&mut company, &fated(kind, "chef@lease.example", refused()));
        assert_eq!(sent(&decision), [(LetterKind::Alarm, "baas@lease.example")]);
        assert_eq!(sent(&settle(&mut company, &fated(kind, "baas@lease.example", refused()))), []);
    }
}

#[test]
fn with_an_operator_the_last_step_is_his_and_he_gets_no_complaint_to_read() {
    let mut company = Company::of(&format!("{SETTINGS}\n[operator]\naddress = \"beheer@lease.example\"\n"));
    let notified = fated(LetterKind::Notification, "chef@lease.example", refused());
    assert_eq!(sent(&settle(&mut company, &notified)), [(LetterKind::Alarm, "beheer@lease.example")]);
    let alarmed = fated(LetterKind::Alarm, "chef@lease.example", refused());
    assert_eq!(sent(&settle(&mut company, &alarmed)), [(LetterKind::Alarm, "beheer@lease.example")]);
    for kind in [LetterKind::Alarm, LetterKind::Notification] {
        assert_eq!(sent(&settle(&mut company, &fated(kind, "beheer@lease.example", refused()))), []);
    }
    // What belongs to no case: the fallback's supervisor, then the operator.
    let digest =
        |to| on_fate(&fated(LetterKind::Digest, to, refused()), None, &company.rules, now(), &mut Fresh::new([1; 32]));
    assert_eq!(sent(&digest("directie@lease.example")), [(LetterKind::Alarm, "baas@lease.example")]);
    assert_eq!(sent(&digest("baas@lease.example")), [(LetterKind::Alarm, "beheer@lease.example")]);
}

#[test]
fn a_delivery_report_about_a_letter_to_staff_goes_up_like_a_refusal() {
    let mut company = Company::new();
    let to = address("schade@lease.example");
    company.sent = vec![BouncedLetter {
        id: letter_id(1),
        kind: LetterKind::Notification,
        to,
        bundled: Vec::new(),
        reported_at: None,
    }];
    let token = company.token(Side::Staff);
    let decision = company.decide(&report(&token, "failed"));
    let chef = "chef@lease.example";
    assert_eq!(sent(&decision), [(LetterKind::Alarm, chef), (LetterKind::Notification, chef)]);
    company.sent = vec![BouncedLetter {
        id: letter_id(1),
        kind: LetterKind::Alarm,
        to: address(chef),
        bundled: Vec::new(),
        reported_at: None,
    }];
    assert_eq!(sent(&company.decide(&report(&token, "failed"))), [(LetterKind::Alarm, "baas@lease.example")]);
    assert_eq!(sent(&company.decide(&report(&token, "delayed"))), []);
}

#[test]
fn a_letter_held_at_the_door_alarms_the_handler() {
    let mut company = Company::new();
    company.case().handler = Some(address(JAN));
    let held = LetterFate::Held { reason: "de tekst van een interne notitie".into() };
    let decision = settle(&mut company, &fated(LetterKind::Answer, KLANT, held));
    assert_eq!(sent(&decision), [(LetterKind::Alarm, JAN)]);
}

#[test]
fn what_klachtpost_could_not_write_is_no_servers_refusal() {
    let mut company = Company::new();
    company.case().handler = Some(address(JAN));
    company.rules.operator = Some(address("beheer@lease.example"));
    let unwritten = |because| LetterFate::Unwritten { because, detail: "undefined value".into() };
    let told = settle(&mut company, &fated(LetterKind::Answer, KLANT, unwritten(Unwritable::Template)));
    assert_eq!(sent(&told), [(LetterKind::DeliveryFailed, JAN), (LetterKind::Alarm, "beheer@lease.example")]);
    let Content::DeliveryFailed(failed) = &told.letters[0].content else { panic!("{told:?}") };
    assert_eq!(failed.how, draft::Undelivered::Unwritten { because: Unwritable::Template });
    assert_eq!(told.events[0].actor, Actor::Desk);
    let told = settle(&mut company, &fated(LetterKind::Paper, JAN, unwritten(Unwritable::Template)));
    assert_eq!(sent(&told), [(LetterKind::Alarm, JAN), (LetterKind::Alarm, "beheer@lease.example")]);
    for draft in &told.letters {
        let Content::Alarm(alarm) = &draft.content else { panic!("{draft:?}") };
        assert!(matches!(&alarm.about, AlarmAbout::Unwritten { letter_kind: LetterKind::Paper, .. }), "{alarm:?}");
    }
    // What staff can mend themselves is not the operator's.
    let told = settle(&mut company, &fated(LetterKind::Paper, JAN, unwritten(Unwritable::Sheet)));
    assert_eq!(sent(&told), [(LetterKind::Alarm, JAN)]);
    let told = settle(&mut company, &fated(LetterKind::Notification, JAN, unwritten(Unwritable::Other)));
    assert_eq!(sent(&told), [(LetterKind::Alarm, "chef@lease.example"), (LetterKind::Alarm, "beheer@lease.example")]);
}

#[test]
fn a_reached_cap_is_told_to_a_supervisor_but_never_to_the_address_itself() {
    let mut company = Company::new();
    let case = company.case().clone();
    let told = |to: &str, case: Option<&Case>| {
        let held = company.decide(&post(to, "Schade")).letters.remove(0);
        let held = Draft { to: address(to), ..held };
        let draft = on_cap(Cap::Address, &held, to, case, &company.rules, &mut Fresh::new([0; 32]))?;
        let Content::Alarm(alarm) = &draft.content else { panic!("{draft:?}") };
        let desk = company.rules.desk_address.clone();
        assert_eq!(alarm.about, AlarmAbout::CapReached { cap: Cap::Address, desk, other_end: to.to_owned() });
        Some(draft.to.to_string())
    };
    assert_eq!(told(KLANT, Some(&case)).as_deref(), Some("chef@lease.example"));
    assert_eq!(told("chef@lease.example", Some(&case)).as_deref(), Some("baas@lease.example"));
    assert_eq!(told("baas@lease.example", None), None);
}

#[test]
fn a_bounce_undoes_the_letter_and_a_delay_does_not() {
    let mut company = Company::new();
    company.sent = vec![BouncedLetter {
        id: letter_id(1),
        kind: LetterKind::Answer,
        to: address(KLANT),
        bundled: Vec::new(),
        reported_at: None,
    }];
    let token = company.token(Side::Customer);
    let decision = company.decide(&report(&token, "failed"));
    assert_eq!((decision.verdict.disposition, decision.verdict.case), (Disposition::Bounce, Some(number(7))));
    assert_eq!(
        (kinds(&decision), sent(&decision)),
        (vec!["letter_fate"], vec![(LetterKind::DeliveryFailed, "schade@lease.example")])
    );
    let decision = company.decide(&report(&token, "delayed"));
    assert_eq!((decision.verdict.disposition, decision.verdict.case), (Disposition::Automatic, Some(number(7))));
    assert_eq!((kinds(&decision), sent(&decision)), (vec!["mail_filed"], vec![]));
}

#[test]
fn a_bounce_about_no_letter_of_ours_is_filed() {
    let mut company = Company::new();
    let to = address("ander@prive.example");
    company.sent =
        vec![BouncedLetter { id: letter_id(1), kind: LetterKind::Answer, to, bundled: Vec::new(), reported_at: None }];
    let forged = company.token(Side::Customer).replace(".c.", ".s.");
    for token in ["vreemd", forged.as_str()] {
        let decision = company.decide(&report(token, "failed"));
        assert_eq!((decision.verdict.disposition, decision.verdict.case), (Disposition::Bounce, None), "{token}");
        assert_eq!((kinds(&decision), sent(&decision)), (vec!["mail_filed"], vec![]), "{token}");
    }
}
