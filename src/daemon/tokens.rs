//! Looks after what logins are made with, where mail servers want tokens: they are renewed before they end, and the operator
//! hears in time of a secret that ends.

use super::of_access;
use super::office::Office;
use super::watching::News;
use crate::desk::outage::{Area, Trouble};

/// Renews what is due, and notes what is amiss or will be.
pub(super) async fn look_after(office: &Office) {
    if office.config.oauth2.is_none() {
        return;
    }
    let now = office.clock.now();
    let today = now.with_timezone(&office.config.desk.time_zone).date_naive();
    let mut renewed = Ok(());
    for mailbox in office.mailboxes.all() {
        let of_this = office.access.renew(&mailbox.config.mailbox, &office.config.sender, now).await;
        renewed = renewed.and(of_this);
    }
    let ends = || {
        let last = office.access.secret_expires()?;
        let found = format!(
            "[oauth2]: expected a secret that lasts, found that its last day is {last}; next: make a new one in time"
        );
        Trouble::of_last_day(last, today).map(|trouble| (trouble, found))
    };
    let amiss = match renewed {
        Err(error) => Some((of_access(&error), error.to_string())),
        Ok(()) => ends(),
    };
    match amiss {
        Some((trouble, found)) => {
            if office.watch.failed(Area::Access, trouble, found.clone(), now) == News::Yes {
                tracing::warn!("{found}");
            }
        }
        None => {
            if office.watch.good(Area::Access, now) == News::Yes {
                tracing::info!("tokens are given again");
            }
        }
    }
}
