//! Words make nobody a machine, lists say nothing about who wrote, clicks are no answers, and what a mail server says of a
//! letter is seen (invariants 1 and 5).

use super::draft::{Problem, Unacknowledged};
use super::*;
use crate::case::{Closed, LetterFate};
use crate::desk::after_closing::{AfterClosing, after_closing, is_signature_alone};
use chrono::TimeDelta;

const ABSENT: &str =
    "Ik ben tot en met 12 maart afwezig. Uw e-mail wordt niet doorgestuurd.\n\nMet vriendelijke groet,\nKarin";
const GROUP: &str = "klachten-groep@groepen.example";

/// Case 7, with the letter that is answered written so long ago.
fn written(ago: TimeDelta) -> Company {
    let mut company = Company::new();
    let what = What::LetterWritten {
        letter: letter_id(1),
        letter_kind: LetterKind::Acknowledgement,
        to: KLANT.into(),
        message_id: "x@lease.example".into(),
    };
    company.files[0].events.push(Event {
        at: now() - ago,
        case: Some(number(7)),
        actor: Actor::Desk,
        mail: None,
        what,
    });
    company
}

fn closed(mut company: Company) -> Company {
    company.after(What::Closed(Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
    company
}

fn of_customer(company: &Company, text: &str) -> Post {
    post(KLANT, text).answering(&company.token(Side::Customer)).subject("Re: Uw klacht K-2026-000007")
}

fn gmail(post: Post, sign: &str) -> Post {
    let text = format!(
        "--r\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{sign}\n\nKarin heeft gereageerd via Gmail\n\
         --r\nContent-Type: text/vnd.google.email-reaction+json\n\n{{\"emoji\":\"x\",\"version\":1}}\n--r--\n"
    );
    Post { text, ..post }.header("MIME-Version: 1.0").header("Content-Type: multipart/alternative; boundary=r")
}

#[test]
fn a_persons_mail_with_words_of_an_absence_is_a_complaint_and_acknowledged() {
    for (subject, text) in [
        ("Op vakantie met kapotte auto", "We staan al drie dagen stil met schade."),
        ("Afwezigheid monteur", "De monteur was afwezig, en er is schade."),
        ("Afwezig", "De monteur was er weer niet. Schade!"),
        ("Afwezig: uw monteur", "Hij was niet aanwezig en met vakantie. Schade!"),
        ("On holiday without a car", "The damage is still there, schade."),
        ("Automatisch antwoord is geen hulp", "Ik wil een mens spreken over mijn schade."),
        ("Automatisch antwoord: schade", "Ik krijg alleen zo'n bericht terug: niemand op kantoor."),
    ] {
        let decision = Company::new().decide(&post(KLANT, text).subject(subject));
        assert_eq!(decision.verdict.disposition, Disposition::Complaint, "{subject}");
        assert_eq!(
            sent(&decision),
            [(LetterKind::Acknowledgement, KLANT), (LetterKind::Notification, "schade@lease.example")],
            "{subject}"
        );
    }
}

#[test]
fn a_customers_answer_under_such_a_subject_or_beside_a_calendars_reply_is_read() {
    let company = written(TimeDelta::minutes(2));
    let named = of_customer(&company, "Dat klopt niet, de auto is nog stuk.").subject("Afwezig: uw monteur");
    let entry = "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:x\nEND:VEVENT\nEND:VCALENDAR";
    let text = format!(
        "--q\nContent-Type: text/plain\n\nIk kom, maar de auto is nog steeds stuk.\n\
         --q\nContent-Type: text/calendar; method=REPLY\n\n{entry}\n--q--\n"
    );
    let beside = of_customer(&company, &text).header("Content-Type: multipart/alternative; boundary=q");
    for mail in [named, beside] {
        let decision = company.decide(&mail);
        assert_eq!(kinds(&decision), ["followed_up"]);
        assert_eq!(sent(&decision), [(LetterKind::FollowUp, "schade@lease.example")]);
    }
}

#[test]
fn signs_and_words_of_an_absence_withhold_the_acknowledgement_and_never_the_case() {
    let marked =
        post(KLANT, "Schade. Ik ben afwezig.").subject("Afwezig: schade").header("X-Auto-Response-Suppress: All");
    let alone = post(KLANT, ABSENT).subject("Afwezig");
    for mail in [marked, alone] {
        let decision = Company::new().decide(&mail);
        assert_eq!(decision.verdict.disposition, Disposition::Complaint);
        assert!(sent(&decision).iter().all(|(kind, _)| *kind == LetterKind::Notification), "{decision:?}");
    }
    // The field alone is a person's company's.
    let decision = Company::new()
        .decide(&post(KLANT, "De factuur klopt niet.").header("X-Auto-Response-Suppress: DR, OOF, AutoReply"));
    assert!(sent(&decision).contains(&(LetterKind::Acknowledgement, KLANT)), "{decision:?}");
    let decision = reply_by(&Company::new(), "Wij betalen.", "X-Auto-Response-Suppress: All");
    assert_eq!(answer(&decision), Some("Wij betalen."));
}

fn reply_by(company: &Company, text: &str, header: &str) -> MailDecision {
    company.decide(&reply_of(company, JAN, text).header(header))
}

#[test]
fn our_letter_answered_at_once_by_an_absence_and_nothing_else_was_answered_by_a_rule() {
    for (ago, disposition) in [(2, Disposition::Automatic), (15, Disposition::Automatic), (16, Disposition::FollowUp)] {
        let company = written(TimeDelta::minutes(ago));
        let decision = company.decide(&of_customer(&company, ABSENT));
        assert_eq!((decision.verdict.disposition, decision.verdict.case), (disposition, Some(number(7))), "{ago}");
        assert_eq!(sent(&decision).is_empty(), disposition == Disposition::Automatic, "{ago}");
    }
    let company = written(TimeDelta::minutes(2));
    for text in ["Ik ben tot maandag afwezig, maar dit klopt niet.", "Ik ben tot maandag afwezig.\n\n> Wij bellen u."] {
        assert_eq!(company.decide(&of_customer(&company, text)).verdict.disposition, Disposition::FollowUp, "{text}");
    }
}

#[test]
fn a_colleagues_absence_in_words_is_never_relayed_and_always_seen() {
    for ago in [2, 90] {
        let mut company = written(TimeDelta::minutes(ago));
        company.case().handler = Some(address(JAN));
        let decision = company.decide(&reply_of(&company, JAN, ABSENT).subject("AW: melding"));
        assert_eq!(to_customers(&decision).count(), 0);
        assert!(sent(&decision).iter().any(|(_, to)| *to == CHEF), "{ago}: {decision:?}");
    }
}

fn through_group(extra: &str) -> Post {
    post("\"'Jan de Boer' via Klachten\" <klachten-groep@groepen.example>", "Er is schade aan mijn auto.")
        .to(GROUP)
        .header("List-ID: <klachten-groep.groepen.example>")
        .header(&format!("Mailing-list: list {GROUP}; contact klachten-groep+owners@groepen.example"))
        .header("Precedence: list")
        .header(extra)
}

fn with_alias() -> Company {
    let aliases = format!("trusted_authserv_id = \"mx.lease.example\"\naliases = [\"{GROUP}\"]");
    Company::of(&SETTINGS.replace("trusted_authserv_id = \"mx.lease.example\"", &aliases))
}

fn opened(decision: &MailDecision) -> &Opened {
    let found = decision.events.iter().find_map(|event| match &event.what {
        What::Opened(opened) => Some(opened.as_ref()),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no case: {decision:?}"))
}

#[test]
fn a_mail_through_a_group_is_its_authors_complaint() {
    for extra in [
        "X-Original-From: Jan de Boer <jan@prive.example>",
        "X-Original-Sender: jan@prive.example",
        "Reply-To: Jan de Boer <jan@prive.example>",
    ] {
        let mail = through_group(extra);
        for company in [with_alias(), Company::new()] {
            let decision = company.decide(&mail);
            let customer = &opened(&decision).customer;
            assert_eq!(
                (customer.name.as_str(), customer.address.as_ref()),
                ("Jan de Boer", Some(&address("jan@prive.example")))
            );
            assert!(
                sent(&decision).contains(&(LetterKind::Acknowledgement, "jan@prive.example")),
                "{extra}: {decision:?}"
            );
        }
    }
    // The group left From as it was.
    let company = with_alias();
    let plain = Post { from: "jan@prive.example".into(), ..through_group("X-A: b") };
    assert!(sent(&company.decide(&plain)).contains(&(LetterKind::Acknowledgement, "jan@prive.example")));
    // Nobody is named: it is in our own name, and a person looks.
    assert_eq!(company.decide(&through_group("X-A: b")).verdict.disposition, Disposition::SetAside);
}

#[test]
fn after_klacht_the_author_is_the_customer_and_not_the_group() {
    let mut company = with_alias();
    let raw = through_group("Reply-To: jan@prive.example").header("X-Spam-Flag: YES").raw();
    company.put_back =
        Some(PutBack { mail: 17, reason: "marked as spam by the mail server".into(), received_at: now() });
    let mail = mail::read(&raw, "mx.lease.example");
    let incoming = Incoming { id: 42, mail: &mail, received_at: now(), from_junk: false, arrival: Arrival::New };
    let decision = on_mail(&incoming, &company.known(&mail), &company.rules, now(), &mut Fresh::new([3; 32]));
    assert_eq!(opened(&decision).customer.address, Some(address("jan@prive.example")));
    assert!(sent(&decision).contains(&(LetterKind::Acknowledgement, "jan@prive.example")), "{decision:?}");
}

#[test]
fn whom_a_group_names_has_no_authority() {
    let mut company = with_alias();
    company.rules.accept_unproven_staff = true;
    for extra in ["X-Original-From: Jan <jan@lease.example>", "Reply-To: chef@lease.example"] {
        let text = "#afgehandeld\nBetaald.".to_owned();
        let mail = Post { text, ..through_group(extra) }.answering(&company.token(Side::Staff)).dmarc("pass");
        let decision = company.decide(&mail);
        assert_eq!(
            (decision.verdict.disposition, to_customers(&decision).count()),
            (Disposition::SetAside, 0),
            "{extra}"
        );
    }
}

#[test]
fn other_bulk_mail_is_put_aside_and_told_of() {
    let crm =
        post(KLANT, "Er is schade.").header("List-Unsubscribe: <https://crm.example/u/1>").header("Precedence: bulk");
    let company = Company::new();
    let decision = company.decide(&crm);
    assert_eq!((decision.verdict.disposition, sent(&decision)), (Disposition::SetAside, vec![]));
    assert_eq!(kinds(&company.decide(&crm.answering(&company.token(Side::Customer)))), ["followed_up"]);
    // Without a list's field a person may have written it: a case, not acknowledged.
    let decision = company.decide(&post(KLANT, "Er is schade.").header("Precedence: bulk"));
    let Content::Notification(told) = &decision.letters[0].content else { panic!("{decision:?}") };
    assert_eq!(told.unacknowledged, Some(Unacknowledged::Automatic));
}

#[test]
fn an_alias_is_the_desks_own_address() {
    let rules = with_alias().rules;
    for (own, is_own) in [(GROUP, true), ("Klachten-Groep+x@groepen.example", true), ("ander@groepen.example", false)] {
        assert_eq!(rules.is_desk(&address(own)), is_own, "{own}");
    }
    let looped = post("vreemde@elders.example", "Schade").header(&format!("X-Loop: {GROUP}"));
    assert_eq!(with_alias().decide(&looped).verdict.disposition, Disposition::SetAside);
}

fn with_letter(kind: LetterKind) -> Company {
    let mut company = Company::new();
    company.sent =
        vec![BouncedLetter { id: letter_id(1), kind, to: address(KLANT), bundled: Vec::new(), reported_at: None }];
    company
}

fn notice(from: &str, text: &str) -> Post {
    post(from, text).subject("Mededeling over uw bericht")
}

#[test]
fn a_mail_servers_words_about_a_letter_undo_it_and_are_told() {
    let by_address = format!(
        "Onderwerp: Re: Uw klacht K-2026-000007\n\nDe volgende personen zijn niet bereikt:\n\n  {KLANT} op 5-3-2026\n  <mail.prive.example #5.1.1>"
    );
    let company = with_letter(LetterKind::Closing);
    let by_token = format!("Het is niet gelukt.\n\nKenmerk: {}", company.token(Side::Customer));
    for (from, headers, text) in [
        ("Systeembeheerder <postmaster@prive.example>", "Return-Path: <>", &by_address),
        ("postmaster@prive.example", "X-A: b", &by_address),
        ("Beheer <systeem@prive.example>", "Return-Path: <>", &by_address),
        ("MAILER-DAEMON@prive.example", "Return-Path: <>", &by_token),
    ] {
        let decision = company.decide(&notice(from, text).header(headers));
        let verdict = &decision.verdict;
        assert_eq!((verdict.disposition, verdict.case), (Disposition::Bounce, Some(number(7))), "{from}");
        assert_eq!(sent(&decision), [(LetterKind::DeliveryFailed, "schade@lease.example")], "{from}");
        let What::LetterFate { fate: LetterFate::Bounced { .. }, .. } = &decision.events[0].what else {
            panic!("{decision:?}")
        };
    }
}

/// Anybody can write in a mail server's name about an address, and as often as he likes.
#[test]
fn a_notice_that_knows_only_an_address_changes_nothing_and_is_told_of_once_an_hour() {
    let mut company = with_letter(LetterKind::Closing);
    let text = format!("De volgende personen zijn niet bereikt:\n\n  {KLANT}\n  <mail.prive.example #5.1.1>");
    let dsn = format!(
        "--g\nContent-Type: text/plain\n\nNiet bezorgd.\n--g\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n\
         Final-Recipient: rfc822; {KLANT}\nAction: failed\nStatus: 5.1.1\n\n--g--\n"
    );
    let report = notice("MAILER-DAEMON@x.example", &dsn)
        .header("Return-Path: <>")
        .header("MIME-Version: 1.0")
        .header("Content-Type: multipart/report; report-type=delivery-status; boundary=\"g\"");
    let disowned = notice("postmaster@prive.example", &format!("K-2026-000007\n\n{text}")).dmarc("fail");
    let words = notice("postmaster@prive.example", &text).header("Return-Path: <>");
    let numbered = format!("Mislukt: K-2026-000007\n\n{text}");
    let stranger = notice("postmaster@vreemd.example", &numbered);
    for nth in 0..40 {
        let mail = [&words, &report, &disowned, &stranger][nth % 4];
        let decision = company.decide(mail);
        assert_eq!(decision.verdict.disposition, Disposition::SetAside, "{nth}");
        assert!(!kinds(&decision).contains(&"letter_fate"), "{nth}: {decision:?}");
        let told: &[(LetterKind, &str)] = if nth == 0 { &[(LetterKind::SetAside, CHEF)] } else { &[] };
        assert_eq!(sent(&decision), told, "{nth}");
        company.files[0].events.extend(decision.events);
    }
    // An hour later it is told of again.
    company.files[0].events.iter_mut().for_each(|event| event.at -= TimeDelta::minutes(61));
    assert_eq!(sent(&company.decide(&words)), [(LetterKind::SetAside, CHEF)]);
}

#[test]
fn a_letter_is_undone_once_however_often_it_is_reported() {
    let mut company = with_letter(LetterKind::Answer);
    let by_token = format!("Het is niet gelukt.\n\nKenmerk: {}", company.token(Side::Customer));
    let by_number = format!("Betreft: K-2026-000007\n\n{KLANT} is niet bereikt. #5.1.1");
    for (nth, text) in [&by_token, &by_token, &by_number, &by_token].into_iter().enumerate() {
        let decision = company.decide(&notice("postmaster@prive.example", text).header("Return-Path: <>"));
        let verdict = &decision.verdict;
        assert_eq!((verdict.disposition, verdict.case), (Disposition::Bounce, Some(number(7))), "{nth}");
        let first = nth == 0;
        assert_eq!(kinds(&decision), [if first { "letter_fate" } else { "mail_filed" }], "{nth}");
        assert_eq!(decision.letters.len(), usize::from(first), "{nth}");
        company.files[0].events.extend(decision.events);
    }
    // Other letters of the case are told of, too, but not without end.
    let letters: Vec<usize> = (2..12)
        .map(|n| {
            let token =
                company.rules.keys.write(&Token { case: Some(number(7)), side: Side::Customer, letter: letter_id(n) });
            let (kind, to, bundled) = (LetterKind::Answer, address(KLANT), Vec::new());
            company.sent = vec![BouncedLetter { id: letter_id(n), kind, to, bundled, reported_at: None }];
            let text = format!("Het is niet gelukt.\n\nKenmerk: {token}");
            let decision = company.decide(&notice("postmaster@prive.example", &text).header("Return-Path: <>"));
            assert_eq!(kinds(&decision), ["letter_fate"], "{n}");
            company.files[0].events.extend(decision.events);
            decision.letters.len()
        })
        .collect();
    assert_eq!(letters, [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn what_a_mail_server_says_of_no_letter_that_is_known_is_put_aside_to_be_told_of() {
    let company = with_letter(LetterKind::Closing);
    let decision = company
        .decide(&notice("postmaster@prive.example", "Er is iets met ander@elders.example.").header("Return-Path: <>"));
    assert_eq!((decision.verdict.disposition, kinds(&decision)), (Disposition::SetAside, vec!["mail_filed"]));
    // One that tells of a success undoes nothing.
    let success =
        notice("postmaster@prive.example", &format!("Afgeleverd bij {KLANT}")).subject("Afgeleverd: Uw klacht");
    assert_eq!(company.decide(&success).verdict.disposition, Disposition::SetAside);
    // Whoever is away names himself, and is no server.
    let absent = post(KLANT, &format!("Ik ben weg. Mail {KLANT} niet.")).header("Return-Path: <>");
    assert_ne!(company.decide(&absent).verdict.disposition, Disposition::Bounce);
}

#[test]
fn a_click_of_the_customers_is_shown_and_is_no_answer() {
    let company = Company::new();
    let recall = of_customer(&company, "Karin wil het bericht \"Schade\" intrekken.").subject("Intrekken: Schade");
    for mail in [gmail(of_customer(&company, ""), "👍"), recall.clone()] {
        let decision = company.decide(&mail);
        assert_eq!((decision.verdict.disposition, kinds(&decision)), (Disposition::FollowUp, vec!["mail_filed"]));
        assert_eq!(sent(&decision), [(LetterKind::FollowUp, "schade@lease.example")]);
    }
    // Without a letter of ours it opens nothing.
    for mail in [gmail(post(KLANT, ""), "👍"), Post { headers: Vec::new(), ..recall }] {
        let decision = company.decide(&mail);
        assert_eq!((decision.verdict.disposition, sent(&decision)), (Disposition::SetAside, vec![]));
    }
}

#[test]
fn a_colleagues_click_or_signature_alone_is_no_answer() {
    let company = Company::new();
    let signature = "Met vriendelijke groet,\n\nJan Jansen\nVoorbeeld Lease\nT 033-1234567\nwww.lease.example";
    let recall =
        reply_of(&company, JAN, "Jan wil het bericht \"Re: Schade\" intrekken.").subject("Intrekken: Re: Schade");
    for mail in [gmail(reply_of(&company, JAN, ""), "👍"), recall, reply_of(&company, JAN, signature)] {
        let decision = company.decide(&mail);
        assert_eq!(to_customers(&decision).count(), 0, "{mail:?}", mail = mail.text);
        assert_eq!(*why(&decision), Problem::NothingTyped);
    }
    assert_eq!(*why(&does(&company, JAN, &format!("#afgehandeld\n{signature}"))), Problem::SettlementMissing);
    assert_eq!(answer(&does(&company, JAN, "Akkoord.\n\nGroet,\nJan")), Some("Akkoord.\n\nGroet,\nJan"));
}

#[test]
fn noise_after_closing_reopens_nothing_and_writes_to_nobody() {
    let company = closed(written(TimeDelta::hours(5)));
    let receipt =
        of_customer(&company, "Uw bericht is gelezen op donderdag 5 maart 2026.").subject("Gelezen: Uw klacht");
    for mail in [
        gmail(of_customer(&company, ""), "👍"),
        receipt,
        of_customer(&company, ABSENT),
        of_customer(&company, "Sehr geehrte Damen und Herren,\n\nich bin bis zum 9. März nicht im Büro.\n\nKarin")
            .subject("AW: Uw klacht"),
        of_customer(&company, "Vielen Dank für Ihre schnelle Hilfe!\n\nMit freundlichen Grüßen\nKarin Klant"),
        of_customer(&company, "Met vriendelijke groet,\nKarin Klant"),
    ] {
        let decision = company.decide(&mail);
        assert!(!kinds(&decision).contains(&"reopened"), "{}", mail.text);
        assert_eq!((sent(&decision), decision.verdict.case), (vec![], Some(number(7))), "{}", mail.text);
    }
    // A sign that may say no is shown, and reopens nothing by itself.
    let decision = company.decide(&gmail(of_customer(&company, ""), "👎"));
    assert_eq!(
        (kinds(&decision), sent(&decision)),
        (vec!["mail_filed"], vec![(LetterKind::FollowUp, "schade@lease.example")])
    );
}

#[test]
fn disagreement_however_short_still_reopens() {
    for text in [
        "Nee",
        "Nee!",
        "Niet eens",
        "Klopt niet",
        "No way",
        "Nein",
        "Non",
        "👎",
        "Nee\n\nGroet,\nKarin",
        "Groet,\nKarin\nNee",
    ] {
        let company = closed(Company::new());
        assert!(kinds(&company.decide(&of_customer(&company, text))).contains(&"reopened"), "{text}");
    }
}

#[test]
fn a_signature_alone_is_one_and_a_word_more_is_none() {
    for text in [
        "Met vriendelijke groet,\nKarin",
        "Karin Klant",
        "Beste heer,\n\nGroet, Karin\n06-12345678\nkarin@prive.example",
    ] {
        assert!(is_signature_alone(text, &["Karin Klant"]), "{text}");
        assert_eq!(after_closing(text, &["Karin Klant"]), AfterClosing::Nothing, "{text}");
    }
    for text in [
        "Akkoord",
        "Geregeld",
        "",
        "Nee, Karin",
        "Groet,\nKarin\nBel mij morgen op 06-12345678",
        "Groet,\nKarin\nniet eens",
    ] {
        assert!(!is_signature_alone(text, &["Karin Klant"]), "{text}");
    }
}
