//! `klachtpost outbox resend`: refused letters go out again, with the same Message-ID, after they were listed and a person
//! said yes. What may not go again is listed with the reason.

use super::super::case::printable;
use super::super::printing::say;
use super::super::{Exit, failed};
use super::super::{day, looking};
use crate::case::{Event, LetterId, Moment};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::{Office, OfficeError, Salts, WorkError};
use crate::desk::{Barred, Decision, Disposition, RefusedLetter, barred, on_sent_again};
use crate::register::{RegisterError, Tx};
use std::io::BufRead;

/// Which letters.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub struct Which {
    /// Refused letters, by id
    #[arg(value_name = "ID")]
    letters: Vec<String>,
    /// All that were refused on this day or later (2026-11-23 or 23-11-2026), or at this moment or later (RFC 3339)
    #[arg(long, value_name = "DAY")]
    refused_since: Option<String>,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum ResendError {
    #[error(transparent)]
    Office(#[from] OfficeError),
    #[error(transparent)]
    Register(#[from] RegisterError),
    #[error(transparent)]
    Work(#[from] WorkError),
}

impl ResendError {
    /// Says it, and how the command ends.
    pub(super) fn ended(&self) -> Exit {
        match self {
            Self::Register(error) | Self::Office(OfficeError::Register(error)) => looking::ended_by(error),
            other => failed(other, Exit::TryAgainLater),
        }
    }
}

/// A person's word, given beforehand or asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Consent {
    Given,
    Ask,
}

/// Lists, asks, and puts them back.
pub(super) async fn run(config: Config, which: Which, consent: Consent) -> Result<Exit, ResendError> {
    let office = Office::look(config, Clock::System).await?;
    let ids = match (&which.refused_since, which.letters.is_empty()) {
        (Some(text), _) => {
            let Some(since) = moment(text, &office.config) else {
                let found = printable(text);
                return Ok(failed(
                    &format!("--refused-since: expected 2026-11-23T09:00:00+01:00 or 2026-11-23, found {found}"),
                    Exit::WrongUsage,
                ));
            };
            office.register.letters_refused_since(since).await?
        }
        (None, _) => which.letters.into_iter().map(LetterId::from_stored).collect(),
    };
    let sendable = list(&office, &ids).await?;
    if sendable.is_empty() {
        say!("No letter to send again.");
        return Ok(Exit::FoundProblems);
    }
    if consent == Consent::Ask && !asked(sendable.len()) {
        say!("Nothing was done.");
        return Ok(Exit::FoundProblems);
    }
    let mut sent = 0;
    for id in &sendable {
        sent += usize::from(send_again(&office, id).await?);
    }
    office.register.close().await;
    say!("{sent} letters are in the queue again; they go out within a minute, or with the next `klachtpost run`.");
    Ok(if sent == ids.len() { Exit::Done } else { Exit::FoundProblems })
}

/// Says of each what it is and whether it may go; those that may.
async fn list(office: &Office, ids: &[LetterId]) -> Result<Vec<LetterId>, ResendError> {
    let confidential = office.register.confidential().await?;
    let mut sendable = Vec::new();
    for id in ids {
        let mut tx = office.register.begin().await?;
        let Some(letter) = tx.refused_letter(id).await? else {
            say!("{}  not sent again: no refused letter has that id", printable(id.as_str()));
            continue;
        };
        let (_, why) = examine(office, &mut tx, &letter).await?;
        let case = letter.case.map_or_else(|| "-".to_owned(), |number| number.to_string());
        let is_withheld = letter.kind.is_for_customer() && letter.case.is_some_and(|case| confidential.contains(&case));
        let to = if is_withheld { super::CONFIDENTIAL } else { letter.to.as_str() };
        let what = format!("{}  {:<16} {:<14} {to:<32}", letter.id, letter.kind.name(), case);
        match why {
            None => {
                say!("{what} to send again");
                sendable.push(id.clone());
            }
            Some(why) => say!("{what} not sent again: {why}"),
        }
    }
    Ok(sendable)
}

/// The events of sending it again, or why it may not be. Of a letter that stands for others each of them must hold.
async fn examine(
    office: &Office,
    tx: &mut Tx,
    letter: &RefusedLetter,
) -> Result<(Vec<Event>, Option<Barred>), ResendError> {
    let now = office.clock.now();
    let mut events = vec![on_sent_again(letter, now)];
    let mut why = None;
    let bundled = if letter.kind.is_bundle() { tx.bundled_in(&letter.id).await? } else { Vec::new() };
    if bundled.is_empty() {
        why = examine_one(office, tx, letter, now).await?;
    }
    for one in bundled {
        let within = RefusedLetter { id: one.id, kind: one.kind, case: one.case, ..letter.clone() };
        why = why.or(examine_one(office, tx, &within, now).await?);
        events.push(on_sent_again(&within, now));
    }
    Ok((events, why))
}

async fn examine_one(
    office: &Office,
    tx: &mut Tx,
    letter: &RefusedLetter,
    now: Moment,
) -> Result<Option<Barred>, ResendError> {
    let file = match letter.case {
        Some(number) => tx.case_file(number).await?,
        None => None,
    };
    Ok(barred(letter, file.as_ref(), &office.rules, now))
}

/// In one transaction, looked at once more: it may have been overtaken while somebody thought about it.
async fn send_again(office: &Office, id: &LetterId) -> Result<bool, ResendError> {
    let mut salts = Salts::new()?;
    let mut tx = office.register.begin().await?;
    let Some(letter) = tx.refused_letter(id).await? else { return Ok(false) };
    let (events, why) = examine(office, &mut tx, &letter).await?;
    if let Some(why) = why {
        say!("{}  not sent again: {why}", letter.id);
        return Ok(false);
    }
    let now = office.clock.now();
    tx.queue_again(&letter.id, now).await?;
    let reason = "a refused letter goes out again at the operator's word".to_owned();
    let decision = Decision { disposition: Disposition::Staff, reason, case: letter.case, events, letters: Vec::new() };
    tx.record(None, &decision, &[], now, &mut || salts.draw()).await?;
    tx.commit().await?;
    Ok(true)
}

/// Only a clear yes counts: not an empty line, and not the end of what can be read.
fn asked(count: usize) -> bool {
    say!("Send {count} letters again? Type yes:");
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer).is_ok();
    read && ["y", "yes", "j", "ja"].contains(&answer.trim().to_lowercase().as_str())
}

/// A moment, or the beginning of a day where the desk is.
fn moment(text: &str, config: &Config) -> Option<Moment> {
    if let Ok(at) = chrono::DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    day::beginning(day::parse(text).ok()?, config.desk.time_zone)
}
