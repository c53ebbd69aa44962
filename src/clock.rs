//! The two inputs that no argument gives: the hour and chance. The only reader of the OS clock; a test or the
//! demo hands out a clock of its own.

use crate::case::Moment;
use chrono::{TimeZone, Utc};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// What time it is.
#[derive(Debug, Clone)]
pub enum Clock {
    System,
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
            Self::System => Utc::now().timestamp_millis(),
            Self::Set(millis) => millis.load(Ordering::SeqCst),
        };
        Utc.timestamp_millis_opt(millis).single().unwrap_or_default()
    }

    /// Sets a clock of one's own; the system's is left alone.
    pub fn set(&self, moment: Moment) {
        if let Self::Set(millis) = self {
            millis.store(moment.timestamp_millis(), Ordering::SeqCst);
        }
    }
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
