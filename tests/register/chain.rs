//! The chain of events (invariant 8): what klachtpost wrote verifies; any change by hand is found, but for the one that
//! only a digest's printed head can show; and blanking content on a lawful request breaks nothing.

use super::*;
use klachtpost::case::{Case, Closed};
use klachtpost::register::{CaseQuery, Verified};

/// Verifies after one change by hand.
async fn after(sql: &str) -> Verified {
    let desk = Desk::new().await;
    desk.with_cases().await;
    desk.by_hand(sql).await;
    desk.register.verify().await.unwrap()
}

fn is_found(verified: &Verified, place: &str) -> bool {
    verified.findings.iter().any(|finding| finding.place == place)
}

#[tokio::test]
async fn what_klachtpost_wrote_is_right() {
    let desk = Desk::new().await;
    let empty = desk.register.verify().await.unwrap();
    assert_eq!((empty.events, empty.cases, empty.findings.len()), (0, 0, 0));
    assert_eq!(desk.register.find_head(&empty.head.hash).await.unwrap(), Some(0));
    desk.with_cases().await;
    let verified = desk.register.verify().await.unwrap();
    assert_eq!(verified.findings, []);
    assert_eq!((verified.events, verified.cases, verified.blanked), (7, 2, 0));
    assert_eq!(verified.head, desk.register.chain_head().await.unwrap());
    assert_eq!(verified.head.seq, 7);
}

#[tokio::test]
async fn every_column_of_every_event_is_under_the_hash() {
    let columns = ["at", "case_number", "kind", "actor", "mail_id", "payload_hash", "previous_hash", "hash"];
    for column in columns {
        for seq in 1..=7 {
            let value = match column {
                "at" | "mail_id" => format!("{column} + 1"),
                "case_number" => "'K-2026-000009'".to_owned(),
                _ => format!("{column} || '0'"),
            };
            let verified = after(&format!("UPDATE event SET {column} = {value} WHERE seq = {seq}")).await;
            assert!(is_found(&verified, &format!("event {seq}")), "{column} of event {seq}: {verified:?}");
        }
    }
    // An absent mail is another thing than number 0.
    let verified = after("UPDATE event SET mail_id = NULL WHERE seq = 3").await;
    assert!(is_found(&verified, "event 3"), "{verified:?}");
    let moved = "PRAGMA defer_foreign_keys = 1; UPDATE event_payload SET seq = 8 WHERE seq = 7; \
                 UPDATE event SET seq = 8 WHERE seq = 7";
    assert!(is_found(&after(moved).await, "event 8"));
}

#[tokio::test]
async fn a_changed_or_swapped_content_is_found() {
    let text = "UPDATE event_payload SET body = replace(body, 'Zie dossier', 'Niets gezien')";
    assert!(is_found(&after(text).await, "event 4"));
    assert!(is_found(&after("UPDATE event_payload SET salt = 'x' WHERE seq = 2").await, "event 2"));
    // What no version could have written is a finding, and no reason to stop looking.
    let broken = after("UPDATE event_payload SET body = '{' WHERE seq IN (2, 6)").await;
    assert!(is_found(&broken, "event 2") && is_found(&broken, "event 6"), "{broken:?}");
    let swapped = "UPDATE event_payload SET body = (SELECT body FROM event_payload WHERE seq = 3) WHERE seq = 7";
    assert!(is_found(&after(swapped).await, "event 7"));
}

/// It comes by itself, so that few are in memory.
#[tokio::test]
async fn a_content_of_many_kilobytes_is_proven_too() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    let long = format!("{}één einde", "Nog een regel. ".repeat(2_000));
    let note = |serial| event(serial, What::Noted { text: long.clone() });
    desk.record(vec![note(1), note(2)], &[]).await.unwrap();
    let verified = desk.register.verify().await.unwrap();
    assert_eq!((verified.events, verified.findings), (9, vec![]));
    desk.by_hand("UPDATE event_payload SET body = replace(body, 'einde', 'slot') WHERE seq = 8").await;
    let verified = desk.register.verify().await.unwrap();
    assert!(is_found(&verified, "event 8") && verified.findings.len() == 1, "{verified:?}");
    desk.by_hand("UPDATE event_payload SET body = replace(body, '\"noted\"', '\"known\"') WHERE seq = 9").await;
    let verified = desk.register.verify().await.unwrap();
    let of_ninth = verified.findings.iter().filter(|finding| finding.place == "event 9").count();
    assert_eq!(of_ninth, 2, "its content was changed, and is no event: {verified:?}");
}

