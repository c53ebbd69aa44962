//! What only one of several instances does at a time: reading the mailbox, and the desk's own hours (terms, digests, notices,
//! alarms). Who holds the lease works with an office whose register commits nothing once another holds it.

use super::office::Office;
use super::{WorkError, hour};
use crate::register::AT_ANY_HOUR;
use std::sync::Arc;
use std::time::Duration;

/// How long to wait for what another holds, where no lease says it.
const USUAL_PAUSE: Duration = Duration::from_secs(5);

/// How the lease of the mailbox in hand is called.
pub(super) fn of_mailbox(office: &Office) -> String {
    format!("mailbox {}", office.config.mailbox.name)
}

/// Whether an instance with a wrong clock may hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Timing {
    ByTheHour,
    AtAnyHour,
}

/// A lease, as one loop asks for it.
pub(super) struct Lease {
    name: String,
    /// What is done under it goes by the hour; telling that nobody can read the mailbox does not.
    timing: Timing,
    /// By which settings, and the office under it.
    held: Option<(Arc<Office>, Arc<Office>)>,
}

impl Lease {
    /// Of the mailbox of these settings.
    pub fn of_mailbox(office: &Office) -> Self {
        Self { name: of_mailbox(office), timing: Timing::ByTheHour, held: None }
    }

    /// Of telling that nobody can reach the mailbox in hand.
    pub fn of_alarms(office: &Office) -> Self {
        Self { name: format!("{AT_ANY_HOUR}{}", of_mailbox(office)), timing: Timing::AtAnyHour, held: None }
    }

    /// Of all that the desk does by itself.
    pub fn of_desk() -> Self {
        Self { name: "desk".to_owned(), timing: Timing::ByTheHour, held: None }
    }

    /// The office for that work, by the settings of now; None: another instance does it.
    ///
    /// # Errors
    /// The register refused; or this machine's clock is too far from the database's, and others may do it.
    pub async fn office(&mut self, now: &Arc<Office>) -> Result<Option<Arc<Office>>, WorkError> {
        if self.timing == Timing::ByTheHour {
            hour::of_database(now).await.inspect_err(|_| self.held = None)?;
        }
        let Some(register) = now.register.hold(&self.name).await? else {
            self.held = None;
            return Ok(None);
        };
        if let Some((settings, under)) = &self.held
            && Arc::ptr_eq(settings, now)
            && under.register.is_held_as(&register)
        {
            return Ok(Some(under.clone()));
        }
        let under = if register.is_held_as(&now.register) { now.clone() } else { Arc::new(now.under(register)) };
        self.held = Some((now.clone(), under.clone()));
        Ok(Some(under))
    }

    /// Others may try: here it does not work.
    pub async fn release(&mut self, now: &Office) {
        self.held = None;
        if let Err(error) = now.register.release(&self.name).await {
            tracing::debug!(%error, lease = self.name, "it was not given back; it lapses");
        }
    }
}

/// All that was held is free at once; where that cannot be said now, it lapses.
pub(super) async fn give_back(office: &Office) {
    if !matches!(tokio::time::timeout(USUAL_PAUSE, office.register.leave()).await, Ok(Ok(()))) {
        tracing::debug!("what this instance held was not given back; it lapses");
    }
}

/// Before it is looked again whether something can be taken over.
pub(super) fn pause(office: &Office) -> Duration {
    office.register.look_every().unwrap_or(USUAL_PAUSE)
}

/// Does it as long as what it stands on is held: what hangs on a database that is out of reach is broken off, and nothing more is
/// done at a mail server meanwhile.
///
/// # Errors
/// Its own, or it was broken off.
pub(super) async fn while_held<T>(
    office: &Office,
    work: impl Future<Output = Result<T, WorkError>>,
) -> Result<T, WorkError> {
    tokio::select! {
        biased;
        () = office.register.lapsed() => Err(office.register.is_lapsed().into()),
        done = work => done,
    }
}
