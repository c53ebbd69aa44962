//! A full disk: the mail stays in the mailbox, the operator reads what is wrong and what to do, and once there is room
//! all goes on. By a limit on file sizes in every run, and on a real small disk, of the file or of the PostgreSQL server, in the
//! long one.

use crate::balance::{every_letter_is_accepted, every_mail_is_one_row};
use crate::instances::{UNDONE, at_last, number};
use crate::letter::{Letter, Written};
use crate::scene::{CONNECTIONS, Scene, end_of, mail_host};
use crate::support::dovecot::Dovecot;
use crate::support::engines;
use crate::support::postgres::{Postgres, folder_for_disk, given_to_servers};
use crate::support::signals::send;
use crate::world::until;
use rustix::process::Signal;
use sqlx::{AnyConnection, Connection};
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Bytes of an attachment that no small disk holds.
const LARGE: usize = 3_000_000;
/// Blocks of 512 bytes: above an empty register, below one with the large mail.
const FILE_BLOCKS_MAX: usize = 1_000;

fn large_complaint() -> Vec<u8> {
    let attached = Some(("film.mp4".to_owned(), vec![3; LARGE]));
    Written { attached, ..Written::new("jan@klant.example", "Schade", "Er zit een deuk in de bumper.") }.bytes()
}

fn small_complaint(number: usize) -> Vec<u8> {
    Written::new(&format!("klant{number}@klant.example"), "Schade", "Er zit een deuk in de bumper.").bytes()
}

/// Everything delivered is on file, and answered.
async fn all_is_well(scene: &Scene, host: &Dovecot, delivered: usize) {
    every_mail_is_one_row(scene, host, delivered).await;
    assert_eq!(every_letter_is_accepted(scene, &BTreeSet::new(), &scene.smtp.letters()).await, 0);
    scene.said(&["verify"]).await;
}

#[tokio::test]
async fn a_register_that_may_not_grow_loses_nothing_and_says_so() {
    if engines::is_about_the_other("a_register_that_may_not_grow_loses_nothing_and_says_so") {
        return;
    }
    let host = mail_host(1);
    let scene = Scene::new(&host, 0).await;
    host.deliver(&scene.user, &small_complaint(0));
    assert_eq!(scene.work(&[]).await, 0);
    host.deliver(&scene.user, &large_complaint());
    host.deliver(&scene.user, &small_complaint(1));
    for _ in 0..2 {
        let plain = scene.command(&["run", "--once"]);
        let mut limited = scene.command_of(Path::new("/bin/sh"), &[]);
        let script = format!("trap '' XFSZ; ulimit -f {FILE_BLOCKS_MAX}; exec \"$0\" run --once");
        limited.args(["-c", &script]).arg(plain.as_std().get_program());
        let ended = end_of(limited).await;
        assert_eq!(ended.status.code(), Some(75), "{}", ended.log);
        assert!(ended.log.contains("failed to use the register") && ended.log.contains("hint:"), "{}", ended.log);
        assert_eq!(host.mails(&scene.user, "").len(), 2, "what is not on file stays in the inbox");
    }
    assert_eq!(scene.work(&[]).await, 0);
    all_is_well(&scene, &host, 3).await;
}

