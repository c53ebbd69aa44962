//! How fast complaints are taken in: N waiting mails, each with its acknowledgement and its notification, through a real
//! Dovecot and an SMTP server of this program's own; beside it, in the same run, the bare floor: a program that fetches
//! the same mails, commits them in batches of fifty and sends the very same letters, without understanding anything.
//!
//! `cargo bench --bench intake` prints mails a second, processor time a mail and peak memory of both, and their ratio, as the
//! median of the rounds; `-- MAILS ROUNDS` for other numbers than 1,500 and 5. With `KLACHTPOST_TESTS_ENGINE=postgres` each round
//! is on PostgreSQL too (its own server, which waits for the disk as SQLite does), with the statements it was asked for a
//! mail and the octets it keeps of one.
//!
//! `cargo bench --bench intake -- idle` prints what the daemon takes of a core, and of memory, while no mail comes; `-- idle
//! SECONDS` for longer than a minute. Judges nothing.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot run says so and ends")]

mod floor;
mod mails;
mod measure;
#[path = "../shared/processor.rs"]
mod processor;
mod server;
#[path = "../../tests/support/mod.rs"]
mod support;

use measure::Measured;
use server::Server;
use std::path::Path;
use std::time::Duration;
use support::dovecot::{Dovecot, PASSWORD, Setup};
use support::smtp::{self, Delivery, SmtpServer};

/// The waiting mails, and how often each is measured, where nobody asks for others.
const MAILS: usize = 1_500;
const ROUNDS: usize = 5;
/// How long an idle daemon is watched where nobody says so, and how long it gets to settle down.
const IDLE_SECONDS: u64 = 60;
const SETTLING: Duration = Duration::from_secs(10);
/// Where the same mails come from in every run.
const SEED: u64 = 2026;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((kind, rest)) if kind == "floor" => return floor::run(rest),
        Some((kind, rest)) if kind == "measure" => return measure::run(rest),
        _ => {}
    }
    // `cargo bench` adds `--bench`.
    let arguments: Vec<String> = arguments.into_iter().filter(|argument| !argument.starts_with("--")).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    if arguments.first().is_some_and(|argument| argument == "idle") {
        let seconds = arguments.get(1).and_then(|argument| argument.parse().ok()).unwrap_or(IDLE_SECONDS);
        return runtime.block_on(idle(Duration::from_secs(seconds)));
    }
    let number = |at: usize, or: usize| arguments.get(at).and_then(|argument| argument.parse().ok()).unwrap_or(or);
    let (count, rounds) = (number(0, MAILS), number(1, ROUNDS).max(1));
    runtime.block_on(compare(count, rounds));
}

async fn compare(count: usize, rounds: usize) {
    let mails = mails::make(SEED, count);
    let bytes: usize = mails.iter().map(Vec::len).sum();
    println!("{count} mails, {} KB each on average", bytes / count.max(1) / 1024);
    let letters = tempfile::tempdir().unwrap();
    let (mut floors, mut ours, mut on_server) = (Vec::new(), Vec::new(), Vec::new());
    let server = support::postgres::is_on().then(Server::start);
    for round in 0..rounds {
        // The first round keeps the letters, for the floor to send.
        let keep = (round == 0).then_some(letters.path());
        ours.push(klachtpost(&mails, keep, None).await);
        floors.push(bare(&mails, letters.path()).await);
        if let Some(server) = &server {
            on_server.push(klachtpost(&mails, None, Some(server)).await);
        }
    }
    let (floor, ours) = (Measured::median(&mut floors), Measured::median(&mut ours));
    println!("bare floor  {}", floor.line(count));
    println!("klachtpost  {}", ours.line(count));
    println!("ratio       {:.2} of the floor's speed, median of {rounds}", floor.seconds / ours.seconds);
    if let Some(server) = server {
        let there = Measured::median(&mut on_server);
        println!("PostgreSQL  {}", there.line(count));
        println!("ratio       {:.2} of the speed on SQLite", ours.seconds / there.seconds);
        server.tell(count);
    }
}

/// A mailbox with these mails waiting in it.
fn filled(mails: &[Vec<u8>]) -> Dovecot {
    // Without the log of every byte that the tests keep.
    let dovecot = Dovecot::start_with(Setup { more: "rawlog_dir =\n".to_owned(), ..Setup::default() });
    for mail in mails {
        dovecot.deliver(support::dovecot::USER, mail);
    }
    dovecot
}

