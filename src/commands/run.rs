//! `klachtpost run`: the daemon, or one round of its work.

use super::{Exit, failed};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::{self, Office};
use std::sync::Arc;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Runs the daemon until SIGTERM or SIGINT; `once`: one round.
pub async fn run(config: Config, once: bool, clock: Clock) -> Exit {
    let url = config.register.url.clone();
    let office = match Office::open(config, clock).await {
        Ok(office) => Arc::new(office),
        Err(error) => return failed(&error, Exit::FoundProblems),
    };
    let only = match office.register.only_daemon(&url).await {
        Ok(only) => only,
        Err(error) => return failed(&error, Exit::TryAgainLater),
    };
    tokio::spawn(stop_on_signal(office.stop.clone()));
    let ended = if once { daemon::run_once(office.clone()).await } else { daemon::run(office.clone()).await };
    office.register.close().await;
    drop(only);
    match ended {
        Ok(()) => Exit::Done,
        Err(error) => failed(&error, Exit::TryAgainLater),
    }
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
