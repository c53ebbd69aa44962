//! `#avg` and `#datalek`: a month for a request, 72 hours for a breach, who guards personal data told of both; and nothing
//! disclosed before it is on file how it is known who asks (GDPR art. 12, 33).

use super::draft::{Done, NoRight, Privacy, PrivacyStage, Problem};
use super::*;
use crate::case::{Breach, Confidential, Duty, DutyKind};

const CONTACT: &str = "privacy@lease.example";

fn company() -> Company {
    let mut company = Company::of(&format!("[privacy]\ncontact = \"{CONTACT}\"\n{SETTINGS}"));
    company.letter_kind = Some(LetterKind::Notification);
    company
}

fn told(decision: &MailDecision) -> Vec<(&str, &Privacy)> {
    let letters = decision.letters.iter().filter_map(|draft| match &draft.content {
        Content::Privacy(privacy) => Some((draft.to.as_str(), privacy.as_ref())),
        _ => None,
    });
    letters.collect()
}

fn apply(company: &mut Company, decision: &MailDecision) {
    decision.events.iter().for_each(|event| company.files[0].case.apply(event));
}

fn does_and_applies(company: &mut Company, text: &str) -> MailDecision {
    let decision = does(company, JAN, text);
    apply(company, &decision);
    decision
}

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

#[test]
fn a_right_is_guarded_for_a_month_from_the_first_mail_in_which_it_may_stand() {
    for (word, kind) in [
        ("inzage", DutyKind::Access),
        ("Wissen", DutyKind::Erasure),
        ("rectificatie", DutyKind::Rectification),
        ("bezwaar:", DutyKind::Objection),
    ] {
        let mut company = company();
        let decision = does_and_applies(&mut company, &format!("#avg {word} Zij wil alles zien."));
        assert_eq!(kinds(&decision), ["right_used", "duty_set"]);
        // Lodged on 5 March in winter time; the last minute of 5 April is in summer time.
        assert_eq!(company.case().duties, [Duty { kind, due: at("2026-04-05T21:59:00Z") }]);
        let told = told(&decision);
        let [(CONTACT, letter)] = told.as_slice() else { panic!("{decision:?}") };
        assert_eq!(
            (&letter.stage, letter.text.as_str()),
            (&PrivacyStage::Begins(company.case().duties[0].clone()), "Zij wil alles zien.")
        );
        assert!(done(&decision).contains(&Done::IdentityWanted));
    }
    let mut later = company();
    later.case().lodged_at = at("2026-01-31T22:30:00Z");
    wrote(&mut later, 41, "2026-03-04T09:00:00Z");
    does_and_applies(&mut later, "#gdpr access");
    let end_of_february = at("2026-02-28T22:59:00Z");
    assert_eq!(later.case().duties[0].due, end_of_february, "a month after 31 January, whatever came in since");
    // Said again it is no new request, and a day that is typed is.
    later.case().lodged_at = now();
    does_and_applies(&mut later, "#avg inzage Zij vraagt er weer om.");
    assert_eq!(later.case().duties[0].due, end_of_february);
    let dated = does_and_applies(&mut later, "#avg inzage 2-3-2026 Zij wil alles zien.");
    assert_eq!(later.case().duties[0].due, at("2026-04-02T21:59:00Z"));
    assert!(format!("{:?}", dated.events).contains("2-3-2026"), "the day stays on file");
}

/// The customer wrote a mail that came in then.
fn wrote(company: &mut Company, id: i64, when: &str) {
    let (message_id, references) = (None, Vec::new());
    let what =
        What::FollowedUp { message_id, from: KLANT.into(), text: String::new(), references, tie: Default::default() };
    let (case, actor) = (Some(number(7)), Actor::Customer);
    company.files[0].events.push(Event { at: now(), case, actor, mail: Some(id), what });
    let (received_at, disposition) = (at(when), Disposition::FollowUp);
    company.files[0].mails.push(FiledMail { id, received_at, disposition, size: 1, sha256: None });
}

#[test]
fn a_new_request_counts_from_the_first_mail_after_the_last_was_settled() {
    let mut company = company();
    company.case().lodged_at = at("2026-01-05T09:00:00Z");
    let (case, actor, what) = (Some(number(7)), Actor::Desk, What::DutyDone { duty: DutyKind::Access });
    wrote(&mut company, 40, "2026-01-06T09:00:00Z");
    company.files[0].events.push(Event { at: at("2026-02-10T09:00:00Z"), case, actor, mail: None, what });
    wrote(&mut company, 41, "2026-02-12T09:00:00Z");
    wrote(&mut company, 42, "2026-03-03T09:00:00Z");
    does_and_applies(&mut company, "#avg inzage");
    does_and_applies(&mut company, "#avg wissen");
    let due = |kind| company.files[0].case.duties.iter().find(|duty| duty.kind == kind).unwrap().due;
    assert_eq!(due(DutyKind::Access), at("2026-03-12T22:59:00Z"));
    assert_eq!(due(DutyKind::Erasure), at("2026-02-05T22:59:00Z"), "another right was never settled");
}

