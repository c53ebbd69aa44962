//! A mailbox in which 100,000 mails wait, as after a long stop or an attack: all are taken in, each becomes a case, and
//! the program needs no more memory for them than for a few (invariants 1 and 10). Takes long, so it belongs to the long
//! run (`tests/run --long`), which gives it the release build; `KLACHTPOST_TESTS_WAITING` names another number.

use crate::support::dovecot::USER;
use crate::support::smtp::{Delivery, Setup, SmtpServer};
use crate::world::World;
use sqlx::{Connection, Row};
use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Mails that wait.
const WAITING: usize = 100_000;
/// Domains they come from.
const DOMAINS: usize = 2_000;
/// Kilobytes that the program has in memory at most, at whatever moment: a batch of mails and their letters, the pages
/// SQLite keeps at hand for each of our connections, and a few hundred bytes for each mail of the listing.
const MEMORY_MAX_KB: usize = 250_000;
/// Dovecot walks over the whole folder for each: their number may not grow with that of the mails.
const MOVES_MAX: usize = 150;
/// The whole of it, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(3 * 3600);

/// The plain build where one is given, else the one under test.
fn program() -> PathBuf {
    std::env::var_os("KLACHTPOST_TESTS_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_klachtpost").into(), PathBuf::from)
}

fn waiting() -> usize {
    std::env::var("KLACHTPOST_TESTS_WAITING").map_or(WAITING, |number| number.parse().expect("a number"))
}

fn complaint(number: usize) -> String {
    let (words, domain) = (["Schade", "Factuur", "Onderhoud", "Levering"][number % 4], number % DOMAINS);
    format!(
        "Return-Path: <klant{number}@d{domain}.example>\r\nFrom: Klant {number} <klant{number}@d{domain}.example>\r\n\
         To: klachten@lease.example\r\nSubject: {words} {number}\r\nMessage-ID: <m{number}@d{domain}.example>\r\n\
         Date: Mon, 23 Nov 2026 10:12:00 +0100\r\n\r\nGoedemorgen,\r\n\r\nDit is mijn klacht nummer {number}: al drie \
         weken hoor ik niets.\r\n\r\nMet vriendelijke groet,\r\nKlant {number}\r\n"
    )
}

/// The most memory a process had so far (`VmHWM`); None: it is no more.
fn most_memory(process: u32) -> Option<usize> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes long; tests/run --long runs it"]
async fn a_hundred_thousand_waiting_mails_become_as_many_cases_in_bounded_memory() {
    let world = World::start();
    let smtp = SmtpServer::start(Setup { delivery: Delivery::Envelopes, ..Setup::default() }).await;
    world.settle(smtp.port());
    let mails = waiting();
    for number in 0..mails {
        world.deliver(complaint(number).as_bytes());
    }

    let began = Instant::now();
    let log = std::fs::File::create(world.file("run.log")).unwrap();
    let mut command = world.command_of(&program(), &["run", "--once"]);
    let mut process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
    let (id, mut memory) = (process.id().unwrap(), 0);
    let ended = loop {
        memory = memory.max(most_memory(id).unwrap_or_default());
        if let Ok(ended) = tokio::time::timeout(Duration::from_millis(200), process.wait()).await {
            break ended.unwrap();
        }
        assert!(began.elapsed() < PATIENCE, "it does not end");
    };
    let took = began.elapsed().as_secs_f32();
    assert!(ended.success(), "{ended}");
    assert_eq!(world.left_in_inbox(), 0);
    sqlx::any::install_default_drivers();
    let mut register = sqlx::AnyConnection::connect(&world.register_url()).await.unwrap();
    for (counted, expected) in [
        ("SELECT count(*) FROM mail WHERE disposition = 'complaint' AND moved = 1", mails),
        ("SELECT count(*) FROM mail", mails),
        ("SELECT count(*) FROM cases", mails),
        ("SELECT count(DISTINCT customer_address) FROM cases", mails),
    ] {
        let count: i64 = sqlx::query(counted).fetch_one(&mut register).await.unwrap().get(0);
        assert_eq!(usize::try_from(count).unwrap(), expected, "{counted}");
    }
    register.close().await.unwrap();
    assert_eq!(world.dovecot.mails(USER, ".Verwerkt").len(), mails);
    let moves = world.dovecot.commands(USER).matches("UID MOVE").count();
    assert!(moves <= MOVES_MAX, "{moves} moves for {mails} mails");
    assert!(memory < MEMORY_MAX_KB, "{memory} kB for {mails} mails");
    let (letters, domains) = (smtp.letters().len(), DOMAINS.min(mails));
    println!(
        "figures: {mails} waiting mails: of {domains} domains, {took:.0} s, {} MB at most, {letters} letters",
        memory / 1_000
    );
}
