//! A register that cannot be used: read-only, locked by another program, written by a newer version, left behind by a
//! killed process. Each says what was tried, expected and found and what to do; nothing is lost; and once it is mended
//! all goes on.

use crate::balance::{every_letter_is_accepted, every_mail_is_one_row};
use crate::letter::Written;
use crate::scene::{CONNECTIONS, Ended, Scene, end_of, mail_host};
use crate::support::dovecot::Dovecot;
use crate::support::engines;
use crate::support::postgres::{self, Postgres};
use crate::world::until;
use sqlx::Connection;
use std::collections::BTreeSet;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// An account without rights: root is not kept from anything by a file's mode.
const NOBODY: u32 = 65_534;
/// Longer than the program waits for another one's lock (10 s).
const LOCKED: Duration = Duration::from_secs(13);
/// How often a server is killed while mails arrive, and how many each time.
const SERVER_KILLS: usize = 4;
const MAILS_A_KILL: usize = 5;

/// A desk that was opened once, with a mail that waits.
async fn with_mail() -> (Dovecot, Scene) {
    let host = mail_host(1);
    let scene = Scene::new(&host, 0).await;
    assert_eq!(scene.work(&[]).await, 0);
    deliver(&host, &scene);
    (host, scene)
}

fn deliver(host: &Dovecot, scene: &Scene) {
    deliver_words(host, scene, "Er zit een deuk in de bumper.");
}

fn deliver_words(host: &Dovecot, scene: &Scene, text: &str) {
    host.deliver(&scene.user, &Written::new("jan@klant.example", "Schade", text).bytes());
}

async fn mended(scene: &Scene, host: &Dovecot, delivered: usize) {
    assert_eq!(scene.work(&[]).await, 0);
    every_mail_is_one_row(scene, host, delivered).await;
    assert_eq!(every_letter_is_accepted(scene, &BTreeSet::new(), &scene.smtp.letters()).await, 0);
    scene.said(&["verify"]).await;
}

/// It ended for now, with these words and a next step, and the mail is where it was.
fn told(ended: &Ended, host: &Dovecot, scene: &Scene, code: i32, words: &str) {
    assert_eq!(ended.status.code(), Some(code), "{}", ended.log);
    assert!(ended.log.contains(words) && ended.log.contains("hint:"), "{words} in {}", ended.log);
    assert_eq!((host.mails(&scene.user, "").len(), scene.smtp.letters().len()), (1, 0));
}

/// One round of work by a user whom a file's mode keeps out.
async fn once_without_rights(scene: &Scene) -> Ended {
    if std::fs::metadata("/proc/self").unwrap().uid() != 0 {
        return scene.once(&[]).await;
    }
    // Where that user can get at it, wherever it was built.
    let program = PathBuf::from(format!("{}.program", scene.dir.path().display()));
    std::fs::copy(env!("CARGO_BIN_EXE_klachtpost"), &program).unwrap();
    let mut command = scene.command_of(&program, &["run", "--once"]);
    command.uid(NOBODY).gid(NOBODY);
    let ended = end_of(command).await;
    std::fs::remove_file(program).unwrap();
    ended
}

