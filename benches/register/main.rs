//! What a large register costs: to prove it, to walk over all its cases and letters, and to work on it: a mail, a customer's
//! answer, the clock's tick, the count, the day's digest, and the start of the daemon.
//!
//! `cargo bench --bench register` makes a register of some thousand cases and prints a line for each; `-- 1000 100000` one of so
//! many cases after the other, `-- --long` one of a million too (some 32 GB in the folder for temporary files). Each figure is that
//! of a process of its own, so that making the register does not count; the file is in the system's cache where it fits. Touches a
//! temporary folder and the clock; judges nothing.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a benchmark that cannot run says so and ends")]

#[allow(dead_code, reason = "the tests' generator has more than mails need")]
#[path = "../../tests/support/chance.rs"]
mod chance;
/// Where the mails look for it.
mod support {
    pub(crate) use crate::chance;
}
mod made;
#[path = "../intake/mails.rs"]
mod mails;
#[path = "../shared/processor.rs"]
mod processor;
#[allow(dead_code, reason = "other benches need the sample as it stands")]
#[path = "../shared/settings.rs"]
mod settings;
mod work;

use futures_util::TryStreamExt;
use klachtpost::register::{CaseQuery, Register};
use std::error::Error;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Cases of the register, where no number is given; the largest of all with `--long`.
const CASES: u32 = 5_000;
const CASES_LONG: u32 = 1_000_000;

/// Walks over all of it.
const WALKS: [&str; 3] = ["verify", "cases", "letters"];
/// What the daemon does.
const WORK: [&str; 6] = ["start", "count", "tick", "digest", "mail", "answer"];

type Outcome = Result<(), Box<dyn Error>>;

#[tokio::main]
async fn main() -> Outcome {
    // `cargo bench` adds `--bench`.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.as_slice() {
        [what, url, _] if WALKS.contains(&what.as_str()) => return walked(what, url).await,
        [what, url, cases] if WORK.contains(&what.as_str()) => return work::measured(what, url, cases.parse()?).await,
        _ => {}
    }
    let mut sizes: Vec<u32> = arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    if arguments.iter().any(|argument| argument == "--long") {
        sizes.push(CASES_LONG);
    }
    if sizes.is_empty() {
        sizes.push(CASES);
    }
    for cases in sizes {
        of(cases).await?;
    }
    Ok(())
}

/// Everything about a register of that size.
async fn of(cases: u32) -> Outcome {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("register.db");
    let url = format!("sqlite:{}", file.display());
    let begun = Instant::now();
    let register = Register::open(&url).await?;
    keep_secret(&folder.path().join("register.db.secret"))?;
    made::fill(&register, cases).await?;
    register.close().await;
    let megabytes = std::fs::metadata(&file)?.len() / 1_000_000;
    println!("{cases:8} cases  made in {:.1?}: {megabytes} MB", begun.elapsed());
    for what in WALKS.iter().chain(&WORK) {
        let status = Command::new(std::env::current_exe()?).args([what, url.as_str(), &cases.to_string()]).status()?;
        if !status.success() {
            return Err(format!("{what}: {status}").into());
        }
    }
    Ok(())
}

/// The one that the letters' tokens were made with.
fn keep_secret(path: &Path) -> Outcome {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    Ok(file.write_all(made::SECRET.as_bytes())?)
}

/// Prints what one walk over the register costs.
async fn walked(what: &str, url: &str) -> Outcome {
    let register = Register::open(url).await?;
    let (begun, mut count) = (Instant::now(), 0_i64);
    match what {
        "verify" => {
            let verified = register.verify().await?;
            if !verified.findings.is_empty() {
                return Err(format!("{:?}", verified.findings.first()).into());
            }
            count = verified.events;
        }
        "cases" => {
            let mut cases = register.cases(CaseQuery::All);
            while cases.next().await?.is_some() {
                count += 1;
            }
        }
        _ => {
            let mut letters = register.all_letters();
            while letters.try_next().await?.is_some() {
                count += 1;
            }
        }
    }
    let took = begun.elapsed();
    let per_second = count as f64 / took.as_secs_f64();
    println!("{count:8} {what:8} in {took:8.1?}  {per_second:9.0} a second  peak {:>9}", peak());
    Ok(())
}

/// The most memory this process ever had.
fn peak() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.unwrap_or("unknown").trim().to_owned()
}
