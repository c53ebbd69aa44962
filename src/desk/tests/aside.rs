//! What was put aside is told of, looked at and, where a person says so, a complaint after all.

use super::draft::{Problem, Remark, Unacknowledged};
use super::*;
use crate::desk::may_reply::may_reply_looked_at;
use crate::digest::WhyAside;
use chrono::TimeDelta;
use proptest::prelude::*;

/// The fallback department's supervisor.
const BAAS: &str = "baas@lease.example";
const DIRECTIE: &str = "directie@lease.example";

fn spam() -> Post {
    post("Karin <karin@prive.example>", "Er is schade aan mijn auto.").header("X-Spam-Flag: YES")
}

/// A mail as the register gives it back, received two days before it is looked at.
fn stored(id: i64, post: &Post, reason: &str) -> Stored {
    let raw = post.raw();
    Stored {
        id,
        disposition: Disposition::SetAside,
        reason: reason.to_owned(),
        case: None,
        department: None,
        filed_on: None,
        received_at: now() - TimeDelta::days(2),
        from_junk: false,
        failed_readings: 0,
        whole: true,
        sha256: Some("ab".repeat(32)),
        mail: Some(Box::new(mail::read(&raw, "mx.lease.example"))),
        raw,
        became: None,
    }
}

fn as_spam(id: i64) -> Stored {
    stored(id, &spam(), "marked as spam by the mail server")
}

fn untold(stored: Stored) -> Untold {
    Untold { stored, came_back_from: None }
}

fn tell(company: &Company, mails: &[Untold], last: Option<Moment>) -> Option<Decision> {
    on_aside(mails, 0, last, &company.rules, now(), &mut Fresh::new([3; 32]))
}

/// A verb in a new mail of a colleague's, proven.
fn asks(company: &Company, from: &str, text: &str) -> MailDecision {
    company.decide(&post(from, text).dmarc("pass"))
}

fn on_file(stored: Stored) -> Company {
    let mut company = Company::new();
    company.stored = Some(stored);
    company
}

