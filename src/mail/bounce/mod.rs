//! Does it report a failed delivery (RFC 3464 and the many that are not), of whom and of what. Pure.
use super::Bounce;
use super::parse::Parsed;

pub(crate) fn of(_parsed: &Parsed) -> Option<Bounce> {
    None
}
