//! The guarding of the terms (§2.4.1): warned before, told after, each once; and the reminders of the agenda.

use super::draft::AgendaStage;
use super::*;
use crate::case::{AgendaItem, CaseState, Clock, LetterFate, TermStage};

fn at(text: &str) -> Moment {
    text.parse().unwrap()
}

/// One minute before the warning of the clocks that run for a day: 6 March 06:00 in Amsterdam.
const QUIET: &str = "2026-03-06T04:59:00Z";
const WARN: &str = "2026-03-06T05:00:00Z";
const LATE: &str = "2026-03-06T09:00:00Z";

/// A case with a handler, received 5 March at ten, and a company to guard it.
fn company() -> Company {
    let mut company = Company::new();
    company.after(What::HandlerSet { handler: address(JAN) });
    company
}

fn acknowledged(company: &mut Company) {
    accepted(company, LetterKind::Acknowledgement);
}

fn accepted(company: &mut Company, letter_kind: LetterKind) {
    let fate = LetterFate::Accepted { server: "mx".into(), reply: "250".into() };
    company.after(What::LetterFate { letter: letter_id(2), letter_kind, to: KLANT.into(), fate });
}

fn guarded(company: &mut Company, when: &str) -> Option<Decision> {
    let rules = company.rules.clone();
    let decision = on_terms(company.case(), &rules, at(when), &mut Fresh::new([3; 32]));
    if let Some(decision) = &decision {
        decision.events.iter().for_each(|event| company.case().apply(event));
    }
    decision
}

/// What was told to whom.
fn told(decision: Option<&Decision>) -> Vec<(Clock, TermStage, &str)> {
    let letters = decision.map(|decision| decision.letters.as_slice()).unwrap_or_default();
    let term = |draft: &'_ Draft| match &draft.content {
        Content::Term(term) => Some((term.clock, term.stage)),
        _ => None,
    };
    letters.iter().filter_map(|draft| term(draft).map(|(c, s)| (c, s, draft.to.as_str()))).collect()
}

#[test]
fn before_a_clock_runs_out_the_handler_is_warned_once() {
    let mut company = company();
    acknowledged(&mut company);
    assert_eq!(guarded(&mut company, QUIET), None);
    let warned = guarded(&mut company, WARN);
    assert_eq!(told(warned.as_ref()), [(Clock::FirstResponse, TermStage::Before, JAN)]);
    assert_eq!(guarded(&mut company, WARN), None, "a second time");
    assert_eq!(guarded(&mut company, "2026-03-06T08:59:00Z"), None, "until it ran out");
}

#[test]
fn an_acknowledgement_that_no_server_took_is_the_supervisors_to_mend() {
    let mut company = company();
    accepted(&mut company, LetterKind::Answer);
    assert_eq!(told(guarded(&mut company, WARN).as_ref()), [(Clock::Acknowledge, TermStage::Before, CHEF)]);
}

#[test]
fn after_it_ran_out_handler_and_supervisor_are_told_once() {
    let mut company = company();
    acknowledged(&mut company);
    guarded(&mut company, WARN);
    let after = [(Clock::FirstResponse, TermStage::After, JAN), (Clock::FirstResponse, TermStage::After, CHEF)];
    assert_eq!(told(guarded(&mut company, LATE).as_ref()), after);
    assert_eq!(guarded(&mut company, LATE), None, "a second time");
}

#[test]
fn what_ran_out_unseen_is_told_and_not_warned_about_any_more() {
    let mut company = company();
    let late = guarded(&mut company, LATE);
    let after = [(Clock::FirstResponse, TermStage::After, JAN), (Clock::FirstResponse, TermStage::After, CHEF)];
    assert_eq!(told(late.as_ref()), after, "two clocks, two readers, a letter each");
    for draft in late.iter().flat_map(|late| &late.letters) {
        let Content::Term(term) = &draft.content else { panic!("{draft:?}") };
        let (clock, stage, due) = (Clock::Acknowledge, TermStage::After, at("2026-03-06T09:00:00Z"));
        assert_eq!(term.also, [draft::OtherClock { clock, stage, due }]);
    }
    assert_eq!(guarded(&mut company, LATE), None);
}

