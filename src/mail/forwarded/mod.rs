//! Is it somebody else's mail that the sender passed on (§2.2). Pure.
use super::Forwarded;
use super::parse::Parsed;

pub(crate) fn of(_parsed: &Parsed) -> Option<Forwarded> {
    None
}
