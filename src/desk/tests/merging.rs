//! Two cases of one customer become one: which stays, who hears of it, and that nothing which was owed is forgotten.

use super::draft::{Done, NoMerge, Problem};
use super::*;
use crate::case::{AgendaItem, CaseState, Clock, Closed, Due, LetterFate, Reopened};
use chrono::TimeDelta;
use proptest::prelude::*;

const MIA: &str = "mia@lease.example";

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
fn record(company: &mut Company, decision: &impl Either) {
    for event in decision.events() {
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
        assert_eq!(decision.verdict.case, Some(number(stays)), "{hours}");
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
    assert_eq!(company.decide(&customer).verdict.case, Some(number(8)));
    let answered = does(&company, JAN, "Wij komen kijken.");
    assert_eq!((answered.verdict.case, answer(&answered)), (Some(number(8)), Some("Wij komen kijken.")));
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
    company.after(What::Closed(Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
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
        let fated = Fated {
            letter: letter_id(5),
            kind: LetterKind::Answer,
            to: address(KLANT),
            fate,
            text: String::new(),
            bundled: Vec::new(),
        };
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
        prop_assert!(!sent(&decision).iter().any(|(_, to)| *to == KLANT));
    }
}

/// Els answered the customer's own mail: her complaint is linked with it, and a button makes one of the two.
fn of_two_people() -> Company {
    let mut company = two(5);
    company.files[1].case.customer.address = Some(address("els@prive.example"));
    company.files[1].case.linked = vec![number(7)];
    company
}

#[test]
fn of_two_people_who_complained_the_one_who_hears_no_more_is_named_at_the_merge_and_at_the_closing() {
    let els = address("els@prive.example");
    let mut company = of_two_people();
    company.case().handler = Some(address(MIA));
    let decision = does(&company, JAN, "#samenvoegen K-2026-000008");
    assert!(matches!(&done(&decision)[0], Done::Merged { not_told: Some(to), .. } if *to == els));
    let notices = decision.letters.iter().filter_map(|draft| match &draft.content {
        Content::FollowUp(notice) => Some(notice),
        _ => None,
    });
    let notices: Vec<_> = notices.collect();
    assert!(!notices.is_empty());
    for notice in notices {
        let wrote = draft::Remark::WasCaseOf { number: number(8), wrote: els.to_string() };
        assert_eq!((notice.text.as_str(), notice.remarks.as_slice()), ("Niemand belt terug.", [wrote].as_slice()));
    }
    record(&mut company, &decision);
    company.files[0].events.extend(decision.events);
    let not_told = Done::OthersNotTold { others: vec![els] };
    let closed = does(&company, JAN, "#afgehandeld\nWij betalen.");
    assert!(done(&closed).contains(&not_told), "{closed:?}");
    assert_eq!(to_customers(&closed).map(|draft| draft.to.as_str()).collect::<Vec<_>>(), [KLANT]);
    let at_once = does(&of_two_people(), JAN, "#samenvoegen K-2026-000008\n#afgehandeld\nWij betalen.");
    assert!(done(&at_once).contains(&not_told), "{at_once:?}");
    // One customer's two complaints leave nobody out.
    let one = does(&two(5), JAN, "#samenvoegen K-2026-000008\n#afgehandeld\nWij betalen.");
    assert!(!done(&one).iter().any(|done| matches!(done, Done::OthersNotTold { .. })));
}
