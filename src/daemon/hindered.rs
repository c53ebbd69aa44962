//! What of the mailbox does not work, or not though mail is taken in: said once in the log, and after a while to the operator.

use super::WorkError;
use super::office::Office;
use super::watching::News;
use crate::desk::outage::{Area, Trouble};
use crate::mailbox::Remedy;

/// What one look met.
#[derive(Debug, Default)]
pub(super) struct Hindered {
    /// Why mails that are on file stay in the inbox.
    pub moving: Option<String>,
    /// Mails that are not given, and why.
    pub giving: Option<String>,
}

impl Hindered {
    /// After each look that came to its end.
    pub fn report(self, office: &Office) {
        let giving = self.giving.map(|found| (Trouble::Giving, found));
        let met = giving.or(self.moving.map(|found| (Trouble::Moving, found)));
        let now = office.clock.now();
        let Some((trouble, found)) = met else {
            if office.watch.good(Area::Mailbox, now) == News::Yes {
                tracing::info!("all of the mailbox works again");
            }
            return;
        };
        if office.watch.failed(Area::Mailbox, trouble, found.clone(), now) == News::No {
            return;
        }
        match trouble {
            Trouble::Moving => tracing::warn!(%found, "mails that are on file could not be moved; it is tried again"),
            _ => tracing::warn!(%found, "not all mails that the server has could be had; they are asked for again"),
        }
    }
}

/// To the log once per kind of trouble, not once per attempt; what lasts goes to the operator.
pub(super) fn intake_failed(office: &Office, error: &WorkError) {
    let news = office.watch.failed(Area::Intake, error.trouble(), error.to_string(), office.clock.now());
    if news == News::No {
        return;
    }
    let mailbox = named(office);
    match error {
        WorkError::Access(e) if !e.why.may_pass() => tracing::error!(mailbox, %error, "taking in stopped"),
        WorkError::Mailbox(e) if e.remedy() == Remedy::Operator => {
            tracing::error!(mailbox, %error, "taking in stopped");
        }
        _ => tracing::warn!(mailbox, %error, "taking in is interrupted; it is tried again"),
    }
}

pub(super) fn intake_works(office: &Office) {
    if office.watch.good(Area::Intake, office.clock.now()) == News::Yes {
        tracing::info!(mailbox = named(office), "taking in goes on");
    }
}

/// For the log, where there are several.
fn named(office: &Office) -> Option<&str> {
    office.mailboxes.are_several().then(|| office.mailbox_name().as_str())
}
