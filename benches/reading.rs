//! How long reading a mail takes, and how that grows with what mails grow in.
//!
//! `cargo bench --bench reading` reads generated mails of doubling size and prints the time and its ratio to that of the
//! size before (2 is linear, 4 would be quadratic). `cargo bench --bench reading -- FILE…` reads these mails instead, and
//! prints the slowest, the 99th percentile and the median. Touches the named files and the clock; judges nothing.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use klachtpost::mail;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Readings of one mail, of which the fastest counts: the machine is shared.
const READINGS: usize = 3;

/// Doublings of a generated mail.
const DOUBLINGS: u32 = 4;

/// The slowest mails that are named.
const NAMED: usize = 5;

fn main() {
    // `cargo bench` adds `--bench`.
    let files: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with("--")).collect();
    if files.is_empty() { growth() } else { read_files(&files) }
}

fn time(raw: &[u8]) -> Duration {
    let once = || {
        let start = Instant::now();
        black_box(mail::read(black_box(raw), ""));
        start.elapsed()
    };
    (0..READINGS).map(|_| once()).min().unwrap_or_default()
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn read_files(files: &[String]) {
    let read = |file: &String| match std::fs::read(file) {
        Ok(raw) => Some((time(&raw), raw.len(), file.clone())),
        Err(error) => {
            println!("failed to read {file}: {error}; left out");
            None
        }
    };
    let mut times: Vec<(Duration, usize, String)> = files.iter().filter_map(read).collect();
    times.sort();
    let at = |share: usize| times.get((times.len() * share / 100).min(times.len().saturating_sub(1)));
    for (label, share) in [("median", 50), ("99 %", 99), ("slowest", 100)] {
        println!("{label:8} {:9.3} ms", at(share).map_or(0.0, |(time, _, _)| milliseconds(*time)));
    }
    for (time, bytes, file) in times.iter().rev().take(NAMED) {
        println!("{:9.3} ms {bytes:9} bytes  {file}", milliseconds(*time));
    }
    println!("{} mails", times.len());
}

/// A kind of mail, the smallest size that is generated, and how it is made.
type Kind = (&'static str, usize, fn(usize) -> String);

const KINDS: [Kind; 9] = [
    ("nested messages", 500, nested_messages),
    ("nested multiparts", 100, nested_multiparts),
    ("parts", 60, parts),
    ("recipients of a bounce", 6_000, bounce),
    ("recipients of a bounce in words", 6_000, bounce_in_words),
    ("quote chain", 500, quote_chain),
    ("header blocks", 500, header_blocks),
    ("depth of HTML", 5_000, html_depth),
    ("lines of text", 5_000, text),
];

fn growth() {
    println!("{:32} {:>9} {:>10} {:>10} {:>6}", "grows in", "size", "bytes", "ms", "ratio");
    for (label, smallest, make) in KINDS {
        let mut before = None;
        for doubling in 0..=DOUBLINGS {
            let size = smallest << doubling;
            let raw = make(size).into_bytes();
            let time = milliseconds(time(&raw));
            let ratio = before.map_or(String::new(), |before: f64| format!("{:.1}", time / before));
            println!("{label:32} {size:9} {:10} {time:10.2} {ratio:>6}", raw.len());
            before = Some(time);
        }
    }
}

/// The header of every generated mail; `more` are fields with their line ends.
fn header(more: &str) -> String {
    format!(
        "Return-Path: <jan@voorbeeld.nl>\nFrom: Jan <jan@voorbeeld.nl>\nTo: klachten@lease.example\nSubject: Klacht\n\
         Message-ID: <1@voorbeeld.nl>\nMIME-Version: 1.0\n{more}\n"
    )
}

fn nested_messages(size: usize) -> String {
    header("Content-Type: message/rfc822\n") + &"Content-Type: message/rfc822\n\n".repeat(size) + "Subject: x\n\nhoi\n"
}

fn nested_multiparts(size: usize) -> String {
    let open = |level: usize| format!("Content-Type: multipart/mixed; boundary=\"b{level}\"\n\n--b{level}\n");
    let close = |level: usize| format!("--b{level}--\n");
    let opened: String = (1..size).map(open).collect();
    let closed: String = (0..size).rev().map(close).collect();
    header("Content-Type: multipart/mixed; boundary=\"b0\"\n") + "--b0\n" + &opened + "\nhoi\n" + &closed
}

fn parts(size: usize) -> String {
    let part =
        |n: usize| format!("--b\nContent-Type: application/pdf; name=\"{n}.pdf\"\n\n{}\n", "inhoud ".repeat(200));
    let parts: String = (0..size).map(part).collect();
    header("Content-Type: multipart/mixed; boundary=\"b\"\n") + "--b\n\nhoi\n" + &parts + "--b--\n"
}

fn bounce(size: usize) -> String {
    let group = |n: usize| format!("Final-Recipient: rfc822; r{n}@x.nl\nAction: failed\nStatus: 5.1.1\n\n");
    let groups: String = (0..size).map(group).collect();
    header("Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n")
        + "--b\n\nNiet bezorgd.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x.nl\n\n"
        + &groups
        + "--b--\n"
}

fn bounce_in_words(size: usize) -> String {
    let line = |n: usize| format!("<r{n}@x.nl>: host x.nl said: 550 5.1.1 User unknown\n");
    let lines: String = (0..size).map(line).collect();
    header("").replace("<jan@voorbeeld.nl>", "<>").replace("Klacht", "Undelivered Mail Returned to Sender")
        + "The mail could not be delivered to one or more recipients.\n\n"
        + &lines
}

fn quote_chain(size: usize) -> String {
    let level = |n: usize| {
        let marks = "> ".repeat(n.min(40));
        format!("{marks}Op 23-11-2026 om 10:12 schreef Jan <jan@voorbeeld.nl>:\n{marks}> Antwoord {n}\n{marks}>\n")
    };
    header("") + "Dank u.\n\n" + &(0..size).map(level).collect::<String>()
}

fn header_blocks(size: usize) -> String {
    let block = "Van: Jan <jan@voorbeeld.nl>\nVerzonden: maandag 23 november 2026 10:12\nAan: Klachten\n\
                 Onderwerp: Klacht\n\nAntwoord\n\n________________________________\n";
    header("") + "Dank u.\n\n" + &block.repeat(size)
}

fn html_depth(size: usize) -> String {
    header("Content-Type: text/html\n") + &"<div><blockquote>a ".repeat(size) + &"</blockquote></div>".repeat(size)
}

fn text(size: usize) -> String {
    header("Content-Type: text/plain; charset=utf-8\n")
        + &"De auto is al drie weken stuk en niemand belt mij, café 3.\n".repeat(size)
}
