//! Killed at every crash point. A handful of mails of every kind is worked off in three rounds without a kill; then each
//! point of that work is made fatal once, from the same start (in the long run at each of its passages), and some with a
//! second kill at a seeded passage after it; and each time the outcome must be what it was without.

use crate::balance::{Outcome, every_letter_is_accepted, every_mail_is_one_row, letters_so_far};
use crate::letter::{Letter, Written};
use crate::scene::{CONNECTIONS, Scene, mail_host};
use crate::support::chance::{Chance, is_long, seed};
use crate::support::dovecot::Dovecot;
use crate::support::postgres;
use sqlx::Connection;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const JAN: &str = "jan.jansen@klant.example";
const EMMA: &str = "emma.brown@klant.example";
const ROBOT: &str = "robot@klant.example";
const HANDLER: &str = "j.devries@lease.example";
/// Desks of the mail host: one per kill, and some over.
const DESKS: usize = 700;
/// Desks worked on at a time.
const AT_A_TIME: usize = 3;
/// A second kill comes at most this many passages after the first.
const SECOND_WITHIN: u64 = 25;
/// Of so many passages one gets a second kill too; in the long run all do.
const SECOND_OF: usize = 4;
/// Second kills of each passage in the long run.
const SECONDS_LONG: usize = 1;

/// How many passages fewer a repeated round may have: letters are sent while mails are taken in, and how many are claimed
/// together is the moment's. A point that is passed elsewhere is not made fatal at one that may not come.
const VARIES: usize = 12;
/// Points of a register in a file and of the secret beside it; on PostgreSQL there is neither, and nobody passes them.
const POINTS_OF_A_FILE: [&str; 7] = [
    "before making the register's file",
    "after making the register's file",
    "before making the secret",
    "while making the secret",
    "before naming the secret",
    "after naming the secret",
    "after taking back the letters of a killed daemon",
];

/// A desk before a round, and what the round comes to.
struct Round {
    before: Scene,
    letters_before: BTreeSet<String>,
    delivered: usize,
    passages: Vec<String>,
    outcome: Outcome,
    /// A mail of it ends the process, so that two kills more would put off an innocent one that was in hand each time.
    is_poisoned: bool,
}

