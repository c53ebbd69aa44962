//! The rest of a case's life: a dispute with the committee and its ruling (the procedure's end), two cases that become
//! one, and what is settled, kept or asked about on the way.

use super::draft::{DisputeStage, Done, Filing, NoMerge, Problem};
use super::*;
use crate::case::Due;
use crate::case::{AgendaItem, CaseState, Clock, Closed, LetterFate, Reopened};
use chrono::{NaiveDate, TimeDelta};
use proptest::prelude::*;

const MIA: &str = "mia@lease.example";
const CHEF: &str = "chef@lease.example";
const BAAS: &str = "baas@lease.example";
const WITH_COMMITTEE: &str = "[committee]\nname = \"Commissie\"\nurl = \"https://commissie.example/\"\n";

fn does(company: &Company, from: &str, text: &str) -> Decision {
    company.decide(&reply_of(company, from, text))
}

fn done(decision: &Decision) -> &[Done] {
    let told = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Receipt(receipt) => Some(receipt.done.as_slice()),
        _ => None,
    });
    told.unwrap_or_else(|| panic!("no receipt: {decision:?}"))
}

/// Nothing was done and only the sender was asked.
fn asked<'a>(decision: &'a Decision, from: &str, text: &str) -> &'a Problem {
    assert_eq!(sent(decision), [(LetterKind::Question, from)], "{text}");
    assert_eq!(kinds(decision), ["mail_filed"], "{text}");
    why(decision)
}

fn with_committee() -> Company {
    Company::of(&format!("{SETTINGS}\n{WITH_COMMITTEE}"))
}

