//! The round-trip watch: a test mail from the desk to itself, out by the real way and back in by the real way, so that a way
//! which accepts everything and delivers nothing is noticed where nobody writes (invariant 12). It goes out beside the
//! outbox, like the letters to the operator: it is nobody's letter. It comes in as any mail does, and ends as a row of its own
//! kind (invariant 1); then it is deleted.

use super::WorkError;
use super::hour;
use super::noting::{good, note_server};
use super::office::{Office, OfficeError};
use super::watching::{News, send};
use crate::case::Moment;
use crate::clock;
use crate::desk::outage::{Area, Trouble};
use crate::outbox::{Envelope, Outcome, Scope};
use chrono::TimeDelta;

/// One that could not be handed over is tried again after this; no sooner, because of providers that count logins.
const AGAIN_AFTER: TimeDelta = TimeDelta::minutes(10);

/// What this process knows of its test mails beyond the register.
#[derive(Debug, Default)]
pub(super) struct RoundTrip {
    tried_at: Option<Moment>,
    /// What the sending server said to the last it took.
    said: String,
    /// What it said to one that it did not take since then.
    turned_away: Option<String>,
}

impl RoundTrip {
    /// Says how it goes with the last, and sends the next when it is due. Nothing of it where mail cannot be taken in: that is
    /// told by itself, and until it is over no test mail can be back.
    ///
    /// # Errors
    /// The register refused, or there are no random numbers.
    pub(super) async fn look_after(&mut self, office: &Office) -> Result<(), WorkError> {
        let (Some(watch), Some(operator)) = (&office.config.watch, &office.config.operator) else { return Ok(()) };
        if !office.watch.is_good(Area::Intake) || hour::believe(office).await.is_err() {
            return Ok(());
        }
        let now = office.clock.now();
        let trips = office.register.round_trips_of(trips_of(office)).await?;
        let poll = i64::try_from(office.config.mailbox.poll_seconds).unwrap_or(i64::MAX);
        let patience = TimeDelta::minutes(i64::from(operator.alarm_after_minutes)) + TimeDelta::seconds(poll);
        let late = trips.waits_since.filter(|since| now - *since >= patience);
        match late {
            Some(since) => self.is_late(office, since, patience),
            None if trips.waits_since.is_none() && trips.sent_at.is_some() && self.turned_away.is_none() => {
                is_back(office, now);
            }
            None => {}
        }
        let every = TimeDelta::minutes(i64::from(watch.every_minutes));
        let is_due = trips.sent_at.is_none_or(|at| now - at >= every)
            && self.tried_at.is_none_or(|at| now - at >= AGAIN_AFTER.min(every));
        if is_due {
            self.send(office, now).await?;
        }
        if let Some(said) = self.turned_away.as_ref().filter(|_| late.is_none()) {
            is_turned_away(office, said, now);
        }
        Ok(())
    }

    fn is_late(&self, office: &Office, since: Moment, patience: TimeDelta) {
        let said = if self.said.is_empty() { "what it said is not known any more" } else { &self.said };
        let found = format!(
            "[watch]: sent a test mail to {} at {}, expected it back within {} minutes, found none (the sending server: {said}); next: look for it in the mailbox's other folders, and at what the sending server does with mail to that address",
            office.house.desk_address,
            since.format("%Y-%m-%d %H:%M UTC"),
            patience.num_minutes()
        );
        if office.watch.failed(Area::Route, Trouble::NotBack, found.clone(), since) == News::Yes {
            tracing::error!("{found}");
        }
    }

    async fn send(&mut self, office: &Office, now: Moment) -> Result<(), WorkError> {
        self.tried_at = Some(now);
        // Without a token nothing goes: that is told of by itself.
        let Ok(settings) = office.sender_now().await else { return Ok(()) };
        let desk = office.house.desk_address.to_string();
        let mail = test_mail(office, now).map_err(OfficeError::from)?;
        let outcome = send(&settings, Envelope { from: &desk, to: &desk }, mail.as_bytes()).await;
        // While letters wait, the loop that sends them says how it goes with the server.
        let is_idle = office.register.next_letter_due().await?.is_none();
        match outcome {
            Outcome::TryAgain { scope: Scope::Server, .. } => {
                if is_idle {
                    note_server(office, &outcome);
                }
                return Ok(());
            }
            // Not on its way, and not missed: greylisting takes it at the next attempt.
            Outcome::TryAgain { reason: said, .. } | Outcome::Refused { reply: said, .. } => {
                self.turned_away = Some(said);
                return Ok(());
            }
            Outcome::Accepted { reply, .. } => {
                if is_idle {
                    good(office);
                }
                self.said = reply;
            }
            Outcome::Unknown { reason } => self.said = reason,
        }
        self.turned_away = None;
        tracing::debug!(said = self.said, "a test mail was sent");
        Ok(office.register.note_round_trip(trips_of(office), now).await?)
    }
}

/// The mailbox's, as the register names them.
fn trips_of(office: &Office) -> &str {
    office.mailboxes.trips_of(office.mailbox_name())
}

/// Told where it lasts, as all is.
fn is_turned_away(office: &Office, said: &str, now: Moment) {
    let found = format!(
        "[watch]: sent a test mail to {}, expected the sending server to take it, found: {said}; next: ask its administrator whether that address may send to itself",
        office.house.desk_address
    );
    if office.watch.failed(Area::Route, Trouble::Refusal, found.clone(), now) == News::Yes {
        tracing::warn!("{found}");
    }
}

fn is_back(office: &Office, now: Moment) {
    if office.watch.good(Area::Route, now) == News::Yes {
        tracing::info!("test mails come back again");
    }
}

/// In plain words, for whoever comes across it. Known again by the stamp in its subject alone: other fields may be taken out
/// or written anew on the way.
fn test_mail(office: &Office, now: Moment) -> Result<String, clock::NoRandom> {
    let id = clock::random_hex::<16>()?;
    let (desk, date) = (&office.house.desk_address, now.to_rfc2822());
    let (domain, stamp) = (desk.domain(), office.rules.keys.stamp(now));
    Ok(format!(
        "From: {desk}\r\nTo: {desk}\r\nSubject: klachtpost test {stamp}\r\nDate: {date}\r\n\
         Message-ID: <test.{id}@{domain}>\r\nX-Loop: {desk}\r\nAuto-Submitted: auto-generated\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
         klachtpost sends itself this mail to see that e-mail still goes out and comes in.\r\n\
         It is no complaint, and klachtpost deletes it. You need not do anything.\r\n"
    ))
}