/// Where a kill comes, and what came of it.
struct Killed {
    kills: usize,
    repeats: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn killed_at_every_point_all_ends_as_without() {
    let began = Instant::now();
    let seed = seed("killed at every passage");
    let host = Arc::new(mail_host(if is_long() { 6 * DESKS } else { DESKS }));
    let rounds: Vec<Arc<Round>> = clean_rounds(&host).await.into_iter().map(Arc::new).collect();
    let points: BTreeSet<&String> = rounds.iter().flat_map(|round| &round.passages).collect();
    all_points_are_passed(&points);

    let mut chance = Chance::of(seed);
    let turns = Arc::new(Semaphore::new(AT_A_TIME));
    let (mut desk, mut tasks) = (rounds.len() + 1, JoinSet::new());
    for (round, fatal) in fatal_passages(&rounds, &mut chance) {
        let (round, host, turns) = (round.clone(), host.clone(), turns.clone());
        desk += 1;
        tasks.spawn(async move {
            let _turn = turns.acquire_owned().await.unwrap();
            killed_at(&round, &host, desk, &fatal).await
        });
    }
    let (mut runs, mut kills, mut repeats) = (0, 0, 0);
    while let Some(ended) = tasks.join_next().await {
        let killed = ended.unwrap_or_else(|error| panic!("KLACHTPOST_TESTS_SEED={seed}: {error}"));
        (runs, kills, repeats) = (runs + 1, kills + killed.kills, repeats + killed.repeats);
    }
    let passages: usize = rounds.iter().map(|round| round.passages.len()).sum();
    println!(
        "killed at every passage: {} points, {passages} passages, {runs} runs, {kills} kills, {repeats} repeated letters, {:?}",
        points.len(),
        began.elapsed()
    );
    assert!(kills >= runs && runs > points.len(), "{kills} kills in {runs} runs");
}

/// The passages to be killed at: each alone, and some with a second one. Outside the long run each point is fatal once,
/// at one of its passages in all rounds, by the seed.
fn fatal_passages<'a>(rounds: &'a [Arc<Round>], chance: &mut Chance) -> Vec<(&'a Arc<Round>, Vec<usize>)> {
    let mut by_point: BTreeMap<&String, Vec<(&Arc<Round>, usize)>> = BTreeMap::new();
    for round in rounds {
        for (passage, point) in (1..).zip(&round.passages) {
            by_point.entry(point).or_default().push((round, passage));
        }
    }
    let mut firsts = Vec::new();
    for mut passages in by_point.into_values() {
        let is_sure = |(round, passage): &(&Arc<Round>, usize)| passage + VARIES <= round.passages.len();
        if passages.iter().any(is_sure) {
            passages.retain(is_sure);
        }
        if !is_long() {
            passages = vec![passages.swap_remove(chance.between(0, passages.len() as u64) as usize)];
        }
        firsts.extend(passages);
    }
    let mut all: Vec<(&Arc<Round>, Vec<usize>)> = firsts.iter().map(|(round, first)| (*round, vec![*first])).collect();
    let (every, seconds) = if is_long() { (1, SECONDS_LONG) } else { (SECOND_OF, 1) };
    firsts.retain(|(round, _)| !round.is_poisoned);
    for (round, first) in firsts.into_iter().skip(chance.between(0, every as u64) as usize).step_by(every) {
        all.extend((0..seconds).map(|_| (round, vec![first, first + chance.between(1, SECOND_WITHIN) as usize])));
    }
    all
}

async fn killed_at(round: &Round, host: &Dovecot, desk: usize, fatal: &[usize]) -> Killed {
    let scene = round.before.copy(host, desk).await;
    let kills = scene.work(fatal).await;
    assert!(kills >= 1, "{}: nobody was killed at {fatal:?}", scene.user);
    let passed = scene.passages();
    let at = fatal.iter().map(|n| passed.get(n - 1).cloned().unwrap_or_default()).collect::<Vec<_>>();
    let said = format!("desk {desk}, killed at {fatal:?}: {at:?}");
    println!("{said}");
    every_mail_is_one_row(&scene, host, round.delivered).await;
    let repeats = every_letter_is_accepted(&scene, &round.letters_before, &scene.smtp.letters()).await;
    assert!(repeats <= kills * CONNECTIONS, "{said}: {repeats} repeats");
    let outcome = Outcome::of(&scene).await;
    if fatal.len() == 1 {
        assert_eq!(outcome, round.outcome, "{said}");
    } else {
        assert_eq!(outcome.unordered(), round.outcome.unordered(), "{said}");
        assert!(outcome.cases.keys().eq(round.outcome.cases.keys()), "{said}: {:?}", outcome.cases.keys());
    }
    Killed { kills, repeats }
}

/// Every point of the program is one that this work passes, so that none is left out; but for those of an outage, which
/// has a test of its own.
fn all_points_are_passed(passed: &BTreeSet<&String>) {
    let sources = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut named = BTreeSet::new();
    let mut folders = vec![sources];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            // The second are those of a step of work, each kind of which names its own.
            for begins in ["crash::point(\"", "[\"before recording ", ", \"after recording "] {
                let after = text.split(begins).skip(1).map(|rest| rest.split('"').next().unwrap_or_default());
                let start = begins.trim_start_matches("crash::point(").trim_start_matches(['[', ',', ' ', '"']);
                named.extend(after.map(|rest| format!("{start}{rest}")));
            }
        }
    }
    for point in crate::outages::POINTS.iter().chain(&crate::redaction::POINTS).chain(&crate::copies::POINTS) {
        assert!(named.remove(*point), "{point} is no point any more");
    }
    for point in POINTS_OF_A_FILE.iter().filter(|_| postgres::is_on()) {
        assert!(named.remove(*point), "{point} is no point any more");
    }
    assert!(named.len() >= 20, "{named:?}");
    assert!(named.iter().eq(passed.iter().copied()), "named {named:#?}, passed {passed:#?}");
}

