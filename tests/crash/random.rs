//! Killed at random: the daemon with a stream of mails arriving, SIGKILL at seeded moments of its life, the next one
//! started at once. Sends through Postfix where the test runs as root, as Postfix must; else through our own server.

use crate::balance::every_mail_is_one_row;
use crate::letter::{Letter, Written};
use crate::scene::{CONNECTIONS, Scene, end_of};
use crate::support::chance::{Chance, is_long, seed};
use crate::support::dovecot::{Dovecot, Setup};
use crate::support::imap_reader;
use crate::support::postfix::Postfix;
use crate::support::signals::terminate;
use crate::world::{PATIENCE, until};
use sqlx::Row;
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest life of a daemon, in rounds of work.
const LIFE_MAX: f64 = 2.5;
/// And in time, so that a machine that was busy with something else at first does not stretch the whole test.
const LONGEST_LIFE: Duration = Duration::from_secs(4);
/// A mail for so many kills.
const KILLS_PER_MAIL: usize = 2;
/// Rows of one desk before the next kills begin on a fresh one.
const KILLS_PER_DESK: usize = 250;

/// Who reads letters: departments, and the supervisors who are told of mails that were set apart.
const READERS: &[&str] = &[
    "schade",
    "onderhoud",
    "facturatie",
    "contract",
    "levering",
    "klantenservice",
    "s.bakker",
    "r.jansen",
    "k.smit",
    "a.dekker",
    "h.vandijk",
    "e.hendriks",
    "directie",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_at_random_nothing_is_lost_and_only_letters_in_flight_repeat() {
    let began = Instant::now();
    let seed = seed("killed at random");
    let desks = if is_long() { 12 } else { 1 };
    let kills = if is_long() { KILLS_PER_DESK } else { 40 };
    let mut sum = Sum::default();
    for desk in 0..desks {
        let one = stormy(seed.wrapping_add(desk), kills).await;
        sum = Sum {
            mails: sum.mails + one.mails,
            letters: sum.letters + one.letters,
            repeats: sum.repeats + one.repeats,
            blamed: sum.blamed + one.blamed,
        };
    }
    println!(
        "killed at random: {} kills, {} mails, {} letters, {} repeated letters, {} mails set apart, {:?}",
        desks as usize * kills,
        sum.mails,
        sum.letters,
        sum.repeats,
        sum.blamed,
        began.elapsed()
    );
}

#[derive(Default)]
struct Sum {
    mails: usize,
    letters: usize,
    repeats: usize,
    /// Set apart for kills that were not their doing: none.
    blamed: usize,
}

/// One desk, its kills, and the balance at the end.
async fn stormy(seed: u64, kills: usize) -> Sum {
    let mails = kills / KILLS_PER_MAIL;
    let customers: Vec<String> = (0..mails).map(|n| format!("klant{n}")).collect();
    let readers: Vec<String> = READERS.iter().map(ToString::to_string).collect();
    let users = ["desk0".to_owned()].into_iter().chain(readers.iter().chain(&customers).cloned()).collect();
    let host = Arc::new(Dovecot::start_with(Setup { users, ..Setup::default() }));
    let mut scene = Scene::new(&host, 0).await;
    let postfix = with_postfix(&host, &readers, &customers);
    if let Some(postfix) = &postfix {
        scene.sends_to(postfix.port(), &host);
    }
    let mut chance = Chance::of(seed);
    let life_max = life_max(&scene, &host).await.as_micros() as u64;
    let lives: Vec<Duration> = (0..kills).map(|_| Duration::from_micros(chance.between(0, life_max))).collect();
    let arriving = tokio::spawn(arrive(host.clone(), mails, lives.iter().sum(), chance.clone()));
    for life in lives {
        let mut daemon = daemon(&scene);
        tokio::time::sleep(life).await;
        daemon.kill().await.unwrap();
    }
    arriving.await.unwrap();
    let starts = || log_of(&scene, usize::MAX).matches("klachtpost runs").count();
    let starts_before = starts();
    let mut last = daemon(&scene);
    until("the last start", || (starts() > starts_before).then_some(())).await;
    rest(&scene, &host).await;
    terminate(last.id().unwrap());
    let ended = tokio::time::timeout(PATIENCE, last.wait()).await.expect("it stops").unwrap();
    assert_eq!(ended.code(), Some(0));
    println!("KLACHTPOST_TESTS_SEED={seed}: {kills} kills, {mails} mails");
    balance(&scene, &host, postfix.as_ref(), &readers, &customers, kills).await
}

/// The plain build where one is given (`tests/run --long`: the release build), else the one under test.
fn program() -> PathBuf {
    std::env::var_os("KLACHTPOST_TESTS_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_klachtpost").into(), PathBuf::from)
}

