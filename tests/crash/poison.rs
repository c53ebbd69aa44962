//! Poison mail: what breaks or stalls reading or deciding is tried three times, then set apart with its bytes and the
//! reason, and a person hears of it; the mails around it go on, and nothing that hangs piles up (invariants 1 and 10).

use crate::balance::every_mail_is_one_row;
use crate::letter::Written;
use crate::scene::{Ended, Scene, end_of, mail_host};
use crate::support::dovecot::Dovecot;
use crate::support::signals::terminate;
use crate::world::until;
use sqlx::Row;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// In place of the usual deadlines, in milliseconds: long enough for an honest batch on a busy machine.
const DEADLINE: &str = "1500";
/// Starts until the last poisonous mail is set apart.
const STARTS_MAX: usize = 30;

/// A desk with these mails between innocent ones.
async fn with(poisons: &[&str]) -> (Dovecot, Scene, usize) {
    let host = mail_host(1);
    let scene = Scene::new(&host, 0).await;
    let innocent = |n: usize| Written::new(&format!("klant{n}@klant.example"), "Schade", &format!("Deuk nummer {n}."));
    host.deliver(&scene.user, &innocent(0).bytes());
    for (number, poison) in poisons.iter().enumerate() {
        let subject = format!("crash-points {poison}");
        host.deliver(&scene.user, &Written::new("mallory@klant.example", &subject, "Klacht.").bytes());
        host.deliver(&scene.user, &innocent(number + 1).bytes());
    }
    (host, scene, 2 * poisons.len() + 1)
}

/// How long reading and deciding may take.
enum Deadline {
    /// As ever: nothing hangs here, and a busy machine makes nothing look as if it did.
    Usual,
    Short,
}

/// Starts as a service manager would, until a start ends well. Returns how the others ended.
async fn until_done(scene: &Scene, deadline: Deadline) -> Vec<Ended> {
    let mut bad = Vec::new();
    for _ in 0..STARTS_MAX {
        let mut command = scene.command(&["run", "--once"]);
        if matches!(deadline, Deadline::Short) {
            command.env("KLACHTPOST_CRASH_DEADLINE", DEADLINE);
        }
        let ended = end_of(command).await;
        if ended.status.success() {
            return bad;
        }
        bad.push(ended);
    }
    panic!("{STARTS_MAX} starts and no end: {}", bad.pop().unwrap().log)
}

/// The poisonous ones are apart, with their bytes and this reason, and told of; the innocent ones are complaints.
async fn only_poison_is_apart(scene: &Scene, host: &Dovecot, delivered: usize, reason: &str) {
    every_mail_is_one_row(scene, host, delivered).await;
    let mut connection = scene.open().await;
    let query = "SELECT disposition, reason, raw FROM mail JOIN mail_raw ON mail_id = mail.id";
    let mails = sqlx::query(query).fetch_all(&mut connection).await.unwrap();
    for mail in &mails {
        let raw = String::from_utf8_lossy(&mail.get::<Vec<u8>, _>(2)).into_owned();
        let (what, why): (String, String) = (mail.get(0), mail.get(1));
        if raw.contains("mallory@") {
            assert!(what == "unreadable" && why.contains(reason), "{what}: {why}");
        } else {
            assert_eq!(what, "complaint", "{why}");
        }
    }
    assert_eq!(host.mails(&scene.user, ".Onleesbaar").len(), delivered / 2);
    // One notice an hour tells of all that is apart by then; what comes after it waits for the next one.
    let query =
        "SELECT count(*) FROM mail, outbox WHERE told_in = outbox.id AND kind = 'set_aside' AND state = 'accepted'";
    let told: i64 = sqlx::query(query).fetch_one(&mut connection).await.unwrap().get(0);
    let query = "SELECT count(*) FROM mail WHERE disposition = 'unreadable' AND told_in IS NULL \
                 AND decided_at < (SELECT created_at FROM outbox WHERE kind = 'set_aside')";
    let forgotten: i64 = sqlx::query(query).fetch_one(&mut connection).await.unwrap().get(0);
    assert!(told >= 1 && forgotten == 0, "{told} told of, {forgotten} forgotten");
    scene.said(&["verify"]).await;
}

