//! Transactions: all or nothing, one writer at a time, and numbers that are unique and consecutive whoever writes.

use super::*;
use chrono::NaiveDate;
use klachtpost::case::Token;
use klachtpost::desk::Lookup;
use klachtpost::register::LetterState;

/// Takes the next number, as the daemon does for a complaint.
async fn register_one(register: &Register, mail: i64) -> Result<u32, RegisterError> {
    let mut tx = register.begin().await?;
    let lookup = Lookup { year: 2026, ..Lookup::default() };
    let serial = tx.snapshot(mail, &identity("", "h"), &lookup).await?.next_serial;
    let events = vec![opened(serial), event(1, What::Noted { text: format!("number {serial}") })];
    tx.record(None, &decision(events), &[], at(0), &mut salt).await?;
    tx.commit().await?;
    Ok(serial)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_writers_lose_nothing_and_number_without_gaps() {
    let desk = Desk::new().await;
    let other = Register::open(&desk.url).await.unwrap();
    let mut writers = Vec::new();
    for (writer, register) in
        [desk.register.clone(), other.clone(), desk.register.clone(), other].into_iter().enumerate()
    {
        writers.push(tokio::spawn(async move {
            let mut serials = Vec::new();
            for n in 0..25 {
                serials.push(register_one(&register, (writer * 100 + n) as i64).await.unwrap());
            }
            serials
        }));
    }
    let mut serials = Vec::new();
    for writer in writers {
        serials.extend(writer.await.unwrap());
    }
    serials.sort();
    assert_eq!(serials, (1..=100).collect::<Vec<u32>>());
    let verified = desk.register.verify().await.unwrap();
    assert_eq!((verified.events, verified.cases, verified.findings), (200, 100, vec![]));
}

#[tokio::test]
async fn a_number_that_is_taken_is_a_conflict_and_never_written_over() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    let before = desk.register.case(number(1)).await.unwrap();
    let error = desk.record(vec![opened(1)], &[]).await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
    assert_eq!(desk.register.case(number(1)).await.unwrap(), before);
    assert_eq!(desk.register.verify().await.unwrap().findings, []);
}

#[tokio::test]
async fn a_transaction_dropped_midway_never_happened_and_blocks_nobody() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    desk.register.store_mails(&[new_mail(1)]).await.unwrap();
    let head = desk.register.chain_head().await.unwrap();
    {
        let mut tx = desk.register.begin().await.unwrap();
        let made = decision(vec![opened(3), event(1, What::Noted { text: "x".into() })]);
        let mail = judged(1, &identity("a@x", "h"), Disposition::Complaint);
        tx.record(Some(&mail), &made, &[outgoing("l", "a@x.nl")], at(0), &mut salt).await.unwrap();
        assert!(tx.claim_run("digest", NaiveDate::default(), at(0)).await.unwrap());
    }
    assert_eq!(desk.register.chain_head().await.unwrap(), head);
    assert!(desk.register.case(number(3)).await.unwrap().is_none());
    assert!(desk.register.letters(None, &[]).await.unwrap().is_empty());
    assert_eq!(desk.register.pending(&Within::All, 10, 1_000, at(0)).await.unwrap().len(), 1);
    assert_eq!(desk.register.last_run("digest", NaiveDate::MAX).await.unwrap(), None);
    assert_eq!(register_one(&desk.register, 2).await.unwrap(), 3);
    assert_eq!(desk.register.verify().await.unwrap().findings, []);
}

#[tokio::test]
async fn a_decision_that_fails_halfway_leaves_nothing_behind() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    // The second letter has the Message-ID of the first: refused after events and one letter were written.
    let letters = [outgoing("same", "a@x.nl"), outgoing("same", "b@x.nl")];
    let error = desk.record(vec![opened(3)], &letters).await.unwrap_err();
    assert!(error.is_conflict(), "{error}");
    let unknown = desk.record(vec![event(77, What::Noted { text: String::new() })], &[]).await.unwrap_err();
    assert!(unknown.to_string().contains("K-2026-000077"), "{unknown}");
    assert!(!unknown.is_conflict() && !unknown.is_unavailable());
    let verified = desk.register.verify().await.unwrap();
    assert_eq!((verified.events, verified.findings), (7, vec![]));
    assert_eq!(desk.register.count_letters(LetterState::Queued).await.unwrap(), 0);
}

#[tokio::test]
async fn a_writer_waits_for_another_program_and_goes_on() {
    let desk = Desk::new().await;
    let held = desk.register.begin().await.unwrap();
    let register = desk.register.clone();
    let waiting = tokio::spawn(async move {
        let mut tx = register.begin().await.unwrap();
        let is_first = tx.claim_run("digest", NaiveDate::default(), at(0)).await.unwrap();
        tx.commit().await.unwrap();
        is_first
    });
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(!waiting.is_finished());
    held.commit().await.unwrap();
    assert!(waiting.await.unwrap());
}

