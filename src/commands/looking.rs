//! What commands share that only look into the register: it must be there, none is made, and each answer for people names it.

use super::{Exit, failed};
use crate::config::{Config, RegisterPlace};
use crate::register::{Register, RegisterError, place};

/// The register that the settings name.
pub(super) async fn register(config: &Config) -> Result<Register, RegisterError> {
    Register::open_existing(&config.register.url).await
}

/// Its file, as it is found from anywhere; and where nobody named it, that it was found by chance.
pub(super) fn register_at(config: &Config) -> String {
    let path = place(&config.register.url).unwrap_or_default();
    match config.register.place {
        RegisterPlace::Usual | RegisterPlace::Set => path,
        RegisterPlace::Here => format!("{path} (found in this folder; register.url is not set)"),
    }
}

/// How a command ends that the register failed.
pub(super) fn ended_by(error: &RegisterError) -> Exit {
    match error {
        RegisterError::Absent { .. } => failed(error, Exit::FoundProblems),
        other => failed(other, Exit::TryAgainLater),
    }
}
