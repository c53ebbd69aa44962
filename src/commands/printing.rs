//! What commands print: lines on standard output, errors on standard error. Who closes the pipe (`case list | head`) has
//! seen enough: the rest is not printed, the command does what it was asked for, and its exit code is the same. What
//! cannot be written for another reason, say a full disk, is told, and the command did not end well (invariant 12).

use super::Exit;
use indicatif::{ProgressBar, ProgressStyle};
use std::fmt::{Arguments, Display};
use std::io::{self, ErrorKind, Write};
use std::sync::OnceLock;

/// For whom a command prints.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct Form {
    /// For programs: JSON, one object a line
    #[arg(long)]
    json: bool,
}

impl Form {
    pub(super) const PEOPLE: Self = Self { json: false };

    pub(super) fn is_json(self) -> bool {
        self.json
    }
}

/// Why nothing more is printed.
static FAILED: OnceLock<io::Error> = OnceLock::new();

/// Prints a line, as `println!` does, but for its panic where nobody reads.
macro_rules! say {
    ($($text:tt)*) => { $crate::commands::printing::line(format_args!($($text)*)) };
}
pub(super) use say;

/// Prints a line, unless an earlier one could not be printed.
pub(super) fn line(text: Arguments<'_>) {
    if FAILED.get().is_some() {
        return;
    }
    let mut output = io::stdout().lock();
    note(output.write_fmt(text).and_then(|()| output.write_all(b"\n")));
}

/// Asks a person something at the terminal, without a line end; not among what a command prints.
pub(super) fn ask(question: &str) {
    let mut terminal = io::stderr().lock();
    let _ = write!(terminal, "{question}").and_then(|()| terminal.flush());
}

/// How far long work is, on standard error; where that is no terminal nothing is drawn.
pub(super) fn progress(all: i64, what: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(u64::try_from(all).unwrap_or_default());
    let shown = "{wide_bar} {human_pos} of {human_len} {msg}, {eta} left";
    if let Ok(style) = ProgressStyle::with_template(shown) {
        bar.set_style(style);
    }
    bar.with_message(what)
}

/// A number of things, in words.
pub(super) fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// Says what went wrong. Where nobody reads that either, the exit code says it alone.
pub(super) fn complain(error: &dyn Display) {
    let _ = writeln!(io::stderr().lock(), "{error}");
}

/// How the command ended, now that all is printed.
pub(super) fn ended(exit: Exit) -> Exit {
    note(io::stdout().lock().flush());
    match FAILED.get() {
        Some(error) if error.kind() != ErrorKind::BrokenPipe => {
            complain(&format!(
                "klachtpost: failed to print all of it: {error}\n  hint: see where standard output goes, then try again"
            ));
            Exit::TryAgainLater
        }
        _ => exit,
    }
}

fn note(written: io::Result<()>) {
    if let Err(error) = written {
        // Only the first counts: what follows is not tried any more.
        let _ = FAILED.set(error);
    }
}
