//! The crash points of test builds. Passages are counted over all processes of a test, in a file; at the passages the
//! test names, the process kills itself with SIGKILL: no destructor, no flush, as a power cut would.

use super::Breaks;
use chrono::TimeDelta;
use rustix::process::{Signal, getpid, kill_process};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

/// The file with one line per passage. Without it nothing is counted and nobody is killed.
const LEDGER: &str = "KLACHTPOST_CRASH_LEDGER";
/// The passages that are fatal, counted from 1, or the names of points, with commas between them.
const FATAL: &str = "KLACHTPOST_CRASH_AT";
/// Milliseconds, in place of the usual deadlines of reading and deciding.
const DEADLINE: &str = "KLACHTPOST_CRASH_DEADLINE";
/// Milliseconds, for how long a mail that was often in hand is put off.
const PAUSE: &str = "KLACHTPOST_CRASH_PAUSE";
/// What a mail eats at most, in MiB, so that a test without a limit harms nobody.
const EATEN_MAX: usize = 4096;
/// Seconds by which the host's clock is wrong, or a file that says so at each look.
const CLOCK: &str = "KLACHTPOST_CRASH_CLOCK";

static PASSAGES: LazyLock<Option<Mutex<Passages>>> = LazyLock::new(|| Passages::open().map(Mutex::new));

struct Passages {
    ledger: File,
    passed: usize,
    fatal: Vec<String>,
}

impl Passages {
    fn open() -> Option<Self> {
        let path = std::env::var_os(LEDGER)?;
        let passed = std::fs::read_to_string(&path).map_or(0, |lines| lines.lines().count());
        let ledger = OpenOptions::new().create(true).append(true).open(&path).ok()?;
        let fatal = std::env::var(FATAL).unwrap_or_default();
        Some(Self { ledger, passed, fatal: fatal.split(',').map(str::to_owned).collect() })
    }

    fn pass(&mut self, name: &str) {
        self.passed += 1;
        let passed = self.passed.to_string();
        let is_fatal = self.fatal.iter().any(|fatal| *fatal == passed || fatal == name);
        // One write, so that the line is whole or absent.
        let written = self.ledger.write_all(format!("{name}\n").as_bytes());
        if is_fatal && written.is_ok() {
            let _ = kill_process(getpid(), Signal::KILL);
        }
    }
}

/// A place where a test may kill the process. The others wait meanwhile, so that passages have an order.
pub fn point(name: &'static str) {
    if let Some(passages) = &*PASSAGES {
        passages.lock().unwrap_or_else(PoisonError::into_inner).pass(name);
    }
}

/// Breaks this step where the text asks for it: `crash-points reading abort`, `… hang`, `… loop`, `… eat`, `… killed` or
/// `… panic`.
pub fn poison(step: Breaks, text: &[u8]) {
    let step = match step {
        Breaks::Reading => "reading",
        Breaks::Deciding => "deciding",
    };
    let asks = |how: &str| {
        let magic = format!("crash-points {step} {how}").into_bytes();
        text.windows(magic.len()).any(|window| window == magic)
    };
    if asks("abort") {
        std::process::abort();
    }
    if asks("hang") {
        loop {
            std::thread::sleep(Duration::from_secs(1));
        }
    }
    if asks("loop") {
        let mut turns = 0_u64;
        loop {
            turns = std::hint::black_box(turns.wrapping_add(1));
        }
    }
    if asks("eat") {
        let eaten: Vec<Vec<u8>> = (0..EATEN_MAX).map(|_| vec![1; 1 << 20]).collect();
        std::hint::black_box(eaten);
        std::process::abort();
    }
    if asks("killed") {
        let _ = kill_process(getpid(), Signal::KILL);
    }
    assert!(!asks("panic"), "a panic on purpose");
}

/// How long a step may take: the test's time, or the usual one.
pub fn deadline(usual: Duration) -> Duration {
    let millis = std::env::var(DEADLINE).ok().and_then(|millis| millis.parse().ok());
    millis.map_or(usual, Duration::from_millis)
}

/// How long a mail that was often in hand is put off: the test's time, or the usual one.
pub fn pause(usual: TimeDelta) -> TimeDelta {
    let millis = std::env::var(PAUSE).ok().and_then(|millis| millis.parse().ok());
    millis.map_or(usual, TimeDelta::milliseconds)
}

/// How far the host's clock is wrong, as the test wants it.
pub fn clock_shift() -> TimeDelta {
    let Ok(said) = std::env::var(CLOCK) else { return TimeDelta::zero() };
    let in_file = || std::fs::read_to_string(&said).ok()?.trim().parse().ok();
    TimeDelta::seconds(said.parse().ok().or_else(in_file).unwrap_or_default())
}
