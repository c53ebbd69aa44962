//! `klachtpost check --send`: test mails through the real route, from the desk to itself. They are taken away again.

use super::super::round_trip::{Route, TripError, Word};
use super::report::Report;
use crate::access::AccessError;
use crate::config::StaffProof;
use crate::daemon::Office;
use crate::mailbox::{Mailbox, MailboxError};
use crate::register::RegisterError;
use std::time::Duration;

/// Servers that check mail hold it for seconds, and greylist strangers for minutes: not the desk's own mail.
const WAIT: Duration = Duration::from_secs(120);

#[derive(Debug, thiserror::Error)]
pub(super) enum NoTrip {
    #[error(transparent)]
    Trip(#[from] TripError),
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Register(#[from] RegisterError),
}

/// Goes there and back; whether all is right.
pub(super) async fn check(report: Report<'_>, office: &Office) -> bool {
    let (after, word) = match go(office).await {
        Ok(gone) => gone,
        Err(error) => return report.problem("round trip", error),
    };
    let came = format!("a test mail came back after {:.1} s, and was taken away again", after.as_secs_f32());
    report.line("round trip", Ok::<_, &str>(came));
    // A mail to oneself may pass the boundary by: what it shows is no proof of a hole.
    match word {
        Word::Guarded(_) => {
            report.line("round trip", Ok::<_, &str>(word));
        }
        Word::Nobodys | Word::Unguarded(_) => report.note("round trip", word),
    }
    true
}

async fn go(office: &Office) -> Result<(Duration, Word), NoTrip> {
    let (settings, sender) = (office.mailbox_now().await?, office.sender_now().await?);
    let mut mailbox = Mailbox::open(&settings).await?;
    let named = match &settings.staff_proof {
        StaffProof::Results(trusted) => Some(trusted.trim()),
        StaffProof::Nothing | StaffProof::Microsoft365 => None,
    };
    let mut route = Route::new(&mut mailbox, &sender, &office.house.desk_address, WAIT);
    let gone = route.go(named).await;
    // Taken back also where it came to no end: they are on neither side of the balance.
    for (uid_validity, uids) in std::mem::take(&mut route.spent) {
        office.register.take_back(settings.name.as_str(), uid_validity, &uids, office.clock.now()).await?;
    }
    mailbox.close().await;
    Ok(gone?)
}
