//! Killed while the operator is told of an outage, and of its end. The letter goes around the outbox (its server or its
//! database may be what is broken), and is noted once it went: a kill in between repeats that one letter, and none keeps
//! the operator from being told.

use crate::letter::Letter;
use crate::scene::{Scene, mail_host};
use crate::support::dovecot::{Dovecot, PASSWORD};
use sqlx::Connection;

/// The crash points of telling, in the order they are passed.
pub const POINTS: [&str; 4] =
    ["before telling the operator", "after telling the operator", "before noting an outage", "after noting an outage"];
/// A kill at these comes after the letter and before the note.
const BETWEEN: [&str; 2] = ["after telling the operator", "before noting an outage"];
const OPERATOR: &str = "beheer@lease.example";
/// Exit code of a round that has to be tried again.
const AGAIN: i32 = 75;

/// Whether the mail server lets us in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Login {
    Refused,
    Works,
}

/// Names the operator, and the password that is right or wrong.
fn settle(desk: &Scene, login: Login) {
    let file = desk.dir.path().join("klachtpost.toml");
    let mut settings = std::fs::read_to_string(&file).unwrap().replace("een ander", PASSWORD);
    if login == Login::Refused {
        settings = settings.replace(PASSWORD, "een ander");
    }
    if !settings.contains("[operator]") {
        settings.push_str(&format!("[operator]\naddress = \"{OPERATOR}\"\nalarm_after_minutes = 30\n"));
    }
    std::fs::write(&file, settings).unwrap();
}

/// Rounds until one is not killed; how many were.
async fn rounds(desk: &Scene, fatal: &[usize], ends_with: i32) -> usize {
    for kills in 0..=fatal.len() {
        let ended = desk.once(fatal).await;
        if !ended.is_killed() {
            assert_eq!(ended.status.code(), Some(ends_with), "{}", ended.log);
            return kills;
        }
    }
    panic!("{}: killed more often than asked at {fatal:?}", desk.user)
}

/// Subjects of the letters to the operator.
fn told(desk: &Scene) -> Vec<String> {
    let letters = desk.smtp.letters().into_iter().filter(|letter| letter.to == OPERATOR);
    letters.map(|letter| Letter::of(letter.bytes).subject).collect()
}

/// As if it had begun an hour earlier.
async fn lasts_for_an_hour(desk: &Scene) {
    let mut connection = desk.open().await;
    let earlier = "UPDATE outage SET failing_since = failing_since - 3600000 WHERE area = 'intake'";
    assert_eq!(sqlx::query(earlier).execute(&mut connection).await.unwrap().rows_affected(), 1);
    connection.close().await.unwrap();
}

/// A round from this desk is killed once at each point of telling; each time the letter came, and a second time only where
/// the kill came between letter and note. Returns kills and repeats.
async fn killed_at_each_point(host: &Dovecot, before: &Scene, first: usize, login: Login, subject: &str) -> [usize; 2] {
    let ends_with = if login == Login::Refused { AGAIN } else { 0 };
    let (mut kills, mut repeats) = (0, 0);
    let clean = before.copy(host, first).await;
    settle(&clean, login);
    assert_eq!(rounds(&clean, &[], ends_with).await, 0);
    assert_eq!(told(&clean), [subject], "without a kill");
    let passed = clean.passages();
    let places = (1..).zip(&passed).filter(|(_, point)| POINTS.contains(&point.as_str()));
    let places: Vec<(usize, &String)> = places.collect();
    assert_eq!(places.iter().map(|(_, point)| point.as_str()).collect::<Vec<_>>(), POINTS);
    for (desk, (place, point)) in (first + 1..).zip(places) {
        let desk = before.copy(host, desk).await;
        settle(&desk, login);
        assert_eq!(rounds(&desk, &[place], ends_with).await, 1, "{point}");
        let letters = told(&desk);
        let expected = if BETWEEN.contains(&point.as_str()) { 2 } else { 1 };
        assert_eq!(letters, vec![subject.to_owned(); expected], "killed {point}");
        assert_eq!(rounds(&desk, &[], ends_with).await, 0);
        assert_eq!(told(&desk), letters, "killed {point}: and no more later");
        (kills, repeats) = (kills + 1, repeats + expected - 1);
    }
    [kills, repeats]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_telling_the_operator_he_is_told_all_the_same_and_at_most_once_more() {
    let host = mail_host(20);
    let desk = Scene::new(&host, 0).await;
    settle(&desk, Login::Works);
    assert_eq!(rounds(&desk, &[], 0).await, 0);
    settle(&desk, Login::Refused);
    assert_eq!(rounds(&desk, &[], AGAIN).await, 0);
    assert!(told(&desk).is_empty(), "not for a moment");
    lasts_for_an_hour(&desk).await;
    let begin = "Storing: klachtpost ontvangt geen klachten";
    let of_the_outage = killed_at_each_point(&host, &desk, 1, Login::Refused, begin).await;

    assert_eq!(rounds(&desk, &[], AGAIN).await, 0);
    assert_eq!(told(&desk), [begin]);
    let end = "Hersteld: klachtpost ontvangt weer klachten";
    let of_its_end = killed_at_each_point(&host, &desk, 10, Login::Works, end).await;
    let [kills, repeats] = [0, 1].map(|of| of_the_outage[of] + of_its_end[of]);
    println!("killed while telling the operator: {kills} kills, {repeats} repeated letters, none missing");
}