fn give_to(owner: u32, folder: &Path) {
    if std::fs::metadata("/proc/self").unwrap().uid() == 0 {
        let owner = format!("{owner}:{owner}");
        assert!(Command::new("chown").args(["-R", &owner]).arg(folder).status().unwrap().success());
    }
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn a_register_that_can_only_be_read_is_told_and_goes_on_once_it_can_be_written() {
    if engines::is_about_the_other("a_register_that_can_only_be_read_is_told_and_goes_on_once_it_can_be_written") {
        return;
    }
    let (host, scene) = with_mail().await;
    let (file, folder) = (scene.register(), scene.dir.path().to_owned());
    give_to(NOBODY, &folder);
    set_mode(&file, 0o400);
    told(&once_without_rights(&scene).await, &host, &scene, 75, "it can only be read");
    set_mode(&file, 0o600);
    assert_eq!(once_without_rights(&scene).await.status.code(), Some(0), "the same user, who writes it again");
    give_to(std::fs::metadata("/proc/self").unwrap().uid(), &folder);
    mended(&scene, &host, 1).await;
}

#[tokio::test]
async fn a_register_in_a_read_only_folder_is_told_and_goes_on_once_it_can_be_written() {
    if engines::is_about_the_other("a_register_in_a_read_only_folder_is_told_and_goes_on_once_it_can_be_written") {
        return;
    }
    let (host, scene) = with_mail().await;
    let beside = ["-wal", "-shm"].map(|end| format!("{}{end}", scene.register().display()));
    assert!(!beside.iter().any(|file| std::fs::exists(file).unwrap()), "a round of work leaves one file, all of it");
    let folder = scene.dir.path().to_owned();
    give_to(NOBODY, &folder);
    set_mode(&folder, 0o500);
    told(&once_without_rights(&scene).await, &host, &scene, 75, "it can only be read");
    set_mode(&folder, 0o700);
    assert_eq!(once_without_rights(&scene).await.status.code(), Some(0), "the same user, who writes there again");
    give_to(std::fs::metadata("/proc/self").unwrap().uid(), &folder);
    mended(&scene, &host, 1).await;
}

#[tokio::test]
async fn a_database_that_can_only_be_read_is_told_and_goes_on_once_it_can_be_written() {
    if engines::is_about_the_other("a_database_that_can_only_be_read_is_told_and_goes_on_once_it_can_be_written") {
        return;
    }
    let (host, scene) = with_mail().await;
    let alter = format!("ALTER DATABASE {}", postgres::name_of(&scene.register()));
    postgres::instance().sql("postgres", &format!("{alter} SET default_transaction_read_only = on"));
    told(&scene.once(&[]).await, &host, &scene, 75, "it can only be read");
    postgres::instance().sql("postgres", &format!("{alter} RESET default_transaction_read_only"));
    mended(&scene, &host, 1).await;
}

#[tokio::test]
async fn a_register_that_another_program_locks_is_told_and_waits_for_the_next_run() {
    let (host, scene) = with_mail().await;
    let mut other = scene.open().await;
    let lock = other.begin_with(postgres::begin_alone()).await.unwrap();
    let began = Instant::now();
    let ended = scene.once(&[]).await;
    told(&ended, &host, &scene, 75, "another program keeps it locked");
    assert!(began.elapsed() > Duration::from_secs(9), "it waits a while first: {:?}", began.elapsed());
    lock.rollback().await.unwrap();
    mended(&scene, &host, 1).await;
}

#[tokio::test]
async fn a_daemon_whose_register_is_locked_goes_on_by_itself() {
    let (host, scene) = with_mail().await;
    let log = scene.dir.path().join("daemon.log");
    let said = || std::fs::read_to_string(&log).unwrap_or_default();
    let mut command = scene.command(&["run"]);
    let file = std::fs::File::create(&log).unwrap();
    let daemon = command.stdout(Stdio::null()).stderr(file).spawn().unwrap();
    until("the first letters", || (scene.smtp.letters().len() == 2).then_some(())).await;
    until("rest", || host.mails(&scene.user, "").is_empty().then_some(())).await;
    let mut other = scene.open().await;
    let lock = other.begin_with(postgres::begin_alone()).await.unwrap();
    deliver_words(&host, &scene, "Er zit ook een kras op de deur.");
    tokio::time::sleep(LOCKED).await;
    assert!(said().contains("another program keeps it locked"), "{}", said());
    assert_eq!(host.mails(&scene.user, "").len(), 1, "what is not on file stays in the inbox");
    lock.rollback().await.unwrap();
    until("the rest", || (scene.smtp.letters().len() >= 3 && host.mails(&scene.user, "").is_empty()).then_some(()))
        .await;
    drop(daemon);
    scene.work(&[]).await;
    every_mail_is_one_row(&scene, &host, 2).await;
    scene.said(&["verify"]).await;
}

#[tokio::test]
async fn a_register_of_a_newer_version_is_left_alone() {
    let (host, scene) = with_mail().await;
    let mut other = scene.open().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
                 VALUES (9999, 'later', TRUE, BYTES, 0)";
    let newer = newer.replace("BYTES", if postgres::is_on() { "'\\x00'" } else { "x'00'" });
    sqlx::query(sqlx::AssertSqlSafe(newer)).execute(&mut other).await.unwrap();
    let ended = scene.once(&[]).await;
    told(&ended, &host, &scene, 1, "written by a newer klachtpost");
    sqlx::query("DELETE FROM _sqlx_migrations WHERE version = 9999").execute(&mut other).await.unwrap();
    other.close().await.unwrap();
    mended(&scene, &host, 1).await;
}

#[tokio::test]
async fn the_log_that_a_killed_process_left_is_taken_up_whole_or_with_a_torn_end() {
    if engines::is_about_the_other("the_log_that_a_killed_process_left_is_taken_up_whole_or_with_a_torn_end") {
        return;
    }
    let (host, scene) = with_mail().await;
    let before = scene.passages().len();
    let log = PathBuf::from(format!("{}-wal", scene.register().display()));
    for kill_at in [before + 12, before + 20] {
        let ended = scene.once(&[kill_at]).await;
        assert!(ended.is_killed(), "{}", ended.log);
        let bytes = std::fs::read(&log).unwrap();
        assert!(!bytes.is_empty(), "there is a log left behind");
        // A page that a power cut left half written: not part of any transaction.
        std::fs::write(&log, [&bytes[..], &[0x5a; 1_000]].concat()).unwrap();
    }
    mended(&scene, &host, 1).await;
}

/// As when its machine lost power, but for what only a disk can lose. The daemon runs on meanwhile.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_was_killed_in_the_middle_comes_back_with_all_that_was_on_file() {
    if engines::is_about_the_other("a_server_that_was_killed_in_the_middle_comes_back_with_all_that_was_on_file") {
        return;
    }
    let (mut server, host) = (Postgres::start("-c fsync=on", None), mail_host(1));
    server.sql("postgres", "CREATE DATABASE klachten");
    let scene = Scene::new(&host, 0).await.at(server.url("klachten"));
    assert_eq!(scene.work(&[]).await, 0);
    let mut command = scene.command(&["run"]);
    let log = std::fs::File::create(scene.dir.path().join("daemon.log")).unwrap();
    let daemon = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
    for kill in 0..SERVER_KILLS {
        for mail in 0..MAILS_A_KILL {
            let from = format!("klant{kill}.{mail}@klant.example");
            host.deliver(&scene.user, &Written::new(&from, "Schade", "Er zit een deuk in de bumper.").bytes());
        }
        let known = scene.smtp.letters().len();
        until("a letter", || (scene.smtp.letters().len() > known).then_some(())).await;
        server.kill();
        server = server.start_again();
    }
    let mails = SERVER_KILLS * MAILS_A_KILL;
    until("the rest", || host.mails(&scene.user, "").is_empty().then_some(())).await;
    until("all letters", || (scene.smtp.letters().len() >= 2 * mails).then_some(())).await;
    drop(daemon);
    assert_eq!(scene.work(&[]).await, 0);
    every_mail_is_one_row(&scene, &host, mails).await;
    let again = every_letter_is_accepted(&scene, &BTreeSet::new(), &scene.smtp.letters()).await;
    assert!(again <= (SERVER_KILLS + 1) * CONNECTIONS, "{again} letters repeated");
    scene.said(&["verify"]).await;
}
