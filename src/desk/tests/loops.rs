//! No letter answers a machine (invariant 5), and no machine's mail is lost where a person may have written it.

use super::*;
use proptest::prelude::*;

const ABSENT: &str = "Ik ben tot 12 maart afwezig en lees mijn mail niet.";

fn absence(from: &str) -> Post {
    post(from, ABSENT)
        .subject("Automatisch antwoord: Kras op de deur")
        .header("Auto-Submitted: auto-replied (vacation)")
}

#[test]
fn an_absence_notice_is_filed_and_answered_by_nobody() {
    let company = Company::new();
    for (post, case) in [
        (absence(KLANT), None),
        (absence(KLANT).answering(&company.token(Side::Customer)), Some(number(7))),
        (absence(JAN).answering(&company.token(Side::Staff)).dmarc("pass"), Some(number(7))),
    ] {
        let decision = company.decide(&post);
        assert_eq!(
            (decision.verdict.disposition, decision.verdict.case),
            (Disposition::Automatic, case),
            "{:?}",
            post.headers
        );
        assert_eq!((sent(&decision), kinds(&decision)), (vec![], vec!["mail_filed"]));
    }
}

#[test]
fn a_web_form_opens_a_case_without_acknowledgement() {
    let decision =
        Company::new().decide(&post("site@webbouwer.example", "Schade!").header("Auto-Submitted: auto-generated"));
    assert_eq!(sent(&decision), [(LetterKind::Notification, "schade@lease.example")]);
}

#[test]
fn a_mail_with_more_fields_than_are_read_gets_no_acknowledgement() {
    let with = |fields: usize| {
        let mut mail = post("vreemde@elders.example", "Schade!");
        mail.headers.extend((0..fields).map(|n| format!("X-Veel: {n}")));
        // The last of them says what it is.
        mail.header("Auto-Submitted: auto-replied")
    };
    let decision = Company::new().decide(&with(3_000));
    assert_eq!(sent(&decision), [(LetterKind::Notification, "schade@lease.example")]);
}

#[test]
fn a_customer_who_answers_through_a_ticket_system_or_a_list_is_heard() {
    let company = Company::new();
    for mark in ["Auto-Submitted: auto-generated", "List-Id: <gezin.groep.example>"] {
        let decision =
            company.decide(&post(KLANT, "Weet u al iets?").header(mark).answering(&company.token(Side::Customer)));
        assert_eq!(decision.verdict.disposition, Disposition::FollowUp, "{mark}");
        assert_eq!(sent(&decision), [(LetterKind::FollowUp, "schade@lease.example")], "{mark}");
    }
}

#[test]
fn reports_are_filed_and_list_mail_is_put_aside_to_be_told_of() {
    let list = post("nieuws@krant.example", "Schade in het nieuws").header("List-Id: <nieuws.krant.example>");
    let report = post("dmarc@provider.example", "Rapport").subject("Report Domain: lease.example Report-ID: <1>");
    for (post, disposition) in [(list, Disposition::SetAside), (report, Disposition::Automatic)] {
        let decision = Company::new().decide(&post);
        assert_eq!((decision.verdict.disposition, sent(&decision)), (disposition, vec![]));
    }
}

#[test]
fn a_machine_in_a_mailbox_of_staff_ends_and_its_mail_is_seen() {
    let company = Company::new();
    // Answers the notification by machine and does not say to what: as a case it would notify itself for ever.
    let bare = post("schade@lease.example", "Wij hebben uw bericht ontvangen.").header("Auto-Submitted: auto-replied");
    let decision = company.decide(&bare);
    assert_eq!((decision.verdict.disposition, sent(&decision)), (Disposition::Automatic, vec![]));

    let marked = post(JAN, "Wij betalen.").header("Auto-Submitted: auto-generated").dmarc("pass");
    // On a case its supervisor is told at once; without one the next notice tells of it.
    let decision = company.decide(&marked);
    assert_eq!((decision.verdict.disposition, sent(&decision)), (Disposition::SetAside, vec![]));
    let decision = company.decide(&marked.clone().answering(&company.token(Side::Staff)));
    assert_eq!(sent(&decision), [(LetterKind::SetAside, "chef@lease.example")]);
    assert_eq!(kinds(&decision), ["mail_filed", "aside_told"]);
    // The reader of the notice is never told of a machine of his own.
    let chef = Post { from: "chef@lease.example".into(), ..marked.clone() }.answering(&company.token(Side::Staff));
    assert_eq!(sent(&company.decide(&chef)), []);
    // An answer to a notice (which has no case) makes no other notice.
    let of_no_case = company.rules.keys.write(&Token { case: None, side: Side::Staff, letter: letter_id(5) });
    let anywhere = Post { from: "alias@elders.example".into(), ..marked }.answering(&of_no_case);
    let decision = company.decide(&anywhere);
    assert_eq!((decision.verdict.disposition, sent(&decision)), (Disposition::Automatic, vec![]));
}

