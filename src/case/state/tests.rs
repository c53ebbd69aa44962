//! What events make of a case: the three clocks and what stops them, and that applying is the same whenever it is done.

mod paper;

use super::*;
use crate::case::{Actor, Closed, LetterFate, LetterKind, Reopened, Tie, Why};
use chrono::TimeDelta;
use proptest::prelude::*;

fn at(hours: i64) -> Moment {
    "2026-11-23T09:00:00Z".parse::<Moment>().unwrap() + TimeDelta::hours(hours)
}

fn number() -> CaseNumber {
    CaseNumber { year: 2026, serial: 7 }
}

fn event(hours: i64, what: What) -> Event {
    Event { at: at(hours), case: Some(number()), actor: Actor::Desk, mail: None, what }
}

fn due(first: i64) -> Due {
    Due { acknowledge: at(first), first_response: at(first), resolve: at(3 * first) }
}

fn opened() -> Event {
    let opened = Opened {
        channel: Channel::Email,
        customer: Customer::default(),
        subject: "Deuk".into(),
        text: "Een deuk.".into(),
        language: Language::Dutch,
        department: "schade".into(),
        routing: Why::Fallback,
        received_at: at(-1),
        due: due(23),
        message_id: Some("klacht@klant.example".into()),
        references: Vec::new(),
        mailbox: None,
    };
    event(0, What::Opened(Box::new(opened)))
}

fn fate(hours: i64, letter: &str, letter_kind: LetterKind, fate: LetterFate) -> Event {
    let to = "jan@klant.example".into();
    event(hours, What::LetterFate { letter: LetterId::from_stored(letter), letter_kind, to, fate })
}

fn accepted(hours: i64, letter: &str, kind: LetterKind) -> Event {
    fate(hours, letter, kind, LetterFate::Accepted { server: "mx".into(), reply: "250 ok".into() })
}

fn bounced(hours: i64, letter: &str, kind: LetterKind) -> Event {
    fate(hours, letter, kind, LetterFate::Bounced { permanent: true, status: "5.1.1".into() })
}

fn closed(hours: i64) -> Event {
    event(
        hours,
        What::Closed(Closed { settlement: "Hersteld.".into(), letter: LetterId::from_stored(format!("c{hours}")) }),
    )
}

fn reopened(hours: i64) -> Event {
    event(hours, What::Reopened(Reopened { received_at: at(hours), due: due(hours + 24) }))
}

fn case(events: &[Event]) -> Case {
    Case::replay([opened()].iter().chain(events)).unwrap()
}

#[test]
fn a_new_case_runs_on_three_clocks_from_its_receipt() {
    let case = case(&[]);
    assert_eq!((case.state, case.received_at, case.lodged_at), (CaseState::Open, at(-1), at(-1)));
    for clock in [Clock::Acknowledge, Clock::FirstResponse] {
        assert_eq!(case.clock(clock), (at(23), None));
    }
    assert_eq!(case.clock(Clock::Resolve), (at(69), None));
    assert!(case.overdue(at(23)).is_empty(), "at its last moment a clock has not run out");
    assert_eq!(case.overdue(at(24)), [Clock::Acknowledge, Clock::FirstResponse]);
    assert_eq!(case.overdue(at(70)).len(), 3);
}

#[test]
fn an_acknowledgement_stops_its_own_clock_and_no_other() {
    let case = case(&[accepted(1, "a", LetterKind::Acknowledgement)]);
    assert_eq!(case.acknowledged_at(), Some(at(1)));
    assert_eq!(case.first_response_at(), None);
    assert_eq!(case.overdue(at(24)), [Clock::FirstResponse]);
}

#[test]
fn a_written_answer_stops_nothing_before_a_server_took_it() {
    let written = |kind| {
        let letter = LetterId::from_stored("x");
        What::LetterWritten { letter, letter_kind: kind, to: "jan@klant.example".into(), message_id: "x@us".into() }
    };
    let answered = What::Answered { letter: LetterId::from_stored("x"), text: "Morgen.".into() };
    let waiting = case(&[event(1, answered), event(1, written(LetterKind::Answer))]);
    assert_eq!(waiting.first_response_at(), None);
    assert_eq!(waiting.customer_thread, ["klacht@klant.example", "x@us"]);
    let staff = case(&[event(1, written(LetterKind::Notification)), accepted(2, "x", LetterKind::Notification)]);
    assert_eq!(staff.first_response_at(), None, "a letter to a colleague is no reaction");
    assert_eq!(staff.staff_thread, ["x@us"]);
}

