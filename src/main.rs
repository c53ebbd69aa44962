//! The program: reads the command line, sets up logging, calls a command, and is the only place that exits.

use clap::Parser;
use klachtpost::commands::{self, Arguments, Exit};
use std::io::IsTerminal;
use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};
use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Libraries that say too much of what went well. The database's says of each slow disk that it was slow, and `ingest`
/// must say nothing to its MTA. The scheduler takes it for an error that its loop was never started.
const QUIET: &str = "sqlx=error,rustls=warn,tokio_cron_scheduler=off";
/// The formats of the log.
const TEXT: &str = "text";
const JSON: &str = "json";
/// What the targets of our own records begin with.
const OURS: &str = "klachtpost";
/// How many heaps glibc makes (mallopt(3)): one for each thread that allocates, unless this says otherwise when a program begins.
const HEAPS: &str = "MALLOC_ARENA_MAX";

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Exit::WrongUsage.into() } else { Exit::Done.into() };
        }
    };
    if let Some(exit) = commands::run_alone(&arguments) {
        return exit.into();
    }
    if arguments.is_daemon() {
        if std::env::var_os(HEAPS).is_none() {
            begin_with_one_heap();
        }
        commands::keep_together();
    }
    log(arguments.usual_log_level());
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(_) => return Exit::TryAgainLater.into(),
    };
    let exit = runtime.block_on(commands::run(arguments));
    // What still runs is a reading that hangs: waiting for its thread would be waiting for ever.
    runtime.shutdown_background();
    exit.into()
}

/// Begins again, as the same process: what the threads of the daemon give back to heaps of their own is a quarter of the memory that
/// it takes, and one heap costs no time. Comes back where that cannot be: then it is as it is.
fn begin_with_one_heap() {
    let Ok(program) = std::env::current_exe() else { return };
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_else(|| OURS.into());
    let _ = Command::new(program).arg0(name).args(arguments).env(HEAPS, "1").exec();
}

/// Logs to standard error; `KLACHTPOST_LOG` sets the level, `KLACHTPOST_LOG_FORMAT=json` one JSON object a line.
fn log(usual: &str) {
    let level = std::env::var("KLACHTPOST_LOG").unwrap_or_else(|_| usual.to_owned());
    let filter =
        EnvFilter::try_new(format!("{level},{QUIET}")).unwrap_or_else(|_| EnvFilter::new(format!("{usual},{QUIET}")));
    // Where nobody reads the log any more (`2>&1 | head`), saying so would be a panic.
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).log_internal_errors(false);
    let format = std::env::var("KLACHTPOST_LOG_FORMAT").unwrap_or_default();
    let to_standard_error = if format == JSON {
        layer.json().boxed()
    } else {
        // Colours are for a terminal: the journal shows a line that has them as a blob.
        layer.with_ansi(std::io::stderr().is_terminal()).boxed()
    };
    tracing_subscriber::registry().with(to_standard_error).with(filter).with(filter_fn(may_be_logged)).init();
    if !matches!(format.as_str(), "" | TEXT | JSON) {
        tracing::warn!("KLACHTPOST_LOG_FORMAT is neither \"{TEXT}\" nor \"{JSON}\"; the log is in {TEXT}");
    }
}

/// Libraries print whole commands below info, passwords included: those never pass, whatever was asked for.
fn may_be_logged(record: &Metadata<'_>) -> bool {
    record.target().starts_with(OURS) || *record.level() <= Level::INFO
}
