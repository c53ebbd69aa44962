//! The daemon's loops and how they stop. A wake-up is a hint, looking is the truth: each loop looks again
//! after at most a minute.

use super::comparing::{COMPARE_EVERY, compare};
use super::current::Current;
use super::hindered::{intake_failed, intake_works};
use super::intake::ask_the_hour;
use super::leases::{self, Lease, while_held};
use super::manager::{counting_loop, ready, watchdog_loop};
use super::pulse::Loop;
use super::reloading::{Load, hangups, reloading_loop};
use super::serving::serving_loop;
use super::telling::Telling;
use super::ticker::Ticker;
use super::watching::Complaint;
use super::{
    News, Office, Round, Sender, Step, WorkError, adopt_asked, decide_batch, hour, overviews, redacting, take_in, tick,
    tokens,
};
use crate::clock;
use crate::mailbox::{Backoff, Loss, Mailbox, MailboxError, Waits};
use crate::register::Held;
use futures_util::future::join_all;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

/// The sender looks at the outbox at least this often.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// How often it is asked whether the operator must be told something: an alarm counts in minutes.
const TELL_EVERY: Duration = Duration::from_secs(60);
/// The letters in hand get this long when too much hangs for an orderly stop.
const LAST_LETTERS: Duration = Duration::from_secs(10);

/// Runs until `office.stop`; what is in hand is finished first. SIGHUP reads the settings anew with `load`.
///
/// # Errors
/// It cannot start.
pub async fn run(office: Arc<Office>, load: &Load) -> Result<(), WorkError> {
    // First of all: what follows may take minutes, and a reload meanwhile must not end the process.
    let hangups = hangups();
    // Before anything is sent: a restored register may hold letters of what was redacted since.
    redacting::again(&office, None).await;
    let ticks = Notify::new();
    let ticker = Ticker::new().await?;
    let sender = Sender::new(&office).await?;
    let current = Arc::new(Current::new(office.clone()));
    ready(&current);
    tracing::info!("klachtpost runs");
    let loops = async {
        tokio::join!(
            join_all((0..current.mailboxes()).map(|place| intake_loop(&current, place, &ticks))),
            sending_loop(&current, sender),
            minutes_loop(&current, ticker, &ticks),
            ticking_loop(&current, &ticks),
            telling_loop(&current),
            watchdog_loop(&current),
            reloading_loop(&current, hangups, load),
            counting_loop(&current),
            serving_loop(&current),
        )
    };
    // What hangs may keep the register's write lock, and then no loop ends.
    tokio::select! { _ = loops => {} () = given_up(&office) => {} }
    if office.hung.is_too_much() {
        return Err(WorkError::Hangs);
    }
    if let Some(newer) = office.register.is_outdated() {
        return Err(newer.into());
    }
    leases::give_back(&office).await;
    office.register.close().await;
    tracing::info!("klachtpost stopped");
    Ok(())
}

/// Ends some time after the daemon was asked to stop because too much hangs, or must stop because its register is a newer
/// klachtpost's by now.
pub(super) async fn given_up(office: &Office) {
    tokio::select! { () = office.stop.cancelled() => {} () = office.register.outdated() => office.stop.cancel() }
    if !office.hung.is_too_much() && office.register.is_outdated().is_none() {
        return std::future::pending().await;
    }
    tokio::time::sleep(LAST_LETTERS).await;
}

/// Of one mailbox: that another one's server is away holds it up in nothing.
async fn intake_loop(current: &Current, place: usize, ticks: &Notify) {
    let (mut backoff, mut waits) = (Backoff::default(), Waits::default());
    let (mut compared, mut lease) = (None, Lease::of_mailbox(&current.at(place)));
    while let Some(office) = &current.open_at(place) {
        office.pulse.beat(Loop::Intake);
        let watching = watch((current, place), &mut lease, ticks, &mut compared, &mut backoff, &mut waits);
        match unless_others(office, while_held(office, watching).await).await {
            Ok(Ended::Stopped) => break,
            Ok(Ended::CutWhileQuiet) => continue,
            Ok(Ended::Others) => {
                // What another put on file meanwhile is not known here, nor how it goes there.
                compared = None;
                office.watch.forget_mailbox();
                ticks.notify_one();
                tokio::select! {
                    () = office.stop.cancelled() => break,
                    () = tokio::time::sleep(leases::pause(office)) => {}
                }
                continue;
            }
            Err(error) => {
                if matches!(error, WorkError::Mailbox(_) | WorkError::Access(_)) {
                    lease.release(office).await;
                }
                if matches!(error, WorkError::Mailbox(MailboxError::Refused { .. })) {
                    office.access.forget().await;
                }
                intake_failed(office, &error);
            }
        }
        // What is due by the hour waits for a first look at the mail, which may say that the hour is wrong; no longer.
        ticks.notify_one();
        let pause = backoff.pause(Instant::now().into_std(), chance());
        tokio::select! { () = office.stop.cancelled() => break, () = tokio::time::sleep(pause) => {} }
    }
}