fn daemon(scene: &Scene) -> tokio::process::Child {
    let log = std::fs::File::options().create(true).append(true).open(scene.dir.path().join("daemon.log")).unwrap();
    scene.command_of(&program(), &["run"]).stdout(Stdio::null()).stderr(log).spawn().unwrap()
}

fn with_postfix(host: &Dovecot, readers: &[String], customers: &[String]) -> Option<Postfix> {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| own.uid() == 0);
    let homes = host.maildir("desk0").parent()?.parent()?.to_owned();
    let staff = readers.iter().map(|name| format!("{name}@lease.example"));
    let addresses: Vec<String> = staff.chain(customers.iter().map(|name| format!("{name}@klant.example"))).collect();
    is_root.then(|| Postfix::start(&homes, &addresses.iter().map(String::as_str).collect::<Vec<_>>()))
}

/// Mails arrive over this time, whatever the daemon is doing.
async fn arrive(host: Arc<Dovecot>, mails: usize, over: Duration, mut chance: Chance) {
    let pause = over.as_millis() as u64 / mails.max(1) as u64;
    // The first one came before the kills.
    for number in 1..mails {
        tokio::time::sleep(Duration::from_millis(chance.between(0, 2 * pause + 1))).await;
        let text = format!("Goedemorgen,\n\nDe factuur van maand {number} klopt niet.\n\nKlant {number}");
        let mail = Written::new(&format!("klant{number}@klant.example"), &format!("Factuur {number}"), &text);
        host.deliver("desk0", &mail.bytes());
    }
}

