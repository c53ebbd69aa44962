//! The daemon's loops and how they stop. A wake-up is a hint, looking is the truth: each loop looks again
//! after at most a minute.

use super::comparing::{COMPARE_EVERY, compare};
use super::current::Current;
use super::hindered::{intake_failed, intake_works};
use super::intake::ask_the_hour;
use super::manager::{counting_loop, ready, watchdog_loop};
use super::pulse::Loop;
use super::reloading::{Load, hangups, reloading_loop};
use super::round_trip::RoundTrips;
use super::serving::serving_loop;
use super::watching::Complaint;
use super::{
    News, Office, Round, Sender, Step, Teller, WorkError, adopt_asked, decide_batch, hour, overviews, redacting,
    take_in, tick, tokens,
};
use crate::clock;
use crate::mailbox::{Backoff, Loss, Mailbox, MailboxError, Waits};
use crate::register::LetterState;
use futures_util::future::join_all;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_cron_scheduler::{Job, JobScheduler};
use tokio_util::sync::CancellationToken;

/// The sender looks at the outbox at least this often.
const LOOK_EVERY: Duration = Duration::from_secs(30);
/// How often it is asked whether the operator must be told something: an alarm counts in minutes.
const TELL_EVERY: Duration = Duration::from_secs(60);
/// Seconds part of a cron pattern: every minute, in UTC. Only a ticker: what is due is read from the register.
const EVERY_MINUTE: &str = "0 * * * * *";
/// The letters in hand get this long when too much hangs for an orderly stop.
const LAST_LETTERS: Duration = Duration::from_secs(10);
/// Rounds of `run --once`, so that a desk that writes to itself cannot keep it going.
const ROUNDS_MAX: usize = 10_000;
/// Letters that `run --once` tries one by one on a server that refused different people alike, before it leaves it at that.
const PROBES_MAX: i64 = 8;

