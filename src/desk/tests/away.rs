//! A handler's absence notice: filed, never relayed, and told to the supervisor once a day (§2.4.1).

use super::*;
use chrono::TimeDelta;

const NOTICE: &str = "Ik ben er maandag weer. Bij spoed: Mia.";

fn absence(company: &Company, from: &str) -> Post {
    reply_of(company, from, NOTICE).header("Auto-Submitted: auto-replied").subject("Automatisch antwoord: Afwezig")
}

fn handled_by(handler: &str) -> Company {
    let mut company = Company::new();
    company.case().handler = Some(address(handler));
    company
}

/// What was decided becomes the past, so long ago.
fn lives_through(company: &mut Company, decision: &MailDecision, ago: TimeDelta) {
    let aged = decision.events.iter().map(|event| Event { at: event.at - ago, ..event.clone() });
    company.files[0].events.extend(aged);
}

#[test]
fn the_supervisor_hears_who_is_away_with_the_terms_and_who_could_take_it() {
    let company = handled_by(JAN);
    let decision = company.decide(&absence(&company, JAN));
    assert_eq!((decision.verdict.disposition, decision.verdict.case), (Disposition::Automatic, Some(number(7))));
    assert_eq!((kinds(&decision), sent(&decision)), (vec!["mail_filed", "away_told"], vec![(LetterKind::Away, CHEF)]));
    let Content::Away(away) = &decision.letters[0].content else { panic!("{decision:?}") };
    assert_eq!((&away.who, away.notice.as_str()), (&address(JAN), NOTICE));
    assert_eq!(
        (away.due, away.colleagues.as_slice()),
        (company.files[0].case.due, &[address("mia@lease.example")][..])
    );
}

#[test]
fn an_absence_that_the_handlers_own_domain_disowns_is_told_to_nobody() {
    let company = handled_by(JAN);
    let forged = post(JAN, "Jan is ontslagen, betaal de klant.").answering(&company.token(Side::Staff)).dmarc("fail");
    let decision = company.decide(&forged.header("Auto-Submitted: auto-replied"));
    assert_eq!((decision.verdict.disposition, sent(&decision)), (Disposition::Automatic, vec![]));
    // A mailbox's own answers are seldom signed: silence is no denial.
    let silent = post(JAN, NOTICE).answering(&company.token(Side::Staff)).header("Auto-Submitted: auto-replied");
    assert_eq!(sent(&company.decide(&silent)), [(LetterKind::Away, CHEF)]);
}

#[test]
fn whatever_the_handlers_mailbox_answers_by_itself_is_an_absence() {
    let company = handled_by(JAN);
    let marked = |header: &str, subject: &str| reply_of(&company, JAN, NOTICE).header(header).subject(subject);
    for mail in [
        marked("Auto-Submitted: auto-replied (vacation)", "Re: Kras op de deur"),
        marked("X-Autoreply: yes", "Afwezig: Kras op de deur"),
        marked("Auto-Submitted: auto-generated", "Afwezig: Kras op de deur"),
        marked("Auto-Submitted: auto-replied", "Re: Kras op de deur"),
    ] {
        assert_eq!(sent(&company.decide(&mail)), [(LetterKind::Away, CHEF)], "{:?}", mail.headers);
    }
}

#[test]
fn it_is_told_once_a_day_for_each_handler_and_case() {
    for (ago, again) in [(TimeDelta::hours(23), false), (TimeDelta::hours(25), true)] {
        let mut company = handled_by(JAN);
        let first = company.decide(&absence(&company, JAN));
        lives_through(&mut company, &first, ago);
        let second = company.decide(&absence(&company, JAN));
        assert_eq!(!sent(&second).is_empty(), again, "{ago}");
        assert_eq!(second.verdict.disposition, Disposition::Automatic);
        // Somebody else who took it over, and is away too, is another matter.
        company.case().handler = Some(address("mia@lease.example"));
        assert_eq!(sent(&company.decide(&absence(&company, "mia@lease.example"))), [(LetterKind::Away, CHEF)]);
    }
}

#[test]
fn whoever_does_not_handle_the_case_is_only_filed() {
    let company = handled_by(JAN);
    // A colleague, a shared mailbox, the supervisor in answer to the letter about Jan, somebody from outside.
    for from in ["mia@lease.example", "schade@lease.example", CHEF, "baas@lease.example", KLANT] {
        let decision = company.decide(&absence(&company, from));
        assert_eq!((decision.verdict.disposition, sent(&decision)), (Disposition::Automatic, vec![]), "{from}");
    }
    let nobody = Company::new();
    assert_eq!(sent(&nobody.decide(&absence(&nobody, "schade@lease.example"))), []);
}

#[test]
fn a_case_that_is_over_waits_for_nobody() {
    let mut company = handled_by(JAN);
    company.after(What::Dismissed { reason: String::new() });
    assert_eq!(sent(&company.decide(&absence(&company, JAN))), []);
}

#[test]
fn an_absent_supervisor_is_told_to_the_next_and_two_of_them_make_no_loop() {
    let mut company = handled_by(CHEF);
    let decision = company.decide(&absence(&company, CHEF));
    assert_eq!(sent(&decision), [(LetterKind::Away, "baas@lease.example")]);
    lives_through(&mut company, &decision, TimeDelta::zero());
    for from in ["baas@lease.example", CHEF] {
        assert_eq!(sent(&company.decide(&absence(&company, from))), [], "{from}");
    }
    // Nobody is left above the fallback's supervisor.
    let mut company = handled_by("baas@lease.example");
    company.case().department = "service".into();
    assert_eq!(sent(&company.decide(&absence(&company, "baas@lease.example"))), []);
}

#[test]
fn nothing_of_an_absence_notice_reaches_a_customer() {
    for from in [JAN, "mia@lease.example", CHEF, "schade@lease.example"] {
        let company = handled_by(JAN);
        for mail in [absence(&company, from), absence(&company, from).to("klant@prive.example, klachten@lease.example")]
        {
            assert_eq!(to_customers(&company.decide(&mail)).count(), 0, "{from}");
        }
    }
}
