//! What the crash points are in every build that is installed: nothing.

use super::Breaks;
use chrono::TimeDelta;
use std::time::Duration;

/// A place where a test could kill the process.
#[inline(always)]
pub fn point(_name: &'static str) {}

/// A step that a test's mail could break.
#[inline(always)]
pub fn poison(_step: Breaks, _text: &[u8]) {}

/// How long a step may take: as ever.
#[inline(always)]
pub fn deadline(usual: Duration) -> Duration {
    usual
}

/// How long a mail is put off: as ever.
#[inline(always)]
pub fn pause(usual: TimeDelta) -> TimeDelta {
    usual
}

/// How far a test puts the host's clock: nowhere.
#[inline(always)]
pub fn clock_shift() -> TimeDelta {
    TimeDelta::zero()
}
