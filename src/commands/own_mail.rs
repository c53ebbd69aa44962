//! Mails with which commands try the desk's own servers: from the desk to the desk, with the mark that all our letters carry,
//! so that whoever handles one knows it for no complaint (invariant 5). Pure but for chance and the hour.

use crate::case::Address;
use crate::clock::{self, Clock};

/// Such a mail; nobody else knows its id.
pub(super) struct OwnMail {
    pub id: String,
    /// ASCII, with CR LF line ends.
    pub text: String,
}

impl OwnMail {
    /// `before` are header lines that stand above all others.
    pub fn new(desk: &Address, clock: &Clock, before: &str) -> Result<Self, clock::NoRandom> {
        let id = clock::random_hex::<16>()?;
        let (domain, date) = (desk.domain(), clock.now().to_rfc2822());
        let text = format!(
            "{before}From: {desk}\r\nTo: {desk}\r\nSubject: klachtpost: a test mail, to be deleted ({id})\r\nDate: {date}\r\n\
             Message-ID: <trial.{id}@{domain}>\r\nX-Loop: {desk}\r\nAuto-Submitted: auto-generated\r\n\
             MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
             klachtpost tries with this mail whether mail comes in and can be filed away. It may be deleted.\r\n"
        );
        Ok(Self { id, text })
    }
}
