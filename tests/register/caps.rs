//! The caps in the register (invariant 5): what counts as what, what an hour lets go, what goes out together.

use super::*;
use klachtpost::desk::caps::{Caps, Count, ToCount};
use klachtpost::desk::{Bundled, Waiting};
use klachtpost::register::{LetterState, Sent};

const MACHINE: &str = "machine@x.nl";
const CAPS: Caps = Caps { domain: 3, desk: 5 };

fn held(letter: &str, to: &str, because: &str) -> Outgoing {
    Outgoing { held_because: Some(because.into()), ..outgoing(letter, to) }
}

/// Letters written at that minute.
async fn write(desk: &Desk, minutes: i64, letters: &[Outgoing]) {
    let mut tx = desk.register.begin().await.unwrap();
    tx.record(None, &decision(Disposition::Staff, vec![]), letters, at(minutes), &mut salt).await.unwrap();
    tx.commit().await.unwrap();
}

async fn claimed(desk: &Desk, minutes: i64) -> Vec<String> {
    let letters = desk.register.claim(at(minutes), at(minutes + 1), 64).await.unwrap();
    let ids: Vec<LetterId> = letters.into_iter().map(|letter| letter.id).collect();
    let mut tx = desk.register.begin().await.unwrap();
    for id in &ids {
        tx.mark_sent(id, &Sent::Refused { reply: "550".into() }).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut names: Vec<String> = ids.iter().map(ToString::to_string).collect();
    names.sort();
    names
}

async fn bundle(desk: &Desk, of: &[&str], into: &str, minutes: i64) {
    let what = What::Bundled { letters: of.iter().map(|letter| id(letter)).collect(), into: id(into) };
    let event = Event { at: at(minutes), case: None, actor: Actor::Desk, mail: None, what };
    let letter = outgoing(into, MACHINE);
    let letter = Outgoing { letter: Letter { kind: LetterKind::Acknowledgements, ..letter.letter }, ..letter };
    let mut tx = desk.register.begin().await.unwrap();
    tx.record(None, &decision(Disposition::Staff, vec![event]), &[letter], at(minutes), &mut salt).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn letters_count_as_what_they_were_for_an_hour_and_a_held_one_for_a_day() {
    let desk = Desk::new().await;
    let (calm, machine) = ("customer calm@y.nl".to_owned(), format!("customer {MACHINE}"));
    write(&desk, 0, &[outgoing("a1", "Calm@Y.nl"), outgoing("m1", MACHINE)]).await;
    write(&desk, 30, &[outgoing("m2", MACHINE), held("m3", MACHINE, "cap"), held("d1", "other@x.nl", "cap_domain")])
        .await;
    let wanted = ToCount { of: [calm.clone(), machine.clone()].into(), domains: ["x.nl".to_owned()].into() };
    let mut looks = Vec::new();
    for minutes in [40, 70, 24 * 60 + 31] {
        let mut tx = desk.register.begin().await.unwrap();
        let counts = tx.counts(&wanted, CAPS, at(minutes)).await.unwrap();
        looks.push((counts.of[&machine], counts.of[&calm].last_hour, counts.to_domain["x.nl"], counts.of_desk));
    }
    let count = |last_hour, last_day, is_held_today| Count { last_hour, last_day, is_held_today };
    // The held ones count for their address, and not for what went out.
    assert_eq!(looks[0], (count(3, 3, true), 1, 2, 3));
    assert_eq!(looks[1], (count(2, 3, true), 0, 1, 1));
    assert_eq!(looks[2], (count(0, 0, false), 0, 0, 0));
}

#[tokio::test]
async fn what_the_domain_and_the_desk_held_back_goes_oldest_first_as_the_hour_passes() {
    let desk = Desk::new().await;
    write(&desk, 0, &[outgoing("s1", "a@x.nl"), outgoing("s2", "b@x.nl")]).await;
    for (minutes, letter, to, because) in [
        (1, "x9", "c@x.nl", "cap_domain"),
        (2, "x5", "d@x.nl", "cap_domain"),
        (3, "y7", "e@y.nl", "cap_desk"),
        (4, "y1", "f@y.nl", "cap_desk"),
        (5, "y2", "g@y.nl", "cap_desk"),
        (6, "n1", "h@y.nl", "a note in it"),
        (7, "m1", MACHINE, "cap"),
    ] {
        write(&desk, minutes, &[held(letter, to, because)]).await;
    }
    assert_eq!(claimed(&desk, 8).await, ["s1", "s2"]);
    // The desk has room for three of five, and with that is full: the domain waits though it has room for one.
    assert_eq!(desk.register.release_capped(CAPS, at(10)).await.unwrap(), 3);
    assert_eq!(claimed(&desk, 10).await, ["y1", "y2", "y7"]);
    assert_eq!(desk.register.release_capped(CAPS, at(11)).await.unwrap(), 0, "the hour has not passed");
    assert_eq!(desk.register.release_capped(CAPS, at(61)).await.unwrap(), 2);
    assert_eq!(claimed(&desk, 61).await, ["x5", "x9"]);
    assert_eq!(desk.register.release_capped(CAPS, at(500)).await.unwrap(), 0);
    assert_eq!(desk.register.count_letters(LetterState::Held).await.unwrap(), 2, "the door's and the bundle's stay");
}

#[tokio::test]
async fn letters_of_one_address_go_out_in_another_one_and_share_its_fate() {
    let desk = Desk::new().await;
    desk.with_cases().await;
    for (minutes, letter) in [(1, "h9"), (2, "h5"), (3, "h7")] {
        write(&desk, minutes, &[held(letter, MACHINE, "cap")]).await;
    }
    write(&desk, 4, &[held("z", "calm@x.nl", "cap")]).await;
    let waiting = desk.register.waiting(at(10)).await.unwrap();
    let one = waiting.iter().find(|waiting| waiting.to == address(MACHINE)).unwrap();
    assert_eq!(one, &Waiting { to: address(MACHINE), side: Side::Customer, oldest: at(1), bundles_today: 0 });
    let mut tx = desk.register.begin().await.unwrap();
    let letters: Vec<Bundled> = tx.held_for(one, 2).await.unwrap();
    drop(tx);
    assert_eq!(letters.iter().map(|letter| letter.id.as_str()).collect::<Vec<_>>(), ["h9", "h5"], "oldest first");

    bundle(&desk, &["h9", "h5"], "b1", 61).await;
    assert_eq!(claimed(&desk, 0).await, [] as [&str; 0], "none of them goes out by itself");
    let waiting = desk.register.waiting(at(62)).await.unwrap();
    let one = waiting.iter().find(|waiting| waiting.to == address(MACHINE)).unwrap();
    assert_eq!((one.oldest, one.bundles_today), (at(3), 1));
    assert_eq!(desk.register.count_letters(LetterState::Bundled).await.unwrap(), 2);
    assert!(!desk.register.release_letter(&id("h9"), at(62)).await.unwrap(), "it is on its way already");

    let sent = Sent::Accepted { at: at(63), server: "mx".into(), reply: "250 ok".into() };
    let mut tx = desk.register.begin().await.unwrap();
    tx.mark_sent(&id("b1"), &sent).await.unwrap();
    tx.mark_bundle_sent(&id("b1"), &sent).await.unwrap();
    assert_eq!(tx.bundled_in(&id("b1")).await.unwrap(), letters);
    tx.commit().await.unwrap();
    // One letter went out, not three.
    let mut tx = desk.register.begin().await.unwrap();
    let wanted = ToCount { domains: ["x.nl".to_owned()].into(), ..ToCount::default() };
    assert_eq!(tx.counts(&wanted, CAPS, at(62)).await.unwrap().of_desk, 1);
    drop(tx);
    let rows = desk.register.letters(None, &[LetterState::Accepted]).await.unwrap();
    let mut accepted: Vec<_> = rows.iter().map(|row| (row.id.as_str(), row.reply.as_str(), row.accepted_at)).collect();
    accepted.sort();
    assert_eq!(accepted, ["b1", "h5", "h9"].map(|letter| (letter, "250 ok", Some(at(63)))));
}