/// A colleague passes on a mail of days ago: its acknowledgement was written a moment ago.
#[test]
fn a_late_acknowledgement_is_told_of_with_the_reaction_that_is_late_with_it() {
    let mut company = company();
    let written = |at: Moment| Event {
        at,
        case: Some(number(7)),
        actor: Actor::Desk,
        mail: None,
        what: What::LetterWritten {
            letter: letter_id(2),
            letter_kind: LetterKind::Acknowledgement,
            to: KLANT.to_owned(),
            message_id: String::new(),
        },
    };
    let days_later = at("2026-03-12T09:00:00Z");
    company.case().apply(&written(days_later));
    let late = guarded(&mut company, "2026-03-12T09:01:00Z");
    let each = |clock| [(clock, TermStage::After, JAN), (clock, TermStage::After, CHEF)];
    assert_eq!(told(late.as_ref()), [each(Clock::FirstResponse), each(Clock::Resolve)].concat());
    for draft in late.iter().flat_map(|late| &late.letters) {
        let Content::Term(term) = &draft.content else { panic!("{draft:?}") };
        let also = term.also.iter().map(|other| other.clock).collect::<Vec<_>>();
        let expected = if term.clock == Clock::Resolve { vec![] } else { vec![Clock::Acknowledge] };
        assert_eq!(also, expected, "late all the same");
    }
    assert_eq!(guarded(&mut company, "2026-03-12T09:31:00Z"), None);
}

#[test]
fn an_acknowledgement_that_was_just_written_is_not_missed_yet() {
    let mut company = company();
    accepted(&mut company, LetterKind::Answer);
    let what = What::LetterWritten {
        letter: letter_id(3),
        letter_kind: LetterKind::Acknowledgement,
        to: KLANT.to_owned(),
        message_id: String::new(),
    };
    company.case().apply(&Event { at: at(WARN), case: Some(number(7)), actor: Actor::Desk, mail: None, what });
    assert_eq!(guarded(&mut company, WARN), None);
    let still = guarded(&mut company, "2026-03-06T05:30:00Z");
    assert_eq!(told(still.as_ref()), [(Clock::Acknowledge, TermStage::Before, CHEF)]);
}

#[test]
fn a_supervisor_who_handles_the_case_is_told_once() {
    let mut company = company();
    acknowledged(&mut company);
    company.after(What::HandlerSet { handler: address(CHEF) });
    let late = guarded(&mut company, LATE);
    assert_eq!(told(late.as_ref()), [(Clock::FirstResponse, TermStage::After, CHEF)]);
}

#[test]
fn a_handler_who_left_the_department_is_not_written_to() {
    let mut company = company();
    acknowledged(&mut company);
    company.case().handler = Some(address("vertrokken@lease.example"));
    let warned = guarded(&mut company, WARN);
    assert_eq!(told(warned.as_ref()), [(Clock::FirstResponse, TermStage::Before, "schade@lease.example")]);
}

#[test]
fn the_settlement_has_a_term_of_three_working_days() {
    let mut company = company();
    acknowledged(&mut company);
    accepted(&mut company, LetterKind::Answer);
    // Tuesday 10 March, 17:30 in Amsterdam; the warning four hours before.
    assert_eq!(guarded(&mut company, "2026-03-10T12:29:00Z"), None);
    let warned = guarded(&mut company, "2026-03-10T12:30:00Z");
    assert_eq!(told(warned.as_ref()), [(Clock::Resolve, TermStage::Before, JAN)]);
    let late = guarded(&mut company, "2026-03-10T16:30:00Z");
    assert_eq!(
        told(late.as_ref()),
        [(Clock::Resolve, TermStage::After, JAN), (Clock::Resolve, TermStage::After, CHEF)]
    );
}