#[tokio::test]
async fn what_aborts_the_process_is_tried_three_times_and_the_others_go_on() {
    for step in ["reading abort", "deciding abort"] {
        let (host, scene, delivered) = with(&[step]).await;
        let bad = until_done(&scene, Deadline::Usual).await;
        assert_eq!(
            bad.len(),
            3,
            "{step}: {:?}",
            bad.iter().map(|ended| (ended.status, &ended.log)).collect::<Vec<_>>()
        );
        assert!(bad.iter().all(Ended::is_aborted), "{step}");
        only_poison_is_apart(&scene, &host, delivered, "was tried 3 times and never ended").await;
    }
}

#[tokio::test]
async fn what_panics_is_set_apart_in_the_same_run() {
    let (host, scene, delivered) = with(&["reading panic", "reading panic"]).await;
    assert!(until_done(&scene, Deadline::Usual).await.is_empty());
    only_poison_is_apart(&scene, &host, delivered, "reading it failed").await;
    let (host, scene, delivered) = with(&["deciding panic"]).await;
    assert!(until_done(&scene, Deadline::Usual).await.is_empty());
    only_poison_is_apart(&scene, &host, delivered, "deciding on it failed 3 times").await;
}

#[tokio::test]
async fn a_reading_that_hangs_is_left_behind_and_the_process_is_renewed_before_many_are() {
    let (host, scene, delivered) = with(&["reading hang", "reading hang"]).await;
    let bad = until_done(&scene, Deadline::Short).await;
    // Three attempts each, the first of them together: five readings hang, and four of them are too much for a process.
    assert_eq!(bad.len(), 1, "{:?}", bad.iter().map(|ended| &ended.log).collect::<Vec<_>>());
    for ended in bad {
        assert_eq!(ended.status.code(), Some(75), "{}", ended.log);
        assert!(ended.log.contains("reading or deciding hangs") && ended.log.contains("hint:"), "{}", ended.log);
    }
    only_poison_is_apart(&scene, &host, delivered, "was tried 3 times and never ended").await;
}

#[tokio::test]
async fn a_decision_that_hangs_ends_the_process_and_is_set_apart_by_a_later_one() {
    let (host, scene, delivered) = with(&["deciding hang"]).await;
    let bad = until_done(&scene, Deadline::Short).await;
    assert_eq!(bad.len(), 3, "{:?}", bad.iter().map(|ended| &ended.log).collect::<Vec<_>>());
    assert!(bad.iter().all(|ended| ended.status.code() == Some(75)));
    only_poison_is_apart(&scene, &host, delivered, "was tried 3 times and never ended").await;
}

#[tokio::test]
async fn a_daemon_with_a_hanging_mail_goes_on_with_the_others_and_stops_when_asked() {
    let (host, scene, delivered) = with(&["reading hang"]).await;
    let log = scene.dir.path().join("daemon.log");
    let mut command = scene.command(&["run"]);
    command.env("KLACHTPOST_CRASH_DEADLINE", DEADLINE).stdout(Stdio::null());
    let mut daemon = command.stderr(std::fs::File::create(&log).unwrap()).spawn().unwrap();
    until("the innocent ones", || (scene.smtp.letters().len() >= 4).then_some(())).await;
    let asked = Instant::now();
    terminate(daemon.id().unwrap());
    let ended = tokio::time::timeout(Duration::from_secs(30), daemon.wait()).await;
    ended
        .unwrap_or_else(|_| panic!("a thread that hangs keeps it: {}", std::fs::read_to_string(log).unwrap()))
        .unwrap();
    assert!(asked.elapsed() < Duration::from_secs(20), "{:?}", asked.elapsed());
    until_done(&scene, Deadline::Short).await;
    only_poison_is_apart(&scene, &host, delivered, "was tried 3 times and never ended").await;
}
