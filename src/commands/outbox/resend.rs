//! `klachtpost outbox resend`: refused letters go out again, with the same Message-ID, after they were listed and a person
//! said yes. What may not go again is listed with the reason.

use super::super::case::printable;
use super::super::printing::{Form, say};
use super::super::{Exit, failed};
use super::super::{day, looking};
use crate::case::{Event, LetterId, Moment};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::{Office, OfficeError, Salts, WorkError};
use crate::desk::{Barred, Decision, RefusedLetter, barred, on_sent_again};
use crate::register::{RegisterError, Tx};
use serde_json::{Value, json};
use std::io::BufRead;

/// It is another's, went, or was never there.
const NO_SUCH_LETTER: &str = "no refused letter has that id";

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

/// A letter that was asked for.
struct Wanted {
    id: LetterId,
    /// What is known of it, for people and for programs.
    line: String,
    json: Value,
    /// Why it does not go again.
    why: Option<String>,
}

/// Lists, asks, and puts them back.
pub(super) async fn run(config: Config, which: Which, consent: Consent, form: Form) -> Result<Exit, ResendError> {
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
    let wanted = list(&office, &ids).await?;
    let sent = if form.is_json() {
        as_json(&office, wanted, consent).await?
    } else {
        let Some(sent) = with_a_person(&office, wanted, consent).await? else { return Ok(Exit::FoundProblems) };
        sent
    };
    office.register.close().await;
    Ok(if sent == ids.len() { Exit::Done } else { Exit::FoundProblems })
}

/// Says of each what it is, asks, and sends; how many went. None: nothing was done.
async fn with_a_person(office: &Office, wanted: Vec<Wanted>, consent: Consent) -> Result<Option<usize>, ResendError> {
    for Wanted { line, why, .. } in &wanted {
        match why {
            None => say!("{line} to send again"),
            Some(why) => say!("{line} not sent again: {why}"),
        }
    }
    let sendable: Vec<LetterId> = wanted.into_iter().filter(|one| one.why.is_none()).map(|one| one.id).collect();
    if sendable.is_empty() {
        say!("No letter to send again.");
        return Ok(None);
    }
    if consent == Consent::Ask && !asked(sendable.len()) {
        say!("Nothing was done.");
        return Ok(None);
    }
    let mut sent = 0;
    for id in &sendable {
        match send_again(office, id).await? {
            Ok(()) => sent += 1,
            Err(why) => say!("{id}  not sent again: {why}"),
        }
    }
    say!("{sent} letters are in the queue again; they go out within a minute, or with the next `klachtpost run`.");
    Ok(Some(sent))
}

/// A line for each; nobody is asked, so that without consent none goes.
async fn as_json(office: &Office, wanted: Vec<Wanted>, consent: Consent) -> Result<usize, ResendError> {
    let mut sent = 0;
    for Wanted { id, mut json, mut why, .. } in wanted {
        let mut went = false;
        if why.is_none() && consent == Consent::Given {
            why = send_again(office, &id).await?.err();
            went = why.is_none();
        }
        sent += usize::from(went);
        json["sent"] = went.into();
        json["why_not"] = why.into();
        say!("{json}");
    }
    Ok(sent)
}

/// What each is, and whether it may go.
async fn list(office: &Office, ids: &[LetterId]) -> Result<Vec<Wanted>, ResendError> {
    let confidential = office.register.confidential().await?;
    let mut wanted = Vec::new();
    for id in ids {
        let mut tx = office.register.begin().await?;
        let Some(letter) = tx.refused_letter(id).await? else {
            let (line, json) = (format!("{} ", printable(id.as_str())), json!({ "id": id.as_str() }));
            wanted.push(Wanted { id: id.clone(), line, json, why: Some(NO_SUCH_LETTER.to_owned()) });
            continue;
        };
        let (_, why) = examine(office, &mut tx, &letter).await?;
        let case = letter.case.map_or_else(|| "-".to_owned(), |number| number.to_string());
        let is_withheld = letter.kind.is_for_customer() && letter.case.is_some_and(|case| confidential.contains(&case));
        let to = if is_withheld { super::CONFIDENTIAL } else { letter.to.as_str() };
        let line = format!("{}  {:<16} {:<14} {to:<32}", letter.id, letter.kind.name(), case);
        let number = letter.case.map(|number| number.to_string());
        let json = json!({ "id": letter.id.as_str(), "kind": letter.kind.name(), "case": number, "to": to });
        wanted.push(Wanted { id: id.clone(), line, json, why: why.map(|why| why.to_string()) });
    }
    Ok(wanted)
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
        let within =
            RefusedLetter { id: one.id, kind: one.kind, case: one.case, mailbox: one.mailbox, ..letter.clone() };
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
    let mailbox = office.mailboxes.of_letter(file.as_ref().map(|file| &file.case), letter.mailbox.as_ref());
    Ok(barred(letter, file.as_ref(), &mailbox.rules, now))
}

/// In one transaction, looked at once more: it may have been overtaken while somebody thought about it. Or why not.
async fn send_again(office: &Office, id: &LetterId) -> Result<Result<(), String>, ResendError> {
    let mut salts = Salts::new()?;
    let mut tx = office.register.begin().await?;
    let Some(letter) = tx.refused_letter(id).await? else { return Ok(Err(NO_SUCH_LETTER.to_owned())) };
    let (events, why) = examine(office, &mut tx, &letter).await?;
    if let Some(why) = why {
        return Ok(Err(why.to_string()));
    }
    let now = office.clock.now();
    tx.queue_again(&letter.id, now).await?;
    let decision = Decision { events, letters: Vec::new() };
    tx.record(None, &decision, &[], now, &mut || salts.draw()).await?;
    tx.commit().await?;
    Ok(Ok(()))
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
