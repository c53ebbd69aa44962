//! `klachtpost run`: the daemon, or one round of its work.

use super::looking::register_at;
use super::{Exit, environment, failed};
use crate::clock::Clock;
use crate::config::{self, Borrowed, Config, Problem};
use crate::daemon::{self, Office, OfficeError};
use std::path::Path;
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, Span};

/// Settings that one line of the log names.
const NAMED_MAX: usize = 12;

/// Runs the daemon until SIGTERM or SIGINT; `once`: one round. SIGHUP reads the settings anew, from where they came.
pub async fn run(explicit: Option<&Path>, config: Config, once: bool, clock: Clock) -> Exit {
    warn_of(&config);
    tracing::info!(register = register_at(&config), "complaints are registered here");
    let url = config.register.url.clone();
    let office = match Office::open(config, clock).await {
        Ok(office) => office,
        Err(error) => return failed(&error, ended_at_start(&error)),
    };
    // One daemon on a file; of several on PostgreSQL each has a name.
    let shared = office.register.is_shared();
    let only = match shared {
        true => None,
        false => match office.register.only_daemon(&url).await {
            Ok(only) => Some(only),
            Err(error) => return failed(&error, Exit::TryAgainLater),
        },
    };
    let office = match office.join().await {
        Ok(office) => Arc::new(office),
        Err(error) => return failed(&error, Exit::TryAgainLater),
    };
    let span =
        if shared { tracing::info_span!("instance", name = office.config.instance.shown()) } else { Span::none() };
    tokio::spawn(stop_on_signal(office.stop.clone()));
    let explicit = explicit.map(Path::to_owned);
    let load = move || config::load(explicit.as_deref(), environment()).inspect(warn_of);
    let work =
        async { if once { daemon::run_once(office.clone()).await } else { daemon::run(office.clone(), &load).await } };
    let ended = work.instrument(span).await;
    office.register.close().await;
    drop(only);
    match ended {
        Ok(()) => Exit::Done,
        Err(error) => failed(&error, Exit::TryAgainLater),
    }
}

/// A register that cannot be used at this moment is tried again; all else is for a person to put right.
fn ended_at_start(error: &OfficeError) -> Exit {
    match error {
        OfficeError::Register(error) if error.passes_by_itself() => Exit::TryAgainLater,
        _ => Exit::FoundProblems,
    }
}

fn warn_of(config: &Config) {
    say_what_is_borrowed(&config.borrowed);
    say_what_is_doubtful(&config.doubts);
}

/// Once a start: a desk that is tried goes on, an operator who forgot something finds it in the log. The keys alone;
/// values are addresses.
fn say_what_is_borrowed(borrowed: &Borrowed) {
    if !borrowed.sample.is_empty() {
        let settings = keys(&borrowed.sample);
        tracing::warn!(
            settings,
            "settings still stand as in the sample, and customers may be shown them; `klachtpost check` lists each"
        );
    }
    if !borrowed.reserved.is_empty() {
        let settings = keys(&borrowed.reserved);
        tracing::warn!(
            settings,
            "settings name domains that are kept for examples, where no mail gets; `klachtpost check` lists each"
        );
    }
}

/// What an operator probably did not mean; nothing is stopped for it.
fn say_what_is_doubtful(doubts: &[Problem]) {
    if !doubts.is_empty() {
        let settings = keys(doubts);
        tracing::warn!(settings, "settings are probably not as they were meant; `klachtpost check` says why");
    }
}

/// The first few, each once.
fn keys(problems: &[Problem]) -> String {
    let mut all: Vec<&str> = problems.iter().map(|problem| problem.key.as_str()).collect();
    all.dedup();
    let named: Vec<&str> = all.iter().take(NAMED_MAX).copied().collect();
    let more = all.len() - named.len();
    if more == 0 { named.join(", ") } else { format!("{} and {more} more", named.join(", ")) }
}

async fn stop_on_signal(stop: CancellationToken) {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return;
    };
    tokio::select! { _ = terminate.recv() => {} _ = interrupt.recv() => {} }
    tracing::info!("asked to stop: the mail in hand is finished first");
    stop.cancel();
}