#[tokio::test]
async fn a_removed_row_and_two_swapped_ones_are_found() {
    for seq in 1..=6 {
        let removed = format!("DELETE FROM event_payload WHERE seq = {seq}; DELETE FROM event WHERE seq = {seq}");
        let verified = after(&removed).await;
        assert!(is_found(&verified, &format!("event {}", seq + 1)), "{seq}: {verified:?}");
        assert_eq!(verified.events, 6);
    }
    let swap = "PRAGMA defer_foreign_keys = 1; UPDATE event SET seq = 99 WHERE seq = 3; UPDATE event SET seq = 3 \
                WHERE seq = 4; UPDATE event SET seq = 4 WHERE seq = 99";
    let verified = after(swap).await;
    assert!(is_found(&verified, "event 3") && is_found(&verified, "event 4"), "{verified:?}");
}

#[tokio::test]
async fn every_column_of_a_case_is_what_its_events_make() {
    let changes = [
        "year = 2025",
        "serial = 8",
        "state = 'closed'",
        "department = 'facturen'",
        "handler = 'x'",
        "customer_address = 'x'",
        "received_at = received_at + 1",
        "closed_at = 1",
        "remind_at = 1",
        "owed_at = 1",
        "words = 'anders'",
        "keys = '|XK123B|'",
        "mailbox = 'elders'",
        "body = replace(body, 'Deuk', 'Kras')",
        "body = '{'",
    ];
    for change in changes {
        let verified = after(&format!("UPDATE cases SET {change} WHERE number = 'K-2026-000001'")).await;
        assert!(is_found(&verified, "K-2026-000001"), "{change}: {verified:?}");
        assert_eq!(verified.findings.len(), 1, "{change}: {verified:?}");
    }
    assert!(is_found(&after("DELETE FROM cases WHERE number = 'K-2026-000002'").await, "K-2026-000002"));
    assert!(is_found(&after("UPDATE cases SET number = 'nr 3' WHERE number = 'K-2026-000002'").await, "nr 3"));
    let added = "INSERT INTO cases SELECT 'K-2026-000005', year, 5, state, department, handler, customer_address, \
                 received_at, closed_at, remind_at, words, keys, body, owed_at, mailbox FROM cases WHERE serial = 1";
    assert!(is_found(&after(added).await, "K-2026-000005"));
}

#[tokio::test]
async fn blanked_content_is_told_and_breaks_nothing() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    desk.by_hand("DELETE FROM event_payload WHERE seq = 4").await;
    let verified = desk.register.verify().await.unwrap();
    assert_eq!(verified.findings, []);
    assert_eq!((verified.events, verified.blanked, verified.unproven.as_slice()), (7, 1, &[number(1)][..]));
    let events = desk.register.events(number(1)).await.unwrap();
    let shown: Vec<_> = events.iter().map(|stored| (stored.kind.as_str(), stored.event.is_some())).collect();
    assert_eq!(shown, [("opened", true), ("letter_written", true), ("letter_fate", true), ("noted", false)]);
}