/// The rounds without a kill, and the desks as they stood before each.
async fn clean_rounds(host: &Dovecot) -> Vec<Round> {
    let desk = Scene::new(host, 0).await;
    let (mut rounds, mut delivered) = (Vec::new(), 0);
    for number in 0..4 {
        let mails = match number {
            0 => first_mails(),
            1 => second_mails(&letters(&desk)),
            2 => third_mails(&letters(&desk)),
            _ => Vec::new(),
        };
        delivered += mails.len();
        for (mail, hours_ago) in &mails {
            let received = SystemTime::now() - Duration::from_secs(hours_ago * 3600 + 60);
            host.deliver_at(&desk.user, mail, received);
        }
        match number {
            2 => overviews_are_due(&desk).await,
            3 => held_letters_have_waited(&desk).await,
            _ => {}
        }
        let before = desk.copy(host, number + 1).await;
        let letters_before = if number == 0 { BTreeSet::new() } else { letters_so_far(&desk).await };
        let _ = std::fs::remove_file(desk.ledger());
        assert_eq!(desk.work(&[]).await, 0);
        every_mail_is_one_row(&desk, host, delivered).await;
        let all = BTreeSet::new();
        assert_eq!(every_letter_is_accepted(&desk, &all, &desk.smtp.letters()).await, 0);
        let outcome = Outcome::of(&desk).await;
        let passages = desk.passages();
        println!("round {}: {} mails so far, {} passages", number + 1, delivered, passages.len());
        rounds.push(Round { before, letters_before, delivered, passages, outcome, is_poisoned: number == 1 });
    }
    let kinds: BTreeSet<&String> = rounds[2].outcome.mails.values().collect();
    assert_eq!(kinds.len(), 8, "every disposition is among them: {kinds:?}");
    let closed = rounds[2].outcome.cases.values().filter(|case| case["state"] == "closed").count();
    assert_eq!(closed, 1, "{:?}", rounds[2].outcome.cases);
    rounds
}

/// By recipient, oldest first.
fn letters(desk: &Scene) -> BTreeMap<String, Vec<Letter>> {
    let mut found: BTreeMap<String, Vec<Letter>> = BTreeMap::new();
    for letter in desk.smtp.letters() {
        found.entry(letter.to.clone()).or_default().push(Letter::of(letter.bytes));
    }
    found
}

/// A mail, and how many hours ago the server received it.
type Mail = (Vec<u8>, u64);

/// First start: complaints (one of which is nearly a day old), the same one by two routes, and what is none.
fn first_mails() -> Vec<Mail> {
    let attached = Some(("kras.jpg".to_owned(), vec![7; 30_000]));
    let damage = Written { attached, ..Written::new(JAN, "Kras op het portier", "Er zit een kras op de auto.") };
    let again = [b"Received: from mx2.example by mx.example; Mon, 23 Nov 2026 10:12:03 +0100\r\n", &damage.bytes()[..]];
    let text = "Dear all,\n\nI am very unhappy with the invoice that I received from you. Please correct it.\n\nEmma";
    let spam = [b"X-Spam-Flag: YES\r\n", &Written::new("win@spam.example", "Gewonnen", "Klik hier.").bytes()[..]];
    vec![
        (damage.bytes(), 2),
        (Written::new(EMMA, "Wrong invoice", text).bytes(), 21),
        (again.concat(), 1),
        (spam.concat(), 1),
        (b"\0\0\0\xff\xfe nothing that is a mail".to_vec(), 1),
    ]
}

