//! `klachtpost digest`: the digests of a day as they would go out now, and on a month's first working day the reports of
//! the month before; nothing is sent or noted.

use super::printing::say;
use super::{Exit, failed};
use crate::case::{Case, Moment};
use crate::clock::Clock;
use crate::config::Config;
use crate::daemon::{Office, OfficeError, WorkError, day_of_mail, lives_of};
use crate::desk::draft::Draft;
use crate::desk::{digest_needs_closed_since, first_working_day, on_digest, on_month, with_mail_day};
use crate::digest::month::Month;
use crate::letters::RenderError;
use crate::mail;
use crate::register::CaseQuery;
use chrono::{Days, NaiveDate};

/// Prints the text of each.
pub async fn run(config: Config, day: Option<NaiveDate>) -> Exit {
    match preview(config, day).await {
        Ok(()) => Exit::Done,
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
}

async fn preview(config: Config, day: Option<NaiveDate>) -> Result<(), PreviewError> {
    let office = Office::open(config, Clock::System).await?;
    let now = office.clock.now();
    let calendar = &office.rules.calendar;
    let today = calendar.local(now).date_naive();
    let day = day.unwrap_or(today);
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
    print(&office, &with_mail_day(decision, &mail_day, &office.rules).letters, at)?;
    if first_working_day(Month::of(day), &office.rules) == Some(day) {
        let month = Month::of(day).before();
        let lives = shown(lives_of(&office, month, at).await?, |life| &life.case);
        print(&office, &on_month(month, &lives, &office.rules, at, &mut fresh).letters, at)?;
    }
    Ok(())
}

/// The operator is none of those who see a confidential case.
pub(super) fn shown<T>(mut all: Vec<T>, case: impl Fn(&T) -> &Case) -> Vec<T> {
    all.retain(|one| case(one).confidential.is_none());
    all
}

pub(super) fn print(office: &Office, letters: &[Draft], at: Moment) -> Result<(), RenderError> {
    for draft in letters {
        let letter = office.letters.render(draft, &office.house, &office.rules.keys, at)?;
        say!("To: {}\n{}\n", letter.to, mail::read(&letter.bytes, "").text);
    }
    Ok(())
}
