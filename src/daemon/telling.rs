//! Telling the operator what lasts, and looking after the test mails: of a mailbox whoever reads it, of all else whoever does the
//! desk's work, also that sending fails at another instance. What an instance sees of a mailbox that another reads is of then and
//! not of now, and nobody is told of it.

use super::leases::{self, Lease};
use super::office::Office;
use super::round_trip::RoundTrip;
use super::watching::{Complaint, News, Teller};
use super::{Step, WorkError};
use crate::case::MailboxName;
use crate::desk::outage::Area;
use crate::register::{Held, Register};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was told, as far as this process knows.
pub struct Telling {
    desk: Lease,
    of_desk: Under,
    of_mailboxes: BTreeMap<MailboxName, Under>,
}

/// What is known under a lease, as long as it is held.
#[derive(Default)]
struct Under {
    held: Option<Register>,
    teller: Teller,
    trip: RoundTrip,
}

impl Under {
    /// Who gains a lease knows nothing of what others did meanwhile.
    fn holds(&mut self, register: &Register) {
        if !self.held.as_ref().is_some_and(|held| held.is_held_as(register)) {
            self.teller.forget_all();
            self.trip = RoundTrip::default();
            self.held = Some(register.clone());
        }
    }
}

/// What telling of one thing ended with, for the log.
type Told = (Result<(), WorkError>, Result<Step, WorkError>);

impl Default for Telling {
    fn default() -> Self {
        Self { desk: Lease::of_desk(), of_desk: Under::default(), of_mailboxes: BTreeMap::new() }
    }
}

impl Telling {
    /// Tells what is to be told now, and sends the test mails that are due.
    ///
    /// # Errors
    /// What test mails could not be looked after, else what could not be told; all the rest was done.
    pub async fn round(&mut self, office: &Arc<Office>) -> Result<Step, WorkError> {
        let mut step = Step::Idle;
        let (mut watched, mut failed) = (Ok(()), Ok(()));
        // First what complaints come in by.
        let mut all: Vec<Told> = Vec::new();
        for mailbox in office.each().map(Arc::new) {
            all.push(self.of_mailbox(&mailbox).await);
        }
        all.push((Ok(()), self.of_desk(office).await));
        for (looked_after, told) in all {
            watched = watched.and(looked_after);
            match told {
                Ok(Step::Worked) => step = Step::Worked,
                Ok(Step::Idle) => {}
                Err(error) => failed = failed.and(Err(error)),
            }
        }
        if let Err(error) = &watched
            && office.watch.first(Complaint::Watching) == News::Yes
        {
            tracing::warn!(%error, "the watch's test mail was not looked after; every minute tries again");
        }
        if let Err(error) = &failed
            && office.watch.first(Complaint::Telling) == News::Yes
        {
            tracing::error!(%error, "the letter to the operator could not be written; it is tried every minute");
        }
        watched.and(failed).map(|()| step)
    }

    async fn of_desk(&mut self, office: &Arc<Office>) -> Result<Step, WorkError> {
        // Said again each time: an instance that comes back under its name has forgotten it.
        if let Err(error) = office.register.say_sending(office.watch.condition_of(Area::Sending)).await {
            tracing::debug!(%error, "how sending goes here is not known to the others yet; every minute says it");
        }
        let under = match self.desk.office(office).await {
            Ok(Some(under)) => under,
            Ok(None) | Err(WorkError::Clock { .. }) => return Ok(Step::Idle),
            // What cannot be asked for is told all the same, by whatever means are left.
            Err(_) => office.clone(),
        };
        self.of_desk.holds(&under.register);
        self.of_desk.teller.tell_of_desk(&under).await
    }

    /// Where nobody can reach the mailbox nobody holds it for long: then one of those who cannot tells of it. Its own lease is left
    /// to whoever can.
    async fn of_mailbox(&mut self, office: &Arc<Office>) -> Told {
        let lease = leases::of_mailbox(office);
        let known = self.of_mailboxes.entry(office.mailbox_name().clone()).or_default();
        match office.register.held(&lease).await {
            Ok(Held::Here(register)) => {
                known.holds(&register);
                let under = office.under(register);
                (known.trip.look_after(&under).await, known.teller.tell_of_mailbox(&under).await)
            }
            Ok(Held::Nowhere) if office.watch.is_mailbox_failing() => {
                let mut alarms = Lease::of_alarms(office);
                let Ok(Some(under)) = alarms.office(office).await else { return (Ok(()), Ok(Step::Idle)) };
                known.holds(&under.register);
                let told = known.teller.tell_of_mailbox(&under).await;
                alarms.release(office).await;
                (Ok(()), told)
            }
            Ok(Held::Nowhere | Held::Elsewhere) => (Ok(()), Ok(Step::Idle)),
            // As with the desk's.
            Err(_) => (Ok(()), known.teller.tell_of_mailbox(office).await),
        }
    }
}
