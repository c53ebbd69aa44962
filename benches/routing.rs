//! What more keywords cost: reading the settings with 10, 1,000 and 50,000 of them, and finding one mail's department.
//!
//! `cargo bench --bench routing` prints milliseconds for the settings and microseconds a mail. The mails are those of the bench
//! `intake`. Touches the clock; judges nothing.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot run says so and ends")]

#[allow(dead_code, reason = "the tests' generator has more than mails need")]
#[path = "../tests/support/chance.rs"]
mod chance;
/// Where the mails look for it.
mod support {
    pub(crate) use crate::chance;
}
#[path = "intake/mails.rs"]
mod mails;
#[allow(dead_code, reason = "it has a department of its own beside them")]
#[path = "shared/settings.rs"]
mod settings;

use chrono::DateTime;
use klachtpost::case::Keys;
use klachtpost::desk::{Arrival, Fresh, Incoming, Rules, Snapshot, on_mail, understand};
use klachtpost::mail::{self, Mail};
use std::hint::black_box;
use std::time::Instant;

const KEYWORDS: [usize; 3] = [10, 1_000, 50_000];
const MAILS: usize = 300;
const SEED: u64 = 2026;
/// Monday 23 November 2026, 09:30 in Amsterdam.
const NOW_SECONDS: i64 = 1_795_422_600;

fn main() {
    let now = DateTime::from_timestamp(NOW_SECONDS, 0).unwrap_or_default();
    let mails: Vec<Mail> = mails::make(SEED, MAILS).iter().map(|raw| mail::read(raw, "")).collect();
    for count in KEYWORDS {
        let begun = Instant::now();
        let config = settings::with_departments(&department(count)).unwrap();
        let rules = Rules::new(&config, Keys::new(b"a secret of the bench", [])).unwrap();
        let made = begun.elapsed();
        let mut fresh = Fresh::new([1; 32]);
        let begun = Instant::now();
        for (id, mail) in (1..).zip(&mails) {
            let came = Incoming { id, mail, received_at: now, from_junk: false, arrival: Arrival::New };
            let intent = understand(&came, &rules, now);
            let known = Snapshot { next_serial: 1, ..Snapshot::default() };
            black_box(on_mail(&came, &intent, &known, &rules, now, &mut fresh));
        }
        let each = begun.elapsed().as_secs_f64() * 1e6 / MAILS as f64;
        println!(
            "{count:6} keywords  settings and rules {:8.1} ms  understood and decided {each:8.1} µs a mail",
            made.as_secs_f64() * 1e3
        );
    }
}

/// One with so many keywords: words as people type them, and half of them beginnings.
fn department(count: usize) -> String {
    let keywords: Vec<String> = (0..count).map(keyword).collect();
    format!(
        "[[department]]\nname = \"proef\"\ntitle = \"Proef\"\naddress = \"proef@lease.example\"\n\
         supervisor = \"chef@lease.example\"\nkeywords = [{}]\n",
        keywords.join(", ")
    )
}

fn keyword(number: usize) -> String {
    const PARTS: [&str; 10] = ["band", "rem", "glas", "lak", "wiel", "motor", "deur", "stoel", "spiegel", "lamp"];
    let word: String = number.to_string().bytes().map(|digit| PARTS[usize::from(digit - b'0')]).collect();
    if number.is_multiple_of(2) { format!("\"{word}*\"") } else { format!("\"{word}\"") }
}
