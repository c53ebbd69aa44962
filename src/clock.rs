//! The two inputs that no argument gives: the hour and chance. The only reader of the OS clock; a test or the
//! demo hands out a clock of its own. Whether the host's can be right, `desk::hour` judges.

use crate::case::Moment;
use crate::crash;
use chrono::{TimeZone, Utc};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// What time it is.
#[derive(Debug, Clone)]
pub enum Clock {
    System,
    /// The system's, whatever speaks against it: an operator said that it is right.
    Trusted,
    /// Stands still until it is set: epoch milliseconds.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that is set by hand.
    pub fn at(moment: Moment) -> Self {
        Self::Set(Arc::new(AtomicI64::new(moment.timestamp_millis())))
    }

    /// The moment, in whole milliseconds: what the register keeps.
    pub fn now(&self) -> Moment {
        let millis = match self {
            Self::System | Self::Trusted => Utc::now().timestamp_millis() + crash::clock_shift().num_milliseconds(),
            Self::Set(millis) => millis.load(Ordering::SeqCst),
        };
        Utc.timestamp_millis_opt(millis).single().unwrap_or_default()
    }

    /// Whether it may be wrong: only the host's may, and only where nobody vouches for it.
    pub fn is_doubtable(&self) -> bool {
        matches!(self, Self::System)
    }

    /// Sets a clock of one's own; the system's is left alone.
    pub fn set(&self, moment: Moment) {
        if let Self::Set(millis) = self {
            millis.store(moment.timestamp_millis(), Ordering::SeqCst);
        }
    }
}

/// When this program was built, as `build.rs` noted it.
pub fn built_at() -> Moment {
    let seconds = env!("KLACHTPOST_BUILT_AT").parse().unwrap_or_default();
    Utc.timestamp_opt(seconds, 0).single().unwrap_or_default()
}

/// The operating system gave no random numbers.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no random numbers: {why}")]
pub struct NoRandom {
    why: String,
}

/// Fresh random bytes from the operating system.
///
/// # Errors
/// The operating system has none to give: then nothing may be made with them.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandom> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|why| NoRandom { why: why.to_string() })?;
    Ok(bytes)
}

/// As many random bytes, in hexadecimal: what nobody can guess.
///
/// # Errors
/// As [`random`].
pub fn random_hex<const N: usize>() -> Result<String, NoRandom> {
    Ok(random::<N>()?.iter().map(|byte| format!("{byte:02x}")).collect())
}