async fn idle(watched: Duration) {
    let (dovecot, smtp, folder) = (filled(&[]), receiver(Delivery::Envelopes).await, tempfile::tempdir().unwrap());
    let file = folder.path().join("klachtpost.toml");
    let register = format!("[register]\nurl = \"sqlite:{}\"\n", folder.path().join("klachtpost.db").display());
    std::fs::write(&file, settings(dovecot.imap_port, smtp.port(), &register)).unwrap();
    let command = ["env", &format!("KLACHTPOST_CONFIG={}", file.display()), &program(), "run"];
    let idle = measure::idle(&command, &folder.path().join("log"), [SETTLING, watched]).await;
    println!(
        "idle        {:.3} % of a core over {watched:?}, {} MB, {} MB at most",
        idle.share,
        idle.now_kb / 1024,
        idle.peak_kb / 1024
    );
}

async fn receiver(delivery: Delivery) -> SmtpServer {
    SmtpServer::start(smtp::Setup { delivery, ..smtp::Setup::default() }).await
}

async fn klachtpost(mails: &[Vec<u8>], keep: Option<&Path>, server: Option<&Server>) -> Measured {
    let delivery = if keep.is_some() { Delivery::Memory } else { Delivery::Envelopes };
    let (dovecot, smtp, folder) = (filled(mails), receiver(delivery).await, tempfile::tempdir().unwrap());
    let settings = folder.path().join("klachtpost.toml");
    let register = match server {
        Some(server) => server.settings(folder.path()),
        None => format!("[register]\nurl = \"sqlite:{}\"\n", folder.path().join("klachtpost.db").display()),
    };
    std::fs::write(&settings, self::settings(dovecot.imap_port, smtp.port(), &register)).unwrap();
    let program = program();
    let log = folder.path().join("log");
    let measured =
        measure::of(&["env", &format!("KLACHTPOST_CONFIG={}", settings.display()), &program, "run", "--once"], &log)
            .await;
    let taken = smtp.letters();
    assert_eq!(
        taken.len(),
        2 * mails.len(),
        "two letters a mail: {}",
        std::fs::read_to_string(log).unwrap_or_default()
    );
    if let Some(folder) = keep {
        for (number, letter) in taken.iter().enumerate() {
            std::fs::write(folder.join(format!("{number:06}")), floor::stored(&letter.from, &letter.to, &letter.bytes))
                .unwrap();
        }
    }
    measured
}

/// The program of this build, or another one to compare it with.
fn program() -> String {
    std::env::var("KLACHTPOST_BENCH_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_klachtpost").to_owned())
}

async fn bare(mails: &[Vec<u8>], letters: &Path) -> Measured {
    let (dovecot, smtp, folder) = (filled(mails), receiver(Delivery::Envelopes).await, tempfile::tempdir().unwrap());
    let own = std::env::current_exe().unwrap();
    let (imap, port) = (dovecot.imap_port.to_string(), smtp.port().to_string());
    let command =
        [own.to_str().unwrap(), "floor", &imap, &port, folder.path().to_str().unwrap(), letters.to_str().unwrap()];
    let log = folder.path().join("log");
    let measured = measure::of(&command, &log).await;
    assert_eq!(smtp.letters().len(), 2 * mails.len(), "{}", std::fs::read_to_string(log).unwrap_or_default());
    measured
}

fn settings(imap: u16, smtp: u16, register: &str) -> String {
    let manual = include_str!("../../config/klachtpost.toml");
    let departments = manual.find("[[department]]").and_then(|at| manual.get(at..)).unwrap_or_default();
    support::postgres::with_secret(format!(
        "[desk]\nname = \"Voorbeeld Lease\"\naddress = \"klachten@lease.example\"\n\
         [mailbox]\nhost = \"127.0.0.1\"\nport = {imap}\nsecurity = \"none\"\nusername = \"{}\"\n\
         password = \"{PASSWORD}\"\naccept_unproven_staff = true\n\
         [sender]\nhost = \"127.0.0.1\"\nport = {smtp}\nsecurity = \"none\"\n\
         {register}[limits]\nautomatic_per_hour = 1000000\nautomatic_per_domain_per_hour = 1000000\n\
         [digest]\nrecipients = [\"directie@lease.example\"]\n\n{departments}",
        support::dovecot::USER
    ))
}