#[test]
fn one_mail_gets_no_files_past_it_and_another_customer_is_not_known() {
    let attached = |company: &Company, text: &str| {
        let body = format!(
            "--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n\n--b\nContent-Type: application/pdf; name=gegevens.pdf\n\
             Content-Disposition: attachment; filename=gegevens.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0xLjQ=\n--b--"
        );
        let mail = reply_of(company, JAN, &body).header("MIME-Version: 1.0");
        company.decide(&mail.header("Content-Type: multipart/mixed; boundary=b"))
    };
    let unknown = Problem::Privacy(NoRight::IdentityUnknown);
    let asks_now = attached(&company(), "#avg inzage\n#antwoord\nHierbij uw gegevens.");
    assert_eq!(*asked(&asks_now, JAN, ""), unknown);
    let mut company = company();
    does_and_applies(&mut company, "#avg inzage");
    for beside in ["#avg bezwaar", "#avg inzage"] {
        let decision = attached(&company, &format!("{beside}\n#antwoord\nHierbij uw gegevens."));
        assert_eq!(*asked(&decision, JAN, beside), unknown, "{beside}");
    }
    does_and_applies(&mut company, "#avg bekend paspoort gezien");
    assert_eq!(answer(&attached(&company, "Hierbij uw gegevens.")), Some("Hierbij uw gegevens."));
    let other = attached(&company, "#klant ander@prive.example\n#antwoord\nHierbij uw gegevens.");
    assert_eq!(*asked(&other, JAN, ""), unknown);
    does_and_applies(&mut company, "#klant ander@prive.example");
    assert_eq!(company.case().identity, None, "how the one was known says nothing of the other");
}

#[test]
fn the_contact_ends_it_in_answer_to_what_the_contact_was_told() {
    let mut company = company();
    does_and_applies(&mut company, "#avg inzage");
    does_and_applies(&mut company, "#avg bekend paspoort gezien");
    company.letter_kind = Some(LetterKind::Privacy);
    let ended = does(&company, CONTACT, "#avg klaar Gestuurd.");
    assert_eq!(kinds(&ended), ["duty_done", "noted"]);
    assert_eq!(sent(&ended), [(LetterKind::Receipt, CONTACT)]);
    // Nothing else, nobody else, and unproven nothing.
    for text in ["#afgehandeld\nKlaar", "#avg klaar\n#afgehandeld\nKlaar", "Wat nu?"] {
        assert_eq!(kinds(&does(&company, CONTACT, text)), ["other_wrote"], "{text}");
    }
    assert_eq!(kinds(&does(&company, "receptie@lease.example", "#avg klaar")), ["other_wrote"]);
    let unproven = post(CONTACT, "#avg klaar").answering(&company.token(Side::Staff));
    assert!(!kinds(&company.decide(&unproven)).contains(&"duty_done"));
    company.after(What::ConfidentialSet(Confidential { readers: vec![address(CHEF)], without: Vec::new() }));
    assert!(!kinds(&does(&company, CONTACT, "#avg klaar")).contains(&"duty_done"), "hidden by now");
}

#[test]
fn it_ends_only_when_it_is_on_file_who_asked() {
    let mut company = company();
    assert_eq!(*asked(&does(&company, JAN, "#avg klaar"), JAN, ""), Problem::NotNow { verb: "#avg".into() });
    does_and_applies(&mut company, "#avg inzage");
    does_and_applies(&mut company, "#avg bezwaar");
    assert_eq!(
        *asked(&does(&company, JAN, "#avg klaar Gestuurd."), JAN, ""),
        Problem::Privacy(NoRight::IdentityUnknown)
    );
    assert_eq!(*asked(&does(&company, JAN, "#avg bekend"), JAN, ""), Problem::Privacy(NoRight::HowMissing));
    let known = does_and_applies(&mut company, "#avg bekend paspoort gezien aan de balie");
    assert_eq!(kinds(&known), ["identity_known"]);
    assert_eq!(company.case().identity.as_deref(), Some("paspoort gezien aan de balie"));
    let ended = does_and_applies(&mut company, "#avg klaar Gestuurd.");
    assert_eq!(kinds(&ended), ["duty_done", "duty_done", "noted"]);
    assert_eq!(told(&ended).len(), 2);
    assert!(company.case().duties.is_empty());
    for text in ["#avg", "#avg iets", "#avg klant vraagt"] {
        assert!(matches!(asked(&does(&company, JAN, text), JAN, text), Problem::Privacy(NoRight::Unclear { .. })));
    }
}