#[test]
fn an_answer_and_a_closing_both_count_as_first_response() {
    for kind in [LetterKind::Answer, LetterKind::Closing] {
        let case = case(&[accepted(2, "x", kind), accepted(5, "y", LetterKind::Answer)]);
        assert_eq!(case.first_response_at(), Some(at(2)), "{kind:?}");
    }
    let closing = case(&[closed(2), accepted(3, "c", LetterKind::Closing)]);
    assert_eq!(closing.closing_confirmed.as_ref().map(|stamp| stamp.at), Some(at(3)));
    assert_eq!(closing.clock(Clock::Resolve), (at(69), Some(at(2))));
    assert!(closing.overdue(at(100)).is_empty());
}

#[test]
fn a_letter_that_comes_back_or_is_refused_starts_its_clock_again_at_the_original_moment() {
    let refusals = [
        LetterFate::Refused { reply: "550 no".into() },
        LetterFate::Bounced { permanent: true, status: "5.1.1".into() },
        LetterFate::Held { reason: "a note in it".into() },
    ];
    for refusal in refusals {
        let case = case(&[
            accepted(1, "a", LetterKind::Acknowledgement),
            accepted(2, "x", LetterKind::Answer),
            fate(30, "a", LetterKind::Acknowledgement, refusal.clone()),
            fate(31, "x", LetterKind::Answer, refusal.clone()),
        ]);
        assert_eq!(case.clock(Clock::Acknowledge), (at(23), None), "{refusal:?}");
        assert_eq!(case.clock(Clock::FirstResponse), (at(23), None), "{refusal:?}");
        assert_eq!(case.overdue(at(31)), [Clock::Acknowledge, Clock::FirstResponse]);
        assert_eq!(case.failed_letters, [LetterId::from_stored("a"), LetterId::from_stored("x")]);
    }
}

#[test]
fn a_second_answer_keeps_the_clock_stopped_when_the_first_comes_back() {
    let both = [accepted(2, "x", LetterKind::Answer), accepted(5, "y", LetterKind::Answer)];
    let first_lost = case(&[&both[..], &[bounced(6, "x", LetterKind::Answer)]].concat());
    assert_eq!(first_lost.first_response_at(), Some(at(5)));
    let second_lost = case(&[&both[..], &[bounced(6, "y", LetterKind::Answer)]].concat());
    assert_eq!(second_lost.first_response_at(), Some(at(2)));
    let stranger = case(&[&both[..], &[bounced(6, "other", LetterKind::Answer)]].concat());
    assert_eq!(stranger.first_response_at(), Some(at(2)));
}

#[test]
fn a_closing_that_comes_back_is_not_confirmed_and_the_case_stays_closed() {
    let case = case(&[closed(2), accepted(3, "c", LetterKind::Closing), bounced(4, "c", LetterKind::Closing)]);
    assert_eq!((case.state, case.closing_confirmed.clone()), (CaseState::Closed, None));
    assert_eq!(case.first_response_at(), None);
    assert_eq!(case.failed_letters, [LetterId::from_stored("c")]);
}

#[test]
fn a_letter_that_gets_through_makes_good_for_those_that_did_not() {
    let case = case(&[bounced(1, "a", LetterKind::Acknowledgement), accepted(2, "x", LetterKind::Answer)]);
    assert!(case.failed_letters.is_empty());
    assert_eq!(case.acknowledged_at(), None, "the acknowledgement is still lost");
}

fn written(hours: i64, letter: &str, letter_kind: LetterKind) -> Event {
    let (to, message_id) = ("jan@klant.example".into(), format!("{letter}@us"));
    event(hours, What::LetterWritten { letter: LetterId::from_stored(letter), letter_kind, to, message_id })
}

#[test]
fn a_lost_letter_is_made_good_only_by_a_newer_one_that_says_as_much() {
    let kinds = [LetterKind::Acknowledgement, LetterKind::Answer, LetterKind::Closing];
    for (lost, lost_kind) in kinds.into_iter().enumerate() {
        for (through, kind) in kinds.into_iter().enumerate() {
            let written_in = |first: &str, second: &str, kinds: [LetterKind; 2]| {
                [written(1, first, kinds[0]), written(2, second, kinds[1])]
            };
            let ends = [bounced(3, "lost", lost_kind), accepted(4, "through", kind)];
            let newer = case(&[&written_in("lost", "through", [lost_kind, kind])[..], &ends].concat());
            let older = case(&[&written_in("through", "lost", [kind, lost_kind])[..], &ends].concat());
            assert_eq!(newer.failed_letters.is_empty(), lost <= through, "{lost_kind:?} {kind:?}");
            assert_eq!(older.failed_letters, [LetterId::from_stored("lost")], "{lost_kind:?} {kind:?}");
        }
    }
    let let_go = case(&[
        fate(1, "x", LetterKind::Answer, LetterFate::Held { reason: "note".into() }),
        accepted(2, "x", LetterKind::Answer),
    ]);
    assert!(let_go.failed_letters.is_empty(), "a letter that was held and let go is not lost");
}