#[test]
fn stopped_clocks_and_cases_that_are_not_open_are_left_alone() {
    let mut company = company();
    acknowledged(&mut company);
    accepted(&mut company, LetterKind::Answer);
    assert_eq!(guarded(&mut company, LATE), None, "both were stopped in time");
    for what in [
        What::Closed(crate::case::Closed { settlement: "Betaald".into(), letter: letter_id(9) }),
        What::Dismissed { reason: String::new() },
    ] {
        let mut company = self::company();
        company.after(what.clone());
        assert_eq!(guarded(&mut company, "2026-06-01T09:00:00Z"), None, "{what:?}");
        company.after(What::AgendaSet(item(LATE)));
        let reminded = guarded(&mut company, "2026-06-01T09:00:00Z");
        // What was put on the agenda of a closed case is still to be done; no term of it runs.
        let kinds = reminded.iter().flat_map(kinds).collect::<Vec<_>>();
        let expected: &[&str] = if company.case().state == CaseState::Closed { &["agenda_reminded"] } else { &[] };
        assert_eq!(kinds, expected, "{what:?}");
    }
}

#[test]
fn a_reopened_case_is_guarded_anew_by_its_new_terms() {
    let mut company = company();
    acknowledged(&mut company);
    assert_eq!(told(guarded(&mut company, LATE).as_ref()).len(), 2);
    let received_at = at("2026-03-09T09:00:00Z");
    let due = company.rules.due(received_at);
    company.after(What::Closed(crate::case::Closed { settlement: "Betaald".into(), letter: letter_id(9) }));
    company.after(What::Reopened(crate::case::Reopened { received_at, due }));
    assert_eq!(guarded(&mut company, "2026-03-10T04:59:00Z"), None);
    let warned = guarded(&mut company, "2026-03-10T05:00:00Z");
    assert_eq!(told(warned.as_ref()), [(Clock::FirstResponse, TermStage::Before, JAN)]);
}

fn item(when: &str) -> AgendaItem {
    let (id, text, whose) = ("punt".to_owned(), "garage bellen".to_owned(), address(JAN));
    AgendaItem { id, at: at(when), text, whose, sequence: 0, reminded: false }
}

fn reminded(decision: Option<&Decision>) -> Vec<(AgendaStage, String)> {
    let letters = decision.map(|decision| decision.letters.as_slice()).unwrap_or_default();
    let due = |draft: &Draft| match &draft.content {
        Content::Agenda(agenda) => Some((agenda.stage, draft.to.to_string())),
        _ => None,
    };
    letters.iter().filter_map(due).collect()
}

#[test]
fn the_agenda_reminds_at_its_hour_once_and_again_when_moved() {
    let mut company = company();
    let once = vec![(AgendaStage::Due, JAN.to_owned())];
    company.after(What::AgendaSet(item("2026-03-05T13:00:00Z")));
    assert_eq!(guarded(&mut company, "2026-03-05T12:59:59Z"), None);
    assert_eq!(reminded(guarded(&mut company, "2026-03-05T13:00:00Z").as_ref()), once);
    assert_eq!(guarded(&mut company, "2026-03-05T13:01:00Z"), None, "a second time");
    company.after(What::AgendaSet(item("2026-03-05T15:00:00Z")));
    assert_eq!(reminded(guarded(&mut company, "2026-03-05T15:00:00Z").as_ref()), once);
}

#[test]
fn a_reminder_for_somebody_who_left_goes_to_who_handles_the_case() {
    let mut company = company();
    let whose = address("vertrokken@lease.example");
    company.after(What::AgendaSet(AgendaItem { whose, ..item("2026-03-05T13:00:00Z") }));
    let decision = guarded(&mut company, "2026-03-05T13:00:00Z");
    assert_eq!(reminded(decision.as_ref()), [(AgendaStage::Due, JAN.to_owned())]);
}
