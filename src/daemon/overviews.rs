//! The day's digests and the month's reports, each once: the register says which were written, so that a restart, a second
//! instance or an outage changes nothing. Their pictures and spreadsheets are made on a thread of their own and before the
//! transaction, so that neither mails nor other instances wait for them.

use super::aside::day_of_mail;
use super::office::Office;
use super::processors::beside;
use super::retaining::past_terms_of;
use super::settle::{Decided, Desk, commit, record, render, write_out};
use super::{Step, WorkError};
use crate::case::{Case, Moment};
use crate::crash;
use crate::desk::{self, DigestDue, Fresh, MonthDue, digest_due, month_due};
use crate::digest::MailDay;
use crate::digest::month::{Gathered, Life, Month, PastTerms, Wanted};
use crate::register::CaseQuery;
use chrono::NaiveDate;
use std::sync::Arc;

/// The names of the runs in the register.
const DIGEST: &str = "digest";
const MONTH: &str = "month";

/// Cases whose events are in memory together.
const EVENTS_OF: usize = 100;

/// Before the first mail of all is taken in: the days that the first overviews count from are noted, so that the first
/// digest tells of all that was registered.
///
/// # Errors
/// The register refused.
pub(super) async fn begin(office: &Office) -> Result<(), WorkError> {
    let now = office.clock.now();
    if let DigestDue::NoteOnly { day } = digest_due(last_run(office, DIGEST, now).await?, &office.rules, now) {
        note(office, DIGEST, day, now).await?;
    }
    let last = last_run(office, MONTH, now).await?.map(|(day, _)| day);
    if let MonthDue::NoteOnly { run } = month_due(last, &office.rules, now) {
        note(office, MONTH, run, now).await?;
    }
    Ok(())
}

/// The digests of a day, when they are due.
///
/// # Errors
/// The register refused: the next tick tries again.
pub(super) async fn digest(office: &Arc<Office>) -> Result<Step, WorkError> {
    let now = office.clock.now();
    let last = last_run(office, DIGEST, now).await?;
    let (day, since) = match digest_due(last, &office.rules, now) {
        DigestDue::Nothing => return Ok(Step::Idle),
        DigestDue::NoteOnly { day } => return note(office, DIGEST, day, now).await,
        DigestDue::Write { day, since } => (day, since),
    };
    let closed_since = desk::digest_needs_closed_since(since, now);
    let cases = office.register.cases(CaseQuery::OpenOrClosedSince(closed_since)).all().await?;
    let head = office.register.chain_head().await?;
    let back = office.register.look_back(since, now).await?;
    let mut companies = Vec::new();
    for company in companies_of(office) {
        let mail_day = day_of_mail(&company, since, now).await?;
        companies.push((company, mail_day));
    }
    let decide = move |fresh: &mut Fresh| {
        let of = |(company, mail_day): &(Office, MailDay)| {
            let own: Vec<Case> = cases.iter().filter(|case| company.within.has(case)).cloned().collect();
            let decision = desk::on_digest(day, &back, &own, &head.hash, &company.rules, now, fresh);
            Decided::through(desk::with_mail_day(decision, mail_day, &company.rules), company.mailbox_name())
        };
        companies.iter().map(of).collect()
    };
    write(office, (DIGEST, day), now, decide).await
}

/// Each company's overviews are its own, and tell of no other.
fn companies_of(office: &Office) -> Vec<Office> {
    office.mailboxes.of_companies().into_iter().map(|company| office.at(company)).collect()
}

