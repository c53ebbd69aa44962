//! A word in the meantime (`#tussenbericht`, §1): it goes to the customer, stops no clock, and the day it names is guarded.

use super::draft::{Done, Interim, Paper, Problem, Sheet};
use super::pressed::{Asked, on_case};
use super::*;
use crate::case::{Clock, LetterFate, TermStage};
use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use proptest::prelude::*;

const WAITS: &str = "Binnen drie werkdagen lukt niet: de garage wacht op een portier.";

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

fn interim(decision: &MailDecision) -> &Interim {
    let found = decision.letters.iter().find_map(|draft| match &draft.content {
        Content::Interim(letter) => Some(letter),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("no word in the meantime: {decision:?}"))
}

/// Jan promised a word by Friday, and a server took the letter.
fn promised() -> Company {
    let mut company = Company::new();
    let decision = does(&company, JAN, &format!("#tussenbericht vr\n{WAITS}"));
    decision.events.iter().for_each(|event| company.case().apply(event));
    let draft = decision.letters.iter().find(|draft| draft.content.kind() == LetterKind::Interim).unwrap();
    let (letter, letter_kind) = (draft.id.clone(), LetterKind::Interim);
    let fate = LetterFate::Accepted { server: "mx".into(), reply: "250".into() };
    company.after(What::LetterFate { letter, letter_kind, to: KLANT.into(), fate });
    company
}

fn told(company: &mut Company, when: &str) -> Vec<(Clock, TermStage, String)> {
    let rules = company.rules.clone();
    let Some(decision) = on_terms(company.case(), &rules, at(when), &mut Fresh::new([3; 32])) else {
        return Vec::new();
    };
    decision.events.iter().for_each(|event| company.case().apply(event));
    let term = |draft: &Draft| match &draft.content {
        Content::Term(term) if term.clock == Clock::Promised => Some((term.clock, term.stage, draft.to.to_string())),
        _ => None,
    };
    decision.letters.iter().filter_map(term).collect()
}

/// Each question about a day or a moment that is none, with what was typed.
pub(super) fn about_days() -> Vec<Asked> {
    let last_day = |verb: &str, found: &str| {
        let (verb, found, nearest) = (verb.to_owned(), found.to_owned(), "06-03-2026".to_owned());
        Problem::UnclearLastDay { verb, found, nearest }
    };
    vec![
        on_case(
            Problem::UnclearMoment { found: "half drie".into(), nearest: "06-03-2026 14:30".into() },
            "#agenda half drie garage bellen",
        ),
        on_case(
            Problem::UnclearPromise { found: "gauw".into(), nearest: "06-03-2026 17:30".into() },
            "#tussenbericht gauw\nWij wachten op de garage.",
        ),
        on_case(last_day("#geschil", "15-1-2025"), "#geschil verweer voor 15-1-2025 indienen"),
        on_case(last_day("#uitspraak", "31 juni"), "#uitspraak 31 juni\nWij betalen 389 euro."),
    ]
}

#[test]
fn it_goes_to_the_customer_and_stops_no_clock() {
    let mut company = promised();
    let friday = at("2026-03-06T16:30:00Z");
    let case = company.case();
    assert_eq!((case.acknowledged_at(), case.first_response_at(), case.state), (None, None, CaseState::Open));
    assert_eq!(case.clock(Clock::Promised), (friday, None));
    assert!(case.overdue(at("2026-03-20T09:00:00Z")).contains(&Clock::Resolve), "the resolution is late all the same");
}

#[test]
fn the_receipt_says_what_was_promised_and_that_it_is_no_response() {
    let decision = does(&Company::new(), JAN, &format!("#update fri 6 mar 12:00\n{WAITS}"));
    assert_eq!(kinds(&decision), ["interim", "handler_set"]);
    assert_eq!(sent(&decision), [(LetterKind::Interim, KLANT), (LetterKind::Receipt, JAN)]);
    let until = at("2026-03-06T11:00:00Z");
    assert_eq!(*interim(&decision), Interim { text: WAITS.into(), promised: Some(until), committee_last_day: None });
    let to = address(KLANT);
    assert_eq!(done(&decision), [Done::Interim { to, text: WAITS.into(), attachments: 0 }, Done::Promised { until }]);
    let Some(Content::Receipt(receipt)) = decision.letters.last().map(|draft| &draft.content) else { panic!() };
    assert!(!receipt.first_response_done);
}

#[test]
fn the_reason_may_stand_beside_the_day_and_is_never_missing() {
    let beside = does(&Company::new(), JAN, "#tussenbericht vrijdag 6 maart: wij wachten op de garage.");
    assert_eq!(interim(&beside).text, "wij wachten op de garage.");
    let undated = does(&Company::new(), JAN, &format!("#tussenbericht\n{WAITS}"));
    assert_eq!(interim(&undated).promised, None);
    assert_eq!(*asked(&does(&Company::new(), JAN, "#tussenbericht vr"), JAN, "no reason"), Problem::NothingTyped);
    let unclear = does(&Company::new(), JAN, &format!("#tussenbericht gauw\n{WAITS}"));
    assert!(matches!(asked(&unclear, JAN, "no day"), Problem::UnclearPromise { found, .. } if found == "gauw"));
    let past = does(&Company::new(), JAN, &format!("#tussenbericht 3 maart 2026\n{WAITS}"));
    assert!(matches!(asked(&past, JAN, "past"), Problem::UnclearPromise { .. }));
}

#[test]
fn the_promise_is_warned_of_and_told_when_broken_each_once() {
    let mut company = promised();
    assert_eq!(told(&mut company, "2026-03-06T12:29:00Z"), []);
    assert_eq!(told(&mut company, "2026-03-06T12:30:00Z"), [(Clock::Promised, TermStage::Before, JAN.to_owned())]);
    let broken = |to: &str| (Clock::Promised, TermStage::After, to.to_owned());
    assert_eq!(told(&mut company, "2026-03-06T16:30:00Z"), [broken(JAN), broken(CHEF)]);
    assert_eq!(told(&mut company, "2026-03-06T16:31:00Z"), []);
    assert!(company.case().overdue(at("2026-03-06T16:31:00Z")).contains(&Clock::Promised));
}

#[test]
fn an_answer_a_conversation_and_the_end_keep_it_and_a_new_day_takes_its_place() {
    for what in [
        What::PhoneContact { text: "gesproken".into() },
        What::Closed(crate::case::Closed { settlement: "Betaald".into(), letter: letter_id(9) }),
    ] {
        let mut company = promised();
        let at = now() + TimeDelta::minutes(1);
        let event = Event { at, case: Some(number(7)), actor: Actor::Desk, mail: None, what };
        company.case().apply(&event);
        assert_eq!(company.case().clock(Clock::Promised).1, Some(at), "{event:?}");
    }
    let mut company = promised();
    assert_eq!(told(&mut company, "2026-03-06T12:29:00Z"), [], "other clocks");
    assert_eq!(told(&mut company, "2026-03-06T12:30:00Z").len(), 1);
    let again = does(&company, JAN, &format!("#tussenbericht di 10 maart\n{WAITS}"));
    again.events.iter().for_each(|event| company.case().apply(event));
    assert_eq!(told(&mut company, "2026-03-06T16:30:00Z"), [], "Friday was put off");
    assert_eq!(told(&mut company, "2026-03-10T12:29:00Z"), [], "other clocks");
    assert_eq!(told(&mut company, "2026-03-10T12:30:00Z").len(), 1, "and Tuesday is guarded anew");
    // An answer before the promise kept nothing.
    company.case().responses = vec![crate::case::Stamp { letter: None, at: now() - TimeDelta::hours(1) }];
    assert_eq!(company.case().clock(Clock::Promised).1, None);
}

#[test]
fn a_closed_complaint_and_a_customer_without_any_address_get_none() {
    let mut company = Company::new();
    company.after(What::Closed(crate::case::Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
    let typed = format!("#tussenbericht vr\n{WAITS}");
    assert!(matches!(asked(&does(&company, JAN, &typed), JAN, "closed"), Problem::NotNow { .. }));
    let mut company = Company::new();
    company.case().customer = Customer { phone: Some("030-1234567".into()), ..Customer::default() };
    assert_eq!(*asked(&does(&company, JAN, &typed), JAN, "by phone"), Problem::NoCustomerAddress);
}

#[test]
fn on_paper_it_is_posted_and_still_no_answer() {
    let mut company = Company::new();
    let postal = vec!["Hof 12-b".to_owned(), "3512 JK Utrecht".to_owned()];
    company.case().customer = Customer { name: "Şirin Özgür".into(), address: None, phone: None, postal };
    let decision = does(&company, JAN, &format!("#tussenbericht vr\n{WAITS}"));
    assert_eq!(kinds(&decision), ["interim", "paper_written", "handler_set"]);
    let is_sheet = |draft: &Draft| {
        let Content::Paper(paper) = &draft.content else { return false };
        matches!(&**paper, Paper { sheet: Sheet::Interim(letter), due: None, .. } if letter.promised.is_some())
    };
    assert!(decision.letters.iter().any(is_sheet), "{decision:?}");
    decision.events.iter().for_each(|event| company.case().apply(event));
    let letter = company.case().papers[0].letter.clone();
    company.after(What::Posted { letter, letter_kind: LetterKind::Interim, posted_at: now() });
    assert_eq!((company.case().first_response_at(), company.case().papers.len()), (None, 0));
}

#[test]
fn an_answer_makes_good_for_a_lost_word_in_the_meantime_and_not_the_other_way_round() {
    let lost = |kind| {
        let mut company = Company::new();
        let fate = |fate| (fate, KLANT.to_owned());
        let (refused, to) = fate(LetterFate::Refused { reply: "550".into() });
        company.after(What::LetterFate { letter: letter_id(2), letter_kind: kind, to, fate: refused });
        company
    };
    let accepted = |company: &mut Company, letter_kind| {
        let fate = LetterFate::Accepted { server: "mx".into(), reply: "250".into() };
        company.after(What::LetterFate { letter: letter_id(3), letter_kind, to: KLANT.into(), fate });
        company.case().failed_letters.len()
    };
    assert_eq!(accepted(&mut lost(LetterKind::Interim), LetterKind::Answer), 0);
    assert_eq!(accepted(&mut lost(LetterKind::Answer), LetterKind::Interim), 1);
}

/// The last minute at which the wall clock of Amsterdam shows 17:30 or less on that day, minute by minute.
fn slowly(day: NaiveDate) -> Moment {
    let zone = chrono_tz::Europe::Amsterdam;
    let noon = day.and_hms_opt(10, 0, 0).unwrap().and_utc();
    let minutes = (0..).map(|minutes| noon + TimeDelta::minutes(minutes));
    let local = |at: &Moment| at.with_timezone(&zone).naive_local();
    minutes.take_while(|at| local(at) <= day.and_hms_opt(17, 30, 0).unwrap()).last().unwrap()
}

proptest! {
    #[test]
    fn a_day_that_is_named_ends_with_its_working_hours_over_both_changes_of_the_clock(ahead in 1_i64..700, hour in 0_i64..24) {
        let rules = Company::new().rules;
        let from = at("2026-03-05T00:00:00Z") + TimeDelta::hours(hour);
        let day = rules.calendar.local(from).date_naive() + TimeDelta::days(ahead);
        let typed = day.format("%d-%m-%Y").to_string();
        let (until, rest) = when::promised(&typed, from, &rules.calendar).unwrap();
        prop_assert_eq!((until, rest), (slowly(day), ""));
        // A counted day moves to a working day; a named one stays, whatever day it is.
        let counted = when::promised("over 5 werkdagen", from, &rules.calendar).unwrap().0;
        prop_assert!(!matches!(rules.calendar.local(counted).weekday(), Weekday::Sat | Weekday::Sun));
    }
}

#[test]
fn what_was_said_or_written_before_does_not_keep_the_promise() {
    let mut company = Company::new();
    let decision = does(&company, JAN, "#gebeld Gesproken.\n#tussenbericht vr De garage wacht op een portier.");
    decision.events.iter().for_each(|event| company.case().apply(event));
    assert_eq!(company.case().clock(Clock::Promised).1, None, "it was made in the same breath");
    // An answer that was written before and is taken by its server later.
    let (letter, letter_kind, to) = (letter_id(6), LetterKind::Answer, KLANT.to_owned());
    let fate = LetterFate::Accepted { server: "mx".into(), reply: "250".into() };
    let happens = |company: &mut Company, minutes, what| {
        let at = now() + TimeDelta::minutes(minutes);
        company.case().apply(&Event { at, case: Some(number(7)), actor: Actor::Desk, mail: None, what });
    };
    let written = |letter: &LetterId| {
        let (letter, to, message_id) = (letter.clone(), to.clone(), String::new());
        What::LetterWritten { letter, letter_kind, to, message_id }
    };
    let accepted = |letter: &LetterId| {
        let (letter, to, fate) = (letter.clone(), to.clone(), fate.clone());
        What::LetterFate { letter, letter_kind, to, fate }
    };
    happens(&mut company, -5, written(&letter));
    happens(&mut company, 5, accepted(&letter));
    assert_eq!(company.case().clock(Clock::Promised).1, None);
    happens(&mut company, 7, written(&letter_id(8)));
    happens(&mut company, 8, accepted(&letter_id(8)));
    assert_eq!(company.case().clock(Clock::Promised).1, Some(now() + TimeDelta::minutes(8)));
}