/// A disk of a few pages over a desk's folder; taken away when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn over(folder: &Path, size: &str) -> Self {
        let user = std::fs::metadata("/proc/self").unwrap().uid();
        assert_eq!(user, 0, "a small disk is mounted here: that needs root; next: run the tests as root");
        let disk = Self(folder.to_owned());
        disk.mount(&["-t", "tmpfs", "-o", &format!("size={size}"), "klachtpost-test"]);
        disk
    }

    fn grow(&self) {
        self.mount(&["-o", "remount,size=64m"]);
    }

    fn mount(&self, arguments: &[&str]) {
        let mounted = Command::new("mount").args(arguments).arg(&self.0).status().unwrap();
        assert!(mounted.success(), "mount {arguments:?} {}", self.0.display());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// Only where a disk may be mounted, which most containers forbid: so in the long run; the limit above is in every run.
#[tokio::test]
#[ignore = "mounts a small disk: needs root outside a container; tests/run --long takes it"]
async fn on_a_full_disk_the_daemon_waits_and_goes_on_by_itself_when_there_is_room() {
    if engines::is_about_the_other("on_a_full_disk_the_daemon_waits_and_goes_on_by_itself_when_there_is_room") {
        return;
    }
    let host = mail_host(1);
    let mut scene = Scene::new(&host, 0).await;
    let disk = SmallDisk::over(scene.dir.path(), "1500k");
    scene.sends_to(scene.smtp.port(), &host);
    host.deliver(&scene.user, &small_complaint(0));
    assert_eq!(scene.work(&[]).await, 0);
    host.deliver(&scene.user, &large_complaint());
    host.deliver(&scene.user, &small_complaint(1));
    let ended = scene.once(&[]).await;
    assert_eq!(ended.status.code(), Some(75), "{}", ended.log);
    assert!(ended.log.contains("the disk is full") && ended.log.contains("make room"), "{}", ended.log);

    let elsewhere = tempfile::NamedTempFile::new().unwrap();
    let log = || std::fs::read_to_string(elsewhere.path()).unwrap();
    let mut command = scene.command(&["run"]);
    let daemon = command.stdout(Stdio::null()).stderr(elsewhere.reopen().unwrap()).spawn().unwrap();
    until("the daemon's word", || log().contains("the disk is full").then_some(())).await;
    assert_eq!(host.mails(&scene.user, "").len(), 2, "what is not on file stays in the inbox");
    disk.grow();
    until("the rest", || (scene.smtp.letters().len() >= 6 && host.mails(&scene.user, "").is_empty()).then_some(()))
        .await;
    assert_eq!(log().matches("the disk is full").count(), 1, "once, not at each attempt:\n{}", log());
    drop(daemon);
    scene.work(&[]).await;
    every_mail_is_one_row(&scene, &host, 3).await;
    scene.said(&["verify"]).await;
}

pub const OPERATOR: &str = "beheer@lease.example";
/// The least that may be set, and how long it is to the daemon's clock until then.
pub const ALARM_AFTER: i64 = 5;

/// Somebody is told when all goes wrong for as long.
pub fn with_operator(scene: &Scene) {
    let settings = scene.dir.path().join("klachtpost.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    let operator = format!("{text}\n[operator]\naddress = \"{OPERATOR}\"\nalarm_after_minutes = {ALARM_AFTER}\n");
    std::fs::write(&settings, operator).unwrap();
}

/// Files of the server's log of changes that were used are kept for use again: so it is a table that cannot grow.
fn with_room_in_its_log(server: &Postgres) {
    let switch = "SELECT pg_logical_emit_message(false, '', repeat('x', 9999)); SELECT pg_switch_wal()";
    (0..4).for_each(|_| drop(server.sql("klachten", switch)));
    server.sql("klachten", "CHECKPOINT");
}

/// Takes all the room that there is left.
fn fill(disk: &Path) -> PathBuf {
    let path = disk.join("ballast");
    let mut file = File::create(&path).unwrap();
    for size in [1 << 16, 1 << 12] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
    path
}

/// Only where a disk may be mounted, as above. The daemon's clock is put on by hand, so that nobody waits for the alarm.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "mounts a small disk: needs root outside a container; tests/run --long takes it"]
async fn a_server_whose_disk_is_full_loses_nothing_and_all_goes_on_when_there_is_room() {
    if engines::is_about_the_other("a_server_whose_disk_is_full_loses_nothing_and_all_goes_on_when_there_is_room") {
        return;
    }
    let (dir, data) = folder_for_disk();
    let disk = SmallDisk::over(&data, "300m");
    given_to_servers(&data);
    let server = Postgres::start_in(dir.clone(), "", None);
    server.sql("postgres", "CREATE DATABASE klachten");
    let host = mail_host(1);
    let scene = Scene::new(&host, 0).await.at(server.url("klachten"));
    let clock = scene.dir.path().join("clock");
    with_operator(&scene);
    std::fs::write(&clock, "0").unwrap();
    let said = tempfile::NamedTempFile::new().unwrap();
    let log = || std::fs::read_to_string(said.path()).unwrap();
    let mut command = scene.command(&["run", "--trust-clock"]);
    command.env("KLACHTPOST_CRASH_CLOCK", &clock);
    let mut daemon = command.stdout(Stdio::null()).stderr(said.reopen().unwrap()).spawn().unwrap();
    host.deliver(&scene.user, &small_complaint(0));
    until("the first letters", || (scene.smtp.letters().len() >= 2).then_some(())).await;
    with_room_in_its_log(&server);

    let ballast = fill(&data);
    host.deliver(&scene.user, &large_complaint());
    (1..6).for_each(|n| host.deliver(&scene.user, &small_complaint(n)));
    until("the daemon's word", || log().contains("failed to use the register").then_some(())).await;
    assert!(log().contains("hint: ") && !host.mails(&scene.user, "").is_empty(), "{}", log());
    std::fs::write(&clock, ((ALARM_AFTER + 1) * 60).to_string()).unwrap();
    let told = || scene.smtp.letters().into_iter().filter(|letter| letter.to == OPERATOR);
    until_much_later("the operator is told", || told().count() == 1).await;
    let letter = Letter::of(told().next().unwrap().bytes).text;
    println!("full disk: the operator reads:\n{letter}");
    assert!(letter.contains("the disk is full"), "{letter}\n{}", log());

    std::fs::remove_file(ballast).unwrap();
    at_last("the rest", &[], async || {
        host.mails(&scene.user, "").is_empty() && number(&scene.url(), UNDONE).await == 0
    })
    .await;
    until_much_later("that it is over", || told().count() == 2).await;
    send(daemon.id().unwrap(), Signal::TERM);
    assert!(daemon.wait().await.unwrap().success(), "{}", log());
    every_mail_is_one_row(&scene, &host, 7).await;
    let others: Vec<_> = scene.smtp.letters().into_iter().filter(|letter| letter.to != OPERATOR).collect();
    assert_eq!(every_letter_is_accepted(&scene, &BTreeSet::new(), &others).await, 0);
    scene.said(&["verify"]).await;
    drop((server, disk));
    let _ = std::fs::remove_dir_all(&dir);
}

/// Writes to the server's log of changes until it ends for want of room.
async fn exhaust_log(url: &str) {
    sqlx::any::install_default_drivers();
    let write = "SELECT pg_logical_emit_message(true, '', repeat('x', 1000000)); SELECT pg_switch_wal()";
    while let Ok(mut connection) = AnyConnection::connect(url).await {
        while sqlx::raw_sql(write).execute(&mut connection).await.is_ok() {}
    }
}

/// Only where a disk may be mounted, as above. The server itself is somebody else's to start again.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "mounts a small disk: needs root outside a container; tests/run --long takes it"]
async fn a_server_without_room_for_its_log_ends_and_all_goes_on_when_it_is_started() {
    if engines::is_about_the_other("a_server_without_room_for_its_log_ends_and_all_goes_on_when_it_is_started") {
        return;
    }
    let (dir, data) = folder_for_disk();
    let disk = SmallDisk::over(&data, "200m");
    given_to_servers(&data);
    let server = Postgres::start_in(dir.clone(), "", None);
    server.sql("postgres", "CREATE DATABASE klachten");
    let host = mail_host(1);
    let scene = Scene::new(&host, 0).await.at(server.url("klachten"));
    let said = tempfile::NamedTempFile::new().unwrap();
    let log = || std::fs::read_to_string(said.path()).unwrap();
    let mut command = scene.command(&["run"]);
    let mut daemon = command.stdout(Stdio::null()).stderr(said.reopen().unwrap()).spawn().unwrap();
    host.deliver(&scene.user, &small_complaint(0));
    until("the first letters", || (scene.smtp.letters().len() >= 2).then_some(())).await;

    let ballast = fill(&data);
    exhaust_log(&scene.url()).await;
    (1..6).for_each(|n| host.deliver(&scene.user, &small_complaint(n)));
    until("the daemon's word", || log().contains("failed to use the register").then_some(())).await;
    assert!(log().contains("hint: ") && !host.mails(&scene.user, "").is_empty(), "{}", log());
    std::fs::remove_file(ballast).unwrap();
    let server = server.start_again();
    at_last("the rest", &[], async || {
        host.mails(&scene.user, "").is_empty() && number(&scene.url(), UNDONE).await == 0
    })
    .await;
    send(daemon.id().unwrap(), Signal::TERM);
    assert!(daemon.wait().await.unwrap().success(), "{}", log());
    every_mail_is_one_row(&scene, &host, 6).await;
    let again = every_letter_is_accepted(&scene, &BTreeSet::new(), &scene.smtp.letters()).await;
    assert!(again <= CONNECTIONS, "{again} letters repeated");
    scene.said(&["verify"]).await;
    drop((server, disk));
    let _ = std::fs::remove_dir_all(&dir);
}

/// As [`until`], for what comes by the minute.
pub async fn until_much_later(what: &str, mut look: impl FnMut() -> bool) {
    for _ in 0..2_000 {
        if look() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("in vain waited for: {what}");
}