/// A colleague answers, a customer writes again, a letter comes back; and among them a mail that ends the process.
fn second_mails(letters: &BTreeMap<String, Vec<Letter>>) -> Vec<Mail> {
    let notification = &letters["schade@lease.example"][0];
    let acknowledgement = &letters[EMMA][0];
    let absent = Written::reply(EMMA, acknowledgement, "I am away until Monday.");
    vec![
        ([b"Auto-Submitted: auto-replied\r\n", &absent.bytes()[..]].concat(), 0),
        (Written::reply(HANDLER, notification, "Beste heer Jansen,\n\nWij herstellen de kras woensdag.").bytes(), 0),
        (Written::new("mallory@klant.example", "crash-points reading abort", "Klacht.").bytes(), 0),
        (Written::reply(EMMA, acknowledgement, "I also paid it already.").bytes(), 0),
        (came_back(&letters["facturatie@lease.example"][0]), 0),
        (Written::new("karin@klant.example", "Schade", "Er zit een deuk in de bumper.").bytes(), 0),
    ]
}

/// The case is closed with a settlement, another gets a note; the overviews of day and month are due; and somebody sends
/// one more complaint than are acknowledged one by one in an hour.
fn third_mails(letters: &BTreeMap<String, Vec<Letter>>) -> Vec<Mail> {
    let notification = &letters["schade@lease.example"][0];
    vec![
        (Written::reply(HANDLER, notification, "#afgehandeld\n\nDe kras is kosteloos hersteld.").bytes(), 0),
        (Written::reply(HANDLER, notification, "#intern\nDeze klant belt elke dag.").bytes(), 0),
        (Written::reply(HANDLER, notification, "#vakantie\nIk ben er morgen niet.").bytes(), 0),
    ]
    .into_iter()
    .chain((0..11).map(|n| (Written::new(ROBOT, &format!("Deuk {n}"), "Er zit een deuk in.").bytes(), 0)))
    .collect()
}

/// What a mail server sends when a letter cannot be delivered after all (RFC 3464).
fn came_back(letter: &Letter) -> Vec<u8> {
    format!(
        "Return-Path: <>\r\nFrom: Mail Delivery System <mailer-daemon@mx.example>\r\nTo: klachten@lease.example\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nAuto-Submitted: auto-replied\r\nMessage-ID: <dsn@mx.example>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nIt could not be delivered.\r\n\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; {}\r\nAction: failed\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 mailbox full\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{}>\r\nSubject: Uw klacht\r\n\r\n--b--\r\n",
        letter.to, letter.id
    )
    .into_bytes()
}

/// As if the last ones were written the day before yesterday and the month before.
async fn overviews_are_due(desk: &Scene) {
    let mut connection = desk.open().await;
    let earlier = if postgres::is_on() {
        "UPDATE job_run SET day = CAST(CAST(CAST(day AS date) - CASE job WHEN 'digest' THEN INTERVAL '2 days' \
         ELSE INTERVAL '1 month' END AS date) AS TEXT)"
    } else {
        "UPDATE job_run SET day = CASE job WHEN 'digest' THEN date(day, '-2 days') ELSE date(day, '-1 month') END"
    };
    let moved = sqlx::query(earlier).execute(&mut connection).await.unwrap();
    assert_eq!(moved.rows_affected(), 2, "of the day and of the month");
    connection.close().await.unwrap();
}

/// As if the letter that the cap held was written two hours ago: it goes out in a bundle now.
async fn held_letters_have_waited(desk: &Scene) {
    let mut connection = desk.open().await;
    let earlier = "UPDATE outbox SET created_at = created_at - 7200000 WHERE state = 'held' AND held_because = 'cap'";
    let moved = sqlx::query(earlier).execute(&mut connection).await.unwrap();
    assert_eq!(moved.rows_affected(), 1, "ten of the eleven were acknowledged at once");
    connection.close().await.unwrap();
}