/// Waits until no mail is in the inbox, none is undecided and no letter is on its way.
async fn rest(scene: &Scene, host: &Dovecot) {
    // A mail that was in hand at three kills is put off for a minute, and looked for at the next poll.
    let deadline = Instant::now() + 4 * PATIENCE;
    let mut connection = scene.open().await;
    let query = "SELECT (SELECT count(*) FROM mail WHERE disposition IS NULL OR moved = 0) \
                 + (SELECT count(*) FROM outbox WHERE state IN ('queued', 'leased'))";
    loop {
        let undone: i64 = sqlx::query(query).fetch_one(&mut connection).await.unwrap().get(0);
        if undone == 0 && host.mails(&scene.user, "").is_empty() {
            return;
        }
        assert!(Instant::now() < deadline, "{undone} mails and letters are not done:\n{}", log_of(scene, 20));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The last lines of the daemons' log, the latest first.
fn log_of(scene: &Scene, lines: usize) -> String {
    let log = std::fs::read_to_string(scene.dir.path().join("daemon.log")).unwrap_or_default();
    log.lines().rev().take(lines).collect::<Vec<_>>().join("\n")
}

/// The longest life of a daemon: some die while they start, some in the middle of work, some at rest. Counted in what a
/// round of work with one mail takes here and now.
async fn life_max(scene: &Scene, host: &Dovecot) -> Duration {
    let mail = Written::new("klant0@klant.example", "Factuur", "De factuur van vorige maand klopt niet.");
    host.deliver(&scene.user, &mail.bytes());
    let began = Instant::now();
    let ended = end_of(scene.command_of(&program(), &["run", "--once"])).await;
    assert!(ended.status.success(), "{}", ended.log);
    println!("killed at random: a round of work takes {:?}", began.elapsed());
    began.elapsed().mul_f64(LIFE_MAX).min(LONGEST_LIFE)
}

async fn balance(
    scene: &Scene,
    host: &Dovecot,
    postfix: Option<&Postfix>,
    readers: &[String],
    customers: &[String],
    kills: usize,
) -> Sum {
    every_mail_is_one_row(scene, host, customers.len()).await;
    scene.said(&["verify"]).await;
    let mut connection = scene.open().await;
    let query = "SELECT message_id, state, recipient FROM outbox";
    let letters = sqlx::query(query).fetch_all(&mut connection).await.unwrap();
    let query = "SELECT disposition, reason, attempts, case_number FROM mail";
    let mails = sqlx::query(query).fetch_all(&mut connection).await.unwrap();
    let blamed = mails.iter().filter(|mail| mail.get::<String, _>(0) == "unreadable").count();
    for mail in &mails {
        let (what, reason, attempts): (String, String, i64) = (mail.get(0), mail.get(1), mail.get(2));
        assert!(what == "complaint", "{what} after {attempts} attempts: {reason}");
    }
    assert_eq!(blamed, 0, "a death says nothing about the mail in hand");
    let cases = sqlx::query("SELECT serial FROM cases ORDER BY serial").fetch_all(&mut connection).await.unwrap();
    let serials: Vec<i64> = cases.iter().map(|row| row.get(0)).collect();
    assert_eq!(serials, (1..=customers.len() as i64).collect::<Vec<_>>(), "a case of each, without gaps");
    let users: Vec<&String> = readers.iter().chain(customers).collect();
    let delivered = delivered(scene, host, postfix, &users, letters.len()).await;
    let mut copies = 0;
    for letter in &letters {
        let (id, state, to): (String, String, String) = (letter.get(0), letter.get(1), letter.get(2));
        assert_eq!(state, "accepted", "{to}: {id}");
        let found = delivered.get(id.trim_matches(['<', '>'])).unwrap_or_else(|| panic!("{to} never got {id}"));
        assert!(found.iter().all(|copy| *copy == found[0]), "the copies of {id} differ");
        copies += found.len();
    }
    assert_eq!(delivered.len(), letters.len(), "letters that are not in the outbox");
    let repeats = copies - letters.len();
    assert!(repeats <= kills * CONNECTIONS, "{repeats} repeats for {kills} kills");
    Sum { mails: customers.len(), letters: letters.len(), repeats, blamed }
}

/// All copies of each letter, as their readers have them, without what the servers on the way wrote above.
async fn delivered(
    scene: &Scene,
    host: &Dovecot,
    postfix: Option<&Postfix>,
    users: &[&String],
    letters: usize,
) -> BTreeMap<String, Vec<String>> {
    let Some(postfix) = postfix else {
        return by_id(scene.smtp.letters().into_iter().map(|letter| letter.bytes).collect());
    };
    let everybodys = || -> Vec<Vec<u8>> {
        let queue = postfix.queued();
        let found = users.iter().flat_map(|user| imap_reader::inbox(host.imap_port, user)).collect();
        if queue == 0 { found } else { Vec::new() }
    };
    by_id(until("Postfix's deliveries", || Some(everybodys()).filter(|found| found.len() >= letters)).await)
}

fn by_id(letters: Vec<Vec<u8>>) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for raw in letters {
        let text = String::from_utf8_lossy(&raw).replace("\r\n", "\n");
        // klachtpost's own headers begin with From.
        let own = text.find("\nFrom: ").map_or(text.as_str(), |at| &text[at..]).to_owned();
        found.entry(Letter::of(raw).id).or_default().push(own);
    }
    found
}
