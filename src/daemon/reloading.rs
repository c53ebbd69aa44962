//! SIGHUP: the settings are read anew, all or nothing, and take effect with the next step of work. A mistake in them, or
//! settings that do not go together with what is kept until a restart, change nothing.

use super::current::Current;
use super::manager;
use super::office::OfficeError;
use crate::config::{Config, ConfigError};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Reads the settings from where the daemon had them.
pub type Load = dyn Fn() -> Result<Config, ConfigError> + Send + Sync;

/// Why the new settings are not taken.
#[derive(Debug, thiserror::Error)]
enum ReloadError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Office(#[from] OfficeError),
}

/// From now on SIGHUP ends nothing.
pub(super) fn hangups() -> Option<Signal> {
    let made = signal(SignalKind::hangup());
    made.inspect_err(|error| tracing::error!(%error, "settings cannot be read anew without a restart")).ok()
}

/// Reads them anew at each SIGHUP.
pub(super) async fn reloading_loop(current: &Current, hangups: Option<Signal>, load: &Load) {
    let Some(mut hangups) = hangups else { return };
    loop {
        tokio::select! {
            () = current.stopped() => break,
            came = hangups.recv() => if came.is_none() { break },
        }
        manager::reloading();
        match reload(current, load) {
            Ok(needs_restart) if needs_restart.is_empty() => tracing::info!("the settings were read anew"),
            Ok(needs_restart) => {
                let settings = needs_restart.join(", ");
                tracing::warn!(
                    settings,
                    "the settings were read anew, but for these: they need a restart, and stay as they were"
                );
            }
            Err(error) => {
                current.refused();
                tracing::error!(%error, "the new settings were refused as a whole; those of before go on");
            }
        }
        manager::ready(current);
    }
}

/// What needs a restart.
fn reload(current: &Current, load: &Load) -> Result<Vec<String>, ReloadError> {
    let office = current.now();
    let reloaded = load()?.for_running(&office.mailboxes.whole)?;
    current.replace(office.with(reloaded.config)?, !reloaded.needs_restart.is_empty());
    Ok(reloaded.needs_restart)
}
