//! Several instances with the same settings on one PostgreSQL, one mailbox and one SMTP server: killed, stopped and continued,
//! cut off from the database, at random while mails arrive. Nothing is lost, nothing is registered twice, no letter is missing,
//! and only letters in flight repeat, byte for byte. Whoever takes over does so within half a minute. Run with the registers on
//! PostgreSQL alone: on SQLite a second daemon is refused.

use crate::balance::{every_letter_is_accepted, every_mail_is_one_row};
use crate::letter::Written;
use crate::scene::{CONNECTIONS, Scene, mail_host};
use crate::support::chance::{Chance, is_long, seed};
use crate::support::dovecot::Dovecot;
use crate::support::engines;
use crate::support::gate::{Gate, Passage};
use crate::support::postgres::{self, OWNER, Postgres};
use crate::support::signals::send;
use crate::support::smtp::{Act, At, Fault};
use crate::world::until;
use rustix::process::Signal;
use sqlx::{AnyConnection, Connection, Row};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// Seconds of the leases here, and of a deployment that sets none.
pub const LEASE: u64 = 2;
const USUAL_LEASE: u64 = 15;
/// Takeover within this.
const TAKEOVER_MAX: Duration = Duration::from_secs(30);
/// What goes on by itself has done so by then, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(120);

/// One instance on a machine of its own, as far as it can tell.
pub struct Instance {
    name: &'static str,
    pub dir: TempDir,
    gate: Gate,
    process: Option<Child>,
}

impl Instance {
    pub async fn new(scene: &Scene, name: &'static str, lease: u64) -> Self {
        Self::on(scene, name, lease, &[postgres::instance().port]).await
    }

    /// On a database of several servers; the gate is before the first.
    async fn on(scene: &Scene, name: &'static str, lease: u64, servers: &[u16]) -> Self {
        let (dir, gate) = (tempfile::tempdir().unwrap(), Gate::to(servers[0]).await);
        let hosts: Vec<String> =
            [gate.port].iter().chain(&servers[1..]).map(|port| format!("127.0.0.1:{port}")).collect();
        let settings = std::fs::read_to_string(scene.dir.path().join("klachtpost.toml")).unwrap();
        let own = settings
            .replace(&format!("127.0.0.1:{}/", postgres::instance().port), &format!("{}/", hosts.join(",")))
            .replace(&scene.dir.path().display().to_string(), &dir.path().display().to_string());
        let own = format!("{own}\n[instance]\nname = \"{name}\"\nlease_seconds = {lease}\n");
        std::fs::write(dir.path().join("klachtpost.toml"), own).unwrap();
        Self { name, dir, gate, process: None }
    }

    fn log(&self) -> PathBuf {
        self.dir.path().join("log")
    }

    pub fn said(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    pub fn command(&self, scene: &Scene, arguments: &[&str]) -> Command {
        let mut command = scene.command(arguments);
        command.env("KLACHTPOST_CONFIG", self.dir.path().join("klachtpost.toml"));
        command
    }

    pub fn start(&mut self, scene: &Scene) {
        self.start_with(scene, &[]);
    }

    /// With these in its environment.
    pub fn start_with(&mut self, scene: &Scene, environment: &[(&str, &Path)]) {
        let log = std::fs::File::options().create(true).append(true).open(self.log()).unwrap();
        let mut command = self.command(scene, &["run"]);
        command.envs(environment.iter().copied());
        self.process = Some(command.stdout(Stdio::null()).stderr(log).spawn().unwrap());
    }

    pub fn signal(&self, signal: Signal) {
        send(self.process.as_ref().unwrap().id().unwrap(), signal);
    }

    async fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().await.unwrap();
    }

    /// SIGTERM, and waits.
    pub async fn stop(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        if let Some(id) = process.id() {
            send(id, Signal::TERM);
        }
        let _ = tokio::time::timeout(PATIENCE, process.wait()).await.expect("it stops");
    }
}

pub fn complaint(n: usize) -> Vec<u8> {
    Written::new(&format!("klant{n}@klant.example"), "Schade", &format!("Er zit deuk nummer {n} in de deur.")).bytes()
}

