//! Did a machine send it, and which kind (RFC 3834). Pure.
use super::Automatic;
use super::parse::Parsed;

pub(crate) fn of(_parsed: &Parsed) -> Option<Automatic> {
    None
}
