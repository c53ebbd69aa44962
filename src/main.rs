//! The program: reads the command line, sets up logging, calls a command, and is the only place that exits.

use clap::Parser;
use klachtpost::commands::{self, Arguments, Exit};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Libraries that print whole commands, passwords included, at lower levels are kept at info whatever is asked.
const QUIET: &str = "async_imap=info,lettre=info,sqlx=warn,rustls=warn";

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { Exit::WrongUsage.into() } else { Exit::Done.into() };
        }
    };
    log();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(_) => return Exit::TryAgainLater.into(),
    };
    let exit = runtime.block_on(commands::run(arguments));
    // What still runs is a reading that hangs: waiting for its thread would be waiting for ever.
    runtime.shutdown_background();
    exit.into()
}

/// Logs to standard error; `KLACHTPOST_LOG` sets the level (default `info`).
fn log() {
    let level = std::env::var("KLACHTPOST_LOG").unwrap_or_else(|_| "info".to_owned());
    let filter =
        EnvFilter::try_new(format!("{level},{QUIET}")).unwrap_or_else(|_| EnvFilter::new(format!("info,{QUIET}")));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