#[tokio::test]
async fn a_day_is_claimed_once() {
    let desk = Desk::new().await;
    let day = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    for (day, minutes, claims) in [(day, 0, true), (day, 5, false), (day.succ_opt().unwrap(), 9, true)] {
        let mut tx = desk.register.begin().await.unwrap();
        assert_eq!(tx.claim_run("digest", day, at(minutes)).await.unwrap(), claims);
        tx.commit().await.unwrap();
    }
    let next = day.succ_opt().unwrap();
    assert_eq!(desk.register.last_run("digest", next).await.unwrap(), Some((next, at(9))));
    assert_eq!(desk.register.last_run("other", next).await.unwrap(), None);
}

#[tokio::test]
async fn a_day_to_come_that_was_claimed_does_not_count_and_is_claimed_again_when_it_comes() {
    let desk = Desk::new().await;
    let day = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    let to_come = NaiveDate::from_ymd_opt(2027, 1, 2).unwrap();
    for day in [day, to_come] {
        let mut tx = desk.register.begin().await.unwrap();
        assert!(tx.claim_run("digest", day, at(0)).await.unwrap());
        tx.commit().await.unwrap();
    }
    assert_eq!(desk.register.last_run("digest", day).await.unwrap(), Some((day, at(0))));
    assert_eq!(desk.register.forget_runs_to_come("digest", day).await.unwrap(), Some(to_come));
    assert_eq!(desk.register.forget_runs_to_come("digest", day).await.unwrap(), None);
    let mut tx = desk.register.begin().await.unwrap();
    assert!(tx.claim_run("digest", to_come, at(9)).await.unwrap());
}

/// A number of two customers is worse than a gap: what tokens say was given out is not given out again.
#[tokio::test]
async fn a_number_that_was_seen_is_not_given_out_again() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    let next = async |year| {
        let mut tx = desk.register.begin().await.unwrap();
        let lookup = Lookup { year, ..Lookup::default() };
        tx.snapshot(1, &identity("", "h"), &lookup).await.unwrap().next_serial
    };
    assert_eq!((next(2026).await, next(2027).await), (3, 1));
    for (serial, expected) in [(131, 132), (7, 132)] {
        let mut tx = desk.register.begin().await.unwrap();
        tx.note_numbers(&[number(serial)]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!((next(2026).await, next(2027).await), (expected, 1));
    }
}

/// Under its number there may be somebody else's case by now (invariant 6).
#[tokio::test]
async fn a_letter_that_is_not_on_file_proves_no_case() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    desk.record(vec![], &[outgoing("l1", "jan@klant.example")]).await.unwrap();
    let mut tx = desk.register.begin().await.unwrap();
    for (letter, is_known) in [("l1", true), ("gone", false)] {
        let token = Token { case: Some(number(2)), side: Side::Staff, letter: id(letter) };
        let lookup = Lookup { token: Some(token.clone()), year: 2026, ..Lookup::default() };
        let shown = tx.snapshot(1, &identity("", "h"), &lookup).await.unwrap();
        assert_eq!((shown.file.is_some(), shown.unknown_letter), (is_known, (!is_known).then_some(token)));
    }
}

#[tokio::test]
async fn the_desk_is_shown_what_is_on_file() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    let letters = [outgoing("l1", "jan@klant.example"), outgoing("l2", "jan@klant.example")];
    desk.record(vec![], &letters).await.unwrap();
    let lookup = Lookup { bounced: Some(id("l2")), named: vec![number(2), number(8)], year: 2026, ..Lookup::default() };
    let mut tx = desk.register.begin().await.unwrap();
    let shown = tx.snapshot(1, &identity("", "h"), &lookup).await.unwrap();
    let named: Vec<CaseNumber> = shown.named.iter().map(|file| file.case.number).collect();
    assert_eq!((shown.next_serial, named), (3, vec![number(2)]));
    let bounced = shown.bounced.unwrap();
    assert_eq!((bounced.id, bounced.to), (id("l2"), address("jan@klant.example")));
    let file = shown.file.unwrap();
    assert_eq!((file.case.number, file.notes.as_slice()), (number(1), &["Zie dossier.".to_owned()][..]));
    let later = tx.snapshot(1, &identity("", "h"), &Lookup { year: 2027, ..lookup }).await.unwrap();
    assert_eq!(later.next_serial, 1, "a new year");
}

/// SQLite alone lets whoever polls at the right moment go first, so that with a slow disk one waits for ever.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_of_one_program_take_turns_in_the_order_of_asking() {
    let desk = Desk::new().await;
    let holding = desk.register.begin().await.unwrap();
    let order = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let mut writers = Vec::new();
    for writer in 0..12 {
        let (register, order) = (desk.register.clone(), order.clone());
        writers.push(tokio::spawn(async move {
            let tx = register.begin().await.unwrap();
            order.lock().unwrap().push(writer);
            tx.commit().await.unwrap();
        }));
        // So that this one asks before the next.
        tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    }
    holding.commit().await.unwrap();
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), (0..12).collect::<Vec<_>>());
}
