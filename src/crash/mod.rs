//! Crash points: named places around each write between "mail arrived" and "letter accepted", at which a test kills
//! the process, mails that break reading or deciding on purpose, and a host's clock that is wrong. Only in builds with the feature `crash-points`;
//! in every other build all of it is empty and compiles to nothing. Touches, with the feature, its own environment
//! variables and one file of the test.

#[cfg(feature = "crash-points")]
mod armed;
#[cfg(feature = "crash-points")]
pub use armed::{clock_shift, deadline, pause, point, poison};

#[cfg(not(feature = "crash-points"))]
mod unarmed;
#[cfg(not(feature = "crash-points"))]
pub use unarmed::{clock_shift, deadline, pause, point, poison};

/// A step that a poisonous mail breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Breaks {
    Reading,
    Deciding,
}