/// Why watching came to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Stopped,
    /// Something on the way cut a quiet line; nothing failed.
    CutWhileQuiet,
    /// Another instance reads the mailbox.
    Others,
}

/// That our clock is wrong is no trouble of a mailbox that another instance reads meanwhile.
async fn unless_others(office: &Office, ended: Result<Ended, WorkError>) -> Result<Ended, WorkError> {
    if matches!(ended, Err(WorkError::Clock { .. }))
        && matches!(office.register.held(&leases::of_mailbox(office)).await, Ok(Held::Elsewhere))
    {
        return Ok(Ended::Others);
    }
    ended
}

/// Watches the mailbox until it fails or the daemon stops.
async fn watch(
    (current, place): (&Current, usize),
    lease: &mut Lease,
    ticks: &Notify,
    compared: &mut Option<Instant>,
    backoff: &mut Backoff,
    waits: &mut Waits,
) -> Result<Ended, WorkError> {
    let Some(office) = &lease.office(&current.at(place)).await? else { return Ok(Ended::Others) };
    let settings = office.mailbox_now().await?;
    let mut mailbox = tokio::select! {
        () = office.stop.cancelled() => return Ok(Ended::Stopped),
        opened = Mailbox::open_within(&settings, waits.deadlines()) => match opened {
            Ok(mailbox) => mailbox,
            Err(error) => {
                // What is on file needs no mailbox; but before the first look into it a number may be another customer's.
                if compared.is_some() && hour::believe(office).await.is_ok() {
                    while decide_batch(office).await? == Step::Worked {}
                }
                return Err(error.into());
            }
        },
    };
    let poll = Duration::from_secs(settings.poll_seconds);
    let mut first_look = Some(ticks);
    mailbox.sign(&office.register.mark().await?);
    loop {
        let Some(office) = &lease.office(&current.at(place)).await? else { return Ok(Ended::Others) };
        // Before a number is given out: some may be another customer's already.
        if compared.is_none_or(|at| at.elapsed() >= COMPARE_EVERY) {
            ask_the_hour(office, &mut mailbox).await?;
            overviews::begin(office).await?;
            redacting::again(office, Some(&mut mailbox)).await;
            compare(office, &mut mailbox).await?;
            *compared = Some(Instant::now());
        }
        // Not cancelled in the middle: the transaction and the mail in hand are finished.
        take_in(office, &mut mailbox).await?;
        adopt_asked(office, &mut mailbox).await?;
        backoff.reset();
        intake_works(office);
        if let Some(ticks) = first_look.take() {
            ticks.notify_one();
        }
        office.pulse.beat(Loop::Intake);
        let began = Instant::now();
        let woken: Result<_, MailboxError> = tokio::select! {
            // Asked first: once it stops, no wait is begun that would have to be ended.
            biased;
            () = office.stop.cancelled() => { mailbox.close().await; return Ok(Ended::Stopped); }
            woken = mailbox.wait(poll) => woken,
        };
        let Err(error) = woken else {
            waits.ended(began.elapsed());
            continue;
        };
        match waits.lost(&error, began.elapsed()) {
            Loss::Fault => return Err(error.into()),
            Loss::Quiet => tracing::debug!(%error, "a quiet line was cut; a new one is made"),
            Loss::Learnt(after) => {
                let seconds = after.as_secs();
                tracing::info!(
                    seconds,
                    "the line to the mailbox is cut when it is quiet; waiting is renewed before that"
                );
            }
        }
        return Ok(Ended::CutWhileQuiet);
    }
}

