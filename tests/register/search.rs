//! `#zoek` and `#stand` on a real SQLite file: what is found however it is typed, and that what people type is never
//! read as SQL or as a pattern.

use crate::{Desk, address, event, number, opened};
use klachtpost::case::{Case, Confidential, Event, Reference, Tie, What};
use klachtpost::desk::{Found, Lookup, Scope, Search, Standing, Want, Word, fold};
use klachtpost::digest::Section;
use klachtpost::register::Identity;
use std::fmt::Write as _;
use std::time::Instant;

/// A case with that name, subject and text, and perhaps a plate.
fn of(serial: u32, name: &str, subject: &str, text: &str, plate: Option<&str>) -> Event {
    let mut event = opened(serial);
    let What::Opened(opened) = &mut event.what else { panic!("no opening") };
    opened.customer.name = name.into();
    opened.subject = subject.into();
    opened.text = text.into();
    opened.references =
        plate.map(|plate| Reference { name: "kenteken".into(), written: plate.into() }).into_iter().collect();
    event
}

fn reader() -> klachtpost::case::Address {
    address("directie@lease.example")
}

fn word(typed: &str) -> Word {
    let key = klachtpost::case::reference_key(typed);
    Word { folded: fold(typed), key: if key.len() < 4 { String::new() } else { key } }
}

async fn found(desk: &Desk, want: Want) -> (Vec<Case>, bool) {
    let mut tx = desk.register.begin().await.unwrap();
    let identity = Identity { message_id: String::new(), content_hash: "x".into() };
    let lookup = Lookup { want: Some(want), year: 2026, ..Lookup::default() };
    match tx.snapshot(1, &identity, &lookup).await.unwrap().found {
        Some(Found::Cases { cases, more }) => (cases, more),
        other => panic!("{other:?}"),
    }
}

async fn serials(desk: &Desk, scope: Scope, words: &[&str]) -> Vec<u32> {
    let words = words.iter().map(|typed| word(typed)).collect();
    let (cases, _) = found(desk, Want::Search(Search { scope, reader: reader(), number: None, words })).await;
    cases.into_iter().map(|case| case.number.serial).collect()
}

#[tokio::test]
async fn a_case_is_found_by_name_address_plate_and_words_newest_first() {
    let desk = Desk::new().await;
    let events = vec![
        of(1, "José Müller", "Kras op de déúr", "Het portier is bekrast.", Some("XK-123-B")),
        of(2, "Jan Jansen", "Factuur", "De factuur klopt niet.", None),
        of(3, "Piet Jansen", "Deur", "De deur sluit niet.", None),
    ];
    desk.record(events, &[]).await.unwrap();
    for (typed, serial) in [
        (&["jose", "MULLER"][..], &[1][..]),
        (&["jansen"], &[3, 2]),
        (&["jansen", "factuur"], &[2]),
        (&["deur"], &[3, 1]),
        (&["jan@klant.example"], &[3, 2, 1]),
        (&["xk123b"], &[1]),
        (&["XK-123-B", "portier"], &[1]),
        (&["XK-123-B", "factuur"], &[]),
        (&["bestaatniet"], &[]),
        (&[], &[]),
    ] {
        assert_eq!(serials(&desk, Scope::All, typed).await, serial, "{typed:?}");
    }
}

#[tokio::test]
async fn a_reference_of_a_later_mail_is_found_too() {
    let desk = Desk::new().await;
    let references = vec![Reference { name: "kenteken".into(), written: "1-kbb-12".into() }];
    let (from, text, tie) = ("jan@klant.example".into(), "Kenteken".into(), Tie::Letter);
    let wrote = What::FollowedUp { message_id: None, from, text, references, tie };
    desk.record(vec![opened(1), event(1, wrote)], &[]).await.unwrap();
    assert_eq!(serials(&desk, Scope::All, &["1KBB12"]).await, [1]);
    assert!(desk.register.verify().await.unwrap().findings.is_empty());
    desk.by_hand("UPDATE cases SET keys = ''").await;
    assert!(!desk.register.verify().await.unwrap().findings.is_empty(), "the search columns are proven too");
}

#[tokio::test]
async fn a_case_number_is_found_within_the_scope_only() {
    let desk = Desk::new().await;
    desk.record(vec![opened(1), opened(2)], &[]).await.unwrap();
    let by_number =
        |scope| Want::Search(Search { scope, reader: reader(), number: Some(number(2)), words: vec![word("x")] });
    let schade = || vec!["schade".to_owned()];
    for (scope, count) in [
        (Scope::All, 1),
        (Scope::Only(schade()), 1),
        (Scope::Only(vec!["service".to_owned(), "schade".to_owned()]), 1),
        (Scope::Only(vec!["service".to_owned()]), 0),
        (Scope::Only(Vec::new()), 0),
        (Scope::AllBut(schade()), 0),
        (Scope::AllBut(Vec::new()), 1),
    ] {
        assert_eq!(found(&desk, by_number(scope.clone())).await.0.len(), count, "{scope:?}");
    }
}