fn closed(company: &mut Company) {
    company.after(What::Closed(Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn stage(decision: &Decision) -> DisputeStage {
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

/// Beside case 7 a case 8 of the same customer, lodged so many hours later.
fn two(hours: i64) -> Company {
    let mut company = Company::new();
    let mut second = company.files[0].case.clone();
    second.number = number(8);
    second.subject = "Nog steeds die kras".into();
    second.text = "Niemand belt terug.".into();
    second.customer_thread = vec!["tweede@prive.example".into()];
    second.staff_thread = vec!["tweede-melding@lease.example".into()];
    second.lodged_at += TimeDelta::hours(hours);
    second.received_at = second.lodged_at;
    second.due = company.rules.due(second.lodged_at);
    company.files.push(CaseFile::of(second));
    company
}

/// Records the decision, as the register does.
fn record(company: &mut Company, decision: &Decision) {
    for event in &decision.events {
        let file = company.files.iter_mut().find(|file| Some(file.case.number) == event.case);
        file.unwrap_or_else(|| panic!("{event:?}")).case.apply(event);
    }
}

fn state(company: &Company, serial: u32) -> &Case {
    &company.files.iter().find(|file| file.case.number == number(serial)).unwrap().case
}

#[test]
fn the_case_that_was_lodged_first_stays_whichever_way_it_is_typed() {
    for (hours, stays, gone) in [(5, 7, 8), (-5, 8, 7), (0, 7, 8)] {
        let mut company = two(hours);
        let decision = does(&company, JAN, "#samenvoegen K-2026-000008\nZelfde kras.");
        assert_eq!(decision.case, Some(number(stays)), "{hours}");
        assert_eq!(kinds(&decision), ["absorbed", "merged", "noted"]);
        record(&mut company, &decision);
        assert_eq!(
            (state(&company, gone).state, state(&company, gone).merged_into),
            (CaseState::Merged, Some(number(stays)))
        );
        let kept = state(&company, stays);
        assert_eq!((kept.state, kept.absorbed.as_slice()), (CaseState::Open, [number(gone)].as_slice()));
        assert_eq!(to_customers(&decision).count(), 0, "the customer gets nothing");
        assert!(decision.letters.iter().all(|draft| draft.case == Some(number(stays))));
        assert!(matches!(done(&decision)[0], Done::Merged { state: CaseState::Open, .. }));
    }
}

#[test]
fn the_handlers_of_both_hear_of_it_with_what_the_customer_wrote() {
    let mut company = two(5);
    company.after(What::HandlerSet { handler: address(JAN) });
    company.files[1].case.handler = Some(address(MIA));
    let decision = does(&company, JAN, "#samenvoegen k-2026-000008");
    assert_eq!(sent(&decision), [(LetterKind::FollowUp, MIA), (LetterKind::Receipt, JAN)]);
    let Content::FollowUp(notice) = &decision.letters[0].content else { panic!("{decision:?}") };
    assert_eq!(
        (notice.text.as_str(), notice.remarks.as_slice()),
        ("Niemand belt terug.", [draft::Remark::WasCase(number(8))].as_slice())
    );
}

#[test]
fn what_cannot_be_merged_is_asked_about() {
    let not_merged = |written: &str, why| Problem::NotMerged { written: written.into(), why };
    let company = two(5);
    for (typed, problem) in [
        ("#samenvoegen", not_merged("", NoMerge::Unknown)),
        ("#samenvoegen dezelfde klant", not_merged("dezelfde klant", NoMerge::Unknown)),
        ("#samenvoegen K-2026-000099", not_merged("K-2026-000099", NoMerge::Unknown)),
        ("#samenvoegen K-2026-000007", not_merged("K-2026-000007", NoMerge::Same)),
    ] {
        assert_eq!(*asked(&does(&company, JAN, typed), JAN, typed), problem);
    }
    let other = |change: fn(&mut Case)| {
        let mut company = two(5);
        change(&mut company.files[1].case);
        let decision = does(&company, JAN, "#samenvoegen K-2026-000008");
        asked(&decision, JAN, "8").clone()
    };
    let stranger = other(|case| case.customer.address = Some(address("ander@prive.example")));
    assert_eq!(stranger, not_merged("K-2026-000008", NoMerge::OtherCustomer));
    let dismissed = other(|case| case.state = CaseState::Dismissed);
    assert_eq!(dismissed, not_merged("K-2026-000008", NoMerge::Dismissed));
    let elsewhere = other(|case| case.department = "service".into());
    assert_eq!(elsewhere, Problem::NotYourCase { department: "Klantenservice".into() });
    let mut again = two(5);
    let merged = does(&again, JAN, "#samenvoegen K-2026-000008");
    record(&mut again, &merged);
    let twice = does(&again, JAN, "#samenvoegen K-2026-000008");
    assert_eq!(*asked(&twice, JAN, "twice"), not_merged("K-2026-000008", NoMerge::Merged));
}

#[test]
fn a_customer_without_an_address_gets_that_of_the_other_case() {
    let mut company = two(5);
    company.files[0].case.customer.address = None;
    let decision = does(&company, JAN, "#samenvoegen K-2026-000008");
    record(&mut company, &decision);
    assert_eq!(state(&company, 7).customer.address, Some(address(KLANT)));
}

#[test]
fn every_way_to_the_merged_case_leads_to_the_one_that_stays() {
    // Case 7, whose letters everybody holds, goes on in case 8.
    let mut company = two(-5);
    let merged = does(&company, JAN, "#samenvoegen K-2026-000008");
    record(&mut company, &merged);
    let customer = post(KLANT, "Hierbij de foto.").answering(&company.token(Side::Customer));
    assert_eq!(company.decide(&customer).case, Some(number(8)));
    let answered = does(&company, JAN, "Wij komen kijken.");
    assert_eq!((answered.case, answer(&answered)), (Some(number(8)), Some("Wij komen kijken.")));
    let named = company.decide(&post("vreemde@elders.example", "Ook ik.").subject("Over K-2026-000007"));
    let linked = named.events.iter().any(|event| event.what == What::Linked { other: number(8) });
    assert!(linked, "{named:?}");
    let mistaken = does(&company, JAN, "#heropenen");
    assert_eq!(*asked(&mistaken, JAN, "#heropenen"), Problem::NotNow { verb: "#heropenen".into() });
}

#[test]
fn what_a_mail_does_beside_merging_is_done_on_the_case_that_stays() {
    let mut company = two(-5);
    let decision = does(&company, JAN, "#samenvoegen K-2026-000008\n#antwoord\nWij komen kijken.");
    record(&mut company, &decision);
    let letter = to_customers(&decision).next().unwrap();
    assert_eq!((letter.case, letter.in_reply_to.as_deref()), (Some(number(8)), Some("eerste@prive.example")));
    assert_eq!(state(&company, 8).handler, Some(address(JAN)));
    let before = does(&two(-5), JAN, "#agenda vr 14:00 garage bellen\n#samenvoegen K-2026-000008");
    assert!(before.letters.iter().all(|draft| draft.case == Some(number(8))), "{before:?}");
}

#[test]
fn an_open_case_opens_the_closed_one_in_which_it_goes_on_and_the_supervisor_hears_of_it() {
    let mut company = two(50);
    closed(&mut company);
    let decision = does(&company, JAN, "#samenvoegen K-2026-000008");
    let due = company.files[1].case.due;
    record(&mut company, &decision);
    let kept = state(&company, 7);
    assert_eq!((kept.state, kept.due, kept.reopened), (CaseState::Open, due, 1));
    assert_eq!(
        sent(&decision),
        [(LetterKind::FollowUp, "schade@lease.example"), (LetterKind::FollowUp, CHEF), (LetterKind::Receipt, JAN)]
    );
}

#[test]
fn the_letters_of_the_merged_case_stop_and_start_the_clocks_of_the_other() {
    let mut company = two(5);
    let written = What::LetterWritten {
        letter: letter_id(5),
        letter_kind: LetterKind::Answer,
        to: KLANT.into(),
        message_id: "antwoord@lease.example".into(),
    };
    company.files[1].case.apply(&Event {
        at: now() + TimeDelta::hours(6),
        case: Some(number(8)),
        actor: Actor::Desk,
        mail: None,
        what: written,
    });
    let decision = does(&company, JAN, "#samenvoegen K-2026-000008");
    record(&mut company, &decision);
    let mut fate = |fate| {
        let fated = Fated { letter: letter_id(5), kind: LetterKind::Answer, to: address(KLANT), fate };
        let case = company.going_on(number(8)).unwrap().case.clone();
        let decision = on_fate(&fated, Some(&case), &company.rules, now(), &mut Fresh::new([1; 32]));
        record(&mut company, &decision);
        state(&company, 7).clone()
    };
    let accepted = fate(LetterFate::Accepted { server: "mx".into(), reply: "250".into() });
    assert!(accepted.first_response_at().is_some());
    let bounced = fate(LetterFate::Bounced { permanent: true, status: "5.1.1".into() });
    assert_eq!(bounced.clock(Clock::FirstResponse), (company.rules.due(now()).first_response, None));
    assert_eq!(bounced.failed_letters, [letter_id(5)]);
}

fn item(id: &str) -> AgendaItem {
    let (at, whose) = (now() + TimeDelta::hours(30), address(JAN));
    AgendaItem { id: id.into(), at, text: format!("punt {id}"), whose, sequence: 0, reminded: false }
}

/// Things that happen to a case, by hour.
fn any_life() -> impl Strategy<Value = Vec<(i64, What)>> {
    let what = prop_oneof![
        "[a-c]".prop_map(|id| What::AgendaSet(item(&id))),
        Just(What::Escalated { question: "Mag dit?".into(), to: address(CHEF) }),
        Just(What::HandlerSet { handler: address(MIA) }),
        (20u32..25).prop_map(|serial| What::Linked { other: number(serial) }),
        (10u8..14, any_fate()).prop_map(|(letter, fate)| What::LetterFate {
            letter: letter_id(letter),
            letter_kind: LetterKind::Answer,
            to: KLANT.into(),
            fate,
        }),
        Just(What::PhoneContact { text: "Gesproken".into() }),
        Just(What::Closed(Closed { settlement: "Betaald".into(), letter: letter_id(14) })),
        (0i64..90).prop_map(|hours| {
            let at = now() + TimeDelta::hours(hours);
            let end = |hours| at + TimeDelta::hours(hours);
            let due = Due { acknowledge: end(24), first_response: end(24), resolve: end(72) };
            What::Reopened(Reopened { received_at: at, due })
        }),
        Just(What::Disputed { text: String::new(), last_day: None }),
    ];
    prop::collection::vec((0i64..100, what), 0..8).prop_map(|mut life| {
        life.sort_by_key(|(hours, _)| *hours);
        life
    })
}

fn any_fate() -> impl Strategy<Value = LetterFate> {
    prop_oneof![
        Just(LetterFate::Accepted { server: "mx".into(), reply: "250".into() }),
        Just(LetterFate::Bounced { permanent: true, status: "5.1.1".into() }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    /// Whatever happened to two cases: after merging nothing that was owed is missing, and no clock of an open one is
    /// later than it was.
    #[test]
    fn merging_forgets_nothing_that_is_owed_and_makes_no_clock_later(
        first in any_life(), second in any_life(), hours in -60i64..60,
    ) {
        let mut company = two(hours);
        for (file, life) in company.files.iter_mut().zip([first, second]) {
            let serial = file.case.number;
            for (hours, what) in life {
                let at = now() + TimeDelta::hours(hours);
                file.case.apply(&Event { at, case: Some(serial), actor: Actor::Desk, mail: None, what });
            }
        }
        let before: Vec<Case> = company.files.iter().map(|file| file.case.clone()).collect();
        let decision = does(&company, JAN, "#samenvoegen K-2026-000008");
        record(&mut company, &decision);
        let kept = company.going_on(number(7)).unwrap().case.clone();
        prop_assert_eq!(company.going_on(number(8)).unwrap().case.number, kept.number);
        for case in &before {
            for item in &case.agenda {
                prop_assert!(kept.agenda.iter().any(|kept| kept.id == item.id));
            }
            for letter in &case.failed_letters {
                prop_assert!(kept.failed_letters.contains(letter));
            }
            for linked in &case.linked {
                prop_assert!(kept.linked.contains(linked));
            }
            if let Some(asked) = &case.escalation {
                prop_assert!(kept.escalation.as_ref().is_some_and(|kept| kept.question.contains(&asked.question)));
            }
            prop_assert!(case.handler.is_none() || kept.handler.is_some());
            prop_assert!(case.disputed.is_none() || kept.disputed.is_some());
            prop_assert!(kept.lodged_at <= case.lodged_at);
            if case.state == CaseState::Open {
                prop_assert_eq!(kept.state, CaseState::Open, "an open complaint is not closed by merging");
                for clock in [Clock::Acknowledge, Clock::FirstResponse, Clock::Resolve] {
                    prop_assert!(kept.clock(clock).0 <= case.clock(clock).0, "{clock:?}");
                }
            }
        }
        // A first reaction is owed until somebody answered one of the complaints that are still open.
        let answered = before.iter().any(|case| case.first_response_at().is_some());
        prop_assert!(answered || kept.first_response_at().is_none());
        prop_assert!(!sent(&decision).iter().any(|(_, to)| *to == KLANT || *to == BAAS));
    }
}