#[test]
fn an_answer_written_before_the_reopening_does_not_stop_its_clock() {
    for kind in [LetterKind::Answer, LetterKind::Closing] {
        let late = [written(2, "x", kind), closed(3), reopened(100), accepted(101, "x", kind)];
        let case = case(&late);
        assert_eq!((case.first_response_at(), case.closing_confirmed.clone()), (None, None), "{kind:?}");
        let mut answered = case;
        answered.apply(&written(102, "y", LetterKind::Answer));
        answered.apply(&accepted(103, "y", LetterKind::Answer));
        assert_eq!(answered.first_response_at(), Some(at(103)));
    }
}

#[test]
fn a_dispute_keeps_its_first_moment_until_the_committee_ruled() {
    let disputed = |hours, text: &str| event(hours, What::Disputed { text: text.into(), last_day: None });
    let ruled = |hours| event(hours, What::Ruled { text: "Gelijk; wij betalen.".into() });
    let moments = |events: &[Event]| {
        let case = case(events);
        (case.disputed.map(|dispute| dispute.at), case.ruling.map(|ruling| ruling.at))
    };
    assert_eq!(moments(&[disputed(1, "a"), disputed(9, "b")]), (Some(at(1)), None));
    assert_eq!(moments(&[disputed(1, "a"), ruled(20)]), (Some(at(1)), Some(at(20))));
    assert_eq!(moments(&[disputed(1, "a"), ruled(20), disputed(30, "b")]), (Some(at(30)), None));
    assert_eq!(moments(&[ruled(20)]), (None, Some(at(20))), "a ruling on a dispute nobody told of");
}

fn absorbed(events: &[Event]) -> Event {
    let other = Event { case: Some(CaseNumber { year: 2026, serial: 8 }), ..opened() };
    let other = Case::replay([other].iter().chain(events)).unwrap();
    event(50, What::Absorbed(Box::new(Absorbed::of(&other))))
}

#[test]
fn an_answer_to_either_of_two_open_cases_is_an_answer_to_the_one_they_become() {
    let answered = absorbed(&[written(1, "y", LetterKind::Answer), accepted(2, "y", LetterKind::Answer)]);
    assert_eq!(case(&[answered]).first_response_at(), Some(at(2)));
    let under_way = absorbed(&[written(1, "y", LetterKind::Answer)]);
    let kept = case(&[under_way, accepted(51, "y", LetterKind::Answer)]);
    assert_eq!(kept.first_response_at(), Some(at(51)));
    let lost = absorbed(&[bounced(2, "y", LetterKind::Answer)]);
    assert_eq!(case(&[lost]).failed_letters, [LetterId::from_stored("y")]);
}

#[test]
fn what_was_answered_before_a_case_was_reopened_does_not_stop_its_clock_by_merging() {
    let old = absorbed(&[accepted(2, "y", LetterKind::Answer), written(2, "z", LetterKind::Answer), closed(3)]);
    let kept = case(&[closed(1), reopened(40), old, accepted(60, "z", LetterKind::Answer)]);
    assert_eq!(kept.clock(Clock::FirstResponse), (at(64), None));
}

#[test]
fn two_closed_cases_are_confirmed_when_both_are() {
    let unconfirmed = absorbed(&[written(2, "y", LetterKind::Closing), closed(2)]);
    let kept = case(&[closed(1), accepted(2, "c1", LetterKind::Closing), unconfirmed]);
    assert_eq!((kept.state, kept.closing_confirmed.clone()), (CaseState::Closed, None));
    let mut later = kept;
    later.apply(&accepted(60, "y", LetterKind::Closing));
    assert!(later.closing_confirmed.is_some());
}

#[test]
fn what_staff_were_told_of_a_term_goes_with_that_term() {
    let told = |hours| event(hours, What::TermTold { clock: Clock::Resolve, stage: TermStage::Before });
    let mut earlier = absorbed(&[told(3)]);
    let What::Absorbed(other) = &mut earlier.what else { panic!() };
    other.due.resolve = at(1);
    assert_eq!(case(&[earlier.clone()]).told, [(Clock::Resolve, TermStage::Before)]);
    assert_eq!(case(&[earlier]).due.resolve, at(1));
    let mut later = absorbed(&[told(3)]);
    let What::Absorbed(other) = &mut later.what else { panic!() };
    other.due.resolve = at(999);
    assert!(case(&[later]).told.is_empty(), "of the earlier term nobody was told yet");
}