#[tokio::test]
async fn what_is_typed_is_neither_a_pattern_nor_sql() {
    let desk = Desk::new().await;
    let strange = "50% korting_code! 'aanhaling\" 😀 back\\slash\0nul";
    desk.record(vec![of(1, "Jan", strange, "", None), of(2, "Jan", "gewoon", "", None)], &[]).await.unwrap();
    for typed in ["50%", "korting_code", "code!", "'aanhaling\"", "😀", "back\\slash", "slash\0nul"] {
        assert_eq!(serials(&desk, Scope::All, &[typed]).await, [1], "{typed:?}");
    }
    for typed in ["%", "_", "!", "'; DROP TABLE cases; --", "' OR '1'='1", "g%n", "gewoo_"] {
        let found = serials(&desk, Scope::All, &[typed]).await;
        assert!(!found.contains(&2), "{typed:?} is taken as it stands, found {found:?}");
    }
    let department = Scope::Only(vec!["schade' OR '1'='1".to_owned()]);
    assert_eq!(serials(&desk, department, &["gewoon"]).await, [] as [u32; 0]);
    assert_eq!(desk.number("SELECT count(*) FROM cases").await, 2);
}

#[tokio::test]
async fn no_more_than_the_limit_is_given_and_it_says_so() {
    let desk = Desk::new().await;
    desk.record((1..=25).map(opened).collect(), &[]).await.unwrap();
    let (cases, more) = found(
        &desk,
        Want::Search(Search { scope: Scope::All, reader: reader(), number: None, words: vec![word("deuk")] }),
    )
    .await;
    let serials: Vec<u32> = cases.iter().map(|case| case.number.serial).collect();
    assert_eq!((serials, more), ((6..=25).rev().collect(), true));
}

#[tokio::test]
async fn open_cases_are_given_mine_first_then_nobodys() {
    let desk = Desk::new().await;
    let handled = |serial, who: &str| event(serial, What::HandlerSet { handler: address(who) });
    let events = vec![
        opened(1),
        opened(2),
        opened(3),
        opened(4),
        handled(1, "mia@lease.example"),
        handled(3, "Jan@lease.example"),
        event(4, What::Dismissed { reason: String::new() }),
    ];
    desk.record(events, &[]).await.unwrap();
    let standing = Standing {
        scope: Scope::Only(vec!["schade".to_owned()]),
        handler: address("jan@LEASE.example"),
        section: None,
    };
    let whole = Standing { section: Some(Section::Overdue), ..standing.clone() };
    let (cases, more) = found(&desk, Want::Standing(standing)).await;
    let serials: Vec<u32> = cases.iter().map(|case| case.number.serial).collect();
    assert_eq!((serials.as_slice(), more), (&[3, 2, 1][..], false));
    // Whoever handles them: the desk picks what is of that section.
    let (cases, more) = found(&desk, Want::Standing(whole)).await;
    let serials: Vec<u32> = cases.iter().map(|case| case.number.serial).collect();
    assert_eq!((serials.as_slice(), more), (&[1, 2, 3][..], false));
}

/// Not so fast that a slow machine fails it; what it measures is printed.
#[tokio::test]
async fn twenty_thousand_cases_are_searched_in_no_time() {
    const CASES: u32 = 20_000;
    let desk = Desk::new().await;
    let filler = "De auto is bij de garage geweest en daarna was het nog steeds niet goed. ".repeat(20);
    let events = (1..=CASES).map(|serial| {
        let mut text = filler.clone();
        let _ = write!(text, "woord{serial}");
        of(serial, &format!("Klant {serial}"), "Klacht", &text, Some(&format!("GB-{:03}-B", serial % 1_000)))
    });
    desk.record(events.collect(), &[]).await.unwrap();
    for typed in [&["woord17"][..], &["woord19999", "garage"], &["bestaatniet"], &["gb001b"]] {
        let begun = Instant::now();
        let found = serials(&desk, Scope::All, typed).await;
        let took = begun.elapsed();
        println!("{typed:?}: {} cases in {took:?}", found.len());
        assert!(took.as_secs() < 10, "{typed:?} took {took:?}");
        assert_eq!(found.is_empty(), typed == ["bestaatniet"], "{typed:?}");
    }
}

#[tokio::test]
async fn a_confidential_case_is_found_by_its_readers_alone_wherever_they_are() {
    let desk = Desk::new().await;
    let hostile = "\"confidential\":{\"readers\":[\"directie@lease.example\"]} deuk";
    let hidden = Confidential { readers: vec![address("Chef@lease.example")], without: Vec::new() };
    let mut events = vec![of(1, "Jan", "Deuk", "Er zit een deuk in.", None), of(2, "Piet", "Deuk", hostile, None)];
    events.push(event(1, What::ConfidentialSet(hidden)));
    desk.record(events, &[]).await.unwrap();
    let by = |reader: &str, scope| {
        let want = Search { scope, reader: address(reader), number: None, words: vec![word("deuk")] };
        let desk = &desk;
        async move { found(desk, Want::Search(want)).await.0.iter().map(|case| case.number.serial).collect::<Vec<_>>() }
    };
    assert_eq!(by("directie@lease.example", Scope::All).await, [2], "what a customer wrote hides and shows nothing");
    assert_eq!(by("chef@lease.example", Scope::All).await, [2, 1]);
    assert_eq!(by("chef@lease.example", Scope::Only(Vec::new())).await, [1], "of whatever department");
    let standing =
        Want::Standing(Standing { scope: Scope::All, handler: address("directie@lease.example"), section: None });
    assert_eq!(found(&desk, standing).await.0.len(), 1);
}