/// Waits for something that goes on by itself.
pub async fn at_last(what: &str, instances: &[Instance], mut look: impl AsyncFnMut() -> bool) -> Duration {
    let began = Instant::now();
    while !look().await {
        let said = || instances.iter().map(|one| format!("== {}\n{}", one.name, tail(&one.said()))).collect::<String>();
        assert!(began.elapsed() < PATIENCE, "in vain waited for {what}\n{}", said());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    began.elapsed()
}

pub fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

pub async fn number(url: &str, sql: &'static str) -> i64 {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await.unwrap();
    let number = sqlx::query(sql).fetch_one(&mut connection).await.unwrap().get(0);
    let _ = connection.close().await;
    number
}

pub const UNDONE: &str = "SELECT (SELECT count(*) FROM mail WHERE disposition IS NULL) \
                      + (SELECT count(*) FROM outbox WHERE state IN ('queued', 'leased'))";
pub const CASES: &str = "SELECT count(*) FROM cases";

/// All mails became cases, and nothing waits.
pub async fn settled(url: &str, scene: &Scene, host: &Dovecot, mails: usize, instances: &[Instance]) {
    at_last("all mails and letters", instances, async || {
        host.mails(&scene.user, "").is_empty()
            && number(url, CASES).await == i64::try_from(mails).unwrap()
            && number(url, UNDONE).await == 0
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_becomes_of_some_of_them_nothing_is_lost_doubled_or_missing() {
    if engines::is_about_the_other("whatever_becomes_of_some_of_them_nothing_is_lost_doubled_or_missing") {
        return;
    }
    let began = Instant::now();
    let mut chance = Chance::of(seed("instances at random"));
    // In the long run more than two thousand of them are kills.
    let rounds = if is_long() { 4_000 } else { 40 };
    let (mut faults, mut kills, mut repeats, mut mails) = (0, 0, 0, 0);
    // Two at first, then three.
    for (names, share) in [(&["een", "twee"][..], 2), (&["een", "twee", "drie"][..], 2)] {
        let host = mail_host(1);
        let scene = Scene::new(&host, 0).await;
        let mut instances = Vec::new();
        for name in names {
            instances.push(Instance::new(&scene, name, LEASE).await);
        }
        instances.iter_mut().for_each(|instance| instance.start(&scene));
        let mut delivered = 0;
        for _ in 0..rounds / share {
            if chance.percent(60) {
                host.deliver(&scene.user, &complaint(delivered));
                delivered += 1;
            }
            let one = usize::try_from(chance.below(instances.len() as u64)).unwrap();
            kills += harm(&mut instances[one], &scene, &mut chance).await;
            faults += 1;
        }
        host.deliver(&scene.user, &complaint(delivered));
        delivered += 1;
        settled(&scene.url(), &scene, &host, delivered, &instances).await;
        for instance in &mut instances {
            instance.stop().await;
        }
        every_mail_is_one_row(&scene, &host, delivered).await;
        let again = every_letter_is_accepted(&scene, &BTreeSet::new(), &scene.smtp.letters()).await;
        assert!(again <= faults * CONNECTIONS, "{again} letters repeated after {faults} faults");
        scene.said(&["verify"]).await;
        (repeats, mails) = (repeats + again, mails + delivered);
    }
    println!(
        "killed instances: {kills} kills among {faults} faults, {mails} mails, {repeats} repeated letters, {:?}",
        began.elapsed()
    );
}

/// Killed and started again, stopped until its leases lapsed and continued, or cut off from the database for as long. How many
/// kills that were.
async fn harm(instance: &mut Instance, scene: &Scene, chance: &mut Chance) -> usize {
    let pause =
        |chance: &mut Chance, least, most| tokio::time::sleep(Duration::from_millis(chance.between(least, most)));
    pause(chance, 0, 700).await;
    let lapses = (LEASE * 1_000 + 300, LEASE * 1_000 + 1_500);
    match chance.below(8) {
        0 => {
            instance.signal(Signal::STOP);
            pause(chance, lapses.0, lapses.1).await;
            instance.signal(Signal::CONT);
            0
        }
        1 | 2 => {
            let passage = *chance.pick(&[Passage::Cut, Passage::Silent]);
            instance.gate.set(passage);
            pause(chance, lapses.0, lapses.1).await;
            instance.gate.set(Passage::Open);
            0
        }
        _ => {
            instance.kill().await;
            instance.start(scene);
            1
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn another_takes_over_within_half_a_minute_and_the_commands_say_who_holds_what() {
    if engines::is_about_the_other("another_takes_over_within_half_a_minute_and_the_commands_say_who_holds_what") {
        return;
    }
    let host = mail_host(1);
    let scene = Scene::new(&host, 0).await;
    let mut one = Instance::new(&scene, "een", USUAL_LEASE).await;
    one.start(&scene);
    host.deliver(&scene.user, &complaint(0));
    until("the first letters", || (scene.smtp.letters().len() >= 2).then_some(())).await;
    let mut two = Instance::new(&scene, "twee", USUAL_LEASE).await;
    two.start(&scene);
    at_last("both at work", &[], async || number(&scene.url(), "SELECT count(*) FROM instance").await == 2).await;
    let text = two.command(&scene, &["instances"]).output().await.unwrap();
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("een  at work") && text.contains("mailbox klachten since"), "{text}");
    assert!(text.contains("twee  at work") && text.contains("2 instances are at work on postgres://"), "{text}");
    let json = two.command(&scene, &["instances", "--json"]).output().await.unwrap();
    let first = String::from_utf8(json.stdout).unwrap();
    assert!(first.lines().next().unwrap().contains("\"name\":\"een\""), "{first}");

    let known = scene.smtp.letters().len();
    one.kill().await;
    host.deliver(&scene.user, &complaint(1));
    let took = at_last("the other", std::slice::from_ref(&two), async || scene.smtp.letters().len() >= known + 2).await;
    println!("killed instance: its mailbox was another's after {took:?}, by leases of {USUAL_LEASE} s");
    assert!(took < TAKEOVER_MAX, "{took:?}");

    // A round from a timetable leaves the mailbox to whoever reads it, and holds nothing afterwards.
    let once = one.command(&scene, &["run", "--once"]).output().await.unwrap();
    let log = String::from_utf8_lossy(&once.stderr);
    assert!(once.status.success() && log.contains("another instance reads the mailbox"), "{log}");
    assert!(log.contains("instance{name=\"een\"}") || log.contains("name=een"), "its name is in the log: {log}");
    assert_eq!(number(&scene.url(), "SELECT count(*) FROM instance WHERE name = 'een'").await, 0);
    two.stop().await;
    assert_eq!(number(&scene.url(), "SELECT count(*) FROM instance").await, 0);
    assert_eq!(number(&scene.url(), "SELECT count(*) FROM lease WHERE holder <> ''").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_reaches_the_mail_server_and_not_the_database_sends_and_moves_nothing() {
    if engines::is_about_the_other("who_reaches_the_mail_server_and_not_the_database_sends_and_moves_nothing") {
        return;
    }
    for passage in [Passage::Silent, Passage::Cut] {
        let host = mail_host(1);
        let scene = Scene::new(&host, 0).await;
        let mut old = Instance::new(&scene, "een", LEASE).await;
        old.start(&scene);
        host.deliver(&scene.user, &complaint(0));
        until("the first letters", || (scene.smtp.letters().len() >= 2).then_some(())).await;
        // None is in flight.
        settled(&scene.url(), &scene, &host, 1, &[]).await;
        let known = scene.smtp.letters().len();
        old.gate.set(passage);
        tokio::time::sleep(Duration::from_secs(LEASE)).await;
        host.deliver(&scene.user, &complaint(1));
        tokio::time::sleep(Duration::from_secs(2 * LEASE)).await;
        assert_eq!(scene.smtp.letters().len(), known, "no letter: {}", old.said());
        assert_eq!(host.mails(&scene.user, "").len(), 1, "no move: {}", old.said());
        let mut new = Instance::new(&scene, "twee", LEASE).await;
        new.start(&scene);
        let mut both = [old, new];
        settled(&scene.url(), &scene, &host, 2, &both[1..]).await;
        both[0].gate.set(Passage::Open);
        host.deliver(&scene.user, &complaint(2));
        settled(&scene.url(), &scene, &host, 3, &both).await;
        for instance in &mut both {
            instance.stop().await;
        }
        every_mail_is_one_row(&scene, &host, 3).await;
        assert_eq!(every_letter_is_accepted(&scene, &BTreeSet::new(), &scene.smtp.letters()).await, 0);
    }
}

/// It says at once that it is alive again; what it had in hand is another's all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_slept_over_its_lease_with_letters_in_hand_sends_none_of_them_again() {
    if engines::is_about_the_other("who_slept_over_its_lease_with_letters_in_hand_sends_none_of_them_again") {
        return;
    }
    const MAILS: usize = 20;
    let host = mail_host(1);
    let scene = Scene::new(&host, 0).await;
    (0..MAILS).for_each(|n| host.deliver(&scene.user, &complaint(n)));
    scene.smtp.fault(Fault::at(At::Dot, Act::Late(Duration::from_millis(400))));
    let mut old = Instance::new(&scene, "een", LEASE).await;
    old.start(&scene);
    until("some letters", || (scene.smtp.letters().len() >= 4).then_some(())).await;
    old.signal(Signal::STOP);
    scene.smtp.clear_faults();
    let mut new = Instance::new(&scene, "twee", LEASE).await;
    new.start(&scene);
    let mut both = [old, new];
    settled(&scene.url(), &scene, &host, MAILS, &both[1..]).await;
    let known = scene.smtp.letters().len();
    both[0].signal(Signal::CONT);
    host.deliver(&scene.user, &complaint(MAILS));
    settled(&scene.url(), &scene, &host, MAILS + 1, &both).await;
    tokio::time::sleep(Duration::from_secs(LEASE)).await;
    for instance in &mut both {
        instance.stop().await;
    }
    let again = every_letter_is_accepted(&scene, &BTreeSet::new(), &scene.smtp.letters()).await;
    println!("stopped instance: {known} letters went meanwhile, {again} repeated");
    assert!(again <= CONNECTIONS, "{again} letters repeated");
}

/// No connection ends, and no answer comes; the next server of the URL is the way to the same database.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_server_that_goes_silent_in_the_middle_keeps_nobody_for_good() {
    if engines::is_about_the_other("a_server_that_goes_silent_in_the_middle_keeps_nobody_for_good") {
        return;
    }
    const MAILS: usize = 20;
    let host = mail_host(1);
    let scene = Scene::new(&host, 0).await;
    let port = postgres::instance().port;
    let mut one = Instance::on(&scene, "een", LEASE, &[port, port]).await;
    one.start(&scene);
    (0..MAILS).for_each(|n| host.deliver(&scene.user, &complaint(n)));
    until("the first letters", || (scene.smtp.letters().len() >= 2).then_some(())).await;
    one.gate.set(Passage::Silent);
    (MAILS..2 * MAILS).for_each(|n| host.deliver(&scene.user, &complaint(n)));
    settled(&scene.url(), &scene, &host, 2 * MAILS, std::slice::from_ref(&one)).await;
    one.stop().await;
    every_mail_is_one_row(&scene, &host, 2 * MAILS).await;
    let again = every_letter_is_accepted(&scene, &BTreeSet::new(), &scene.smtp.letters()).await;
    assert!(again <= CONNECTIONS, "{again} letters repeated");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_primary_is_killed_in_the_middle_of_intake_and_its_standby_goes_on() {
    if engines::is_about_the_other("the_primary_is_killed_in_the_middle_of_intake_and_its_standby_goes_on") {
        return;
    }
    const MAILS: usize = 24;
    let (primary, host) = (Postgres::start("-c fsync=on", None), mail_host(1));
    let standby = primary.standby();
    primary.sql("postgres", "CREATE DATABASE klachten");
    primary.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'");
    primary.sql("postgres", "SELECT pg_reload_conf()");
    let scene = Scene::new(&host, 0).await;
    // The scene's own database is not used.
    let settings = scene.dir.path().join("klachtpost.toml");
    let text = std::fs::read_to_string(&settings).unwrap();
    let own = scene.url();
    let name = own.rsplit_once('/').unwrap().1.split('?').next().unwrap();
    std::fs::write(&settings, text.replace(name, "klachten")).unwrap();
    let mut both = Vec::new();
    for name in ["een", "twee"] {
        both.push(Instance::on(&scene, name, LEASE, &[primary.port, standby.port]).await);
    }
    both.iter_mut().for_each(|instance| instance.start(&scene));
    (0..MAILS / 2).for_each(|n| host.deliver(&scene.user, &complaint(n)));
    until("the first letters", || (scene.smtp.letters().len() >= 4).then_some(())).await;
    primary.kill();
    let killed_at = Instant::now();
    (MAILS / 2..MAILS).for_each(|n| host.deliver(&scene.user, &complaint(n)));
    standby.promote();
    let (promoted, known) = (killed_at.elapsed(), scene.smtp.letters().len());
    at_last("a letter", &both, async || scene.smtp.letters().len() > known + CONNECTIONS * 2).await;
    println!(
        "killed primary: promoted after {promoted:?}, the next letters went {:?} after it died",
        killed_at.elapsed()
    );
    let url = format!("postgres://{OWNER}@127.0.0.1:{}/klachten?sslmode=disable", standby.port);
    settled(&url, &scene, &host, MAILS, &both).await;
    for instance in &mut both {
        instance.stop().await;
    }
    // Nothing that was acknowledged is lost: each letter that went is in the outbox of the standby, and none is missing.
    std::fs::write(&settings, text.replace(&own, &url)).unwrap();
    let scene = scene.at(url);
    every_mail_is_one_row(&scene, &host, MAILS).await;
    let again = every_letter_is_accepted(&scene, &BTreeSet::new(), &scene.smtp.letters()).await;
    assert!(again <= 2 * CONNECTIONS, "{again} letters repeated");
    scene.said(&["verify"]).await;
}

/// How long the transactions that write events wait for each other: by the server's own count of the statement that takes the turn.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn how_long_an_instance_waits_for_its_turn_is_measured() {
    if engines::is_about_the_other("how_long_an_instance_waits_for_its_turn_is_measured") {
        return;
    }
    const MAILS: usize = 150;
    for names in [&["een"][..], &["een", "twee"], &["een", "twee", "drie"]] {
        let server = Postgres::start("-c fsync=on -c shared_preload_libraries=pg_stat_statements", None);
        server.sql("postgres", "CREATE EXTENSION pg_stat_statements");
        server.sql("postgres", "CREATE DATABASE klachten");
        let host = mail_host(1);
        let scene = Scene::new(&host, 0).await.at(server.url("klachten"));
        assert_eq!(scene.work(&[]).await, 0);
        server.sql("postgres", "SELECT pg_stat_statements_reset()");
        (0..MAILS).for_each(|n| host.deliver(&scene.user, &complaint(n)));
        let mut instances = Vec::new();
        for name in names {
            instances.push(Instance::on(&scene, name, USUAL_LEASE, &[server.port]).await);
        }
        let began = Instant::now();
        instances.iter_mut().for_each(|instance| instance.start(&scene));
        at_last("all mails and letters", &instances, async || {
            number(&scene.url(), CASES).await == MAILS as i64 && number(&scene.url(), UNDONE).await == 0
        })
        .await;
        let took = began.elapsed();
        let figures = "SELECT sum(calls) || ' turns, ' || round((sum(total_exec_time) / sum(calls))::numeric, 2) || ' ms each, the longest ' \
                       || round(max(max_exec_time)::numeric, 1) || ' ms' FROM pg_stat_statements WHERE query LIKE 'LOCK TABLE identity%'";
        let commits = server.sql("postgres", "SELECT sum(calls) FROM pg_stat_statements WHERE query = 'COMMIT'");
        let waited = server.sql("postgres", figures);
        println!("figures of turns: {} instances, {MAILS} mails in {took:?}: {waited}; {commits} commits", names.len());
        for instance in &mut instances {
            instance.stop().await;
        }
    }
}
