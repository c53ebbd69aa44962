//! The program: reads the command line, sets up logging, calls a command, and is the only place that exits.

use clap::Parser;
use klachtpost::commands::{self, Arguments, Exit};
use std::io::IsTerminal;
use std::process::ExitCode;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer};

/// Libraries that say too much of what went well. The database's says of each slow disk that it was slow, and `ingest`
/// must say nothing to its MTA.
const QUIET: &str = "sqlx=error,rustls=warn,tokio_cron_scheduler=warn";
/// The formats of the log.
const TEXT: &str = "text";
const JSON: &str = "json";
/// What the targets of our own records begin with.
const OURS: &str = "klachtpost";

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
