//! Two instances on a real PostgreSQL, of which one reads the mailbox and the other does the desk's work: of the mailbox the operator
//! is told by who reads it, once, and of what another saw before nothing is told.

use super::support::postgres::{database_of, with_secret};
use super::*;
use klachtpost::daemon::{Sender, Step, Telling};
use klachtpost::desk::outage::{Area, Trouble};
use std::path::Path;
use std::time::Duration;

/// Long enough that no lease lapses in a test.
const LEASE: u64 = 20;
/// Minutes after which the operator is told.
const ALARM_AFTER: i64 = 10;

struct Instance {
    office: Arc<Office>,
    telling: Telling,
}

impl Instance {
    async fn start(dir: &Path, name: &str) -> Self {
        let settings = with_secret(format!(
            "[desk]\nname = \"Voorbeeld Lease\"\naddress = \"klachten@lease.example\"\n\
             [mailbox]\nkind = \"maildir\"\npath = \"{dir}/in\"\naccept_unproven_staff = true\n\
             [sender]\nkind = \"maildir\"\npath = \"{dir}/out\"\n\
             [register]\nurl = \"{url}\"\nredactions = \"{dir}/redacted-{name}\"\n\
             [instance]\nname = \"{name}\"\nlease_seconds = {LEASE}\n\
             [operator]\naddress = \"beheer@lease.example\"\nalarm_after_minutes = {ALARM_AFTER}\n\
             [[department]]\nname = \"overig\"\ntitle = \"Klantenservice\"\naddress = \"overig@lease.example\"\n\
             supervisor = \"chef@lease.example\"\nstaff = [\"anna@lease.example\"]\nkeywords = [\"algemeen\"]\nfallback = true\n",
            dir = dir.display(),
            url = database_of(&dir.join("register.db")),
        ));
        let config = klachtpost::config::from_toml(&settings, "the test's settings").unwrap();
        let office = Office::open(config, Clock::at(at(0))).await.unwrap().join().await.unwrap();
        Self { office: Arc::new(office), telling: Telling::default() }
    }

    /// Takes a lease that nobody else has.
    async fn holds(&self, lease: &str) {
        assert!(self.office.register.hold(lease).await.unwrap().is_some(), "{lease}");
    }

    fn fails(&self, area: Area, minutes: i64) {
        self.office.watch.failed(area, Trouble::Away, "connection refused".into(), at(minutes));
    }

    /// What telling at that minute came to.
    async fn tells(&mut self, minutes: i64) -> Step {
        self.office.clock.set(at(minutes));
        self.telling.round(&self.office).await.unwrap()
    }
}

fn letters(dir: &Path) -> usize {
    let out = dir.join("out/beheer@lease.example/new");
    std::fs::read_dir(out).map_or(0, |all| all.count())
}

async fn two(dir: &Path) -> (Instance, Instance) {
    let (reads, desk) = (Instance::start(dir, "leest").await, Instance::start(dir, "bureau").await);
    reads.holds("mailbox klachten").await;
    desk.holds("desk").await;
    (reads, desk)
}

#[tokio::test]
async fn of_the_mailbox_the_operator_is_told_by_who_reads_it() {
    let dir = tempfile::tempdir().unwrap();
    let (mut reads, mut desk) = two(dir.path()).await;
    reads.fails(Area::Mailbox, 0);
    // It failed once at the other, before this one took over.
    desk.fails(Area::Intake, 0);
    reads.office.watch.good(Area::Intake, at(1));
    for (minutes, told) in [(5, 0), (ALARM_AFTER, 1), (ALARM_AFTER + 1, 1)] {
        desk.tells(minutes).await;
        reads.tells(minutes).await;
        assert_eq!(letters(dir.path()), told, "after {minutes} minutes");
    }
    let row = reads.office.register.outage(Area::Intake).await.unwrap();
    assert_eq!((row.failing_since, row.told), (None, None), "it is taken in");
    assert!(reads.office.register.outage(Area::Mailbox).await.unwrap().told.is_some());
    // What is no mailbox's own is the desk's.
    desk.fails(Area::Access, 0);
    reads.office.watch.good(Area::Intake, at(30));
    reads.tells(30).await;
    assert_eq!(letters(dir.path()), 1);
    desk.tells(30).await;
    assert_eq!(letters(dir.path()), 2);
}