#[test]
fn a_reopened_case_gets_new_terms_and_is_lodged_when_it_was() {
    let case = case(&[accepted(2, "x", LetterKind::Answer), closed(3), reopened(100)]);
    assert_eq!((case.state, case.closed_at, case.reopened), (CaseState::Open, None, 1));
    assert_eq!((case.received_at, case.lodged_at), (at(100), at(-1)));
    assert_eq!(case.clock(Clock::FirstResponse), (at(124), None));
    assert_eq!(case.clock(Clock::Resolve), (at(372), None));
    // The old round's answer comes back late: it cannot undo what the new round has.
    let mut again = case;
    again.apply(&accepted(101, "y", LetterKind::Answer));
    again.apply(&bounced(102, "x", LetterKind::Answer));
    assert_eq!(again.first_response_at(), Some(at(101)));
}

#[test]
fn a_thread_keeps_its_first_id_and_the_last_ones() {
    let wrote = |n: i64| What::FollowedUp {
        message_id: Some(format!("{n}@klant.example")),
        from: String::new(),
        text: String::new(),
        references: Vec::new(),
        tie: Tie::Letter,
    };
    let events: Vec<Event> = (1..=30).chain(29..=30).map(|n| event(n, wrote(n))).collect();
    let thread = case(&events).customer_thread;
    assert_eq!(thread.len(), THREAD_IDS_MAX);
    assert_eq!((thread[0].as_str(), thread[1].as_str()), ("klacht@klant.example", "22@klant.example"));
    assert_eq!(thread.last().unwrap(), "30@klant.example");
}

#[test]
fn nothing_comes_before_the_opening() {
    assert_eq!(Case::replay(&[]), None);
    assert_eq!(Case::replay(&[closed(1), opened()]), None);
    assert_eq!(Case::replay(&[Event { case: None, ..opened() }]), None);
}

fn any_kind() -> impl Strategy<Value = LetterKind> {
    prop::sample::select(vec![
        LetterKind::Acknowledgement,
        LetterKind::Answer,
        LetterKind::Closing,
        LetterKind::Notification,
        LetterKind::Alarm,
        LetterKind::Paper,
    ])
}

fn any_what() -> impl Strategy<Value = What> {
    let letter = || "[a-c]".prop_map(LetterId::from_stored);
    let text = || "\\PC{0,12}|\u{0}";
    let fates = prop_oneof![
        text().prop_map(|reply| LetterFate::Accepted { server: "mx".into(), reply }),
        text().prop_map(|reply| LetterFate::Refused { reply }),
        any::<bool>().prop_map(|permanent| LetterFate::Bounced { permanent, status: "4.4.1".into() }),
        text().prop_map(|reason| LetterFate::Held { reason }),
    ];
    prop_oneof![
        4 => (letter(), any_kind(), fates).prop_map(|(letter, letter_kind, fate)| What::LetterFate {
            letter, letter_kind, to: "jan@klant.example".into(), fate
        }),
        2 => (letter(), any_kind(), text()).prop_map(|(letter, letter_kind, message_id)| What::LetterWritten {
            letter, letter_kind, to: "jan@klant.example".into(), message_id
        }),
        1 => (letter(), any_kind()).prop_map(|(letter, letter_kind)| What::PaperWritten { letter, letter_kind }),
        1 => (letter(), any_kind(), -99i64..99).prop_map(|(letter, letter_kind, hours)| What::Posted {
            letter, letter_kind, posted_at: at(hours)
        }),
        1 => (text(), letter()).prop_map(|(settlement, letter)| What::Closed(Closed { settlement, letter })),
        1 => (-99i64..99).prop_map(|hours| What::Reopened(Reopened { received_at: at(hours), due: due(hours) })),
        1 => prop::option::of(text()).prop_map(|message_id| What::FollowedUp { message_id, from: String::new(), text: String::new(), references: Vec::new(), tie: Tie::Letter }),
        1 => prop::option::of(text()).prop_map(|message_id| What::OtherWrote { message_id, from: String::new(), text: String::new(), references: Vec::new() }),
        1 => (letter(), text()).prop_map(|(letter, text)| What::Answered { letter, text }),
        1 => text().prop_map(|text| What::Noted { text }),
        1 => (1u32..4).prop_map(|serial| What::Linked { other: CaseNumber { year: 2026, serial } }),
        1 => Just(What::HandlerSet { handler: Address::parse("anna@lease.example").unwrap() }),
        1 => text().prop_map(|text| What::Disputed { text, last_day: None }),
        1 => text().prop_map(|text| What::Ruled { text }),
        1 => Just(opened().what),
    ]
}

