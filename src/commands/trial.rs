//! `klachtpost trial`: the process of its own in which the daemon tries one mail. Not for people: it is asked on standard
//! input and answers on standard output, and reads nothing else.

use super::{Exit, failed};
use crate::daemon::trial::{ENDED, NoTrial, stand};
use std::io::{Read, Write};

/// Tries what it is handed; without an answer the trial proves nothing.
pub fn run() -> Exit {
    let mut handed = Vec::new();
    if let Err(error) = std::io::stdin().lock().read_to_end(&mut handed) {
        return failed(&error, Exit::TryAgainLater);
    }
    match stand(&handed) {
        Ok(()) if std::io::stdout().write_all(ENDED).is_ok() => Exit::Done,
        Ok(()) => Exit::TryAgainLater,
        Err(error @ NoTrial::Question) => failed(&error, Exit::WrongUsage),
        Err(error) => failed(&error, Exit::TryAgainLater),
    }
}
