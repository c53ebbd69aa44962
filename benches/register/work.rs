//! What the daemon's steps cost on a register of so many cases: each in this process, on the very functions that the daemon calls.
//! Touches the register it is given, and the clock.

use crate::{Outcome, made, mails, processor, settings};
use chrono::{Days, TimeDelta};
use klachtpost::case::Moment;
use klachtpost::clock::Clock;
use klachtpost::daemon::{Office, Step, decide_batch, tick};
use klachtpost::register::{CaseQuery, Register};
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Mails that are registered together, as the daemon does when many wait, and how often.
const TOGETHER: usize = 50;
const BATCHES: usize = 11;
/// How often a step of the clock is measured.
const TICKS: usize = 7;
/// Where the same mails come from in every run.
const SEED: u64 = 2026;
/// Minutes after the newest mails: they are of the last hour, and that of the digest is past.
const MINUTES: i64 = 30;

/// Prints what a step costs.
pub async fn measured(what: &str, url: &str, cases: u32) -> Outcome {
    let begun = Instant::now();
    let office = Arc::new(office(url).await?);
    let opened = begun.elapsed();
    let (took, of) = match what {
        "start" => {
            // The first look at the hour, at the terms and at the overviews of the day.
            let ticked = ticked(&office, 1).await?;
            (opened + ticked, format!("opened in {:.1} ms", millis(opened)))
        }
        "mail" => each(&office, cases, complaints()).await?,
        "answer" => each(&office, cases, answers(cases)).await?,
        "tick" => {
            note_runs(&office, 0).await?;
            (ticked(&office, TICKS).await?, format!("of {TICKS}"))
        }
        "count" => (counted(&office.register).await?, format!("of {TICKS}")),
        _ => {
            note_runs(&office, 3).await?;
            let begun = Instant::now();
            tick(&office).await?;
            (begun.elapsed(), format!("{} open", made::open(cases).count()))
        }
    };
    println!("{cases:8} cases  {what:8} {:9.2} ms  {of}", millis(took));
    office.register.close().await;
    Ok(())
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

async fn office(url: &str) -> Result<Office, Box<dyn Error>> {
    let more = format!(
        "[register]\nurl = \"{url}\"\n[limits]\nautomatic_per_hour = 1000000\nautomatic_per_domain_per_hour = 1000000\n"
    );
    Ok(Office::open(settings::with_departments(&more)?, Clock::at(now())).await?)
}

fn now() -> Moment {
    made::now() + TimeDelta::minutes(MINUTES)
}

/// The median of a mail's share of a batch: put on file and decided on, its letters written; and what it takes of a processor.
async fn each(office: &Arc<Office>, cases: u32, raws: Vec<Vec<u8>>) -> Result<(Duration, String), Box<dyn Error>> {
    let (before, count) = (processor::seconds_of("self"), raws.len());
    let first = i64::from(cases) + 1_000_000;
    let mut uids = first + office.register.tally().await?.mails..;
    let mut all = Vec::new();
    for batch in raws.chunks(TOGETHER) {
        let mails: Vec<_> = uids.by_ref().zip(batch).map(|(uid, raw)| made::put_on_file(uid, raw.clone())).collect();
        let begun = Instant::now();
        office.register.store_mails(&mails).await?;
        while decide_batch(office).await? == Step::Worked {}
        all.push(begun.elapsed() / u32::try_from(batch.len())?);
    }
    let took = (processor::seconds_of("self") - before) * 1000.0 / count as f64;
    Ok((median(all), format!("a mail, {took:.2} ms of a processor")))
}

fn median(mut all: Vec<Duration>) -> Duration {
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or_default()
}

/// Of new customers.
fn complaints() -> Vec<Vec<u8>> {
    mails::make(SEED, TOGETHER * BATCHES)
}

/// Of customers whose complaints are open and lie all over the register, each an answer to the acknowledgement.
fn answers(cases: u32) -> Vec<Vec<u8>> {
    let serials: Vec<u32> = made::open(cases).collect();
    let step = (serials.len() / (TOGETHER * BATCHES)).max(1);
    let of = |serial: &u32| {
        let (from, answered) = (made::customer(*serial), made::acknowledgement(*serial));
        format!(
            "From: Jan Jansen <{from}>\r\nTo: klachten@lease.example\r\nSubject: Re: Deuk in de deur\r\n\
             Date: Mon, 23 Nov 2026 08:45:00 +0100\r\nMessage-ID: <a{serial}@klant.example>\r\nIn-Reply-To: <{answered}>\r\n\
             References: <{answered}>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{}",
            "Vandaag belde de garage, en weer kon niemand zeggen wanneer de auto klaar is.\r\n".repeat(20)
        )
    };
    serials.iter().step_by(step).take(TOGETHER * BATCHES).map(|serial| of(serial).into_bytes()).collect()
}

/// The overviews of so many days ago were written: later ones are due.
async fn note_runs(office: &Office, days_ago: u64) -> Outcome {
    let today = now().date_naive();
    let day = today.checked_sub_days(Days::new(days_ago)).unwrap_or(today);
    let mut tx = office.register.begin().await?;
    tx.claim_run("digest", day, now() - TimeDelta::days(i64::try_from(days_ago)?)).await?;
    tx.claim_run("month", today, now()).await?;
    Ok(tx.commit().await?)
}

async fn ticked(office: &Arc<Office>, times: usize) -> Result<Duration, Box<dyn Error>> {
    let mut all = Vec::new();
    for _ in 0..times {
        let begun = Instant::now();
        tick(office).await?;
        all.push(begun.elapsed());
    }
    Ok(median(all))
}

/// What is counted twice a minute for the service manager and the figures.
async fn counted(register: &Register) -> Result<Duration, Box<dyn Error>> {
    let mut all = Vec::new();
    for _ in 0..TICKS {
        let begun = Instant::now();
        register.tally().await?;
        let mut cases = register.cases(CaseQuery::Guarded);
        while cases.next().await?.is_some() {}
        all.push(begun.elapsed());
    }
    Ok(median(all))
}