/// Each instance has a way of its own to the sending server.
#[tokio::test]
async fn that_sending_fails_at_any_instance_is_told_once_and_its_end_once() {
    let dir = tempfile::tempdir().unwrap();
    let (mut sends, mut desk) = two(dir.path()).await;
    let mut third = Instance::start(dir.path(), "derde").await;
    desk.office.watch.good(Area::Sending, at(0));
    for instance in [&sends, &third] {
        instance.fails(Area::Sending, 0);
    }
    for (minutes, told) in [(5, 0), (ALARM_AFTER, 1), (ALARM_AFTER + 1, 1), (2 * ALARM_AFTER, 1)] {
        for instance in [&mut sends, &mut third, &mut desk] {
            instance.tells(minutes).await;
        }
        assert_eq!(letters(dir.path()), told, "after {minutes} minutes");
    }
    let said = said(dir.path());
    assert!(said.contains("at the instance derde; its log says the error"), "{said}");
    // Who does the desk's work next knows what was told.
    desk.office.register.release("desk").await.unwrap();
    third.holds("desk").await;
    third.office.watch.good(Area::Sending, at(30));
    for instance in [&mut sends, &mut third, &mut desk] {
        instance.tells(30).await;
    }
    assert_eq!(letters(dir.path()), 1, "it still fails at one of them");
    sends.office.watch.good(Area::Sending, at(31));
    let mut fourth = Instance::start(dir.path(), "vierde").await;
    for instance in [&mut sends, &mut fourth, &mut third, &mut desk] {
        instance.tells(31).await;
    }
    assert_eq!(letters(dir.path()), 1, "of one that just began nobody knows");
    fourth.office.watch.good(Area::Sending, at(32));
    for _ in 0..2 {
        for instance in [&mut sends, &mut fourth, &mut third, &mut desk] {
            instance.tells(32).await;
        }
        assert_eq!(letters(dir.path()), 2, "that it is over");
    }
    // What an instance that is gone said last is nobody's trouble.
    sends.fails(Area::Sending, 40);
    sends.tells(40).await;
    sends.office.register.leave().await.unwrap();
    third.tells(60).await;
    assert_eq!(letters(dir.path()), 2);
}

/// Who is not heard of any more, or works by a wrong clock, neither fails nor is well.
#[tokio::test]
async fn that_one_where_sending_failed_is_not_heard_of_is_not_told_as_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let (mut sends, mut desk) = two(dir.path()).await;
    desk.office.watch.good(Area::Sending, at(0));
    sends.fails(Area::Sending, 0);
    sends.tells(ALARM_AFTER).await;
    desk.tells(ALARM_AFTER).await;
    assert_eq!(letters(dir.path()), 1);
    // Its row stays as it is.
    drop(sends);
    let url = database_of(&dir.path().join("register.db"));
    let mut connection = AnyConnection::connect(&url).await.unwrap();
    let day = 24 * 60;
    for change in ["clock_off = 60000", "clock_off = 0, until = until - 120000"] {
        let text = format!("UPDATE instance SET {change} WHERE name = 'leest'");
        sqlx::query(AssertSqlSafe(text)).execute(&mut connection).await.unwrap();
        desk.tells(ALARM_AFTER + day).await;
        assert_eq!(letters(dir.path()), 1, "{change}");
    }
    let gone = "UPDATE instance SET until = until - 7200000 WHERE name = 'leest'";
    sqlx::query(gone).execute(&mut connection).await.unwrap();
    desk.tells(ALARM_AFTER + day).await;
    assert_eq!(letters(dir.path()), 2, "after an hour it is gone, and sending works");
    connection.close().await.unwrap();
}

