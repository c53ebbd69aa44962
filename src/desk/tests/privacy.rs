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

fn told(decision: &Decision) -> Vec<(&str, &Privacy)> {
    let letters = decision.letters.iter().filter_map(|draft| match &draft.content {
        Content::Privacy(privacy) => Some((draft.to.as_str(), privacy.as_ref())),
        _ => None,
    });
    letters.collect()
}

fn apply(company: &mut Company, decision: &Decision) {
    decision.events.iter().for_each(|event| company.files[0].case.apply(event));
}

fn does_and_applies(company: &mut Company, text: &str) -> Decision {
    let decision = does(company, JAN, text);
    apply(company, &decision);
    decision
}

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

#[test]
fn a_right_is_guarded_for_a_month_from_the_receipt_of_what_the_customer_wrote_last() {
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
    let followed = What::FollowedUp {
        message_id: None,
        from: KLANT.into(),
        text: String::new(),
        references: vec![],
        tie: Default::default(),
    };
    later.files[0].events.push(Event {
        at: now(),
        case: Some(number(7)),
        actor: Actor::Customer,
        mail: Some(41),
        what: followed,
    });
    let (received_at, disposition) = (at("2026-01-31T22:30:00Z"), Disposition::FollowUp);
    later.files[0].mails.push(FiledMail { id: 41, received_at, disposition, size: 1, sha256: None });
    does_and_applies(&mut later, "#gdpr access");
    assert_eq!(
        later.case().duties[0].due,
        at("2026-02-28T22:59:00Z"),
        "a month after 31 January is the end of February"
    );
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
