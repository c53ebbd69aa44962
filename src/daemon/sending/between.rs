//! What a sender does between its rounds: it gives letters back, and tries whether letters would go where none waits.

use super::{LEASE, Sender, jitter};
use crate::case::Moment;
use crate::daemon::WorkError;
use crate::daemon::noting::{good, note_server};
use crate::daemon::office::Office;
use crate::desk::outage::Area;
use crate::outbox::backoff::server_wait;
use crate::outbox::{Outcome, Stage};
use crate::register::Claimed;
use chrono::TimeDelta;
use std::time::{Duration, Instant};

impl Sender {
    /// Gives letters back that were claimed and not sent.
    ///
    /// # Errors
    /// The register refused: they are kept, to be given back.
    pub async fn give_back(&mut self, office: &Office) -> Result<(), WorkError> {
        if !self.lost_claims.is_empty() {
            // What is still being committed is found in a later round.
            let found = office.register.within(office.register.unclaim_lost(&self.lost_claims)).await?;
            let now = office.clock.now();
            self.lost_claims.retain(|until| !found.contains(until) && *until > now);
        }
        put_back(office, &self.stranded, Duration::ZERO).await?;
        self.stranded.clear();
        Ok(())
    }

    /// The end of a lease, at which no claim ends whose answer was lost: its letters are known by it.
    pub(super) fn lease_end(&self, now: Moment) -> Moment {
        let mut until = now + LEASE;
        while self.lost_claims.contains(&until) {
            until += TimeDelta::milliseconds(1);
        }
        until
    }

    /// Where others send too and no letter waits: connects, as a letter would. Else one that failed, and whose letters another
    /// sent, would be said to fail for good; and of one that had none yet nobody would know that it can. While letters wait
    /// they say it, for a server may let us in and take nothing.
    ///
    /// # Errors
    /// The register refused, or there is no chance.
    pub async fn try_out(&mut self, office: &Office) -> Result<(), WorkError> {
        let is_known = office.register.look_every().is_none() || office.watch.is_good(Area::Sending);
        if is_known || self.try_after.is_some_and(|at| Instant::now() < at) {
            return Ok(());
        }
        if office.register.next_letter_due().await?.is_some() {
            return Ok(());
        }
        let settings = match office.sender_now().await {
            Ok(settings) => settings,
            Err(error) => {
                self.without_token(office, &error)?;
                return self.try_later();
            }
        };
        let Some(transport) = self.transports.first_mut() else { return Ok(()) };
        transport.log_in_as(&settings);
        let connected = tokio::select! {
            () = office.stop.cancelled() => return Ok(()),
            connected = transport.prepare() => connected,
        };
        let Err(outcome) = connected else {
            self.failures = 0;
            good(office);
            return Ok(());
        };
        if matches!(outcome, Outcome::TryAgain { stage: Stage::Login, .. }) {
            office.access.forget().await;
        }
        note_server(office, &outcome);
        self.failures = self.failures.saturating_add(1);
        self.try_later()
    }

    fn try_later(&mut self) -> Result<(), WorkError> {
        self.try_after = Some(Instant::now() + server_wait(self.failures, jitter()?));
        Ok(())
    }
}

/// Later is said by a clock that is believed alone: by another it may be in years.
pub(super) async fn put_back(office: &Office, letters: &[Claimed], wait: Duration) -> Result<(), WorkError> {
    if letters.is_empty() {
        return Ok(());
    }
    let is_believed = office.register.clock_off().is_none();
    let not_before = is_believed.then(|| office.clock.now() + TimeDelta::from_std(wait).unwrap_or_default());
    let ids: Vec<_> = letters.iter().map(|letter| letter.id.clone()).collect();
    Ok(office.register.within(office.register.unclaim(&ids, not_before)).await?)
}
