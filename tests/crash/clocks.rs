//! Instances whose clocks differ from the database's: who is too far off does nothing that only one instance does, and says so;
//! another goes on; and it is not given back and taken again in turns. Run on PostgreSQL alone: with a file there is one clock.

use crate::balance::{every_letter_is_accepted, every_mail_is_one_row};
use crate::disk::{ALARM_AFTER, OPERATOR, until_much_later, with_operator};
use crate::instances::{Instance, LEASE, at_last, complaint, number, settled};
use crate::letter::Letter;
use crate::scene::{Scene, mail_host};
use crate::support::engines;
use sqlx::{AnyConnection, Connection};
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

/// Names the file that says by how many seconds an instance's clock is wrong.
const CLOCK: &str = "KLACHTPOST_CRASH_CLOCK";
const HOUR: i64 = 3_600;

fn clock_of(instance: &Instance) -> PathBuf {
    instance.dir.path().join("clock")
}

fn shows(instance: &Instance, seconds: i64) {
    std::fs::write(clock_of(instance), seconds.to_string()).unwrap();
}

/// What an instance says of a clock that is not its own machine's.
async fn said(instance: &Instance, scene: &Scene, arguments: &[&str]) -> String {
    let mut command = instance.command(scene, arguments);
    let output = command.env(CLOCK, clock_of(instance)).output().await.unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// How often its clock was doubted, and believed again.
fn times_said(instance: &Instance) -> (usize, usize) {
    let log = instance.said();
    (log.matches("found this one").count(), log.matches("agrees with the database's again").count())
}

async fn by_hand(scene: &Scene, sql: &'static str) {
    let mut connection = AnyConnection::connect(&scene.url()).await.unwrap();
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

async fn holds(scene: &Scene, instance: &Instance, name: &str) -> bool {
    let all = said(instance, scene, &["instances"]).await;
    all.lines().any(|line| line.starts_with(name) && line.contains("desk since") && line.contains("klachten since"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_clock_that_goes_wrong_gives_the_work_to_another_until_it_is_right() {
    if engines::is_about_the_other("a_clock_that_goes_wrong_gives_the_work_to_another_until_it_is_right") {
        return;
    }
    let host = mail_host(1);
    let scene = Scene::new(&host, 0).await;
    let [mut one, mut two] = [Instance::new(&scene, "een", LEASE).await, Instance::new(&scene, "twee", LEASE).await];
    shows(&one, 20);
    shows(&two, 0);
    let (of_one, of_two) = (clock_of(&one), clock_of(&two));
    one.start_with(&scene, &[(CLOCK, &of_one)]);
    host.deliver(&scene.user, &complaint(0));
    settled(&scene.url(), &scene, &host, 1, std::slice::from_ref(&one)).await;
    assert!(holds(&scene, &one, "een").await, "some seconds are nothing: {}", one.said());
    two.start_with(&scene, &[(CLOCK, &of_two)]);
    for (round, (seconds, words)) in [(HOUR, " s ahead of"), (-HOUR, " s behind")].into_iter().enumerate() {
        let mails = number(&scene.url(), "SELECT count(*) FROM mail").await;
        shows(&one, seconds);
        at_last("the other", &[], async || holds(&scene, &two, "twee").await).await;
        host.deliver(&scene.user, &complaint(usize::try_from(mails).unwrap()));
        settled(&scene.url(), &scene, &host, usize::try_from(mails).unwrap() + 1, &[]).await;
        let log = one.said();
        for said in [words, "expected them within 30 s of each other", "next: set the clock that is wrong"] {
            assert!(log.contains(said), "{said}: {log}");
        }
        let all = said(&two, &scene, &["instances"]).await;
        let line = all.lines().find(|line| line.starts_with("een")).unwrap();
        assert!(line.contains("holds nothing") && line.contains(words), "{all}");
        let checked = said(&one, &scene, &["check"]).await;
        assert!(checked.contains("PROBLEM  clock: compared") && checked.contains(words), "{checked}");
        // A lease that it was just taking as its clock went wrong does not stay with it.
        by_hand(&scene, "UPDATE lease SET holder = (SELECT id FROM instance WHERE name = 'een'), token = token + 1")
            .await;
        at_last("the other again", &[], async || holds(&scene, &two, "twee").await).await;
        // It is doubted once, and not believed in between while it comes near.
        for seconds in [seconds, seconds.signum() * 29, seconds.signum() * 31, seconds.signum() * 25] {
            shows(&one, seconds);
            tokio::time::sleep(Duration::from_secs(LEASE)).await;
        }
        assert_eq!(times_said(&one), (round + 1, round), "{}", one.said());
        // Right again, it is as good as any.
        shows(&one, 0);
        at_last("its word", &[], async || times_said(&one) == (round + 1, round + 1)).await;
        two.stop().await;
        at_last("the first", &[], async || holds(&scene, &one, "een").await).await;
        two.start_with(&scene, &[(CLOCK, &of_two)]);
    }
    one.stop().await;
    two.stop().await;
    every_mail_is_one_row(&scene, &host, 3).await;
    assert_eq!(every_letter_is_accepted(&scene, &BTreeSet::new(), &scene.smtp.letters()).await, 0);

    // All alone with a wrong clock: nothing is done, and a round from a timetable says to try again.
    shows(&one, HOUR);
    host.deliver(&scene.user, &complaint(3));
    let mut command = one.command(&scene, &["run", "--once"]);
    let ended = command.env(CLOCK, &of_one).output().await.unwrap();
    let log = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(75), "{log}");
    assert!(log.contains(" s ahead of that of the register's database"), "{log}");
    assert_eq!(host.mails(&scene.user, "").len(), 1);
    // An MTA keeps what it would give.
    let mut command = one.command(&scene, &["ingest", "-"]);
    let refused = command.env(CLOCK, &of_one).stdin(Stdio::null()).status().await.unwrap();
    assert_eq!(refused.code(), Some(75));
    let trusted = ["ingest", "--trust-clock", "-"];
    let mut command = one.command(&scene, &trusted);
    assert!(command.env(CLOCK, &of_one).stdin(Stdio::null()).status().await.unwrap().success());
    let mut command = one.command(&scene, &["run", "--once", "--trust-clock"]);
    assert!(command.env(CLOCK, &of_one).output().await.unwrap().status.success(), "an operator's word counts");
    assert!(host.mails(&scene.user, "").is_empty());
    shows(&one, 0);
    let mut command = one.command(&scene, &["ingest", "-"]);
    assert!(command.env(CLOCK, &of_one).stdin(Stdio::null()).status().await.unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_clock_that_keeps_everybody_from_working_the_operator_is_told() {
    if engines::is_about_the_other("of_a_clock_that_keeps_everybody_from_working_the_operator_is_told") {
        return;
    }
    let host = mail_host(1);
    let scene = Scene::new(&host, 0).await;
    with_operator(&scene);
    let mut one = Instance::new(&scene, "een", LEASE).await;
    shows(&one, HOUR);
    let clock = clock_of(&one);
    one.start_with(&scene, &[(CLOCK, &clock)]);
    host.deliver(&scene.user, &complaint(0));
    at_last("its word", &[], async || one.said().contains("taking in is interrupted")).await;
    shows(&one, HOUR + (ALARM_AFTER + 1) * 60);
    let told = || scene.smtp.letters().into_iter().filter(|letter| letter.to == OPERATOR);
    until_much_later("the operator is told", || told().count() >= 1).await;
    let letter = Letter::of(told().next().unwrap().bytes).text;
    assert!(letter.contains(" s ahead of that of the register's database"), "{letter}");
    assert_eq!(host.mails(&scene.user, "").len(), 1, "it takes nothing in meanwhile");
    shows(&one, 0);
    until_much_later("the complaint", || host.mails(&scene.user, "").is_empty()).await;
    one.stop().await;
}
