//! Mutated mails: hand-written mails of every kind, damaged and spliced by the thousand, are read, decided on, and the
//! letters of the decision written. Nothing breaks or stalls, and what always holds of a decision holds of these too
//! (invariants 1, 5, 6, 7 and 10).
//!
//! `KLACHTPOST_TESTS_LONG=1` makes it millions, in a build for speed (`tests/run --long`); `KLACHTPOST_TESTS_SEED` gives a
//! printed seed again. A mail that breaks something is left in a file whose path is printed.

// So that helpers outside the test functions count as tests for the lints too.
#![cfg(test)]

mod company;
mod judge;
mod letters_judged;
mod mails;
mod tamper;

#[path = "../support/mod.rs"]
mod support;

use company::Company;
use judge::Tally;
use mails::Base;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use support::chance::{Chance, is_long_at_speed, seed};

/// Mails of a plain run.
const MAILS: u64 = 3_000;
/// Mails of the long run, if they are done in its time.
const MAILS_LONG: u64 = 5_000_000;
/// A longer long run finds little more.
const LONG: Duration = Duration::from_secs(600);
/// No mail takes longer than this to read and decide on, on however busy a machine; usual are milliseconds.
const HANGS: Duration = Duration::from_secs(60);
/// Mails in hand at a time.
const WORKERS: usize = 2;
/// Failures after which the test has seen enough.
const FAILURES_MAX: usize = 5;

/// A mail and since when it is in hand.
type InHand = Mutex<Option<(Instant, u64, Vec<u8>)>>;

/// What the workers share.
struct Run {
    seed: u64,
    mails: u64,
    until: Instant,
    company: Company,
    base: Base,
    next: AtomicU64,
    ended: [AtomicBool; WORKERS],
    in_hand: [InHand; WORKERS],
    tally: Mutex<Tally>,
    failures: Mutex<Vec<String>>,
}

#[test]
fn no_mutated_mail_breaks_anything_or_tells_anybody_what_is_not_theirs() {
    let began = Instant::now();
    let is_long = is_long_at_speed();
    let company = Company::new();
    let run = Run {
        seed: seed("mutated mails"),
        mails: if is_long { MAILS_LONG } else { MAILS },
        until: began + if is_long { LONG } else { Duration::MAX / 4 },
        base: Base::of(&company),
        company,
        next: AtomicU64::new(0),
        ended: Default::default(),
        in_hand: Default::default(),
        tally: Mutex::default(),
        failures: Mutex::default(),
    };
    std::thread::scope(|scope| {
        let run = &run;
        for worker in 0..WORKERS {
            // As much stack as the daemon's own threads have.
            let work = move || run.work(worker);
            std::thread::Builder::new().stack_size(2 * 1024 * 1024).spawn_scoped(scope, work).unwrap();
        }
        run.watch();
    });
    let failures = run.failures.into_inner().unwrap();
    let tally = run.tally.into_inner().unwrap();
    println!("mutated mails: {tally:?}");
    println!(
        "figures: mutated mails: {} read and decided on, seed {}, {} letters, {:.0} s",
        tally.mails,
        run.seed,
        tally.letters,
        began.elapsed().as_secs_f32()
    );
    assert!(failures.is_empty(), "KLACHTPOST_TESTS_SEED={}:\n{}", run.seed, failures.join("\n"));
    tally.has_seen_everything();
}

impl Run {
    fn work(&self, worker: usize) {
        let mut tally = Tally::default();
        while Instant::now() < self.until && self.failures.lock().unwrap().len() < FAILURES_MAX {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            if number >= self.mails {
                break;
            }
            self.one(worker, number, &mut tally);
        }
        *self.in_hand[worker].lock().unwrap() = None;
        self.tally.lock().unwrap().add(&tally);
        self.ended[worker].store(true, Ordering::Relaxed);
    }

    fn one(&self, worker: usize, number: u64, tally: &mut Tally) {
        let mut chance = Chance::of(self.seed.wrapping_add(number.wrapping_mul(0x2545_f491_4f6c_dd1d)));
        let raw = self.base.mutated(number, &mut chance);
        *self.in_hand[worker].lock().unwrap() = Some((Instant::now(), number, raw.clone()));
        let judged = catch_unwind(AssertUnwindSafe(|| judge::judge(&self.company, &raw, &mut chance, tally)));
        if let Err(panicked) = judged {
            let said = panicked.downcast_ref::<String>().cloned();
            let said = said.or_else(|| panicked.downcast_ref::<&str>().map(ToString::to_string)).unwrap_or_default();
            let path = keep(self.seed, number, &raw);
            let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
            failures.push(format!("mail {number} ({}): {said}", path.display()));
        }
    }

    /// Ends the test where a mail hangs: its thread cannot be.
    fn watch(&self) {
        while !self.ended.iter().all(|ended| ended.load(Ordering::Relaxed)) {
            std::thread::sleep(Duration::from_millis(100));
            for in_hand in &self.in_hand {
                let in_hand = in_hand.lock().unwrap();
                if let Some((since, number, raw)) = in_hand.as_ref().filter(|(since, ..)| since.elapsed() > HANGS) {
                    let path = keep(self.seed, *number, raw);
                    eprintln!(
                        "mail {number} of seed {} hangs for {:?}: {}",
                        self.seed,
                        since.elapsed(),
                        path.display()
                    );
                    std::process::abort();
                }
            }
        }
    }
}

/// Leaves the mail where it can be looked at.
fn keep(seed: u64, number: u64, raw: &[u8]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("mutated-{seed}-{number}.eml"));
    std::fs::write(&path, raw).unwrap();
    path
}
