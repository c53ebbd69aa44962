//! Is the sender proven by a mail server we trust (RFC 8601). Pure.
use super::SenderProof;
use super::parse::Parsed;

pub(crate) fn of(_parsed: &Parsed, _trusted_authserv_id: &str) -> SenderProof {
    SenderProof::None
}