async fn sending_loop(current: &Current, mut sender: Sender) {
    let (mut backoff, waker) = (Backoff::default(), current.now().register.waker());
    while let Some(office) = &current.open() {
        office.pulse.beat(Loop::Sending);
        let round = match hour::believe(office).await {
            Ok(()) => match sender.send_due(office).await {
                Ok(Round::Idle) => sender.try_out(office).await.map(|()| Round::Idle),
                round => round,
            },
            Err(error) => {
                // Others may send what is in hand here.
                if let Err(error) = sender.give_back(office).await {
                    tracing::debug!(%error, "letters in hand were not given back; each round tries again");
                }
                Err(error)
            }
        };
        if round.is_ok() {
            backoff.reset();
            office.watch.mended(Complaint::Recording);
        }
        // A server that lets nobody in is not tried at each letter that is written meanwhile.
        let is_its_pause = matches!(round, Ok(Round::ServerAway(_) | Round::ServerRefuses(_)));
        let pause = match round {
            Ok(Round::Worked) => continue,
            Ok(Round::Idle) => until_next(office).await.min(office.register.look_every().unwrap_or(LOOK_EVERY)),
            Ok(Round::ServerAway(wait) | Round::ServerRefuses(wait)) => wait,
            Ok(Round::Full(wait)) => wait.min(LOOK_EVERY),
            Err(error) => {
                if office.watch.first(Complaint::Recording) == News::Yes {
                    tracing::warn!(%error, "sending is interrupted; it is tried again");
                }
                backoff.pause(Instant::now().into_std(), chance())
            }
        };
        tokio::select! {
            () = office.stop.cancelled() => break,
            () = office.written.notified(), if !is_its_pause => {}
            () = waker.woken(), if !is_its_pause => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    sender.close().await;
}

async fn until_next(office: &Office) -> Duration {
    let due = office.register.next_letter_due().await.ok().flatten();
    let wait = due.map(|at| (at - office.clock.now()).to_std().unwrap_or_default());
    wait.unwrap_or(LOOK_EVERY).clamp(Duration::from_millis(50), LOOK_EVERY)
}

/// Rings at each full minute of the clock.
async fn minutes_loop(current: &Current, mut ticker: Ticker, ticks: &Notify) {
    loop {
        let minute = async {
            let wait = match timeout(LOOK_EVERY, ticker.until_next()).await {
                Ok(Ok(wait)) => wait,
                failed => {
                    tracing::warn!(
                        ?failed,
                        "the scheduler did not say when the next minute begins; the hour's work goes on all the same"
                    );
                    LOOK_EVERY
                }
            };
            tokio::time::sleep(wait).await;
        };
        tokio::select! { () = current.stopped() => break, () = minute => ticks.notify_one() }
    }
}

async fn ticking_loop(current: &Current, ticks: &Notify) {
    let (mut lease, mut listed) = (Lease::of_desk(), None);
    loop {
        tokio::select! { () = current.stopped() => break, () = ticks.notified() => {} }
        let office = &current.now();
        office.pulse.beat(Loop::Ticking);
        let sharing = async {
            redacting::share_new(office, &mut listed).await;
            Ok(())
        };
        let _ = while_held(office, sharing).await;
        let ticking = async {
            match lease.office(office).await? {
                Some(under) => tick(&under).await,
                None => Ok(Step::Idle),
            }
        };
        let ticked = while_held(office, ticking).await;
        if ticked.is_ok() {
            office.watch.mended(Complaint::Ticking);
        }
        match ticked {
            Ok(Step::Worked) => office.written.notify_one(),
            Ok(Step::Idle) => {}
            Err(error) if office.watch.first(Complaint::Ticking) == News::Yes => {
                tracing::warn!(%error, "the hour's work was not done; every minute tries again");
            }
            Err(_) => {}
        }
    }
}

/// Tells the operator of what lasts.
async fn telling_loop(current: &Current) {
    let mut telling = Telling::default();
    while let Some(office) = &current.open() {
        office.pulse.beat(Loop::Telling);
        tokens::look_after(office).await;
        // The log says what could not be done, and every minute tries again.
        let _ = telling.round(office).await;
        tokio::select! { () = office.stop.cancelled() => break, () = tokio::time::sleep(TELL_EVERY) => {} }
    }
}

/// A number from 0 to 1 that spreads retries; without chance they are not spread.
fn chance() -> f64 {
    f64::from(clock::random::<1>().map_or(0, |bytes| bytes[0])) / 255.0
}
