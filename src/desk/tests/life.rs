//! The rest of a case's life: a dispute with the committee and its ruling (the procedure's end), and what is settled,
//! kept or asked about on the way.

use super::draft::{DisputeStage, Done, Filing, Problem};
use super::*;
use crate::case::{CaseState, Closed};
use chrono::{NaiveDate, TimeDelta};

const WITH_COMMITTEE: &str = "[committee]\nname = \"Commissie\"\nurl = \"https://commissie.example/\"\n";

fn with_committee() -> Company {
    Company::of(&format!("{SETTINGS}\n{WITH_COMMITTEE}"))
}

fn closed(company: &mut Company) {
    company.after(What::Closed(Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn stage(decision: &MailDecision) -> DisputeStage {
    let told = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Dispute(dispute) => Some(dispute.stage),
        _ => None,
    });
    told.unwrap_or_else(|| panic!("nobody was told: {decision:?}"))
}

#[test]
fn a_dispute_is_recorded_with_its_last_day_on_an_open_and_on_a_closed_case() {
    let mut company = with_committee();
    for _ in [CaseState::Open, CaseState::Closed] {
        let decision = does(&company, JAN, "#geschil\nKopie van het formulier ontvangen.");
        let text = "Kopie van het formulier ontvangen.".to_owned();
        let last_day = Some(day("2027-03-05"));
        assert_eq!(decision.events[0].what, What::Disputed { text: text.clone(), last_day });
        assert_eq!(sent(&decision), [(LetterKind::Dispute, CHEF), (LetterKind::Receipt, JAN)]);
        let filing = Filing::Until(day("2027-03-05"));
        assert_eq!(stage(&decision), DisputeStage::Filed(filing));
        assert_eq!(done(&decision), [Done::Disputed { filing, told: Some(address(CHEF)), text }]);
        closed(&mut company);
    }
    let by_supervisor = does(&company, CHEF, "#geschil");
    assert_eq!(sent(&by_supervisor), [(LetterKind::Receipt, CHEF)], "the supervisor knows");
}

#[test]
fn a_dispute_too_late_or_not_for_the_committee_is_recorded_all_the_same_and_said() {
    let mut late = with_committee();
    late.case().lodged_at = "2025-03-04T09:00:00Z".parse().unwrap();
    let decision = does(&late, JAN, "#geschil");
    assert_eq!(kinds(&decision), ["disputed"]);
    assert_eq!(stage(&decision), DisputeStage::Filed(Filing::Past(day("2026-03-04"))));
    // The last day itself is not too late.
    late.case().lodged_at = "2025-03-05T09:00:00Z".parse().unwrap();
    assert_eq!(stage(&does(&late, JAN, "#geschil")), DisputeStage::Filed(Filing::Until(day("2026-03-05"))));
    let decision = does(&Company::new(), JAN, "#geschil");
    assert_eq!(kinds(&decision), ["disputed"]);
    assert_eq!(stage(&decision), DisputeStage::Filed(Filing::NotTaken));
}

#[test]
fn a_ruling_needs_its_text_and_reopens_nothing() {
    let mut company = with_committee();
    closed(&mut company);
    assert_eq!(*asked(&does(&company, JAN, "#uitspraak"), JAN, "leeg"), Problem::RulingMissing);
    let decision = does(&company, JAN, "#uitspraak\nKlant krijgt gelijk; wij betalen 240 euro.\n");
    assert_eq!(kinds(&decision), ["ruled"]);
    assert_eq!(sent(&decision), [(LetterKind::Dispute, CHEF), (LetterKind::Receipt, JAN)]);
    assert_eq!(stage(&decision), DisputeStage::Ruled);
    company.after(decision.events[0].what.clone());
    assert_eq!(company.case().state, CaseState::Closed);
    // Nor does the receipt name terms, which do not run.
    let Content::Receipt(receipt) = &decision.letters[1].content else { panic!("{decision:?}") };
    assert!(receipt.case_closed);
}

#[test]
fn beside_a_ruling_the_agenda_works_on_a_closed_case_and_reminds() {
    let mut company = with_committee();
    closed(&mut company);
    let decision = does(&company, JAN, "#uitspraak Wij betalen 240 euro.\n#agenda vr 14:00 betaling nakijken");
    assert_eq!(kinds(&decision), ["ruled", "agenda_set"]);
    decision.events.iter().for_each(|event| company.after(event.what.clone()));
    let friday: Moment = "2026-03-06T13:00:00Z".parse().unwrap();
    let tick = |at| on_terms(&company.files[0].case, &company.rules, at, &mut Fresh::new([1; 32]));
    assert!(tick(friday - TimeDelta::minutes(1)).is_none());
    let reminded = tick(friday).unwrap();
    assert_eq!(kinds(&reminded), ["agenda_reminded"]);
    assert_eq!(sent(&reminded), [(LetterKind::Agenda, JAN)]);
}

#[test]
fn what_is_no_complaint_has_no_dispute_no_ruling_and_no_agenda() {
    let mut company = with_committee();
    company.after(What::Dismissed { reason: "reclame".into() });
    for (typed, verb) in
        [("#geschil", "#geschil"), ("#uitspraak Nee.", "#uitspraak"), ("#agenda vr 14:00 x", "#agenda")]
    {
        assert_eq!(*asked(&does(&company, JAN, typed), JAN, typed), Problem::NotNow { verb: verb.into() });
    }
}

#[test]
fn a_handler_is_set_on_an_open_case_only() {
    let mut company = Company::new();
    closed(&mut company);
    for (typed, verb) in [("#overnemen", "#overnemen"), ("#toewijzen mia@lease.example", "#toewijzen")] {
        assert_eq!(*asked(&does(&company, JAN, typed), JAN, typed), Problem::NotNow { verb: verb.into() });
        let reopened = does(&company, JAN, &format!("#heropenen\n{typed}"));
        assert!(kinds(&reopened).contains(&"handler_set"), "{reopened:?}");
    }
}

#[test]
fn a_text_beside_help_is_kept_and_said() {
    let decision = does(&Company::new(), JAN, "#hulp\nDe klant belt morgen terug.");
    assert_eq!(kinds(&decision), ["noted"]);
    let text = "De klant belt morgen terug.".to_owned();
    assert_eq!(done(&decision), [Done::Noted { text: text.clone() }, Done::Help]);
    // Without a case there is nothing to keep it with: it comes back.
    let new = Company::new().decide(&post(JAN, "#hulp\nDe klant belt morgen terug.").dmarc("pass"));
    assert_eq!(done(&new), [Done::Unused { text }, Done::Help]);
    let alone = Company::new().decide(&post(JAN, "#hulp").dmarc("pass"));
    assert_eq!(done(&alone), [Done::Help]);
}

#[test]
fn a_forward_with_a_note_above_it_is_the_customers_case_with_that_note() {
    let text = "#intern Vaste klant\nNiet meer bieden dan 300 euro.\n\n-----Oorspronkelijk bericht-----\n\
                Van: Piet <piet@prive.example>\nVerzonden: woensdag 4 maart 2026 10:00\nAan: Jan\n\
                Onderwerp: Schade aan mijn auto\n\nEr zit een deuk in het portier.";
    let decision = Company::new().decide(&post(JAN, text).dmarc("pass").subject("FW: Schade aan mijn auto"));
    assert_eq!(kinds(&decision), ["opened", "handler_set", "noted"]);
    let note = What::Noted { text: "Vaste klant\n\nNiet meer bieden dan 300 euro.".into() };
    assert_eq!(decision.events[2].what, note);
    assert!(to_customers(&decision).all(|draft| !format!("{draft:?}").contains("300 euro")), "{decision:?}");
    // With a verb that wants a case it is asked about, as before.
    let other = Company::new().decide(&post(JAN, &text.replace("#intern", "#gebeld")).dmarc("pass").subject("FW: x"));
    assert_eq!(*why(&other), Problem::NoCase);
}

#[test]
fn the_supervisors_answer_call_or_assignment_settles_what_was_asked() {
    for typed in ["#antwoord\nWij betalen.", "Wij betalen.", "#gebeld Besproken", "#toewijzen mia@lease.example"] {
        let mut company = Company::new();
        company.after(What::Escalated { question: "Mag dit?".into(), to: address(CHEF) });
        let decision = does(&company, CHEF, typed);
        assert!(kinds(&decision).contains(&"escalation_settled"), "{typed}: {decision:?}");
        let by_handler = does(&company, JAN, typed);
        assert!(!kinds(&by_handler).contains(&"escalation_settled"), "{typed}");
    }
}