fn any_events() -> impl Strategy<Value = Vec<Event>> {
    prop::collection::vec((-200i64..200, any_what()).prop_map(|(hours, what)| event(hours, what)), 0..60)
}

proptest! {
    /// Invariant 8: the row is only what the events make, whether applied as they come, all at once, or from the
    /// register's JSON.
    #[test]
    fn a_case_is_only_what_its_events_make(events in any_events()) {
        let mut incremental = case(&[]);
        for event in &events {
            incremental.apply(event);
            let stored: Case = serde_json::from_str(&serde_json::to_string(&incremental).unwrap()).unwrap();
            prop_assert_eq!(&stored, &incremental);
            incremental = stored;
        }
        let stored: Vec<Event> = serde_json::from_str(&serde_json::to_string(&events).unwrap()).unwrap();
        prop_assert_eq!(&stored, &events);
        prop_assert_eq!(&case(&stored), &incremental);
    }

    /// Whatever happened, in whatever order: the clocks follow the letters that were accepted last and not lost since.
    #[test]
    fn the_clocks_hold_in_any_order_of_events(events in any_events()) {
        let case = case(&events);
        prop_assert!(case.customer_thread.len() <= THREAD_IDS_MAX && case.staff_thread.len() <= THREAD_IDS_MAX);
        prop_assert_eq!(case.closed_at.is_some(), case.state == CaseState::Closed);
        prop_assert_eq!(case.lodged_at, at(-1));
        prop_assert!(case.state == CaseState::Open || case.overdue(at(9_999)).is_empty());
        let stamped = case.responses.iter().chain(&case.acknowledged).chain(&case.closing_confirmed);
        for stamp in stamped {
            let lost = stamp.letter.as_ref().is_some_and(|letter| case.failed_letters.contains(letter));
            prop_assert!(!lost, "{:?} both stopped a clock and was lost", stamp);
        }
    }
}

#[test]
fn what_is_guarded_hidden_urgent_or_represented_comes_back_from_the_register_as_it_was() {
    use crate::case::{Breach, Certainty, Confidential, Duty, DutyKind, Ground, Representative};
    let somebody = || Address::parse("chef@lease.example").unwrap();
    let day = "2026-03-03".parse().unwrap();
    let acts = Representative {
        address: somebody(),
        name: "P".into(),
        ground: Ground::Authorisation(day),
        thread: Vec::new(),
    };
    let breach = Breach { facts: "brief".into(), ..Breach::default() };
    let (duty, text) = (DutyKind::Breach, "tekst".to_owned());
    let all = [
        What::DutySet(Duty { kind: duty, due: at(0) }),
        What::DutyDone { duty },
        What::ConfidentialSet(Confidential { readers: vec![somebody()], without: vec![somebody()] }),
        What::ConfidentialLifted,
        What::UrgentTold { words: vec!["brand".into()], to: somebody() },
        What::RepresentativeSet(acts),
        What::RepresentativeEnded,
        What::RightUsed { right: DutyKind::Access, text: text.clone() },
        What::IdentityKnown { how: text.clone() },
        What::BreachFound { text: text.clone(), breach },
        What::AuthorityWrote {
            authority: "De Commissie".into(),
            message_id: None,
            from: "x@commissie.example".into(),
            text,
            certainty: Certainty::Proven,
        },
    ];
    for what in all {
        let json = serde_json::to_string(&what).unwrap();
        assert_eq!(serde_json::from_str::<What>(&json).unwrap(), what, "{json}");
        assert!(json.contains(&format!("\"kind\":\"{}\"", what.name())), "{json}");
    }
}

/// A register of before has rows and events without what was added since.
#[test]
fn a_case_and_a_merge_of_an_older_register_are_read_as_they_were() {
    let without = |value: serde_json::Value| {
        let serde_json::Value::Object(mut fields) = value else { panic!("{value}") };
        ["promise", "judgement", "committee"]
            .iter()
            .for_each(|field| assert!(fields.remove(*field).is_some(), "{field}"));
        serde_json::Value::Object(fields)
    };
    let case = case(&[]);
    let older = without(serde_json::to_value(&case).unwrap());
    assert_eq!(serde_json::from_value::<Case>(older).unwrap(), case);
    let absorbed = Absorbed::of(&case);
    let older = without(serde_json::to_value(&absorbed).unwrap());
    assert_eq!(serde_json::from_value::<Absorbed>(older).unwrap(), absorbed);
}
