//! The caps in the register (invariant 5): what counts as what, what an hour lets go, what goes out together.

use super::*;
use klachtpost::desk::caps::{Caps, Count, ToCount};
use klachtpost::desk::{Bundled, Waiting};
use klachtpost::register::{LetterState, Sent};

const MACHINE: &str = "machine@x.nl";
const CAPS: Caps = Caps { domain: 3, unproven: None, desk: 5 };

fn held(letter: &str, to: &str, because: &str) -> Outgoing {
    Outgoing { held_because: Some(because.into()), ..outgoing(letter, to) }
}

/// Letters written at that minute.
async fn write(desk: &Desk, minutes: i64, letters: &[Outgoing]) {
    let mut tx = desk.register.begin().await.unwrap();
    tx.record(None, &decision(vec![]), letters, at(minutes), &mut salt).await.unwrap();
    tx.commit().await.unwrap();
}

async fn claimed(desk: &Desk, minutes: i64) -> Vec<String> {
    let letters = desk.register.claim(at(minutes), at(minutes + 1), 64).await.unwrap();
    let ids: Vec<LetterId> = letters.into_iter().map(|letter| letter.id).collect();
    let mut tx = desk.register.begin().await.unwrap();
    for id in &ids {
        tx.mark_sent(&[(id, &Sent::Refused { reply: "550".into() })]).await.unwrap();
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
    tx.record(None, &decision(vec![event]), &[letter], at(minutes), &mut salt).await.unwrap();
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
    assert_eq!(
        one,
        &Waiting { to: address(MACHINE), side: Side::Customer, oldest: at(1), bundles_today: 0, last_bundle: None }
    );
    let mut tx = desk.register.begin().await.unwrap();
    let letters: Vec<Bundled> = tx.held_for(one, 2).await.unwrap();
    drop(tx);
    assert_eq!(letters.iter().map(|letter| letter.id.as_str()).collect::<Vec<_>>(), ["h9", "h5"], "oldest first");

    bundle(&desk, &["h9", "h5"], "b1", 61).await;
    assert_eq!(claimed(&desk, 0).await, [] as [&str; 0], "none of them goes out by itself");
    let waiting = desk.register.waiting(at(62)).await.unwrap();
    let one = waiting.iter().find(|waiting| waiting.to == address(MACHINE)).unwrap();
    assert_eq!((one.oldest, one.bundles_today, one.last_bundle), (at(3), 1, Some(at(61))));
    assert_eq!(desk.register.count_letters(LetterState::Bundled).await.unwrap(), 2);
    assert!(!desk.register.release_letter(&id("h9"), at(62)).await.unwrap(), "it is on its way already");

    let sent = Sent::Accepted { at: at(63), server: "mx".into(), reply: "250 ok".into() };
    let mut tx = desk.register.begin().await.unwrap();
    tx.mark_sent(&[(&id("b1"), &sent)]).await.unwrap();
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

/// An acknowledgement to a sender whom nothing proves.
fn unproven(letter: &str, to: &str, held_because: Option<&str>) -> Outgoing {
    let counted_as = format!("unproven {to}");
    Outgoing { counted_as, held_because: held_because.map(str::to_owned), ..outgoing(letter, to) }
}

#[tokio::test]
async fn what_waits_for_unproven_senders_of_a_domain_goes_as_their_own_hour_passes() {
    let desk = Desk::new().await;
    let caps = Caps { domain: 10, unproven: Some(2), desk: 20 };
    write(&desk, 0, &[unproven("u1", "a@x.nl", None), outgoing("p1", "b@x.nl"), outgoing("p2", "c@x.nl")]).await;
    write(&desk, 30, &[unproven("u2", "d@x.nl", None), unproven("v1", "d@y.nl", None)]).await;
    let wanted = ToCount { of: [].into(), domains: ["x.nl".to_owned(), "y.nl".to_owned()].into() };
    let mut tx = desk.register.begin().await.unwrap();
    let counts = tx.counts(&wanted, caps, at(40)).await.unwrap();
    drop(tx);
    assert_eq!((counts.to_domain["x.nl"], counts.unproven["x.nl"], counts.unproven["y.nl"]), (4, 2, 1));
    let waits = ["u3", "u4", "u5"].map(|letter| unproven(letter, "e@x.nl", Some("cap_unproven")));
    write(&desk, 41, &waits).await;
    claimed(&desk, 42).await;
    assert_eq!(desk.register.release_capped(caps, at(50)).await.unwrap(), 0);
    assert_eq!(desk.register.release_capped(caps, at(61)).await.unwrap(), 1, "u1 is an hour ago, u2 is not");
    assert_eq!(claimed(&desk, 61).await, ["u3"]);
    assert_eq!(desk.register.release_capped(caps, at(91)).await.unwrap(), 1);
    // Where no server says any more who is proven, nothing waits for that.
    let without = Caps { unproven: None, ..caps };
    assert_eq!(desk.register.release_capped(without, at(92)).await.unwrap(), 1);
}

#[tokio::test]
async fn a_mailbox_under_many_names_waits_as_one() {
    let desk = Desk::new().await;
    for (minutes, letter, to) in
        [(1, "n1", "victim+1@x.nl"), (2, "n2", "vic.tim@x.nl"), (3, "n3", "victim+3@x.nl"), (4, "z", "calm@x.nl")]
    {
        write(&desk, minutes, &[held(letter, to, "cap")]).await;
    }
    let names = |waiting: &[Waiting]| waiting.iter().map(|one| one.to.to_string()).collect::<Vec<_>>();
    assert_eq!(names(&desk.register.waiting(at(10)).await.unwrap()), ["victim+1@x.nl", "calm@x.nl"]);
    let what = What::Bundled { letters: vec![id("n1")], into: id("b1") };
    let event = Event { at: at(61), case: None, actor: Actor::Desk, mail: None, what };
    let letter = outgoing("b1", "victim+1@x.nl");
    let letter = Letter { kind: LetterKind::Acknowledgements, ..letter.letter };
    let bundle = Outgoing { letter, counted_as: "customer victim@x.nl".into(), ..outgoing("b1", "victim+1@x.nl") };
    let mut tx = desk.register.begin().await.unwrap();
    tx.record(None, &decision(vec![event]), &[bundle], at(61), &mut salt).await.unwrap();
    tx.commit().await.unwrap();
    let waiting = desk.register.waiting(at(62)).await.unwrap();
    assert_eq!(names(&waiting), ["vic.tim@x.nl", "calm@x.nl"]);
    assert_eq!((waiting[0].bundles_today, waiting[0].last_bundle), (1, Some(at(61))));
}