/// Runs until `office.stop`; what is in hand is finished first. SIGHUP reads the settings anew with `load`.
///
/// # Errors
/// It cannot start.
pub async fn run(office: Arc<Office>, load: &Load) -> Result<(), WorkError> {
    // First of all: what follows may take minutes, and a reload meanwhile must not end the process.
    let hangups = hangups();
    // Before anything is sent: a restored register may hold letters of what was redacted since.
    redacting::again(&office, None).await;
    let ticks = Arc::new(Notify::new());
    let mut ticker = JobScheduler::new().await?;
    let hint = ticks.clone();
    ticker.add(Job::new(EVERY_MINUTE, move |_, _| hint.notify_one())?).await?;
    ticker.start().await?;
    let sender = Sender::new(&office).await?;
    let current = Arc::new(Current::new(office.clone()));
    ready(&current);
    tracing::info!("klachtpost runs");
    let loops = async {
        tokio::join!(
            join_all((0..current.mailboxes()).map(|place| intake_loop(&current, place, &ticks))),
            sending_loop(&current, sender),
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
    let _ = ticker.shutdown().await;
    if office.hung.is_too_much() {
        return Err(WorkError::Hangs);
    }
    office.register.close().await;
    tracing::info!("klachtpost stopped");
    Ok(())
}

/// Ends some time after the daemon was asked to stop because too much hangs.
async fn given_up(office: &Office) {
    office.stop.cancelled().await;
    if !office.hung.is_too_much() {
        return std::future::pending().await;
    }
    tokio::time::sleep(LAST_LETTERS).await;
}

/// Of one mailbox: that another one's server is away holds it up in nothing.
async fn intake_loop(current: &Current, place: usize, ticks: &Notify) {
    let (mut backoff, mut waits) = (Backoff::default(), Waits::default());
    let mut compared = None;
    while let Some(office) = &current.open_at(place) {
        office.pulse.beat(Loop::Intake);
        match watch((current, place), ticks, &mut compared, &mut backoff, &mut waits).await {
            Ok(Ended::Stopped) => break,
            Ok(Ended::CutWhileQuiet) => continue,
            Err(error) => {
                if matches!(error, WorkError::Mailbox(MailboxError::Refused { .. })) {
                    office.access.forget().await;
                }
                intake_failed(office, &error);
            }
        }
        // What is due by the hour waits for a first look at the mail, which may say that the hour is wrong; no longer.
        ticks.notify_one();
        let pause = backoff.pause(chance());
        tokio::select! { () = office.stop.cancelled() => break, () = tokio::time::sleep(pause) => {} }
    }
}

/// Why watching came to an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Stopped,
    /// Something on the way cut a quiet line; nothing failed.
    CutWhileQuiet,
}

/// Watches the mailbox until it fails or the daemon stops.
async fn watch(
    (current, place): (&Current, usize),
    ticks: &Notify,
    compared: &mut Option<Instant>,
    backoff: &mut Backoff,
    waits: &mut Waits,
) -> Result<Ended, WorkError> {
    let office = &current.at(place);
    let settings = office.mailbox_now().await?;
    let mut mailbox = tokio::select! {
        () = office.stop.cancelled() => return Ok(Ended::Stopped),
        opened = Mailbox::open_within(&settings, waits.deadlines()) => opened?,
    };
    let poll = Duration::from_secs(settings.poll_seconds);
    let mut first_look = Some(ticks);
    mailbox.sign(&office.register.mark().await?);
    loop {
        let office = &current.at(place);
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
    let mut backoff = Backoff::default();
    while let Some(office) = &current.open() {
        office.pulse.beat(Loop::Sending);
        let round = match hour::believe(office).await {
            Ok(()) => sender.send_due(office).await,
            Err(error) => Err(error),
        };
        if round.is_ok() {
            backoff.reset();
            office.watch.mended(Complaint::Recording);
        }
        let pause = match round {
            Ok(Round::Worked) => continue,
            Ok(Round::Idle) => until_next(office).await,
            Ok(Round::ServerAway(wait) | Round::ServerRefuses(wait)) => wait,
            Ok(Round::Full(wait)) => wait.min(LOOK_EVERY),
            Err(error) => {
                if office.watch.first(Complaint::Recording) == News::Yes {
                    tracing::warn!(%error, "sending is interrupted; it is tried again");
                }
                backoff.pause(chance())
            }
        };
        tokio::select! {
            () = office.stop.cancelled() => break,
            () = office.written.notified() => {}
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

async fn ticking_loop(current: &Current, ticks: &Notify) {
    loop {
        tokio::select! { () = current.stopped() => break, () = ticks.notified() => {} }
        let office = &current.now();
        office.pulse.beat(Loop::Ticking);
        let ticked = tick(office).await;
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
    let (mut teller, mut round_trips) = (Teller::default(), RoundTrips::default());
    while let Some(office) = &current.open() {
        office.pulse.beat(Loop::Telling);
        tokens::look_after(office).await;
        if let Err(error) = round_trips.look_after(office).await
            && office.watch.first(Complaint::Watching) == News::Yes
        {
            tracing::warn!(%error, "the watch's test mail was not looked after; every minute tries again");
        }
        if let Err(error) = teller.tell(office).await
            && office.watch.first(Complaint::Telling) == News::Yes
        {
            tracing::error!(%error, "the letter to the operator could not be written; it is tried every minute");
        }
        tokio::select! { () = office.stop.cancelled() => break, () = tokio::time::sleep(TELL_EVERY) => {} }
    }
}

/// A number from 0 to 1 that spreads retries; without chance they are not spread.
fn chance() -> f64 {
    f64::from(clock::random::<1>().map_or(0, |bytes| bytes[0])) / 255.0
}

/// Takes in what is there, does what is due, empties the outbox, stops. A server that is away does not keep the
/// rest from being done.
///
/// # Errors
/// A server or the register failed: what was on file by then stays, and the next run goes on from there.
pub async fn run_once(office: Arc<Office>) -> Result<(), WorkError> {
    redacting::again(&office, None).await;
    let accepted = office.register.count_letters(LetterState::Accepted).await;
    let mut sender = Sender::new(&office).await;
    let mut meanwhile = Round::Idle;
    // At a wrong hour nothing is done but telling of it.
    let taken_in = match hour::believe(&office).await {
        Ok(()) => {
            let all_taken_in = CancellationToken::new();
            let taking_in = async {
                let taken_in = match office.register.hurry(office.clock.now()).await {
                    Ok(()) => take_in_each(&office).await,
                    Err(error) => Err(none_taken_in(&office, error.into())),
                };
                all_taken_in.cancel();
                taken_in
            };
            let sending = async {
                tokio::select! {
                    round = send_meanwhile(&office, &mut sender, &all_taken_in) => round,
                    // What hangs may keep the register's write lock, and then no round ends.
                    () = given_up(&office) => Round::Idle,
                }
            };
            let (taken_in, sent) = tokio::join!(taking_in, sending);
            meanwhile = sent;
            taken_in
        }
        Err(error) => Err(none_taken_in(&office, error)),
    };
    if office.hung.is_too_much() {
        return taken_in.and(Err(WorkError::Hangs));
    }
    if matches!(taken_in, Err(WorkError::Clock { .. })) {
        let told = Teller::default().tell(&office).await;
        return taken_in.and(told.map(drop));
    }
    // What was acknowledged just now is not told of as late.
    if meanwhile == Round::Idle {
        meanwhile = send_waiting(&office, &mut sender).await;
    }
    let ticked = tick(&office).await;
    let sent = match (sender, accepted) {
        (Ok(sender), Ok(accepted)) => send_all(&office, sender, meanwhile, accepted).await,
        (Err(error), _) => Err(error),
        (_, Err(error)) => Err(error.into()),
    };
    tokens::look_after(&office).await;
    let watched = RoundTrips::default().look_after(&office).await;
    // Runs from a timetable count too: since when it fails is on file.
    let told = Teller::default().tell(&office).await;
    taken_in.and(ticked.map(drop)).and(sent).and(watched).and(told.map(drop))
}

async fn opened(office: &Office) -> Result<Mailbox, WorkError> {
    Ok(Mailbox::open(&office.mailbox_now().await?).await?)
}

/// No mailbox was looked into at all.
fn none_taken_in(office: &Office, error: WorkError) -> WorkError {
    office.each().for_each(|office| intake_failed(&office, &error));
    error
}

/// Each mailbox, one after the other; one that cannot be reached keeps none of the others from being taken in.
async fn take_in_each(office: &Office) -> Result<(), WorkError> {
    let mut first = Ok(());
    for office in office.each().map(Arc::new) {
        match take_in_once(&office).await {
            Ok(()) => intake_works(&office),
            Err(error) => {
                intake_failed(&office, &error);
                first = first.and(Err(error));
            }
        }
    }
    first
}

async fn take_in_once(office: &Arc<Office>) -> Result<(), WorkError> {
    let mut mailbox = match opened(office).await {
        Ok(mailbox) => mailbox,
        Err(error) => {
            // What came by a pipe needs no mailbox.
            overviews::begin(office).await?;
            while decide_batch(office).await? == Step::Worked {}
            return Err(error);
        }
    };
    mailbox.sign(&office.register.mark().await?);
    // Before a number is given out: some may be another customer's already.
    ask_the_hour(office, &mut mailbox).await?;
    overviews::begin(office).await?;
    redacting::again(office, Some(&mut mailbox)).await;
    compare(office, &mut mailbox).await?;
    take_in(office, &mut mailbox).await?;
    adopt_asked(office, &mut mailbox).await?;
    mailbox.close().await;
    Ok(())
}

/// Sends what is written while others are taken in; what the last round came to.
async fn send_meanwhile(
    office: &Arc<Office>,
    sender: &mut Result<Sender, WorkError>,
    all_taken_in: &CancellationToken,
) -> Round {
    loop {
        tokio::select! { () = all_taken_in.cancelled() => return Round::Idle, () = office.written.notified() => {} }
        match send_waiting(office, sender).await {
            Round::Worked | Round::Idle => {}
            // A server that takes nothing now is not tried again for each batch.
            round => return round,
        }
    }
}

/// Sends what is due, as long as there is something. Settings that nothing can be sent with keep no mail from being taken
/// in, and what cannot be recorded is met again in the last rounds.
async fn send_waiting(office: &Arc<Office>, sender: &mut Result<Sender, WorkError>) -> Round {
    let Ok(sender) = sender else { return Round::Idle };
    loop {
        match sender.send_due(office).await {
            Ok(Round::Worked) if !office.stop.is_cancelled() => {}
            Ok(round) => return round,
            Err(_) => return Round::Idle,
        }
    }
}

/// Sends what is due, each letter once, from where the last round left it; `accepted` letters had gone before this run.
async fn send_all(office: &Arc<Office>, mut sender: Sender, mut round: Round, accepted: i64) -> Result<(), WorkError> {
    let mut refused = 0;
    for _ in 0..ROUNDS_MAX {
        match round {
            Round::Worked | Round::Idle => {}
            // Another letter may go all the same: the least tried is the next.
            Round::ServerRefuses(_)
                if refused < office.register.count_letters(LetterState::Queued).await?.min(PROBES_MAX) =>
            {
                refused += 1;
                office.register.hurry(office.clock.now()).await?;
            }
            Round::ServerAway(_) | Round::ServerRefuses(_) | Round::Full(_) => break,
        }
        if office.stop.is_cancelled() {
            break;
        }
        round = sender.send_due(office).await?;
        if round == Round::Idle {
            break;
        }
    }
    sender.close().await;
    // A letter that is put off for a reason of its own is the next run's; where none went, it is the server.
    let left = office.register.count_letters(LetterState::Queued).await? > 0;
    let none_went = office.register.count_letters(LetterState::Accepted).await? == accepted;
    if matches!(round, Round::Full(_)) {
        return Err(WorkError::LettersOverLimit);
    }
    let waits = matches!(round, Round::ServerAway(_) | Round::ServerRefuses(_));
    if waits || left && none_went { Err(WorkError::LettersWait) } else { Ok(()) }
}