#[test]
fn no_file_goes_to_who_asks_before_it_is_known_who_that_is() {
    let mut company = company();
    does_and_applies(&mut company, "#avg inzage");
    let attached = |text: &str| {
        let body = format!(
            "--b\nContent-Type: text/plain; charset=utf-8\n\n{text}\n\n--b\nContent-Type: application/pdf; name=gegevens.pdf\n\
             Content-Disposition: attachment; filename=gegevens.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0xLjQ=\n--b--"
        );
        reply_of(&company, JAN, &body).header("MIME-Version: 1.0").header("Content-Type: multipart/mixed; boundary=b")
    };
    let refused = company.decide(&attached("Hierbij uw gegevens."));
    assert_eq!(*asked(&refused, JAN, ""), Problem::Privacy(NoRight::IdentityUnknown));
    assert!(to_customers(&refused).next().is_none());
    let beside = company.decide(&attached("#avg bekend teruggebeld\n#antwoord\nHierbij uw gegevens."));
    assert_eq!(answer(&beside), Some("Hierbij uw gegevens."));
    assert_eq!(answer(&does(&company, JAN, "Wie bent u?")), Some("Wie bent u?"), "words may go");
    assert!(!format!("{:?}", to_customers(&beside).collect::<Vec<_>>()).contains("teruggebeld"));
}

#[test]
fn a_breach_is_guarded_for_72_hours_and_ends_when_all_is_kept() {
    let mut company = company();
    let decision = does_and_applies(
        &mut company,
        "#datalek\nFeiten: brief aan de verkeerde klant\nzaterdag\nGevolgen: naam en adres",
    );
    assert_eq!(kinds(&decision), ["breach_found", "duty_set"]);
    assert_eq!(company.case().duties, [Duty { kind: DutyKind::Breach, due: at("2026-03-08T09:00:00Z") }]);
    let kept = Breach {
        facts: "brief aan de verkeerde klant\nzaterdag".into(),
        effects: "naam en adres".into(),
        remedy: String::new(),
    };
    assert_eq!(company.case().breach, Some(kept.clone()));
    assert_eq!(told(&decision)[0].0, CONTACT);
    assert_eq!(
        *asked(&does(&company, JAN, "#datalek klaar"), JAN, ""),
        Problem::Privacy(NoRight::BreachNotWhole(kept))
    );
    let more = does_and_applies(&mut company, "#datalek Maatregelen: brief teruggehaald");
    assert_eq!(kinds(&more), ["breach_found"], "the 72 hours go on");
    assert!(company.case().breach.as_ref().is_some_and(Breach::is_whole));
    let ended = does_and_applies(&mut company, "#datalek klaar");
    assert_eq!((kinds(&ended), told(&ended)[0].0), (vec!["duty_done"], CONTACT));
    // In one mail, of a closed case as well.
    let mut closed = self::company();
    closed.after(What::Closed(crate::case::Closed { settlement: "x".into(), letter: letter_id(9) }));
    does_and_applies(&mut closed, "#databreach Facts: a letter");
    does_and_applies(&mut closed, "#databreach done\nEffects: none\nRemedy: asked back");
    assert!(closed.case().duties.is_empty());
}

#[test]
fn of_a_confidential_case_the_contact_hears_only_whom_to_ask() {
    let mut company = company();
    company.case().subject = "Gedrag van Mia".into();
    company.after(What::ConfidentialSet(Confidential { readers: vec![address(CHEF)], without: Vec::new() }));
    let decision = does(&company, CHEF, "#avg inzage Zij wil het dossier over Mia.");
    let letter = decision.letters.iter().find(|draft| draft.to.as_str() == CONTACT).unwrap();
    let shown = format!("{letter:?}");
    for secret in ["Mia", "Karin", KLANT, "serial: 7"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
    assert_eq!(told(&decision)[0].1.ask, Some(address(CHEF)));
}

#[test]
fn without_a_contact_the_supervisor_hears_of_it_and_the_contact_is_no_customer() {
    let decision = does(&Company::new(), JAN, "#avg inzage");
    assert_eq!(told(&decision)[0].0, CHEF);
    let company = company();
    let mail = post(CONTACT, "Wat is hiermee gedaan?").answering(&company.token(Side::Staff)).dmarc("pass");
    assert_eq!(kinds(&company.decide(&mail)), ["other_wrote"], "filed for who handles it");
    for wrong in
        ["contact = \"geen adres\"", "contact = \"klachten@lease.example\"", "url = \"ftp://x\"", "kontakt = \"x\""]
    {
        assert!(config::from_toml(&format!("[privacy]\n{wrong}\n{SETTINGS}"), "proef.toml").is_err(), "{wrong}");
    }
}
