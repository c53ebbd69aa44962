//! Poison mail: what ends or stalls the process is tried alone in a process of its own, and what does the same to two of
//! those is set apart with its bytes and the reason, and a person hears of it; the mails around it go on, and nothing that
//! hangs piles up (invariants 1 and 10). What was in hand when somebody else ended the process is no poison.

use crate::balance::every_mail_is_one_row;
use crate::letter::Written;
use crate::scene::{Ended, Scene, end_of, mail_host};
use crate::support::chance::is_long;
use crate::support::dovecot::Dovecot;
use crate::support::signals::terminate;
use crate::world::until;
use sqlx::Row;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use tokio::process::Command;

/// In place of the usual deadlines, in milliseconds: long enough for an honest batch on a busy machine.
const DEADLINE: &str = "1500";
/// Starts until the last poisonous mail is set apart.
const STARTS_MAX: usize = 30;
/// What a process may map, in KiB, where a mail eats memory: enough for an honest daemon, little for the host.
const MAPPED_MAX: &str = "4000000";
/// Kills that one innocent mail is in hand at; in the long run, and else.
const KILLS: [usize; 2] = [100, 12];

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

/// Why a mail is apart that ended this step of its trials so.
fn alone(step: &str, how: &str) -> String {
    let what = if step == "reading" { "reading it" } else { "deciding on it" };
    format!("{what} alone in a process of its own ended by {how}")
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
async fn what_aborts_the_process_does_so_once_and_the_others_go_on() {
    for step in ["reading", "deciding"] {
        let (host, scene, delivered) = with(&[&format!("{step} abort")]).await;
        let bad = until_done(&scene, Deadline::Usual).await;
        assert_eq!(
            bad.len(),
            1,
            "{step}: {:?}",
            bad.iter().map(|ended| (ended.status, &ended.log)).collect::<Vec<_>>()
        );
        assert!(bad.iter().all(Ended::is_aborted), "{step}");
        only_poison_is_apart(&scene, &host, delivered, &alone(step, "SIGABRT, twice")).await;
    }
}

#[tokio::test]
async fn what_eats_memory_ends_the_process_once_and_meets_its_own_limit_then() {
    for step in ["reading", "deciding"] {
        let (host, scene, delivered) = with(&[&format!("{step} eat")]).await;
        let bounded =
            ["-c", "ulimit -v $0 && exec \"$@\"", MAPPED_MAX, env!("CARGO_BIN_EXE_klachtpost"), "run", "--once"];
        let ended = end_of(scene.command_of(Path::new("sh"), &bounded)).await;
        assert!(ended.is_aborted(), "{step}: {} {}", ended.status, ended.log);
        assert!(until_done(&scene, Deadline::Usual).await.is_empty(), "{step}");
        only_poison_is_apart(&scene, &host, delivered, &alone(step, "SIGABRT, twice")).await;
    }
}

#[tokio::test]
async fn what_loops_is_ended_by_its_limit_of_time() {
    // Reading is left behind, and the process goes on; deciding has the register in its hands.
    for (step, deaths) in [("reading", 0), ("deciding", 1)] {
        let (host, scene, delivered) = with(&[&format!("{step} loop")]).await;
        let bad = until_done(&scene, Deadline::Short).await;
        assert_eq!(bad.len(), deaths, "{step}: {:?}", bad.iter().map(|ended| &ended.log).collect::<Vec<_>>());
        only_poison_is_apart(&scene, &host, delivered, &alone(step, "")).await;
    }
}

#[tokio::test]
async fn a_letter_of_the_companys_own_that_does_not_end_does_not_end_in_the_trial_either() {
    let (host, scene, delivered) = with(&[]).await;
    let name = "acknowledgement/nl.j2";
    let file = scene.dir.path().join("letters").join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    let each = "{% for each in range(90000) %}".repeat(4) + &"{% endfor %}".repeat(4);
    let text = klachtpost::letters::ours(name).unwrap();
    let text = format!("{{% if customer_name == \"Mallory\" %}}{each}{{% endif %}}{text}");
    std::fs::write(&file, text).unwrap();
    let settings = scene.dir.path().join("klachtpost.toml");
    let folder = scene.dir.path().join("letters");
    let with_own =
        format!("[templates]\nfolder = \"{}\"\n{}", folder.display(), std::fs::read_to_string(&settings).unwrap());
    std::fs::write(&settings, with_own).unwrap();
    host.deliver(&scene.user, &Written::new("Mallory <mallory@klant.example>", "Klacht", "Klacht.").bytes());
    host.deliver(&scene.user, &Written::new("klant9@klant.example", "Schade", "Deuk.").bytes());
    let bad = until_done(&scene, Deadline::Short).await;
    assert_eq!(bad.len(), 1, "{:?}", bad.iter().map(|ended| &ended.log).collect::<Vec<_>>());
    only_poison_is_apart(&scene, &host, delivered + 2, &alone("deciding", "")).await;
}

#[tokio::test]
async fn what_something_else_kills_proves_nothing_and_waits_while_the_others_go_on() {
    for step in ["reading", "deciding"] {
        let (_host, scene, delivered) = with(&[&format!("{step} killed")]).await;
        let bad = until_done(&scene, Deadline::Usual).await;
        assert!(
            bad.len() == 1 && bad[0].is_killed(),
            "{step}: {:?}",
            bad.iter().map(|ended| &ended.log).collect::<Vec<_>>()
        );
        let mut connection = scene.open().await;
        let query = "SELECT disposition FROM mail ORDER BY disposition NULLS LAST";
        let found = sqlx::query(query).fetch_all(&mut connection).await.unwrap();
        let found: Vec<Option<String>> = found.iter().map(|row| row.get(0)).collect();
        let mut expected = vec![Some("complaint".to_owned()); delivered - 1];
        expected.push(None);
        assert_eq!(found, expected, "{step}");
    }
}

/// A round of work that ends at this point, where a mail that was often in hand is tried again at once.
fn impatient(scene: &Scene, point: &str) -> Command {
    let mut command = scene.command(&["run", "--once"]);
    command.env("KLACHTPOST_CRASH_LEDGER", scene.ledger()).env("KLACHTPOST_CRASH_AT", point);
    command.env("KLACHTPOST_CRASH_PAUSE", "1");
    command
}

#[tokio::test]
async fn a_hundred_kills_on_one_mail_end_with_its_case_and_its_acknowledgement() {
    let host = mail_host(1);
    let scene = Scene::new(&host, 0).await;
    host.deliver(&scene.user, &Written::new("klant@klant.example", "Schade", "Een deuk.").bytes());
    let kills = if is_long() { KILLS[0] } else { KILLS[1] };
    for kill in 0..kills {
        // In hand, in its trials, decided on and not recorded.
        let point = ["after counting an attempt", "after starting a trial", "before recording decisions"][kill % 3];
        let ended = end_of(impatient(&scene, point)).await;
        assert!(ended.is_killed(), "kill {kill} at {point}: {} {}", ended.status, ended.log);
    }
    let ended = end_of(impatient(&scene, "")).await;
    assert!(ended.status.success(), "{}", ended.log);
    every_mail_is_one_row(&scene, &host, 1).await;
    let mut connection = scene.open().await;
    let query = "SELECT attempts, disposition, (SELECT count(*) FROM outbox WHERE kind = 'acknowledgement' \
                 AND case_number = mail.case_number AND state = 'accepted') FROM mail";
    let mail = sqlx::query(query).fetch_one(&mut connection).await.unwrap();
    let found: (i64, String, i64) = (mail.get(0), mail.get(1), mail.get(2));
    assert_eq!(found, (kills as i64 + 1, "complaint".to_owned(), 1));
    scene.said(&["verify"]).await;
    println!("killed with one mail in hand: {kills} kills");
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
async fn a_reading_that_hangs_is_left_behind_and_tried_alone_while_the_process_goes_on() {
    let (host, scene, delivered) = with(&["reading hang", "reading hang"]).await;
    let bad = until_done(&scene, Deadline::Short).await;
    // The first of them hangs once with its batch; both are found out alone.
    assert_eq!(bad.len(), 0, "{:?}", bad.iter().map(|ended| &ended.log).collect::<Vec<_>>());
    only_poison_is_apart(&scene, &host, delivered, &alone("reading", "its deadline of 7.5 seconds, twice")).await;
}

#[tokio::test]
async fn a_decision_that_hangs_ends_the_process_once_and_is_set_apart_by_the_next_one() {
    let (host, scene, delivered) = with(&["deciding hang"]).await;
    let bad = until_done(&scene, Deadline::Short).await;
    assert_eq!(bad.len(), 1, "{:?}", bad.iter().map(|ended| &ended.log).collect::<Vec<_>>());
    for ended in bad {
        assert_eq!(ended.status.code(), Some(75), "{}", ended.log);
        assert!(ended.log.contains("reading or deciding hangs") && ended.log.contains("hint:"), "{}", ended.log);
    }
    only_poison_is_apart(&scene, &host, delivered, &alone("deciding", "its deadline of 7.5 seconds, twice")).await;
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
    only_poison_is_apart(&scene, &host, delivered, &alone("reading", "its deadline of 7.5 seconds, twice")).await;
}