#[test]
fn our_own_letters_are_set_aside_and_nobody_is_written_to_at_once() {
    let company = Company::new();
    let own_id = format!("{}@lease.example", company.token(Side::Customer));
    let mut returned = post("vreemde@elders.example", "Schade");
    returned.headers.push("X-Loop: klachten@lease.example".into());
    let decision = company.decide(&returned);
    assert_eq!((decision.verdict.disposition, sent(&decision)), (Disposition::SetAside, vec![]));
    let raw = String::from_utf8(post(KLANT, "Schade").raw()).unwrap().replace("dit@elders.example", &own_id);
    let mail = mail::read(raw.as_bytes(), "");
    let incoming = Incoming { id: 42, mail: &mail, received_at: now(), from_junk: false, arrival: Arrival::New };
    let decision = on_mail(&incoming, &company.known(&mail), &company.rules, now(), &mut Fresh::new([0; 32]));
    assert_eq!((decision.verdict.disposition, sent(&decision)), (Disposition::SetAside, vec![]));
}

#[test]
fn a_mail_in_our_name_that_is_no_letter_of_ours_is_seen_by_a_person() {
    for from in ["klachten@lease.example", "Klachten+formulier@LEASE.example"] {
        let decision = Company::new().decide(&post(from, "Ingevuld formulier: schade"));
        assert_eq!(decision.verdict.disposition, Disposition::SetAside, "{from}");
        assert_eq!(sent(&decision), [], "{from}");
    }
}

#[test]
fn another_desk_is_a_customer_and_no_loop() {
    let other = post("klachten@dealer.example", "Er is schade.").header("X-Loop: klachten@dealer.example");
    assert_eq!(Company::new().decide(&other).verdict.disposition, Disposition::Complaint);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn the_sender_of_an_automatic_mail_never_gets_a_letter(
        from in prop::sample::select(vec![KLANT, JAN, "schade@lease.example", "chef@lease.example", "baas@lease.example",
            "receptie@lease.example", "vreemde@elders.example", "klachten@lease.example"]),
        mark in prop::sample::select(vec!["Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated",
            "X-Auto-Response-Suppress: All\r\nSubject: Afwezig", "Return-Path: <>", "List-Id: <a.b.example>",
            "Precedence: bulk",
            "X-Autoreply: yes"]),
        side in prop::option::of(prop::sample::select(vec![Side::Customer, Side::Staff])),
        text in "(#intern|#afgehandeld|schade|\n|[a-z ]{1,8}){0,10}",
    ) {
        let company = Company::new();
        let mail = post(from, &text).header(mark).dmarc("pass");
        let mail = match side { Some(side) => mail.answering(&company.token(side)), None => mail };
        let decision = company.decide(&mail);
        prop_assert!(decision.letters.iter().all(|draft| draft.to != address(from)), "{decision:?}");
        prop_assert_eq!(to_customers(&decision).count(), 0);
    }
}

#[test]
fn a_calendar_programs_answer_is_filed_and_never_relayed() {
    let company = Company::new();
    let entry = "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:x\nEND:VEVENT\nEND:VCALENDAR";
    let text = format!(
        "--q\nContent-Type: text/plain\n\nJan heeft de uitnodiging geaccepteerd.\n\
         --q\nContent-Type: text/calendar; method=REPLY\n\n{entry}\n--q--\n"
    );
    let answer = post(JAN, &text).header("Content-Type: multipart/alternative; boundary=q").dmarc("pass");
    for mail in [answer.clone().answering(&company.token(Side::Staff)), answer] {
        let decision = company.decide(&mail);
        assert_eq!((decision.verdict.disposition, sent(&decision)), (Disposition::Automatic, vec![]));
    }
}

/// A test mail of the watch's is nobody's complaint; nothing else can pass for one.
#[test]
fn a_test_mail_is_filed_by_itself_and_nothing_else_passes_for_one() {
    let company = Company::new();
    let stamp = company.rules.keys.stamp(now());
    let subject = format!("klachtpost test {stamp}");
    let ours = || post("klachten@lease.example", "klachtpost sends itself this mail.").subject(&subject);
    for mail in [
        ours(),
        // Whatever a server on the way does to it.
        ours().subject(&format!("[EXTERN] {subject}")),
        ours().header("X-Loop: klachten@lease.example").header("Auto-Submitted: auto-generated"),
        ours().header("X-Spam-Flag: YES"),
    ] {
        let decision = company.decide(&mail);
        assert_eq!(
            (decision.verdict.disposition, decision.verdict.case),
            (Disposition::RoundTrip, None),
            "{:?}",
            mail.headers
        );
        assert_eq!((sent(&decision), kinds(&decision)), (vec![], vec!["mail_filed"]));
    }
    let forged = stamp.replace("kw.1", "kw.2");
    for (mail, disposition) in [
        // Whoever saw it can repeat its stamp; a customer's words are a complaint all the same.
        (post(KLANT, "Er zit een kras op de deur.").subject(&subject), Disposition::Complaint),
        // Somebody at the shared mailbox presses Reply.
        (
            ours().subject(&format!("Re: {subject}")).header("In-Reply-To: <test.1@lease.example>"),
            Disposition::SetAside,
        ),
        (ours().subject(&format!("klachtpost test {forged}")), Disposition::SetAside),
        (ours().subject("klachtpost test"), Disposition::SetAside),
    ] {
        assert_eq!(company.decide(&mail).verdict.disposition, disposition, "{:?}", mail.headers);
    }
}
