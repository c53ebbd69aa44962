//! A program's time, processor time and peak memory. Linux only: from `/proc`, as no safe call gives the use of one child.

use crate::processor;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Ticks of processor time in a second, as Linux shows it (`USER_HZ`).
const TICKS: f64 = 100.0;
/// The peak is read this often; it only grows, so the last reading misses what the last moments added.
const LOOK_EVERY: Duration = Duration::from_millis(4);

#[derive(Debug, Clone, Copy)]
pub struct Measured {
    pub seconds: f64,
    /// User and system.
    pub processor: f64,
    pub peak_kb: u64,
}

impl Measured {
    /// Each figure's own median.
    pub fn median(all: &mut [Self]) -> Self {
        let mut of = |figure: fn(&Self) -> f64| {
            all.sort_by(|a, b| figure(a).total_cmp(&figure(b)));
            all.get(all.len() / 2).map_or(0.0, figure)
        };
        Self { seconds: of(|m| m.seconds), processor: of(|m| m.processor), peak_kb: of(|m| m.peak_kb as f64) as u64 }
    }

    pub fn line(&self, mails: usize) -> String {
        let count = mails as f64;
        format!(
            "{:7.0} mails/s  {:6.2} s  {:5.2} ms CPU a mail  {:4} MB",
            count / self.seconds,
            self.seconds,
            self.processor / count * 1000.0,
            self.peak_kb / 1024
        )
    }
}

/// Runs a command in a process of this program's own, whose only child it is, so that its use of the processor can be told.
pub async fn of(command: &[&str], log: &Path) -> Measured {
    let own = std::env::current_exe().unwrap();
    let mut measuring = tokio::process::Command::new(own);
    measuring.arg("measure").arg(log).args(command).stdout(Stdio::piped());
    let output = measuring.output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let figures: Vec<f64> = said.split_whitespace().filter_map(|figure| figure.parse().ok()).collect();
    let [seconds, processor, peak] = figures.as_slice() else {
        panic!("{command:?}: {said}{}", std::fs::read_to_string(log).unwrap_or_default())
    };
    Measured { seconds: *seconds, processor: *processor, peak_kb: *peak as u64 }
}

/// What a program takes that runs and has nothing to do.
pub struct Idle {
    /// Of one core, in per cent.
    pub share: f64,
    pub now_kb: u64,
    pub peak_kb: u64,
}

/// Runs a command, leaves it alone until it has settled down, watches it for so long, and ends it.
pub async fn idle(command: &[&str], log: &Path, [settling, watched]: [Duration; 2]) -> Idle {
    let (program, arguments) = command.split_first().unwrap();
    let log = std::fs::File::create(log).unwrap();
    let mut child = tokio::process::Command::new(program);
    let child = child.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).kill_on_drop(true);
    let mut child = child.spawn().unwrap();
    let process = child.id().unwrap().to_string();
    tokio::time::sleep(settling).await;
    let before = processor::seconds_of(&process);
    tokio::time::sleep(watched).await;
    let took = processor::seconds_of(&process) - before;
    assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
    let status = format!("/proc/{process}/status");
    let kilobytes = |line| memory_of(&status, line).unwrap_or_default();
    let idle =
        Idle { share: took / watched.as_secs_f64() * 100.0, now_kb: kilobytes("VmRSS:"), peak_kb: kilobytes("VmHWM:") };
    child.kill().await.unwrap();
    idle
}

/// The other side: runs a command, says what it took.
pub fn run(arguments: &[String]) {
    let [log, program, rest @ ..] = arguments else { return };
    let log = std::fs::File::create(log).unwrap();
    let began = Instant::now();
    let mut child =
        Command::new(program).args(rest).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    let ended = loop {
        peak = peak_of(&status).unwrap_or(peak);
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        std::thread::sleep(LOOK_EVERY);
    };
    let seconds = began.elapsed().as_secs_f64();
    if ended.success() {
        println!("{seconds} {} {peak}", processor_of_children());
    }
}

fn peak_of(status: &str) -> Option<u64> {
    memory_of(status, "VmHWM:")
}

fn memory_of(status: &str, line: &str) -> Option<u64> {
    let status = std::fs::read_to_string(status).ok()?;
    let line = status.lines().find_map(|said| said.strip_prefix(line))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Of all children that ended and were waited for.
fn processor_of_children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    // Behind the name, which may hold anything; cutime and cstime are the 16th and 17th of all (proc(5)).
    let behind = stat.rsplit_once(')').map_or("", |(_, behind)| behind);
    let ticks = behind.split_whitespace().skip(13).take(2).filter_map(|ticks| ticks.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS
}