/// Another may have sent its letters, and then no letter says that it would go here.
#[tokio::test]
async fn an_instance_where_sending_failed_tries_it_while_no_letter_waits() {
    let dir = tempfile::tempdir().unwrap();
    let (sends, _desk) = two(dir.path()).await;
    let office = &sends.office;
    let mut sender = Sender::new(office).await.unwrap();
    sends.fails(Area::Sending, 0);
    sender.try_out(office).await.unwrap();
    assert!(office.watch.is_good(Area::Sending));
    sends.fails(Area::Sending, 1);
    let mut tx = office.register.begin().await.unwrap();
    let letter = outgoing("waits", "jan@klant.example");
    tx.record(None, &decision(vec![]), &[letter], at(1), &mut salt).await.unwrap();
    tx.commit().await.unwrap();
    sender.try_out(office).await.unwrap();
    assert!(!office.watch.is_good(Area::Sending), "a letter that waits says it");
}

/// All that the operator was told.
fn said(dir: &Path) -> String {
    let all = std::fs::read_dir(dir.join("out/beheer@lease.example/new")).unwrap();
    let text = |file: std::fs::DirEntry| klachtpost::mail::read(&std::fs::read(file.path()).unwrap(), "").text;
    all.map(|file| text(file.unwrap())).collect()
}

#[tokio::test]
async fn who_takes_over_tells_nothing_twice_and_the_end_once() {
    let dir = tempfile::tempdir().unwrap();
    let (mut first, mut second) = two(dir.path()).await;
    first.fails(Area::Mailbox, 0);
    first.tells(ALARM_AFTER).await;
    assert_eq!(letters(dir.path()), 1);
    first.office.register.release("mailbox klachten").await.unwrap();
    second.holds("mailbox klachten").await;
    second.fails(Area::Mailbox, ALARM_AFTER + 1);
    second.tells(2 * ALARM_AFTER + 2).await;
    assert_eq!(letters(dir.path()), 1, "the same trouble, which was told");
    second.office.watch.good(Area::Mailbox, at(30));
    second.tells(30).await;
    assert_eq!(letters(dir.path()), 2, "that it is over");
    // Back at the first one: what it knew then is not what is on file now.
    second.office.register.release("mailbox klachten").await.unwrap();
    first.holds("mailbox klachten").await;
    first.office.watch.good(Area::Mailbox, at(31));
    first.tells(31).await;
    assert_eq!(letters(dir.path()), 2, "that was told");
}

#[tokio::test]
async fn where_nobody_can_read_the_mailbox_one_of_them_tells_and_it_stays_free() {
    let dir = tempfile::tempdir().unwrap();
    let (mut first, mut second) = two(dir.path()).await;
    first.office.register.release("mailbox klachten").await.unwrap();
    first.fails(Area::Intake, 0);
    second.fails(Area::Intake, 1);
    for minutes in [ALARM_AFTER, ALARM_AFTER + 2] {
        first.tells(minutes).await;
        second.tells(minutes).await;
        assert_eq!(letters(dir.path()), 1, "after {minutes} minutes");
    }
    second.holds("mailbox klachten").await;
    assert_eq!(first.tells(60 * 25).await, Step::Idle, "another reads it by now");
}

#[tokio::test]
async fn what_was_told_is_noted_by_who_holds_the_lease_alone() {
    let dir = tempfile::tempdir().unwrap();
    let (first, second) = two(dir.path()).await;
    let overtaken = first.office.register.hold("mailbox klachten").await.unwrap().unwrap();
    first.office.register.release("mailbox klachten").await.unwrap();
    second.holds("mailbox klachten").await;
    let error = overtaken.note_outage(Area::Mailbox, &Default::default()).await.unwrap_err();
    assert!(matches!(error, RegisterError::Lapsed { .. }), "{error}");
    // Nothing waits longer than it must.
    tokio::time::timeout(Duration::from_secs(20), first.office.register.leave()).await.unwrap().unwrap();
}