/// The reports of a month, when they are due.
///
/// # Errors
/// The register refused: the next tick tries again.
pub(super) async fn month(office: &Arc<Office>) -> Result<Step, WorkError> {
    let now = office.clock.now();
    let last = last_run(office, MONTH, now).await?;
    let (run, month) = match month_due(last.map(|(day, _)| day), &office.rules, now) {
        MonthDue::Nothing => return Ok(Step::Idle),
        MonthDue::NoteOnly { run } => return note(office, MONTH, run, now).await,
        MonthDue::Write { run, month } => (run, month),
    };
    let lives = lives_of(office, month, now).await?;
    let mut companies = Vec::new();
    for company in companies_of(office) {
        let past = past_terms_of(&company, &company.within).await?.counted();
        companies.push((company, past));
    }
    let decide = move |fresh: &mut Fresh| {
        let of = |(company, past): &(Office, PastTerms)| {
            let own: Vec<Life> = lives.iter().filter(|life| company.within.has(&life.case)).cloned().collect();
            let decision = desk::on_month(month, &own, &company.rules, now, fresh);
            Decided::through(desk::with_past_terms(decision, *past), company.mailbox_name())
        };
        companies.iter().map(of).collect()
    };
    write(office, (MONTH, run), now, decide).await
}

/// What the reports of a month are made of, picked from all cases: the events of a few are read at a time.
///
/// # Errors
/// The register refused.
pub async fn lives_of(office: &Office, month: Month, now: Moment) -> Result<Vec<Life>, WorkError> {
    let mut gathered = Gathered::new(month, &office.rules.calendar, now);
    let mut all = office.register.cases(CaseQuery::All);
    let mut wanted: Vec<Wanted> = Vec::new();
    loop {
        let next = all.next().await?;
        let is_last = next.is_none();
        wanted.extend(next.and_then(|case| gathered.look_at(case)));
        if is_last || wanted.len() == EVENTS_OF {
            let numbers: Vec<_> = wanted.iter().map(|wanted| wanted.case.number).collect();
            let mut events = office.register.events_of(&numbers).await?;
            for wanted in wanted.drain(..) {
                let events = events.remove(&wanted.case.number);
                gathered.take(wanted, events.as_deref());
            }
        }
        if is_last {
            return Ok(gathered.lives);
        }
    }
}

/// The last run that counts. One of a day to come is forgotten, and the log says so.
async fn last_run(office: &Office, job: &str, now: Moment) -> Result<Option<(NaiveDate, Moment)>, WorkError> {
    let today = office.rules.calendar.local(now).date_naive();
    if let Some(day) = office.register.forget_runs_to_come(job, today).await? {
        tracing::warn!(
            overview = job,
            overview.day = %day,
            "an overview of a day to come was written by a clock that was wrong: it does not count, and today's goes out as ever"
        );
    }
    Ok(office.register.last_run(job, today).await?)
}

/// The very first start makes up for nothing: only the day is noted.
async fn note(office: &Office, job: &str, day: NaiveDate, now: Moment) -> Result<Step, WorkError> {
    let mut tx = office.register.begin().await?;
    tx.claim_run(job, day, now).await?;
    crash::point("before noting the first day");
    tx.commit().await?;
    crash::point("after noting the first day");
    Ok(Step::Idle)
}

/// Decides and renders the letters, on a thread where it may take its time; then records them, unless another instance was
/// first.
async fn write(
    office: &Arc<Office>,
    run: (&str, NaiveDate),
    now: Moment,
    decide: impl FnOnce(&mut Fresh) -> Vec<Decided> + Send + 'static,
) -> Result<Step, WorkError> {
    let (job, day) = run;
    let mut fresh = office.fresh()?;
    let for_thread = office.clone();
    let writing = beside(move || {
        let rendered = render(&for_thread, decide(&mut fresh), now);
        (rendered, fresh)
    });
    let (rendered, fresh) = writing.await.map_err(|_| WorkError::Writing)?;
    let mut tx = office.register.begin().await?;
    if !tx.claim_run(job, day, now).await? {
        return Ok(Step::Idle);
    }
    let written = write_out(&mut tx, rendered, &mut Desk { office, now, fresh }).await?;
    record(&mut tx, office, &written, now).await?;
    commit(tx, ["before recording an overview", "after recording an overview"]).await?;
    let letters: usize = written.iter().map(|written| written.letters.len()).sum();
    tracing::info!(overview = job, overview.day = %day, letters, "overviews written");
    Ok(Step::Worked)
}