fn opened(decision: &MailDecision) -> (&Event, &Opened) {
    let found = decision.events.iter().find_map(|event| match &event.what {
        What::Opened(opened) => Some((event, opened.as_ref())),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no case: {decision:?}"))
}

#[test]
fn all_that_was_put_aside_is_told_in_one_letter_and_then_at_most_once_an_hour() {
    let company = Company::new();
    let unread =
        Stored { mail: None, disposition: Disposition::Unreadable, reason: "reading it failed".into(), ..as_spam(18) };
    let loops = stored(19, &spam(), "loop: it carries our own loop mark");
    let mails = [untold(as_spam(17)), untold(unread), untold(loops)];
    let decision = tell(&company, &mails, None).unwrap();
    assert_eq!(sent(&decision), [(LetterKind::SetAside, BAAS)]);
    let letter = &decision.letters[0];
    let told = What::AsideTold { letter: Some(letter.id.clone()), mails: vec![17, 18, 19] };
    assert_eq!(decision.events.iter().map(|event| &event.what).collect::<Vec<_>>(), [&told]);
    let Content::SetAside(notice) = &letter.content else { panic!("{letter:?}") };
    let said: Vec<_> = notice.mails.iter().map(|mail| (mail.mail, mail.from.as_str(), &mail.why)).collect();
    assert_eq!(
        said,
        [
            (17, "Karin <karin@prive.example>", &WhyAside::Spam),
            (18, "", &WhyAside::Unread(None)),
            (19, "Karin <karin@prive.example>", &WhyAside::OurMark),
        ]
    );
    assert_eq!(notice.mails[0].excerpt, "Er is schade aan mijn auto.");

    let minutes = |n| Some(now() - TimeDelta::minutes(n));
    assert_eq!(tell(&company, &mails, minutes(59)), None);
    assert!(tell(&company, &mails, minutes(60)).is_some());
    assert!(tell(&company, &mails, minutes(-5)).is_some(), "a clock that was put back silences nothing");
    assert_eq!(tell(&company, &[], None), None);
}

#[test]
fn a_notice_never_feeds_the_loop_it_tells_of() {
    let mut company = Company::new();
    // The supervisor's mailbox sends our letters back: the management is told.
    let returned = |to: &str| Untold {
        came_back_from: Some(address(to)),
        ..untold(stored(17, &spam(), "loop: it is a letter of ours"))
    };
    assert_eq!(sent(&tell(&company, &[returned(BAAS)], None).unwrap()), [(LetterKind::SetAside, DIRECTIE)]);
    // A customer's mailbox does: the supervisor is no part of that.
    assert_eq!(sent(&tell(&company, &[returned(KLANT)], None).unwrap()), [(LetterKind::SetAside, BAAS)]);
    // It does so under a name and an id of its own, with our mark still on it.
    let rewritten = untold(stored(18, &post(BAAS, "Uw bericht"), "loop: it carries our own loop mark"));
    assert_eq!(sent(&tell(&company, &[rewritten], None).unwrap()), [(LetterKind::SetAside, DIRECTIE)]);
    // Nobody is left: it is noted as told, so that it is not tried for ever, and only the digest has it.
    company.rules.digest_recipients.clear();
    let decision = tell(&company, &[returned(BAAS)], None).unwrap();
    assert_eq!((sent(&decision), kinds(&decision)), (vec![], vec!["aside_told"]));
    assert_eq!(decision.events[0].what, What::AsideTold { letter: None, mails: vec![17] });
}

#[test]
fn a_letter_of_ours_is_known_by_its_id_and_by_the_token_in_its_text() {
    let company = Company::new();
    let token = company.token(Side::Staff);
    let reason = "loop: it carries our own loop mark";
    let by_text = stored(17, &post(BAAS, &format!("Kenmerk: {token}")), reason);
    assert_eq!(came_back(&by_text, &company.rules), Some(letter_id(1)));
    let by_id = String::from_utf8(post(BAAS, "x").raw())
        .unwrap()
        .replace("dit@elders.example", &format!("{token}@lease.example"));
    let by_id = Stored { mail: Some(Box::new(mail::read(by_id.as_bytes(), ""))), ..by_text.clone() };
    assert_eq!(came_back(&by_id, &company.rules), Some(letter_id(1)));
    let no_loop = Stored { reason: "marked as spam by the mail server".into(), ..by_text };
    assert_eq!(came_back(&no_loop, &company.rules), None);
}

#[test]
fn klacht_makes_it_a_complaint_with_its_true_receipt() {
    let company = on_file(as_spam(17));
    let decision = asks(&company, BAAS, "#klacht 17\nDeze klant ken ik.");
    assert_eq!((decision.verdict.disposition, decision.verdict.case), (Disposition::Staff, Some(number(8))));
    assert_eq!(
        sent(&decision),
        [
            (LetterKind::Acknowledgement, "karin@prive.example"),
            (LetterKind::Notification, "schade@lease.example"),
            (LetterKind::Receipt, BAAS)
        ]
    );
    let (event, opened) = opened(&decision);
    assert_eq!((event.mail, &event.actor), (Some(17), &Actor::Staff(address(BAAS))));
    assert_eq!(opened.received_at, now() - TimeDelta::days(2));
    assert_eq!(opened.due, company.rules.due(opened.received_at));
    let again = decision.events.iter().find(|event| event.what.name() == "reconsidered").unwrap();
    assert_eq!((again.mail, again.case), (Some(17), Some(number(8))));
    assert!(kinds(&decision).contains(&"noted"), "what was typed below it stays on file: {:?}", kinds(&decision));
    let Content::Notification(told) = &decision.letters[1].content else { panic!() };
    let remark = Remark::WasAside { why: WhyAside::Spam, by: Some(BAAS.into()) };
    assert_eq!(told.remarks, [remark]);
}

#[test]
fn klacht_in_answer_to_the_notice_of_one_mail_means_that_one() {
    let company = on_file(as_spam(17));
    let notice = company.rules.keys.write(&Token { case: None, side: Side::Staff, letter: letter_id(5) });
    for text in ["#klacht", "#complaint.", "#klacht 17", "#klacht nr. 17"] {
        let mail = post(BAAS, text).dmarc("pass").answering(&notice);
        let wanted = lookup(&mail::read(&mail.raw(), "mx.lease.example"), &company.rules, now()).asked;
        let expected = if text.contains("17") { Asked::Number(17) } else { Asked::ToldIn(letter_id(5)) };
        assert_eq!(wanted, Some(expected), "{text}");
        assert_eq!(company.decide(&mail).verdict.case, Some(number(8)), "{text}");
    }
}

#[test]
fn a_second_klacht_says_which_case_it_became_and_opens_none() {
    let made = "a person made it a complaint; before: marked as spam by the mail server";
    let became = Stored {
        disposition: Disposition::Complaint,
        case: Some(number(7)),
        reason: made.into(),
        department: Some("schade".into()),
        ..as_spam(17)
    };
    // The same when the copy that somebody dragged into the inbox became it.
    for stored in [became, Stored { became: Some(number(7)), ..as_spam(17) }] {
        let decision = asks(&on_file(stored), BAAS, "#klacht 17");
        assert_eq!(*why(&decision), Problem::IsComplaint { mail: 17, case: number(7) });
        assert_eq!((kinds(&decision), sent(&decision)), (vec!["mail_filed"], vec![(LetterKind::Question, BAAS)]));
    }
}

/// Who may look, cell by cell: sender, proof, and whether anything is done.
#[test]
fn who_may_look_at_what_was_put_aside() {
    for (from, dmarc, may) in [
        (BAAS, "pass", true),
        ("fien@lease.example", "pass", true),
        ("service@lease.example", "pass", true),
        (DIRECTIE, "pass", true),
        (JAN, "pass", false),
        ("chef@lease.example", "pass", false),
        ("receptie@lease.example", "pass", false),
        (BAAS, "none", false),
        (BAAS, "fail", false),
        (KLANT, "pass", false),
    ] {
        for text in ["#klacht 17", "#toon 17"] {
            let company = on_file(as_spam(17));
            let decision = company.decide(&post(from, text).dmarc(dmarc));
            let has = |kind| sent(&decision).iter().any(|(sent, _)| *sent == kind);
            let did = kinds(&decision).contains(&"reconsidered") || has(LetterKind::Shown);
            assert_eq!(did, may, "{from} {dmarc} {text}: {decision:?}");
        }
    }
}

#[test]
fn who_may_not_see_it_learns_nothing_of_a_number() {
    let unknown = asks(&Company::new(), JAN, "#toon 17");
    let hidden = asks(&on_file(as_spam(17)), JAN, "#toon 17");
    assert_eq!((why(&unknown), why(&hidden)), (&Problem::NoSuchMail, &Problem::NoSuchMail));
    // The fallback's people are told of what was put aside, not of every mail there is.
    let of_others = Stored {
        disposition: Disposition::Complaint,
        case: Some(number(7)),
        department: Some("schade".into()),
        reason: "a complaint for schade".into(),
        ..as_spam(3)
    };
    assert_eq!(*why(&asks(&on_file(of_others.clone()), BAAS, "#toon 3")), Problem::NoSuchMail);
    assert_eq!(sent(&asks(&on_file(of_others.clone()), JAN, "#toon 3")), [(LetterKind::Shown, JAN)]);
    assert_eq!(sent(&asks(&on_file(of_others), DIRECTIE, "#toon 3")), [(LetterKind::Shown, DIRECTIE)]);
}

#[test]
fn toon_brings_what_it_says_with_the_original() {
    let decision = asks(&on_file(as_spam(17)), BAAS, "#toon 17");
    assert_eq!(sent(&decision), [(LetterKind::Shown, BAAS)]);
    let letter = &decision.letters[0];
    let Content::Shown(shown) = &letter.content else { panic!("{letter:?}") };
    assert_eq!((shown.mail, shown.text.trim(), shown.can_be_complaint), (17, "Er is schade aan mijn auto.", true));
    let carried: Vec<_> = letter.carried.iter().map(|one| (&one.source, one.media_type.as_str())).collect();
    assert_eq!(carried, [(&draft::Source::Mail(17), "message/rfc822")]);
    let unread = Stored { mail: None, ..as_spam(17) };
    let decision = asks(&on_file(unread), BAAS, "#toon 17");
    let Content::Shown(shown) = &decision.letters[0].content else { panic!() };
    assert!(!shown.is_read && decision.letters[0].carried.len() == 1);
}

#[test]
fn a_machine_is_not_acknowledged_whoever_calls_it_a_complaint() {
    let machine = |header: &str| stored(17, &spam().header(header), "marked as spam by the mail server");
    for stored in [
        machine("Auto-Submitted: auto-generated"),
        machine("Return-Path: <>"),
        stored(17, &post("noreply@site.example", "Schade"), "marked as spam by the mail server"),
        stored(17, &spam(), "loop: it carries our own loop mark"),
        stored(
            17,
            &post("klachten@lease.example", "Formulier"),
            "it claims to come from the complaints address itself",
        ),
        stored(
            17,
            &post(JAN, "Wij betalen."),
            "it names a colleague as its sender, which the mail server does not confirm",
        ),
        Stored { mail: None, ..as_spam(17) },
    ] {
        let decision = asks(&on_file(stored), BAAS, "#klacht 17");
        assert_eq!(to_customers(&decision).count(), 0, "{decision:?}");
        assert_eq!(opened(&decision).1.received_at, now() - TimeDelta::days(2));
        assert!(sent(&decision).iter().any(|(kind, _)| *kind == LetterKind::Notification));
    }
}

#[test]
fn what_a_person_puts_back_into_the_inbox_is_a_complaint_of_its_first_receipt() {
    let mut company = Company::new();
    let reason = "marked as spam by the mail server".to_owned();
    company.put_back = Some(PutBack { mail: 17, reason, received_at: now() - TimeDelta::days(2) });
    let decision = company.decide(&spam());
    assert_eq!(decision.verdict.disposition, Disposition::Complaint);
    assert_eq!(
        sent(&decision),
        [(LetterKind::Acknowledgement, "karin@prive.example"), (LetterKind::Notification, "schade@lease.example")]
    );
    let (event, opened) = opened(&decision);
    assert_eq!((event.mail, opened.received_at), (Some(42), now() - TimeDelta::days(2)));
    assert!(decision.verdict.reason.contains("number 17"), "{}", decision.verdict.reason);
}

#[test]
fn klacht_sends_the_acknowledgement_that_a_failed_dmarc_held_once() {
    let mut company = Company::new();
    let arrived = company.decide(&post(KLANT, "Er is schade.").dmarc("fail"));
    assert_eq!(kinds(&arrived), ["opened", "acknowledgement_held"]);
    let Content::Notification(told) = &arrived.letters[0].content else { panic!() };
    assert_eq!(told.unacknowledged, Some(Unacknowledged::Disowned));

    let held =
        Event { at: now(), case: Some(number(7)), actor: Actor::Desk, mail: None, what: What::AcknowledgementHeld };
    company.files[0].events.push(held);
    let decision = company.decide(&reply_of(&company, JAN, "#klacht"));
    assert_eq!(sent(&decision), [(LetterKind::Acknowledgement, KLANT), (LetterKind::Receipt, JAN)]);
    assert_eq!(kinds(&decision), ["acknowledgement_released"]);
    company.files[0].events.extend(decision.events);
    let again = company.decide(&reply_of(&company, JAN, "#klacht"));
    assert_eq!(*why(&again), Problem::NotNow { verb: "#klacht".into() });
}

#[test]
fn escalation_and_another_department_get_the_originals() {
    let mut company = Company::new();
    let filed =
        |id, disposition| FiledMail { id, received_at: now(), disposition, size: 900, sha256: Some("cd".repeat(32)) };
    company.files[0].mails =
        vec![filed(3, Disposition::Complaint), filed(4, Disposition::Staff), filed(5, Disposition::FollowUp)];
    company.files[0].mails.push(FiledMail { sha256: None, ..filed(6, Disposition::FollowUp) });
    for text in ["#escaleren Mag dit?", "#afdeling service"] {
        let decision = company.decide(&reply_of(&company, JAN, text));
        let names: Vec<_> = decision.letters[0].carried.iter().map(|one| (&one.source, one.name.as_str())).collect();
        let (first, second) = (draft::Source::Mail(3), draft::Source::Mail(5));
        assert_eq!(names, [(&first, "1 klacht.eml"), (&second, "2 vervolg.eml")], "{text}");
        assert!(decision.letters[1..].iter().all(|letter| letter.carried.is_empty()), "the receipt needs none");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn what_a_person_looked_at_never_gets_a_machine_an_answer(
        from in prop::sample::select(vec![KLANT, "noreply@x.example", "mailer-daemon@x.example", "klachten@lease.example"]),
        mark in prop::sample::select(vec!["X-A: b", "Auto-Submitted: auto-replied", "Return-Path: <>", "Precedence: bulk",
            "List-Id: <a.b.example>", "X-Autoreply: yes"]),
        proof in prop::sample::select(vec!["pass", "fail", "none"]),
    ) {
        let company = Company::new();
        let mail = mail::read(&post(from, "Schade").header(mark).dmarc(proof).raw(), "mx.lease.example");
        let intent = understood(&mail, &company.rules);
        let looked_at = may_reply_looked_at(&mail, &intent, &company.rules).is_ok();
        // A look overrules what a domain says of its sender, and that a list sent it on.
        let is_machines = ["Auto-Submitted", "Return-Path", "X-Autoreply"].iter().any(|field| mark.starts_with(field));
        prop_assert_eq!(looked_at, from == KLANT && !is_machines);
        prop_assert!(looked_at || may_reply(&mail, &intent, &company.rules).is_err());
        prop_assert!(mark == "X-A: b" || may_reply(&mail, &intent, &company.rules).is_err());
    }
}
