//! `klachtpost digest`: the digests of a day as they would go out now, and on a month's first working day the reports of
//! the month before; nothing is sent or noted.

use super::looking::{ended_by, register_at};
use super::page::{self, Head, Reader, Shown};
use super::printing::{Form, counted, say};
use super::{Exit, failed};
use crate::case::{Case, Moment};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::{Office, OfficeError, WorkError, day_of_mail, lives_of, past_terms};
use crate::desk::draft::Draft;
use crate::desk::{digest_needs_closed_since, first_working_day, on_digest, on_month, with_mail_day, with_past_terms};
use crate::digest::month::Month;
use crate::letters::RenderError;
use crate::mail;
use crate::register::CaseQuery;
use chrono::{Days, NaiveDate};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Which, and how they are shown.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The day (2026-11-23 or 23-11-2026); else today
    #[arg(long, value_name = "DAY", value_parser = super::day::parse)]
    day: Option<NaiveDate>,
    /// Write them as a page to look at in a browser, in place of their text
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    html: Option<PathBuf>,
    #[command(flatten)]
    form: Form,
}

/// Shows each.
pub async fn run(config: Config, arguments: Arguments) -> Exit {
    match preview(config, &arguments).await {
        Ok(()) => Exit::Done,
        Err(PreviewError::Register(error) | PreviewError::Office(OfficeError::Register(error))) => ended_by(&error),
        Err(error @ PreviewError::File { .. }) => failed(&error, Exit::FoundProblems),
        Err(error) => failed(&error, Exit::TryAgainLater),
    }
}

#[derive(Debug, thiserror::Error)]
pub(super) enum PreviewError {
    #[error(transparent)]
    Office(#[from] OfficeError),
    #[error(transparent)]
    Register(#[from] crate::register::RegisterError),
    #[error(transparent)]
    Work(#[from] WorkError),
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error("failed to write the page {path}: {why}\n  hint: name a file in a folder that you may write in", path = .path.display())]
    File { path: PathBuf, why: std::io::Error },
}

async fn preview(config: Config, arguments: &Arguments) -> Result<(), PreviewError> {
    let office = Office::look(config, Clock::System).await?;
    let now = office.clock.now();
    let calendar = &office.rules.calendar;
    let today = calendar.local(now).date_naive();
    let day = arguments.day.unwrap_or(today);
    // A past day is shown as it would be at its hour; the cases are as they stand now.
    let at = if day == today { now } else { calendar.at(day, office.rules.digest.at) };
    let before = day.checked_sub_days(Days::new(1)).unwrap_or(day);
    let since = calendar.at(before, office.rules.digest.at);
    let closed_since = digest_needs_closed_since(since, at);
    let cases = office.register.cases(CaseQuery::OpenOrClosedSince(closed_since)).all().await?;
    let cases = shown(cases, |case| case);
    let head = office.register.chain_head().await?;
    let mut fresh = office.fresh()?;
    let mail_day = day_of_mail(&office, since, at).await?;
    let back = office.register.look_back(since, at).await?;
    let decision = on_digest(day, &back, &cases, &head.hash, &office.rules, at, &mut fresh);
    let mut drafts = with_mail_day(decision, &mail_day, &office.rules).letters;
    if first_working_day(Month::of(day), &office.rules) == Some(day) {
        let month = Month::of(day).before();
        let lives = shown(lives_of(&office, month, at).await?, |life| &life.case);
        let decision = on_month(month, &lives, &office.rules, at, &mut fresh);
        drafts.extend(with_past_terms(decision, past_terms(&office).await?.counted()).letters);
    }
    match &arguments.html {
        Some(file) => write(&office, &drafts, at, file),
        None => Ok(print(&office, &drafts, at, arguments.form)?),
    }
}

/// The operator is none of those who see a confidential case.
pub(super) fn shown<T>(mut all: Vec<T>, case: impl Fn(&T) -> &Case) -> Vec<T> {
    all.retain(|one| case(one).confidential.is_none());
    all
}

/// As one page: a reader's digests below each other.
fn write(office: &Office, drafts: &[Draft], at: Moment, file: &Path) -> Result<(), PreviewError> {
    let mut readers = Vec::new();
    for draft in drafts {
        let letter = office.letters.render(draft, &office.house, &office.rules.keys, at)?;
        let subject = mail::read(&letter.bytes, "").subject;
        let shown = Shown { subject, date: String::new(), html: page::html_of(&letter.bytes) };
        readers.push(Reader { address: letter.to.to_string(), letters: vec![shown] });
    }
    let lead = format!("As they stand now; nothing was sent. From {}.", register_at(&office.config));
    let head = Head { title: format!("{}: digests", office.house.company), lead };
    std::fs::write(file, page::render(&head, &readers))
        .map_err(|why| PreviewError::File { path: file.to_owned(), why })?;
    say!("{} written to {}, from {}", counted(readers.len(), "digest"), file.display(), register_at(&office.config));
    Ok(())
}

pub(super) fn print(office: &Office, drafts: &[Draft], at: Moment, form: Form) -> Result<(), RenderError> {
    for draft in drafts {
        let letter = office.letters.render(draft, &office.house, &office.rules.keys, at)?;
        let read = mail::read(&letter.bytes, "");
        if form.is_json() {
            say!("{}", json!({ "to": letter.to, "subject": read.subject, "text": read.text }));
        } else {
            say!("To: {}\nSubject: {}\n\n{}\n", letter.to, read.subject, read.text);
        }
    }
    if !form.is_json() {
        say!("{} from {}; nothing was sent", counted(drafts.len(), "digest"), register_at(&office.config));
    }
    Ok(())
}
