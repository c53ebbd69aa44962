//! `klachtpost digest`: the digests of a day as they would go out now, and on a month's first working day the reports of
//! the month before; nothing is sent or noted.

use super::looking::{ended_by, register_at};
use super::page::{self, Head, Reader, Shown};
use super::printing::{Form, counted, say};
use super::{Exit, failed};
use crate::case::{Case, Moment};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::{Office, OfficeError, WorkError, day_of_mail, lives_of, past_terms_of};
use crate::desk::draft::Draft;
use crate::desk::{digest_needs_closed_since, first_working_day, on_digest, on_month, with_mail_day, with_past_terms};
use crate::digest::month::Month;
use crate::letters::{Letter, RenderError};
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
    let today = office.rules.calendar.local(now).date_naive();
    let day = arguments.day.unwrap_or(today);
    // A past day is shown as it would be at its hour; the cases are as they stand now.
    let at = if day == today { now } else { office.rules.calendar.at(day, office.rules.digest.at) };
    let mut letters = Vec::new();
    for company in office.mailboxes.of_companies() {
        let company = office.at(company);
        for draft in drafts(&company, day, at).await? {
            letters.push(company.letters.render(&draft, &company.house, &company.rules.keys, at)?);
        }
    }
    match &arguments.html {
        Some(file) => write(&office, &letters, file),
        None => {
            print(&office, &letters, arguments.form);
            Ok(())
        }
    }
}

/// Those of one company.
async fn drafts(office: &Office, day: NaiveDate, at: Moment) -> Result<Vec<Draft>, PreviewError> {
    let before = day.checked_sub_days(Days::new(1)).unwrap_or(day);
    let since = office.rules.calendar.at(before, office.rules.digest.at);
    let closed_since = digest_needs_closed_since(since, at);
    let cases = office.register.cases(CaseQuery::OpenOrClosedSince(closed_since)).all().await?;
    let cases = shown(office, cases, |case| case);
    let head = office.register.chain_head().await?;
    let mut fresh = office.fresh()?;
    let mail_day = day_of_mail(office, since, at).await?;
    let back = office.register.look_back(since, at).await?;
    let decision = on_digest(day, &back, &cases, &head.hash, &office.rules, at, &mut fresh);
    let mut drafts = with_mail_day(decision, &mail_day, &office.rules).letters;
    if first_working_day(Month::of(day), &office.rules) == Some(day) {
        let month = Month::of(day).before();
        let lives = shown(office, lives_of(office, month, at).await?, |life| &life.case);
        let decision = on_month(month, &lives, &office.rules, at, &mut fresh);
        drafts.extend(with_past_terms(decision, past_terms_of(office, &office.within).await?.counted()).letters);
    }
    Ok(drafts)
}

/// Of the company's cases; the operator is none of those who see a confidential one.
pub(super) fn shown<T>(office: &Office, mut all: Vec<T>, case: impl Fn(&T) -> &Case) -> Vec<T> {
    all.retain(|one| case(one).confidential.is_none() && office.within.has(case(one)));
    all
}

/// As one page: a reader's digests below each other.
fn write(office: &Office, letters: &[Letter], file: &Path) -> Result<(), PreviewError> {
    let mut readers = Vec::new();
    for letter in letters {
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

pub(super) fn print(office: &Office, letters: &[Letter], form: Form) {
    for letter in letters {
        let read = mail::read(&letter.bytes, "");
        if form.is_json() {
            say!("{}", json!({ "to": letter.to, "subject": read.subject, "text": read.text }));
        } else {
            say!("To: {}\nSubject: {}\n\n{}\n", letter.to, read.subject, read.text);
        }
    }
    if !form.is_json() {
        say!("{} from {}; nothing was sent", counted(letters.len(), "digest"), register_at(&office.config));
    }
}
