//! What of the mailbox does not work though mail is taken in: said once in the log, and after a while to the operator.

use super::office::Office;
use super::watching::News;
use crate::desk::outage::{Area, Trouble};

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
