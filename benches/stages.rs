//! What one complaint costs in memory, stage by stage: reading it, understanding it, deciding on it, rendering its letters, the
//! door. The mails are those of the bench `intake`; no server, no register.
//!
//! `cargo bench --bench stages` prints microseconds a mail; `-- MAILS` for another number than 1,500. Touches the clock; judges
//! nothing.

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
#[path = "shared/settings.rs"]
mod settings;

use chrono::DateTime;
use klachtpost::case::{Keys, LetterKind};
use klachtpost::daemon::house;
use klachtpost::desk::draft::Draft;
use klachtpost::desk::{Arrival, Fresh, Incoming, Rules, Snapshot, on_mail, understand};
use klachtpost::letters::{Internal, Letter, Letters, door};
use klachtpost::mail::{self, Mail};
use std::hint::black_box;
use std::time::{Duration, Instant};

const MAILS: usize = 1_500;
const ROUNDS: usize = 7;
const SEED: u64 = 2026;
/// Monday 23 November 2026, 09:30 in Amsterdam.
const NOW_SECONDS: i64 = 1_795_422_600;

fn main() {
    // `cargo bench` adds `--bench`.
    let count = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(MAILS);
    let settings = settings::sample().unwrap();
    let rules = Rules::new(&settings, Keys::new(b"a secret of the bench", [])).unwrap();
    let (letters, house) = (Letters::new().unwrap(), house(&settings).unwrap());
    let now = DateTime::from_timestamp(NOW_SECONDS, 0).unwrap_or_default();
    let raws = mails::make(SEED, count);

    let mails: Vec<Mail> = timed("reading", &raws, |raw| mail::read(raw, ""));
    timed("hashing", &raws.iter().zip(&mails).collect::<Vec<_>>(), |(raw, mail)| mail::content_hash(mail, raw));
    let came: Vec<Incoming<'_>> = (1..)
        .zip(&mails)
        .map(|(id, mail)| Incoming { id, mail, received_at: now, from_junk: false, arrival: Arrival::New })
        .collect();
    let intents = timed("understanding", &came, |mail| understand(mail, &rules, now));
    let mut fresh = Fresh::new([1; 32]);
    let both: Vec<_> = came.iter().zip(&intents).zip(1..).collect();
    let decisions = timed("deciding", &both, |((mail, intent), serial)| {
        let known = Snapshot { next_serial: *serial, ..Snapshot::default() };
        on_mail(mail, intent, &known, &rules, now, &mut fresh)
    });
    let drafts: Vec<&Draft> = decisions.iter().flat_map(|decision| &decision.letters).collect();
    for kind in [LetterKind::Acknowledgement, LetterKind::Notification] {
        let these: Vec<&Draft> = drafts.iter().copied().filter(|draft| draft.content.kind() == kind).collect();
        let rendered: Vec<Letter> =
            timed(kind.name(), &these, |draft| letters.render(draft, &house, &rules.keys, now).unwrap());
        let internal = Internal { keys: &rules.keys, notes: &[], customers: &[] };
        timed("  at the door", &rendered, |letter| door(letter, &internal).unwrap());
        println!(
            "{:24} {:8} octets each",
            "  size",
            rendered.iter().map(|letter| letter.bytes.len()).sum::<usize>() / rendered.len().max(1)
        );
    }
}

/// Does it for each, and prints what it took: the fastest of some rounds, because others use the machine, too.
fn timed<T, R>(name: &str, each: &[T], mut work: impl FnMut(&T) -> R) -> Vec<R> {
    let (mut fastest, mut done) = (Duration::MAX, Vec::new());
    for _ in 0..ROUNDS {
        // A round begins without what the last one made, as a batch does.
        done = Vec::new();
        let begun = Instant::now();
        done.extend(each.iter().map(|one| black_box(work(black_box(one)))));
        fastest = fastest.min(begun.elapsed());
    }
    let micros = fastest.as_secs_f64() * 1e6 / each.len().max(1) as f64;
    println!("{name:24} {micros:8.1} µs each of {}", each.len());
    done
}