#[tokio::test]
async fn a_tail_cut_off_shows_only_against_a_head_that_was_printed() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    let printed = desk.register.chain_head().await.unwrap();
    // The hand is clever: the case is made again too.
    let before = desk.register.case(number(2)).await.unwrap().unwrap();
    let events = [opened(2), event(2, What::HandlerSet { handler: address("bram@lease.example") })];
    let body = serde_json::to_string(&Case::replay(&events).unwrap()).unwrap();
    assert_ne!(body, serde_json::to_string(&before).unwrap());
    desk.by_hand("DELETE FROM event_payload WHERE seq = 7; DELETE FROM event WHERE seq = 7").await;
    desk.by_hand(&format!("UPDATE cases SET body = '{body}' WHERE serial = 2")).await;
    let verified = desk.register.verify().await.unwrap();
    assert_eq!(verified.findings, []);
    assert_eq!(desk.register.find_head(&printed.hash).await.unwrap(), None);
    assert_eq!(desk.register.find_head(&verified.head.hash).await.unwrap(), Some(6));
}

#[tokio::test]
async fn a_chain_of_several_pages_verifies_and_a_daemon_may_write_meanwhile() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    let note = |n: usize| event(1, What::Noted { text: format!("notitie {n}") });
    desk.record((0..2_500).map(note).collect(), &[]).await.unwrap();
    let writer = desk.register.clone();
    let writing = tokio::spawn(async move {
        for n in 0..40 {
            let mut tx = writer.begin().await.unwrap();
            let events = vec![note(n), event(1, What::Linked { other: number(2) })];
            tx.record(None, &decision(events), &[], at(3), &mut salt).await.unwrap();
            tx.commit().await.unwrap();
        }
    });
    while !writing.is_finished() {
        assert_eq!(desk.register.verify().await.unwrap().findings, []);
    }
    writing.await.unwrap();
    assert_eq!(desk.register.verify().await.unwrap().events, 2_507 + 80);
}

#[tokio::test]
async fn cases_are_listed_by_what_became_of_them() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    let closed = Closed { settlement: "Hersteld.".into(), letter: id("c") };
    desk.record(vec![event(1, What::Closed(closed))], &[]).await.unwrap();
    let numbers = |cases: Vec<Case>| cases.iter().map(|case| case.number.serial).collect::<Vec<_>>();
    assert_eq!(numbers(desk.register.cases(CaseQuery::All).all().await.unwrap()), [1, 2]);
    assert_eq!(numbers(desk.register.cases(CaseQuery::OpenOrClosedSince(at(1))).all().await.unwrap()), [1, 2]);
    assert_eq!(numbers(desk.register.cases(CaseQuery::OpenOrClosedSince(at(2))).all().await.unwrap()), [2]);
    // What is owed in writing is guarded however long ago it was closed.
    desk.record(vec![event(1, What::CommitteeOwed)], &[]).await.unwrap();
    assert_eq!(numbers(desk.register.cases(CaseQuery::OpenOrClosedSince(at(2))).all().await.unwrap()), [1, 2]);
    assert!(desk.register.case(number(9)).await.unwrap().is_none());
}

/// The clock's look at the open ones reads page after page, each case once, however many there are.
#[tokio::test]
async fn all_open_cases_are_guarded_page_by_page() {
    const COPIES: usize = 1_200;
    let desk = Desk::new().await;
    desk.with_cases().await;
    let closed = Closed { settlement: "Hersteld.".into(), letter: id("c") };
    desk.record(vec![event(1, What::Closed(closed))], &[]).await.unwrap();
    let copied = desk
        .by_hand(&format!(
            "WITH RECURSIVE n (n) AS (VALUES (3) UNION ALL SELECT n + 1 FROM n WHERE n < {}) INSERT INTO cases \
             SELECT 'K-2026-' || n, year, n, state, department, handler, customer_address, received_at, closed_at, \
             remind_at, words, keys, replace(body, 'K-2026-000002', 'K-2026-' || n), owed_at, mailbox FROM cases CROSS JOIN n WHERE serial = 2",
            COPIES + 2
        ))
        .await;
    assert_eq!(copied, COPIES as u64);
    let (mut guarded, mut serials) = (desk.register.cases(CaseQuery::Guarded), Vec::new());
    while let Some(case) = guarded.next().await.unwrap() {
        serials.push(case.number.serial as usize);
    }
    assert_eq!(serials, (2..COPIES + 3).collect::<Vec<_>>());
}
